"""Hours that changed within a history: what was closed then is no zero, and what is closed now is told."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from ..calendar.calendars import Calendar
from ..calendar.changed_hours import Change, hours_before, hours_of_history, hours_told
from ..calendar.opening_hours import open_intervals
from .history import Note

KIND = "hours"
"""Kind of the note of a change of the hours."""


def with_earlier_hours(
    calendar: Calendar, queue: str, calls: pd.DataFrame, minutes: int
) -> tuple[Calendar, list[Note]]:
    """Return the calendar with the hours that a queue had before they changed, as its calls show, and the note of that.

    Parameters
    ----------
    calls
        Rows of the queue with typed ``start``, all that may be known.
    minutes
        Interval of the forecast.
    """
    if queue in calendar.earlier:
        return calendar, []
    change = hours_of_history(calls, minutes).change
    before = None if change is None else (change.since, hours_before(change, calendar.hours(queue), minutes))
    notes = [] if change is None else _notes(change, calendar, queue, calls, minutes)
    return replace(calendar, earlier={**calendar.earlier, queue: before}), notes


def _notes(change: Change, calendar: Calendar, queue: str, calls: pd.DataFrame, minutes: int) -> list[Note]:
    """Return what changed, and whether the calendar goes along."""
    now = open_intervals(calendar.hours(queue), minutes)
    end = calls["start"].max() + pd.Timedelta(minutes=minutes)
    start = calls.loc[calls["start"].dt.date >= change.since, "start"].min()
    found = []
    for mask, is_open, what in (
        (change.opened, True, "calls come {hours}, none before"),
        (change.closed, False, "no more calls come {hours}"),
    ):
        if not mask.any():
            continue
        against = mask & (now != is_open)
        along = "taken as open since, and as closed before" if is_open else "taken as closed since"
        other = "left out" if is_open else "planned as open"
        action = f"{other}; check the opening hours ([opening], --open)" if against.any() else along
        found.append(
            Note(queue, start, end, KIND, f"since {change.since} " + what.format(hours=hours_told(mask)), action)
        )
    return found
