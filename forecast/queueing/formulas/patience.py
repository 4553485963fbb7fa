r"""Callers of any patience (M/M/n+G): the same density of the offered wait, with the law's own survival function.

With S(t) the share of callers still patient after t, times in mean handling times, the wait that a caller without
limit of patience would meet has density :math:`v(t) = n p_n \exp(a \int_0^t S - n t)` (Baccelli & Hebuterne 1981;
Zeltyn & Mandelbaum 2005). The time axis is cut into panels on which the integral of S is exact, then v is integrated
on them by Gauss's rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from .abandonment import MEASURES
from .erlang import inverse_b

_ORDER = 16
"""Points of Gauss's rule on a panel, at least 2: smooth laws then need few panels for fifteen digits."""

_X, _W = np.polynomial.legendre.leggauss(_ORDER)
# rows: integrals from −1 to each node of the polynomial through the values at the nodes
_VALUES = np.polynomial.legendre.legvander(_X, _ORDER - 1)
_FROM_LEFT = np.stack(
    [np.polynomial.legendre.legval(_X, np.polynomial.legendre.legint(unit, lbnd=-1)) for unit in np.eye(_ORDER)], axis=1
) @ np.linalg.inv(_VALUES)  # fmt: skip
_NEGLIGIBLE = 42.0
"""Fall of an exponent below its mode that is the end of the integral, above 36: exp(−42) is below the last digit."""

_STEP = 8.0
"""Most by which the exponent may change within a panel, above 0: the rule integrates exp over it to fifteen digits."""

# moments at every scale, in mean handling times, from far below any threshold to far beyond any patience
_LATER = np.append(0.0, 2.0 ** np.arange(-30.0, 40.0, 0.25))


@runtime_checkable
class Patience(Protocol):
    """A law of patience: any object with a survival curve.

    A law whose survival curve has steps lists their times, in seconds, in `samples_s`.
    """

    def survival(self, t_s: ArrayLike) -> ArrayLike:
        """Return the share of callers whose patience is longer than `t_s` seconds; falls from 1 with `t_s`."""


def evaluate_law(
    n: np.ndarray, a: np.ndarray, h: np.ndarray, law: Patience, t_in_s: np.ndarray, t_short_s: np.ndarray
) -> np.ndarray:
    """Return the measures of each case, shape (MEASURES, len(n)), rows as in `abandonment.MEASURES`.

    Parameters
    ----------
    n, a, h, t_in_s, t_short_s
        Agents, load, mean handling time and thresholds in seconds, flat arrays of one length.
    law
        Patience in seconds.
    """
    columns = (x.tolist() for x in (n, a, h, t_in_s, t_short_s))
    found = [_measures(law, *case) for case in zip(*columns, strict=True)]
    return np.array(found, dtype=float).reshape(-1, MEASURES).T


def _measures(law: Patience, n: float, a: float, h: float, t_in_s: float, t_short_s: float) -> tuple[float, ...]:
    if a == 0.0:
        return (0.0,) * MEASURES

    def survival(t: np.ndarray | float) -> np.ndarray:
        return np.asarray(law.survival(np.asarray(t) * h), dtype=float)

    t_in, t_short = t_in_s / h, t_short_s / h
    still, still_short = float(survival(t_in)), float(survival(t_short))
    slope = n - a * survival(_LATER) if n > 0.0 else np.where(survival(_LATER) < 1e-17, np.inf, 0.0)
    with np.errstate(divide="ignore"):
        end = float(np.min(np.where(slope > 0.0, _LATER + _NEGLIGIBLE / slope, np.inf)))
    if end == math.inf:  # those who never hang up are too many
        stay = float(survival(_LATER[-1]))
        return 1.0, 1.0 - stay, stay, still, stay, still_short, math.inf, math.inf, 0.0
    steps = np.asarray(getattr(law, "samples_s", ()), dtype=float) / h
    # marks at every scale, lest a short patience be missed
    marks = np.concatenate([[end, t_in, t_short], _LATER[::4], steps])
    marks = np.unique(marks[marks <= end])
    edges = _panels(marks, survival, cut=max(a, n) if n > 0.0 else 0.0, exact=1e-14 / max(a, n))
    left, half = edges[:-1, None], 0.5 * np.diff(edges)[:, None]
    t = left + half * (1.0 + _X)
    s = survival(t)
    until = half * (s @ _FROM_LEFT.T) + _edges(half[:, 0] * (s @ _W), 0)[:-1, None]  # ∫ S from 0
    if n == 0.0:
        return 1.0, 1.0, 0.0, still, 0.0, still_short, 0.0, float(until[-1, -1]), 0.0
    rise = half[:, 0] * ((a * s - n) @ _W)
    mode = int(np.argmax(np.append(0.0, np.cumsum(rise))))
    v = half * _W * np.exp(half * ((a * s - n) @ _FROM_LEFT.T) + _edges(rise, mode)[:-1, None])
    one = math.exp(-float(rise[:mode].sum()))
    scale = n / (n * float(v.sum()) + (inverse_b(n, a) - 1.0) * one)
    waits = scale * float(v.sum())
    abandon = waits * (1.0 - n / a) + scale * one / a if a > n else scale * float((v * (1.0 - s)).sum())
    late = [scale * float((v * s)[edges[:-1] >= threshold].sum()) for threshold in (t_in, t_short)]
    over = [scale * float(v[edges[:-1] >= threshold].sum()) for threshold in (t_in, t_short)]
    return (waits, abandon, late[0], still * over[0], late[1], still_short * over[1],
            scale * float((v * s * t).sum()), scale * float((v * until).sum()), 0.0)  # fmt: skip


def _edges(rise: np.ndarray, at: int) -> np.ndarray:
    """Return the values at the panels' edges of what rises by `rise` over each panel and is 0 at edge `at`."""
    return np.concatenate([-np.cumsum(rise[:at][::-1])[::-1], [0.0], np.cumsum(rise[at:])])


def _panels(edges: np.ndarray, survival: Callable[[np.ndarray], np.ndarray], *, cut: float, exact: float) -> np.ndarray:
    """Return `edges` cut finer, until Gauss's rule integrates S on every panel as on its halves to within `exact`."""
    parts = np.maximum(np.ceil(np.diff(edges) * cut / _STEP), 1.0).astype(np.int64)
    at = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    left = np.repeat(edges[:-1], parts) + at * np.repeat(np.diff(edges) / parts, parts)
    right, done = np.append(left[1:], edges[-1]), []
    while len(left):
        middle = 0.5 * (left + right)
        whole, halves = _integral(left, right, survival), _integral(left, middle, survival)
        rough = np.abs(whole - halves - _integral(middle, right, survival)) > exact
        rough &= right - left > 1e-14 * right
        done.append(left[~rough])
        left, right = np.append(left[rough], middle[rough]), np.append(middle[rough], right[rough])
    return np.append(np.sort(np.concatenate(done)), edges[-1])


def _integral(left: np.ndarray, right: np.ndarray, survival: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    half = 0.5 * (right - left)
    return np.asarray(half * (survival(left[:, None] + half[:, None] * (1.0 + _X)) @ _W))
