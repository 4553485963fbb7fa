"""What the tables of `hiring.toml` are made of: strict tables, values by month, ranges."""

from __future__ import annotations

import datetime as dt
import math
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ...forecast.errors import InputError

YEAR = 12
Share = Annotated[float, Field(ge=0, le=1)]
Factor = Annotated[float, Field(gt=0, le=10)]
Growth = Annotated[float, Field(gt=-1, le=10)]
Money = Annotated[float, Field(ge=0, le=10_000_000)]
ByMonth = float | tuple[float, ...]
"""One value for every month, or twelve, January first."""


class Strict(BaseModel):
    """A table that knows its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def refuse_beyond(values: float | tuple[float, ...], low: float, high: float, mend: str, months: int | None) -> None:
    """Raise `InputError` where a value lies out of range, or there are not as many as `months`."""
    several = values if isinstance(values, tuple) else (values,)
    if not several or (isinstance(values, tuple) and months is not None and len(values) != months):
        raise InputError(f"Expected one value or {months or 'more'}", value=len(several), mend="January comes first")
    for value in several:
        if not low <= value <= high:
            raise InputError(f"Expected {low:g} to {high:g}", value=value, mend=mend)


def month_of(text: str, column: str) -> dt.date:
    """Return the first day of a month written like ``2026-12``.

    Raises
    ------
    InputError
        If the text is no month.
    """
    try:
        year, _, month = text.partition("-")
        return dt.date(int(year), int(month), 1)
    except ValueError:
        raise InputError("not a month", column=column, value=text, mend='Write it like "2026-12"') from None


def by_month(values: ByMonth | None, first: dt.date, count: int, otherwise: float = math.nan) -> list[float]:
    """Return a value for each of `count` months from `first` on.

    Examples
    --------
    >>> by_month((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), dt.date(2026, 11, 1), 3)
    [11.0, 12.0, 1.0]
    """
    if values is None:
        return [otherwise] * count
    if not isinstance(values, tuple):
        return [float(values)] * count
    return [float(values[(first.month - 1 + t) % YEAR]) for t in range(count)]
