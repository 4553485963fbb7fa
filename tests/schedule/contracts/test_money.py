"""Money by hand: ladders, weights, gates, critical failures, caps, earn-back; and how far termination is away."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from forty_calls import per_interval, single_calls

from busyhour.forecast.errors import InputError
from busyhour.schedule.contracts.attainment import Attainment, Counts, attained, attained_periods
from busyhour.schedule.contracts.contract import (
    Contract,
    Critical,
    EarnBack,
    Gate,
    Goal,
    Ladder,
    Money,
    Termination,
)
from busyhour.schedule.contracts.money import Settlement, fee_of
from busyhour.schedule.contracts.termination import more_misses
from busyhour.schedule.contracts.units import Period

STEPS = Ladder(((0.60, 0.1), (0.55, 0.0), (0.50, -0.25)), otherwise=-1.0)
SL = Goal("sl", "service_level", 0.55, within_s=20.0, definition="offered", weight=0.6, ladder=STEPS)
LOST = Goal(
    "lost",
    "abandonment",
    0.2,
    definition="offered",
    weight=0.4,
    ladder=Ladder(((0.2, 0.2), (0.3, -0.8)), shape="linear"),
)
QUALITY = Goal("quality", "quality", 0.8)
MARCH = Period.of(dt.date(2026, 3, 2), "month")


def settled(*, scores: pd.DataFrame | None = None, sl: Goal = SL, **terms: Any) -> Settlement:
    """Return the money of March: service 21/40 = 0.525 costs 25 % of 60, abandonment 0.25 costs 30 % of 40."""
    money = Money(1000.0, 0.1, **terms)
    contract = Contract("c", ("desk",), (sl, LOST, QUALITY), money=money)
    found = attained(contract, single_calls(), scores=scores).money
    assert found is not None
    return found


def scored(share: float) -> pd.DataFrame:
    """Return 25 scores of March with the same mean."""
    return pd.DataFrame({
        "date": [dt.date(2026, 3, 2)], "goal": ["quality"], "numerator": [25 * share], "denominator": [25.0],
        "items": [25.0],
    })  # fmt: skip


def test_ladders_and_weights() -> None:
    """100 at risk, 60 on the service and 40 on abandonment: 15 and 12 are lost."""
    found = settled()
    assert [a.amount for a in found.amounts] == [pytest.approx(-15), pytest.approx(-12)]
    assert (found.malus, found.bonus, found.net) == (pytest.approx(-27), 0.0, pytest.approx(-27))


def test_a_goal_without_ladder_loses_all_by_a_miss() -> None:
    """0.525 of 0.55 is a miss."""
    assert settled(sl=replace(SL, ladder=None)).amounts[0].amount == pytest.approx(-60)


def test_a_gate_voids_the_bonus_and_an_unknown_gate_withholds_it() -> None:
    """The bonus of the service is 6; it is paid only where quality is known and met."""
    good = replace(SL, ladder=Ladder(((0.5, 0.1),), otherwise=-1.0))
    gates = (Gate("quality"),)
    assert settled(sl=good, scores=scored(0.9), gates=gates).bonus == pytest.approx(6)
    bad = settled(sl=good, scores=scored(0.7), gates=gates)
    assert (bad.bonus, bad.void, bad.bonus_before) == (0.0, ("quality",), pytest.approx(6))
    assert (settled(sl=good, gates=gates).bonus, settled(sl=good, gates=gates).withheld) == (0.0, ("quality",))


def test_a_critical_failure_takes_the_greater_malus_and_the_bonus() -> None:
    """Service below 0.54 costs all of the 100 at risk, not the sum with the ladders."""
    assert settled(critical=(Critical("sl", 0.54),)).malus == pytest.approx(-100)
    assert settled(critical=(Critical("sl", 0.54, share=0.2),)).malus == pytest.approx(-27)
    assert settled(critical=(Critical("sl", 0.5),)).critical == ()


def test_caps() -> None:
    """No more than 2 % of the fee is lost, no more than 0.2 % earned."""
    assert (settled(cap=0.02).malus, settled(cap=0.02).capped) == (pytest.approx(-20), ("malus",))
    good = replace(SL, ladder=Ladder(((0.5, 0.1),), otherwise=-1.0))
    assert settled(sl=good, bonus_cap=0.002).bonus == pytest.approx(2)


@pytest.mark.parametrize("calls", [single_calls(), per_interval()], ids=["calls", "intervals"])
@pytest.mark.parametrize(
    ("paid", "fee"),
    [("fixed", 2.0), ("per_offered", 80.0), ("per_answered", 60.0), ("per_minute", 2 * 30 * 3), ("per_quantity", 14.0)],
)
def test_what_the_fee_is_paid_for(calls: pd.DataFrame, paid: Any, fee: float) -> None:
    """40 calls offered, 30 answered of 180 s each, or 7 hours told by the contract."""
    quantity = {"2026-03": 7.0} if paid == "per_quantity" else {}
    assert fee_of(Money(2.0, 0.1, paid, quantity), MARCH, calls)[0] == pytest.approx(fee)


def test_a_commitment_pays_for_calls_that_did_not_come() -> None:
    """40 calls against 90 % of 50 locked: 45 are paid."""
    money = Money(2.0, 0.1, "per_offered")
    assert fee_of(money, MARCH, single_calls(), 0.9, 50.0)[0] == pytest.approx(90)
    assert fee_of(money, MARCH, single_calls(), 0.9, 40.0)[0] == pytest.approx(80)


def test_blank_intervals_are_no_part_of_the_fee_and_that_is_told() -> None:
    """A half-hour without its answered calls is left out, in words."""
    table = per_interval()
    table.loc[0, "answered"] = float("nan")
    assert fee_of(Money(2.0, 0.1, "per_answered"), MARCH, table) == (
        46.0, "23 answered calls, blank rows left out: 1",
    )  # fmt: skip


def test_calls_before_the_contract_are_not_paid() -> None:
    """Of 30 answered calls 13 came on the first day of the contract or later."""
    money = Money(2.0, 0.1, "per_answered")
    contract = Contract("c", ("desk",), (SL, LOST), money=money, begins=dt.date(2026, 3, 3))
    found = attained(contract, single_calls()).money
    assert found is not None and found.fee == pytest.approx(26)


def test_a_fee_that_nothing_tells_is_refused() -> None:
    """A missing quantity and a missing column are told."""
    with pytest.raises(InputError, match=r"the quantity of a period is missing.*'2026-03'"):
        fee_of(Money(2.0, 0.1, "per_quantity", {"2026-04": 7.0}), MARCH, single_calls())
    with pytest.raises(InputError, match="no column handle_s"):
        fee_of(Money(2.0, 0.1, "per_minute"), MARCH, single_calls().drop(columns="handle_s"))


def months(shares: list[float]) -> pd.DataFrame:
    """Return one interval of 100 calls a month from January on, with the share answered in time as given."""
    starts = [pd.Timestamp(2026, m + 1, 15, 9) for m in range(len(shares))]
    return pd.DataFrame({
        "queue": "desk", "start": starts, "offered": 100.0, "answered_in": [100 * s for s in shares], "within_s": 20.0,
    })  # fmt: skip


def history(shares: list[float], until: dt.date | None = None, **terms: Any) -> list[Attainment]:
    """Return the months of a contract with one goal of 70 %, all of 100 at risk on it."""
    goal = Goal("sl", "service_level", 0.7, within_s=20.0, definition="offered", weight=1.0)
    contract = Contract("c", ("desk",), (goal,), money=Money(1000.0, 0.1, **terms), termination=Termination(3, 4))
    until = until or dt.date(2026, len(shares) + 1, 1)
    return attained_periods(Counts.of(contract, months(shares), until=until))


def test_malus_is_earned_back_once_later_months_are_better() -> None:
    """Two of the next three months at 75 % bring January's malus back in the second of them."""
    rule = EarnBack("sl", 0.75, window=3, needed=2)
    found = history([0.6, 0.75, 0.71, 0.8, 0.9], earn_back=(rule,))
    assert [[b.amount for b in a.money.earned_back] for a in found if a.money] == [[], [], [], [100.0], []]
    assert found[3].money is not None and found[3].money.net == pytest.approx(100)
    late = history([0.6, 0.75, 0.71, 0.71, 0.9], earn_back=(rule,))
    assert all(not a.money.earned_back for a in late if a.money)


def test_a_month_that_still_runs_brings_nothing_back() -> None:
    """It may yet fall."""
    found = history([0.6, 0.9], dt.date(2026, 2, 20), earn_back=(EarnBack("sl", 0.75),))
    assert not found[1].over
    assert found[1].money is not None and not found[1].money.earned_back


def test_termination_distance_over_the_months() -> None:
    """Three of four: after two misses one more is enough, until the first of them is too old."""
    found = history([0.6, 0.6, 0.8, 0.8, 0.8])
    assert [a.termination.more for a in found if a.termination] == [2, 1, 1, 3, 3]
    running = history([0.6, 0.6, 0.6], dt.date(2026, 3, 20))
    assert running[2].termination is not None
    assert (running[2].termination.more, running[2].termination.if_missed, running[2].missed) == (1, 0, True)


def test_distance_is_the_least_number_of_misses_that_gives_the_right() -> None:
    """Compared with trying every number, over all histories of five periods."""
    for history_, (k, m) in itertools.product(
        itertools.product([True, False], repeat=5), [(1, 1), (2, 3), (3, 3), (3, 6), (4, 12)]
    ):
        tried = next(n for n in range(k + 1) if sum(([*history_] + [True] * n)[-m:]) >= k)
        assert more_misses(history_, k, m) == tried


def test_terms_that_do_not_fit_are_refused() -> None:
    """Weights that do not add up, ladders out of order, goals on another span than money."""
    with pytest.raises(InputError, match=r"weights do not add up.*0\.6 \(sl\)"):
        Contract("c", ("desk",), (SL,))
    with pytest.raises(InputError, match="a ladder out of order"):
        Ladder(((0.7, 0.0), (0.6, 0.5)), otherwise=-1.0)
    with pytest.raises(InputError, match="with at_least the figures fall"):
        replace(SL, ladder=Ladder(((0.6, 0.0), (0.7, -0.5)), otherwise=-1.0))
    with pytest.raises(InputError, match="measured on another span than money"):
        Contract("c", ("desk",), (replace(SL, weight=1.0, unit="day"),), money=Money(1.0, 0.1))
    with pytest.raises(InputError, match="a goal without denominator"):
        Goal("g", "service_level", 0.7, within_s=20.0)
