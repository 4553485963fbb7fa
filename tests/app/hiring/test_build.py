"""Configuration, state and need as one hiring problem: hours that are work, hours of a vendor, prices."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from busyhour.app.config.plan_toml import parse_plan
from busyhour.app.config.schema import Config
from busyhour.app.hiring.build import months_after, open_share, prices_of, problem_of, rules_of
from busyhour.app.hiring.config import HiringFile, parse
from busyhour.app.hiring.conflicts import refuse_unknown
from busyhour.app.hiring.group_need import GroupNeed
from busyhour.app.hiring.remarks import remarks_of
from busyhour.app.hiring.schema import HiringConfig, Prices
from busyhour.app.hiring.state import KindState, State
from busyhour.forecast.errors import InputError
from busyhour.schedule.hiring.problem import Head, HiringProblem, Recipe

AS_OF = dt.date(2026, 11, 1)
MONTHS = months_after(AS_OF, 3)
THURSDAY = dt.date(2026, 11, 26)
LEAVE = np.array([0.02])


def plan() -> Config:
    goal = {"level": 0.8, "within_s": 20}
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    return parse_plan(
        {
            "queue": {"a": {"goal": goal}, "b": {"goal": goal}},
            "opening": dict.fromkeys(days, "08:00-18:00"),
            "shift": {"day": {"paid_min": 480, "start_from": "08:00", "start_to": "09:00"}},
            "contract": {"full": {"shifts": ["day"], "max_h_week": 40}},
        },
        Path("plan.toml"),
    )


def state(**more: Any) -> State:
    kinds = {f"{g}/full": KindState(g, "full", 20.0, (Head(None),) * 10) for g in ("a", "b")}
    spells = pd.DataFrame({"hired": [], "left": []})
    return replace(State(AS_OF, {"a": ("a",), "b": ("b",)}, kinds, (), spells), **more)


def need(queue: str, *ratios: float) -> GroupNeed:
    recipes = tuple(Recipe(f"mix {r:g}", {"full": 1.0}, np.full(3, r)) for r in ratios)
    return GroupNeed(
        queues=(queue,), demand=np.full((4, 3), 1000.0), recipes=recipes, load_h=np.full(3, 700.0), loss=(), kinds={},
        weeks=pd.DataFrame(), curves={}, usual=recipes[0].name, absent=0.0, breaks=0.0,
    )  # fmt: skip


def built(hiring: dict[str, Any] | None = None, **more: Any) -> HiringProblem:
    config = parse(hiring or {}, Path("hiring.toml"))
    given = more.pop("state", state())
    return problem_of(config, plan(), given, MONTHS, {g: need(g, 1.1, 1.5) for g in ("a", "b")}, LEAVE, **more)


def test_a_public_holiday_is_paid_and_no_work() -> None:
    plain, shut = built(), built(closed={"a": (THURSDAY,), "b": ()})
    share = [kind.present / other.present for kind, other in zip(shut.kinds, plain.kinds, strict=True)]
    assert share[0] == pytest.approx([20 / 21, 1.0, 1.0])  # November 2026 has 21 weekdays
    assert share[1] == pytest.approx([1.0, 1.0, 1.0])
    assert [k.paid_h.tolist() for k in shut.kinds] == [k.paid_h.tolist() for k in plain.kinds]


def test_a_shut_saturday_takes_nothing_where_saturdays_are_shut_anyway() -> None:
    assert open_share(plan(), MONTHS, ["a"], [dt.date(2026, 11, 28)]).tolist() == [1.0, 1.0, 1.0]


def test_no_class_starts_on_a_day_on_which_all_groups_are_shut() -> None:
    assert built(closed={"a": (THURSDAY, dt.date(2026, 12, 25)), "b": (THURSDAY,)}).rules.closed == (THURSDAY,)
    christmas = dt.date(2026, 12, 25)
    assert built(closed={"a": (THURSDAY,)}, holidays=[christmas]).rules.closed == (christmas,)
    assert built().rules.closed == ()


def test_the_vendors_hours_are_those_of_one_group() -> None:
    a, b = built({"vendor": {"group": "b", "least_h": 500, "price_h": 40, "bought_most_h": 90}}).groups
    assert (a.contract_h, np.isnan(a.contract_cost)) == (None, True)
    assert b.contract_h is not None
    assert b.contract_h.tolist() == [500.0] * 3
    assert (b.contract_cost, b.contract_most) == (40.0, 90.0)


@pytest.mark.parametrize(
    ("vendor", "says"),
    [({"least_h": 500}, "nobody knows for which group"), ({"group": "c", "price_h": 40}, "unknown group")],
)
def test_a_vendor_for_no_one_group_is_refused(vendor: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        refuse_unknown(parse({"vendor": vendor}, Path("hiring.toml")), plan(), state())
    alone = state(groups={"c": ("a", "b")})
    refuse_unknown(parse({"vendor": vendor}, Path("hiring.toml")), plan(), alone)


def test_of_people_on_their_way_some_do_not_turn_up() -> None:
    coming = state(given=(("a/full", dt.date(2026, 11, 9), 10), ("a/full", dt.date(2026, 12, 7), 23)))
    found = built({"classes": {"drop_out": 0.2, "most": 18}}, state=coming).given
    assert [people for _, _, people in found] == pytest.approx([8.0, 18.0])  # 23 offers are made for 18 seats
    notes = remarks_of(HiringFile(), coming, MONTHS)
    assert any(n.startswith("33 people on their way") for n in notes)


def test_prices_left_out_follow_from_the_usual_mix_and_not_from_the_scenario() -> None:
    base = HiringConfig()
    hour = 20.0 / built().kinds[0].present.mean() * 1.1
    assert built().groups[0].recourse.short_cost == pytest.approx(2.9 * hour)
    dear = built({"factors": {"wages": 1.5}}, base=base)
    assert dear.kinds[0].cost_h == 30.0
    assert dear.groups[0].recourse == built().groups[0].recourse
    given = built({"prices": {"short_h": 500}, "factors": {"wages": 1.5}}, base=base)
    assert given.groups[0].recourse.short_cost == 500.0


def test_frozen_months_that_are_not_planned_are_told_and_left_aside() -> None:
    config = parse({"classes": {"frozen": ["2026-12", "2026-01"]}}, Path("hiring.toml"))
    assert rules_of(config, MONTHS).frozen == (1,)
    notes = remarks_of(HiringFile(config), state(), MONTHS)
    assert "classes.frozen: 2026-01 changes nothing, the plan runs from 2026-11 to 2027-01" in notes


def test_what_counts_for_todays_people_too_is_told() -> None:
    config = parse({"contract": {"full": {"cost_h": 30.0}}, "vendor": {"group": "a", "least_h": 5}}, Path("h.toml"))
    notes = remarks_of(HiringFile(config), state(), MONTHS)
    assert "contract.full: cost_h count for today's 20 people too" in notes
    assert any(n.startswith("vendor.least_h") for n in notes)


@pytest.mark.parametrize(
    ("prices", "key"),
    [
        ({"vendor_h": 500.0}, "prices.short_h"),
        ({"time_off_h": 60.0}, "prices.time_off_h"),
        ({"lost_h": 10.0}, "prices.lost_h"),
    ],
)
def test_prices_that_contradict_each_other_name_their_keys(prices: dict[str, float], key: str) -> None:
    with pytest.raises(InputError, match=key):
        prices_of(Prices(**prices), 30.0)


def test_time_off_saves_no_more_than_cheap_overtime_costs() -> None:
    assert prices_of(Prices(overtime_h=10.0), 30.0).off_saving == 10.0
