"""Columns of the workbook that follow what a planner changes: hours from times, heads counted over the activity."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from ..report.gantt import Stretch
from .book import FIRST, Formula

HALF_MINUTE = pd.Timedelta(seconds=30)
"""Added to a slot's start before times are compared: spreadsheets keep times as fractions that are rounded."""
SPARE = 1000
"""Empty rows below the sheet Activity that are counted too, at least 0: rows that a planner adds."""
SLOT = "\0"
"""Stands for a time in a formula; no name holds it."""
MOST_COUNTED = 200_000_000
"""Rows of the activity times slots, above which heads are plain numbers: a spreadsheet would count for minutes."""


def letters(looks: Iterable[tuple[str, str, str, int, bool]], columns: Iterable[Hashable]) -> dict[str, str]:
    """Return the letter of each column of a sheet: those of `looks` that the table has, in their order."""
    there = set(columns)
    return {name: xl_col_to_name(i) for i, name in enumerate(look[0] for look in looks if look[0] in there)}


def hours_column(frame: pd.DataFrame, at: Mapping[str, str]) -> list[Formula]:
    """Return the hours of each row from its start to its end, by the letters `at` of these columns."""
    real = (frame["end"] - frame["start"]).dt.total_seconds().to_numpy() / 3600
    change = real - (_walls(frame["end"]) - _walls(frame["start"])).dt.total_seconds().to_numpy() / 3600
    start, end = at["start"], at["end"]
    return [
        Formula(f"=({end}{row}-{start}{row})*24{_plus(more)}", value)
        for row, (value, more) in enumerate(zip(real.tolist(), change.tolist(), strict=True), FIRST + 1)
    ]


def paid_column(shifts: Sequence[Stretch], start: str, end: str, unpaid: str) -> list[Formula | float]:
    """Return paid hours from start, end and unpaid breaks; a shift that the roster does not know has none."""
    out: list[Formula | float] = []
    for row, s in enumerate(shifts, FIRST + 1):
        change = _plus(clock_h(s.start, s.end))
        text = f"=ROUND(({end}{row}-{start}{row})*24{change}-{unpaid}{row},4)"
        out.append(0.0 if s.paid_min is None else Formula(text, s.paid_min / 60))
    return out


def unpaid_h(s: Stretch) -> float | None:
    """Return the unpaid hours of a shift's breaks; None where its paid hours are not known."""
    return None if s.paid_min is None else _hours(s.start, s.end) - s.paid_min / 60


def clock_h(start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Return the hours that really pass between two times beyond what the wall clock shows: ±1 where it changes."""
    return _hours(start, end) - _hours(start.tz_localize(None), end.tz_localize(None))


def live_coverage(
    coverage: pd.DataFrame, activity: pd.DataFrame | None, at: Mapping[str, str], of: Mapping[str, str]
) -> pd.DataFrame:
    """Return the coverage with heads counted over the sheet Activity, and over and under that follow them.

    Heads that the sheet does not hold, such as those of shifts begun before the week, are added as a number; so are
    those of an hour that the clock repeats, where wall-clock times do not tell the passages apart.

    Parameters
    ----------
    at, of
        Letters of the columns of this sheet, and of the sheet Activity.
    """
    heads: list[Formula | float] = [float(v) for v in coverage["on_phone"]]
    places = range(FIRST + 1, FIRST + 1 + len(coverage))
    if activity is not None and "queue" in activity and is_countable(coverage, activity):
        more = coverage["on_phone"].to_numpy(dtype=float) - _counted(coverage, activity)
        text = {q: _counting(str(q), len(activity), of) for q in coverage["queue"].unique()}
        heads = [
            Formula(text[q].replace(SLOT, f"{at['start']}{row}+1/2880") + _plus(m), v)
            for q, row, m, v in zip(coverage["queue"], places, more, coverage["on_phone"], strict=True)
        ]
    need, there = at["required"], at["on_phone"]
    over, under = (
        [Formula(f"=MAX({a}{r}-{b}{r},0)", v) for r, v in zip(places, coverage[name], strict=True)]
        for name, a, b in (("over", there, need), ("under", need, there))
    )
    return coverage.assign(**{
        name: pd.Series(cells, index=coverage.index, dtype=object)
        for name, cells in (("on_phone", heads), ("over", over), ("under", under))
    })  # fmt: skip


def is_countable(coverage: pd.DataFrame, activity: pd.DataFrame) -> bool:
    """Whether a spreadsheet can count the heads: in time, and it takes no two queues for one (capitals are alike)."""
    queues = [str(q) for q in coverage["queue"].unique()]
    few = len(coverage) * len(activity) <= MOST_COUNTED
    return few and len({q.casefold() for q in queues}) == len(queues)


def _counting(queue: str, rows: int, of: Mapping[str, str]) -> str:
    """Return the formula that counts heads on the phone at the time that stands for `SLOT`."""
    name = queue
    for special in "~*?":
        name = name.replace(special, f"~{special}")
    name = name.replace('"', '""')
    first, last = FIRST + 1, FIRST + rows + SPARE
    ranges = {c: f"Activity!${of[c]}${first}:${of[c]}${last}" for c in ("activity", "queue", "start", "end")}
    return (
        f'=COUNTIFS({ranges["activity"]},"phone",{ranges["queue"]},"={name}",'
        f'{ranges["start"]},"<="&({SLOT}),{ranges["end"]},">"&({SLOT}))'
    )


def _counted(coverage: pd.DataFrame, activity: pd.DataFrame) -> np.ndarray:
    """Return the heads that the formula finds, by the wall clock."""
    out = np.zeros(len(coverage))
    phone = activity[activity["activity"] == "phone"]
    times = _walls(coverage["start"]) + HALF_MINUTE
    for queue in coverage["queue"].unique():
        mine, rows = phone[phone["queue"] == queue], (coverage["queue"] == queue).to_numpy()
        begun, over = (np.sort(_walls(mine[c]).to_numpy()) for c in ("start", "end"))
        slots = times.to_numpy()[rows]
        out[rows] = np.searchsorted(begun, slots, "right") - np.searchsorted(over, slots, "right")
    return out


def _walls(times: pd.Series) -> pd.Series:
    naive = times.dt.tz_localize(None) if times.dt.tz is not None else times
    return naive.astype("datetime64[us]")


def _hours(start: pd.Timestamp, end: pd.Timestamp) -> float:
    return float((end - start) / pd.Timedelta(hours=1))


def _plus(value: float) -> str:
    """Write a number to add to a formula; "" for none."""
    return "" if abs(value) < 1e-6 else f"{value:+g}"
