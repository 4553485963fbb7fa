"""Faults of a store: each one sentence, and nothing half written."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from busyhour.app.store.entries import site_id
from busyhour.app.store.faults import StoreFault, fault_of
from busyhour.app.store.migrate import upgrade
from busyhour.app.store.open import Store, open_store
from busyhour.app.store.schema import site
from busyhour.forecast.errors import InputError


def test_a_dead_server_is_one_sentence() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreFault, match=r"postgresql\+psycopg://127\.0\.0\.1:1/wfm cannot be reached"):
        open_store("postgresql://127.0.0.1:1/wfm")


def test_a_store_that_may_not_be_written(store: Store, kind: str) -> None:
    with pytest.raises(InputError, match="may not be written"), store.write() as c:
        if kind == "sqlite":
            c.exec_driver_sql("PRAGMA query_only = ON")
        else:
            c.exec_driver_sql("SET TRANSACTION READ ONLY")
        site_id(c, "lisbon", None)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="root alone can take another user's place")
def test_a_file_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_store("sqlite:///wfm.db", base=tmp_path).close()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InputError, match=r"wfm\.db may not be written"):
        open_store("sqlite:///wfm.db", base=tmp_path)


def test_a_locked_store_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store("sqlite:///wfm.db", base=tmp_path) as store:
        other = sqlite3.connect(tmp_path / "wfm.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with store.engine.connect() as c:  # the pool keeps this connection and its shorter patience
            c.exec_driver_sql("PRAGMA busy_timeout = 50")
        with pytest.raises(StoreFault, match=r"wfm\.db has been locked by another process"), store.write() as c:
            site_id(c, "lisbon", None)
        with store.read() as c:  # who only reads is not held up
            assert c.execute(sa.select(site)).all() == []
        other.close()


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with open_store("sqlite:///wfm.db", base=tmp_path) as store:
        with store.engine.connect() as c:  # the pool keeps this connection
            c.exec_driver_sql("PRAGMA max_page_count = 1")
        with pytest.raises(StoreFault, match=r"wfm\.db cannot grow: its disk is full"), store.write() as c:
            for i in range(10_000):
                site_id(c, f"site {i}", None)
        with store.read() as c:
            assert c.execute(sa.select(site)).all() == []


@pytest.mark.parametrize("state", ["57P01", "08006", "25P03"])
def test_a_lost_session_is_a_fault_of_the_store(state: str) -> None:
    error = RuntimeError("terminating connection due to idle-in-transaction timeout")
    error.sqlstate = state  # type: ignore[attr-defined]
    found = fault_of(error, "wfm")
    assert isinstance(found, StoreFault)
    assert "was lost" in str(found)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_row_that_another_session_keeps_is_one_sentence(store: Store, store_url: str) -> None:
    with store.write() as c:
        site_id(c, "lisbon", None)
    with open_store(store_url) as other, store.write() as mine:
        mine.execute(sa.update(site).values(zone="UTC"))
        with pytest.raises(StoreFault, match="has been locked by another session"), other.write() as c:
            c.exec_driver_sql("SET LOCAL lock_timeout = 50")
            c.execute(sa.update(site).values(zone="Asia/Tokyo"))


def test_a_damaged_file_is_one_sentence(tmp_path: Path) -> None:
    open_store("sqlite:///wfm.db", base=tmp_path).close()
    path = tmp_path / "wfm.db"
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * (size - 100))
    with pytest.raises(InputError, match=r"wfm\.db is (damaged|not a database).*"):
        open_store("sqlite:///wfm.db", base=tmp_path)


def test_a_transaction_is_whole_or_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as c:
        site_id(c, "lisbon", None)
        raise ZeroDivisionError
    with store.read() as c:
        assert c.execute(sa.select(site)).all() == []


@pytest.mark.slow
def test_a_lost_session_is_one_sentence(server: object, tmp_path: Path) -> None:
    url = server.url(server.new_schema())  # type: ignore[attr-defined]
    upgrade(url)
    with open_store(url) as store:
        with pytest.raises(StoreFault, match=r"was lost|cannot be reached") as error, store.write() as c:
            pid = c.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            server.sql(f"SELECT pg_terminate_backend({pid})")  # type: ignore[attr-defined]
            site_id(c, "lisbon", None)
        assert "\n" not in str(error.value)
        with store.write() as c:  # a new session is fine where none held locks
            site_id(c, "lisbon", None)
