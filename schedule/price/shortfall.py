"""What a plan leaves short, in money."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..problem.problem import ScheduleProblem


def shortfall(heads: Mapping[str, np.ndarray], problem: ScheduleProblem, *, at_least: bool = False) -> dict[str, float]:
    """Return what a plan leaves short, in money: ``lost_call`` and ``under``.

    Calls by which a period misses its goal by the service curve, and agent-hours under the floor (or under an interval
    goal's need), each at its price.

    Parameters
    ----------
    heads
        Queue → heads on the phone per slot.
    at_least
        Whether to take the curve's ceiling: no plan with some of these heads leaves less short.
    """
    lost = under = 0.0
    for d in problem.demands:
        here = heads.get(d.queue, np.zeros(len(problem.grid), dtype=np.int64))
        under += float(np.maximum(d.least - here, 0.0).sum()) * problem.grid.hours
        if d.gain is not None and not d.by_interval:
            curve = d.ceiling if at_least else d.gain
            gained = curve[np.arange(len(here)), np.minimum(here, curve.shape[1] - 1)]
            lost += sum(max(0.0, m - float(gained[p].sum())) for p, m in zip(d.periods, d.margin, strict=True))
    return {"lost_call": lost * problem.costs.lost_call, "under": under * problem.costs.under_h}
