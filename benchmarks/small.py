"""Small desks: plan, bound and gap of 24 made ones and two shown weeks: ``python -m benchmarks.small``.

``--cases`` plans cases whose right cost is known instead (folder ``DIR/../cases/weeks``, skipped where absent).
``--against PATH`` lets another checkout of the product plan the same desks in the same seconds, plan against plan.
The desks are made by `benchmarks.small_desks`, all of them made up. Each run has a process of its own; compiling is not
counted.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.small_desks import DESKS
from benchmarks.small_run import SHOWN, Answer, Planner, Task

CASES = {
    "04c-roundtheclock-six-people": 7860.0,
    "04e-nights-lunch-window-seven": 7320.0,
    "09-computer-lab": 1755.0,
    "12-lead-on-duty": 8000.0,
    "15-poland-24h-35h": 14400.0,
    "16-california-meals": 7700.0,
    "17-same-shift-every-day": 7000.0,
    "17b-same-shift-eight": 6400.0,
    "19-preferences": 2196.0,
    "27-call-centre-nine-hours": 21760.0,
}
"""Right cost of each case, from an independent model."""
NEAR, PROVEN, RIGHT = 0.01, 1e-6, 0.005
"""Gap that counts as near, gap that counts as proven, and money by which a cost may differ from the right one."""


def line(name: str, seed: int, found: Answer) -> str:
    """Return what is told of one run."""
    bound = "no bound" if found.bound is None else f"bound {found.bound:,.1f}"
    return (
        f"{name:<30} {seed:>2}  plan {found.cost:>10,.1f}  {bound:<15}  gap {100 * found.gap:6.2f} % "
        f"{found.money:>8,.1f} ({found.quarters:.1f} missing quarters)  {found.missing:g} quarters missing  "
        f"{found.wall_s:.1f} s, processor {found.busy_s:.1f} s  {found.status}, stopped {found.stopped}"
    )


def desks(asked: argparse.Namespace) -> None:
    """Plan the desks; with `--against` by both planners."""
    own, peer = Planner(), None
    if asked.against or asked.peer_python:
        peer = Planner(asked.peer_python or sys.executable, asked.against)
    near, ratios, rows = 0, list[float](), 0
    for name in [n for n in (*DESKS, *SHOWN) if not asked.only or n in asked.only]:
        found = []
        for task in tasks(name, asked):
            found.append(own.answer(task))
            print(line(name, task.seed, found[-1]), flush=True)
            if peer is not None:
                other = peer.answer(task)
                ratios.append(found[-1].cost / other.cost - 1.0)
                print(line("   the other", task.seed, other), f" ours {100 * ratios[-1]:+.2f} %", flush=True)
        rows, near = rows + 1, near + (max(f.gap for f in found) <= NEAR)
    print(f"{near} of {rows} rows within {100 * NEAR:g} % on every seed")
    if ratios:
        print(f"plan against plan: mean {100 * statistics.fmean(ratios):+.2f} %, worst {100 * max(ratios):+.2f} %")


def tasks(name: str, asked: argparse.Namespace) -> Iterator[Task]:
    """Yield one task a seed."""
    for seed in asked.seeds:
        yield Task(name, asked.seconds, seed, asked.threads, asked.gap)


def cases(asked: argparse.Namespace) -> None:
    """Plan the cases and compare with the right costs."""
    folder, own = asked.data.parent / "cases" / "weeks", Planner()
    right = runs = 0
    for name, cost in CASES.items():
        if asked.only and not any(name.startswith(f"{o}-") or name == o for o in asked.only):
            continue
        if not (folder / name).is_dir():
            print(f"{name:<30} skipped: not in the folder of cases")
            continue
        for task in tasks(str(folder / name), asked):
            found = own.answer(task)
            same, proven = abs(found.cost - cost) <= RIGHT, found.gap <= PROVEN
            runs, right = runs + 1, right + (same and proven)
            told = "right" if same else f"WRONG, {cost:,.0f} is right"
            print(line(name, task.seed, found), f" {told}, {'proven' if proven else 'not proven'}", flush=True)
    print(f"{right} of {runs} runs right and proven")


def main() -> None:
    """Measure what the command line asks for."""

    def numbers(text: str) -> list[int]:
        return [int(x) for x in text.split(",")]

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", help="only this desk or case (may be repeated)")
    parser.add_argument("--cases", action="store_true", help="the cases with known costs instead of the desks")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the cases lie in DIR/../cases")
    parser.add_argument("--seconds", type=float, help="time limit of each run; 60, of a case 30")
    parser.add_argument("--seeds", type=numbers, help="seeds, with commas between them; 1, of a case 1 to 5")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--gap", type=float, default=PROVEN)
    parser.add_argument("--against", type=Path, help="another checkout, planned with this interpreter")
    parser.add_argument("--peer-python", help="interpreter of the other product, with or without --against")
    parser.add_argument("--list", action="store_true", help="only the names")
    asked = parser.parse_args()
    asked.seconds = asked.seconds or (30.0 if asked.cases else 60.0)
    asked.seeds = asked.seeds or ([1, 2, 3, 4, 5] if asked.cases else [1])
    if asked.list:
        print("\n".join(CASES if asked.cases else [*DESKS, *SHOWN]))
        return
    (cases if asked.cases else desks)(asked)


if __name__ == "__main__":
    main()
