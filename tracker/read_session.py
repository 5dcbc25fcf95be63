"""The session, which keeps a connection at hand for what is only read: `prepared` asks by it before the session begins.

A page reads who asks, the device and its history, and often nothing more. The session's own way to a connection, a
transaction around it and its end cost as much as all three; so it begins only when something else is asked of it.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask
from flask_sqlalchemy.session import Session
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from tracker.running import app_context

Bind = Engine | Connection


class ReadSession(Session):
    """Flask-SQLAlchemy's session and, until it begins, one of the pool's connections."""

    _at_hand: PoolProxiedConnection | None = None
    _reads_only = False

    @cached_property
    def engine(self) -> Engine:
        """The application's; found once, since a session lasts as long as what runs in one application's context."""
        return self._db.engine

    def at_hand(self) -> PoolProxiedConnection | None:
        """A connection for what is only read, the same until the session begins or ends. None once it has begun, since
        what it reads must then be asked by its own. Raises what SQLAlchemy raises where there is none to be had.

        Each statement reads by itself: a transaction around them would be two more.
        """
        if self.in_transaction():
            return None
        if self._at_hand is None:
            try:
                self._at_hand = self.engine.raw_connection()
            except self.engine.dialect.loaded_dbapi.Error as error:
                raise refusal(self.engine, error) from error
        return self._at_hand

    def give_back(self) -> None:
        """The connection at hand to the pool; one that was let go because it is gone is not there any more."""
        connection, self._at_hand = self._at_hand, None
        if connection is not None and connection.is_valid:
            connection.close()

    def read_only(self) -> None:
        """See `database.read_only`; nothing where the session has begun."""
        if not self.in_transaction():
            self._reads_only = True

    def get_bind(self, *args: Any, **named: Any) -> Bind:
        """The engine; where this session is only read, the same pool's connections on which each statement is a
        transaction (SQLAlchemy's AUTOCOMMIT).

        Who asks is about to take a connection: the one at hand is given back first, so that a page holds one.
        """
        self.give_back()
        bind = super().get_bind(*args, **named)
        if not self._reads_only or self.info.get("writing") or not isinstance(bind, Engine):
            return bind
        return _statement_by_statement(bind)

    def rollback(self) -> None:
        """As SQLAlchemy's; what was read by the connection at hand is read anew too."""
        self._end_reading()
        if not self.in_transaction():
            self.expire_all()
        super().rollback()

    def commit(self) -> None:
        """As SQLAlchemy's."""
        super().commit()
        self._end_reading()

    def close(self) -> None:
        """As SQLAlchemy's."""
        super().close()
        self._end_reading()

    def _end_reading(self) -> None:
        self.give_back()
        self._reads_only = False
        self.info.pop("read", None)  # what `database.read_once` knows


def refusal(
    engine: Engine, error: Exception, text: str | None = None, sent: Any = None, *, gone: bool = False
) -> DBAPIError:
    """The driver's error as SQLAlchemy raises it for this statement, or for a connection."""
    made: Any = DBAPIError.instance  # typed for statements alone
    told: DBAPIError = made(
        text,
        sent,
        error,
        engine.dialect.loaded_dbapi.Error,
        hide_parameters=engine.hide_parameters,
        connection_invalidated=gone,
        dialect=engine.dialect,
    )
    return told


_readers: WeakKeyDictionary[Flask, Engine] = WeakKeyDictionary()


def _statement_by_statement(engine: Engine) -> Engine:
    """Made once for an application: it costs as much as a page's statement."""
    app = app_context.get().app
    reader = _readers.get(app)
    if reader is None or reader.pool is not engine.pool:
        reader = _readers[app] = engine.execution_options(isolation_level="AUTOCOMMIT")
    return reader
