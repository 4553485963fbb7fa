"""Gaussian processes over days: a series as a sum of effects whose sizes the data decide."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import numpy as np
from scipy import linalg

from ..ranges import check_ranges
from .effects import Days


@dataclass(frozen=True)
class ProcessParams:
    """How the variances of a process are found.

    Parameters
    ----------
    odd_sd
        Standard deviations beyond which a left-out day is given more noise, above 0: days of a clean series seldom
        lie beyond.
    log_spread
        Standard deviation of the logs of variances under their prior, above 0: wide, a factor of seven up or down is
        usual.
    steps
        Steps of the climb, at most, at least 1: bounds the time of series that climb slowly.
    longest_step
        Change of a log variance in one step, at most, above 0: a longer one may leave the basin of the maximum.
    enough
        Gain of log density below which the climb ends, above 0: less is far below the uncertainty of the variances.
    tries
        Times that a step which loses is shortened, at least 1: the damping grows fourfold each time.
    jitter
        Noise variance added to every day as a share of the series' mean square, above 0: keeps the covariance
        positive definite.
    smallest
        Share of the median to which smaller values of a multiplied series are raised, above 0: the log of an empty
        day would be minus infinity.
    """

    odd_sd: float = 2.5
    log_spread: float = 2.0
    steps: int = 15
    longest_step: float = 2.0
    enough: float = 0.1
    tries: int = 5
    jitter: float = 1e-6
    smallest: float = 0.01

    def __post_init__(self) -> None:
        check_ranges(
            self,
            positive=("odd_sd", "log_spread", "longest_step", "enough", "jitter", "smallest"),
            steps=(1, np.inf),
            tries=(1, np.inf),
        )


PARAMS = ProcessParams()


@dataclass
class _Fit:
    """The posterior at one set of variances: the negative log of its density, Cholesky factor, weights."""

    theta: np.ndarray
    value: float
    lower: np.ndarray
    alpha: np.ndarray

    @cached_property
    def inverse(self) -> np.ndarray:
        """Inverse of the covariance, shape (N, N)."""
        half, _ = linalg.lapack.dpotri(self.lower, lower=1)
        return np.asarray(np.tril(half) + np.tril(half, -1).T)


@dataclass
class Process:
    r"""Posterior of a series :math:`y_d = \sum_e f_e(d) + \varepsilon_d` with independent Gaussian processes f.

    The covariance of effect e between days c and d is :math:`s_e\,x_c^\top x_d\,e^{-|c-d|/\ell_e}`; the variances s and
    that of the noise are those of the greatest marginal likelihood times log-normal priors (Rasmussen and Williams
    2006, Gaussian Processes for Machine Learning, chapter 5), found by scoring with the average information (Gilmour,
    Thompson and Cullis 1995, Biometrics 51, 1440-1450). Days whose leave-one-out residual exceeds `odd_sd` standard
    deviations are then given so much more noise that it does not, and the variances are found again.

    Parameters
    ----------
    days
        Days and effects.
    y
        The series, shape (N,); days without a value are left out beforehand, not filled.
    floor
        Noise variance that is known to be there.
    scale
        Mean square that the effects' priors are shares of; None = that of `y`.
    params
        How the variances are found.
    """

    days: Days
    y: np.ndarray
    floor: float = 0.0
    scale: float | None = None
    params: ProcessParams = PARAMS
    fit: _Fit = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._scale = self.scale or max(float(np.mean(self.y**2)), 1e-12)
        self._y = self.y / np.sqrt(self._scale)
        self._known = np.full(len(self.y), self.floor / self._scale + self.params.jitter)
        self.fit = self._best(self._at(self.days.prior))
        variance = 1.0 / np.diag(self.fit.inverse)
        residual = self.fit.alpha * variance
        excess = (residual / self.params.odd_sd) ** 2 - variance
        if (excess > 0).any():
            self._known = self._known + np.maximum(excess, 0.0)
            self.fit = self._best(self._at(self.fit.theta))

    @property
    def left_out(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance (noise included) of each own day as forecast by all others, each of shape (N,)."""
        variance = 1.0 / np.diag(self.fit.inverse)
        mean = self._y - self.fit.alpha * variance
        return np.sqrt(self._scale) * mean, self._scale * variance

    def longer(self, days: Days, y: np.ndarray) -> Self:
        """Return the process of a series that goes on, with the variances found here.

        Parameters
        ----------
        days
            All days with the same effects, this series' own first.
        y
            The whole series, of which this one is the beginning. New days that stray too far get more noise, as
            the own ones did.
        """
        out = copy(self)
        out.go_on(days, y)
        return out

    def go_on(self, days: Days, y: np.ndarray) -> None:
        """Become what `longer` returns."""
        own, theta = len(self.y), self.fit.theta
        self.days, self.y, self._y = days, y, y / np.sqrt(self._scale)
        fresh = np.full(len(y) - own, self.floor / self._scale + self.params.jitter)
        self._known = np.append(self._known, fresh)
        self.fit = self._at(theta)
        variance = 1.0 / np.diag(self.fit.inverse)
        excess = (self.fit.alpha * variance / self.params.odd_sd) ** 2 - variance
        if (excess[own:] > 0).any():
            self._known = self._known + np.where(np.arange(len(y)) >= own, np.maximum(excess, 0.0), 0.0)
            self.fit = self._at(theta)

    def _at(self, theta: np.ndarray) -> _Fit:
        n, size = len(self._y), np.exp(theta)
        whole = (size[:-1] @ self.days.stack.reshape(len(size) - 1, -1)).reshape(n, n)
        whole[np.diag_indices(n)] += size[-1] + self._known
        lower = linalg.cholesky(whole, lower=True, check_finite=False, overwrite_a=True)
        alpha = linalg.cho_solve((lower, True), self._y, check_finite=False)
        off = (theta - self.days.prior) / self.params.log_spread
        value = 0.5 * float(self._y @ alpha) + float(np.log(np.diag(lower)).sum()) + 0.5 * float(off @ off)
        return _Fit(theta, value, lower, alpha)

    def _best(self, fit: _Fit) -> _Fit:
        """Climb from `fit` to the greatest posterior density, as far as that gains anything."""
        damping, prior = 1.0, np.eye(len(fit.theta)) / self.params.log_spread**2
        for _ in range(self.params.steps):
            gradient, information = self._slopes(fit)
            for _ in range(self.params.tries):
                step = np.linalg.solve(information + damping * np.diag(np.diag(information)) + prior, gradient)
                tried = self._at(fit.theta - np.clip(step, -self.params.longest_step, self.params.longest_step))
                if tried.value <= fit.value:
                    break
                damping *= 4.0
            gain = fit.value - tried.value
            if gain <= 0.0:
                break
            fit, damping = tried, max(damping / 4.0, 1e-3)
            if gain < self.params.enough:
                break
        return fit

    def _slopes(self, fit: _Fit) -> tuple[np.ndarray, np.ndarray]:
        """Return gradient and average information of the likelihood, with the prior's gradient, by log variance."""
        size, alpha, stack = np.exp(fit.theta), fit.alpha, self.days.stack
        a = fit.inverse - alpha[:, None] * alpha[None, :]
        by_variance = np.append(stack.reshape(len(stack), -1) @ a.ravel(), np.trace(a))
        pulls = np.vstack([stack @ alpha, alpha]) * size[:, None]
        return 0.5 * size * by_variance + (fit.theta - self.days.prior) / self.params.log_spread**2, (
            0.5 * pulls @ fit.inverse @ pulls.T
        )

    @property
    def evidence(self) -> float:
        """Log of the series' density at the variances found, times that of their prior."""
        return -self.fit.value - 0.5 * len(self.y) * float(np.log(2 * np.pi * self._scale))

    def predict(
        self, day: np.ndarray, bases: Sequence[np.ndarray], effects: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance (noise included) of the series on other days, each of shape (len(day),).

        Parameters
        ----------
        day
            Day numbers.
        bases
            Regressors of these days per effect, each of shape (len(day), F).
        effects
            With it the mean is that of the first so many effects only; the variance stays that of all.
        """
        size, distance = np.exp(self.fit.theta), self.days.distance(day)
        weights = np.zeros(distance.shape)
        cross, own = np.zeros(distance.shape), np.full(len(day), size[-1] + self.floor / self._scale)
        for i, (s, effect, basis) in enumerate(zip(size[:-1], self.days.effects, bases, strict=True)):
            if i == effects:
                weights = cross.copy()
            cross += s * effect.covariance(basis, distance)
            own += s * (basis**2).sum(axis=1)
        if effects is None or effects == len(bases):
            weights = cross
        half = [linalg.solve_triangular(self.fit.lower, row, lower=True, check_finite=False) for row in cross]
        spread = np.maximum(own - np.square(half).sum(axis=1), self.params.jitter)
        return np.sqrt(self._scale) * (weights * self.fit.alpha).sum(axis=1), self._scale * spread


class Multiplied:
    """Posterior of a positive series whose effects multiply: a `Process` of its log, back by the log-normal mean.

    Parameters
    ----------
    days
        Days and effects; priors of variances on the log scale.
    y
        The series, shape (N,); values below a hundredth of the median count as that.
    floor
        Noise variance that is known to be there.
    params
        As for `Process`.
    """

    def __init__(self, days: Days, y: np.ndarray, floor: float, params: ProcessParams = PARAMS) -> None:
        self._usual, self._smallest = float(np.median(y)), params.smallest
        log = self._log(y)
        self._process = Process(days, log, floor / self._usual**2, scale=1.0, params=params)
        self.evidence = self._process.evidence - float(log.sum()) - len(y) * float(np.log(self._usual))

    def _log(self, y: np.ndarray) -> np.ndarray:
        return np.asarray(np.log(np.maximum(y / self._usual, self._smallest)))

    def longer(self, days: Days, y: np.ndarray) -> Self:
        """Return the process of a series that goes on, as `Process.longer`; `days` are those of a log."""
        out = copy(self)
        out.go_on(days, y)
        return out

    def go_on(self, days: Days, y: np.ndarray) -> None:
        """Become what `longer` returns."""
        self._process = self._process.longer(days, self._log(y))

    def predict(
        self, day: np.ndarray, bases: Sequence[np.ndarray], effects: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance on other days, as `Process.predict`; fewer effects multiply by less."""
        return self._back(*self._process.predict(day, bases, effects))

    @property
    def left_out(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of each own day as forecast by all others, as `Process.left_out`."""
        return self._back(*self._process.left_out)

    def _back(self, log: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean = self._usual * np.exp(log + spread / 2.0)
        return mean, mean**2 * np.expm1(spread)
