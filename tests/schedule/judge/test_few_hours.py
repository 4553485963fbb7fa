"""The judge counts again who got no shift or fewer hours than asked: each alteration of the list is found."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from busyhour.schedule.judge.published import few_hours as judge
from busyhour.schedule.judge.published.run import Published

FEW = [
    {"agent": "ben", "shifts": 1, "paid_h": 4.0, "asked_h": 8.0, "rule": "max_days", "reason": "days a week on Tue"},
    {"agent": "cat", "shifts": 0, "paid_h": 0.0, "asked_h": 8.0, "rule": "cost", "reason": "free on Mon"},
]
HALF = SimpleNamespace(paid_min=240)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Four people of eight hours: ann works them, ben half, cat none, dan is not employed."""
    shifts = {"ann": [HALF, HALF], "ben": [HALF]}
    monkeypatch.setattr(judge, "paid_shifts", lambda _: shifts)
    monkeypatch.setattr(judge, "least_h", lambda _: 8.0)
    weeks = {a: SimpleNamespace(employed=lambda _, a=a: a != "dan") for a in ("ann", "ben", "cat", "dan")}
    return SimpleNamespace(named=True, plan=SimpleNamespace(weeks=weeks), asked=SimpleNamespace(dates=["monday"]))


def found(desk: SimpleNamespace, told: Any) -> list[str]:
    """Return what the judge says of a list."""
    desk.summary = {"few_hours": told}
    return [fault.text for fault in judge.few_hours(cast("Published", desk))]


def test_the_true_list_is_right(desk: SimpleNamespace) -> None:
    assert found(desk, FEW) == []


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (FEW[1:], "lacks ben"),
        ([*FEW, FEW[0]], "names ben twice"),
        ([*FEW, {**FEW[0], "agent": "ann"}], "should not name ann"),
        ([*FEW, {**FEW[0], "agent": "dan"}], "should not name dan"),
        ([{**FEW[0], "shifts": 2}, FEW[1]], "tells shifts 2 of ben, recounted 1"),
        ([{**FEW[0], "paid_h": 5.0}, FEW[1]], "tells paid_h 5.0 of ben, recounted 4"),
        ([{**FEW[0], "asked_h": 6.0}, FEW[1]], "tells asked_h 6.0 of ben, recounted 8"),
        ([{**FEW[0], "reason": ""}, FEW[1]], "no reason for ben"),
        ([{**FEW[0], "rule": "luck"}, FEW[1]], "no reason for ben"),
        ("nobody", "is 'nobody'"),
    ],
)
def test_every_alteration_is_found(desk: SimpleNamespace, told: Any, words: str) -> None:
    (text,) = found(desk, told)
    assert words in text


def test_a_list_that_is_missing_is_told(desk: SimpleNamespace) -> None:
    desk.summary = {}
    assert [fault.text for fault in judge.few_hours(cast("Published", desk))] == ["few_hours is missing"]
