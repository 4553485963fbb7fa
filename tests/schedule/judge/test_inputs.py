"""What the judge cannot read is one clear error with its row."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from busyhour.forecast.errors import InputError
from busyhour.schedule.judge.inputs import read_inputs

PLAN: dict[str, Any] = {
    "shift": {"part": {"paid_min": 240, "start_from": "09:00", "start_to": "10:00"}},
    "contract": {"part": {"shifts": ["part"], "max_h_week": 20}},
}
ROWS: dict[str, dict[str, str]] = {
    "staff": {"agent": "a", "contract": "part", "cost_h": "20", "hire_date": "2020-1-5"},
    "leave": {"agent": "a", "start": "2026-10-19T00:00", "end": "2026-10-20T00:00"},
    "availability": {"agent": "a", "start": "2026-10-19T00:00", "end": "2026-10-20T00:00", "kind": ""},
    "fixed": {"agent": "a", "date": "2026-10-19", "pattern": "off"},
    "special_days": {"date": "2026-10-19", "name": "fair", "closed": ""},
}


def read(**tables: pd.DataFrame) -> Any:
    """Read the tables as the judge does."""
    given = {name: pd.DataFrame([row]) for name, row in ROWS.items()} | tables
    return read_inputs({"plan": PLAN, "week": dt.date(2026, 10, 19), **given})


def test_dates_with_one_digit_are_read_as_the_planner_reads_them() -> None:
    assert read().people["a"].hired == dt.date(2020, 1, 5)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("staff", "cost_h", "much"), ("staff", "hire_date", "soon"), ("staff", "hire_date", "20260101"),
     ("staff", "contract", "nobody"), ("leave", "start", "soon"), ("availability", "end", "1e9"),
     ("fixed", "date", "2026-02-30"), ("special_days", "date", "")],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_told_with_its_row(table: str, column: str, value: str) -> None:
    rows = pd.DataFrame([ROWS[table], {**ROWS[table], "agent": "b", column: value}])
    with pytest.raises(InputError, match=rf"^{table}\.csv, row 3"):
        read(**{table: rows})


@pytest.mark.parametrize(
    ("table", "column"), [("staff", "contract"), ("leave", "start"), ("fixed", "pattern"), ("special_days", "date")]
)
def test_a_missing_column_is_told(table: str, column: str) -> None:
    with pytest.raises(InputError, match=rf"^{table}\.csv: column '{column}' is missing"):
        read(**{table: pd.DataFrame([ROWS[table]]).drop(columns=column)})
