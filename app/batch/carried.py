"""A task in a worker of a cluster: its files unpacked where they were shipped, its progress told, a stop heard."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from distributed import get_worker

from ...forecast.progress import Event, Watch
from ..cli.exit_codes import INTERNAL
from .bundles import packed, unpacked
from .task import Answer, Task

TELL_S, HEED_S = 1.0, 0.3
"""Seconds between two lines of progress of one stage, and between two looks whether the task is still wanted."""
FOLDERS = ("inputs", "previous", "forecast", "published")
"""Fields of a task that name folders to read."""
RUN = "run"
FIGURES = ("share", "best", "bound", "gap")


def shipped(task: Task) -> bytes:
    """Return what a task reads as one file."""
    return packed({name: folder for name in FOLDERS if (folder := getattr(task, name)) is not None})


def carried(task: Task, bundle: bytes | None, topic: str) -> tuple[Answer, bytes | None]:
    """Do a task in a worker; return the answer, and its folder as one file where a `bundle` was shipped.

    Parameters
    ----------
    bundle
        The task's files; None where this machine sees the same paths.
    topic
        Where progress is told.
    """
    from .work import run_task  # this brings all that plans, which the driver does not need

    worker: Any = get_worker()
    key = worker.get_current_task()
    over, watch = threading.Event(), Watch(_teller(worker, topic, task.unit))
    threading.Thread(target=_heed, args=(worker, key, watch, over), daemon=True).start()
    try:
        if bundle is not None:
            return _unpacked_and_done(task, bundle, Path(worker.local_directory), lambda task: run_task(task, watch))
        if not task.inputs.is_dir():
            message = f'{task.inputs} is not there on {worker.address}: set files = "shipped" in [run]'
            return Answer(task.unit, task.attempt, "lost", INTERNAL, message), None
        return run_task(task, watch), None
    finally:
        over.set()


def _unpacked_and_done(
    task: Task, bundle: bytes, home: Path, work: Callable[[Task], Answer]
) -> tuple[Answer, bytes | None]:
    """Do a task on copies of its files, in a folder that goes with the worker."""
    with tempfile.TemporaryDirectory(prefix="busyhour-", dir=home) as name:
        place = Path(name)
        unpacked(bundle, place / "task")
        there = {field: place / "task" / field for field in FOLDERS if getattr(task, field) is not None}
        answer = work(replace(task, **there, staging=place / RUN))  # type: ignore[arg-type]
        return replace(answer, folder=None), packed({"": place / RUN}) if answer.state == "done" else None


def _teller(worker: Any, topic: str, unit: int) -> Callable[[Event], None]:
    """Return what tells the driver of events: each new stage, and a stage's news once a second."""
    last: dict[str, float] = {}

    def show(event: Event) -> None:
        now = time.monotonic()
        if now - last.get(event.stage, 0.0) >= TELL_S:
            last[event.stage] = now
            figures = {name: None if (x := getattr(event, name)) is None else float(x) for name in FIGURES}
            told = {"stage": event.stage, "text": event.text, **figures}
            worker.log_event(topic, {"unit": unit, "worker": worker.address, "event": told})

    return show


def _heed(worker: Any, key: str, watch: Watch, over: threading.Event) -> None:
    """Stop the task when nobody wants its result any more: the driver has stopped, or is gone."""
    while not over.wait(HEED_S):
        task = worker.state.tasks.get(key)
        if task is None or task.state == "cancelled":
            watch.stop.set()
            return
