"""Schemas of a store: made, upgraded whole or not at all, and refused where they are another's."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from busyhour.app.store import versions
from busyhour.app.store.entries import queue_ids, site_id
from busyhour.app.store.migrate import SCRIPTS, upgrade
from busyhour.app.store.open import Store, open_store
from busyhour.app.store.schema import metadata, site
from busyhour.forecast.errors import InputError


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


@pytest.mark.slow
def test_opening_a_store_imports_no_migrations(tmp_path: Path) -> None:
    open_store("sqlite:///wfm.db", base=tmp_path).close()
    code = (
        "import sys; from pathlib import Path; from busyhour.app.store.open import open_store;"
        f"open_store('sqlite:///wfm.db', base=Path({str(tmp_path)!r})).close(); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
