"""summary.json: what a run found, in figures that other programs read."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..schedule.check import Verdict
from ..schedule.coverage import below_floor, fit, heads_of, heads_planned, shortfall
from ..schedule.status import Solved, sound_bound
from .config import Config
from .week import Week

OPTIMAL = 1e-6

LIBRARIES = ("busyhour", "pulp", "highspy", "statsmodels", "pandas", "numpy", "scipy", "numba")


def versions() -> dict[str, str]:
    """Return the versions that a result depends on."""
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in LIBRARIES}


def _part(
    solved: Solved,
    wages: float,
    prices: float,
    bound: float | None,
    paid_hours: float,
    seconds: float,
    asked: float,
) -> dict[str, Any]:
    told = replace(solved, cost=wages + prices, bound=sound_bound(bound, wages + prices))
    proven, reached = told.gap is not None and told.gap <= OPTIMAL, told.gap is not None and told.gap <= asked
    return {
        "status": "optimal" if proven else "feasible" if solved.status == "optimal" else solved.status,
        "stopped": solved.stopped if solved.stopped != "gap" or reached else None,
        "cost": told.cost,
        "cost_wages": wages,
        "cost_prices": prices,
        "bound": told.bound,
        "gap": told.gap,
        "paid_hours": paid_hours,
        "seconds": seconds,
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
    cover = week.cover
    cover_hours = sum(p.shift.paid_min for p in cover.planned) / 60
    seconds = stages.get("cover", 0.0)
    wages, prices_then, bound = cover.cost_wages, cover.cost_prices, cover.solved.bound
    asked = max(config.solve.gap, config.solve.cover_gap)
    parts = {"cover": _part(cover.solved, wages, prices_then, bound, cover_hours, seconds, asked)}
    parts["cover"]["mended"] = week.repairs > 0  # then the published shifts are more than these
    parts["cover"]["blocks"] = [
        {
            "dates": [d.isoformat() for d in b.dates],
            "cost": b.cost,
            "bound": b.bound,
            "gap": b.gap,
            "seconds": b.seconds,
        }
        for b in cover.blocks
    ]
    published, prices, solved = parts["cover"], {"lost_calls_and_under": cover.cost_prices}, cover.solved
    if week.roster is not None:
        roster = week.roster
        named_hours = sum(p.shift.paid_min for shifts in roster.assigned.values() for p in shifts) / 60
        named = {name: price for name, price in roster.prices.items() if name != "left_short"}  # exactly: shortfall
        prices = {**named, **shortfall(heads_of(week.coverage, week.problem.grid), week.problem)}
        seconds = stages.get("roster", 0.0)
        wages, asked = roster.cost_wages, config.solve.gap
        parts["roster"] = _part(roster.solved, wages, sum(prices.values()), _bound(week), named_hours, seconds, asked)
        published, solved = parts["roster"], roster.solved
    figures = fit(week.coverage, week.problem.grid)
    proven = cover.solved.status == "optimal"
    return {
        "site": config.site.name,
        "note": config.site.note,
        "zone": config.site.zone,
        "currency": config.costs.currency,
        **label,
        **{k: v for k, v in published.items() if k not in ("seconds", "blocks", "mended")},
        "status": published["status"] if proven or published["status"] != "optimal" else "feasible",
        "stopped": _stopped(parts, published, by_user=stopped),
        "asked_gap": config.solve.gap,
        "notes": list(notes),
        "cost_prices_parts": prices,
        "over_agent_hours": figures["over_agent_hours"],
        "under_agent_hours": figures["under_agent_hours"],
        **_floor(week),
        "schedule_fit": figures["fit"],
        "occupancy": _occupancy(week),
        "open_shifts": len(week.roster.open) if week.roster is not None else 0,
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
        "gap_history": [list(h) for h in solved.history],
        "seed": config.solve.seed,
        "versions": versions(),
        "input_hashes": dict(hashes),
        **parts,
    }


def _bound(week: Week) -> float | None:
    """Return the bound of the named plan: that of its roster, and what even all planned heads leave short."""
    if week.roster is None or week.roster.solved.bound is None:
        return None
    least = shortfall(heads_planned(week.problem, week.planned), week.problem, at_least=True)
    return week.roster.solved.bound + sum(least.values())


def _stopped(parts: Mapping[str, Any], published: Mapping[str, Any], *, by_user: bool) -> str | None:
    """Tell why the run ended: by its user, by time in any stage, by the gap asked for, or (None) at its own end."""
    reasons = [part["stopped"] for part in parts.values()]
    early = ["user"] * by_user + [reason for reason in ("user", "time") if reason in reasons]
    told: str | None = early[0] if early else published["stopped"]
    return told


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
