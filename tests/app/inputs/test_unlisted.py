"""Days that availability.csv does not list."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from busyhour.app.inputs.absences import unlisted_days
from busyhour.forecast.calendar.grid import Grid

GRID = Grid(dt.date(2026, 10, 19), 7, 60, "Europe/Berlin")
WORKDAYS = np.arange(len(GRID)) < 5 * 24


@pytest.mark.parametrize(
    ("days", "kind", "told"),
    [((19, 21), "available", True), (range(19, 24), "", False), ((19, 21), "unavailable", False), ((12,), "", False)],
)
def test_open_days_that_are_not_listed_are_told(tmp_path: Path, days, kind: str, told: bool) -> None:
    rows = "".join(f"a,2026-10-{d}T08:00,2026-10-{d}T16:00,{kind}\n" for d in days)
    path = tmp_path / "availability.csv"
    path.write_text(f"agent,start,end,kind\n{rows}", encoding="utf-8")
    notes = unlisted_days(path, GRID, "Europe/Berlin", WORKDAYS)
    assert [n[:38] for n in notes] == ["1 people have available windows in ava"] * told
