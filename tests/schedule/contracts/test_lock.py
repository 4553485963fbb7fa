"""The locked forecast: whole spans left out, surplus calls taken away, levels relaxed; fewer calls give nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from forty_calls import per_interval, single_calls

from busyhour.forecast.errors import InputError
from busyhour.schedule.contracts.attainment import Attainment, attained
from busyhour.schedule.contracts.contract import Contract, Goal, Lock, Locked, Relaxed
from busyhour.schedule.contracts.locked import without_surplus

GOAL = Goal("g", "service_level", 0.7, within_s=20.0, definition="offered")
FILES = (Locked("locked.csv", dt.date(2026, 2, 1)),)


def locked(monday: float = 20.0, tuesday: float = 16.0) -> pd.DataFrame:
    """Return a locked forecast of the half-hours that have calls, sums per day as given."""
    starts = list(per_interval()["start"])
    shares = np.array([monday / 3] * 3 + [tuesday / 2] * 2)
    return pd.DataFrame({"queue": "desk", "start": starts, "calls": shares, "handle_s": 150.0})


def found(goal: Goal = GOAL, forecast: pd.DataFrame | None = None, **terms: Any) -> Attainment:
    """Return March under a lock with a band of 10 %: 24 calls came on Monday, 20 were locked."""
    given = {"clause": "6.1", "band": 0.1, "consequence": "exclude"} | terms
    contract = Contract("c", ("desk",), (goal,), lock=Lock(FILES, **given))
    return attained(contract, single_calls(), locked=locked() if forecast is None else forecast)


def test_a_day_above_the_band_is_left_out_whole() -> None:
    """Monday's 24 calls exceed 22: its three intervals are listed with the clause and the surplus."""
    one = found()
    assert (one.figures[0].numerator, one.figures[0].denominator) == (9, 16)
    assert set(one.excluded["clause"]) == {"6.1, 20.0 % more calls than locked"}
    assert one.excluded["denominator"].sum() == 24


def test_calls_within_the_band_give_no_relief_and_fewer_neither() -> None:
    """24 calls against 22 locked and a band of 10 %, and 24 against 100."""
    for monday in (24 / 1.1, 100.0):
        assert found(forecast=locked(monday)).figures[0].denominator == 40


def test_surplus_calls_leave_those_not_served_in_time_first() -> None:
    """Two calls are above 22: both leave the twelve that were late or lost."""
    one = found(consequence="surplus")
    assert (one.figures[0].numerator, one.figures[0].denominator) == (pytest.approx(21), pytest.approx(38))
    less = found(consequence="surplus", forecast=locked(5.0))  # 18.5 above 5.5: all that were late, then in time
    assert less.figures[0].numerator == pytest.approx(5.5 + 9)
    assert less.figures[0].denominator == pytest.approx(5.5 + 16)


def test_surplus_of_a_goal_where_less_is_better() -> None:
    """Of abandonment the lost calls leave first, from both sides."""
    goal = Goal("g", "abandonment", 0.05, definition="offered")
    one = found(goal, consequence="surplus")
    assert (one.figures[0].numerator, one.figures[0].denominator) == (pytest.approx(8), pytest.approx(38))


def test_surplus_never_helps_twice() -> None:
    """What is taken away is never more than there is."""
    assert without_surplus(np.array([3.0]), np.array([5.0]), 9.0, bad_is_numerator=False).tolist() == [[0.0, 0.0]]


def test_a_level_is_relaxed_by_how_much_more_came() -> None:
    """40 calls against 35 locked: above 10 % the level is 0.6, above 30 % it would be 0.5."""
    levels = (Relaxed("g", 0.1, 0.6), Relaxed("g", 0.3, 0.5))
    month = {"consequence": "relaxed", "relaxed": levels, "granularity": "month"}
    assert found(forecast=locked(20.0, 15.0), **month).figures[0].wanted == 0.6
    assert found(forecast=locked(20.0, 20.0), **month).figures[0].wanted == 0.7
    assert found(forecast=locked(15.0, 10.0), **month).figures[0].wanted == 0.5


def test_longer_calls_give_relief_where_the_contract_says_so() -> None:
    """Calls of 180 s against 150 s locked: 20 % longer, beyond a band of 15 %, within one of 25 %."""
    assert found(band=9.0, handle_band=0.15).figures[0].denominator == 0
    assert found(band=9.0, handle_band=0.25).figures[0].denominator == 40


def test_what_cannot_be_relieved_is_refused() -> None:
    """A mean wait has no surplus; a level is relaxed on the span of the lock only."""
    with pytest.raises(InputError, match="no surplus of a mean"):
        found(Goal("g", "asa", 20.0), consequence="surplus")
    with pytest.raises(InputError, match="this goal cannot be relaxed"):
        found(consequence="relaxed", relaxed=(Relaxed("g", 0.1, 0.6),), granularity="day")
