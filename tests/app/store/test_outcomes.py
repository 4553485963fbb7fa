"""Plans against what came: the measured service by each definition, and which run stood on a day."""

from __future__ import annotations

import datetime as dt
import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from busyhour.app.store.calls import take
from busyhour.app.store.entries import queue_ids, site_id
from busyhour.app.store.open import Store
from busyhour.app.store.outcomes import (
    came,
    due,
    forget_outcomes,
    last_week,
    outcomes,
    slots_of,
    standing,
    write_outcomes,
)
from busyhour.app.store.schema import PUBLISHED, forecast, publication, queue, run
from busyhour.app.store.scores import score
from busyhour.app.store.snapshots import write_snapshot
from busyhour.app.store.times import midnight_s
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.queueing.goal.targets import ServiceGoal

ZONE = "Europe/Berlin"
WEEK = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)


def calls_of(**numbers: float) -> pd.DataFrame:
    """Return two days of half-hours with ten calls each."""
    starts = Grid(WEEK, 2, 30, ZONE).starts
    told = {"offered": 10.0, "answered": 9.0, "answered_in": 7.0, "within_s": 20.0, "handle_s": 200.0} | numbers
    return pd.DataFrame({"queue": "sales", "start": starts, **told})


def measured(store: Store, calls: pd.DataFrame, goal: ServiceGoal) -> pd.DataFrame:
    """Return what came on the days, by a goal."""
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        take(c, site, "a", "a", calls)
        number = c.scalar(sa.select(queue.c.id))
        starts = [int(t.timestamp()) for t in calls["start"]]
        slots = pd.DataFrame({"queue": number, "start_s": starts, "step_s": 1800})
        return came(c, slots, ZONE, {number: goal})[1]


@pytest.mark.parametrize(
    ("definition", "more", "level"),
    [
        ("offered", {}, 0.7),
        ("answered", {}, 7 / 9),
        ("total", {"abandoned_in": 0.5}, 0.75),
        ("total", {}, np.nan),
        ("excl_short", {"short_abandoned": 1.0}, 7 / 9),
        ("excl_short", {}, np.nan),
        ("offered", {"within_s": 30.0}, np.nan),
        ("offered", {"within_s": np.nan}, np.nan),
        ("offered", {"answered_in": 11.0}, np.nan),  # more than came: the export contradicts itself
        ("answered", {"answered": np.nan}, np.nan),
    ],
)
def test_the_service_is_that_of_the_goal_or_unknown(
    store: Store, definition: str, more: dict[str, float], level: float
) -> None:
    found = measured(store, calls_of(**more), ServiceGoal(0.8, 20, definition=definition))
    assert found["service_actual"].tolist() == pytest.approx([level] * 2, nan_ok=True)
    assert found["calls_actual"].tolist() == [480.0] * 2


def test_one_unknown_interval_makes_its_day_unknown(store: Store) -> None:
    calls = calls_of()
    calls.loc[5, "offered"] = np.nan
    found = measured(store, calls, ServiceGoal(0.8, 20))
    assert found["calls_actual"].tolist() == pytest.approx([np.nan, 480.0], nan_ok=True)
    assert found["service_actual"].tolist() == pytest.approx([np.nan, 0.7], nan_ok=True)


def test_quiet_intervals_need_no_figures(store: Store) -> None:
    calls = calls_of()
    calls.loc[5, ["offered", "answered", "answered_in", "within_s", "handle_s"]] = [0.0, 0.0, np.nan, np.nan, np.nan]
    found = measured(store, calls, ServiceGoal(0.8, 20))
    assert found["service_actual"].tolist() == pytest.approx([0.7] * 2)
    assert found["handle_actual_s"].tolist() == [200.0] * 2


def test_handle_times_that_are_partly_unknown_are_unknown(store: Store) -> None:
    calls = calls_of()
    calls.loc[5, "handle_s"] = np.nan
    found = measured(store, calls, ServiceGoal(0.8, 20))
    assert found["handle_actual_s"].tolist() == pytest.approx([np.nan, 200.0], nan_ok=True)


def published(store: Store, *at: int) -> int:
    """Publish a run of the week at each moment; return the site."""
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        for i, moment in enumerate(at, start=1):
            told = {"site": site, "week": str(WEEK), "scenario": "", "input_hash": f"h{i}", "folder": f"f{i}"}
            c.execute(sa.insert(run).values(id=i, status="optimal", at_s=moment, **told))
            c.execute(
                sa.insert(publication).values(site=site, week=str(WEEK), run=i, at_s=moment, by="anna", reason="auto")
            )
    return site


def test_a_day_keeps_the_run_that_stood_when_it_ended(store: Store) -> None:
    """Planned on the Friday before and again on Wednesday noon: Monday and Tuesday were worked by the first plan."""
    friday, noon = midnight_s(WEEK - 3 * DAY, ZONE), midnight_s(WEEK + 2 * DAY, ZONE) + 12 * 3600
    site = published(store, friday, noon)
    days = [WEEK + i * DAY for i in range(-1, 8)]
    with store.read() as c:
        first, second = standing(c, site, ZONE, days)
    assert (first.run, first.days) == (1, (WEEK, WEEK + DAY))
    assert (second.run, second.days) == (2, tuple(WEEK + i * DAY for i in range(2, 7)))


def test_of_plans_that_are_all_known_too_late_the_first_stands(store: Store) -> None:
    later = midnight_s(WEEK + 30 * DAY, ZONE)
    site = published(store, later, later + 3600)
    with store.read() as c:
        (only,) = standing(c, site, ZONE, [WEEK + i * DAY for i in range(7)])
    assert only.run == 1


def test_without_a_zone_the_clock_of_the_machine_tells_when_a_day_ended(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Published at 23:00 by the clock of a machine five hours behind UTC: it was worked on that day."""
    clock = SimpleNamespace(localtime=lambda s: time.gmtime(s - 5 * 3600))
    monkeypatch.setattr("busyhour.app.store.times.time", clock)
    at_s = midnight_s(WEEK, "UTC")
    late_s = at_s + 28 * 3600
    published(store, at_s, late_s)
    volume = pd.DataFrame({"queue": "sales", "start": Grid(WEEK, 2, 30, None).starts, "calls": 1.0})
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        (only,) = standing(c, site, None, [WEEK])
        queue_ids(c, site, ["sales"])
        write_snapshot(c, site, midnight_s(WEEK, None), PUBLISHED, volume, run=1, at_s=at_s)
        write_snapshot(c, site, midnight_s(WEEK, None), PUBLISHED, volume.assign(calls=2.0), run=2, at_s=late_s)
        calls = set(c.scalars(sa.select(forecast.c.calls)))
    assert only.run == 2
    assert calls == {2.0}  # the first day was not over


def test_a_day_is_due_until_its_outcome_is_of_the_same_calls(store: Store) -> None:
    site = published(store, midnight_s(WEEK, ZONE))
    found = measured(store, calls_of(), ServiceGoal(0.8, 20))
    days = [WEEK, WEEK + DAY]
    with store.write() as c:
        (plan,) = standing(c, site, ZONE, days)
        assert due(c, plan, found, ()) == days
        numbers = dict.fromkeys(("calls_planned", "handle_planned_s", "service_planned"), 1.0)
        kept = found.assign(run=plan.run, gap_volume=0.1, gap_handle=0.0, gap_other=np.nan, **numbers)
        write_outcomes(c, kept.assign(day=[str(d) for d in kept["day"]]))
        assert due(c, plan, found, ()) == []
        assert due(c, plan, found, {WEEK}) == [WEEK]
        found.loc[1, "calls_actual"] += 1
        assert due(c, plan, found, ()) == [WEEK + DAY]
        found.loc[1, "calls_actual"] = np.nan
        assert due(c, plan, found, ()) == []


def kept(store: Store, found: pd.DataFrame, run_id: int, level: float = 0.9) -> None:
    """Keep what came as the outcome of a run."""
    told = dict.fromkeys(("calls_planned", "handle_planned_s", "gap_volume", "gap_handle", "gap_other"), 1.0)
    rows = found.assign(run=run_id, service_planned=level, day=[str(d) for d in found["day"]], **told)
    with store.write() as c:
        write_outcomes(c, rows)


def test_the_outcome_of_a_corrected_day_is_missing_until_it_is_made_again(store: Store) -> None:
    site = published(store, midnight_s(WEEK, ZONE))
    found = measured(store, calls_of(), ServiceGoal(0.8, 20))
    kept(store, found, 1)
    with store.write() as c:
        assert forget_outcomes(c, site + 1, [WEEK]) == []
        assert forget_outcomes(c, site, [WEEK, WEEK + 9 * DAY]) == [WEEK]
    with store.read() as c:
        (plan,) = standing(c, site, ZONE, [WEEK, WEEK + DAY])
        assert due(c, plan, found, ()) == [WEEK]


def test_of_two_runs_of_a_day_the_one_that_was_published_last_is_told(store: Store) -> None:
    first = midnight_s(WEEK, ZONE)
    site = published(store, first, first + 1)
    found = measured(store, calls_of(), ServiceGoal(0.8, 20))
    for run_id, level in ((1, 0.8), (2, 0.9)):
        kept(store, found, run_id, level)
    with store.write() as c:
        again = {"site": site, "week": str(WEEK), "run": 1, "at_s": first + 2, "by": "anna", "reason": "back"}
        assert outcomes(c)["service_planned"].tolist() == [0.9, 0.9]
        c.execute(sa.insert(publication).values(again))
        assert outcomes(c)["service_planned"].tolist() == [0.8, 0.8]


def test_the_days_known_last_are_told_with_what_was_expected(store: Store) -> None:
    site = published(store, midnight_s(WEEK, ZONE))
    found = measured(store, calls_of(), ServiceGoal(0.8, 20))
    starts = Grid(WEEK, 7, 30, ZONE).starts
    volume = pd.DataFrame({"queue": "sales", "start": starts, "calls": 11.0, "model_calls": 12.0, "model": "mean"})
    with store.write() as c:
        write_snapshot(c, site, midnight_s(WEEK, ZONE), PUBLISHED, volume, run=1)
        assert len(slots_of(c, [1], ZONE, [WEEK, WEEK + DAY])) == 96
        score(c, site, (), ZONE, before=WEEK + 7 * DAY)
        kept = found.assign(run=1, calls_planned=1.0, handle_planned_s=1.0, service_planned=0.9, gap_volume=-0.15)
        write_outcomes(c, kept.assign(gap_handle=-0.05, gap_other=0.0, day=[str(d) for d in kept["day"]]))
        told = last_week(c, site, WEEK + 7 * DAY, ZONE, ["sales"])
        assert last_week(c, site, WEEK, ZONE, ["sales"]).empty
    assert told["date"].tolist() == [str(WEEK), str(WEEK + DAY)]
    numbers = told[["lead", "model_calls", "calls", "actual", "service_planned", "gap_volume"]]
    assert numbers.to_numpy().tolist() == [[0.0, 576.0, 528.0, 480.0, 0.9, -0.15]] * 2
