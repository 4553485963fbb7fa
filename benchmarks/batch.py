"""Unattended batches: what a batch costs beside its plans, and what the store costs beside the batch.

Every figure that rests on plans is told beside the sum of the plans' own seconds in the same run, so that a busy
machine does not pass for a slow driver. Folders are made anew; nothing is kept unless ``--keep`` names a folder.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from busyhour.app.batch.on_dask import OnDask
from busyhour.app.starter import write_starter
from busyhour.app.starter_batch import write_batch_starter
from busyhour.app.store.accuracy import accuracy
from busyhour.app.store.calls import take
from busyhour.app.store.open import open_store, queue_ids, site_id
from busyhour.app.store.schema import score

COMMAND = (sys.executable, "-m", "busyhour.app.cli")
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


def run(folder: Path, *words: str) -> tuple[float, dict[str, Any]]:
    """Run a batch command; return its seconds and its summary."""
    began = time.monotonic()
    done = subprocess.run([*COMMAND, "batch", *words, "--json", "--quiet"], capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    if done.returncode not in (0, 8):
        raise SystemExit(f"batch ended with {done.returncode}: {done.stderr}")
    return seconds, json.loads(done.stdout)


def planned_s(folder: Path) -> float:
    """Return the sum of the seconds of all units that workers have done."""
    with closing(sqlite3.connect(folder / "busyhour.db")) as store:
        return float(store.execute("SELECT sum(seconds) FROM unit WHERE seconds IS NOT NULL").fetchone()[0])


def whole(folder: Path, number: int, workers: int, desk: str) -> None:
    """Measure a batch, the same again, and the batch gone on with when all its sites are done."""
    day = make_sites(folder, number, workers, desk)
    file = str(folder / "batch.toml")
    seconds, summary = run(folder, "run", file, "--as-of", str(day))
    plans = planned_s(folder)
    over = 1000 * (seconds - plans / workers) / number
    print(f"{number} {desk} sites, {workers} workers: {seconds:.1f} s, {summary['line']}")
    print(f"  sum of plans {plans:.1f} s; overhead a site {over:.0f} ms, {100 * seconds * workers / plans - 100:.1f} %")
    again, summary = run(folder, "run", file, "--as-of", str(day))
    with closing(sqlite3.connect(folder / "busyhour.db")) as store, store:
        store.execute("UPDATE batch SET state = 'stopped' WHERE id = (SELECT max(id) FROM batch)")
    resumed, _ = run(folder, "resume", file)
    bare = min(
        timed(lambda: subprocess.run([*COMMAND, "batch", "--help"], capture_output=True, check=True)) for _ in "123"
    )
    print(f"  again, {summary['unchanged']} unchanged: {again:.2f} s, {1000 * (again - bare) / number:.1f} ms a site")
    print(f"  gone on with, all done: {resumed:.2f} s; a command that does nothing: {bare:.2f} s")


def up(folder: Path, workers: int) -> None:
    """Measure how long the workers of this machine take to be usable, and to end."""
    began = time.monotonic()
    engine = OnDask(workers, tell=lambda told: None)
    engine.__enter__()
    ready = time.monotonic()
    engine.close()
    print(f"{workers} workers up in {ready - began:.2f} s, ended in {time.monotonic() - ready:.2f} s")


def speed_up(folder: Path, number: int, desk: str) -> None:
    """Measure how much quicker two workers are than one."""
    found = {}
    for workers in (1, 2):
        place = folder / str(workers)
        place.mkdir(parents=True)
        day = make_sites(place, number, workers, desk)
        found[workers], _ = run(place, "run", str(place / "batch.toml"), "--as-of", str(day))
        print(f"{number} {desk} sites, {workers} workers: {found[workers]:.1f} s, plans {planned_s(place):.1f} s")
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
    parser.add_argument("what", choices=("whole", "up", "speed-up", "ingest", "accuracy"))
    parser.add_argument("--sites", type=int, default=200, help="sites of a batch (speed-up: 40 is enough)")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--desk", choices=("starter", "small"), default="starter")
    parser.add_argument("--url", default="sqlite:///busyhour.db", help="store of ingest and accuracy")
    parser.add_argument("--keep", type=Path, help="folder that stays; it must not exist")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="batch-") as name:
        folder = asked.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=asked.keep is None)
        match asked.what:
            case "whole":
                whole(folder, asked.sites, asked.workers, asked.desk)
            case "up":
                up(folder, asked.workers)
            case "speed-up":
                speed_up(folder, asked.sites, asked.desk)
            case "ingest":
                ingest(folder, asked.url)
            case "accuracy":
                for days in (13 * 7, 5 * 365):
                    scores(folder, asked.url, days)


if __name__ == "__main__":
    main()
