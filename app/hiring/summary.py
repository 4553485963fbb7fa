"""summary.json of a hiring run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...schedule.hiring.days import Days
from ...schedule.hiring.problem import Kind
from ...schedule.hiring.solve import LEAST_BASE
from ...schedule.hiring.supply import starts as class_starts
from ...schedule.optimise.status import Solved, Stop
from ..gap import is_reached
from ..versions import versions
from .outcome import HiringOutcome
from .promise import mean_interval
from .tables import formula_fte, fte_hours

HIRING = "hiring"
"""What `kind` says in the summary of a hiring run; weekly runs have no such key."""
SURE = 0.5
"""Chance below which a month is told as one that probably misses its need."""


def summarise(outcome: HiringOutcome) -> dict[str, Any]:
    """Return summary.json as a dict; keys as in the reference page "Run folder"."""
    plan, problem, config = outcome.plan, outcome.problem, outcome.file.config
    starts = problem.months.starts()
    left, base = open_cost(plan.solved), LEAST_BASE * abs(plan.total)
    gap = gap_of(plan.solved, base)
    reached = is_reached(plan.solved.status, gap, config.gap)
    stopped = "user" if outcome.stopped else plan.solved.stopped if reached else Stop.TIME
    kept = {name: float(value) for name, value in plan.cost.items()}
    return {
        "kind": HIRING,
        "site": outcome.site,
        "currency": outcome.currency,
        "as_of": problem.as_of.isoformat(),
        "months": [f"{start:%Y-%m}" for start in starts[:-1]],
        "scenario": outcome.file.scenario,
        "status": plan.solved.status,
        "stopped": stopped,
        "cost": plan.total,
        "bound": None if left is None else plan.total - left,
        "gap": None if left is None else _share(left, plan.total - left, base),
        "cost_decidable": plan.solved.cost,
        "bound_decidable": plan.solved.bound,
        "gap_decidable": gap,
        "asked_gap": config.gap,
        "cost_parts": kept,
        "by": plan.by,
        "hires": float(sum(c.size for c in plan.classes)),
        "offers": sum(c.offers for c in plan.classes),
        "classes": len(plan.classes),
        "firm_classes": sum(c.firm for c in plan.classes),
        "first_class": min((c.start for c in plan.classes), default=None)
        and min(c.start for c in plan.classes).isoformat(),
        "earliest_start": (problem.as_of + dt.timedelta(days=round(7 * problem.rules.lead_weeks))).isoformat(),
        "possible_starts": len(class_starts(problem, Days.of(problem.months))),
        "heads": sum(len(k.staff) for k in problem.kinds),
        "people": _people(outcome),
        "kinds": {kind.name: _kind(kind) for kind in problem.kinds},
        "groups": {group.name: _group(outcome, group.name) for group in problem.groups},
        "probability_least": _least(outcome),
        "relief": _relief(outcome),
        "simulation": _simulation(outcome),
        "hire_up_to": {name: [round(float(h), 1) for h in hours] for name, hours in plan.hire_up_to.items()},
        "buffer": plan.buffer,
        "look": plan.look,
        "pays": plan.pays,
        "defaults": [m.key for m in outcome.matters],
        "notes": list(outcome.notes),
        "seconds": sum(outcome.stages.values()),
        "stages": dict(outcome.stages),
        "gap_history": [list(h) for h in plan.solved.history],
        "seed": config.seed,
        "versions": versions(),
        "wages_shown": True,
        "input_redacted": [],
        "input_hashes": {name: file.sha256 for name, file in outcome.files.items()},
    }


def open_cost(solved: Solved) -> float | None:
    """Return the money by which a plan may be dearer than the cheapest one; None without a bound."""
    return None if solved.cost is None or solved.bound is None else max(0.0, solved.cost - solved.bound)


def gap_of(solved: Solved, least: float) -> float | None:
    """Return (cost − bound) / |bound| of the decidable cost; None without a bound.

    That cost may lie near or below 0: people hired are worth something at the end, and time off saves wages.

    Parameters
    ----------
    least
        Stands for the bound where that is nearer to 0.
    """
    left = open_cost(solved)
    if left is None or solved.bound is None:
        return None
    return _share(left, solved.bound, least)


def _share(left: float, bound: float, least: float) -> float:
    return left / max(abs(bound), least) if left else 0.0


def decidable(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return a summary whose cost, bound and gap are those of what can be decided: what the asked gap is about."""
    return {**summary, **{key: summary[f"{key}_decidable"] for key in ("cost", "bound", "gap")}}


def _group(outcome: HiringOutcome, name: str) -> dict[str, Any]:
    """Return the figures of one group."""
    group = next(g for g in outcome.problem.groups if g.name == name)
    months, hour = outcome.plan.groups[name], fte_hours(outcome, group)
    kinds = [k for k in outcome.problem.kinds if k.group == name]
    need = group.demand.mean(axis=0)
    formula = formula_fte(outcome, group)
    required = need / hour
    return {
        "heads": sum(len(k.staff) for k in kinds),
        "hires": float(sum(c.size for c in outcome.plan.classes if c.kind in {k.name for k in kinds})),
        "required_fte_mean": float(required.mean()),
        "required_fte_peak": float(required.max()),
        "available_fte_mean": float(((months.supply + months.contract) / hour).mean()),
        "formula_fte_mean": float(formula.mean()),
        "formula_error": float(formula.mean() / required.mean() - 1) if required.mean() > 0 else None,
        "missing_h": float(months.missing.sum()),
        "overtime_h": float(months.overtime.sum()),
        "vendor_h": float(months.vendor.sum()),
        "probability": [float(p) for p in months.probability],
        "prices": {
            "overtime_h": group.recourse.overtime_cost,
            "time_off_h": group.recourse.off_saving,
            "vendor_h": group.recourse.vendor_cost,
            "short_h": group.recourse.short_cost,
            "lost_h": group.recourse.lost_cost,
        },
    }


def _people(outcome: HiringOutcome) -> dict[str, Any]:
    """Return how people leave, as it was planned with: estimated or given, the factor on it included."""
    learning = outcome.problem.kinds[0].learning  # all kinds learn and leave alike
    return {"leave": [float(q) for q in learning.leave], "fails": float(learning.fails)}


def _kind(kind: Kind) -> dict[str, Any]:
    """Return what the money of one kind follows from."""
    return {
        "group": kind.group,
        "contract": kind.contract,
        "heads": len(kind.staff),
        "paid_h": [float(h) for h in kind.paid_h],
        "wage_h": float(kind.cost_h),
        "hire": float(kind.hire_cost),
    }


def _relief(outcome: HiringOutcome) -> dict[str, Any] | None:
    """Return which limits keep a month below the wanted chance, and the cheapest step that helps."""
    found = outcome.missed
    if found is None:
        return None
    step = found.relief or found.nearest
    return {
        "wanted": found.wanted,
        "probability": found.now,
        "limits": [a.what for a in found.limits],
        "step": None if step is None else step.what,
        "step_probability": None if step is None else step.lowest,
        "reaches": found.relief is not None,
        "saves": None if step is None else step.saves,
        "all_limits": found.all_limits,
        "all_steps": found.all_steps,
    }


def _least(outcome: HiringOutcome) -> Mapping[str, Any] | None:
    """Return the month of the least chance, over all groups."""
    starts = outcome.problem.months.starts()
    worst: dict[str, Any] | None = None
    for name, months in outcome.plan.groups.items():
        at = int(np.argmin(months.probability))
        chance = float(months.probability[at])
        if worst is None or chance < worst["probability"]:
            worst = {"group": name, "month": f"{starts[at]:%Y-%m}", "probability": chance}
    return worst


def _simulation(outcome: HiringOutcome) -> Mapping[str, Any] | None:
    found = outcome.simulated
    if found is None:
        return None
    return {
        "paths": len(found.cost),
        "cost": float(found.cost.mean()),
        "cost_ci": list(mean_interval(found.cost)),
        "cost_quantiles": {f"{q:g}": float(np.quantile(found.cost, q)) for q in (0.1, 0.5, 0.9)},
    }
