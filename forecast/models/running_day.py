"""The rest of a running day, from the calls of the day so far."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from ..ranges import check_ranges


@dataclass(frozen=True)
class RunningDayParams:
    """How far an update of a running day may go.

    Parameters
    ----------
    gains
        Gains tried, above 0 and at most 1; 1 = the conditional mean in full.
    local
        Pairs tried: the share of an interval's noise that neighbours have in common, 0 to 1, and the intervals over
        which that share fades, above 0.
    least_days
        Past days from which gain and local noise are chosen, at least 2: with fewer the choice is chance.
    sure_se
        Standard errors by which an update must beat no update, at least 0: twenty pairs are tried, and the best of
        them must be more than luck.
    clip_sd
        Standard deviations to which an interval's surprise is drawn in, above 0: a broken counter must not move the
        day.
    ridge
        Added to the diagonal before solving, above 0: keeps the covariance positive definite.
    """

    gains: tuple[float, ...] = (0.25, 0.5, 0.75, 1.0)
    local: tuple[tuple[float, float], ...] = ((0.0, 1.0), (0.3, 2.0), (0.3, 6.0), (0.6, 2.0), (0.6, 6.0))
    least_days: int = 20
    sure_se: float = 3.0
    clip_sd: float = 6.0
    ridge: float = 1e-9

    def __post_init__(self) -> None:
        check_ranges(
            self,
            positive=("gains", "clip_sd", "ridge"),
            gains=(0.0, 1.0),
            least_days=(2, np.inf),
            sure_se=(0.0, np.inf),
        )


PARAMS = RunningDayParams()


@dataclass(frozen=True)
class RunningDay:
    r"""Past days with the forecast of each, from which an update of a running day learns how far to go.

    With :math:`z` the roots of a day's calls, :math:`\mu` their forecast and :math:`\Sigma` its covariance, split into
    intervals seen (s) and to come (r), the update is

    .. math:: \mu_r + \gamma\,\Sigma_{rs}\Sigma_{ss}^{-1}(z_s - \mu_s),

    for :math:`\gamma = 1` the mean of r given s. Gain :math:`\gamma` and the part of the noise that neighbouring
    intervals share are those of the least absolute error over the past days cut at the same interval; there is no
    update unless that beats none by more than `sure_se` standard errors. Compare Shen and Huang (2008), Manufacturing
    & Service Operations Management 10, 391-410, section 4.

    Attributes
    ----------
    z, expected
        Roots of the past days and what the other days would have forecast, shape (D, P); NaN where missing.
    common
        Covariance that the intervals of a day have in common, shape (P, P).
    noise
        Variance of each interval's own noise, shape (P,).
    params
        How far an update may go.
    """

    z: np.ndarray
    expected: np.ndarray
    common: np.ndarray
    noise: np.ndarray
    params: RunningDayParams = PARAMS

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
            Shape (P,); also of the intervals seen, as far as the others inform them.
        """
        seen = np.isfinite(z)
        gain, local = self._trust(seen)
        whole = common + self._noise(local)
        if not gain:
            return mean, np.diag(whole)
        weights = self._weights(whole, seen)
        apart = np.where(seen, z - mean, 0.0)[seen]
        limit = self.params.clip_sd * np.sqrt(np.diag(whole)[seen])
        updated = mean + gain * weights @ np.clip(apart, -limit, limit)
        less = np.einsum("ps,sp->p", weights, whole[seen])
        return updated, np.maximum(np.diag(whole) - gain * (2.0 - gain) * less, self.noise / 2.0)

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
        if days.sum() < self.params.least_days or not seen.any() or not to_come.any():
            return 0.0, self.params.local[0]
        actual, mean = self.z[days] ** 2, self.expected[days]
        apart = self.z[days][:, seen] - mean[:, seen]

        def loss(root: np.ndarray) -> np.ndarray:
            return np.asarray(np.nansum(np.abs(actual - np.maximum(root, 0.0) ** 2)[:, to_come], axis=1))

        without = loss(mean)
        best, found = 0.0, (0.0, self.params.local[0])
        for gain, local in itertools.product(self.params.gains, self.params.local):
            whole = self.common + self._noise(local)
            limit = self.params.clip_sd * np.sqrt(np.diag(whole)[seen])
            won = without - loss(mean + gain * np.clip(apart, -limit, limit) @ self._weights(whole, seen).T)
            if won.mean() > max(best, self.params.sure_se * won.std() / np.sqrt(len(won))):
                best, found = float(won.mean()), (gain, local)
        return found

    def _weights(self, whole: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """Return the regression of all intervals on those seen, shape (P, S)."""
        inner = whole[np.ix_(seen, seen)]
        return np.asarray(np.linalg.solve(inner + self.params.ridge * np.eye(len(inner)), whole[seen]).T)
