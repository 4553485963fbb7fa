"""A preload of Dask workers that plans nothing: what a task's site is called says what its worker does.

``poison`` kills its process, ``hog`` takes memory without end, ``hang`` hears nothing, ``slow`` goes on until it is
stopped, ``broken`` raises, ``big`` makes much; any other site is done at once. Each start of a task is a line in the
file that BUSYHOUR_STARTS names.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import types
from pathlib import Path
from typing import Any

from busyhour.app.batch.task import Answer, Task
from busyhour.forecast.progress import Watch

STARTS = "BUSYHOUR_STARTS"


def faulty(task: Task, watch: Watch) -> Answer:
    """Stand in for `run_task`."""
    if STARTS in os.environ:
        with Path(os.environ[STARTS]).open("a", encoding="utf-8") as file:
            file.write(f"{task.site} {task.unit} {task.attempt}\n")
    watch.tell("people", f"{task.site} began", best=3.0)
    match task.site.split("-")[0]:
        case "poison":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hog":
            kept = []
            while True:
                kept.append(bytearray(50_000_000))
                time.sleep(0.01)
        case "hang":
            while True:
                time.sleep(0.05)
        case "slow":
            while not watch.stopped:
                time.sleep(0.02)
            return Answer(task.unit, task.attempt, "lost", 130, "Stopped before the end.")
        case "broken":
            raise KeyError("a fault of the engine itself")
    task.staging.mkdir()
    content = os.urandom(12_000_000 if task.site == "big" else 10)
    (task.staging / "summary.json").write_text(json.dumps({"week": task.week}), encoding="utf-8")
    (task.staging / "content").write_bytes(content)
    (task.staging / "read").write_text((task.inputs / "plan.toml").read_text(encoding="utf-8"), encoding="utf-8")
    return Answer(task.unit, task.attempt, "done", folder=task.staging, summary={"week": task.week}, seconds=0.1)


def dask_setup(worker: Any) -> None:
    """Let this worker do as the sites say; what really plans is never imported, which saves seconds."""
    stand_in = types.ModuleType("busyhour.app.batch.work")
    stand_in.run_task = faulty  # type: ignore[attr-defined]
    sys.modules[stand_in.__name__] = stand_in
