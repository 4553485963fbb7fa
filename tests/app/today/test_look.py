"""A look at a running day: on track or not, alarms worded by the service at stake."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fixed_watch import CALLS_SERVICE, FixedWatch, Looker, given, look, up
from tiny_day import TUESDAY, at, live, tiny_week

from busyhour.app.today.look import DayLooker, TodayOptions
from busyhour.app.today.tables_of_day import verdict
from busyhour.forecast.errors import InputError
from busyhour.forecast.intraday.seen import Alarm, Over
from busyhour.forecast.progress import Watch


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


@pytest.mark.slow
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
