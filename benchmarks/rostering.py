"""Named rosters on public instances: python -m benchmarks.rostering INSTANCE [--time-limit S] [--out R.csv]

INSTANCE is the path of a file in the ``SECTION_*`` format of schedulingbenchmarks.org, or a number that is looked up as
``--data DIR``/scheduling/curtois/InstanceN.txt; ``--all`` takes all that have a known best value, and ``--out`` is a
folder then. Prints value, proven bound, gap, seconds and processor seconds, as lines of a table; progress goes to
standard error. The roster is written as ``employee,day,shift`` with days counted from 0, a Monday. The instances are
not part of the repository; absent ones are skipped, and said to be.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

import pandas as pd

from benchmarks.roster_file import read_problem
from busyhour.app.files import write_csv
from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Event, Watch
from busyhour.schedule.optimise.status import Infeasible, NothingFound, Solved
from busyhour.schedule.periods.problem import PeriodProblem, PeriodRoster
from busyhour.schedule.periods.solve import solve_periods

BEST_KNOWN = {
    1: 607, 2: 828, 3: 1001, 5: 1143, 7: 1056, 9: 439, 12: 4040, 13: 1348, 16: 3225, 18: 4459, 20: 4943, 22: 33155,
}  # fmt: skip
"""Best known values, from the change log of schedulingbenchmarks.org and public result tables."""

COLUMNS = ("instance", "value", "best known", "over", "bound", "gap", "seconds", "processor s")


def write(path: Path, problem: PeriodProblem, roster: PeriodRoster) -> None:
    """Write the roster, by person and day."""
    order = {p.name: i for i, p in enumerate(problem.people)}
    cells = sorted(roster.items(), key=lambda cell: (order[cell[0][0]], cell[0][1]))
    rows = [(name, day, shift) for (name, day), shift in cells]
    write_csv(path, pd.DataFrame(rows, columns=["employee", "day", "shift"]))


def line(name: str, solved: Solved, best: int | None, seconds: float, processor: float) -> str:
    """Return a line of the table."""
    assert solved.cost is not None
    over = "" if best is None else f"{solved.cost / best - 1:.2%}"
    bound = "none" if solved.bound is None else f"{solved.bound:,.1f}"
    gap = "" if solved.gap is None else f"{solved.gap:.2%}"
    known = "" if best is None else f"{best:,}"
    return f"| {name} | {solved.cost:,.0f} | {known} | {over} | {bound} | {gap} | {seconds:.0f} | {processor:.0f} |"


def run(path: Path, best: int | None, out: Path | None, args: argparse.Namespace) -> bool:
    """Solve one instance, write its roster and print what was reached; return whether the user stopped it."""
    began = time.monotonic()

    def show(event: Event) -> None:
        known = [f"{k} {v:,.1f}" for k, v in (("value", event.best), ("bound", event.bound)) if v is not None]
        print(f"{time.monotonic() - began:7.1f} s  {event.stage}: {event.text} {' '.join(known)}", file=sys.stderr)

    watch = Watch(show=show, time_limit_s=args.time_limit)
    signal.signal(signal.SIGINT, lambda *_: watch.stop.set())
    worked = time.process_time()
    problem = read_problem(path)
    try:
        found = solve_periods(problem, watch, gap=args.gap, seed=args.seed)
    except NothingFound:
        if not watch.stopped:
            raise
        print(f"{path.stem}: stopped before there was a roster", file=sys.stderr)
        return True
    if out is not None:
        write(out, problem, found.roster)
    seconds, processor = time.monotonic() - began, time.process_time() - worked
    print(line(path.stem, found.solved, best, seconds, processor), flush=True)
    return watch.stopped


def main() -> None:
    """Solve the instances that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("instance", nargs="?")
    which.add_argument("--all", action="store_true", help="all instances with a known best value")
    parser.add_argument("--time-limit", type=float, default=300.0, metavar="S")
    parser.add_argument("--gap", type=float, default=0.0, help="relative gap at which to stop")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, metavar="R.csv")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), metavar="DIR")
    args = parser.parse_args()
    folder = args.data / "scheduling" / "curtois"
    asked = [str(number) for number in BEST_KNOWN] if args.all else [args.instance]
    print(f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|", sep="\n")
    for name in asked:
        best = BEST_KNOWN.get(int(name)) if name.isdigit() else None
        path = folder / f"Instance{name}.txt" if name.isdigit() else Path(name)
        if not path.is_file():
            print(f"{path}: absent, skipped")
            continue
        out = args.out / f"{path.stem}.csv" if args.out is not None and args.all else args.out
        try:
            stopped = run(path, best, out, args)
        except InputError as error:
            parser.exit(3, f"{error}\n")
        except Infeasible as error:
            parser.exit(4, f"{error}\n")
        except NothingFound as error:
            parser.exit(6, f"{error}\n")
        if stopped:
            parser.exit(130)


if __name__ == "__main__":
    main()
