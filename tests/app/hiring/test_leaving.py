"""How people leave, as the dates in staff.csv tell."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from busyhour.app.hiring.config import HiringFile, parse
from busyhour.app.hiring.leaving import FAILS, leaving_of
from busyhour.app.hiring.state import State
from busyhour.forecast.errors import InputError

AS_OF = dt.date(2026, 1, 1)
FIRST = dt.date(2021, 1, 1)
HAZARD, FAIL, TRAINING = 0.03, 0.2, 35
MONTH = 30.4375


def file(people: dict[str, Any], given: frozenset[str] = frozenset(), factor: float = 1.0) -> HiringFile:
    config = parse({"people": people, "factors": {"attrition": factor}}, Path("hiring.toml"))
    return HiringFile(config, config, given)


def state(rows: list[tuple[dt.date, dt.date | None]]) -> State:
    return State(AS_OF, {}, {}, (), pd.DataFrame(rows, columns=["hired", "left"]).astype("datetime64[s]"))


def staff(count: int, seed: int = 1) -> list[tuple[dt.date, dt.date | None]]:
    """People who leave at one hazard, and fail at the end of training; those who left before FIRST are not on file."""
    rng, out = np.random.default_rng(seed), list[tuple[dt.date, dt.date | None]]()
    for _ in range(count):
        start = dt.date(2019, 1, 1) + dt.timedelta(days=int(rng.integers(0, 2500)))
        days = int(rng.exponential(-MONTH / np.log1p(-HAZARD)))
        if days >= TRAINING and rng.random() < FAIL:
            days = TRAINING - 1
        end = start + dt.timedelta(days=days)
        if end >= FIRST:
            out.append((start, end if end < AS_OF else None))
    return out


def test_who_fails_is_not_counted_as_a_leaver_too() -> None:
    found = leaving_of(file({"attrition": "estimate", "training_weeks": 5}), state(staff(4000)))
    assert found.leave == pytest.approx(np.full(len(found.leave), HAZARD), rel=0.15)
    assert found.fails == pytest.approx(FAIL, abs=0.03)
    assert any("trainees left about the end of their training" in n for n in found.notes)


def test_a_given_share_of_failing_stays() -> None:
    given = file({"attrition": "estimate", "training_weeks": 5, "fails": 0.05}, frozenset({FAILS}))
    found = leaving_of(given, state(staff(400)))
    assert found.fails == 0.05
    assert "planned with 5.0 %" in found.notes[1]


def test_the_first_leaver_on_file_tells_nothing() -> None:
    """The list begins where somebody left: to count that day would read small centres as losing too many."""
    veterans = [(dt.date(2010, 1, 1), dt.date(2025, 1, 1))] + [(dt.date(2010, 1, 1), None)] * 20
    alone = leaving_of(file({"attrition": "estimate"}), state(veterans))  # type: ignore[arg-type]
    assert "0 people who left after 2025-01-01" in alone.notes[0]
    assert alone.leave[-1] < 0.018  # a year of 20 people without a leaver


def test_more_than_all_cannot_leave() -> None:
    with pytest.raises(InputError, match=r"factors\.attrition: more than all would leave"):
        leaving_of(file({"attrition": [0.6, 0.1]}, factor=2.0), state([]))
    assert leaving_of(file({"attrition": [0.5, 0.1]}, factor=2.0), state([])).leave.tolist() == [0.5, 0.1]


def test_without_leavers_there_is_nothing_to_estimate_from() -> None:
    with pytest.raises(InputError, match="nobody's leaving is on file"):
        leaving_of(file({"attrition": "estimate"}), state([(dt.date(2020, 1, 1), None)]))
