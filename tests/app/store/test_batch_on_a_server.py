"""A whole batch whose store is PostgreSQL: its folders are those of a batch beside SQLite, even with lost sessions."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from store_servers import Server
from tiny_batch import Quick, content, drive, make

from busyhour.app.batch import drive as driver
from busyhour.app.batch.config import BatchFile
from busyhour.app.batch.drive import opened
from busyhour.app.batch.task import Answer, Task
from busyhour.app.faults import code_and_words
from busyhour.app.store.faults import StoreFault
from busyhour.app.store.migrate import upgrade
from busyhour.app.store.roles import roles_sql
from busyhour.app.store.schema import publication, run, unit
from busyhour.app.store.verify import verify

pytestmark = pytest.mark.slow


@pytest.fixture
def undisturbed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What a batch beside SQLite leaves."""
    engine = Quick()
    monkeypatch.setattr(driver, "engine_of", lambda run, tell: engine)
    path = make(tmp_path / "beside")
    assert drive(path).status.code == 0
    return content(path.parent)


def on_server(tmp_path: Path, server: Server) -> tuple[Path, str]:
    """Make a batch whose store is a schema on the server, used as the batch role."""
    schema = server.new_schema()
    upgrade(server.url(schema), by="anna")
    server.sql(roles_sql(schema))
    server.sql(f"CREATE ROLE {schema} LOGIN IN ROLE busyhour_batch")
    url = server.url(schema, schema)
    return make(tmp_path / "b", {"# [store]\n": f'[store]\nurl = "{url}"\n'}), schema


def test_the_folders_are_the_same(
    tmp_path: Path, server: Server, undisturbed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch role is all that a batch needs."""
    path, _ = on_server(tmp_path, server)
    engine = Quick()
    monkeypatch.setattr(driver, "engine_of", lambda run, tell: engine)
    assert drive(path).status.code == 0
    assert content(path.parent) == undisturbed
    assert drive(path).status.counts["unchanged"] == 2
    with opened(BatchFile.read(path)) as store:
        assert verify(store) == []


@pytest.mark.parametrize("place", [1, 3, 5])
def test_a_lost_session_ends_the_driver_and_the_same_line_goes_on(
    tmp_path: Path, server: Server, undisturbed: dict[str, str], monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    """Nothing is lost, doubled or torn."""
    path, schema = on_server(tmp_path, server)
    count = 0

    def lose(task: Task) -> Answer | None:
        nonlocal count
        count += 1
        if count == place:
            server.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{schema}'")
        return None

    engine = Quick(lose)
    monkeypatch.setattr(driver, "engine_of", lambda run, tell: engine)
    with pytest.raises(StoreFault) as error:
        drive(path)
    code, words = code_and_words(error.value, "")
    assert code == 1
    assert "\n" not in words
    assert drive(path).status.code == 0
    assert content(path.parent) == undisturbed
    with opened(BatchFile.read(path)) as store:
        assert verify(store) == []
        with store.read() as c:
            for table, number in ((publication, 4), (run, 4), (unit, 8)):
                assert c.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == number, table.name
