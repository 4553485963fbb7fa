"""Kills of a process that publishes a run, and races of two: whether the folder ever holds less than one whole run.

A small desk is planned once; child processes publish the outcome, with papers drawn before. A child is killed at a
random moment, or just before its n-th operation on files, for every n. After each kill the folder must be read as the
old run or the new one, whole, and the next run must leave nothing else behind. Races start two writers of one folder at
once while a reader checks what is there. Linux and macOS only.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from busyhour.app import run as planning
from busyhour.app.files import write_atomic
from busyhour.app.folders import swap
from busyhour.app.folders.manifest import Manifest
from busyhour.app.folders.one_run import one_run
from busyhour.app.inputs import Inputs, RunOptions
from busyhour.app.outcome import Outcome
from busyhour.app.publish import papers
from busyhour.app.publish.folder import RunFolder, publish
from busyhour.app.starter import write_starter
from busyhour.forecast.errors import InputError

WHOLE, TORN, LOST, UNCLEAN = "whole", "torn", "lost", "not clean"
PAPERS = ("report.html", "schedule.xlsx", "sheets.html", "calendars/a00.ics")
CHANGES = ("open", "os.", "shutil.", "busyhour.exchange", "tempfile.")
"""Beginnings of the audit events of operations on files."""
BATCH = 40
"""Tries that one process makes in one folder."""


@dataclass(frozen=True)
class Desk:
    """What is published.

    Parameters
    ----------
    outcome
        The plan.
    drawn
        Content of the papers by path.
    """

    outcome: Outcome
    drawn: dict[str, bytes]

    def publish(self, out: Path, name: str) -> Path:
        """Publish the plan to `out`; the run's log holds `name`."""
        return publish(self.outcome, RunFolder(out, log=lambda: [name]))[0]

    def write_drawn(self, run: Path, *names: str) -> None:
        """Write papers as their own writers do, without drawing them again."""
        for name in names:
            write_atomic(run / name, self.drawn[name])


def prepared(folder: Path) -> Desk:
    """Plan the desk of `busyhour init`, draw its papers once, and let later runs write those."""
    write_starter(folder / "desk")
    options = RunOptions(seed=1, time_limit_s=10, gap=0.05)
    outcome = planning.plan(Inputs.from_folder(folder / "desk", options))
    run, _ = publish(outcome, RunFolder(folder / "first"))
    desk = Desk(outcome, {name: (run / name).read_bytes() for name in PAPERS})
    writers = {"write_report": 0, "write_workbook": 1, "write_sheets": 2, "write_calendars": 3}
    for writer, i in writers.items():
        setattr(papers, writer, lambda run, name=PAPERS[i], **_: desk.write_drawn(run, name))
    return desk


def forked(work: Callable[[], object]) -> int:
    """Start a child process that does `work` and ends; return its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        if code:
            traceback.print_exc()
        os._exit(code)


def code_of(child: int) -> int:
    """Wait for a child; return its exit code, negative for the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def name_of(out: Path) -> str:
    """Return the name of the run that readers of `out` see; `TORN` or `LOST` where they see none."""
    try:
        with one_run(out) as run:
            manifest = Manifest.read(run)
            if manifest is None or manifest.differences(run):
                return TORN
            json.loads((run / "summary.json").read_text(encoding="utf-8"))
            return (run / "run.log").read_text(encoding="utf-8").splitlines()[0]
    except (InputError, OSError):
        return LOST


def after_kill(desk: Desk, out: Path, old: str, new: str) -> tuple[str, str]:
    """Say what a kill of the run `new` left, and publish the next run; return that and the next run's name."""
    seen = name_of(out)
    found = WHOLE if seen in (old, new) else seen if seen in (TORN, LOST) else TORN
    name = f"after {new}"
    clean = code_of(forked(partial(desk.publish, out, name))) == 0 and name_of(out) == name
    if found == WHOLE and not (clean and [p.name for p in out.parent.iterdir()] == [out.name]):
        found = UNCLEAN
    return found, name


def random_kills(desk: Desk, seconds: float, task: tuple[int, int]) -> Counter[str]:
    """Kill children at random moments; `task` is the seed and the number of kills."""
    seed, kills = task
    found: Counter[str] = Counter()
    moments = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        out, old = Path(name) / "run", "first"
        desk.publish(out, old)
        for i in range(kills):
            new = f"{seed}.{i}"
            child = forked(partial(desk.publish, out, new))
            time.sleep(moments.uniform(0.0, 1.2 * seconds))
            os.kill(child, signal.SIGKILL)
            code_of(child)
            what, old = after_kill(desk, out, old, new)
            found[what] += 1
    return found


def dying(work: Callable[[], object], at: int, within: Path, *, at_once: bool) -> None:
    """Do `work`, and die just before the operation `at` on files below `within`.

    Without `at_once` folders are replaced as on systems that cannot exchange two names in one step.
    """
    if not at_once:
        swap.exchange = lambda a, b: False
    count = [0]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(CHANGES) and any(str(within) in str(a) for a in arguments[:2]):
            count[0] += 1
            if count[0] == at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    work()


def kills_at_operations(desk: Desk, task: tuple[bool, int, int]) -> Counter[str]:
    """Kill a child before each n-th operation.

    Parameters
    ----------
    task
        Whether names are exchanged at once, the first n, and the step to the next.
    """
    at_once, first, step = task
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        out, old = Path(name) / "run", "first"
        desk.publish(out, old)
        at = first
        while True:
            new = f"at {at}"
            child = forked(partial(dying, partial(desk.publish, out, new), at, out.parent, at_once=at_once))
            if code_of(child) != -signal.SIGKILL:
                return found
            what, old = after_kill(desk, out, old, new)
            found[what] += 1
            at += step


def races(desk: Desk, task: tuple[int, int]) -> tuple[Counter[str], Counter[str]]:
    """Let two writers publish to one folder at once, again and again; return what came of it, and what was read."""
    seed, number = task
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        out, stop, told = Path(name) / "a" / "run", Path(name) / "stop", Path(name) / "told"
        small(desk, out, "first")
        reader = forked(lambda: told.write_text(json.dumps(read_until(stop, out)), encoding="utf-8"))
        for i in range(number):
            names = [f"{seed}.{i}{writer}" for writer in "ab"]
            children = [forked(partial(small, desk, out, name)) for name in names]
            codes = [code_of(child) for child in children]
            seen = name_of(out)
            whole = codes == [0, 0] and seen in names and [p.name for p in out.parent.iterdir()] == ["run"]
            found[WHOLE if whole else seen if seen in (TORN, LOST) else LOST] += 1
        stop.touch()
        code_of(reader)
        return found, Counter(json.loads(told.read_text(encoding="utf-8")))


def small(desk: Desk, out: Path, name: str) -> None:
    """Write a run of a few files that all tell its name: races are about the folder, not about its tables."""
    with swap.work_folder(out) as work:
        desk.write_drawn(work, "sheets.html", "calendars/a00.ics")
        for file in ("activity.csv", "coverage.csv", "run.log"):
            write_atomic(work / file, name)
        write_atomic(work / "summary.json", json.dumps({"name": name}))
        if swap.put(work, out) != out:
            raise OSError(f"{name} went beside")


def read_until(stop: Path, out: Path) -> Counter[str]:
    """Read the folder as `busyhour check` does until a file is there; return what was seen."""
    seen: Counter[str] = Counter()
    while not stop.exists():
        name = name_of(out)
        seen[name if name in (TORN, LOST) else WHOLE] += 1
        time.sleep(0.02)  # the writers need the processor too
    return seen


def main() -> None:
    """Kill, race, count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=1000, help="kills at random moments")
    parser.add_argument("--races", type=int, default=1600, help="races of two writers")
    parser.add_argument("--seed", type=int, default=1, help="seed of the moments")
    parser.add_argument("--step", type=int, default=1, help="kill before every STEP-th operation on files")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="tries beside each other")
    asked = parser.parse_args()
    if not hasattr(os, "fork"):
        parser.exit(2, "kills need a system with fork\n")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        desk = prepared(Path(name))
        out = Path(name) / "timed" / "run"
        code_of(forked(lambda: desk.publish(out, "warm")))
        start = time.monotonic()
        code_of(forked(lambda: desk.publish(out, "timed")))
        seconds = time.monotonic() - start
        with ProcessPoolExecutor(asked.processes, mp_context=get_context("fork")) as pool:
            kills = sum(pool.map(partial(random_kills, desk, seconds), batches(asked.kills, asked.seed)), Counter())
            ways = [(at_once, n * asked.step, asked.step * 4) for at_once in (True, False) for n in range(1, 5)]
            each = list(pool.map(partial(kills_at_operations, desk), ways, chunksize=1))
            raced = list(pool.map(partial(races, desk), batches(asked.races, asked.seed)))
    rows = {
        "kills at random moments": kills,
        "kills before each operation, names exchanged at once": sum(each[:4], Counter()),
        "kills before each operation, two renames": sum(each[4:], Counter()),
        "races of two writers": sum((after for after, _ in raced), Counter()),
        "readings while two wrote": sum((read for _, read in raced), Counter()),
    }
    print(f"{'':<54}" + "".join(f"{what:>11}" for what in ("tries", WHOLE, TORN, LOST, UNCLEAN)))
    for label, found in rows.items():
        numbers = (found.total(), *(found[what] for what in (WHOLE, TORN, LOST, UNCLEAN)))
        print(f"{label:<54}" + "".join(f"{n:>11,}" for n in numbers))
    print(f"{time.monotonic() - began:.0f} s; publishing takes {seconds:.2f} s")
    parser.exit(any(found.total() != found[WHOLE] for found in rows.values()))


def batches(number: int, seed: int) -> list[tuple[int, int]]:
    """Return tries as tasks of a seed and a number."""
    sizes = [BATCH] * (number // BATCH) + [number % BATCH] * (number % BATCH > 0)
    return [(1000 * seed + i, size) for i, size in enumerate(sizes)]


if __name__ == "__main__":
    main()
