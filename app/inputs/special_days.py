"""The planner's own special days, from special_days.csv."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...forecast.calendar.opening_hours import parse_hours
from ...forecast.calendar.special_days import SpecialDay
from ...forecast.errors import InputError
from ...forecast.tables import TABLES, read_csv, refuse_duplicates

FILE = "special_days.csv"


def read_special_days(folder: Path) -> tuple[SpecialDay, ...]:
    """Read `folder`/special_days.csv in the order of its rows; () when there is none.

    Raises
    ------
    InputError
        On a value that is no date, number, flag or opening hours, an effect that is not above 0, hours of a closed day,
        or a day given twice for a queue.
    """
    path = folder / FILE
    if not path.is_file():
        return ()
    frame = read_csv(path, TABLES["special_days"])
    if "queue" not in frame:
        frame["queue"] = ""
    refuse_duplicates(frame, ["date", "name", "queue"], file=path, what="special day twice")
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return tuple(_day(path, i + 2, {str(k): v for k, v in row.items()}) for i, row in enumerate(rows))


def _day(path: Path, number: int, row: Mapping[str, Any]) -> SpecialDay:
    try:
        return SpecialDay(
            row["date"],
            row["name"],
            row.get("kind") or "special",
            row["queue"] or None,
            row.get("effect"),
            row.get("closed") == 1,
            parse_hours(row["hours"]) if row.get("hours") else None,
        )
    except InputError as error:
        raise InputError(
            error.what, file=path, row=number, column=error.column, value=error.value, mend=error.mend
        ) from None
