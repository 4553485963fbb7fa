"""Stores opened, made, upgraded and refused: one sentence each, and never a password."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from busyhour.app.store import address, versions
from busyhour.app.store.entries import queue_ids, site_id, tell
from busyhour.app.store.faults import StoreFault, fault_of
from busyhour.app.store.migrate import SCRIPTS, upgrade
from busyhour.app.store.open import Store, open_store
from busyhour.app.store.schema import event, metadata, site
from busyhour.forecast.errors import InputError

SECRET = "hunter2"


def tables(store: Store) -> set[str]:
    with store.read() as c:
        return set(sa.inspect(c).get_table_names())


def test_schema_is_what_the_migrations_make(store: Store) -> None:
    with store.read() as c:
        context = MigrationContext.configure(c, opts={"version_table": versions.TABLE})
        assert compare_metadata(context, metadata) == []
    assert tables(store) == {*metadata.tables, versions.TABLE}


def test_revisions_are_the_files_in_their_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    walked = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(walked)) == versions.REVISIONS


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


def test_a_database_without_a_store_waits_for_upgrade(kind: str, empty_url: str) -> None:
    if kind == "sqlite":
        return
    with pytest.raises(InputError, match=r"no store yet.*busyhour store upgrade"):
        open_store(empty_url)
    assert upgrade(empty_url).before == versions.EMPTY
    open_store(empty_url).close()


@pytest.mark.parametrize(
    ("revision", "words"), [("0000", "newer version of busyhour"), ("old", "older schema old.*busyhour store upgrade")]
)
def test_other_schemas_are_refused(store_url: str, revision: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "REVISIONS", ("old", *versions.REVISIONS))
    engine = sa.create_engine(store_url)
    with engine.begin() as c:
        c.exec_driver_sql(f"UPDATE {versions.TABLE} SET version_num = '{revision}'")
    engine.dispose()
    with pytest.raises(InputError, match=words):
        open_store(store_url)


def test_an_upgrade_of_a_newer_store_is_refused(store_url: str) -> None:
    engine = sa.create_engine(store_url)
    with engine.begin() as c:
        c.exec_driver_sql(f"UPDATE {versions.TABLE} SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(InputError, match="newer version of busyhour"):
        upgrade(store_url)


def test_another_program_s_database_is_left_alone(empty_url: str) -> None:
    engine = sa.create_engine(empty_url)
    with engine.begin() as c:
        c.exec_driver_sql("CREATE TABLE invoices (id INTEGER)")
    engine.dispose()
    for how in (open_store, upgrade):
        with pytest.raises(InputError, match="tables of another program"):
            how(empty_url)
    engine = sa.create_engine(empty_url)
    assert sa.inspect(engine).get_table_names() == ["invoices"]
    engine.dispose()


NEXT = '''"""A schema that fails half-way."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make a table, change another, and fail."""
    op.create_table("extra", sa.Column("id", sa.Integer, primary_key=True))
    with op.batch_alter_table("site") as table:
        table.add_column(sa.Column("country", sa.Text))
    op.execute("UPDATE site SET name = 'gone'")
    FAIL
'''


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """The migrations with one more, which fails."""
    folder = tmp_path / "scripts"
    shutil.copytree(SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "m0002_next.py").write_text(NEXT.replace("FAIL", 'op.execute("SELECT * FROM nowhere")'))
    return folder


def test_a_migration_that_fails_leaves_nothing(store_url: str, scripts: Path) -> None:
    with open_store(store_url) as store, store.write() as c:
        site_id(c, "lisbon", None)
    with pytest.raises(sa.exc.DBAPIError):
        upgrade(store_url, scripts=scripts)
    with open_store(store_url) as store:
        assert "extra" not in tables(store)
        with store.read() as c:
            assert c.execute(sa.select(site.c.name)).scalars().all() == ["lisbon"]
            assert [column["name"] for column in sa.inspect(c).get_columns("site")] == ["id", "name", "zone"]


def test_an_upgrade_keeps_rows_and_a_copy(kind: str, store_url: str, scripts: Path) -> None:
    (scripts / "versions" / "m0002_next.py").write_text(NEXT.replace("FAIL", "").replace("'gone'", "'kept'"))
    with open_store(store_url) as store, store.write() as c:
        queue_ids(c, site_id(c, "lisbon", None), ["sales"])
    done = upgrade(store_url, scripts=scripts)
    assert (done.before, done.after) == ("0001", "0002")
    assert (done.copy is not None) == (kind == "sqlite")
    if done.copy is not None:
        with open_store(f"sqlite:///{done.copy}") as store, store.read() as c:
            assert c.execute(sa.select(site.c.name)).scalars().all() == ["lisbon"]
    engine = sa.create_engine(store_url)
    with engine.connect() as c:
        assert c.exec_driver_sql("SELECT s.name, q.name FROM queue q JOIN site s ON q.site = s.id").all() == [
            ("kept", "sales")
        ]
    engine.dispose()


def test_an_upgrade_waits_for_no_run(store: Store, store_url: str, scripts: Path) -> None:
    from busyhour.app.store.faults import Held
    from busyhour.app.store.locks import held

    with held(store, ["site lisbon"], "batch weekly"), pytest.raises(Held, match="held by anna"):
        upgrade(store_url, scripts=scripts)


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


def test_a_dead_server_is_one_sentence() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreFault, match=r"postgresql\+psycopg://127\.0\.0\.1:1/wfm cannot be reached"):
        open_store("postgresql://127.0.0.1:1/wfm")


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


@pytest.mark.slow
def test_opening_a_store_imports_no_migrations(tmp_path: Path) -> None:
    open_store("sqlite:///wfm.db", base=tmp_path).close()
    code = (
        "import sys; from pathlib import Path; from busyhour.app.store.open import open_store;"
        f"open_store('sqlite:///wfm.db', base=Path({str(tmp_path)!r})).close(); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
