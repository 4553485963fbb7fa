"""The format of a column of dates, recognised by its values."""

from __future__ import annotations

import re

import pandas as pd

DATES = (
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%Y%m%d",
    "%m%d%Y",
    "%d%m%Y",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%b %d, %Y",
)
TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")  # fmt: skip
_SHAPE = re.compile(r"\d{4}-\d\d-\d\d")
Found = tuple[str | None, str, str | None]


def date_format(text: pd.Series) -> Found:
    """Return the format (None = ISO 8601), why, and a doubt where day and month could be swapped.

    Examples
    --------
    >>> date_format(pd.Series(["25/10/2026 07:30", "26/10/2026 08:00"]))[0]
    '%d/%m/%Y %H:%M'
    """
    cells = pd.Series(text[text != ""].unique())
    if cells.empty:
        return None, "it is empty", None
    if cells.str.match(_SHAPE).all():
        return None, f"ISO 8601 like {cells[0]}", None
    if cells.str.fullmatch(r"\d{10}(?:\d{3})?").all():
        form = "epoch_s" if len(cells[0]) == 10 else "epoch_ms"
        return form, f"{form.replace('epoch_', '')} since 1970 like {cells[0]}", None
    fitting = [
        d + t for t in TIMES for d in DATES if pd.to_datetime(cells, format=d + t, errors="coerce").notna().all()
    ]
    if not fitting:
        return (
            None,
            f"no known format fits {cells[0]!r}",
            f"date_format: {cells[0]!r} is not recognised; write its strftime format",
        )
    if len(fitting) == 1:
        return fitting[0], f"only {fitting[0]!r} fits all of {len(cells)} different values", None
    order = sorted(fitting, key=lambda form: _spread(pd.to_datetime(cells, format=form)))
    both = " and ".join(map(repr, fitting))
    doubt = f"date_format: {both} fit {cells[0]!r}; {order[0]!r} is taken as its days lie closest together"
    return order[0], f"{order[0]!r} fits", doubt


def _spread(times: pd.Series) -> pd.Timedelta:
    return pd.Timedelta(times.max() - times.min())
