r"""Patience from single waits: callers who hung up show theirs, those who were answered only a lower bound.

The waits are censored: a caller answered after w seconds had a patience above w. With density f and survival S the
likelihood is :math:`\prod_{abandoned} f(w) \prod_{answered} S(w)` (Brown et al. 2005, section 5). Under the exponential
law the mean is the time waited by all callers over the number who hung up; this mean, the waiting time per abandon, is
also what Erlang A needs to give the right share of abandons whatever the law (Mandelbaum & Zeltyn 2004).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize

from ..errors import InputError
from ..queueing.formulas.erlang import numbers
from .hazards import LAWS, Patient

LEAST_ABANDONS = 30
"""Callers who hung up, at least: thirty give a standard error of about a fifth."""
CLOCK_S = 0.5
"""Seconds that a wait of 0 s counts as: clocks count whole seconds, so the caller hung up in the first half."""
BANDS_S = (0.0, 10.0, 30.0, 60.0, 120.0, 300.0, np.inf)
"""Edges of the bands of time waited in the check, seconds: finer where most callers hang up."""


@dataclass(frozen=True)
class PatienceFit:
    """A law of patience and how sure it is.

    Attributes
    ----------
    law
        The law; its ``survival`` makes it a patience that `queueing.performance` takes.
    mean_s, se_s
        Mean patience and its standard error. Beyond the longest waits the mean is the law's own continuation.
    calls, abandons
        Callers whose waits were used, and how many of them hung up.
    waited_per_abandon_s
        The exponential estimate: time waited by all over abandons, the number that Erlang A wants.
    log_likelihood, aic
        Of the law; AIC = 2 × parameters − 2 × log likelihood, the least is best.
    check
        ``from_s, to_s, waiting, abandoned, expected``: of the callers still waiting at ``from_s``, how many hung up
        before ``to_s``, and how many the law expects given how long each could have.
    """

    law: Patient
    mean_s: float
    se_s: float
    calls: int
    abandons: int
    waited_per_abandon_s: float
    log_likelihood: float
    aic: float
    check: pd.DataFrame

    @property
    def abandon_rate(self) -> float:
        """Observed share of the callers who hung up."""
        return self.abandons / self.calls

    @property
    def expected_abandon_rate(self) -> float:
        """Share that the law expects to hang up within the waits that they had."""
        return float(self.check["expected"].sum()) / self.calls


def fit_patience(waits_s: ArrayLike, abandoned: ArrayLike, *, law: str = "auto", short_s: float = 0.0) -> PatienceFit:
    """Return the law of patience of greatest likelihood, given how long each caller waited and who hung up.

    Parameters
    ----------
    waits_s
        Seconds from joining the queue until answered or hung up, shape (N,); 0 where answered at once.
    abandoned
        True for who hung up, shape (N,).
    law
        ``exponential``, ``weibull``, ``hyperexponential``, or ``auto``: the one of the least AIC.
    short_s
        Callers who hung up within `short_s` show no patience, so nobody's first `short_s` seconds count; the law is
        that of the time after them.

    Raises
    ------
    InputError
        If the shapes differ, a wait is negative or unknown, the law is unknown, or fewer than `LEAST_ABANDONS` hung up.

    Examples
    --------
    >>> waits = [10.0, 20.0, 30.0] * 40
    >>> fit = fit_patience(waits, [True, False, False] * 40, law="exponential")
    >>> round(fit.mean_s), round(fit.se_s), fit.abandons
    (60, 9, 40)
    """
    waits = numbers(np.ravel(waits_s), "waits_s")
    left = np.ravel(np.asarray(abandoned, dtype=bool))
    if waits.shape != left.shape:
        raise InputError(f"{len(waits)} waits, {len(left)} fates", column="abandoned", mend="Give one for each call")
    if law != "auto" and law not in LAWS:
        raise InputError("unknown law of patience", column="law", value=law, mend=f"One of auto, {', '.join(LAWS)}")
    if short_s > 0:
        waits, left = waits[waits > short_s] - short_s, left[waits > short_s]
    count = int(left.sum())
    if count < LEAST_ABANDONS:
        raise InputError(
            f"{count} callers hung up: too few to tell their patience",
            column="abandoned",
            mend=f"Bring waits with at least {LEAST_ABANDONS} abandons",
        )
    waits = np.where(left, np.maximum(waits, CLOCK_S), waits)
    fits = [_fit(LAWS[name], waits, left) for name in (LAWS if law == "auto" else [law])]
    found = [f for f in fits if f is not None]
    if not found:
        raise InputError(f"these waits do not tell a {law} law", column="law", mend="Use exponential, or auto")
    return min(found, key=lambda f: f.aic)


def _fit(kind: type[Patient], waits: np.ndarray, left: np.ndarray) -> PatienceFit | None:
    """Return the fit of one kind of law; None where the waits determine neither its parameters nor its mean."""
    ends, how_many = np.unique(waits[left], return_counts=True)
    times, all_of_them = np.unique(waits, return_counts=True)
    per_abandon = float(waits.sum() / left.sum())

    def cost(theta: np.ndarray) -> float:
        law = kind.of(theta)
        value = float(all_of_them @ law.cumulative(times) - how_many @ law.log_hazard(ends))
        return value if np.isfinite(value) else 1e300

    tries = [optimize.minimize(cost, start, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-7,
             "maxiter": 4000}) for start in kind.starts(per_abandon)]  # fmt: skip
    best = min(tries, key=lambda t: t.fun)
    curve = _hessian(cost, best.x)
    if not (np.isfinite(curve).all() and (np.linalg.eigvalsh(curve) > 1e-6).all()):
        return None
    step = 1e-4 * np.eye(len(best.x))
    slope = np.array([(kind.of(best.x + s).mean_s - kind.of(best.x - s).mean_s) / 2e-4 for s in step])
    law = kind.of(best.x)
    se = float(np.sqrt(slope @ np.linalg.solve(curve, slope)))
    if se > law.mean_s:  # some seem to wait for ever
        return None
    return PatienceFit(
        law, law.mean_s, se, len(waits), int(left.sum()), per_abandon,
        -float(best.fun), 2.0 * kind.parameters + 2.0 * float(best.fun), _check(law, waits, left),
    )  # fmt: skip


def _hessian(cost: Callable[[np.ndarray], float], at: np.ndarray, step: float = 1e-3) -> np.ndarray:
    """Return the second differences of `cost`."""
    k = len(at)
    out = np.empty((k, k))
    shift = step * np.eye(k)
    for i in range(k):
        for j in range(k):
            out[i, j] = (
                cost(at + shift[i] + shift[j])
                - cost(at + shift[i] - shift[j])
                - cost(at - shift[i] + shift[j])
                + cost(at - shift[i] - shift[j])
            ) / (4.0 * step * step)
    return 0.5 * (out + out.T)


def _check(law: Patient, waits: np.ndarray, left: np.ndarray) -> pd.DataFrame:
    """Return abandons in bands of the time waited, and those that the law expects."""
    rows = []
    for low, high in pairwise(BANDS_S):
        inside = left & (waits > low) & (waits <= high)
        expected = law.cumulative(np.clip(waits, low, high)) - law.cumulative(np.array(low))
        rows.append((low, high, int((waits > low).sum()), int(inside.sum()), float(np.maximum(expected, 0.0).sum())))
    return pd.DataFrame(rows, columns=["from_s", "to_s", "waiting", "abandoned", "expected"])


def kaplan_meier(waits_s: ArrayLike, abandoned: ArrayLike) -> pd.DataFrame:
    """Return the share of callers still patient after each time at which somebody hung up, no law assumed.

    Parameters
    ----------
    waits_s, abandoned
        As for `fit_patience`.

    Returns
    -------
    DataFrame
        ``wait_s, waiting, abandoned, patient``: who still waited then, who hung up, and the share patient beyond
        (Kaplan & Meier 1958).

    Examples
    --------
    >>> kaplan_meier([10.0, 20.0, 30.0, 40.0], [True, False, True, False])["patient"].tolist()
    [0.75, 0.375]
    """
    waits, left = numbers(np.ravel(waits_s), "waits_s"), np.ravel(np.asarray(abandoned, dtype=bool))
    times, gone = np.unique(waits[left], return_counts=True)
    waiting = len(waits) - np.searchsorted(np.sort(waits), times, side="left")
    return pd.DataFrame(
        {"wait_s": times, "waiting": waiting, "abandoned": gone, "patient": np.cumprod(1.0 - gone / waiting)}
    )
