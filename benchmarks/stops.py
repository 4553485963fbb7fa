"""How soon a stop ends the search: ``python -m benchmarks.stops [DESK ...] [--tries N]``.

A desk is decided again and again; each time a stop (what Ctrl-C does) is asked for at a random moment, and the time
until `decide` returns is measured, by the clock and in the process's own processor time. Desks: ``bank`` and
``helpdesk`` (``data/``), ``people`` (made, round the clock, ``--people``, one queue), ``skills`` (the same with two
queues), and ``cover`` (the week round the clock without names).
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.large_desk import write_desk
from benchmarks.schedule import BUILD_WEEK, read_problem
from busyhour.app.inputs import Inputs
from busyhour.app.run import decisive, predict, problem_of, requirement_of, service_data
from busyhour.forecast.progress import Event, Stopped, Watch
from busyhour.schedule.plan.decide import decide
from busyhour.schedule.plan.measure import ServiceData
from busyhour.schedule.plan.settings import SolveSettings
from busyhour.schedule.problem.problem import ScheduleProblem

DATA = Path(__file__).parents[1] / "data"
Case = tuple[ScheduleProblem, ServiceData]


def from_calls(name: str) -> Case:
    """Return the decision of one of the sample centres."""
    inputs = Inputs.from_folder(DATA / name)
    volume = predict(inputs, Watch()).volume
    needed = requirement_of(inputs, volume)
    problem = problem_of(inputs, needed.requirement, decisive(inputs.config, needed.curves))
    return problem, service_data(inputs, needed.curves, volume)


def made(people: int, skills: int) -> Case:
    """Return the decision of a made desk."""
    with tempfile.TemporaryDirectory() as folder:
        write_desk(Path(folder), people, skills)
        inputs = Inputs.from_requirement(Path(folder) / "requirement.csv", Path(folder) / "plan.toml")
    assert inputs.requirement is not None
    return problem_of(inputs, inputs.requirement, None), service_data(inputs, None, None)


def cover() -> Case:
    """Return the decision of the week round the clock in which nobody is named."""
    problem = read_problem(BUILD_WEEK)
    return problem, ServiceData(None, np.zeros(len(problem.grid)))


def measure(case: Case, settings: SolveSettings, stop_s: float) -> tuple[float, float, str, str]:
    """Return seconds and processor seconds from the stop to the end, the stage it met, and what came out."""
    last: list[str] = ["begin"]
    asked: list[tuple[float, float, str]] = []

    def show(event: Event) -> None:
        last[0] = f"{event.stage} {event.text}"

    watch = Watch(show=show)

    def stop() -> None:
        watch.stop.set()
        asked.append((time.monotonic(), time.process_time(), last[0]))

    timer = threading.Timer(stop_s, stop)
    timer.start()
    came = "nothing"
    with contextlib.suppress(Stopped):
        came = f"cost {decide(*case, settings, watch).solved.cost:,.0f}"
    ended, busy = time.monotonic(), time.process_time()
    timer.cancel()
    timer.join()
    if not asked:
        return 0.0, 0.0, "ended by itself", came
    return ended - asked[0][0], busy - asked[0][1], asked[0][2], came


def main() -> None:
    """Measure the desks asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("desks", nargs="*")
    parser.add_argument("--tries", type=int, default=20)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=30.0, help="stops are asked for within this time")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    desks: dict[str, Callable[[], Case]] = {
        "bank": lambda: from_calls("bank"),
        "helpdesk": lambda: from_calls("helpdesk"),
        "people": lambda: made(asked.people, 1),
        "skills": lambda: made(asked.people, 2),
        "cover": cover,
    }
    rng = np.random.default_rng(asked.seed)
    settings = SolveSettings(time_limit_s=4 * asked.seconds, gap=0.0)
    for name in asked.desks or desks:
        case = desks[name]()
        measure(case, dataclasses.replace(settings, time_limit_s=1.0), 0.0)  # loads and compiles
        found = [measure(case, settings, float(at)) for at in rng.uniform(0.0, asked.seconds, asked.tries)]
        for took, busy, stage, came in sorted(found, reverse=True)[:5]:
            print(f"{name}: {took:.2f} s, processor {busy:.2f} s, at {stage}: {came}", flush=True)
        print(f"{name}: worst of {len(found)} stops {max(f[0] for f in found):.2f} s, processor "
              f"{max(f[1] for f in found):.2f} s", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
