"""Plan one day with pyworkforce, shifts first and breaks after: task on standard input, plan on standard output.

Runs under the peer's own interpreter (`peer_breaks.py` starts it), since OR-Tools and highspy cannot be loaded in one
process. Task and answer are JSON; slots count from the opening. The answer's status is what the peer says of the step
that it reached: `shifts` (which and how many) or `breaks` (where each head's breaks lie).
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from typing import Any

from pyworkforce.breaks import BreakScheduler
from pyworkforce.scheduling import MinAbsDifference, MinRequiredResources

FOUND = ("OPTIMAL", "FEASIBLE")


def choose_shifts(task: dict[str, Any]) -> tuple[str, dict[str, int]]:
    """Return the peer's status and its heads per shift for the inflated need."""
    slots = len(task["need"])
    rows = {s["name"]: [int(s["start"] <= t < s["end"]) for t in range(slots)] for s in task["shifts"]}
    top = 4 * max(task["inflated"])
    given = {
        "num_days": 1,
        "periods": slots,
        "shifts_coverage": rows,
        "required_resources": [task["inflated"]],
        "max_period_concurrency": top,
        "max_shift_concurrency": top,
        "max_search_time": task["seconds"],
    }
    if task["scheduler"] == "MinRequiredResources":
        scheduler = MinRequiredResources(**given, cost_dict={s["name"]: s["cost"] for s in task["shifts"]})
    else:
        scheduler = MinAbsDifference(**given)
    solution = scheduler.solve()
    if solution["status"] not in FOUND:
        return solution["status"], {}
    return solution["status"], {r["shift"]: r["resources"] for r in solution["resources_shifts"] if r["resources"]}


def place_breaks(task: dict[str, Any], heads: dict[str, int]) -> tuple[str, list[dict[str, Any]]]:
    """Return the peer's status and its breaks for `heads`, the true need kept on the phone."""
    slots = len(task["need"])
    rows = {s["name"]: [int(s["start"] <= t < s["end"]) for t in range(slots)] for s in task["shifts"]}
    staffed = [sum(n for name, n in heads.items() if rows[name][t]) for t in range(slots)]
    if any(have < need for have, need in zip(staffed, task["need"], strict=True)):
        return "SHORT", []  # fewer heads than needed even without breaks: the peer would raise
    scheduler = BreakScheduler(
        num_days=1,
        periods=slots,
        shifts_coverage={name: rows[name] for name in heads},
        scheduled_resources={name: [n] for name, n in heads.items()},
        breaks=task["breaks"],
        min_coverage=[task["need"]],
        max_search_time=task["seconds"],
    )
    solution = scheduler.solve()
    return solution["status"], solution["break_schedule"] if solution["status"] in FOUND else []


def main() -> None:
    """Solve the task: shifts, then breaks."""
    task = json.load(sys.stdin)
    began = time.monotonic()
    shifts_status, heads = choose_shifts(task)
    middle = time.monotonic()
    breaks_status, breaks = place_breaks(task, heads) if heads else ("NOT TRIED", [])
    answer = {
        "shifts_status": shifts_status,
        "breaks_status": breaks_status,
        "heads": heads,
        "breaks": breaks,
        "seconds": [middle - began, time.monotonic() - middle],
        "versions": {name: version(name) for name in ("pyworkforce", "ortools")},
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
