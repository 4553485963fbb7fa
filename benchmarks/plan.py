"""Time the whole weekly plan: python -m benchmarks.plan [FOLDER] [--cold] [--runs N]

Prints seconds, processor seconds and peak memory per stage of ``busyhour plan FOLDER`` (default ``data/bank``) with all
code compiled (warm) and, with ``--cold``, with an empty cache of compiled code, each run in a process of its own; then
the figures that a plan is judged by: gap, simulated service against the goal, violations. Warm and cold are one run
each unless ``--runs`` asks for more; of several the quickest is shown. On a shared machine the processor seconds tell
what a quiet one would need.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd

CHILD = "--child"


def peak_mb() -> float:
    """Return the most memory that this process has held; NaN where the system does not tell."""
    if sys.platform == "win32":
        return float("nan")
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024.0 * 1024.0 if sys.platform == "darwin" else 1024.0)


def child(folder: Path, out: Path) -> None:
    """Plan in this process and print where each stage begins: seconds, processor seconds, peak memory; as JSON."""
    began = time.monotonic()

    def mark(stage: str) -> tuple[str, float, float, float]:
        return stage, time.monotonic() - began, time.process_time(), peak_mb()

    marks = [mark("import")]
    from busyhour.app.inputs import Inputs
    from busyhour.app.publish.folder import RunFolder, publish
    from busyhour.app.run import plan
    from busyhour.forecast.progress import Event, Watch

    def show(event: Event) -> None:
        if marks[-1][0] != event.stage:
            marks.append(mark(event.stage))

    watch = Watch(show=show)
    outcome = plan(Inputs.from_folder(folder, watch=watch), watch)
    watch.tell("publish", str(out))
    run, summary = publish(outcome, RunFolder(out))
    marks.append(mark("end"))
    service = pd.read_csv(run / "service.csv", keep_default_na=False)
    periods = service[service["period"] != "interval"].to_dict("records")
    print(json.dumps({"marks": marks, "summary": summary, "service": periods}))


def measure(folder: Path, cache: Path) -> dict[str, Any]:
    """Run `child` with its compiled code in `cache`."""
    with tempfile.TemporaryDirectory() as temporary:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.plan", str(folder), CHILD, str(Path(temporary) / "run")],
            env=os.environ | {"NUMBA_CACHE_DIR": str(cache), "OPENBLAS_NUM_THREADS": "1"},  # as the command line has it
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    if done.returncode:
        sys.exit("\n".join(["the run failed:", *done.stderr.splitlines()[-12:]]))
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def seconds(found: dict[str, Any]) -> float:
    """Return the length of a run."""
    return float(found["marks"][-1][1])


def stages(name: str, found: dict[str, Any]) -> None:
    """Print the stages of one run; a stage that comes twice is added up."""
    marks = found["marks"]
    print(f"\n{name}: {seconds(found):.1f} s, processor {marks[-1][2]:.1f} s, peak {marks[-1][3]:,.0f} MB")
    print(f"  {'stage':<12}{'seconds':>9}{'processor':>11}{'peak MB':>9}")
    spent: dict[str, tuple[float, float, float]] = {}
    for (stage, since, busy, _), (_, until, done, peak) in itertools.pairwise(marks):
        took, used, most = spent.get(stage, (0.0, 0.0, 0.0))
        spent[stage] = took + until - since, used + done - busy, max(most, peak)
    for stage, (took, used, peak) in spent.items():
        print(f"  {stage:<12}{took:>9.1f}{used:>11.1f}{peak:>9,.0f}")


def judged(found: dict[str, Any]) -> None:
    """Print what the plan is judged by."""
    summary = found["summary"]
    gap = "no bound" if summary["gap"] is None else f"gap {100 * summary['gap']:.2f} %"
    print(
        f"\n{summary['agents']} agents, goals {summary['goals']}"
        f"\n{summary['status']} (stopped: {summary['stopped']}), cost {summary['cost']:,.0f} {summary['currency']}, "
        f"{gap}; paid {summary['paid_hours']:,.1f} h, open shifts {summary['open_shifts']}, "
        f"violations {summary['violations']}, repairs {summary['repairs']}"
    )
    print(f"\n  {'service of':<26}{'goal':>8}{'expected':>10}{'simulated':>11}{'95 % interval':>18}")
    for row in found["service"]:
        if row["simulated"] == "":
            continue
        goal, *rest = (float(row[k]) for k in ("goal", "expected", "simulated", "ci_lo", "ci_hi"))
        held = "held" if rest[3] >= goal else "missed"
        print(
            f"  {row['queue'] + ' ' + row['period'] + ' ' + row['start'][:10]:<26}{goal:>8.3f}{rest[0]:>10.4f}"
            f"{rest[1]:>11.4f}{f'{rest[2]:.4f} - {rest[3]:.4f}':>18}  {held}"
        )


def main() -> None:
    """Measure cold (if asked) and warm, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("data/bank"))
    parser.add_argument("--cold", action="store_true", help="also with nothing compiled yet")
    parser.add_argument("--runs", type=int, default=1, help="warm runs")
    parser.add_argument(CHILD, type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        child(asked.folder, asked.child)
        return
    with tempfile.TemporaryDirectory() as cache:
        first = measure(asked.folder, Path(cache))
        if asked.cold:
            stages("cold", first)
        warm = min((measure(asked.folder, Path(cache)) for _ in range(asked.runs)), key=seconds)
    stages("warm", warm)
    judged(warm)


if __name__ == "__main__":
    main()
