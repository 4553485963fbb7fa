"""Simulate one pool with simpy: task as JSON on standard input, answer as JSON on standard output.

Runs under the peer's own interpreter (`benchmarks.simulate` starts it).
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Generator
from importlib.metadata import version
from typing import Any

import simpy


def simulate(task: dict[str, Any]) -> int:
    """Return how many of the task's calls are answered in time; the pool starts empty."""
    rng, env = random.Random(task["seed"]), simpy.Environment()
    pool = simpy.Resource(env, task["agents"])
    in_time = 0

    def caller() -> Generator[Any, Any, None]:
        nonlocal in_time
        came, patience = env.now, rng.expovariate(1 / task["patience_s"])
        with pool.request() as turn:
            yield turn | env.timeout(patience)
            if turn.triggered:
                in_time += env.now - came <= task["within_s"]
                yield env.timeout(rng.expovariate(1 / task["handle_s"]))

    def source() -> Generator[Any, Any, None]:
        for _ in range(task["calls"]):
            yield env.timeout(rng.expovariate(task["load_erl"] / task["handle_s"]))
            env.process(caller())

    env.process(source())
    env.run()
    return in_time


if __name__ == "__main__":
    task = json.load(sys.stdin)
    began = time.process_time()
    in_time = simulate(task)
    seconds = time.process_time() - began
    answer = {"name": f"simpy {version('simpy')}", "calls": task["calls"], "in_time": in_time, "seconds": seconds}
    json.dump(answer, sys.stdout)
