"""Stores looked after: copied, read through, pruned, and who may do what."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from busyhour.app.cli.main import app
from busyhour.app.cli.store import address
from busyhour.app.store.backup import backup, pg_dump_line
from busyhour.app.store.connection import now_s
from busyhour.app.store.entries import queue_ids, site_id, tell
from busyhour.app.store.open import Store, open_store
from busyhour.app.store.prune import Pruned, prune
from busyhour.app.store.roles import roles_sql
from busyhour.app.store.schema import APPEND_ONLY, event, forecast, run, run_cost, score, site, snapshot
from busyhour.forecast.errors import InputError

DAY_S = 86_400


def invoke(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["store", *words])
    return result.exit_code, result.output


def old_forecasts(store: Store) -> None:
    """Enter forecasts of 10 and of 500 days ago, a snapshot each, and a score."""
    with store.write() as c:
        number = site_id(c, "lisbon", None)
        queue = queue_ids(c, number, ["sales"])["sales"]
        for i, days in enumerate((10, 500)):
            at = now_s() - days * DAY_S
            c.execute(sa.insert(snapshot).values(id=i + 1, site=number, origin_s=at, kind="nightly", at_s=at))
            c.execute(sa.insert(forecast).values(queue=queue, lead=1, start_s=at, snapshot=i + 1, calls=5.0))
        c.execute(sa.insert(score).values(queue=queue, lead=1, day="2020-01-01", n=1, unknown=0, actual=4.0))


def test_a_copy_is_a_store(kind: str, store: Store, tmp_path: Path) -> None:
    with store.write() as c:
        site_id(c, "lisbon", None)
    if kind == "postgresql":
        with pytest.raises(InputError, match="Run: pg_dump --format=custom"):
            backup(store)
        return
    with store.write() as c:  # somebody else writes meanwhile: the copy is the state before
        site_id(c, "porto", None)
        done = backup(store, tmp_path / "copy.db")
    assert done.size == done.file.stat().st_size > 0
    with open_store(f"sqlite:///{done.file}") as copy, copy.read() as c:
        assert c.execute(sa.select(site.c.name)).scalars().all() == ["lisbon"]
    with pytest.raises(InputError, match="there already"):
        backup(store, tmp_path / "copy.db")
    assert not list(tmp_path.glob(".*busyhour-tmp*"))


def test_the_line_of_pg_dump_tells_no_password(kind: str, store: Store) -> None:
    if kind == "postgresql":
        assert "postgresql://postgres@/" in pg_dump_line(store)


def test_old_interval_forecasts_go_and_scores_stay(store: Store) -> None:
    old_forecasts(store)
    assert prune(store, 400) == Pruned(1, 1)
    assert prune(store, 400) == Pruned(0, 0)
    with store.read() as c:
        assert c.execute(sa.select(sa.func.count()).select_from(forecast)).scalar_one() == 1
        assert c.execute(sa.select(sa.func.count()).select_from(score)).scalar_one() == 1
    with pytest.raises(InputError, match=r"record\.keep_days.*too short"):
        prune(store, 3)


def test_days_go_whole(store: Store) -> None:
    zone = "Asia/Tokyo"
    last = pd.Timestamp.now(zone).normalize() - pd.Timedelta(days=40)
    starts = pd.date_range(last - pd.Timedelta(days=2), last + pd.Timedelta(days=2), freq="h", inclusive="left")
    with store.write() as c:
        number = site_id(c, "tokyo", zone)
        queue = queue_ids(c, number, ["sales"])["sales"]
        c.execute(sa.insert(snapshot).values(id=1, site=number, origin_s=0, kind="nightly", at_s=0))
        c.execute(
            sa.insert(forecast),
            [{"queue": queue, "lead": 1, "start_s": int(s.timestamp()), "snapshot": 1} for s in starts],
        )
    assert prune(store, 40) == Pruned(48, 0)
    with store.read() as c:
        assert c.execute(sa.select(sa.func.min(forecast.c.start_s))).scalar_one() == int(last.timestamp())


def test_each_right_is_granted_by_name() -> None:
    text = roles_sql("wfm")
    for table in APPEND_ONLY:
        assert f'GRANT SELECT, INSERT ON "wfm"."{table.name}" TO busyhour_batch;' in text
    assert f'"{run_cost.name}" TO busyhour_reader' not in text
    assert invoke("roles", "--schema", "wfm") == (0, text)
    with pytest.raises(InputError, match="not the name of a schema"):
        roles_sql('x"; DROP TABLE site; --')


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_roles_may_do_what_they_need_and_no_more(store: Store, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue("server")
    with store.read() as c:
        schema = c.exec_driver_sql("SELECT current_schema()").scalar_one()
    for _ in range(2):  # to be run again after each upgrade
        server.sql(roles_sql(schema))
    for role in ("batch", "reader"):
        server.sql(f"CREATE ROLE {schema}_{role} LOGIN IN ROLE busyhour_{role}")
    try:
        with open_store(server.url(schema, f"{schema}_batch")) as batch:
            with batch.write() as c:
                number = site_id(c, "lisbon", None)
                tell(c, "planned", site=number)
                c.execute(sa.update(site).values(zone="UTC"))
            for statement in (sa.update(event).values(by="nobody"), *map(sa.delete, (event, run_cost, run))):
                refused = pytest.raises(InputError, match=r"does not allow this user.*busyhour store roles")
                with refused, batch.write() as c:
                    c.execute(statement)
        with open_store(server.url(schema, f"{schema}_reader")) as reader:
            with reader.read() as c:
                assert c.execute(sa.select(event.c.what)).scalars().all() == ["upgraded", "planned"]
            with pytest.raises(InputError, match="does not allow"), reader.read() as c:
                c.execute(sa.select(run_cost))
            with pytest.raises(InputError, match="does not allow"), reader.write() as c:
                site_id(c, "porto", None)
    finally:
        for role in ("batch", "reader"):
            server.sql(f"DROP OWNED BY {schema}_{role}; DROP ROLE {schema}_{role}")


def test_the_commands(kind: str, empty_url: str, tmp_path: Path) -> None:
    assert invoke("upgrade", empty_url) == (0, "busyhour store: made\n")
    assert invoke("upgrade", empty_url) == (0, "busyhour store: nothing to do, schema 0001\n")
    with open_store(empty_url) as store:
        old_forecasts(store)
    code, output = invoke("prune", empty_url)
    assert (code, output) == (0, "busyhour store: 1 interval forecasts and 1 empty snapshots removed, scores stay\n")
    code, output = invoke("backup", empty_url, "--out", str(tmp_path / "copy.db"), "--json")
    if kind == "sqlite":
        assert code == 0
        assert json.loads(output)["bytes"] == (tmp_path / "copy.db").stat().st_size
    else:
        assert code == 3
        assert "Run: pg_dump" in output
    code, output = invoke("upgrade", "postgresql://anna:hunter2@db/wfm")
    assert code == 3
    assert "hunter2" not in output


def test_a_store_is_named_in_many_ways(tmp_path: Path) -> None:
    (tmp_path / "batch.toml").write_text('[batch]\nsites = ["sites/*"]\n[record]\nkeep_days = 50\n')
    (tmp_path / "lisbon").mkdir()
    (tmp_path / "lisbon" / "plan.toml").write_text(
        "[store]\nurl = 'sqlite:///own.db'\n[queue.sales.goal]\nlevel = 0.8\nwithin_s = 20\n"
    )
    for where in (tmp_path, tmp_path / "batch.toml"):
        assert address(str(where)) == ("sqlite:///busyhour.db", tmp_path, 50)
    for where in (tmp_path / "lisbon", tmp_path / "lisbon" / "plan.toml"):
        assert address(str(where)) == ("sqlite:///own.db", tmp_path / "lisbon", 400)
    (tmp_path / "copy.db").touch()
    assert address(str(tmp_path / "copy.db")) == (f"sqlite:///{tmp_path / 'copy.db'}", None, 400)
    with pytest.raises(InputError, match="file not found"):
        address(str(tmp_path / "nowhere.toml"))
