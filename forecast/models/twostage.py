"""Two stages: day totals by calendar regression with AR(1) errors, times a weekday profile."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pandas as pd
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.statespace.structural import UnobservedComponents

from .contract import Model
from .profile import Profile

PRIOR_SD = {"constant": 10.0, "weekday": 0.5, "calendar": 0.1, "holiday": 0.5, "year": 0.1}
YEAR_DAYS = 400
ODD_SD = 3.0


class TwoStage(Model):
    """Log day level by ridge regression on the calendar with AR(1) errors, times an interval profile.

    With L the level of a day and s the shape of the weekday that the day behaves like,

        log(L[d] + ½) = x[d]·β + u[d] + e[d],   u[d] = φ u[d−1] + η[d],   calls[d, p] ≈ L[d] · s[w(d), p],

    where x holds the weekday, the calendar's features and, from `YEAR_DAYS` days of history on, two yearly sine
    pairs; β has a normal prior (the ridge; standard deviations `PRIOR_SD`), and φ and the variances of η and e
    are estimated by maximum likelihood in state space form, in which missing days need no filling and the
    predictive variance is exact. Days that miss by more than `ODD_SD` standard deviations are set aside and
    the likelihood is maximised again. Compare Weinberg, Brown and Stroud (2007), Journal of the American
    Statistical Association 102, 1185–1198, and Ibrahim and L'Ecuyer (2013), Manufacturing & Service
    Operations Management 15, 72–85.
    """

    name: ClassVar[str] = "two_stage"

    def _learn(self) -> None:
        past = self.history
        features = past.features(past.dates)
        self._columns = list(features.columns.drop("weekday"))
        self._profile = Profile(past.calls, features["weekday"].to_numpy())
        with np.errstate(invalid="ignore"):
            self._y = np.log(self._profile.level + 0.5)
        self._yearly = len(past.calls) >= YEAR_DAYS
        self._x = self._regressors(features)
        start = np.array([0.001, 0.001, 0.7])  # variances of e and η, φ
        for last in (False, True):
            told = (self._x[np.isfinite(self._y)] != 0).any(axis=0)  # the others do not touch the likelihood
            model = self._state_space(self._y, self._x[:, told])
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # an early stop costs accuracy, not truth
                fitted = model.fit(start, disp=False, maxiter=60 if last else 12, factr=1e10, cov_type="none")
            self._params = start = np.asarray(fitted.params)
            if not last:
                odd = np.abs(fitted.filter_results.standardized_forecasts_error[0]) > ODD_SD
                self._y = np.where(odd, np.nan, self._y)

    def _regressors(self, features: pd.DataFrame) -> np.ndarray:
        """Return the regressors times their prior standard deviations, so that each β is standard normal."""
        w = features["weekday"].to_numpy()
        blocks = [np.full((len(w), 1), PRIOR_SD["constant"]), PRIOR_SD["weekday"] * (w[:, None] == np.arange(7))]
        rest = features.reindex(columns=self._columns, fill_value=0.0)
        scale = np.array(
            [
                PRIOR_SD["holiday"] if c == "holiday" or c.startswith("kind:") else PRIOR_SD["calendar"]
                for c in self._columns
            ]
        )
        if self._yearly:
            turn = 2 * np.pi * np.array([d.timetuple().tm_yday for d in features.index])[:, None] / 365.25
            blocks += [PRIOR_SD["year"] * wave(k * turn) for k in (1, 2) for wave in (np.sin, np.cos)]
        return np.hstack([*blocks, rest.to_numpy(dtype=float) * scale])

    def _state_space(self, y: np.ndarray, x: np.ndarray) -> UnobservedComponents:
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
        told = seen.get_prediction(end=n - 1)
        mu, var = np.asarray(told.predicted_mean)[ahead], np.asarray(told.var_pred_mean)[ahead]
        level = np.maximum(np.exp(mu + var / 2.0) - 0.5, 0.0)
        mean = level[:, None] * self._profile.expect(features["weekday"].to_numpy())
        return mean, mean * var[:, None] / 4.0 + self._profile.noise
