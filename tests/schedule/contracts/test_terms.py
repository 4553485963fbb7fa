"""Terms that contradict each other are refused; waits decide only where a goal needs them; what a plan can hold."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from forty_calls import per_interval, single_calls

from busyhour.forecast.errors import InputError
from busyhour.schedule.contracts.attainment import Counts, attained
from busyhour.schedule.contracts.contract import Contract, Critical, EarnBack, Goal, Ladder, Money, Termination
from busyhour.schedule.contracts.held import expected_fee, held_goal, not_held, worth_of
from busyhour.schedule.contracts.units import Period

SL: dict[str, Any] = {"metric": "service_level", "level": 0.7, "within_s": 20.0}
PAID = Goal("sl", **SL, definition="offered", weight=1.0)
QUARTER = Goal("q", **SL, definition="offered", unit="quarter")


@pytest.mark.parametrize(
    ("definition", "answered", "lost"),
    [("offered", True, False), ("answered", True, False), ("total", True, True), ("excl_short", True, True)],
)
def test_a_wait_that_is_missing_hides_only_figures_that_need_it(definition: str, *, answered: bool, lost: bool) -> None:
    short = {"short_s": 5.0} if definition == "excl_short" else {}
    contract = Contract("c", ("desk",), (Goal("g", **SL, definition=definition, **short),))
    for outcome, matters in ((1, answered), (0, lost)):
        calls = single_calls()
        calls.loc[calls["answered"] == outcome, "wait_s"] = float("nan")
        (figure,) = attained(contract, calls).figures
        assert (figure.unknown > 0) == matters


def test_abandonment_needs_no_wait_at_all() -> None:
    calls = single_calls().assign(wait_s=float("nan"))
    (figure,) = attained(Contract("c", ("desk",), (Goal("a", "abandonment", 0.05, "offered"),)), calls).figures
    assert (figure.numerator, figure.denominator, figure.unknown) == (10, 40, 0)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"money": Money(1, 0.1, earn_back=(EarnBack("sl", 73),))}, "no figure that goal sl can have"),
        ({"money": Money(1, 0.1, earn_back=(EarnBack("sl", 0.6),))}, "a missed period would earn malus back"),
        ({"money": Money(1, 0.1, earn_back=(EarnBack("sl", 0.8), EarnBack("sl", 0.9)))}, "two rules give one malus"),
        ({"money": Money(1, 0.1, critical=(Critical("sl", 0.8),))}, "a goal that is met would fail critically"),
        ({"termination": Termination(1, 2, period="month", goals=("q",))}, "a longer span than termination counts"),
        ({"termination": Termination(1, 2, period="year")}, "no goal is measured on the period of termination"),
    ],
)
def test_terms_that_turn_a_goal_round_are_refused(terms: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Contract("c", ("desk",), (PAID, QUARTER), **terms)


def test_more_calls_in_time_than_answered_are_refused() -> None:
    calls = per_interval()
    calls.loc[0, "answered_in"] = calls.loc[0, "answered"] + 1
    with pytest.raises(InputError, match="more answered_in than answered"):
        attained(Contract("c", ("desk",), (PAID,)), calls)


def test_a_ladder_in_per_cent_and_termination_by_the_hour_are_refused() -> None:
    goal = Goal("sl", **SL, definition="offered", weight=1.0, ladder=Ladder(((75, 0.1), (70, 0.0)), otherwise=-1.0))
    with pytest.raises(InputError, match=r"no figure that goal sl can have .*0\.73"):
        Contract("c", ("desk",), (goal,))
    with pytest.raises(InputError, match="too short a period to miss"):
        Termination(1, 2, period="hour")


def test_a_straight_ladder_is_worth_what_settlement_pays_with_its_caps() -> None:
    ladder = Ladder(((0.8, 1.0), (0.7, 0.0), (0.6, -1.0)), shape="linear")
    goal = Goal("sl", **SL, definition="offered", weight=1.0, ladder=ladder)
    contract = Contract("c", ("desk",), (goal,), money=Money(1000, 0.1, cap=0.05, bonus_cap=0.02))
    worth = worth_of(contract, goal, 1000.0, gates=True)
    assert worth.between == "linear"
    pairs = [(0.0, -50.0), (0.6, -50.0), (0.65, -50.0), (0.7, 0.0), (0.72, 20.0), (0.8, 20.0)]
    assert [v for pair in worth.ladder for v in pair] == pytest.approx([v for pair in pairs for v in pair])
    assert worth_of(contract, goal, 1000.0, gates=False).ladder[-1][1] == 0.0


def test_a_plan_holds_the_goal_on_which_most_money_hangs_and_tells_the_others() -> None:
    goals = (QUARTER, PAID, Goal("a", "abandonment", 0.05, "offered"), Goal("o", "ownership", 0.9))
    contract = Contract("c", ("desk", "other"), goals)
    assert held_goal(contract, "desk") == PAID
    lost = not_held(contract, ("desk",))
    assert list(lost) == ["q", "a", "o", "queue other"]


def test_the_fee_of_a_month_that_runs_is_what_is_known_and_the_usual_days_to_come() -> None:
    days = pd.date_range("2026-03-02", "2026-03-15", freq="D")  # two whole weeks
    calls = pd.DataFrame({"queue": "desk", "start": days + pd.Timedelta(hours=9), "offered": 10.0, "answered": 9.0})
    calls.loc[calls["start"].dt.day_of_week >= 5, ["offered", "answered"]] = 0.0
    contract = Contract("c", ("desk",), (Goal("a", "abandonment", 0.05, "offered", weight=1.0),),
                        money=Money(2.0, 0.1, fee_per="per_answered"))  # fmt: skip
    counts = Counts.of(contract, calls)
    # 10 working days known, 12 to come from 16 to 31 March: 22 × 9 calls × 2
    assert expected_fee(counts, Period.of(dt.date(2026, 3, 16), "month")) == pytest.approx(22 * 9 * 2.0)
