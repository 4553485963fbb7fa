"""Time the whole weekly plan: python -m benchmarks.plan [FOLDER] [--cold]

Prints seconds and peak memory per stage of `busyhour plan FOLDER` (default data/bank), once with an empty cache of compiled code
(--cold) and once warm, each in a process of its own; then the figures that a plan is judged by: gap of each day's cover, simulated
service against the goal, violations.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHILD = "--child"


def child(folder: Path, out: Path) -> None:
    """Plan in this process and print per stage the seconds and the peak memory reached by its end, as JSON."""
    import resource

    began = time.monotonic()
    from busyhour.app.plan import Ask, plan
    from busyhour.forecast.progress import Event, Watch

    marks: list[tuple[str, float, float]] = []

    def peak_mb() -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    def show(event: Event) -> None:
        if not marks or marks[-1][0] != event.stage:
            marks.append((event.stage, time.monotonic() - began, peak_mb()))

    show(Event("import"))
    _, summary = plan(folder, Ask(out=out), Watch(show=show), list)
    marks.append(("end", time.monotonic() - began, peak_mb()))
    print(json.dumps({"marks": marks, "summary": summary}))


def measure(folder: Path, cache: Path) -> dict:
    """Run `child` with its compiled code in `cache`."""
    with tempfile.TemporaryDirectory() as temporary:
        command = [sys.executable, "-m", "benchmarks.plan", str(folder), CHILD, str(Path(temporary) / "run")]
        done = subprocess.run(command, env=os.environ | {"NUMBA_CACHE_DIR": str(cache)}, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def table(name: str, found: dict) -> None:
    """Print the stages of one run."""
    marks = found["marks"]
    print(f"\n{name}: {marks[-1][1]:.1f} s, peak {max(m[2] for m in marks):,.0f} MB")
    print(f"  {'stage':<12}{'seconds':>9}{'peak MB':>9}")
    spent: dict[str, list[float]] = {}
    for (stage, since, _), (_, until, peak) in zip(marks[:-1], marks[1:], strict=True):
        row = spent.setdefault(stage, [0.0, 0.0])
        row[0], row[1] = row[0] + until - since, max(row[1], peak)
    for stage, (seconds, peak) in spent.items():
        print(f"  {stage:<12}{seconds:>9.1f}{peak:>9,.0f}")


def main() -> None:
    """Measure cold (if asked) and warm, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("data/bank"))
    parser.add_argument("--cold", action="store_true", help="also with nothing compiled yet")
    parser.add_argument(CHILD, type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        child(asked.folder, asked.child)
        return
    with tempfile.TemporaryDirectory() as cache:
        cold = measure(asked.folder, Path(cache))
        if asked.cold:
            table("cold", cold)
        warm = measure(asked.folder, Path(cache))
    table("warm", warm)
    summary = warm["summary"]
    print(f"\nstatus {summary['status']}, cost {summary['cost']:,.0f}, roster gap {100 * summary['gap']:.2f} %, violations {summary['violations']}, "
          f"open shifts {summary['open_shifts']}, simulated {summary['service_level_simulated']:.4f} {summary['service_level_ci']}")  # fmt: skip
    for block in summary["cover"]["blocks"]:
        gap = "no bound" if block["gap"] is None else f"{100 * block['gap']:.3f} %"
        print(f"  cover {block['dates'][0]}: {block['cost']:,.1f} over {block['bound']:,.1f} = {gap} in {block['seconds']:.1f} s")


if __name__ == "__main__":
    main()
