"""The need of the months ahead on a small folder: hours that balance, kinds of weeks, recipes, errors."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from busyhour.app.hiring import need as need_module
from busyhour.app.hiring.group_need import Need
from busyhour.app.hiring.mixes import mixes_of
from busyhour.app.hiring.need import measured_need
from busyhour.app.hiring.promise import fresh_demand
from busyhour.app.hiring.work_curve import WorkCurve
from busyhour.app.inputs.inputs import Inputs
from busyhour.forecast.errors import InputError
from busyhour.forecast.months.growth import Growth
from busyhour.forecast.progress import Stopped, Watch
from busyhour.schedule.hiring.loss import Effort
from busyhour.schedule.hiring.problem import Months

START, DAYS = dt.date(2026, 1, 5), 56
MONTHS = Months(dt.date(2026, 4, 1), 3)
OPEN = {"saturday": "closed", "sunday": "closed"} | dict.fromkeys(
    ("monday", "tuesday", "wednesday", "thursday", "friday"), "08:00-18:00"
)


def plan(basis: str = "day", **extra: Any) -> dict[str, Any]:
    return {
        "site": {"week": dt.date(2026, 3, 2), "interval_min": 60, "grid_min": 60},
        "opening": OPEN,
        "queue": {
            "calls": {"handle_s": 240, "patience_s": 200, "goal": {"level": 0.8, "within_s": 20, "basis": basis}}
        },
        "shift": {
            "long": {"paid_min": 480, "start_from": "08:00", "start_to": "10:00", "step_min": 60},
            "short": {"paid_min": 240, "start_from": "08:00", "start_to": "14:00", "step_min": 60},
        },
        "contract": {
            "full": {"shifts": ["long"], "max_h_week": 40},
            "part": {"shifts": ["short"], "max_h_week": 20},
        },
        "costs": {"cost_h": 20.0, "under_h": 500.0, "lost_call": 200.0},
        "shrinkage": {"unplanned": 0.05, "planned": 0.04},
        **extra,
    }


def calls() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    rows = []
    for d in range(DAYS):
        date = START + dt.timedelta(days=d)
        if date.weekday() < 5:
            mean = 60.0 * (1.2 if date.weekday() == 0 else 1.0)
            rows += [
                {"start": pd.Timestamp(date) + pd.Timedelta(hours=h), "offered": rng.poisson(mean)}
                for h in range(8, 18)
            ]
    return pd.DataFrame(rows)


SHUT = pd.DataFrame({"date": ["2026-05-01"], "name": ["Fair"], "kind": ["shut"], "closed": [1]})


def folder(basis: str = "day", **tables: pd.DataFrame) -> Inputs:
    return Inputs.from_tables(plan(basis), calls=calls(), **tables)


@pytest.fixture(scope="module")
def need() -> Need:
    return measured_need(folder(special_days=SHUT), MONTHS, scenarios=20, time_limit_s=60.0)


@pytest.mark.slow
def test_months_hold_the_days_of_their_weeks(need: Need) -> None:
    group = need.groups["calls"]
    far, curve = need.far, group.curves["calls"]
    work = curve.work(far.models["calls"].history.features(far.dates), far.scenarios[:, 0])
    for t, (first, after) in enumerate(zip(MONTHS.starts(), MONTHS.starts()[1:], strict=False)):
        inside = np.array([first <= d < after for d in far.dates])
        assert group.demand[:, t] == pytest.approx(work[:, inside].sum(axis=1))
    assert work[:, [d.weekday() >= 5 for d in far.dates]].sum() == 0.0


@pytest.mark.slow
def test_a_week_with_a_shut_day_is_a_holiday_week(need: Need) -> None:
    weeks = need.groups["calls"].weeks
    kinds = dict(zip(weeks["week"], weeks["kind"], strict=True))
    assert kinds[dt.date(2026, 4, 27)] == "holiday"
    assert kinds[dt.date(2026, 5, 11)] == "normal"
    assert need.closed == (dt.date(2026, 5, 1),)
    assert weeks.loc[weeks["kind"] == "holiday", "work_h"].iloc[0] < weeks["work_h"].max() * 0.9
    assert need.groups["calls"].kinds["holiday"][0] > 0.1  # its four open days lie in April, the shut one in May
    assert need.groups["calls"].kinds["holiday"][1:].tolist() == [0.0, 0.0]
    assert sum(need.groups["calls"].kinds.values()) == pytest.approx(np.ones(3))


@pytest.mark.slow
def test_recipes_have_shares_and_a_ratio_for_each_month(need: Need) -> None:
    recipes = {r.name: r for r in need.groups["calls"].recipes}
    assert set(recipes) == {"cheapest", "full only", "part only", "25% without full", "50% without full"}
    for r in recipes.values():
        assert sum(r.share.values()) == pytest.approx(1.0)
        assert r.ratio.shape == (3,)
    assert recipes["full only"].share == {"full": 1.0}
    assert (recipes["cheapest"].ratio <= recipes["full only"].ratio + 0.02).all()
    assert set(need.loss["week"]) == {"normal", "holiday"}


@pytest.mark.slow
def test_in_a_hurry_the_need_is_coarse_and_says_so(need: Need) -> None:
    found = measured_need(folder(special_days=SHUT), MONTHS, scenarios=20, hurry=Watch(time_limit_s=0.0))
    group = found.groups["calls"]
    assert {(p.kind, p.how) for p in group.loss} == {("normal", "relaxed")}
    assert {p.mix for p in group.loss} == {p.mix for p in need.groups["calls"].loss}
    assert group.demand.mean(axis=0) == pytest.approx(need.groups["calls"].demand.mean(axis=0), rel=0.02)
    told = "; ".join(found.notes)
    assert "no holiday week was measured; taken as lossy as a normal one" in told
    assert "known at 3 volumes instead of 5" in told
    assert "no whole shifts were found in time" in told


@pytest.mark.slow
def test_load_and_breaks_are_what_the_spreadsheet_formula_begins_with(need: Need) -> None:
    group = need.groups["calls"]
    load = need.far.calls[0] * 240 / 3600
    inside = np.array([d < MONTHS.starts()[-1] for d in need.far.dates])
    assert group.load_h.sum() == pytest.approx(load[inside].sum(), rel=1e-6)
    assert group.breaks == 0.0
    assert not any("workload" in n for n in need.notes)  # told once, with the paid hours of the plan


@pytest.mark.slow
def test_a_goal_per_interval_needs_more_than_one_over_the_day(need: Need) -> None:
    strict = measured_need(folder("interval", special_days=SHUT), MONTHS, scenarios=4, time_limit_s=0.001)
    assert (strict.groups["calls"].demand.mean(axis=0) > 1.02 * need.groups["calls"].demand.mean(axis=0)).all()


@pytest.mark.slow
def test_growth_and_volume_reach_the_hours(need: Need) -> None:
    options: dict[str, Any] = {"scenarios": 4, "time_limit_s": 0.001}
    plain = measured_need(folder(), MONTHS, **options).groups["calls"].demand.mean(axis=0)
    more = (
        measured_need(folder(), MONTHS, volume=1.3, growth=Growth(0.2), **options).groups["calls"].demand.mean(axis=0)
    )
    assert (more > 1.2 * plain).all()
    assert (more < 1.3 * 1.2 * plain).all()  # a larger queue needs less for each call


def people(*contracts: str) -> pd.DataFrame:
    return pd.DataFrame({"agent": [f"a{i}" for i in range(len(contracts))], "contract": contracts})


def test_a_contract_that_nobody_has_is_measured_where_people_may_be_hired_on_it() -> None:
    inputs = folder(staff=people("full", "full"))
    names = [m.name for m in mixes_of(inputs, ["calls"], ["full", "part"])]
    assert names == ["full only", "cheapest", "part only", "25% without full", "50% without full"]
    assert [m.name for m in mixes_of(inputs, ["calls"], ["full"])] == ["full only"]
    assert [m.name for m in mixes_of(inputs, ["calls"])] == names


def test_todays_people_only_name_the_usual_mix() -> None:
    mixes = mixes_of(folder(staff=people("full", "part", "part")), ["calls"], [])
    assert mixes[0].name == "today's people"
    assert mixes[0].share == {"full": 0.5, "part": 0.5}
    assert [m.name for m in mixes[1:4]] == ["cheapest", "full only", "part only"]
    alone = mixes_of(folder(staff=people("part")), ["calls"])
    assert alone[0].name == "part only"
    assert alone[-1].share == {"full": 0.5, "part": 0.5}


def test_each_group_has_all_seconds_for_its_sample_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    more, seconds = plan(), []
    more["queue"]["sales"] = more["queue"]["calls"]
    both = pd.concat([calls().assign(queue=queue) for queue in ("calls", "sales")])

    def group(*given: Any) -> tuple[None, list[str]]:
        seconds.extend(part.time_limit_s for part in given if isinstance(part, Effort))
        return None, []

    monkeypatch.setattr(need_module, "_group", group)
    asked = {"a": ["calls"], "b": ["sales"]}
    measured_need(Inputs.from_tables(more, calls=both), MONTHS, groups=asked, scenarios=2, time_limit_s=7.0)
    assert seconds == [7.0, 7.0]


def test_hours_of_work_follow_the_curve_and_beyond_it_the_calls() -> None:
    levels = np.array([0.5, 1.0, 2.0])
    hours = np.outer([6.0, 10.0, 18.0], np.ones(7))
    curve = WorkCurve(np.full(7, 100.0), levels, hours, np.full(7, 1.2))
    features = pd.DataFrame({"weekday": [0, 1, 2, 3, 4], "holiday": [0.0, 0.0, 0.0, 0.0, 1.0]})
    found = curve.work(features, np.array([0.0, 50.0, 100.0, 400.0, 100.0]))
    assert found == pytest.approx([0.0, 6.0, 10.0, 36.0, 12.0])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"groups": {"main": ["sales"]}}, "queue without calls"),
        ({"volume": 0.0}, "volume"),
        ({"handle_time": -1.0}, "handle_time"),
    ],
)
def test_bad_options_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        measured_need(folder(), MONTHS, **options)


@pytest.mark.slow
def test_a_month_that_is_shut_is_named() -> None:
    shut = pd.DataFrame(
        {"date": [f"2026-05-{d:02d}" for d in range(1, 32)], "name": "Works", "kind": "shut", "closed": 1}
    )
    with pytest.raises(InputError, match="2026-05"):
        measured_need(folder(special_days=shut), MONTHS, scenarios=2, time_limit_s=0.001)


def test_a_queue_without_calls_is_named() -> None:
    more = plan()
    more["queue"]["sales"] = more["queue"]["calls"]
    given = Inputs.from_tables(more, calls=calls().assign(queue="calls"))
    with pytest.raises(InputError, match="sales"):
        measured_need(given, MONTHS)


def test_a_stop_ends_it() -> None:
    watch = Watch()
    watch.stop.set()
    with pytest.raises(Stopped):
        measured_need(folder(), MONTHS, watch=watch)


@pytest.mark.slow
def test_fresh_paths_need_as_much_as_those_that_are_planned_for(need: Need) -> None:
    demand = need.groups["calls"].demand
    fresh = fresh_demand(need, 400, 99)
    assert fresh.shape == (400, 1, 3)
    assert fresh[:, 0].mean(axis=0) == pytest.approx(demand.mean(axis=0), rel=0.01)
    assert fresh[:, 0].std(axis=0) == pytest.approx(demand.std(axis=0), rel=0.5)  # of 20 scenarios
    assert not np.isin(fresh[:, 0, 0], demand[:, 0]).any()
