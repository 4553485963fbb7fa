"""Tasks for the engine on Dask, done as a driver does them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from busyhour.app.batch.on_dask import OnDask
from busyhour.app.batch.task import Answer, Task, Told

WAIT_S = 300.0
"""Seconds after which something that never comes fails a test; what comes is not waited for any longer."""


def task(place: Path, site: str, unit: int = 1) -> Task:
    """Return a task whose inputs are there."""
    inputs = place / f"inputs-{site}"
    inputs.mkdir(exist_ok=True)
    (inputs / "plan.toml").write_text(f"# {site}", encoding="utf-8")
    return Task(unit, 1, site, "plan", "2026-10-19", inputs, place / f"staging-{unit}", timeout_s=600.0)


def drive(
    engine: OnDask, tasks: list[Task], attempts: int = 3, meanwhile: Callable[[], None] = lambda: None
) -> list[Answer]:
    """Do tasks as a driver does: one in flight a worker, lost ones again; return the last answer of each."""
    waiting, last, flying = list(tasks), dict[int, Answer](), dict[int, Task]()
    until = time.monotonic() + WAIT_S
    while waiting or flying:
        assert time.monotonic() < until, (waiting, flying)
        while waiting and len(flying) < engine.places:
            one = waiting.pop(0)
            engine.submit(one)
            flying[one.unit] = one
        meanwhile()
        for answer in engine.answers(0.5):
            done, last[answer.unit] = flying.pop(answer.unit), answer
            if answer.state == "lost" and answer.code == 1 and answer.attempt < attempts:
                n = answer.attempt + 1
                waiting.append(replace(done, attempt=n, staging=done.staging.with_name(f"{done.staging.name}-{n}")))
    return [last[t.unit] for t in tasks]


def starts(file: Path) -> Counter[str]:
    """Return how often the task of each site was begun."""
    return Counter(line.split()[0] for line in file.read_text(encoding="utf-8").splitlines())


def said(told: list[Told]) -> str:
    """Return what an engine has said of its workers."""
    return "\n".join(t.event.text for t in told if t.unit is None)
