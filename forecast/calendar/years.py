"""The years of all dates and times."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ..errors import InputError

FIRST_YEAR, LAST_YEAR = 1970, 2200
"""Years of all dates and times: clocks and zones are known for them, and every library can hold them."""


def refuse_far_year(date: dt.date, **where: Any) -> None:
    """Raise `InputError` where a date or a time lies outside the years; `where` says where it stands."""
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise InputError(
            f"year outside {FIRST_YEAR} to {LAST_YEAR}", **({"value": str(date)} | where), mend="Correct the year"
        )
