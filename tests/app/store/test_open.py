"""Stores opened and refused by their address: one sentence each, and never a password."""

from __future__ import annotations

import threading
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from busyhour.app.store import address
from busyhour.app.store.entries import queue_ids, site_id, tell
from busyhour.app.store.open import Store, open_store
from busyhour.app.store.schema import event, site
from busyhour.forecast.errors import InputError

SECRET = "hunter2"


def test_a_file_is_made_by_being_opened_and_found_again(tmp_path: Path) -> None:
    with open_store("sqlite:///wfm.db", base=tmp_path, by="anna") as store, store.write() as c:
        site_id(c, "lisbon", "Europe/Lisbon")
    with open_store("sqlite:///wfm.db", base=tmp_path) as store, store.read() as c:
        assert c.execute(sa.select(site.c.name)).scalars().all() == ["lisbon"]
        assert c.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert c.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_many_open_a_fresh_file_at_once(tmp_path: Path) -> None:
    faults: list[Exception] = []

    def enter(name: str) -> None:
        try:
            with open_store("sqlite:///wfm.db", base=tmp_path) as store, store.write() as c:
                site_id(c, name, None)
        except (OSError, ValueError, sa.exc.SQLAlchemyError) as error:
            faults.append(error)

    threads = [threading.Thread(target=enter, args=(f"s{i}",)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with open_store("sqlite:///wfm.db", base=tmp_path) as store, store.read() as c:
        assert c.execute(sa.select(sa.func.count()).select_from(site)).scalar_one() == 6


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"postgresql://anna:{SECRET}@db/wfm", "holds a password.*PGPASSWORD"),
        (f"postgresql://db/wfm?password={SECRET}", "holds a password"),
        (f"postgresql//anna:{SECRET}@db/wfm", "not the address of a store"),
        ("mysql://db/wfm", "no store is kept there"),
        ("postgresql://db", "names no database"),
        ("sqlite://", "names no plain file"),
        ("sqlite:///:memory:", "names no plain file"),
        ("sqlite:///nowhere/wfm.db", "folder of the store is not there"),
        ("sqlite:///.", "a folder, not a file"),
    ],
)
def test_unfit_addresses(url: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words) as error:
        open_store(url, base=tmp_path)
    assert SECRET not in str(error.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("queue,start,offered\n" * 100)
    with pytest.raises(InputError, match=r"calls\.csv is not a database"):
        open_store("sqlite:///calls.csv", base=tmp_path)


def test_an_unknown_word_of_the_address_is_one_sentence() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(InputError, match=r'cannot be reached so \(invalid connection option "colour"'):
        open_store("postgresql://127.0.0.1:1/wfm?colour=red")


def test_a_file_is_not_made_where_one_is_looked_after(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no store yet in wfm\.db"):
        open_store("sqlite:///wfm.db", base=tmp_path, make=False)
    assert list(tmp_path.iterdir()) == []


def test_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = type(psutil.disk_partitions(all=True)[0])
    parts = [part("/dev/sda", "/", "ext4", "rw"), part("server:/x", str(tmp_path), "nfs4", "rw")]
    monkeypatch.setattr(address.psutil, "disk_partitions", lambda all: parts)  # noqa: A006 - its own word
    with pytest.raises(InputError, match=r"network drive \(nfs4\)"):
        open_store("sqlite:///wfm.db", base=tmp_path)
    assert address.network_drive(Path("/wfm.db")) is None


def test_names_are_entered_once_and_events_say_who(store: Store) -> None:
    with store.write() as c:
        first = site_id(c, "lisbon", "Europe/Lisbon")
        assert site_id(c, "lisbon", "Europe/Lisbon") == first
        ids = queue_ids(c, first, ["sales", "service", "sales"])
        assert queue_ids(c, first, ["service"]) == {"service": ids["service"]}
        tell(c, "overrode", site=first, days=3, why="fair")
    with store.read() as c:
        row = c.execute(sa.select(event).where(event.c.what != "upgraded")).one()
    assert (row.by, row.what, row.site, row.detail) == ("anna", "overrode", first, '{"days": 3, "why": "fair"}')


def test_a_site_keeps_its_zone(store: Store) -> None:
    with store.write() as c:
        site_id(c, "lisbon", "Europe/Lisbon")
        with pytest.raises(InputError, match=r"has the calls of lisbon in the zone Europe/Lisbon"):
            site_id(c, "lisbon", "Europe/Madrid")
