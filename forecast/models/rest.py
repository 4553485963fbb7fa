"""The rest of a running day, from what has come of it so far."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

GAINS = (0.25, 0.5, 0.75, 1.0)
LOCAL = ((0.0, 1.0), (0.3, 2.0), (0.3, 6.0), (0.6, 2.0), (0.6, 6.0))
"""Shares of an interval's noise that neighbours have in common, and over how many intervals that fades."""
LEAST_DAYS = 20
SURE_SE = 3.0
CLIP_SD = 6.0
RIDGE = 1e-9


@dataclass(frozen=True)
class Rest:
    r"""Past days with what was expected of each, from which an update learns how far it may go.

    With :math:`z` the roots of a day's calls, :math:`\mu` their forecast and :math:`\Sigma` its covariance, split into
    intervals seen (s) and to come (r), the update is

    .. math:: \mu_r + \gamma\,\Sigma_{rs}\Sigma_{ss}^{-1}(z_s - \mu_s),

    for :math:`\gamma = 1` the mean of r given s. Gain :math:`\gamma` and the part of the noise that neighbouring
    intervals share are those of the least absolute error over the past days cut at the same interval; there is no
    update unless that beats none by more than `SURE_SE` standard errors. Compare Shen and Huang (2008), Manufacturing
    & Service Operations Management 10, 391-410, section 4.

    Attributes
    ----------
    z, expected
        Roots of the past days and what the other days would have forecast, shape (D, P); NaN where missing.
    common
        Covariance that the intervals of a day have in common, shape (P, P).
    noise
        Variance of each interval's own noise, shape (P,).
    """

    z: np.ndarray
    expected: np.ndarray
    common: np.ndarray
    noise: np.ndarray

    def update(self, z: np.ndarray, mean: np.ndarray, common: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance of a day's roots given those seen.

        Parameters
        ----------
        z
            Roots seen, shape (P,); NaN for what is to come.
        mean, common
            What was expected of the day, shape (P,), and the covariance its intervals have in common, (P, P).

        Returns
        -------
        mean, variance : numpy.ndarray
            Shape (P,); of the intervals seen too, as far as others tell of them.
        """
        seen = np.isfinite(z)
        gain, local = self._trust(seen)
        whole = common + self._noise(local)
        if not gain:
            return mean, np.diag(whole)
        weights = _weights(whole, seen)
        apart = np.where(seen, z - mean, 0.0)[seen]
        limit = CLIP_SD * np.sqrt(np.diag(whole)[seen])
        told = mean + gain * weights @ np.clip(apart, -limit, limit)
        less = np.einsum("ps,sp->p", weights, whole[seen])
        return told, np.maximum(np.diag(whole) - gain * (2.0 - gain) * less, self.noise / 2.0)

    def _noise(self, local: tuple[float, float]) -> np.ndarray:
        """Return the covariance of the intervals' own noise, of which neighbours have a share in common."""
        share, reach = local
        place = np.arange(len(self.noise))
        shape = share * np.exp(-np.abs(place[:, None] - place) / reach)
        shape[np.diag_indices(len(place))] = 1.0
        return np.asarray(np.sqrt(self.noise)[:, None] * shape * np.sqrt(self.noise))

    def _trust(self, seen: np.ndarray) -> tuple[float, tuple[float, float]]:
        """Return the gain (0 = no update) and the local noise that did best on past days cut as `seen`."""
        days = np.isfinite(self.z[:, seen]).all(axis=1) & np.isfinite(self.expected).all(axis=1)
        to_come = ~seen
        if days.sum() < LEAST_DAYS or not seen.any() or not to_come.any():
            return 0.0, LOCAL[0]
        actual, mean = self.z[days] ** 2, self.expected[days]
        apart = self.z[days][:, seen] - mean[:, seen]

        def loss(root: np.ndarray) -> np.ndarray:
            return np.asarray(np.nansum(np.abs(actual - np.maximum(root, 0.0) ** 2)[:, to_come], axis=1))

        without = loss(mean)
        best, found = 0.0, (0.0, LOCAL[0])
        for gain, local in itertools.product(GAINS, LOCAL):
            whole = self.common + self._noise(local)
            limit = CLIP_SD * np.sqrt(np.diag(whole)[seen])
            won = without - loss(mean + gain * np.clip(apart, -limit, limit) @ _weights(whole, seen).T)
            if won.mean() > max(best, SURE_SE * won.std() / np.sqrt(len(won))):
                best, found = float(won.mean()), (gain, local)
        return found


def _weights(whole: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return the regression of all intervals on those seen, shape (P, S)."""
    inner = whole[np.ix_(seen, seen)]
    return np.asarray(np.linalg.solve(inner + RIDGE * np.eye(len(inner)), whole[seen]).T)
