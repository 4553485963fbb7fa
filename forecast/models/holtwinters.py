"""Holt-Winters smoothing with a daily and a weekly season."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import optimize, special

from ..queueing.compiling import Kernel
from ..ranges import check_ranges
from .contract import Model
from .profile import fill


@dataclass(frozen=True)
class HoltWintersParams:
    """How the smoothing starts and how its constants are searched.

    Parameters
    ----------
    start_days
        First days whose means are the first states, at least 7: four weeks hold each weekday four times.
    start
        Where the search for α (as a share of its bound), δ, ω and φ starts, each above 0 and below 1: moderate
        values, away from both bounds.
    passes
        Runs over the series that the search may take, at least 1: bounds the time.
    """

    start_days: int = 28
    start: tuple[float, float, float, float] = (0.5, 0.05, 0.1, 0.5)
    passes: int = 200

    def __post_init__(self) -> None:
        check_ranges(self, positive=("start",), start_days=(7, np.inf), start=(0.0, 1.0), passes=(1, np.inf))


PARAMS = HoltWintersParams()


@Kernel
def smooth(
    z: np.ndarray,
    weekday: np.ndarray,
    wall: np.ndarray,
    steps: np.ndarray,
    parameters: np.ndarray,
    state: np.ndarray,
    daily: np.ndarray,
    weekly: np.ndarray,
) -> float:
    """Run the recursions over a series, leave the last states in place, return the sum of squared one-step errors.

    Parameters
    ----------
    z, weekday, wall, steps
        The series in order of time, its places in the week, and the open intervals since the one before, length N.
    parameters
        α, δ, ω, φ.
    state
        Level and last deviation; with `daily` (P,) and `weekly` (7, P) the states, changed in place.
    """
    alpha, delta, omega, phi = parameters
    level = state[0]
    e = state[1]
    total = 0.0
    for t in range(len(z)):
        w = weekday[t]
        p = wall[t]
        carried = phi ** steps[t] * e
        e = z[t] - level - daily[p] - weekly[w, p]
        total += (e - carried) ** 2
        level += alpha * e
        daily[p] += delta * e
        weekly[w, p] += omega * e
    state[0] = level
    state[1] = e
    return total


class HoltWinters(Model):
    r"""Double seasonal exponential smoothing with autocorrelated errors, on :math:`z = \sqrt{calls + 1/4}`.

    .. math::

       z_t = l_{t-1} + d_{p} + w_{p} + \varphi\,e_{t-1} + \varepsilon_t, \quad
       e_t = z_t - l_{t-1} - d_{p} - w_{p},

    .. math:: l_t = l_{t-1} + \alpha e_t, \quad d_p \leftarrow d_p + \delta e_t, \quad w_p \leftarrow w_p + \omega e_t,

    after Taylor (2010), European Journal of Operational Research 204, 139-152, and Taylor (2008), Management Science
    54, 253-265. The series is that of the open intervals; a season has a state for each wall-clock interval of the day
    and of the weekday that a day behaves like, so that closed and missing intervals leave it as it was. States start
    from the first `start_days` days, or all of a shorter history; α, δ, ω and φ make the squared one-step errors
    least. α is at most 1 / (open intervals of a day): what passes within the day belongs to φ, and a level that chased
    it would stray without bound over the weeks ahead. The variance ahead sums the responses to each error to come,
    counted in open intervals.

    Attributes
    ----------
    parameters
        α, δ, ω, φ.
    """

    name: ClassVar[str] = "holt_winters"
    parameters: np.ndarray

    def __init__(self, params: HoltWintersParams = PARAMS) -> None:
        self.params = params

    def _learn(self) -> None:
        past = self.history
        row, wall = np.nonzero(past.seen)
        weekday = past.features(past.dates)["weekday"].to_numpy()
        place = np.cumsum((past.open | past.seen).ravel())[row * past.calls.shape[1] + wall]
        z = np.sqrt(past.calls[row, wall] + 0.25)
        self._after = int((past.open | past.seen).sum()) - int(place[-1])
        usual = past.open.sum(axis=1)
        self._periods = (int(np.median(usual[usual > 0])), max(round(7 * float(usual.mean())), 1))
        most = np.array([1.0 / self._periods[0], 1.0, 1.0, 1.0])
        start = slice(0, int(np.searchsorted(row, row[0] + self.params.start_days)))
        daily, weekly = self._seasons(z[start], weekday[row[start]], wall[start])
        series = (z, weekday[row], wall, np.diff(place, prepend=place[0] - 1.0))
        run = smooth.suited(len(z) * self.params.passes)

        def follow(parameters: np.ndarray) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
            state, day, week = np.array([z[start].mean(), 0.0]), daily.copy(), weekly.copy()
            return float(run(*series, parameters, state, day, week)), state, day, week

        found = optimize.minimize(
            lambda free: follow(most * special.expit(free))[0],
            special.logit(self.params.start),
            method="Nelder-Mead",
            options={"maxfev": self.params.passes, "xatol": 0.02, "fatol": 1e-9},
        )
        self.parameters = most * special.expit(found.x)
        squares, self._state, self._daily, self._weekly = follow(self.parameters)
        free = len(z) - len(np.unique(weekday[row] * past.calls.shape[1] + wall)) - len(self.params.start)
        self._noise = max(squares / max(free, len(z) / 2), 0.25)

    def _seasons(self, z: np.ndarray, weekday: np.ndarray, wall: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the daily season (P,) and what the weekdays add to it (7, P), as means of the first days."""
        width = self.history.calls.shape[1]
        n = np.bincount(wall, minlength=width)
        with np.errstate(invalid="ignore"):
            daily = fill(np.bincount(wall, z - z.mean(), width) / n)
        rest = z - z.mean() - daily[wall]
        place = weekday * width + wall
        n = np.bincount(place, minlength=7 * width)
        weekly = np.bincount(place, rest, 7 * width) / np.maximum(n, 1)
        return daily, weekly.reshape(7, width)

    def _expect(self, dates: Sequence[dt.date]) -> tuple[np.ndarray, np.ndarray]:
        past = self.history
        known, day = past.known, dt.timedelta(days=1)
        between = [past.last_date + day * i for i in range(1, (max(dates) - past.last_date).days + 1)]
        open_ = known.open_wall(between, past.minutes, past.queue)
        ahead = self._after + np.cumsum(open_.ravel()).reshape(open_.shape)
        ahead = np.maximum(ahead[[(d - past.last_date).days - 1 for d in dates]], 1)
        weekday = past.features(dates)["weekday"].to_numpy()
        level, error = self._state
        z = level + self._daily + self._weekly[weekday] + self.parameters[3] ** ahead * error
        variance = self._variance(int(ahead.max()))[ahead - 1]
        return np.maximum(z, 0.0) ** 2 + variance - 0.25, variance

    def _variance(self, far: int) -> np.ndarray:
        """Return the variance of z for the next open intervals, length `far`."""
        alpha, delta, omega, phi = self.parameters
        fading = phi ** np.arange(far)
        response = fading.copy()
        response[1:] += alpha * np.cumsum(fading)[:-1]
        for weight, period in zip((delta, omega), self._periods, strict=True):
            response += weight * echoes(fading, period)
        return np.asarray(self._noise * np.cumsum(response**2))


def echoes(values: np.ndarray, period: int) -> np.ndarray:
    """Return the sums of the values 1, 2, … periods earlier, shape as `values`."""
    padded = np.zeros(-(-len(values) // period) * period + period)
    padded[period : period + len(values)] = values
    return np.asarray(np.cumsum(padded.reshape(-1, period), axis=0).ravel()[: len(values)])
