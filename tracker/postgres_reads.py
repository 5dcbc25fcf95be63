"""A read that PostgreSQL has prepared, asked of libpq itself: psycopg's cursor costs as much as the answer.

For a connection on which no transaction runs. libpq begins none, so that each statement reads by itself. It waits without
Python's lock, so that other threads go on, but to its end: Ctrl+C in a command ends it after the statement that runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple, cast

import psycopg
from psycopg.adapt import AdaptersMap, PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, Format
from psycopg.pq.abc import PGresult
from psycopg.types.string import TextLoader
from sqlalchemy.pool import PoolProxiedConnection

Rows = list[tuple[Any, ...]]

# What PostgreSQL answers (its manual, appendix A) when it does not know the statement any more, as psycopg has it forget
# all of them after a rollback, and when a table has changed since.
_PREPARE_ANEW = {b"26000", b"0A000"}
_numbers = count()


class Question:
    """A select as PostgreSQL itself takes it: its values by their place ($1, $2), sent as text and cast where their kind
    is not plain from where they stand."""

    def __init__(self, text: str, values: int) -> None:
        self.text = text.encode()
        self._formats = [PyFormat.TEXT] * values

    def rows(self, connection: PoolProxiedConnection, values: Sequence[Any]) -> Rows | None:
        """The rows, JSON as its text. None where the connection is gone and let go; raises what psycopg raises for all else
        that PostgreSQL refuses: what has timed out is not to be waited for twice."""
        try:
            rows = self._of_prepared(connection, values)
            return rows if rows is not None else self._anew(connection, values)
        except psycopg.Error as error:
            if _libpq(connection).status == ConnStatus.OK:
                raise
            connection.invalidate(error)
            return None

    def _of_prepared(self, connection: PoolProxiedConnection, values: Sequence[Any]) -> Rows | None:
        """None where it must be prepared first."""
        known: _Prepared | None = connection.info.get(self)
        if known is None:
            return None
        result = known.asked(connection, values, self._formats)
        if result.status == ExecStatus.TUPLES_OK:
            return known.read(result)
        if result.error_field(DiagnosticField.SQLSTATE) in _PREPARE_ANEW:
            return None
        raise error_from_result(result)

    def _anew(self, connection: PoolProxiedConnection, values: Sequence[Any]) -> Rows:
        ours = cast("psycopg.Connection[Any]", connection.dbapi_connection)
        known = _Prepared(
            b"read_%d" % next(_numbers), Transformer(_JsonAsText(_with_json_as_text(ours), ours))
        )
        prepared = ours.pgconn.prepare(known.name, self.text)
        if prepared.status != ExecStatus.COMMAND_OK:
            raise error_from_result(prepared)
        result = known.asked(connection, values, self._formats)
        if result.status != ExecStatus.TUPLES_OK:
            ours.pgconn.exec_(b"DEALLOCATE " + known.name)  # else each try would leave one behind
            raise error_from_result(result)
        known.loaders.set_loader_types([result.ftype(at) for at in range(result.nfields)], Format.TEXT)
        connection.info[self] = known
        return known.read(result)


class _Prepared(NamedTuple):
    """On one connection."""

    name: bytes
    loaders: Any  # psycopg's Transformer

    def asked(
        self, connection: PoolProxiedConnection, values: Sequence[Any], formats: list[PyFormat]
    ) -> PGresult:
        given = self.loaders.dump_sequence(values, formats)
        answered: PGresult = _libpq(connection).exec_prepared(self.name, given)
        return answered

    def read(self, result: PGresult) -> Rows:
        self.loaders.set_pgresult(result, set_loaders=False)
        rows: Rows = self.loaders.load_rows(0, result.ntuples, tuple)
        return rows


@dataclass(frozen=True)
class _JsonAsText:
    """What psycopg asks of who adapts values."""

    adapters: AdaptersMap
    connection: psycopg.Connection[Any]


def _with_json_as_text(connection: psycopg.Connection[Any]) -> AdaptersMap:
    adapters = AdaptersMap(connection.adapters)
    adapters.register_loader("jsonb", TextLoader)
    return adapters


def _libpq(connection: PoolProxiedConnection) -> Any:
    return connection.dbapi_connection.pgconn  # type: ignore[union-attr]
