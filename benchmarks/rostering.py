"""Named rosters on public instances: python -m benchmarks.rostering INSTANCE [--time-limit S] [--out R.csv]

INSTANCE is the path of a file in the ``SECTION_*`` format of schedulingbenchmarks.org, or a number that is looked up as
``--data DIR``/scheduling/curtois/InstanceN.txt. Prints value, proven bound, gap, seconds and processor seconds;
progress goes to standard error. The roster is written as ``employee,day,shift`` with days counted from 0, a Monday. The
instances are not part of the repository; absent ones are skipped, and said to be.
"""

from __future__ import annotations

import argparse
import csv
import resource
import signal
import sys
import time
from collections import defaultdict
from pathlib import Path

from busyhour.forecast.progress import Event, Watch
from busyhour.schedule.cells.problem import Need, Person, Problem, Roster, ShiftType, Wish
from busyhour.schedule.cells.solve import solve_cells


def sections(text: str) -> dict[str, list[list[str]]]:
    """Return the rows of each section, as lists of fields."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    name = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("SECTION_"):
            name = line.removeprefix("SECTION_")
        elif line and not line.startswith("#"):
            found[name].append([field.strip() for field in line.split(",")])
    return found


def read(path: Path) -> Problem:
    """Read an instance."""
    found = sections(path.read_text(encoding="utf-8"))
    days = int(found["HORIZON"][0][0])
    free = {row[0]: frozenset(int(x) for x in row[1:] if x) for row in found["DAYS_OFF"]}
    people = []
    for name, most, most_minutes, least_minutes, *rest in found["STAFF"]:
        most_run, least_run, least_off, weekends = map(int, rest)
        caps = {k: int(v) for k, _, v in (part.partition("=") for part in most.split("|"))}
        people.append(
            Person(
                name, caps, int(least_minutes), int(most_minutes), most_run, least_run, least_off, weekends,
                free.get(name, frozenset()),
            )
        )  # fmt: skip
    wishes = [
        Wish(name, int(day), shift, float(cost), wanted)
        for section, wanted in (("SHIFT_ON_REQUESTS", True), ("SHIFT_OFF_REQUESTS", False))
        for name, day, shift, cost in found[section]
    ]
    return Problem(
        days,
        tuple(ShiftType(r[0], int(r[1]), frozenset(x for x in r[2].split("|") if x)) for r in found["SHIFTS"]),
        tuple(people),
        tuple(Need(int(d), s, int(heads), float(u), float(o)) for d, s, heads, u, o in found["COVER"]),
        tuple(wishes),
        frozenset(range(5, days, 7)),
    )


def write(path: Path, problem: Problem, roster: Roster) -> None:
    """Write the roster, by person and day."""
    order = {p.name: i for i, p in enumerate(problem.people)}
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["employee", "day", "shift"])
        for (name, day), shift in sorted(roster.items(), key=lambda cell: (order[cell[0][0]], cell[0][1])):
            writer.writerow([name, day, shift])


def teller(began: float) -> Watch:
    """Return a watch that prints progress; Ctrl-C stops the search, and what was found is written."""

    def show(event: Event) -> None:
        known = [f"{k} {v:,.1f}" for k, v in (("value", event.best), ("bound", event.bound)) if v is not None]
        print(f"{time.monotonic() - began:7.1f} s  {event.stage}: {event.text} {' '.join(known)}", file=sys.stderr)

    watch = Watch(show=show)
    signal.signal(signal.SIGINT, lambda *_: watch.stop.set())
    return watch


def main() -> None:
    """Solve one instance and print what was reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance")
    parser.add_argument("--time-limit", type=float, default=300.0, metavar="S")
    parser.add_argument("--gap", type=float, default=0.0, help="relative gap at which to stop")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, metavar="R.csv")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), metavar="DIR")
    args = parser.parse_args()
    path = Path(args.instance)
    if args.instance.isdigit():
        path = args.data / "scheduling" / "curtois" / f"Instance{args.instance}.txt"
    if not path.exists():
        print(f"{path}: absent, skipped")
        return
    began = time.monotonic()
    problem = read(path)
    watch = teller(began)
    watch.time_limit_s = args.time_limit
    found = solve_cells(problem, watch, gap=args.gap, seed=args.seed)
    if args.out is not None:
        write(args.out, problem, found.roster)
    bound = "none" if found.solved.bound is None else f"{found.solved.bound:,.2f}"
    gap = "unknown" if found.solved.gap is None else f"{found.solved.gap:.2%}"
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"{path.stem} value {found.solved.cost:,.0f} bound {bound} gap {gap} {found.solved.status}"
        f" seconds {time.monotonic() - began:.1f} processor {usage.ru_utime + usage.ru_stime:.1f}"
        f" MB {usage.ru_maxrss / 1024:.0f}"
    )


if __name__ == "__main__":
    main()
