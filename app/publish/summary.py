"""summary.json: what a run found, in figures that other programs read."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ...schedule.plan.changes import changes_table
from ...schedule.plan.coverage import fit
from ...schedule.plan.decision import Decision
from ...schedule.plan.figures import floor_figures, missed_figures, occupancy, period_figures, service_figures
from ...schedule.plan.stages import searched_s
from ...schedule.price.shortfall import gap_in_slots
from ..gap import stopped_by
from ..outcome import Outcome
from ..versions import versions


def summarise(outcome: Outcome) -> dict[str, Any]:
    """Return summary.json as a dict; keys as in the reference page "Run folder"."""
    found, inputs = outcome.decision, outcome.inputs
    config, part = inputs.config, _part(outcome)
    figures = fit(found.coverage, found.problem.grid)
    return {
        "site": config.site.name,
        "note": config.site.note,
        "zone": config.site.zone,
        "currency": config.costs.currency,
        "week": inputs.week.isoformat(),
        "interval_min": config.site.interval_min,
        "grid_min": config.site.grid_min,
        "scenario": inputs.scenario,
        **{k: v for k, v in part.items() if k != "seconds"},
        "stopped": "user" if outcome.stopped else part["stopped"],
        "asked_gap": config.solve.gap,
        "notes": list(outcome.notes),
        "cost_prices_parts": dict(found.prices),
        "over_agent_hours": figures["over_agent_hours"],
        "under_agent_hours": figures["under_agent_hours"],
        **missed_figures(found),
        **period_figures(found),
        **floor_figures(found),
        "schedule_fit": figures["fit"],
        "occupancy": occupancy(found),
        "open_shifts": len(found.open),
        "violations": len(outcome.verdict.violations),
        **service_figures(outcome.service),
        **_goals(found),
        "agents": len(found.problem.staff),
        "few_hours": [asdict(f) for f in outcome.few_hours],
        **_kept(outcome),
        "repairs": found.repairs,
        "simulation": _simulation(found),
        "seconds": sum(outcome.stages.values()),
        "stages": dict(outcome.stages),
        "gap_history": [list(h) for h in found.solved.history],
        "seed": config.solve.seed,
        "versions": versions(),
        "input_hashes": {name: file.sha256 for name, file in inputs.files.items()},
        "cover": {**part, "blocks": _blocks(found)},
        **({"roster": part} if found.named else {}),  # one plan, told under both names that readers know
    }


def _part(outcome: Outcome) -> dict[str, Any]:
    """Return what the optimisation knows about its plan."""
    found = outcome.decision
    return {
        "status": found.solved.status,
        "stopped": stopped_by(found.solved, outcome.inputs.config.solve.gap),
        "cost": found.cost_wages + found.cost_prices,
        "cost_wages": found.cost_wages,
        "cost_prices": found.cost_prices,
        "bound": found.solved.bound,
        "gap": found.solved.gap,
        "gap_in_slots": gap_in_slots(found.problem, found.solved.cost, found.solved.bound),
        "paid_hours": found.paid_hours,
        "seconds": searched_s(outcome.stages),
    }


def _blocks(found: Decision) -> list[dict[str, Any]]:
    """Return the independent runs of days of an anonymous plan."""
    return [
        {
            "dates": [d.isoformat() for d in b.dates],
            "cost": b.cost,
            "bound": b.bound,
            "gap": b.gap,
            "seconds": b.seconds,
        }
        for b in found.blocks
    ]


def _kept(outcome: Outcome) -> dict[str, Any]:
    """Return what was changed of the plan that is kept, and what keeping costs; nothing where none is."""
    found = outcome.decision
    if not any(agent.kept for agent in found.problem.staff):
        return {}
    changed = changes_table(found)
    price, bound = found.prices.get("change", 0.0), found.free_bound
    rest = found.cost_wages + found.cost_prices - price
    return {
        "kept": {
            "changed_days": len(changed),
            "changed_people": int(changed["agent"].nunique()),
            "forced_days": int(changed["forced"].sum()),
            "known_days": sum(len(agent.kept) for agent in found.problem.staff),
            "change_price": found.problem.costs.change_price,
            "price_of_changes": price,
            "cost_without_changes": rest,
            "free_bound": bound,
            "keeping_costs_at_most": None if bound is None else max(0.0, rest - bound),
            "keeping_costs_at_most_share": None if not bound or bound <= 0 else max(0.0, rest - bound) / bound,
        }
    }


def _goals(found: Decision) -> dict[str, Any]:
    """Return what the queues promise, and over which periods."""
    basis = {d.queue: "interval" if d.by_interval else d.goal.basis for d in found.problem.demands}
    return {
        "goal_basis": "/".join(sorted(set(basis.values()))),
        "goals": {d.queue: f"{d.goal} of {d.goal.definition} by {basis[d.queue]}" for d in found.problem.demands},
    }


def _simulation(found: Decision) -> dict[str, Any] | None:
    """Return how long the plan was simulated and how sure its service is."""
    run = found.simulation
    return None if run is None else {"runs": run.runs, "seconds": run.seconds, "half_width": run.half_width}
