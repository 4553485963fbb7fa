"""Two stages: day totals by calendar regression with AR(1) errors, times a weekday profile."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from ..ranges import check_ranges
from .contract import Model
from .profile import Profile

if TYPE_CHECKING:
    from statsmodels.tsa.statespace.structural import UnobservedComponents


@dataclass(frozen=True)
class TwoStageParams:
    """Priors of the regression on the log of day levels, and what counts as odd.

    Parameters
    ----------
    constant_sd
        Prior standard deviation of the constant, above 0: as good as none.
    weekday_sd
        Of a weekday's effect, above 0: half more or less is usual.
    calendar_sd
        Of turns of the month and days around closures, above 0: a tenth more or less is usual.
    holiday_sd
        Of holidays and special days, above 0: half more or less is usual.
    year_sd
        Of each yearly wave, above 0: a tenth more or less is usual.
    year_days
        Days of history from which on there are yearly waves, at least 366: a year must have been seen and a month of
        the next.
    odd_sd
        Standard deviations beyond which a day is set aside, above 0: one in four hundred is by chance.
    first_steps
        Steps of the first search, at most, at least 1: it only has to find the odd days.
    last_steps
        Steps of the last search, at most, at least 1: bounds the time.
    """

    constant_sd: float = 10.0
    weekday_sd: float = 0.5
    calendar_sd: float = 0.1
    holiday_sd: float = 0.5
    year_sd: float = 0.1
    year_days: int = 400
    odd_sd: float = 3.0
    first_steps: int = 12
    last_steps: int = 60

    def __post_init__(self) -> None:
        check_ranges(
            self,
            positive=("constant_sd", "weekday_sd", "calendar_sd", "holiday_sd", "year_sd", "odd_sd"),
            year_days=(366, np.inf),
            first_steps=(1, np.inf),
            last_steps=(1, np.inf),
        )


PARAMS = TwoStageParams()


class TwoStage(Model):
    """Log day level by ridge regression on the calendar with AR(1) errors, times an interval profile.

    With L the level of a day and s the shape of the weekday that the day behaves like,

        log(L[d] + ½) = x[d]·β + u[d] + e[d],   u[d] = φ u[d−1] + η[d],   calls[d, p] ≈ L[d] · s[w(d), p],

    where x holds the weekday, the calendar's features and, from `year_days` days of history on, two yearly sine
    pairs; β has a normal prior (the ridge; standard deviations `TwoStageParams`), and φ and the variances of η and e
    are estimated by maximum likelihood in state space form, in which missing days need no filling and the
    predictive variance is exact. Days that miss by more than `odd_sd` standard deviations are set aside and
    the likelihood is maximised again. Compare Weinberg, Brown and Stroud (2007), Journal of the American
    Statistical Association 102, 1185–1198, and Ibrahim and L'Ecuyer (2013), Manufacturing & Service
    Operations Management 15, 72–85.
    """

    name: ClassVar[str] = "two_stage"

    def __init__(self, params: TwoStageParams = PARAMS) -> None:
        self.params = params

    def _learn(self) -> None:
        from statsmodels.tools.sm_exceptions import ConvergenceWarning  # statsmodels takes a second to import

        past = self.history
        features = past.features(past.dates)
        self._columns = list(features.columns.drop("weekday"))
        self._profile = Profile(past.calls, features["weekday"].to_numpy())
        with np.errstate(invalid="ignore"):
            self._y = np.log(self._profile.level + 0.5)
        self._yearly = len(past.calls) >= self.params.year_days
        self._x = self._regressors(features)
        start = np.array([0.001, 0.001, 0.7])  # variances of e and η, φ
        for last in (False, True):
            used = (self._x[np.isfinite(self._y)] != 0).any(axis=0)  # the others do not touch the likelihood
            model = self._state_space(self._y, self._x[:, used])
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # an early stop costs accuracy, not truth
                fitted = model.fit(
                    start,
                    disp=False,
                    maxiter=self.params.last_steps if last else self.params.first_steps,
                    factr=1e10,
                    cov_type="none",
                )
            self._params = start = np.asarray(fitted.params)
            if not last:
                odd = np.abs(fitted.filter_results.standardized_forecasts_error[0]) > self.params.odd_sd
                self._y = np.where(odd, np.nan, self._y)

    def _regressors(self, features: pd.DataFrame) -> np.ndarray:
        """Return the regressors times their prior standard deviations, so that each β is standard normal."""
        w = features["weekday"].to_numpy()
        blocks = [np.full((len(w), 1), self.params.constant_sd), self.params.weekday_sd * (w[:, None] == np.arange(7))]
        rest = features.reindex(columns=self._columns, fill_value=0.0)
        scale = np.array(
            [
                self.params.holiday_sd if c == "holiday" or c.startswith("kind:") else self.params.calendar_sd
                for c in self._columns
            ]
        )
        if self._yearly:
            turn = 2 * np.pi * np.array([d.timetuple().tm_yday for d in features.index])[:, None] / 365.25
            blocks += [self.params.year_sd * wave(k * turn) for k in (1, 2) for wave in (np.sin, np.cos)]
        return np.hstack([*blocks, rest.to_numpy(dtype=float) * scale])

    def _state_space(self, y: np.ndarray, x: np.ndarray) -> UnobservedComponents:
        from statsmodels.tsa.statespace.structural import UnobservedComponents

        model = UnobservedComponents(
            y, irregular=True, autoregressive=1, exog=x, mle_regression=False, loglikelihood_burn=0
        )
        model.initialize_default(approximate_diffuse_variance=1.0)  # the prior of every β
        return model

    def _expect(self, dates: Sequence[dt.date]) -> tuple[np.ndarray, np.ndarray]:
        past = self.history
        features = past.features(dates)
        ahead = np.array([(d - past.first_date).days for d in dates])
        n = int(max(ahead.max() + 1, len(self._y)))
        y = np.full(n, np.nan)
        x = np.zeros((n, self._x.shape[1]))
        y[: len(self._y)], x[: len(self._x)] = self._y, self._x
        x[ahead] = self._regressors(features)
        seen = self._state_space(y, x).smooth(self._params)
        prediction = seen.get_prediction(end=n - 1)
        mu, var = np.asarray(prediction.predicted_mean)[ahead], np.asarray(prediction.var_pred_mean)[ahead]
        level = np.maximum(np.exp(mu + var / 2.0) - 0.5, 0.0)
        mean = level[:, None] * self._profile.expect(features["weekday"].to_numpy())
        return mean, mean * var[:, None] / 4.0 + self._profile.noise
