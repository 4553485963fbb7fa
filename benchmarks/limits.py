"""Limits of time and memory on a large desk: ``python -m benchmarks.limits FOLDER [--people N] [--seconds S]``.

Makes a desk of N people with one skill and one with two (`benchmarks.large_desk`) in FOLDER, runs the command
``schedule`` on each in a process of its own, and prints the seconds that the decision took against its limit, the
seconds of the whole command, and the most memory that it held.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.large_desk import write_desk
from busyhour.app import run as job
from busyhour.app.cli.main import app


def schedule(desk: Path, seconds: float) -> tuple[float, float, float, int]:
    """Return the seconds of the decision and of the command, the most memory in GiB, and the exit code."""
    took: list[float] = []
    inner = job.decide

    def timed(*given: object, **more: object) -> object:
        began = time.monotonic()
        try:
            return inner(*given, **more)  # type: ignore[arg-type]
        finally:
            took.append(time.monotonic() - began)

    job.decide = timed  # type: ignore[assignment]
    began, code = time.monotonic(), 0
    try:
        app(["schedule", "--requirement", str(desk / "requirement.csv"), "--rules", str(desk / "plan.toml"),
             "--out", str(desk / "run"), "--time-limit", str(seconds), "--quiet"])  # fmt: skip
    except SystemExit as end:
        code = int(end.code or 0)
    whole = time.monotonic() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**3 if sys.platform == "darwin" else 1024**2)
    return took[0] if took else float("nan"), whole, memory, code


def main() -> None:
    """Measure both desks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=20.0)
    asked = parser.parse_args()
    for skills in (1, 2):
        desk = asked.folder / f"{asked.people}_{skills}"
        write_desk(desk, asked.people, skills)
        with ProcessPoolExecutor(1) as process:
            took, whole, memory, code = process.submit(schedule, desk, asked.seconds).result()
        summary = json.loads((desk / "run" / "summary.json").read_text(encoding="utf-8")) if code in (0, 5) else {}
        gap = "unknown" if summary.get("gap") is None else f"{100 * summary['gap']:.1f} %"
        print(f"{asked.people} people, {skills} skill(s): decided in {took:.1f} s of {asked.seconds:g} s, command "
              f"{whole:.1f} s, memory {memory:.2f} GiB, code {code}, gap {gap}",
              flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
