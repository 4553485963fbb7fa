"""Kills of a batch: drivers and workers end by SIGKILL at random moments, and the same line is run again.

Small desks are planned in earnest. When the kills are done the batch runs to its end, and its folders are compared with
those of a batch that nobody disturbed: the same runs, published once each, no unit done twice; and so are the rows of
its store, but for numbers of rows and moments. Linux and macOS only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
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
from busyhour.app.store import schema

from .batch import COMMAND, make_sites, patient

VARIES = {"run.log", "manifest.json", "summary.json", "report.html", "schedule.xlsx"}
"""Files that tell seconds and moments; of the summary the plan's own figures are compared."""
FIGURES = ("week", "status", "cost", "gap", "paid_hours", "service_level_expected", "service_level_simulated",
           "input_hash", "input_hashes", "violations")  # fmt: skip

UNTOLD = {"batch", "unit", "event"}
"""Tables that tell the way: how often a unit was begun, and when."""
MOMENTS = {"id", "at_s", "began_s", "ended_s", "seconds", "by", "reason"}
"""Columns that differ between two batches that do the same."""

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


def rows(folder: Path) -> Counter[str]:
    """Return what the store of a batch knows: each row with the names of what it points to, without its own number."""
    out, names = Counter[str](), dict[tuple[str, int], str]()
    with closing(sqlite3.connect(folder / "busyhour.db")) as store:
        store.row_factory = sqlite3.Row
        for table in schema.metadata.sorted_tables:  # what a row points to comes first
            if table.name in UNTOLD:
                continue
            points = {c.name: k.column.table.name for c in table.columns for k in c.foreign_keys}
            for row in map(dict, store.execute(f"SELECT * FROM {table.name}")):
                told = {c: names.get((points[c], value)) if c in points else value for c, value in row.items()}
                kept = {c: value for c, value in told.items() if c not in MOMENTS}
                text = f"{table.name} {json.dumps(kept, sort_keys=True)}"
                if "id" in row:
                    names[table.name, row["id"]] = text
                out[text] += 1
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


def begun(folder: Path, day: str) -> subprocess.Popen[bytes]:
    """Start the command."""
    words = [*COMMAND, "batch", "run", str(folder / "batch.toml"), "--as-of", day, "--quiet"]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def kill(driver: subprocess.Popen[bytes], moments: random.Random) -> str:
    """Kill the driver or one of its workers; return which."""
    processes = psutil.Process(driver.pid).children(recursive=True)
    workers = [p for p in processes if "spawn_main" in " ".join(p.cmdline())]
    if workers and moments.random() < 0.4:
        moments.choice(workers).kill()
        return "worker"
    driver.kill()
    return "driver"


def killed(folder: Path, day: str, kills: int, seed: int, most_s: float) -> Counter[str]:
    """Kill at random moments until the kills are done; a batch that is done meanwhile is begun anew elsewhere."""
    moments, found = random.Random(seed), Counter[str]()
    while sum(found.values()) < kills:
        driver = begun(folder, day)
        while driver.poll() is None and sum(found.values()) < kills:
            time.sleep(moments.uniform(0.0, most_s))
            if driver.poll() is None:
                found[kill(driver, moments)] += 1
                if moments.random() < 0.3:
                    time.sleep(0.2)
        if driver.wait() == 0:
            break
    return found


def main() -> None:
    """Kill, go on, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--sites", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most-s", type=float, default=9.0, help="longest wait before a kill, seconds")
    asked = parser.parse_args()
    began, found, rounds, bad = time.monotonic(), Counter[str](), 0, list[str]()
    with tempfile.TemporaryDirectory(prefix="batch-kills-") as name:
        calm = Path(name) / "calm"
        calm.mkdir()
        day = str(make_sites(calm, asked.sites, 2, "small"))
        patient(calm)
        if begun(calm, day).wait() != 0:
            raise SystemExit("the undisturbed batch did not end well")
        wanted, known = content(calm), rows(calm)
        while found.total() < asked.kills and not bad:
            rounds += 1
            place = Path(name) / f"round{rounds}"
            place.mkdir()
            make_sites(place, asked.sites, 2, "small")
            patient(place)
            found += killed(place, day, asked.kills - found.total(), asked.seed + rounds, asked.most_s)
            code = begun(place, day).wait()
            have = content(place)
            bad += [f"round {rounds}: code {code}"] * (code != 0) + faults(place)
            bad += [f"round {rounds}: {path} differs" for path in sorted(wanted.keys() | have.keys())
                    if wanted.get(path) != have.get(path)]  # fmt: skip
            other = rows(place)
            bad += [f"round {rounds}: store: {row}" for row in ((known - other) + (other - known))]
            print(f"{found.total()} of {asked.kills} kills, {time.monotonic() - began:.0f} s", flush=True)
    print(f"{found['driver']} drivers and {found['worker']} workers killed in {rounds} batches of {asked.sites} sites")
    told = f"  {len(wanted):,} files and {known.total():,} rows of the store equal an undisturbed batch"
    print(told if not bad else "\n".join(bad[:40]))
    print(f"  {time.monotonic() - began:.0f} s")
    parser.exit(bool(bad))


if __name__ == "__main__":
    main()
