"""Poisson regression: weekday × interval, times what the calendar does to whole days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from ..ranges import check_ranges
from .contract import Model
from .profile import fill


@dataclass(frozen=True)
class GlmParams:
    """What the regression learns from, and its priors.

    Parameters
    ----------
    window_days
        Days learnt from, at least 7: twelve weeks, since the levels do not move within the window.
    prior_days
        Days with the calls of the usual day given to each weekday, above 0: a weekday never seen has a level, and a
        seen one hardly feels the prior.
    prior_sd
        Prior standard deviation of the calendar's effects on the log scale, above 0: a third more or less is usual.
    steps
        Newton steps, at most, at least 1: bounds the time, since the steps converge fast.
    longest_step
        Change of an effect in one step, at most, above 0: a longer one overflows the exponential.
    """

    window_days: int = 84
    prior_days: float = 0.1
    prior_sd: float = 0.3
    steps: int = 20
    longest_step: float = 2.0

    def __post_init__(self) -> None:
        check_ranges(
            self, positive=("prior_days", "prior_sd", "longest_step"), window_days=(7, np.inf), steps=(1, np.inf)
        )


PARAMS = GlmParams()


class PoissonGlm(Model):
    r"""Generalised linear model of the last 12 weeks with log link and the quasi-Poisson variance.

    .. math:: \log E\,y_{d,p} = a_{w(d),p} + x_d^\top g, \qquad Var\,y = \phi\,E\,y,

    with a level for every interval of every weekday that a day behaves like, and the calendar's features x. The levels
    have a closed form given g, so Newton's method climbs the profile likelihood of the few g alone; its maximum is that
    of the whole model. Each weekday is given `prior_days` more days with the calls of the usual day, so that a weekday
    never seen, or an interval without any call, has a level; g has a normal prior of standard deviation `prior_sd`,
    weighed against day totals that stray as much as they did. Compare McCullagh and Nelder (1989), Generalized
    Linear Models, chapters 6 and 9.

    Attributes
    ----------
    rate
        exp(a), calls of a day without special features, shape (7, P).
    effects
        g by feature.
    dispersion
        φ, at least 1.
    """

    name: ClassVar[str] = "poisson_glm"
    rate: np.ndarray
    effects: pd.Series
    dispersion: float

    def __init__(self, params: GlmParams = PARAMS) -> None:
        self.params = params

    def _learn(self) -> None:
        past = self.history
        last = int(np.flatnonzero(past.seen.any(axis=1))[-1]) + 1
        part = slice(max(0, last - self.params.window_days), last)
        self._seen = past.seen[part]
        self._y = np.where(self._seen, past.calls[part], 0.0)
        features = past.features(past.dates[part])
        known = features.drop(columns="weekday").loc[:, lambda f: f[self._seen.any(axis=1)].any()]
        self._x = known.to_numpy(dtype=float)
        self._is = (features["weekday"].to_numpy()[:, None] == np.arange(7)).astype(float)
        n = self._seen.sum(axis=0)
        with np.errstate(invalid="ignore"):
            usual = fill(self._y.sum(axis=0) / n)
        self._counts = self._is.T @ self._y + self.params.prior_days * usual
        g = self._climb(np.zeros(self._x.shape[1]), 1.0)
        self._day_dispersion = self._stray(self._y.sum(axis=1), self._mean(g).sum(axis=1), 7)
        g = self._climb(g, self._day_dispersion)
        self.effects = pd.Series(g, index=known.columns)
        self._exposure, self._centre, information = self._moments(g)[:3]
        self.rate = self._counts / self._exposure
        self._covariance = np.linalg.inv(information / self._day_dispersion + np.eye(len(g)) / self.params.prior_sd**2)
        levels = int((self._is.T @ self._seen > 0).sum())
        self.dispersion = self._stray(self._y[self._seen], self._mean(g)[self._seen], levels + len(g))

    def _mean(self, g: np.ndarray) -> np.ndarray:
        """Return the expected calls of the seen intervals at `g`, 0 elsewhere, shape (D, P)."""
        exposure = self._moments(g)[0]
        return np.asarray(np.exp(self._x @ g)[:, None] * (self._is @ (self._counts / exposure)) * self._seen)

    def _moments(self, g: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return, with the levels at their best given `g`: exposures in days (7, P), mean features under it (7, P, F),
        information and slope of the profile likelihood."""
        u = np.exp(self._x @ g)
        each = self._is * u[:, None]
        exposure = each.T @ self._seen + self.params.prior_days
        centre = np.einsum("dw,dp,df->wpf", each, self._seen, self._x, optimize=True) / exposure[..., None]
        day = u * ((self._is @ (self._counts / exposure)) * self._seen).sum(axis=1)
        slope = self._x.T @ (self._y.sum(axis=1) - day)
        information = (self._x * day[:, None]).T @ self._x
        information -= np.einsum("wp,wpf,wpg->fg", self._counts, centre, centre, optimize=True)
        return exposure, centre, information, slope

    def _climb(self, g: np.ndarray, dispersion: float) -> np.ndarray:
        """Return the mode of g when day totals have `dispersion` times the Poisson variance."""
        for _ in range(self.params.steps):
            *_, information, slope = self._moments(g)
            weight = dispersion / self.params.prior_sd**2
            step = np.linalg.solve(information + weight * np.eye(len(g)), slope - weight * g)
            g = g + step * min(1.0, self.params.longest_step / max(float(np.abs(step).max(initial=0.0)), 1e-12))
            if np.abs(step).max(initial=0.0) < 1e-9:
                break
        return g

    @staticmethod
    def _stray(y: np.ndarray, mean: np.ndarray, parameters: int) -> float:
        """Return Pearson's dispersion, drawn to 1 by the weight of five cells and never below it."""
        good = mean > 0
        chi2 = float(((y[good] - mean[good]) ** 2 / mean[good]).sum())
        return max(1.0, (chi2 + 5.0) / (max(int(good.sum()) - parameters, 0) + 5.0))

    def _expect(self, dates: Sequence[dt.date]) -> tuple[np.ndarray, np.ndarray]:
        features = self.history.features(dates)
        weekday = features["weekday"].to_numpy()
        x = features.reindex(columns=self.effects.index, fill_value=0.0).to_numpy(dtype=float)
        times = np.exp(x @ self.effects.to_numpy())[:, None]
        mean = times * self.rate[weekday]
        off = x[:, None, :] - self._centre[weekday]
        doubt = np.einsum("npf,fg,npg->np", off, self._covariance, off, optimize=True)
        spread = self.dispersion * (1.0 + times / self._exposure[weekday]) + mean * doubt
        return mean, spread / 4.0
