"""Whether a hiring plan keeps what it promises, on calls that it has not been made for."""

from __future__ import annotations

import numpy as np

from ...forecast.months.level_error import level_paths
from ...schedule.hiring.plan import HiringPlan
from ...schedule.hiring.problem import HiringProblem
from ...schedule.hiring.simulate import Simulated
from .group_need import Need

Z_95 = 1.96
"""Standard errors on either side of a 95 % interval."""
MOST_OFF = 0.01
"""Share of the cost by which it may lie beyond the interval of the simulated mean."""
POINT = 0.01
"""Chance by which a month may differ more than its intervals explain."""

COST_TOLD = "the plan's cost of "
"""How the sentence on a cost that does not come true begins: the only one that tells amounts."""


def fresh_demand(need: Need, paths: int, seed: int) -> np.ndarray:
    """Return hours of work on new paths of the calls, shape (paths, groups, T)."""
    far, months = need.far, need.months
    end = max(model.history.last_date for model in far.models.values())
    lead = max(0, (far.dates[0] - end).days // 7)
    factor = level_paths(far.error, len(far.queues), lead, int(far.week[-1]) + 1, paths, seed)
    month = np.array([(d.year - months.first.year) * 12 + d.month - months.first.month for d in far.dates])
    out = np.zeros((paths, len(need.groups), months.count))
    for g, group in enumerate(need.groups.values()):
        for queue in group.queues:
            q, features = far.queues.index(queue), far.models[queue].history.features(far.dates)
            work = group.curves[queue].work(features, far.calls[q] * factor[:, q, far.week])
            for t in range(months.count):
                out[:, g, t] += work[:, month == t].sum(axis=1)
    return out


def mean_interval(values: np.ndarray) -> tuple[float, float]:
    """Return the 95 % interval of a mean."""
    half = Z_95 * float(values.std(ddof=1)) / len(values) ** 0.5
    return float(values.mean()) - half, float(values.mean()) + half


def broken(problem: HiringProblem, plan: HiringPlan, found: Simulated) -> list[str]:
    """Return where the simulation does not bear out what the plan says, a sentence each.

    A month counts where the plan's chance lies outside the simulated interval by a point more than the plan's own
    scenarios, which are a sample too, can explain.
    """
    out = []
    low, high = mean_interval(found.cost)
    if max(low - plan.total, plan.total - high) > MOST_OFF * abs(plan.total):
        out.append(
            f"{COST_TOLD}{plan.total:,.0f} is not borne out by the simulation: {found.cost.mean():,.0f} "
            f"({low:,.0f} to {high:,.0f}) on calls that it was not made for"
        )
    starts, worst, count = problem.months.starts(), (0.0, ""), 0
    for g, group in enumerate(problem.groups):
        chance = plan.groups[group.name].probability
        own = Z_95 * np.sqrt(chance * (1.0 - chance) / len(group.demand))
        beyond = np.maximum(found.interval[0, g] - chance, chance - found.interval[1, g]) - own
        count += int((beyond > POINT).sum())
        t = int(np.argmax(beyond))
        told = f"{group.name} {starts[t]:%Y-%m}: {chance[t]:.0%} by the plan, {found.met[g, t]:.0%} simulated"
        worst = max(worst, (float(beyond[t]), told))
    if count:
        months = f"{count} of {len(problem.groups) * problem.months.count} months"
        out.append(f"the chance that no hour is missing is not borne out by the simulation in {months}; {worst[1]}")
    return out
