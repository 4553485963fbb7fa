"""Breaks chosen with the shifts, against breaks placed after them: paid hours of one day at equal true coverage.

    python -m benchmarks.peer_breaks --peer-python ENV/bin/python [--narrow]

The day is the Monday of ``weeks/week_0722_50.csv``; shifts start on half-hours, and nobody may be missing in any
quarter of an hour. The peer, pyworkforce 0.5.4, knows one list of breaks for all shifts, so it is asked group by group
of lengths whose breaks are alike. Two contests: shifts of 7, 7.5 and 8 hours from start to end, and, unless
``--narrow``, shifts of all lengths from 4 to 9 hours; each time busyhour may use all of them at once.

The peer's break scheduler keeps a given coverage but does not choose the shifts, so the need that its shifts are chosen
for is inflated in steps until breaks that leave the true need covered are found; the first such plan of each way of
asking counts, recounted here. Each solve may take ``--seconds``. A way of asking that finds no plan is told as that,
and wins nobody anything. The peer needs an environment of its own (README.md says how to make it), since OR-Tools
cannot be loaded beside highspy.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.peers.tries import SCHEDULERS, Variant, peer_activity, solve, task, variants
from benchmarks.testday import SLOT_MIN, WEEKS, Recount, TestDay, problem, read_families, recount
from busyhour.forecast.progress import Watch
from busyhour.schedule.cover.solve import solve_cover
from busyhour.schedule.plan.activity import activity, anonymous

WEEK = "week_0722_50"
SHARED = (420, 450, 480)
GROUPS = (SHARED, (240, 270, 300), (330, 360, 390), (510, 540))
GOAL = -0.08


@dataclass(frozen=True)
class Plan:
    """A plan, who made it, and what the recount says of it."""

    who: str
    told: str
    activity: pd.DataFrame
    count: Recount
    seconds: float
    lengths: int

    def __str__(self) -> str:
        broken = f", {len(self.count.violations)} rules broken" if self.count.violations else ""
        return (
            f"{self.who:<22}{self.count.paid_h:>7,.1f} h {self.seconds:>6.1f} s   "
            f"short {self.count.short_h:g} h, over {self.count.over_h:g} h{broken} ({self.told})"
        )


def busyhour(day: TestDay, lengths: Sequence[int]) -> Plan:
    """Choose shifts and breaks together."""
    began = time.monotonic()
    asked = problem(day, lengths)
    cover = solve_cover(asked, watch=Watch(), time_limit_s=60.0, gap=0.0)
    seconds = time.monotonic() - began
    bound = "no bound" if cover.solved.bound is None else f"bound {cover.solved.bound:,.1f} h"
    rows = activity(anonymous(cover.planned), asked.grid)
    told = f"{cover.solved.status}, {bound}"
    return Plan(f"busyhour {version('busyhour')}", told, rows, recount(rows, day, lengths), seconds, len(lengths))


def first_cover(day: TestDay, variant: Variant, scheduler: str, asked: argparse.Namespace) -> Plan | None:
    """Return the peer's first plan that truly covers as its need grows; None if there is none. Prints each try."""
    for share in np.arange(0.0, asked.top + 1e-9, asked.step) / 100:
        question = task(day, variant, scheduler, share, asked.seconds)
        answer = solve(asked.peer_python, question)
        told = f"{variant}, {scheduler}, need +{100 * share:g} %"
        seconds = sum(answer["seconds"])
        line = f"  {told:<50} shifts {answer['shifts_status']}, breaks {answer['breaks_status']}, {seconds:.1f} s"
        if not answer["breaks"]:
            print(line, flush=True)
            continue
        rows = peer_activity(answer, question, day)
        count = recount(rows, day, variant.lengths)
        print(f"{line}: {count.paid_h:,.1f} h, short {count.short_h:g} h", flush=True)
        if count.covers:
            versions = answer["versions"]
            who, told = f"pyworkforce {versions['pyworkforce']}", f"{told}; OR-Tools {versions['ortools']}"
            return Plan(who, told, rows, count, seconds, len(variant.lengths))
    return None


def peer_plans(day: TestDay, groups: Sequence[Sequence[int]], asked: argparse.Namespace) -> Iterator[Plan]:
    """Yield the peer's covering plans, one of each way of asking that finds any."""
    for variant in (v for group in groups for v in variants(group)):
        for scheduler in SCHEDULERS:
            plan = first_cover(day, variant, scheduler, asked)
            if plan is not None:
                yield plan


def outside(plan: Plan, day: TestDay, tool: Path, folder: Path) -> str:
    """Return what a checker outside the project says of a plan's activity.csv."""
    week = pd.read_csv(WEEKS / f"{WEEK}.csv")
    week.loc[week["start"].str[:10] != day.date.isoformat(), "agents_phone"] = 0
    folder.mkdir(parents=True, exist_ok=True)
    week.to_csv(folder / "day.csv", index=False, lineterminator="\n")
    plan.activity.to_csv(folder / "activity.csv", index=False, lineterminator="\n", date_format="%Y-%m-%dT%H:%M")
    files = [folder / "day.csv", WEEKS / "shift_families.csv", folder / "activity.csv"]
    done = subprocess.run([sys.executable, tool, *files], capture_output=True, text=True, encoding="utf-8", check=False)
    lines = done.stdout.splitlines() or done.stderr.splitlines()
    return lines[-1] if lines else "no answer"


def best(rivals: Sequence[Plan]) -> list[Plan]:
    """Return the peer's cheapest plans: of several lengths at once and of one length, legal and with rules broken."""
    kinds: dict[tuple[bool, bool], Plan] = {}
    for plan in sorted(rivals, key=lambda p: -p.count.paid_h):
        kinds[plan.lengths > 1, bool(plan.count.violations)] = plan
    return list(kinds.values())


def compare(day: TestDay, lengths: Sequence[int], rivals: Sequence[Plan], asked: argparse.Namespace) -> None:
    """Print busyhour's plan with shifts of `lengths`, the peer's best, the differences, and an outside check."""
    ours = busyhour(day, lengths)
    plans = [ours, *best(rivals)]
    print(f"\nshifts of {min(lengths) / 60:g}-{max(lengths) / 60:g} h, goal {100 * GOAL:+.0f} % or less")
    for plan in plans:
        less = "" if plan is ours else f"{100 * (ours.count.paid_h / plan.count.paid_h - 1):+.1f} %"
        print(f"  {less:>8}  {plan}")
    if asked.peer_python is not None and all(p.count.violations for p in rivals):
        print("  pyworkforce: no plan found that truly covers and breaks no rule")
    tool = asked.data.parent / "tools" / "check_week.py"
    if not tool.exists():
        print("  outside checker: skipped, not beside --data")
        return
    with tempfile.TemporaryDirectory() as folder:
        for i, plan in enumerate(plans):
            print(f"  outside checker, {plan.who}: {outside(plan, day, tool, Path(folder) / str(i))}")


def main() -> None:
    """Plan the day on both sides, recount and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer-python", type=Path, help="interpreter of the environment that holds the peer")
    parser.add_argument("--narrow", action="store_true", help="only shifts of 7-8 h")
    parser.add_argument("--seconds", type=float, default=25.0, help="limit of each solve of the peer")
    parser.add_argument("--step", type=float, default=2.5, help="percent by which the peer's need grows")
    parser.add_argument("--top", type=float, default=30.0, help="percent at which to give up")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="its ../tools checks the plans too")
    asked = parser.parse_args()
    day = TestDay.read(WEEK)
    print(
        f"{WEEK}, {day.date:%A}: need {day.need.sum() * SLOT_MIN / 60:,.2f} agent-hours on the phone; "
        f"Python {platform.python_version()}, busyhour {version('busyhour')}, highspy {version('highspy')}"
    )
    if asked.peer_python is None:
        print("pyworkforce: skipped, no --peer-python (README.md says how to make its environment)")
    rivals = [] if asked.peer_python is None else list(peer_plans(day, (SHARED,), asked))
    compare(day, SHARED, rivals, asked)
    if not asked.narrow:
        if asked.peer_python is not None:
            rivals += peer_plans(day, GROUPS[1:], asked)
        compare(day, tuple(read_families()), rivals, asked)


if __name__ == "__main__":
    main()
