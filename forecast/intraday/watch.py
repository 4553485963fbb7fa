"""The watch over a running day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from ..calls.history import History
from ..calls.quality import cleaned
from ..handle_time.cells import HandleCells, handle_cells
from ..handle_time.models import followed
from ..models.factor import POISSON, Factor
from ..models.quantiles import count_quantiles
from ..progress import Watch
from .ahead import DayAhead, day_ahead
from .calibration import Calibration, calibrated
from .changes import Change, changes_of, sizes_of
from .handle_watch import handle_day, settled
from .innovations import Innovations, innovations
from .params import PARAMS, WatchParams
from .rest import Rest, rest_of
from .seen import Alarm, Kind, Meter, Over, Seen, Visible

__all__ = ["Alarm", "Calibration", "DayWatch", "Meter", "Over", "Seen", "Visible", "day_watch"]

BAND = (0.1, 0.9)
"""Quantiles that bound the rest of the day: 80 % lie between."""
BAND_SD = 1.2816
"""Standard deviations of these bounds under the normal law."""


@dataclass(frozen=True)
class DayWatch:
    """A watch over the days after a history.

    Attributes
    ----------
    history
        The past.
    model
        The factors, fitted to that.
    calibration
        Law and limits; may be kept and given to `day_watch` again.
    handle
        Past handle times, None where they are not watched.
    params
        What a day is tested for.
    """

    history: History
    model: Factor
    calibration: Calibration
    handle: HandleCells | None
    params: WatchParams = PARAMS

    @property
    def visible(self) -> Visible:
        """What size of change can be seen at this desk."""
        return self.calibration.visible

    @property
    def meter(self) -> Meter:
        """Alarms that the past quiet days brought under limits from the other half of them, against the promise."""
        return self.calibration.meter

    def look(
        self,
        date: dt.date,
        calls_so_far: np.ndarray,
        handle_s_so_far: np.ndarray | None = None,
        answered_so_far: np.ndarray | None = None,
    ) -> Seen:
        """Return what a day shows so far; the same figures always show the same.

        Parameters
        ----------
        date
            Local day after the history.
        calls_so_far
            Calls offered by wall-clock interval, shape (P,), whole intervals only; NaN = not yet, or unknown.
        handle_s_so_far
            Mean handle times of the same intervals, NaN = unknown; None = not watched.
        answered_so_far
            Calls that these are the means of, NaN = unknown: then the calls offered; None = all unknown.

        Raises
        ------
        ValueError
            If the day is in the past, or figures are negative, infinite or of another shape.
        """
        calls = self._figures(calls_so_far)
        if date <= self.history.last_date:
            raise ValueError(f"Expected a day after {self.history.last_date}, got {date}.")
        ahead = day_ahead(self.model, date, calls)
        covariance = self.calibration.law.covariance(ahead, self.history.minutes)
        day = innovations(
            ahead.cells, ahead.roots, ahead.law.mean, covariance, self.history.minutes, self.params.window_min
        )
        changes = changes_of(day, self.calibration.limits, self.params)
        told = [_told(day, changes, self.params)]
        factor, low, high = 1.0, 1.0, 1.0
        if handle_s_so_far is not None and self.handle is not None:
            answered = calls if answered_so_far is None else self._figures(answered_so_far)
            handled = np.where(np.isfinite(answered), answered, calls)
            alarms, factor, low, high = self._handled(date, handled, self._figures(handle_s_so_far))
            told.append(alarms)
        mean, lows, highs, usual = self._rest(date, calls, ahead, covariance, day, changes)
        return Seen(
            mean,
            lows,
            highs,
            usual,
            tuple(sorted((a for alarms, _ in told for a in alarms), key=lambda a: (a.raised, a.kind))),
            tuple(sorted((o for _, overs in told for o in overs), key=lambda o: (o.told, o.alarm.kind))),
            factor,
            low,
            high,
        )

    def _figures(self, values: np.ndarray) -> np.ndarray:
        """Return figures by wall-clock interval, checked."""
        out, p = np.asarray(values, dtype=float), self.history.calls.shape[1]
        if out.shape != (p,):
            raise ValueError(f"Expected {p} intervals of {self.history.minutes} minutes, got shape {out.shape}.")
        if (np.isinf(out) | (out < 0.0)).any():
            raise ValueError("Expected figures of at least 0, finite, or NaN.")
        return out

    def _rest(
        self,
        date: dt.date,
        calls: np.ndarray,
        ahead: DayAhead,
        covariance: np.ndarray,
        day: Innovations,
        changes: Sequence[Change],
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return mean, bounds, and the mean without standing changes, each of shape (P,)."""
        known = np.isfinite(ahead.calls)
        rest = rest_of(
            day,
            changes,
            ahead.law.mean[~known],
            np.diag(covariance)[~known],
            covariance[np.ix_(known, ~known)],
            self.params.update_sd,
        )
        effect = float(self.model.history.known.effect([date], self.history.queue)[0])
        actual = np.where(self._open(date), np.nan_to_num(calls), 0.0)
        out = [actual.copy() for _ in range(4)]
        cells = ahead.cells[~known]
        mean, usual = _calls(rest.mean, rest.spread) * effect, _calls(rest.usual, rest.usual_spread) * effect
        spread = POISSON + np.maximum(rest.spread - POISSON, 0.0) * effect
        band = count_quantiles(mean, spread, BAND)
        for row, values in zip(out, (mean, band[:, 0], band[:, 1], usual), strict=True):
            row[cells] = values
        return out[0], out[1], out[2], out[3]

    def _open(self, date: dt.date) -> np.ndarray:
        known = self.model.history.known
        return np.asarray(known.open_wall([date], self.history.minutes, self.history.queue)[0])

    def _handled(
        self, date: dt.date, calls: np.ndarray, seconds: np.ndarray
    ) -> tuple[tuple[list[Alarm], list[Over]], float, float, float]:
        """Return alarms of handle times, and the factor on those of the rest of the day with its bounds."""
        law, limits, minutes = self.calibration.handle_law, self.calibration.handle_limits, self.history.minutes
        known = np.flatnonzero(np.isfinite(calls))
        if law is None or limits is None or self.handle is None or not len(known):
            return ([], []), 1.0, 1.0, 1.0
        expected = followed(self.handle, self.history.last_date, [date])[0]
        ratios = settled(handle_day(date, expected, seconds, calls), expected, minutes, int(known[-1]))
        day = law.innovations(ratios, minutes, self.params)
        changes = changes_of(day, limits, self.params)
        rest: Rest = rest_of(
            day,
            changes,
            np.ones(1),
            np.array([law.day_sd**2]),
            np.full((len(day), 1), law.day_sd**2),
            self.params.update_sd,
        )
        mean, off = float(rest.mean[0]), BAND_SD * float(np.sqrt(rest.spread[0]))
        return _told(day, changes, self.params), mean, mean - off, mean + off


def _calls(root: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Return mean calls from the mean and variance of their roots."""
    return np.asarray(np.maximum(np.maximum(root, 0.0) ** 2 + spread - POISSON, 0.0))


def _told(day: Innovations, changes: Sequence[Change], params: WatchParams) -> tuple[list[Alarm], list[Over]]:
    """Return the alarms of a day's changes, and the ends of those that are over."""
    if not changes:
        return [], []
    cells, found = day.frame.cells, sizes_of(day, changes)
    alarms, overs = [], []
    for i, change in enumerate(changes):
        off = BAND_SD * float(np.sqrt(found.covariance[i, i]))
        size, low, high = (_share(found.size[i] + d, day.frame.power) for d in (0.0, -off, off))
        raised = change.raised
        alarm = Alarm(
            _kind(day, change, size, params),
            "up" if raised.sign > 0 else "down",
            int(cells[change.begin]),
            int(cells[raised.at]),
            size,
            low,
            high,
            raised.statistic,
            raised.threshold,
        )
        alarms.append(alarm)
        if change.end is not None and change.told is not None:
            overs.append(Over(alarm, int(cells[change.end]), int(cells[change.told]), change.lead))
    return alarms, overs


def _share(size: float, power: int) -> float:
    """Return a change of the figures as a share of what they stand for."""
    return float(max(1.0 + size, 0.0) ** power - 1.0)


def _kind(day: Innovations, change: Change, size: float, params: WatchParams) -> Kind:
    if day.frame.power == 1:
        return "handle_time"
    stop = len(day) if change.end is None else change.end
    expected = float((day.frame.mean[change.begin : stop] ** 2).sum())
    hardly_any = size <= params.outage_share - 1.0 and expected >= params.outage_calls
    return "outage" if hardly_any and change.raised.sign < 0 else "volume"


def day_watch(
    history: History,
    *,
    alarms_per_week: float = 1.0,
    quiet: Collection[dt.date] | None = None,
    seed: int = 0,
    kept: Calibration | None = None,
    params: WatchParams = PARAMS,
    watch: Watch | None = None,
) -> DayWatch:
    """Return a watch over the days after `history`.

    Parameters
    ----------
    history
        The past of one queue, in intervals of 5, 15 or 30 minutes; finer ones see more, sooner.
    alarms_per_week
        False alarms in a week of open days, both directions together, above 0.
    quiet
        Past days to calibrate on: all without a logged event. None = all.
    seed
        Of the changes planted to find what can be seen.
    kept
        An earlier calibration, used where it serves (`Calibration.serves`).
    params
        What a day is tested for.
    watch
        Told of progress; stops the work.

    Raises
    ------
    InputError
        If there are too few quiet days to calibrate on, or the rate is not above 0.
    Stopped
        If the user stopped the run.
    """
    if kept is None or not kept.serves(history, alarms_per_week):
        kept = calibrated(history, alarms_per_week=alarms_per_week, quiet=quiet, seed=seed, params=params, watch=watch)
    handle = handle_cells(history) if kept.handle_law is not None else None
    return DayWatch(history, Factor().fit(cleaned(history)), kept, handle, params)
