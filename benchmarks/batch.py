"""Unattended batches: what a batch costs beside its plans, and what the store costs beside the batch.

Every figure that rests on plans is told beside the sum of the plans' own seconds in the same run, so that a busy
machine does not pass for a slow driver. ``driver`` measures the batch alone: one starter site is planned in full, and
that run stands in for the plan of every other site. Folders are made anew; nothing is kept unless ``--keep`` names a
folder.

The figures of a batch: ``small``, 200 small sites whose plans end by a gap of 30 %, tells overhead, unchanged sites and
a batch gone on with; ``speed-up`` plans 40 such sites with one worker and with two.

Commands keep compiled modules in a folder of their own, also where PYTHONDONTWRITEBYTECODE forbids that: an installed
package has its modules compiled, and no user waits for the compiler at each command.
"""

from __future__ import annotations

import argparse
import atexit
import datetime as dt
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from busyhour.app.batch import drive
from busyhour.app.batch.config import BatchFile
from busyhour.app.batch.task import Answer, Task
from busyhour.app.batch.work import run_task
from busyhour.app.starter import write_starter
from busyhour.app.starter_batch import write_batch_starter
from busyhour.app.store.accuracy import accuracy
from busyhour.app.store.calls import take
from busyhour.app.store.open import open_store, queue_ids, site_id
from busyhour.app.store.schema import score
from busyhour.forecast.calendar.grid import WEEKDAYS
from busyhour.forecast.progress import Watch

COMMAND = (sys.executable, "-m", "busyhour.app.cli")
GAP = 0.3
"""Asked gap of small sites: each plan is a short real one."""
QUEUES, LEADS = 200, (1, 7, 14, 21, 28)
SETTINGS = """[batch]
name = "bench"
sites = ["sites/*"]
[record]
late_days = 366
[plan]
freeze_weeks = 0
max_changed = 1.0
papers = []
[run]
workers = {workers}
timeout_s = 3600
attempts = 100
"""


UP = """
import time
began = time.monotonic()
from busyhour.app.batch.on_dask import OnDask
read = time.monotonic()
engine = OnDask({workers}, tell=lambda told: None)
engine.__enter__()
ready = time.monotonic()
engine.close()
print(f"{workers} workers up in {{ready - read:.2f}} s, after {{read - began:.2f}} s in which Dask is imported; "
      f"ended in {{time.monotonic() - ready:.2f}} s")
"""
"""In a process of its own, as a command is: workers import the main program of who starts them."""


def make_sites(folder: Path, number: int, workers: int, desk: str) -> dt.date:
    """Write a batch of `number` sites whose calls differ; return the day after the last call.

    Parameters
    ----------
    desk
        ``starter``, the site of `busyhour init`, or ``small``, one of `busyhour init --batch`, which plans in seconds.
    """
    home = folder / "model"
    if desk == "starter":
        write_starter(home)
    else:
        write_batch_starter(folder / "models")
        shutil.copytree(folder / "models" / "sites" / "south", home)
        shutil.rmtree(folder / "models")
    calls = pd.read_csv(home / "calls.csv")
    for i in range(number):
        site = folder / "sites" / f"s{i:03d}"
        shutil.copytree(home, site)
        rng = np.random.default_rng(i)
        offered = (calls["offered"] + rng.integers(0, 2, len(calls))).astype(calls["offered"].dtype)
        calls.assign(offered=offered).to_csv(site / "calls.csv", index=False)
    shutil.rmtree(home)
    (folder / "batch.toml").write_text(SETTINGS.format(workers=workers), encoding="utf-8")
    return pd.to_datetime(calls["start"].str[:10]).max().date() + dt.timedelta(days=1)


def patient(folder: Path, gap: float = GAP) -> None:
    """Let every plan of the sites end by its gap: a search that time cuts ends elsewhere on a busy machine."""
    for path in folder.glob("sites/*/plan.toml"):
        text = path.read_text(encoding="utf-8")
        for key, value in {"time_limit_s": 3600, "gap": gap}.items():
            text, found = re.subn(rf"^{key} = [0-9.]+", f"{key} = {value}", text, flags=re.MULTILINE)
            if found != 1:
                raise SystemExit(f"{path} has no {key}")
        path.write_text(text, encoding="utf-8")


@cache
def compiled() -> dict[str, str]:
    """Return the environment of commands: what is compiled once is kept, as with an installed package."""
    folder = tempfile.mkdtemp(prefix="batch-compiled-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    env = {**kept, "PYTHONPYCACHEPREFIX": folder}
    code = "import busyhour.app.batch.work, busyhour.app.batch.on_dask, busyhour.app.batch.chain"
    subprocess.run([sys.executable, "-c", code], check=True, env=env)
    return env


def run(folder: Path, *words: str) -> tuple[float, dict[str, Any]]:
    """Run a batch command; return its seconds and its summary."""
    env, began = compiled(), time.monotonic()
    words = (*COMMAND, "batch", *words, "--json", "--quiet")
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=env)
    seconds = time.monotonic() - began
    if done.returncode not in (0, 8):
        raise SystemExit(f"batch ended with {done.returncode}: {done.stderr}")
    return seconds, json.loads(done.stdout)


def planned_s(folder: Path) -> float:
    """Return the sum of the seconds of all units that workers have done."""
    with closing(sqlite3.connect(folder / "busyhour.db")) as store:
        return float(store.execute("SELECT sum(seconds) FROM unit WHERE seconds IS NOT NULL").fetchone()[0])


def whole(folder: Path, number: int, workers: int, desk: str, gap: float | None) -> None:
    """Measure a batch, the same again, and the batch gone on with when all its sites are done."""
    day = make_sites(folder, number, workers, desk)
    if gap is not None:
        patient(folder, gap)
    file = str(folder / "batch.toml")
    seconds, summary = run(folder, "run", file, "--as-of", str(day))
    plans = planned_s(folder)
    over = 1000 * (seconds - plans / workers) / number
    print(f"{number} {desk} sites, {workers} workers: {seconds:.1f} s, {summary['line']}")
    print(f"  sum of plans {plans:.1f} s; overhead a site {over:.0f} ms, {100 * seconds * workers / plans - 100:.1f} %")
    once_more(folder, number, day)


def once_more(folder: Path, number: int, day: dt.date) -> None:
    """Measure the same again, and the batch gone on with when all its sites are done: commands from start to end."""
    file = str(folder / "batch.toml")
    again, summary = run(folder, "run", file, "--as-of", str(day))
    with closing(sqlite3.connect(folder / "busyhour.db")) as store, store:
        store.execute("UPDATE batch SET state = 'stopped' WHERE id = (SELECT max(id) FROM batch)")
    resumed, _ = run(folder, "resume", file)
    words, env = [*COMMAND, "batch", "--help"], compiled()
    bare = min(timed(lambda: subprocess.run(words, capture_output=True, check=True, env=env)) for _ in "123")
    print(f"  again, {summary['unchanged']} unchanged: {again:.2f} s, {1000 * again / number:.1f} ms a site, "
          f"{1000 * (again - bare) / number:.1f} without a command that does nothing ({bare:.2f} s)")  # fmt: skip
    print(f"  gone on with, all {number} done: {resumed:.2f} s")


class Copies:
    """An engine that plans nothing: the forecast and the run of one site stand in for those of all.

    Attributes
    ----------
    models
        Answer of that site by step; its folder is copied.
    seconds
        What the copies took.
    """

    places = 2

    def __init__(self, models: dict[str, Answer]) -> None:
        self.models, self.seconds, self._answers = models, 0.0, list[Answer]()

    def submit(self, task: Task) -> None:
        """Copy what stands in for the task's result."""
        began, model = time.monotonic(), self.models[task.step]
        assert model.folder is not None
        shutil.copytree(model.folder, task.staging)
        self._answers.append(Answer(task.unit, task.attempt, "done", model.code, folder=task.staging,
                                    summary=model.summary, seconds=0.0))  # fmt: skip
        self.seconds += time.monotonic() - began

    def answers(self, timeout_s: float) -> Sequence[Answer]:
        """Return what was copied since the last call."""
        found, self._answers = self._answers, []
        return found

    def stop(self) -> None:
        """Nothing is at work."""

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def modelled(folder: Path, day: dt.date) -> Copies:
    """Forecast and plan the first site in full and return the engine that copies both."""
    site, week = folder / "sites" / "s000", day + dt.timedelta(days=-day.weekday() % 7 or 7)
    place, plan = folder / "model", {"solve": {"time_limit_s": 20}}
    place.mkdir()
    first = {"site": {"week_start": WEEKDAYS[day.weekday()]}}
    forecast = Task(1, 1, "model", "forecast", str(day), site, place / "forecast", weeks=5, plan=first)
    whole = Task(1, 1, "model", "plan", str(week), site, place / "plan", papers=(), plan=plan)
    models = {task.step: run_task(task) for task in (forecast, whole)}
    for step, answer in models.items():
        if answer.state != "done":
            raise SystemExit(f"the {step} of the model: {answer.message}")
    return Copies(dict(models))


def driver(folder: Path, number: int, desk: str) -> None:
    """Measure what a batch costs beside its plans: the first time, again, gone on with."""
    day = make_sites(folder, number, 2, desk)
    engine = modelled(folder, day)
    file, options = BatchFile.read(folder / "batch.toml"), drive.Options(as_of=day)
    drive.engine_of = lambda run, tell: engine
    began, cpu = time.monotonic(), time.process_time()
    ended = drive.run_batch(file, options, Watch(), lambda status: None, lambda told: None)
    seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    files = sum(path.is_file() for path in (folder / "model" / "plan").rglob("*"))
    print(f"{number} {desk} sites, nothing planned in full: {seconds:.1f} s, {ended.status.line()}")
    print(f"  {1000 * seconds / number:.0f} ms a site ({1000 * cpu / number:.0f} ms of processor time), "
          f"{1000 * engine.seconds / number:.0f} of them for the copy of a run of {files} files")  # fmt: skip
    once_more(folder, number, day)


def up(workers: int) -> None:
    """Measure how long the workers of this machine take to be usable, and to end."""
    subprocess.run([sys.executable, "-c", UP.format(workers=workers)], check=True, env=compiled())


def speed_up(folder: Path, number: int) -> None:
    """Measure how much quicker two workers are than one, over small sites."""
    found = {}
    for workers in (1, 2):
        place = folder / str(workers)
        place.mkdir(parents=True)
        day = make_sites(place, number, workers, "small")
        patient(place)
        found[workers], _ = run(place, "run", str(place / "batch.toml"), "--as-of", str(day))
        print(f"{number} small sites, workers {workers}: {found[workers]:.1f} s, plans {planned_s(place):.1f} s")
    print(f"  speed-up {found[1] / found[2]:.2f}")


def ingest(folder: Path, url: str) -> None:
    """Measure a nightly export of 200 queues: a week of half-hours, most of them known."""
    with open_store(url, base=folder) as store:
        for week, what in enumerate(("first week, all new", "second week, one day known before")):
            days = pd.date_range("2026-01-05", periods=48 * 7, freq="30min") + pd.Timedelta(days=6 * week)
            rng = np.random.default_rng(week)
            table = pd.DataFrame({
                "queue": np.repeat([f"q{i:03d}" for i in range(QUEUES)], len(days)),
                "start": np.tile(days.to_numpy(), QUEUES),
                "offered": rng.poisson(20, QUEUES * len(days)).astype(float),
                "handle_s": 300.0,
            })  # fmt: skip
            table.loc[week * table["start"].lt(days[48]).to_numpy(), "offered"] = 20.0
            began = time.monotonic()
            with store.write() as c:
                digest = hashlib.sha256(f"{week}".encode()).hexdigest()
                done = take(c, site_id(c, "bench", None), "calls.csv", digest, table, accept=True)
            told = f"{done.added:,} added, {done.corrected:,} corrected"
            print(f"{len(table):,} rows, {what} ({told}): {time.monotonic() - began:.2f} s on {url.partition(':')[0]}")


def scores(folder: Path, url: str, days: int) -> None:
    """Measure what `accuracy` costs over 200 queues and five leads."""
    with open_store(url, base=folder) as store:
        with store.write() as c:
            site = site_id(c, f"scored {days}", None)
            ids = list(queue_ids(c, site, [f"q{i:03d}" for i in range(QUEUES)]).values())
            dates = [str(dt.date(2021, 1, 4) + dt.timedelta(days=i)) for i in range(days)]
            numbers = {column.name: 1.0 for column in score.c if column.name not in ("queue", "lead", "day", "model")}
            for queue in ids:
                c.execute(score.insert(), [{"queue": queue, "lead": lead, "day": day, **numbers, "model": "factor"}
                                           for lead in LEADS for day in dates])  # fmt: skip
        for by in (("lead",), ("lead", "week"), ("queue", "lead")):
            began = time.monotonic()
            with store.read() as c:
                rows = len(accuracy(c, by, site=site))
            seconds = time.monotonic() - began
            print(f"accuracy by {','.join(by)} over {days} days × {QUEUES} queues × {len(LEADS)} leads: "
                  f"{seconds:.2f} s, {rows:,} rows on {url.partition(':')[0]}")  # fmt: skip


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("small", "whole", "driver", "up", "speed-up", "ingest", "accuracy"))
    parser.add_argument("--sites", type=int, help="sites of a batch: 200, of speed-up 40")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--desk", choices=("starter", "small"), default="starter", help="of whole and driver")
    parser.add_argument("--gap", type=float, help="asked gap of whole, which ends every plan; else a minute")
    parser.add_argument("--url", default="sqlite:///busyhour.db", help="store of ingest and accuracy")
    parser.add_argument("--keep", type=Path, help="folder that stays; it must not exist")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="batch-") as name:
        folder = asked.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=asked.keep is None)
        match asked.what:
            case "small":
                whole(folder, asked.sites or 200, asked.workers, "small", GAP)
            case "whole":
                whole(folder, asked.sites or 200, asked.workers, asked.desk, asked.gap)
            case "driver":
                driver(folder, asked.sites or 200, asked.desk)
            case "up":
                up(asked.workers)
            case "speed-up":
                speed_up(folder, asked.sites or 40)
            case "ingest":
                ingest(folder, asked.url)
            case "accuracy":
                for days in (13 * 7, 5 * 365):
                    scores(folder, asked.url, days)


if __name__ == "__main__":
    main()
