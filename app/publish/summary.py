"""summary.json: what a run found, in figures that other programs read."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...schedule.judge.check import Verdict
from ...schedule.plan.coverage import below_floor, fit
from ..config.plan_toml import Config
from ..week import Week, searched_s

LIBRARIES = ("busyhour", "pulp", "highspy", "statsmodels", "pandas", "numpy", "scipy", "numba")


def versions() -> dict[str, str]:
    """Return the versions that a result depends on."""
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in LIBRARIES}


def _part(week: Week, stages: Mapping[str, float]) -> dict[str, Any]:
    """Return what the optimisation knows about its answer."""
    solved, prices = week.solved, sum(week.prices.values())
    return {
        "status": solved.status,
        "stopped": solved.stopped,
        "cost": week.cost_wages + prices,
        "cost_wages": week.cost_wages,
        "cost_prices": prices,
        "bound": solved.bound,
        "gap": solved.gap,
        "paid_hours": sum(p.shift.paid_min for p in week.planned) / 60,
        "seconds": searched_s(stages),
    }


def summarise(
    config: Config,
    week: Week,
    verdict: Verdict,
    service: pd.DataFrame,
    *,
    stages: Mapping[str, float],
    hashes: Mapping[str, str],
    label: Mapping[str, Any],
    notes: Sequence[str] = (),
    stopped: bool = False,
) -> dict[str, Any]:
    """Return summary.json as a dict; keys as in the reference page "Run folder".

    Parameters
    ----------
    service
        The table of service.csv.
    stages
        Seconds per stage.
    hashes
        SHA-256 of each input file.
    label
        Keys put in front: week, scenario and the like.
    notes
        What the reader should know of the inputs, a sentence each.
    stopped
        Whether the user stopped the run at any stage.
    """
    part = _part(week, stages)
    blocks = [
        {
            "dates": [d.isoformat() for d in b.dates],
            "cost": b.cost,
            "bound": b.bound,
            "gap": b.gap,
            "seconds": b.seconds,
        }
        for b in week.blocks
    ]
    figures = fit(week.coverage, week.problem.grid)
    return {
        "site": config.site.name,
        "note": config.site.note,
        "zone": config.site.zone,
        "currency": config.costs.currency,
        **label,
        **{k: v for k, v in part.items() if k != "seconds"},
        "stopped": "user" if stopped else part["stopped"],
        "asked_gap": config.solve.gap,
        "notes": list(notes),
        "cost_prices_parts": dict(week.prices),
        "over_agent_hours": figures["over_agent_hours"],
        "under_agent_hours": figures["under_agent_hours"],
        **_floor(week),
        "schedule_fit": figures["fit"],
        "occupancy": _occupancy(week),
        "open_shifts": len(week.open),
        "violations": len(verdict.violations),
        **_service(service),
        "goal_basis": "/".join(sorted({"interval" if d.by_interval else d.goal.basis for d in week.problem.demands})),
        "goals": {
            d.queue: f"{d.goal} of {d.goal.definition} by {'interval' if d.by_interval else d.goal.basis}"
            for d in week.problem.demands
        },
        "agents": len(week.problem.staff),
        "repairs": week.repairs,
        "simulation": None
        if week.simulation is None
        else {
            "runs": week.simulation.runs,
            "seconds": week.simulation.seconds,
            "half_width": week.simulation.half_width,
        },
        "seconds": sum(stages.values()),
        "stages": dict(stages),
        "gap_history": [list(h) for h in week.solved.history],
        "seed": config.solve.seed,
        "versions": versions(),
        "input_hashes": dict(hashes),
        "cover": {**part, "blocks": blocks},
        **({"roster": part} if week.problem.staff else {}),  # people and shifts are chosen together
    }


def _floor(week: Week) -> dict[str, Any]:
    """Return agent-hours below the floor, and the slot with the least service among them."""
    rows = below_floor(week.coverage, week.problem)
    hours = float((rows["floor"] - rows["on_phone"]).sum()) * week.problem.grid.hours
    if rows.empty:
        return {"below_floor_agent_hours": 0.0, "below_floor_slots": 0, "below_floor_worst": None}
    worst = rows.to_dict("records")[int(rows["service_level"].fillna(0.0).argmin())]
    told = {"queue": worst["queue"], "start": worst["start"].isoformat(), "expected": _number(worst["service_level"])}
    return {"below_floor_agent_hours": hours, "below_floor_slots": len(rows), "below_floor_worst": told}


def _occupancy(week: Week) -> float | None:
    if week.simulation is None:
        return None
    rows = week.simulation.service[week.simulation.service["period"] == "week"].dropna(subset=["occupancy"])
    return float(np.average(rows["occupancy"], weights=rows["offered"])) if rows["offered"].sum() > 0 else None


def _service(service: pd.DataFrame) -> dict[str, Any]:
    """Pool the queues' weeks, weighted by calls; their simulations are independent, so half-widths add in squares."""
    rows = service[(service["period"] == "week") & (service["calls"] > 0)]
    out: dict[str, Any] = {
        "service_level_expected": None,
        "service_level_simulated": None,
        "service_level_ci": None,
        "queues": {},
    }
    if rows.empty:
        return out
    for row in rows.to_dict("records"):
        ci = None if pd.isna(row["ci_lo"]) else [float(row["ci_lo"]), float(row["ci_hi"])]
        figures = {name: _number(row[name]) for name in ("goal", "expected", "simulated")}
        out["queues"][row["queue"]] = {**figures, "ci": ci}
    weight = rows["calls"].to_numpy() / max(rows["calls"].sum(), 1e-12)
    if rows["expected"].notna().all():
        out["service_level_expected"] = float(weight @ rows["expected"].to_numpy())
    if rows["simulated"].notna().all():
        mean = float(weight @ rows["simulated"].to_numpy())
        half = float(np.sqrt(((weight * (rows["ci_hi"] - rows["ci_lo"]).to_numpy() / 2) ** 2).sum()))
        out["service_level_simulated"], out["service_level_ci"] = mean, [max(0.0, mean - half), min(1.0, mean + half)]
    return out


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
