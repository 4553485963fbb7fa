"""The mean patience with which a queue is planned: the planner's number, else the history's, else no limit."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from ..calendar.grid import midnight
from ..calls.history import History, Note
from .from_intervals import PatienceFound, patience_of

APART = 2.0
"""Standard errors by which a given number may differ from the history's, above 0: beyond two it is another number."""


def planned_patience(history: History, given: float | None, handle_s: float | None = None) -> tuple[float, list[Note]]:
    """Return the mean patience in seconds to plan with, infinite = callers wait for ever, and notes on that number.

    Parameters
    ----------
    history
        Past of the queue.
    given
        The planner's number, which wins; infinite = callers wait for ever; None = estimate it from the history.
    handle_s
        Mean handle time where the history has none.
    """
    if history.waits is None:
        return (math.inf if given is None else given), []
    handle = history.handle_s if handle_s is None else np.where(np.isnan(history.handle_s), handle_s, history.handle_s)
    found = patience_of(history.waits, handle, history.minutes)
    if found.mean_s is None or found.se_s is None:
        silent = given is not None or len(history.waits.missing) == 2
        text = f"the history does not tell how long callers are patient: {found.why}"
        action = "they are taken to wait for ever; give patience_s to change that"
        return (math.inf if given is None else given), [] if silent else [_note(history, text, action)]
    text = _described(found)
    if given is None:
        return found.mean_s, [
            _note(history, text, "used, with Erlang A; patience_s overrules it, inf = they never hang up")
        ]
    apart = abs(given - found.mean_s) > APART * found.se_s
    word = "for ever" if math.isinf(given) else f"{given:g} s"
    return given, [
        _note(history, text, f"patience_s as given is used: {word}{', which is not what the history tells' * apart}")
    ]


def _described(found: PatienceFound) -> str:
    """Return the estimate, its error and its check in words."""
    rates = found.check[["abandon_rate", "expected_rate"]].to_numpy(dtype=float)
    worst = int(np.argmax(np.abs(np.log((rates[:, 0] + 1e-9) / (rates[:, 1] + 1e-9)))))
    low, high = (found.check[c].iloc[worst] for c in ("wait_from_s", "wait_to_s"))
    return (
        f"mean patience {found.mean_s:.0f} s ± {found.se_s:.0f} s: {found.abandons} of {found.calls} calls "
        f"({100 * found.abandons / found.calls:.1f} %) hung up; farthest off where the mean wait was "
        f"{low:.0f}-{high:.0f} s: {100 * rates[worst, 0]:.1f} %, {100 * rates[worst, 1]:.1f} % expected"
    )


def _note(history: History, what: str, action: str) -> Note:
    zone = history.calendar.zone
    start, end = midnight(history.first_date, zone), midnight(history.last_date + dt.timedelta(days=1), zone)
    return Note(history.queue, start, end, "patience", what, action)
