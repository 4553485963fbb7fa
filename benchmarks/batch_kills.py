"""Kills of a batch: drivers and workers end by SIGKILL at random moments, and the same line is run again.

Small desks are planned in earnest. When the kills are done the batch runs to its end, and its folders are compared with
those of a batch that nobody disturbed, and so are the rows of its store: the same runs, published once each, no unit
done twice. Drivers alone are killed, workers alone, and whole batches with all their processes at once. Linux and macOS
only.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pandas as pd
import psutil

from busyhour.app.files import TEMPORARY
from busyhour.app.folders.manifest import Manifest

from .batch import COMMAND, compiled, make_sites, patient
from .store_rows import differences, rows_of

VARIES = {"run.log", "manifest.json", "summary.json", "report.html", "schedule.xlsx"}
"""Files that tell seconds and moments; of the summary the plan's own figures are compared."""
FIGURES = ("week", "status", "cost", "gap", "paid_hours", "service_level_expected", "service_level_simulated",
           "input_hash", "input_hashes", "violations")  # fmt: skip

QUERIES = {
    "run twice": "SELECT site, week, count(*) FROM run GROUP BY site, week HAVING count(*) > 1",
    "published twice": "SELECT site, week, run, count(*) FROM publication GROUP BY site, week, run HAVING count(*) > 1",
    "not done": "SELECT site, step, week, state, message FROM unit WHERE state NOT IN ('done', 'unchanged')",
    "damaged": "PRAGMA integrity_check",
}
"""What must not be in the store of a batch that is done."""


def content(folder: Path) -> dict[str, str]:
    """Return what is published and what was planned: path → hash of what does not tell the time."""
    out = {}
    for top in ("published", "runs"):
        for path in sorted(p for p in (folder / top).rglob("*") if p.is_file() and not p.name.endswith(".lock")):
            name = path.relative_to(folder).as_posix()
            if path.name == "summary.json":
                summary = json.loads(path.read_text(encoding="utf-8"))
                told = json.dumps({key: summary.get(key) for key in FIGURES}).encode()
            elif path.name == "backtest.csv":
                told = pd.read_csv(path).drop(columns="seconds").to_csv().encode()
            else:
                told = b"" if path.name in VARIES or path.suffix == ".ics" else path.read_bytes()
            out[name] = hashlib.sha256(told).hexdigest()
    return out


def faults(folder: Path) -> list[str]:
    """Return what is torn, doubled or left over in the folder of a batch that is done."""
    out = [f"left over: {p}" for p in folder.rglob("*") if TEMPORARY in p.name and not p.name.endswith(".lock")]
    for run in [p.parent for top in ("published", "runs") for p in (folder / top).rglob("summary.json")]:
        manifest = Manifest.read(run)
        if manifest is None or manifest.differences(run):
            out.append(f"torn: {run}")
    with closing(sqlite3.connect(folder / "busyhour.db")) as store:
        for what, query in QUERIES.items():
            out += [f"{what}: {row}" for row in store.execute(query) if row != ("ok",)]
    return out


def new_batch(folder: Path, sites: int) -> str:
    """Write a batch of small sites in the place of whatever is there; return the day of its run."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    day = str(make_sites(folder, sites, 2, "small"))
    patient(folder)
    return day


def begun(folder: Path, day: str) -> subprocess.Popen[bytes]:
    """Start the command; its workers live in its group of processes."""
    words = [*COMMAND, "batch", "run", str(folder / "batch.toml"), "--as-of", day, "--quiet"]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=compiled(),
                            start_new_session=True)  # fmt: skip


def is_done(folder: Path) -> bool:
    """Whether the last batch of a folder is done: the same line would begin another one."""
    with contextlib.suppress(sqlite3.OperationalError), closing(sqlite3.connect(folder / "busyhour.db")) as store:
        return store.execute("SELECT state FROM batch ORDER BY id DESC LIMIT 1").fetchone() == ("done",)
    return False


def kill(driver: subprocess.Popen[bytes], moments: random.Random) -> str | None:
    """Kill the driver, one of its workers, or all at once; return which, None where all has ended."""
    try:
        processes = psutil.Process(driver.pid).children(recursive=True)
        workers = [p for p in processes if "spawn_main" in " ".join(p.cmdline())]
        what = moments.random()
        if workers and what < 0.4:
            moments.choice(workers).kill()
            return "worker"
        if what < 0.7:
            for process in (psutil.Process(driver.pid), *processes):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            return "whole batch"
        driver.kill()
    except psutil.NoSuchProcess:
        return None
    return "driver"


class Kills:
    """Kills at random moments, counted and told one by one.

    Attributes
    ----------
    found
        How often what was killed.
    """

    def __init__(self, wanted: int, seed: int, most_s: float) -> None:
        self.wanted, self.most_s, self.found = wanted, most_s, Counter[str]()
        self._moments, self._began = random.Random(seed), time.monotonic()

    @property
    def done(self) -> bool:
        """Whether as many were killed as are wanted."""
        return self.found.total() >= self.wanted

    def of(self, folder: Path, day: str) -> None:
        """Kill and run the same line again until the kills are done, or the batch is."""
        while not self.done and not is_done(folder):
            driver = begun(folder, day)
            while driver.poll() is None and not self.done:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    driver.wait(self._moments.uniform(0.0, self.most_s))
                if driver.poll() is None and (what := kill(driver, self._moments)) is not None:
                    self.found[what] += 1
                    at = time.monotonic() - self._began
                    print(f"{self.found.total()} of {self.wanted}, {at:.0f} s: a {what}", flush=True)
                    if what == "worker" and self._moments.random() < 0.3:
                        time.sleep(0.2)
                        continue
                    if what != "worker":
                        break
            driver.wait()


def main() -> None:
    """Kill, go on, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100, help="kills in all")
    parser.add_argument("--sites", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most-s", type=float, default=9.0, help="longest wait before a kill, seconds")
    asked = parser.parse_args()
    began, kills, rounds, bad = time.monotonic(), Kills(asked.kills, asked.seed, asked.most_s), 0, list[str]()
    with tempfile.TemporaryDirectory(prefix="batch-kills-") as name:
        place = Path(name) / "batch"  # the same for all: the store tells where exports lie
        day = new_batch(place, asked.sites)
        if begun(place, day).wait() != 0:
            raise SystemExit("the undisturbed batch did not end well")
        wanted, rows = content(place), rows_of(place / "busyhour.db")
        while not kills.done and not bad:
            rounds += 1
            new_batch(place, asked.sites)
            kills.of(place, day)
            code = 0 if is_done(place) else begun(place, day).wait()
            have = content(place)
            bad += [f"round {rounds}: code {code}"] * (code != 0) + faults(place)
            bad += [f"round {rounds}: {path} differs" for path in sorted(wanted.keys() | have.keys())
                    if wanted.get(path) != have.get(path)]  # fmt: skip
            bad += [f"round {rounds}: {told}" for told in differences(rows, rows_of(place / "busyhour.db"))]
    told = ", ".join(f"{kills.found[what]} {what}{'es' if what[-1] == 'h' else 's'}" for what in sorted(kills.found))
    print(f"killed: {told} in {rounds} rounds of {asked.sites} sites")
    same = f"  {len(wanted):,} files and {rows.total():,} rows of the store equal those of an undisturbed batch"
    print(same if not bad else "\n".join(bad[:40]))
    print(f"  {time.monotonic() - began:.0f} s")
    parser.exit(bool(bad))


if __name__ == "__main__":
    main()
