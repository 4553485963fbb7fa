"""Simulate one pool with Ciw: task as JSON on standard input, answer as JSON on standard output.

Runs under the peer's own interpreter (`benchmarks.simulate` starts it).
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from typing import Any

import ciw


def simulate(task: dict[str, Any]) -> tuple[int, int]:
    """Return how many calls came, and how many of them were answered in time; the pool starts empty."""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=task["load_erl"] / task["handle_s"])],
        service_distributions=[ciw.dists.Exponential(rate=1 / task["handle_s"])],
        reneging_time_distributions=[ciw.dists.Exponential(rate=1 / task["patience_s"])],
        number_of_servers=[task["agents"]],
    )
    ciw.seed(task["seed"])
    run = ciw.Simulation(network)
    run.simulate_until_max_customers(task["calls"], method="Finish")
    records = run.get_all_records()
    in_time = sum(r.record_type == "service" and r.waiting_time <= task["within_s"] for r in records)
    return len(records), in_time


if __name__ == "__main__":
    task = json.load(sys.stdin)
    began = time.process_time()
    calls, in_time = simulate(task)
    seconds = time.process_time() - began
    json.dump({"name": f"Ciw {version('ciw')}", "calls": calls, "in_time": in_time, "seconds": seconds}, sys.stdout)
