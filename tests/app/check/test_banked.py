"""Banked calls of a period are counted again from the run's own inputs: by the plan's calls, and by a contract."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from busyhour.schedule.contracts.attainment import Counts
from busyhour.schedule.contracts.contract import Contract, Exclusion, Lock, Locked
from busyhour.schedule.contracts.goal import Goal
from busyhour.schedule.contracts.held import banked
from busyhour.schedule.contracts.units import Period
from busyhour.schedule.judge.published.banked import CountedFrom, _of_contract

CALLS = pd.DataFrame({
    "queue": "q", "start": pd.to_datetime(["2026-03-02 09:00", "2026-03-02 09:15", "2026-03-02 09:30",
                                           "2026-03-03 09:00", "2026-03-03 09:30", "2026-03-04 10:00"]),
    "offered": [10.0, 6.0, 8.0, 12.0, 20.0, 0.0], "answered": [8.0, 6.0, 8.0, 11.0, 15.0, float("nan")],
    "answered_in": [7.0, 5.0, 6.0, 9.0, 11.0, float("nan")], "abandoned_in": [1.0, 0.0, 0.0, 1.0, 2.0, float("nan")],
    "abandoned": [2.0, 0.0, 0.0, 1.0, 5.0, 0.0],
    "short_abandoned": [1.0, 0.0, 0.0, 1.0, 2.0, float("nan")], "blocked": 1.0, "within_s": 20.0,
})  # fmt: skip
SINGLE = pd.DataFrame({
    "queue": "q", "start": pd.to_datetime(["2026-03-02 09:00:01", "2026-03-02 09:10:00", "2026-03-02 09:29:59",
                                           "2026-03-03 09:00:00", "2026-03-03 09:31:00"]),
    "answered": [1.0, 1.0, 0.0, 1.0, 0.0], "wait_s": [20.0, 25.0, 5.0, 21.0, 90.0],
    "transferred": [0.0, 0.0, 0.0, 1.0, 0.0],
})  # fmt: skip
OUTAGE = {"clause": "9.2", "start": dt.datetime(2026, 3, 2, 9, 40), "end": dt.datetime(2026, 3, 2, 9, 50)}
DAY_OUT = {"clause": "9.3", "start": dt.date(2026, 3, 3), "end": dt.date(2026, 3, 3), "queues": ("q",)}
LOCKED = CALLS[["queue", "start"]].iloc[3:5].assign(calls=[10.0, 10.0])


def both(
    calls: pd.DataFrame,
    goal: dict[str, Any],
    begins: dt.date | None = None,
    exclusions: tuple[dict[str, Any], ...] = (),
    consequence: Any = None,
) -> tuple[tuple[float, float], tuple[float, float] | None]:
    """Return what the product banks, and what the judge counts."""
    goal = {"metric": "service_level", "level": 0.7, "within_s": 20.0, **goal}
    lock = {"clause": "5", "band": 0.2, "consequence": consequence}
    contract = Contract(
        "C", ("q",), (Goal("g", **goal),), begins=begins, exclusions=tuple(Exclusion(**e) for e in exclusions),
        lock=None if consequence is None else Lock((Locked("f.csv", dt.date(2026, 2, 1)),), **lock),
    )  # fmt: skip
    raw = {"queues": ["q"], "goal": {"g": goal}, "exclusion": exclusions}
    raw |= {} if begins is None else {"begins": begins}
    raw |= {} if consequence is None else {"lock": lock}
    week, locked = dt.date(2026, 3, 9), None if consequence is None else LOCKED
    counts = Counts.of(contract, calls, locked=locked, until=week)
    product = banked(counts, contract.goals[0], "q", Period.of(week, "month"))
    source = CountedFrom(None, raw, calls, locked)
    return product, _of_contract(source, raw, "g", "q", dt.date(2026, 3, 1), week)


@pytest.mark.parametrize(
    ("case", "by_hand"),
    [
        ((CALLS, {"definition": "offered"}), (38, 56)),  # 7 + 5 + 6 + 9 + 11 of 10 + 6 + 8 + 12 + 20
        ((CALLS, {"definition": "answered"}), (38, 48)),  # of 8 + 6 + 8 + 11 + 15
        ((CALLS, {"definition": "total"}), (42, 56)),  # and 1 + 1 + 2 who hung up in time
        ((CALLS, {"definition": "excl_short", "short_s": 5.0}), (38, 52)),  # 4 short ones leave
        ((CALLS, {"definition": "offered", "blocked": "missed"}), (38, 62)),  # one blocked in each of 6 rows
        ((CALLS, {"definition": "offered"}, dt.date(2026, 3, 3)), (20, 32)),  # the 3rd: 9 + 11 of 12 + 20
        ((CALLS, {"definition": "offered"}, None, (OUTAGE,)), (32, 48)),  # 09:30 of the 2nd leaves: 6 of 8
        ((CALLS, {"definition": "offered"}, None, (OUTAGE, DAY_OUT)), (12, 16)),  # and the whole 3rd
        # the 3rd has 32 calls, 20 locked, 24 borne: 8 leave, all of the 12 that were not in time
        ((CALLS, {"definition": "offered"}, None, (), "surplus"), (38, 48)),
        ((CALLS, {"definition": "offered"}, None, (), "exclude"), (18, 24)),  # the 3rd leaves whole
        ((SINGLE, {"definition": "offered"}), (1, 5)),  # 20 s is in time, 21 s is not
        ((SINGLE, {"definition": "offered", "clock_offset_s": 5.0}), (3, 5)),  # 15, 20 and 16 s are
        ((SINGLE, {"definition": "offered", "transferred": "left_out"}), (1, 4)),
        ((SINGLE, {"definition": "excl_short", "short_s": 5.0}), (1, 4)),  # a wait of exactly 5 s is short
        ((SINGLE.assign(answered=[1.0, float("nan"), 0.0, 1.0, 0.0]), {"definition": "offered"}), (0, 2)),
    ],
)  # fmt: skip
def test_product_and_judge_bank_what_was_counted_by_hand(case: Any, by_hand: tuple[float, float]) -> None:
    product, judge = both(*case)
    assert product == pytest.approx(by_hand)
    assert judge == pytest.approx(by_hand)
