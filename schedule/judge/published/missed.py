"""goals_missed of summary.json: goals and floors held against the simulated service of service.csv."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from .beyond import BASES
from .run import Fault, Found, Published, minutes

EDGE = 2e-6
"""Distance from a goal within which the rounding of service.csv may decide."""

Key = tuple[str, str, float, bool]
"""Queue, period, start in real minutes, and whether the floor is meant."""

FIGURES = ("goal", "simulated", "ci_lo", "ci_hi")


def goal_basis(run: Published, queue: str) -> str:
    """Return the period over which the goal of a queue holds: without a curve it is an interval."""
    goal = run.goals[queue]
    return goal.basis if goal.basis != "interval" and _has_curve(run, queue) else "interval"


def _has_curve(run: Published, queue: str) -> bool:
    if run.requirement is None:
        return queue in set(run.tables["volume"]["queue"])
    return run.curve is not None and ("queue" not in run.curve or queue in set(run.curve["queue"]))


def missed(run: Published) -> Found:
    """Ensures that summary.json tells every goal and floor that service.csv misses, with its figures, and no other."""
    told, wanted = run.summary.get("goals_missed"), dict(_wanted(run))
    if not isinstance(told, list):
        yield Fault(None, f"goals_missed is {told!r}" if "goals_missed" in run.summary else "goals_missed is missing")
        return
    have: dict[Key, Mapping[str, Any]] = {}
    for entry in told:
        key = _key(run, entry)
        if key is None or key in have:
            yield Fault(None, f"goals_missed holds {entry!r}" + (" twice" if key is not None else ""))
            return
        have[key] = entry
    faults = list(_compared(have, wanted))
    yield from faults or _floors(run, have)


def _compared(have: Mapping[Key, Mapping[str, Any]], wanted: Mapping[Key, Mapping[str, float]]) -> Found:
    """Compare what is told with what is missed; on the edge either is right."""
    for key, row in wanted.items():
        if key not in have and row["below"] > EDGE:
            yield Fault(key[2], f"goals_missed lacks {_words(key)}: {row['simulated']:.4f} of {row['goal']:g}")
    for key, entry in have.items():
        found = wanted.get(key)
        if found is None or found["below"] < -EDGE:
            yield Fault(key[2], f"goals_missed tells {_words(key)}, which is not missed")
            continue
        for name in FIGURES:
            if not isinstance(entry.get(name), int | float) or abs(entry[name] - found[name]) > EDGE:
                yield Fault(key[2], f"{name} of {_words(key)} is {entry.get(name)!r}, expected {found[name]:.6g}")


def _wanted(run: Published) -> Iterator[tuple[Key, dict[str, float]]]:
    """Yield the periods that have a goal or a floor and a simulated service, and by how much each lies below."""
    table = run.tables["service"]
    basis = {name: goal_basis(run, name) for name in run.queues}
    for start, r in zip(minutes(table["start"]), table.to_dict("records"), strict=True):
        goal, period = run.goals[r["queue"]], r["period"]
        is_floor = period == "interval" and basis[r["queue"]] != "interval"
        if math.isnan(r["simulated"]) or not (is_floor or period == basis[r["queue"]]):
            continue
        level = goal.floor if is_floor else goal.level
        level = float(r["goal"]) if period in BASES else level  # what the part of a longer period must reach
        reached = r["simulated"] if is_floor else r["ci_hi"]
        figures = {"goal": level, **{name: float(r[name]) for name in FIGURES[1:]}}
        if level - reached > -EDGE:
            yield (r["queue"], period, float(start), is_floor), {**figures, "below": level - reached}


def _key(run: Published, entry: Any) -> Key | None:
    """Return which period an entry of goals_missed is about; None where it is no such entry."""
    if not isinstance(entry, dict) or not isinstance(entry.get("is_floor"), bool):
        return None
    start = run.asked.clock.minute(entry["start"]) if isinstance(entry.get("start"), str) else None
    if start is None or entry.get("queue") not in run.queues or not isinstance(entry.get("period"), str):
        return None
    return entry["queue"], entry["period"], float(start), entry["is_floor"]


def _words(key: Key) -> str:
    queue, period, _, is_floor = key
    return f"the {'floor' if is_floor else 'goal'} of {queue} for the {period}"


def _floors(run: Published, have: Mapping[Key, Mapping[str, Any]]) -> Found:
    """Ensures how many intervals lie below their floor by simulation, and which of them lies furthest below."""
    simulated = isinstance(run.summary.get("simulation"), dict)
    floors = {key: entry for key, entry in have.items() if key[3]}
    count, worst = (run.summary.get(f"floor_missed_{name}") for name in ("intervals", "worst"))
    if count != (len(floors) if simulated else None) or isinstance(count, bool):
        yield Fault(None, f"floor_missed_intervals is {count!r}, goals_missed tells {len(floors)}")
    if not floors and worst is None:
        return
    deepest = max((e["goal"] - e["simulated"] for e in floors.values()), default=0.0)
    found = next((e for e in floors.values() if e == worst), None)
    if found is None or found["goal"] - found["simulated"] < deepest:
        yield Fault(None, f"floor_missed_worst is {worst!r}, which does not lie furthest below its floor")
