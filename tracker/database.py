"""The database: one session, one way to write, the same on SQLite and PostgreSQL.

Reads happen in a plain transaction that the request's end rolls back. A write happens in
`with transaction():`, opened once, at the edge; a flush outside of it is a programming error.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import wraps
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar, cast

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction
from sqlalchemy.orm import registry as Registry  # noqa: N812 (the base class's own attribute has that name)
from sqlalchemy.orm.exc import StaleDataError

from tracker import postgres_driver, sqlite_driver, write_turns
from tracker.errors import Conflict
from tracker.i18n import N_
from tracker.read_session import ReadSession
from tracker.running import app_context

Asked = ParamSpec("Asked")
Found = TypeVar("Found")

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment. PostgreSQL keeps the zone; SQLite keeps naive UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """SQLite keeps text: it is read with its zone at once."""
        return _moment_of if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _moment_of(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


Json = sa.JSON().with_variant(JSONB(), "postgresql")


def text_enum(kind: type[enum.Enum]) -> sa.Enum:
    """An enum kept as its value in a text column, so that a new member needs no migration."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """What every table stands on."""

    # Not as `type_annotation_map`: Flask-SQLAlchemy copies this class's body, and SQLAlchemy then finds both.
    registry = Registry(
        metadata=sa.MetaData(naming_convention=NAMES),
        type_annotation_map={datetime: UTCDateTime, dict[str, Any]: Json, list[Any]: Json, str: sa.Text},
    )
    # Ids are never used again, so that a link or a history entry can never come to mean another thing.
    __table_args__: Any = {"sqlite_autoincrement": True}


db = SQLAlchemy(model_class=Base, session_options={"class_": ReadSession})
session = db.session


def session_here() -> ReadSession:
    """`session()` past two of its three layers: a page asks some fifty times which its own is."""
    return _live.get(id(app_context.get(None))) or cast("ReadSession", session())


_live: dict[int, ReadSession] = session.registry.registry


def engine_options(url: str) -> dict[str, Any]:
    """What Flask-SQLAlchemy passes to `create_engine` for this address."""
    return sqlite_driver.options() if url.startswith("sqlite") else postgres_driver.options()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        # A deferred BEGIN that turns into a write fails at once when another one is writing, in spite of the timeout.
        if connection.get_execution_options().get("tracker_writing"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:  # it locks nothing, so it cannot be refused; SQLAlchemy's way to it costs as much as a page's statement
            connection.connection.cursor().execute("BEGIN")


@event.listens_for(Session, "before_flush")
def _writes_have_a_transaction(current: Session, context: Any, instances: Any) -> None:
    if not current.info.get("writing") and (current.new or current.dirty or current.deleted):
        raise RuntimeError("a change outside of transaction(): open it at the edge")


_finishers: list[Callable[[], None]] = []


def ends_transactions(finisher: Callable[[], None]) -> Callable[[], None]:
    """Register what is done last in every write, when all else is written: what follows from several changes at once."""
    _finishers.append(finisher)
    return finisher


@contextmanager
def transaction() -> Iterator[None]:
    """Open the write, commit at the end, or leave no trace.

    Ends the read that sign-in opened; everything read before is read anew. Two people changing one row at once
    becomes `Conflict`, never a traceback.
    """
    current = session()
    if current.info.get("writing"):
        raise RuntimeError("a transaction is open already: only the edge opens one")
    current.rollback()  # so that the write begins anew: what is claimed with its first statement is claimed
    bind = current.get_bind()
    sqlite = bind.dialect.name == "sqlite"
    with write_turns.turn(_file_of(bind)) if sqlite else nullcontext():
        current.info["writing"] = True
        try:
            current.connection(execution_options={"tracker_writing": True} if sqlite else None)
            yield
            for finish in _finishers:
                finish()
            current.commit()
        except StaleDataError as error:
            current.rollback()
            raise Conflict(
                N_("Someone has just changed this. Look at the page again, then repeat.")
            ) from error
        except IntegrityError as error:
            current.rollback()
            raise Conflict(
                N_("This clashes with something recorded a moment ago. Look at the page again, then repeat.")
            ) from error
        except OperationalError as error:
            current.rollback()
            if _is_clash(error):
                raise Conflict(
                    N_("Two people were writing at the same moment. Repeat what you did.")
                ) from error
            raise
        except BaseException:
            current.rollback()
            raise
        finally:
            current.info["writing"] = False


_NOTHING: Any = MappingProxyType({})  # nothing read yet; also what stands for no answer


def read_once(read: Callable[Asked, Found]) -> Callable[Asked, Found]:
    """Ask the database once for the same arguments (hashable ones) in one read transaction: panels of a page share it.

    A transaction that writes remembers nothing: what it reads after its own change is read anew. Whoever calls must
    not change what it gets. Raises `TypeError` for arguments that have no hash (lists, sets, dictionaries), whether a
    transaction writes or not: a page would else break on what every test of the writing had let pass.
    """

    @wraps(read)
    def remembered(*args: Asked.args, **named: Asked.kwargs) -> Found:
        question = (read, args, *sorted(named.items())) if named else (read, args)
        info = session_here().info
        try:
            # A transaction that writes looks too, though it keeps nothing: see below for what has no hash.
            found: Found = info.get("read", _NOTHING).get(question, _NOTHING)
        except TypeError as error:
            raise TypeError(
                f"{read.__qualname__} is read once for the same arguments: give it tuples or frozensets"
            ) from error
        if info.get("writing"):
            return read(*args, **named)
        if found is _NOTHING:
            found = read(*args, **named)
            info.setdefault("read", {})[question] = found
        return found

    return remembered


def told(read: Callable[..., Any], found: Any, *args: Hashable) -> None:
    """A wider reading has found already what `read` (a `read_once`) would for these arguments: it asks no more."""
    info = session_here().info
    if not info.get("writing"):
        info.setdefault("read", {})[read.__wrapped__, args] = found  # type: ignore[attr-defined]


@event.listens_for(Session, "after_transaction_end")
def _forget(current: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        current.info.pop("read", None)
        current.info.pop("connection", None)


# PostgreSQL's codes for a serialization failure and a deadlock (its manual, appendix A).
_CLASHES = {"40001", "40P01"}


def _is_clash(error: OperationalError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in _CLASHES or "database is locked" in str(error.orig)


def _file_of(bind: Engine | Connection) -> str | None:
    return bind.engine.url.database


def read_only() -> None:
    """What is read from here on, until the read ends or `transaction()` begins, is read statement by statement.

    On PostgreSQL only, where a transaction of ours would add nothing (READ COMMITTED sees anew with each statement) but
    two round trips. Called before the first statement of a page; a cursor on the server needs a transaction (`in_one_read`).
    """
    current = session_here()
    if current.engine.dialect.name == "postgresql":
        current.read_only()


def in_one_read() -> None:
    """Begin the read anew, in a transaction of the database's, as a result that comes piece by piece needs one."""
    current = session()
    if not current.info.get("writing"):
        current.rollback()


def is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def row_values(row: Any) -> Mapping[str, Any]:
    """The columns of a result row by name."""
    values: Mapping[str, Any] = row._mapping
    return values
