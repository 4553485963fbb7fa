"""A batch of tiny sites with an engine that plans nothing: runs are made from the inputs alone, in no time."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import pandas as pd
import sqlalchemy as sa

from busyhour.app.batch.config import BatchFile
from busyhour.app.batch.drive import Ended, Options, opened, run_batch
from busyhour.app.batch.ledger import Ledger, last
from busyhour.app.batch.task import Answer, Task
from busyhour.app.files import write_csv
from busyhour.app.folders.manifest import FILE as MANIFEST
from busyhour.app.folders.manifest import Manifest
from busyhour.app.starter_batch import write_batch_starter
from busyhour.forecast.progress import Watch

TODAY = dt.date(2026, 11, 30)
"""A Monday; the calls of the sites end the day before."""
WEEK, LATER = "2026-12-07", "2026-12-14"
"""The weeks that are planned."""
Fault = Callable[[Task], Answer | None]


class Quick:
    """An engine whose answers come at once.

    Parameters
    ----------
    fault
        Asked before each task: its answer, or None where the task is done.
    """

    places = 2

    def __init__(self, fault: Fault = lambda task: None) -> None:
        self.fault, self.tasks, self._answers = fault, list[Task](), list[Answer]()
        self.stopped = False

    def submit(self, task: Task) -> None:
        self.tasks.append(task)
        found = self.fault(task)
        self._answers.append(found if found is not None else done(task))

    def answers(self, timeout_s: float) -> Sequence[Answer]:
        found, self._answers = self._answers, []
        return found

    def stop(self) -> None:
        self.stopped = True

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


Engines = Callable[..., Quick]


def done(task: Task) -> Answer:
    """Do a task: the same inputs give the same files."""
    task.staging.mkdir()
    zone = "Europe/Berlin"
    days = 7 * task.weeks
    start = pd.date_range(task.week, periods=days, freq="D", tz=zone) + pd.Timedelta(hours=9)
    volume = pd.DataFrame({"queue": "calls", "start": start, "calls": 5.0, "handle_s": 300.0, "patience_s": 120.0,
                           "q0.1": 3.0, "q0.9": 8.0, "model": "weekday_mean"})  # fmt: skip
    write_csv(task.staging / "volume.csv", volume)
    if task.step == "forecast":
        return Answer(task.unit, task.attempt, "done", folder=task.staging, seconds=1.0)
    seed = hashlib.sha256()
    for path in sorted(task.inputs.iterdir()):
        seed.update(path.read_bytes())
    if task.previous is not None:
        seed.update((task.previous / "roster.csv").read_bytes())
    hour = 8 + seed.digest()[0] % 3
    shifts = pd.DataFrame(
        {
            "agent": ["a1", "a2"],
            "date": task.week,
            "pattern": "full",
            "start": f"{task.week}T{hour:02d}:00",
            "end": f"{task.week}T18:00",
            "paid_min": 480,
        }
    )
    write_csv(task.staging / "roster.csv", shifts)
    (task.staging / "inputs").mkdir()
    shutil.copy(task.inputs / "plan.toml", task.staging / "inputs")  # without staff.csv no rule reaches over weeks
    summary = {"week": task.week, "status": "optimal", "stopped": "gap", "gap": 0.0, "asked_gap": 0.05, "cost": None,
               "service_level_expected": 0.8, "service_level_simulated": 0.8, "paid_hours": 16.0, "seconds": 1.0,
               "under_agent_hours": 0.0, "zone": zone,
               "input_hashes": {p.name: _digest(p) for p in sorted(task.inputs.iterdir())}}  # fmt: skip
    (task.staging / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    (task.staging / MANIFEST).write_text(Manifest.of(task.staging, wages=task.wages).text, encoding="utf-8")
    return Answer(task.unit, task.attempt, "done", folder=task.staging, summary={**summary, "cost": 100.0}, seconds=1.0)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make(folder: Path, edit: Mapping[str, str] | None = None, *, weeks: int = 2) -> Path:
    """Write the batch of `busyhour init --batch` into `folder`; `edit` are replacements in batch.toml."""
    write_batch_starter(folder, TODAY)
    path = folder / "batch.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in {"weeks = 1  ": f"weeks = {weeks}  ", "workers = 2": "workers = 0", **(edit or {})}.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


def drive(path: Path, watch: Watch | None = None, **options: Any) -> Ended:
    """Run the batch as of `TODAY`."""
    asked = Options(**{"as_of": TODAY, **options})
    return run_batch(BatchFile.read(path), asked, watch or Watch(), lambda status: None, lambda told: None)


def content(folder: Path) -> dict[str, str]:
    """Return the hash of every file below the runs and the published plans of a batch."""
    found = [p for top in ("runs", "published") for p in (folder / top).rglob("*") if p.is_file()]
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in found}


def rows(path: Path, table: sa.Table) -> list[sa.Row]:
    """Return the rows of a table of the batch's store."""
    with opened(BatchFile.read(path)) as store, store.read() as c:
        return list(c.execute(table.select()))


def states(path: Path) -> dict[tuple[str, str, str], str]:
    """Return the states of the units of the last batch."""
    with opened(BatchFile.read(path)) as store:
        row = last(store, "weekly")
        assert row is not None
        units = Ledger(store, row.id).units()
    return {(u.site, u.step.value, u.week): u.state.value for u in units}


def correct(path: Path, site: str = "south", more: int = 1) -> None:
    """Correct the last calls of a site's own file."""
    calls = path.parent / "sites" / site / "calls.csv"
    lines = calls.read_text(encoding="utf-8").splitlines()
    start, offered, handle = lines[-1].split(",")
    lines[-1] = f"{start},{int(offered) + more},{handle}"
    calls.write_text("\n".join(lines) + "\n", encoding="utf-8")
