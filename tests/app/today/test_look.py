"""A look at a running day: on track or not, alarms worded by the service at stake, all of it published."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import vl_convert
from tiny_day import TUESDAY, WEEK, at, live, tiny_week

from busyhour.app.today.first_screen import FirstScreen, first_screen
from busyhour.app.today.look import DayLooker, TodayLook, TodayOptions
from busyhour.app.today.message import Message, news, ranked
from busyhour.app.today.notify import append_lines, command_of, notify, read_lines
from busyhour.app.today.page import charts
from busyhour.app.today.planned_day import PlannedWeek
from busyhour.app.today.publish import publish, said_before
from busyhour.app.today.tables_of_day import summary_of_look, today_table, verdict
from busyhour.app.today.watch import DayTeller, Told
from busyhour.app.today.watched import Watches
from busyhour.app.today.words import silence
from busyhour.forecast.errors import InputError
from busyhour.forecast.intraday.seen import Alarm, Over, Seen
from busyhour.forecast.progress import Stopped, Watch
from busyhour.schedule.today.actions import Action, FrontierPoint, Menu

CALLS_SERVICE = ("start", "offered", "answered", "answered_in", "within_s", "handle_s")


class FixedWatch:
    """A watch over a day that has seen what a test wants."""

    visible = meter = None

    def __init__(
        self, factor: float = 1.0, alarms: tuple[Alarm, ...] = (), overs: tuple[Over, ...] = (), handle: float = 1.0
    ) -> None:
        self.factor, self.alarms, self.overs, self.handle = factor, alarms, overs, handle

    def look(self, date: object, calls: np.ndarray, handle: np.ndarray | None, answered: np.ndarray | None) -> Seen:
        """Return the day with all that is to come multiplied by the factor."""
        usual = np.where(np.isfinite(calls), np.nan_to_num(calls), 30.0)
        mean = np.where(np.isfinite(calls), usual, usual * self.factor)
        low, high = (np.where(np.isfinite(calls), mean, mean + d) for d in (-8.0, 8.0))
        return Seen(mean, low, high, usual, self.alarms, self.overs, self.handle, self.handle - 0.1, self.handle + 0.1)


class FixedWatches(Watches):
    """Watches of which a test has made the only one."""

    fixed: FixedWatch | None = None

    def learnt(self, actuals: object, queue: str, watch: Watch) -> object:  # type: ignore[override]
        """Return the watch that the test has made."""
        return "no alarms: made up" if self.fixed is None else self.fixed


class Looker(DayLooker):
    """Looks with a watch that a test has made."""

    def __init__(self, week: PlannedWeek, options: TodayOptions, fixed: FixedWatch | None = None) -> None:
        super().__init__(week, options)
        self.watches = FixedWatches(week, self.events, options.alarms_per_week, self.seed)
        self.watches.fixed = fixed


def look(
    place: Path, until: str = "10:00", *, people: int = 8, fixed: FixedWatch | None = None, **options: object
) -> TodayLook:
    """Look at the tiny Tuesday as of a time of day."""
    return Looker(tiny_week(place, people=people), given(place, until, **options), fixed).look(Watch())


def given(place: Path, until: str, **options: object) -> TodayOptions:
    """Return options of a look whose actuals reach to a time of day."""
    path = live(place / "live.csv", until, columns=CALLS_SERVICE)
    return TodayOptions((path,), **({"now": f"2026-10-20T{until}"} | options))  # type: ignore[arg-type]


def up(size: float = 0.6) -> Alarm:
    """Return an alarm of more calls since 09:30, known at 10:00."""
    return Alarm("volume", "up", 19, 19, size, size - 0.2, size + 0.2, 5.0, 3.5)


def test_a_day_on_track(tmp_path: Path) -> None:
    """Eight people for four erlang hold the goal."""
    found = look(tmp_path)
    (queue,) = found.queues.values()
    assert queue.chance.state == "on track"
    assert 0.85 < queue.chance.level < 1.0
    assert queue.chance.low < queue.chance.level < queue.chance.high
    assert verdict(found).startswith("On track: ")
    assert found.outlook.now == 4
    assert queue.now.outlook.offered == 120.0
    assert queue.now.outlook.in_time == 108.0
    assert queue.now.counted_fully
    assert found.notes == ("no alarms: made up",)


def test_a_day_off_track(tmp_path: Path) -> None:
    """Four people for four erlang do not, and a busy day is told apart from an alarm."""
    found = look(tmp_path, people=4, fixed=FixedWatch(1.3))
    (queue,) = found.queues.values()
    assert queue.chance.state == "off track"
    kinds = [m.kind for m in found.messages]
    assert "busy_day" in kinds
    assert "volume" not in kinds


def test_an_alarm_upward_tells_cause_evidence_effect_and_since(tmp_path: Path) -> None:
    """More calls than the roster can answer are an alarm; its stake is calls that will be late."""
    found = look(tmp_path, fixed=FixedWatch(1.6, (up(),)))
    alarm = next(m for m in found.messages if m.kind == "volume")
    assert alarm.level == "alarm"
    assert alarm.stake > 50
    assert alarm.since.startswith("2026-10-20T09:30")
    assert "60" in alarm.cause and "more calls" in alarm.cause
    assert "threshold" in alarm.evidence and "known at 10:00" in alarm.evidence
    assert "instead of" in alarm.effect
    assert found.messages[0] == alarm
    assert found.queues["sales"].now.outlook.step.size == pytest.approx(0.6)


def test_an_alarm_that_the_roster_can_bear_is_a_warning(tmp_path: Path) -> None:
    """With fourteen people the goal holds all the same."""
    found = look(tmp_path, people=14, fixed=FixedWatch(1.3, (up(0.3),)))
    told = next(m for m in found.messages if m.kind == "volume")
    assert told.level == "warning"
    assert told.effect.startswith("the goal holds all the same")


def test_fewer_calls_are_hours_to_spare(tmp_path: Path) -> None:
    """A change downward is a notice with hours, no alarm."""
    down = Alarm("volume", "down", 19, 19, -0.5, -0.7, -0.3, 5.0, 3.5)
    found = look(tmp_path, fixed=FixedWatch(0.5, (down,)))
    (told,) = [m for m in found.messages if m.kind == "hours_to_spare"]
    assert told.level == "notice"
    assert "agent-hours to spare" in told.effect
    assert told.stake < 0


def test_over_is_announced(tmp_path: Path) -> None:
    """A change that has ended does not stand, and its end is told."""
    alarm = up()
    found = look(tmp_path, until="12:00", fixed=FixedWatch(1.0, (alarm,), (Over(alarm, 21, 22, 4.5),)))
    (told,) = [m for m in found.messages if m.kind == "over"]
    assert told.since.startswith("2026-10-20T10:30")
    assert not [m for m in found.messages if m.kind == "volume"]
    assert found.queues["sales"].now.outlook.step is None


def test_handle_times_follow_what_came_and_what_changed(tmp_path: Path) -> None:
    """A change of handle times goes on in the rest of the day and costs service."""
    longer = Alarm("handle_time", "up", 19, 19, 0.4, 0.3, 0.5, 5.0, 3.5)
    found = look(tmp_path, fixed=FixedWatch(1.0, (longer,), handle=1.4))
    one = found.queues["sales"].now.outlook
    assert one.handle_s[5] == pytest.approx(1.4 * 240.0, rel=1e-6)
    told = next(m for m in found.messages if m.kind == "handle_time")
    assert "longer" in told.cause
    assert told.stake > 0


def test_a_board_tells_that_a_queue_backs_up(tmp_path: Path) -> None:
    """Two levels: new callers are late; the goal of the interval is lost."""
    board = tmp_path / "board.csv"
    for waiting, level in ((0, None), (2, "warning"), (12, "alarm")):
        board.write_text(f"waiting,longest_wait_s\n{waiting},{10 * waiting}\n", encoding="utf-8")
        told = [m for m in look(tmp_path, board=board).messages if m.kind == "queue"]
        assert [m.level for m in told] == ([] if level is None else [level])
    board.write_text("waiting\n30\n", encoding="utf-8")
    backlog, calm = look(tmp_path, board=board), look(tmp_path)
    assert backlog.queues["sales"].rest.in_time[0] < calm.queues["sales"].rest.in_time[0] - 5
    board.write_text("queue,waiting\nhelp,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="unknown queue"):
        look(tmp_path, board=board)


def test_events_explain_an_alarm(tmp_path: Path) -> None:
    """An alarm that falls into a known event says so; an event that ends before it starts is refused."""
    log = tmp_path / "events.csv"
    log.write_text("start,end,queue,kind,note\n2026-10-20T09:00,2026-10-20T12:00,,mailing,autumn\n", encoding="utf-8")
    found = look(tmp_path, fixed=FixedWatch(1.6, (up(),)), events=log)
    assert "the log knows of mailing, autumn" in found.messages[0].evidence
    log.write_text("start,end\n2026-10-20T09:00,2026-10-20T08:00\n", encoding="utf-8")
    with pytest.raises(InputError, match="event ends before it starts"):
        look(tmp_path, events=log)


def test_the_clock_must_not_go_backwards(tmp_path: Path) -> None:
    """A file that has lost intervals since the look before is refused; the look before stands."""
    looker = Looker(tiny_week(tmp_path), given(tmp_path, "11:00"))
    looker.look(Watch())
    live(tmp_path / "live.csv", "09:30", columns=CALLS_SERVICE)
    with pytest.raises(InputError, match="the clock goes backwards: intervals until 11:00 had come"):
        looker.look(Watch())
    (tmp_path / "live.csv").write_text("start,offe", encoding="utf-8")
    with pytest.raises(InputError, match="the clock goes backwards: nothing is there any more"):
        looker.look(Watch())


def test_the_end_of_the_day(tmp_path: Path) -> None:
    """A day that is over is met or missed; nothing is left to do."""
    found = look(tmp_path, until="16:00")
    assert verdict(found) == (
        "The day is over. Met: 90.0 % of the day's calls were in time, the goal is 80 % within 20 s."
    )
    assert found.menu is None
    assert found.queues["sales"].chance.chance == 1.0


def test_before_the_day(tmp_path: Path) -> None:
    """Without actuals all is as it was forecast."""
    path = tmp_path / "live.csv"
    path.write_text("start,offered\n", encoding="utf-8")
    options = TodayOptions((path,), now="2026-10-20T07:00")
    found = Looker(tiny_week(tmp_path), options).look(Watch())
    assert found.outlook.now == 0
    assert found.queues["sales"].now.outlook.calls.sum() == pytest.approx(16 * 30.0)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_look(tmp_path: Path) -> None:
    """All that is random hangs on the seed."""
    one, same, other = (look(tmp_path, seed=seed).queues["sales"].chance.days for seed in (3, 3, 4))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_the_published_folder(tmp_path: Path) -> None:
    """Tables as declared, messages as lines, a page with one verdict; the next look takes its place."""
    found = look(tmp_path, fixed=FixedWatch(1.6, (up(),)))
    where, summary = publish(found, tmp_path / "out", found.messages, None, wages=True)
    assert sorted(p.name for p in where.iterdir()) == [
        "actions.csv", "changes.csv", "manifest.json", "messages.jsonl", "report.html", "summary.json", "today.csv"
    ]  # fmt: skip
    rows = pd.read_csv(where / "today.csv")
    assert list(rows["came"].notna()) == [True] * 4 + [False] * 12
    assert rows["service_came"][:4].tolist() == [0.9] * 4
    assert (rows["simulated_low"][4:] <= rows["simulated_high"][4:]).all()
    assert json.loads((where / "summary.json").read_text(encoding="utf-8")) == summary
    assert summary["kind"] == "today"
    assert summary["queues"]["sales"]["state"] == found.queues["sales"].chance.state
    page = (where / "report.html").read_text(encoding="utf-8")
    assert verdict(found).split(":")[0] in page
    assert "Made up." in page
    assert read_lines(where / "messages.jsonl") == tuple(replace(m, stake=round(m.stake, 1)) for m in found.messages)
    again, _ = publish(found, tmp_path / "out", found.messages, None, wages=True)
    assert again == where
    assert said_before(where, "2026-10-20", at("10:00"))
    assert said_before(where, "2026-10-20", at("09:30")) == ()  # a look that goes back in time
    assert said_before(where, "2026-10-21", at("10:00")) == ()


@pytest.mark.slow
def test_the_charts_can_be_drawn(tmp_path: Path) -> None:
    """Every expression and encoding of the picture compiles."""
    found = look(tmp_path, fixed=FixedWatch(1.6, (up(),)))
    for spec in charts(found, today_table(found)).values():
        assert vl_convert.vegalite_to_vega(spec)["marks"]


def test_what_others_put_there_stays(tmp_path: Path) -> None:
    """A folder with foreign files is not replaced; the day goes beside it."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "own.txt").write_text("mine", encoding="utf-8")
    where, summary = publish(look(tmp_path), out, (), None, wages=True)
    assert where == tmp_path / "out-2"
    assert any("this day is in" in note for note in summary["notes"])


def test_tables_sum_quarters_to_the_forecasts_interval(tmp_path: Path) -> None:
    """Quarters of actuals are told by half-hours; a half-known one is blank."""
    path = live(tmp_path / "live.csv", "09:45", minutes=15, columns=CALLS_SERVICE)
    week = tiny_week(tmp_path)
    found = Looker(week, TodayOptions((path,), now="2026-10-20T09:45")).look(Watch())
    rows = today_table(found)
    assert len(rows) == 16
    assert rows["came"][:3].tolist() == [30.0] * 3
    assert rows["came"][3:].isna().all()
    assert rows["calls_now"].sum() == pytest.approx(found.queues["sales"].now.outlook.calls.sum())
    assert summary_of_look(found)["interval_min"] == found.day.interval_min


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


@pytest.mark.slow
def test_a_real_watch_over_the_tiny_desk(tmp_path: Path) -> None:
    """Learnt from ninety past days, a doubling of the calls is seen, and what can be seen is told."""
    week = tiny_week(tmp_path, past_days=110)
    path = live(tmp_path / "live.csv", "13:00", factors={"11:00": 2.5}, columns=CALLS_SERVICE)
    found = DayLooker(week, TodayOptions((path,), now="2026-10-20T13:00")).look(Watch())
    assert [m for m in found.messages if m.kind == "volume" and m.since[11:16] in ("10:30", "11:00", "11:30")]
    assert found.queues["sales"].visible is not None
    assert found.queues["sales"].meter is not None


def test_times_of_the_look(tmp_path: Path) -> None:
    """Without a word a day of the past is looked at where its file ends; a bare time belongs to the file's day."""
    found = look(tmp_path, "11:00", now=None)
    assert found.actuals.now == at("11:00")
    assert look(tmp_path, "11:00", now="10:00").outlook.now == 4
    with pytest.raises(InputError, match="not a time"):
        look(tmp_path, "11:00", now="noon")
    assert found.day.date == TUESDAY


def test_a_history_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    """Too few days before give no watch; the look stands without alarms."""
    week = tiny_week(tmp_path, past_days=3)
    looker = DayLooker(week, given(tmp_path, "10:00"))
    found = looker.look(Watch())
    assert any(note.startswith("no alarms for queue sales") for note in found.notes)
    assert len(looker.watches.history(found.actuals, "sales").dates) == 3


def test_silence_of_the_files_is_told(tmp_path: Path) -> None:
    """An hour without a row is a warning on the first screen: no change of it can be seen."""
    found = look(tmp_path, "10:00", now="2026-10-20T11:00")
    (silent,) = (m for m in found.messages if m.kind == "input")
    assert (silent.level, silent.since) == ("warning", "2026-10-20T10:00+02:00")
    assert first_screen(found).why == ("no calls have been told, since 10:00",)
    assert silence(replace(found.actuals, silent=1)) == []


def test_the_first_screen(tmp_path: Path) -> None:
    """How the day stands, why, and what to do first; over, whether the goal was met."""
    busy = first_screen(look(tmp_path, "10:00", people=5, fixed=FixedWatch(1.6, (up(),))))
    assert busy.tone == "warn"
    assert busy.sentences[0].startswith("Off track: ")
    assert " more calls than this day's forecast, since 09:" in busy.why[0]
    assert busy.next == ""
    met = first_screen(look(tmp_path, "16:00"))
    assert met == FirstScreen(
        "good", ("Goal met: 90.0\N{NO-BREAK SPACE}% in time, the goal is 80\N{NO-BREAK SPACE}%",), (), ""
    )


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


def test_what_to_do_first(tmp_path: Path) -> None:
    """The best action, and how far the first five reach; what is no longer needed; hours to give back."""
    found = look(tmp_path, "10:00")
    reach = [FrontierPoint(n, n, 0.5 * n, 4.0 * n, 0.0, (4.0 * n,), 0.6) for n in (1, 2, 5, 7)]

    def first(kind: str, what: str, *, spare: bool = False) -> str:
        menu = Menu((Action(kind, ("a1",), what, 0.5, 4.0, 0.0, ()),), tuple(reach), (1.0,), (1.0,), {}, spare, "m")
        return first_screen(replace(found, menu=menu)).next

    assert first("move", "a1: lunch later") == "a1: lunch later; the first 5 bring 20 more calls in time, +2.5 points"
    assert first("undo", "undone: a1: lunch later") == "no longer needed: a1: lunch later"
    assert first("time_off", "a1: off", spare=True) == "hours may be given back, first a1: off"
