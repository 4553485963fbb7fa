"""Queues that the exports have lost: other queues of the site have newer calls, theirs end."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .site_inputs import SiteInputs

BACK_DAYS = 56
"""Days before the last call over which the usual pauses of a queue are looked at."""
DAY = dt.timedelta(days=1)


def vanished(
    inputs: SiteInputs,
    last: Mapping[str, dt.date],
    days: Callable[[str], Sequence[dt.date]],
    as_of: dt.date,
    most: int,
) -> str:
    """Say which queues lack more open days than the site may, and than they ever did; "" where none does.

    A quiet queue whose export has no rows of days without calls has such pauses all the time: it has not vanished.

    Parameters
    ----------
    last
        By queue the last day with calls; without those that have none.
    days
        Returns the days with calls of a queue, in order, `BACK_DAYS` back from its last one.
    as_of
        The day of the run.
    most
        Open days that may be missing.
    """
    newest = max(last.values(), default=as_of)
    said = []
    for name in inputs.config.queue:
        if name not in last or (newest - last[name]).days <= most:
            continue
        missing = _open_days(inputs, name, last[name], as_of)
        known = days(name)
        pauses = [_open_days(inputs, name, a, b) for a, b in itertools.pairwise(known)]
        if missing > max(most, *pauses, 0):
            said.append(f"the calls of queue {name} end on {last[name]}, {missing} open days before {as_of}")
    return "; ".join(said)


def vanished_in_files(inputs: SiteInputs, days: Mapping[str, Sequence[dt.date]], as_of: dt.date, most: int) -> str:
    """Say of calls that come as files what `vanished` says.

    Parameters
    ----------
    days
        By queue the days with calls, in order; without queues that have none.
    """
    over = {name: [day for day in own if day < as_of] for name, own in days.items()}
    last = {name: own[-1] for name, own in over.items() if own}
    back = BACK_DAYS * DAY
    return vanished(inputs, last, lambda name: [d for d in over[name] if d > last[name] - back], as_of, most)


def _open_days(inputs: SiteInputs, queue: str, after: dt.date, before: dt.date) -> int:
    """Return the days between two days on which a queue is open."""
    calendar = inputs.folder.calendar()
    between = (after + n * DAY for n in range(1, (before - after).days))
    return sum(bool(calendar.spans(day, queue)) for day in between)
