"""The figures that sum a plan up: service per queue and in all, occupancy, time below the floor."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from ...forecast.queueing.goal.targets import BEYOND
from .coverage import below_floor
from .decision import Decision
from .part_levels import part_levels


def service_table(found: Decision) -> pd.DataFrame:
    """Return service.csv: goal, floor, expectation, simulation per queue and interval, day, week, and expected calls.

    Only intervals have a floor, and only where the goal holds over a longer period. The part of the week in a month or
    contract's period has the level that it must reach for the whole to reach the goal.
    """
    level = {d.queue: d.goal.level for d in found.problem.demands}
    floor = {d.queue: float("nan") if d.by_interval else d.goal.floor for d in found.problem.demands}
    out = found.expected.assign(goal=found.expected["queue"].map(level), floor=found.expected["queue"].map(floor))
    out["floor"] = out["floor"].where(out["period"] == "interval").astype(float)
    for (queue, start), part in part_levels(found.problem, found.expected).items():
        beyond = (out["queue"] == queue) & (out["start"] == start) & out["period"].isin(BEYOND)
        out.loc[beyond, "goal"] = part.needed
    key, simulated = ["queue", "period", "start"], ["simulated", "ci_lo", "ci_hi"]
    if found.simulation is not None:
        out = out.merge(found.simulation.service[[*key, *simulated]], on=key, how="left", validate="one_to_one")
    else:
        out = out.assign(**dict.fromkeys(simulated, float("nan")))
    return out[[*key, "goal", "floor", "expected", *simulated, "calls"]]


def missed_figures(found: Decision) -> dict[str, Any]:
    """Return what the plan misses by simulation: every goal and floor, how many floors, and the worst of these.

    The worst lies furthest below its floor. Where nothing was simulated, `floor_missed_intervals` is None.
    """
    rows = [asdict(m) | {"start": m.start.isoformat()} for m in found.missed]
    floors = [row for row in rows if row["is_floor"]]
    worst = max(floors, key=lambda row: row["goal"] - row["simulated"], default=None)
    return {
        "goals_missed": rows,
        "floor_missed_intervals": None if found.simulation is None else len(floors),
        "floor_missed_worst": worst,
    }


def period_figures(found: Decision) -> dict[str, Any]:
    """Return what is known of the periods that reach beyond the week: `goal_periods`; nothing where there are none."""
    rows = []
    for part in part_levels(found.problem, found.expected).values():
        p, figure = part.period, part.figure
        row = {
            "queue": part.demand.queue, "period": part.demand.goal.basis, "start": part.start.isoformat(),
            "first": p.first.isoformat(), "last": p.last.isoformat(), "level": part.demand.goal.level,
            "banked_in": p.banked_in, "banked_counted": p.banked_counted,
            "banked_until": None if p.banked_until is None else p.banked_until.isoformat(),
            "rest_calls": p.rest_calls, "rest": p.rest,
            "needed": part.needed, "expected": part.expected, "figure_expected": figure, "state": part.state,
        }  # fmt: skip
        if p.ladder and figure is not None:
            pays = p.money(figure)
            row |= {"money_expected": pays, "bonus_missed": max(0.0, p.ladder[-1][1]) - max(0.0, pays)}
        rows.append(row)
    return {"goal_periods": rows} if rows else {}


def floor_figures(found: Decision) -> dict[str, Any]:
    """Return agent-hours below the heads that the floor asks, and the slot with the least expected service there."""
    rows = below_floor(found.coverage, found.problem)
    hours = float((rows["floor"] - rows["on_phone"]).sum()) * found.problem.grid.hours
    if rows.empty:
        return {"below_floor_agent_hours": 0.0, "below_floor_slots": 0, "below_floor_worst": None}
    worst = rows.to_dict("records")[int(rows["service_level"].fillna(0.0).argmin())]
    told = {"queue": worst["queue"], "start": worst["start"].isoformat(), "expected": _number(worst["service_level"])}
    return {"below_floor_agent_hours": hours, "below_floor_slots": len(rows), "below_floor_worst": told}


def occupancy(found: Decision) -> float | None:
    """Return the simulated occupancy of the week, queues weighted by calls; None without a simulation or a call."""
    if found.simulation is None:
        return None
    rows = found.simulation.service[found.simulation.service["period"] == "week"].dropna(subset=["occupancy"])
    return float(np.average(rows["occupancy"], weights=rows["offered"])) if rows["offered"].sum() > 0 else None


def service_figures(service: pd.DataFrame) -> dict[str, Any]:
    """Pool the queues' weeks, weighted by calls; their simulations are independent, so half-widths add in squares.

    Parameters
    ----------
    service
        What `service_table` returned.
    """
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
