"""What is learnt once from a desk's past, so that a look at the running day takes a moment."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..calls.history import History
from ..errors import InputError
from ..progress import Watch
from .ahead import DayAhead, days_ahead
from .calibrate import alarms_on, limits_of
from .change_tests import Limits
from .changes import changes_of
from .handle_watch import HandleLaw, handle_days, handle_law_of
from .innovations import Innovations, innovations
from .law import Law, law_of
from .params import PARAMS, WatchParams
from .seen import Meter, Visible
from .visible import visible_of

KEPT_DAYS = 7
"""Days after its last one during which a calibration serves, at least 0: a week adds little to a hundred days."""


@dataclass(frozen=True)
class Calibration:
    """Law, limits, and how far they can be trusted; as JSON it may be kept beside a run.

    Attributes
    ----------
    queue, minutes
        Whose past, in intervals of how many minutes.
    until
        Its last local day.
    alarms_per_week
        False alarms promised in a week of open days, both directions, handle times included.
    days_per_week
        Open days of a week.
    law, limits
        How calls stray, and the limits of their tests.
    visible, meter
        What can be seen, and how many alarms the quiet days brought under limits from the other half of them.
    odd
        Quiet days that raise an alarm all the same: those whose cause is known belong into the event log.
    handle_law, handle_limits
        The same of handle times; None where they are not watched.
    """

    queue: str
    minutes: int
    until: dt.date
    alarms_per_week: float
    days_per_week: float
    law: Law
    limits: Limits
    visible: Visible
    meter: Meter
    odd: tuple[dt.date, ...] = ()
    handle_law: HandleLaw | None = None
    handle_limits: Limits | None = None

    def serves(self, history: History, alarms_per_week: float) -> bool:
        """Whether the calibration is one of this queue at this rate, and not too old."""
        age = (history.last_date - self.until).days
        return (self.queue, self.minutes, self.alarms_per_week) == (
            history.queue,
            history.minutes,
            alarms_per_week,
        ) and 0 <= age <= KEPT_DAYS

    def to_json(self) -> str:
        """Return the calibration as JSON."""
        return json.dumps(asdict(self), default=str, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        """Return the calibration that `to_json` wrote.

        Raises
        ------
        ValueError, KeyError, TypeError
            If `text` is none.
        """
        raw: dict[str, Any] = json.loads(text)
        handle = raw["handle_law"], raw["handle_limits"]
        return cls(
            **{
                **raw,
                "until": dt.date.fromisoformat(raw["until"]),
                "law": Law(**raw["law"]),
                "limits": _limits(raw["limits"]),
                "visible": _visible(raw["visible"]),
                "meter": Meter(**raw["meter"]),
                "odd": tuple(dt.date.fromisoformat(d) for d in raw["odd"]),
                "handle_law": HandleLaw(**handle[0]) if handle[0] else None,
                "handle_limits": _limits(handle[1]) if handle[1] else None,
            }
        )


def _visible(raw: dict[str, Any]) -> Visible:
    return Visible(**{**raw, "sizes": tuple(raw["sizes"]), "found": tuple(raw["found"])})


def _limits(raw: dict[str, Any]) -> Limits:
    return Limits(tuple(raw["step"]), tuple(raw["counts"]) if raw["counts"] else None)


def surprises(day: DayAhead, law: Law, minutes: int, params: WatchParams) -> Innovations:
    """Return the surprises of a day's calls under a law."""
    return innovations(day.cells, day.roots, day.law.mean, law.covariance(day, minutes), minutes, params.window_min)


def calls_per_half_hour(days: Sequence[DayAhead], minutes: int) -> float:
    """Return the mean calls of an open half-hour."""
    return float(np.nanmean(np.concatenate([day.calls for day in days]))) * 30.0 / minutes


def calibrated(
    history: History,
    *,
    alarms_per_week: float = 1.0,
    quiet: Collection[dt.date] | None = None,
    seed: int = 0,
    params: WatchParams = PARAMS,
    watch: Watch | None = None,
) -> Calibration:
    """Learn from a history at which limits its quiet days bring so many alarms a week; arguments as of `day_watch`.

    Raises
    ------
    InputError
        If fewer than `least_days` quiet days can be forecast, or the rate is not above 0.
    Stopped
        If the user stopped the run.
    """
    watch, minutes = watch or Watch(), history.minutes
    if not 0.0 < alarms_per_week < np.inf:
        raise InputError(
            "Expected a rate of false alarms above 0",
            column="alarms_per_week",
            value=alarms_per_week,
            mend="1 is usual",
        )
    ahead = [d for d in days_ahead(history, params, watch) if quiet is None or d.date in quiet]
    ahead = [d for d in ahead if np.isfinite(d.calls).any()]
    if len(ahead) < params.least_days:
        raise InputError(
            f"queue {history.queue!r} has {len(ahead)} quiet days to set alarms by, {params.least_days} are needed",
            value=f"{history.first_date} to {history.last_date}",
            mend=f"Bring at least {params.base_days + params.least_days} days of calls in steps of {minutes} minutes",
        )
    law = law_of(ahead, minutes)
    days = [surprises(day, law, minutes, params) for day in ahead]
    usual, week = calls_per_half_hour(ahead, minutes), len({day.date.weekday() for day in ahead})
    handled = [d for d in handle_days(history, params, watch) if quiet is None or d.date in quiet]
    with_handle = len(handled) >= params.least_days
    share = 1.0 - params.handle_share if with_handle else 1.0
    rate, counts = share * alarms_per_week / week, usual < params.small_calls
    limits = limits_of(days, rate, params, counts, watch.raise_if_stopped)
    handle_law = handle_law_of(handled) if with_handle else None
    handle_limits = None
    if handle_law is not None:
        by_handle = [handle_law.innovations(day, minutes, params) for day in handled]
        handle_limits = limits_of(by_handle, params.handle_share * alarms_per_week / week, params, False)
    halves = days[0::2], days[1::2]
    alarms = sum(
        alarms_on(other, limits_of(half, rate, params, counts, watch.raise_if_stopped), params)
        for half, other in (halves, halves[::-1])
    )
    return Calibration(
        history.queue,
        minutes,
        history.last_date,
        alarms_per_week,
        week,
        law,
        limits,
        visible_of(days, limits, params, usual, seed),
        Meter(share * alarms_per_week, len(days), week, alarms),
        tuple(a.date for a, day in zip(ahead, days, strict=True) if changes_of(day, limits, params)),
        handle_law,
        handle_limits,
    )
