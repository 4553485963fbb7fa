"""A table of calls with its columns named and typed, and the calendar that options and calls make."""

from __future__ import annotations

import pandas as pd

from ..calendar.calendars import Calendar
from ..calendar.changed_hours import hours_of_history
from ..calendar.grid import WEEKDAYS
from ..calendar.opening_hours import Spans, parse_opening
from ..calendar.special_days import SpecialDay
from ..errors import InputError
from ..tables import TABLES, check
from .history_options import HistoryOptions

OTHER_NAMES = {"centre": "queue", "time": "start", "calls": "offered"}
"""Other names that a column of the table ``calls`` may have."""


def tidy(calls: pd.DataFrame, options: HistoryOptions) -> pd.DataFrame:
    """Return calls as the table ``calls``: columns named and typed, one queue or all, without thin days.

    Raises
    ------
    InputError
        If a cell cannot be read, or no row is left.
    """
    queue, zone = options.queue, options.zone
    frame = calls.rename(columns={a: b for a, b in OTHER_NAMES.items() if a in calls and b not in calls})
    if frame.index.name != "row":
        frame = frame.set_axis(pd.RangeIndex(2, len(frame) + 2, name="row"))  # as a spreadsheet counts them
    if zone is None and isinstance(frame.get("start", pd.Series()).dtype, pd.DatetimeTZDtype):
        raise InputError(
            "times with a zone, but none is named", column="start", mend='Give it, like zone="Europe/Paris"'
        )
    frame = check(frame, TABLES["calls"], zone=zone)
    if "queue" not in frame:
        frame = frame.assign(queue=queue or "calls")
    elif queue is not None:
        names = ", ".join(map(str, frame["queue"].unique()))
        frame = frame[frame["queue"] == queue]
        if frame.empty:
            raise InputError("no such queue", column="queue", value=queue, mend=f"The calls hold {names}")
    if frame.empty:
        raise InputError("no calls at all", mend="Bring rows of start and offered")
    return _without_thin_days(frame, options) if options.min_intervals > 0 else frame


def _without_thin_days(frame: pd.DataFrame, options: HistoryOptions) -> pd.DataFrame:
    """Return the rows of days that have at least `min_intervals` intervals."""
    day = frame["start"].dt.normalize()
    slot = frame["start"].dt.floor(f"{options.interval_min}min", ambiguous=True)
    count = slot.groupby([frame["queue"], day]).transform("nunique")
    frame = frame[(count >= options.min_intervals).to_numpy()]
    if frame.empty:
        raise InputError("no day has so many intervals", column="min_intervals", value=options.min_intervals)
    return frame


def calendar_of(calls: pd.DataFrame, options: HistoryOptions) -> Calendar:
    """Return the calendar that options and the calls themselves make.

    Raises
    ------
    InputError
        If the opening hours cannot be read.
    """
    special = tuple(SpecialDay(d, "closed", "closed", closed=True) for d in options.closed)
    hours = options.open_hours
    wanted = None if hours is None else parse_opening(dict.fromkeys(WEEKDAYS, hours), key="--open")

    def asked(shown: dict[str, Spans]) -> dict[str, Spans]:
        return shown if wanted is None else {day: wanted[day] if spans else () for day, spans in shown.items()}

    found = {
        str(queue): hours_of_history(rows, options.interval_min) for queue, rows in calls.groupby("queue", sort=False)
    }
    queues = {queue: asked(shown.opening) for queue, shown in found.items()}
    listed = {queue: asked(one.listed) for queue, one in found.items() if asked(one.listed) != queues[queue]}
    return Calendar(
        opening=next(iter(queues.values())), zone=options.zone, country=options.country,
        subdivision=options.subdivision, special=special, queue_opening=queues if len(queues) > 1 else {},
        listed=listed,
    )  # fmt: skip
