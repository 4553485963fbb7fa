"""The connection to a store: transactions that wait for each other, one sentence for whatever the database raises."""

from __future__ import annotations

import contextlib
import getpass
import os
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from ...forecast.errors import InputError
from .address import KEY, Address
from .faults import BUSY_S, StoreFault, fault_of


class Store:
    """An open store.

    Parameters
    ----------
    address
        Where the store lies.
    by
        Who works with the store: the name that stands in the rows of `ingest`, `publication` and `event`.
    """

    def __init__(self, address: Address, by: str) -> None:
        self.address, self.by = address, by
        self.engine: Engine = engine_of(address)
        self._session: Connection | None = None
        self._one_at_a_time = threading.RLock()

    @property
    def name(self) -> str:
        """What messages call the store."""
        return self.address.name

    @property
    def path(self) -> Path | None:
        """The file of SQLite; None with PostgreSQL."""
        return self.address.path

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection in one transaction that may write: all of it is stored at the end, or nothing.

        Raises
        ------
        StoreFault
            If the store is lost, full, or locked for longer than `BUSY_S`.
        InputError
            If the store may not be written.
        """
        with self._one_at_a_time, self.told():
            if (session := self._session) is not None:
                if lost(session):  # SQLAlchemy would begin a new session, which holds no lock
                    raise StoreFault(f"the store {self.name} was lost, and with it the locks of this run")
                with session.begin():
                    yield session
                return
            with self.engine.connect() as c, c.execution_options(writes=True, by=self.by).begin():
                yield c

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the store and writes nothing; raises as `write`."""
        with self.told(), self.engine.connect() as c:
            if self.path is None:
                c.execution_options(isolation_level="REPEATABLE READ")  # SQLite sees one state anyhow
            with c.begin():
                yield c

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Turn what the database raises into one sentence; faults of our own pass."""
        driver = self.engine.dialect.loaded_dbapi
        try:
            yield
        except (DBAPIError, driver.Error) as error:
            if (fault := fault_of(error, self.name)) is None:
                raise
            raise fault from error

    @contextlib.contextmanager
    def session(self) -> Iterator[Connection]:
        """Give a session that all transactions of `write` use until the end.

        Locks that belong to a session are lost with that session: the next `write` then fails, and nothing is written
        without its lock.
        """
        if self._session is not None:
            yield self._session
            return
        with self.told(), self.engine.connect() as c:
            c.execution_options(writes=True, by=self.by)
            self._session = c
            try:
                yield c
            finally:
                self._session = None
                if not lost(c):
                    c.detach()  # whatever the session holds ends with it

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def prepared(store: Store) -> bool:
    """Let a file of SQLite keep a write-ahead log; returns whether the store is one that is made by being opened."""
    if (path := store.path) is None:
        return False
    for place in (path, path.parent):
        if place.exists() and not os.access(place, os.W_OK):
            mend = f"Change the permissions of {place.name or place}"
            raise InputError(f"the store {store.name} may not be written", column=KEY, value=str(path), mend=mend)
    until = time.monotonic() + BUSY_S
    with store.told(), contextlib.closing(sqlite3.connect(path, timeout=BUSY_S)) as c:
        while c.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                mode = c.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            except sqlite3.OperationalError as error:  # SQLite does not wait here for who reads or does the same
                if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > until:
                    raise
                time.sleep(0.02)
            else:
                if mode != "wal":
                    raise InputError(
                        f"the drive of the store {store.name} cannot share memory between processes",
                        column=KEY,
                        value=str(path),
                        mend="Keep it on a disk of this machine, or use PostgreSQL",
                    )
    return True


def engine_of(address: Address) -> Engine:
    """Return an engine whose transactions begin by our words and never wait longer than `BUSY_S`."""
    if address.path is not None:
        engine = create_engine(address.url, hide_parameters=True, connect_args={"timeout": BUSY_S})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = {
        "application_name": "busyhour",
        "connect_timeout": 10,
        "keepalives_idle": 30,
        "options": f"-c lock_timeout={BUSY_S * 1000}",
    }
    given = {key: value for key, value in options.items() if key not in address.url.query}
    try:
        return create_engine(address.url, hide_parameters=True, pool_pre_ping=True, connect_args=given)
    except ModuleNotFoundError:
        mend = 'Install it with: pip install "busyhour[postgres]"'
        raise InputError("PostgreSQL needs the library psycopg", column=KEY, mend=mend) from None


def _set_up_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions begin by `_begin_sqlite` alone, those of DDL too
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(c: Connection) -> None:
    # A transaction that reads first and writes later fails at once where another writes meanwhile: no wait helps it.
    c.exec_driver_sql("BEGIN IMMEDIATE" if c.get_execution_options().get("writes") else "BEGIN")


def lost(c: Connection) -> bool:
    """Whether the session behind a connection has ended."""
    return c.invalidated or bool(getattr(c.connection.driver_connection, "closed", False))


def user() -> str:
    """Return the name of the system's user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container may have no name for its user
        return "unknown"


def host() -> str:
    """Return the name of this machine."""
    return socket.gethostname() or "unknown"


def now_s() -> int:
    """Return this moment in whole seconds since 1970."""
    return int(time.time())


def by_of(c: Connection) -> str:
    """Return who works with the store through this connection."""
    return str(c.get_execution_options()["by"])
