"""Locks: all names or none, whoever holds them is named, and a killed run holds nothing."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from busyhour.app.cli.exit_codes import HELD
from busyhour.app.faults import code_and_words
from busyhour.app.store.connection import host
from busyhour.app.store.entries import site_id
from busyhour.app.store.faults import Held, StoreFault
from busyhour.app.store.locks import held, holders
from busyhour.app.store.open import Store, open_store
from busyhour.app.store.schema import site


def test_one_name_is_held_once(store: Store, store_url: str) -> None:
    with open_store(store_url, by="bert") as other:
        with held(store, ["site lisbon", "site porto"], "batch weekly"):
            with pytest.raises(Held) as error, held(other, ["site faro", "site porto"], "record"):
                pass
            found = error.value
            assert (found.holder, found.host, found.name) == ("anna", host(), "site porto")
            assert abs((dt.datetime.now(dt.UTC) - found.since).total_seconds()) < 600
            assert code_and_words(found, "") == (HELD, str(found))
            assert str(found).startswith(f"site porto is held by anna on {host()} since ")
            with held(other, ["site faro"], "record"):  # nothing is left of the refused try
                assert sorted(h.holder for h in holders(store)) == ["anna", "bert"]
        with held(other, ["site porto"], "record"):
            pass
        assert holders(other) == []


def test_a_refused_try_holds_nothing(store: Store, store_url: str) -> None:
    with open_store(store_url, by="bert") as other, held(store, ["b"], ""):
        with pytest.raises(Held), held(other, ["a", "b"], ""):
            pass
        with held(store, ["a"], ""):
            pass


def test_writing_goes_on_under_locks(store: Store, store_url: str) -> None:
    with open_store(store_url) as other, held(store, ["site lisbon"], ""):
        with store.write() as c:
            site_id(c, "lisbon", None)
        with other.write() as c:
            site_id(c, "porto", None)
        with store.read() as c:
            assert set(c.execute(sa.select(site.c.name)).scalars()) == {"lisbon", "porto"}


def test_a_store_has_the_same_locks_by_whatever_name(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    (tmp_path / "wfm.db").symlink_to(tmp_path / "there" / "store.db")
    with open_store("sqlite:///there/store.db", base=tmp_path, by="anna") as store, held(store, ["site lisbon"], ""):
        for name in ("link/store.db", "wfm.db"):
            with open_store(f"sqlite:///{name}", base=tmp_path) as other:
                refused = pytest.raises(Held, match="by anna")
                with refused, held(other, ["site lisbon"], ""):
                    pass


HOLD = """
import sys, time
from busyhour.app.store.locks import held
from busyhour.app.store.open import open_store
with open_store(sys.argv[1], by="carla") as store, held(store, ["site lisbon"], "batch weekly"):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.mark.slow
def test_a_killed_run_holds_nothing(store: Store, store_url: str) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, store_url], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Held, match="carla"), held(store, ["site lisbon"], ""):
            pass
    finally:
        holder.kill()
        holder.communicate()
    for _ in range(100):  # a server sees the end of a session after milliseconds
        try:
            with held(store, ["site lisbon"], ""):
                break
        except Held:
            time.sleep(0.05)
    else:
        pytest.fail("a killed run still holds its name")
    assert holders(store) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_lost_session_stops_all_writing(store: Store, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue("server")
    with pytest.raises(StoreFault, match=r"was lost|cannot be reached"), held(store, ["site lisbon"], ""):
        with store.read() as c:
            found = sa.text(
                "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'busyhour/%' AND datname = :d"
            )
            pid = c.execute(found, {"d": store.address.url.database}).scalar_one()
        server.sql(f"SELECT pg_terminate_backend({pid})")
        for _ in range(2):  # no new session takes the place of the one that held the lock
            with pytest.raises(StoreFault), store.write() as c:
                site_id(c, "lisbon", None)
        with store.write() as c:
            site_id(c, "lisbon", None)
    with store.read() as c:
        assert c.execute(sa.select(site)).all() == []
