"""Calls so far from a database: one SELECT, asked at each look, that can change nothing."""

from __future__ import annotations

import _thread
import signal
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from tiny_day import TUESDAY, at, tiny_week

from busyhour.app.today import queried
from busyhour.app.today.actuals import of_day
from busyhour.app.today.queried import laid_down
from busyhour.app.today.read_actuals import read_actuals
from busyhour.forecast.errors import InputError

SELECT = "SELECT begun AS start, calls AS offered FROM acd WHERE begun >= '2026-10-20 00:00' ORDER BY begun"


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The address of a database with two half-hours of the Tuesday."""
    with closing(sqlite3.connect(tmp_path / "calls.db")) as store, store:
        store.execute("CREATE TABLE acd (begun TEXT, calls INTEGER)")
        rows = [("2026-10-19 08:00", 5), ("2026-10-20 08:00", 31), ("2026-10-20 08:30", 29)]
        store.executemany("INSERT INTO acd VALUES (?, ?)", rows)
    return f"sqlite:///{tmp_path / 'calls.db'}"


def query(place: Path, text: str = SELECT) -> Path:
    path = place / "today.sql"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_of_a_query_are_read_like_a_file(tmp_path: Path, database: str) -> None:
    """What the query returns stands in its intervals; a row that comes later is there at the next look."""
    week, asked = tiny_week(tmp_path / "week"), query(tmp_path)

    def offered(now: str) -> list[float]:
        with laid_down([asked], database) as files:
            read = read_actuals(week, files)
        found = of_day(read, week.day(TUESDAY, 30), at(now))
        return found.queues["sales"].offered[: found.complete].tolist()

    assert offered("09:00") == [31.0, 29.0]
    with closing(sqlite3.connect(tmp_path / "calls.db")) as store, store:
        store.execute("INSERT INTO acd VALUES ('2026-10-20 09:00', 40)")
    assert offered("09:30") == [31.0, 29.0, 40.0]


@pytest.mark.parametrize("text", ["DELETE FROM acd", "DELETE FROM acd RETURNING begun AS start, calls AS offered"])
def test_nothing_is_changed(tmp_path: Path, database: str, text: str) -> None:
    with (
        pytest.raises(InputError, match=r"today\.sql: the query (fails|returns no table)"),
        laid_down([query(tmp_path, text)], database),
    ):
        pass
    with closing(sqlite3.connect(tmp_path / "calls.db")) as store:
        assert store.execute("SELECT count(*) FROM acd").fetchone() == (3,)


@pytest.mark.parametrize(
    ("text", "address", "words"),
    [
        ("SELECT x FROM nowhere", "sqlite:///calls.db", r"today\.sql: the query fails .*nowhere"),
        (SELECT, None, r"today\.sql: a query without a database\. Name it: --database"),
        (SELECT, "sqlite:///other.db", r"--database: file not found"),
        (SELECT, "postgresql://me:secret@host/acd", r"--database: the address holds a password"),
    ],
)
def test_what_cannot_be_asked_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str, text: str, address: str | None, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=words) as told, laid_down([query(tmp_path, text)], address):
        pass
    assert "secret" not in str(told.value) and not (tmp_path / "other.db").exists()


def test_a_database_that_does_not_answer_can_be_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, database: str
) -> None:
    """Ctrl-C ends the wait, although the query goes on."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores Ctrl-C
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    answered = threading.Event()
    monkeypatch.setattr(queried, "_table", lambda *asked: answered.wait(60.0))
    threading.Timer(0.2, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt), laid_down([query(tmp_path)], database):
        pass
    assert not answered.is_set()
    answered.set()


def test_a_database_that_nobody_asks_is_an_error(tmp_path: Path) -> None:
    with (
        pytest.raises(InputError, match="--database: no query asks"),
        laid_down([tmp_path / "a.csv"], "sqlite:///a.db"),
    ):
        pass
