"""Numbers and times of tables: what no centre has is refused with its row, and what is no number is none."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from busyhour.forecast.calendar.local_times import parse_times
from busyhour.forecast.errors import InputError
from busyhour.forecast.ranges import Range
from busyhour.forecast.tables import TABLES, check
from busyhour.schedule.tables import TABLES as SCHEDULE

ALL = {(name, column): c for tables in (TABLES, SCHEDULE) for name, t in tables.items() for column, c in t.items()}
UNBOUNDED = {"asa_s", "asa_all_s"}
"""Mean waits that we compute: beyond any bound where a queue hardly moves."""


@pytest.mark.parametrize(("table", "column"), [key for key, c in ALL.items() if c.kind == "number"])
def test_every_number_of_a_table_has_both_bounds(table: str, column: str) -> None:
    declared = ALL[table, column]
    assert declared.low is not None
    assert declared.high is not None or column in UNBOUNDED


@pytest.mark.parametrize("text", ["-1", "1e300", "inf", "1e400", "nan", "1_000", "0x10", "１２", "9" * 40])
def test_a_wage_that_cannot_be_meant_is_refused(text: str) -> None:
    rows = pd.DataFrame({"agent": ["a"], "contract": ["full"], "cost_h": [text]}, dtype="str")
    with pytest.raises(InputError, match=r"^row 2, column cost_h: (below|above|not a number|infinite)"):
        check(rows, SCHEDULE["staff"])


def test_minus_nothing_is_nothing() -> None:
    rows = check(pd.DataFrame({"agent": ["a"], "contract": ["full"], "cost_h": ["-0"]}, dtype="str"), SCHEDULE["staff"])
    assert math.copysign(1.0, rows["cost_h"].iloc[0]) == 1.0


@pytest.mark.parametrize("zone", [None, "Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize(
    ("text", "told"),
    [("0001-01-01T00:00", "year outside 1970 to 2200"), ("9999-12-31T23:30", "year outside"),
     ("1969-12-31T23:30", "year outside"), ("9999-12-31T23:30+02:00", "year outside"), ("2201-01-01", "year outside"),
     ("today", "not an ISO 8601 time"), ("now", "not an ISO"), ("2026", "not an ISO"), ("20260", "not an ISO"),
     ("2026-10-19T09:00+23:59", "not an ISO"), ("2026-10-19T09:00+99:99", "not an ISO"), ("99999-01-01", "not an ISO")],
)  # fmt: skip
def test_a_time_that_cannot_be_meant_is_refused(text: str, told: str, zone: str | None) -> None:
    with pytest.raises(InputError, match=rf"^x\.csv, row 3, column start: {told}"):
        parse_times(pd.Series(["2026-10-19T09:00", text], dtype="str"), zone, column="start", file="x.csv")


@pytest.mark.parametrize(
    ("text", "told"),
    [("0001-01-01", "year outside 1970 to 2200"), ("9999-12-31", "year outside"), ("today", "not a date"),
     ("2026-02-30", "not a date")],
)  # fmt: skip
def test_a_date_that_cannot_be_meant_is_refused(text: str, told: str) -> None:
    rows = pd.DataFrame({"agent": ["a"], "date": [text], "weight": ["1"]}, dtype="str")
    with pytest.raises(InputError, match=rf"^row 2, column date: {told}"):
        check(rows, SCHEDULE["wishes"])


def test_no_number_lies_in_a_range_with_nan() -> None:
    assert not Range(0, 1).holds(math.nan)
    assert [str(r) for r in (Range(0, 1), Range(0, 9, above=True), Range(0, 1, below=True))] == [
        "between 0 and 1", "above 0 and at most 9", "at least 0 and below 1"]  # fmt: skip
