"""Messages of a running day: news said once, told to programs and logs, and watched until the day is over."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from fixed_watch import CALLS_SERVICE, FixedWatch, Looker, given, up
from tiny_day import TUESDAY, WEEK, at, live, tiny_week

from busyhour.app.today.look import TodayOptions
from busyhour.app.today.message import Message, news, ranked
from busyhour.app.today.notify import append_lines, command_of, notify, read_lines
from busyhour.app.today.watch import DayTeller, Told
from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Stopped, Watch


def test_news_are_said_once(tmp_path: Path) -> None:
    """A message is said again only when it has become graver."""
    one = Message("a", "", "", "queue", "warning", 1.0, "", "", "", "")
    graver = replace(one, level="alarm")
    assert news([], [one]) == (one,)
    assert news([one], [one]) == ()
    assert news([one], [graver]) == (graver,)
    assert news([one, graver], [one]) == ()
    assert ranked([one, replace(one, id="b", stake=9.0), graver])[0] == graver


@pytest.mark.slow
def test_a_teller_tells_news_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Two looks at one state say each message once; so does another teller on the same folder."""
    heard: list[str] = []
    for _ in range(2):
        looker = Looker(tiny_week(tmp_path), given(tmp_path, "10:00"), FixedWatch(1.6, (up(),)))
        teller = DayTeller(looker, [lambda new: heard.extend(m.id for m in new)], tmp_path / "out")
        teller.once(Watch())
        teller.once(Watch())
    assert len(heard) == len(set(heard)) > 0


def test_watching_stops_when_asked(tmp_path: Path) -> None:
    """A stop between two looks ends the watch."""
    looker = Looker(tiny_week(tmp_path), given(tmp_path, "10:00"))
    watch = Watch()

    def show(told: Told) -> None:
        watch.stop.set()

    with pytest.raises(Stopped):
        DayTeller(looker, [], tmp_path / "out").until_over(watch, 60.0, show)


@pytest.mark.slow
def test_watching_bears_a_file_that_breaks(tmp_path: Path) -> None:
    """A file that cannot be read at one look is complained of once, and read again."""
    looker = Looker(tiny_week(tmp_path), given(tmp_path, "10:00", now=None))
    heard: list[Message] = []
    seen: list[str] = []
    states = iter(["broken", "broken", "whole"])

    def show(told: Told) -> None:
        seen.append(told.summary["date"])
        change()

    def change() -> None:
        if next(states, "whole") == "whole":
            live(tmp_path / "live.csv", "16:00", columns=CALLS_SERVICE)
        else:
            (tmp_path / "live.csv").write_text("start,offered\n2026-10-20T08:00,many\n", encoding="utf-8")

    def hear(new: object) -> None:
        heard.extend(m for m in new if m.kind == "input")  # type: ignore[attr-defined]
        if heard:
            change()
            change()

    DayTeller(looker, [hear], tmp_path / "out").until_over(Watch(), 0.01, show)
    assert len(heard) == 1
    assert len(seen) == 2


def test_a_program_gets_messages_on_its_input(tmp_path: Path) -> None:
    """The webhook command reads a JSON list; what goes wrong is told and fails nothing."""
    one = Message("a", "2026-10-20T10:00", "sales", "queue", "alarm", 1.0, "2026-10-20T10:00", "c", "e", "f")
    heard = tmp_path / "heard.json"
    code = f"import pathlib,sys; pathlib.Path({str(heard)!r}).write_text(sys.stdin.read())"
    assert notify([sys.executable, "-c", code], [one]) == ""
    assert json.loads(heard.read_text(encoding="utf-8")) == [one.record]
    assert "ended with 3" in notify([sys.executable, "-c", "raise SystemExit(3)"], [one])
    assert "cannot be started" in notify([str(tmp_path / "none")], [one])
    assert notify([str(tmp_path / "none")], []) == ""
    assert command_of("a 'b c'") == ["a", "b c"]
    with pytest.raises(InputError, match="no command"):
        command_of(" ")
    log = tmp_path / "log.jsonl"
    append_lines(log, [one])
    append_lines(log, [one])
    assert read_lines(log) == (one, one)
    log.write_text("{}\n", encoding="utf-8")
    with pytest.raises(InputError, match="not a message"):
        read_lines(log)


def test_a_live_look_waits_for_the_day_that_runs(tmp_path: Path) -> None:
    """Before anything of today has come the files end with yesterday: today is looked at all the same."""
    path = live(tmp_path / "live.csv", "16:00", WEEK, columns=CALLS_SERVICE)
    clock = at("07:55")
    assert Looker(tiny_week(tmp_path), TodayOptions((path,))).look(Watch(), clock).day.date == WEEK
    found = Looker(tiny_week(tmp_path), TodayOptions((path,), live=True)).look(Watch(), clock)
    assert (found.day.date, found.actuals.complete) == (TUESDAY, 0)


@pytest.mark.slow
def test_watching_waits_for_the_first_file_of_a_folder(tmp_path: Path) -> None:
    """A folder without a table is complained of once; the day is looked at when its file comes."""
    folder = tmp_path / "live"
    folder.mkdir()
    heard: list[str] = []
    seen: list[Told] = []

    def hear(new: Sequence[Message]) -> None:
        heard.extend(m.evidence for m in new if m.kind == "input")
        live(folder / "1.csv", "16:00", columns=CALLS_SERVICE)

    looker = Looker(tiny_week(tmp_path), TodayOptions((folder,)))
    DayTeller(looker, [hear], tmp_path / "out").until_over(Watch(), 0.01, seen.append)
    assert len(seen) == len(heard) == 1
    assert heard[0].startswith("live: the folder holds no table")
