"""The roster as a running desk: presence slot by slot, and what may move within the rules."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_day import TUESDAY, at, tiny_week

from busyhour.app.today.running_desk import running_desk
from busyhour.forecast.queueing.moving.transient import transient
from busyhour.forecast.queueing.moving.transient_law import TransientLaw
from busyhour.schedule.today.desk import BREAK, LUNCH, PHONE, Outlook, QueueOutlook, RunningDesk
from busyhour.schedule.today.expected import expected_rest, expected_so_far
from busyhour.schedule.today.presence import present


def desk_at(place: Path, clock: str, people: int = 8) -> RunningDesk:
    """Return the tiny desk of the Tuesday at a time of day."""
    week = tiny_week(place, people=people)
    return running_desk(week.day(TUESDAY, 30), at(clock))


def test_heads_are_those_of_the_roster(tmp_path: Path) -> None:
    """Every quarter-hour has as many on the phone as rows of activity say."""
    week = tiny_week(tmp_path)
    day = week.day(TUESDAY, 30)
    desk = running_desk(day, at("10:00"))
    rows = week.activity[week.activity["activity"] == "phone"]
    expected = [((rows["start"] <= t) & (rows["end"] > t)).sum() for t in desk.starts]
    assert desk.slot_min == 15
    assert desk.now == 8
    assert desk.heads("sales").tolist() == expected


def test_pauses_may_move_within_their_windows(tmp_path: Path) -> None:
    """What has begun is fixed; the rest may move where its family allows and the day has not passed."""
    desk = desk_at(tmp_path, "10:00")
    assert {m.activity for m in desk.movables} == {BREAK, LUNCH}
    for m in desk.movables:
        assert m.start >= desk.now
        assert m.earliest <= m.start <= m.latest
        assert (desk.doing[m.agent, m.start : m.start + m.slots] == m.activity).all()
        window = (60, 150) if m.activity == BREAK else (210, 270)
        assert m.latest == window[1] // 15
        assert m.earliest == max(window[0] // 15, desk.now)
    assert not desk_at(tmp_path, "15:00").movables


def test_a_pause_that_is_not_the_familys_stays(tmp_path: Path) -> None:
    """Where pauses differ from those of the family nobody can say how far they may move."""
    week = tiny_week(tmp_path)
    rows = week.activity
    lunch = rows["activity"] == "lunch"
    rows.loc[lunch, "activity"] = "break"
    desk = running_desk(week.day(TUESDAY, 30), at("08:00"))
    assert all(m.earliest == m.start == m.latest for m in desk.movables)
    assert (desk.doing == PHONE).any()


def test_whole_people_are_there_and_none_is_lost() -> None:
    """Rounding keeps the sum of any stretch within half a person."""
    heads = np.array([0, 10, 10, 11, 11, 9, 0, 7, 7])
    there = present(heads, 0.06)
    assert there.dtype == np.int64
    assert np.abs(np.cumsum(there[1:6]) - np.cumsum(heads[1:6] * 0.94)).max() <= 0.5 + 1e-9
    assert present(heads, 0.0).tolist() == heads.tolist()


def outlook(now: int, law: TransientLaw, cv: float = 0.0) -> Outlook:
    """Return an outlook of thirty calls a half-hour."""
    size = 16
    flat = np.full(size, 30.0)
    goal = tiny_week(Path()).config.queue["sales"].goal
    one = QueueOutlook("sales", goal, np.ones(size, dtype=bool), flat, flat, flat, flat, flat, cv, np.full(size, 240.0),
                       np.full(size, 180.0), law, 0.0, 0.0)  # fmt: skip
    return Outlook(tiny_week(Path()).day(TUESDAY, 30).starts, 30, now, (one,))


def test_the_day_in_two_parts_is_the_day_whole(tmp_path: Path) -> None:
    """What was led to now goes on from there: the parts have the service of one passage through the day."""
    desk = desk_at(tmp_path, "10:00")
    whole = transient(
        np.full(16, 30 / 1800), desk.heads("sales").reshape(16, 2), aht_s=240, patience_s=180, within_s=20, short_s=5
    )
    first = outlook(4, TransientLaw.start())
    so_far = expected_so_far(desk, 30, 4, first.queues[0].calls, first.queues[0])
    rest = outlook(4, so_far.law)
    found = expected_rest(desk, rest, rest.queues[0])
    got = np.concatenate([so_far.in_time, found.in_time])
    assert got == pytest.approx(whole.answered_in, abs=2e-3)
    assert np.concatenate([so_far.counted, found.counted]) == pytest.approx(np.full(16, 30.0))


def test_an_unsure_rest_costs_service(tmp_path: Path) -> None:
    """Service is concave in calls about a goal: the mean over busy and slow days lies lower."""
    desk = desk_at(tmp_path, "08:00", people=6)
    sure, unsure = (outlook(0, TransientLaw.start(), cv) for cv in (0.0, 0.3))
    one, other = (expected_rest(desk, o, o.queues[0]) for o in (sure, unsure))
    assert other.counted.sum() == pytest.approx(one.counted.sum())
    assert other.in_time.sum() < one.in_time.sum()
