"""Seconds of the judge, and whether planner and judge are of one mind.

``python -m benchmarks.judge --rows 20000 --agents 5000`` judges a table copied onto itself and a big roster; the time
must grow with the rows.

``python -m benchmarks.judge --desks 2000 --from 0 --out FAILURES`` plans random desks, by number, and judges them: no
plan may be refused, none may be dearer than one of its own legal neighbours. Desks that fail are written to the folder
of failures.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.one_mind import summed, tried
from benchmarks.random_desks import random_desk
from busyhour.schedule.judge.check import check

COLUMNS = ("agent", "start", "end", "activity", "queue")
CUTS = ((0, 120, "phone"), (120, 135, "break"), (135, 240, "phone"), (240, 270, "lunch"), (270, 480, "phone"))
BREAKS = (
    {"duration_min": 15, "earliest_min": 90, "latest_min": 150},
    {"kind": "lunch", "paid": False, "duration_min": 30, "earliest_min": 210, "latest_min": 270},
)
PLAN: dict[str, Any] = {
    "site": {"zone": "Europe/Berlin"},
    "queue": {"calls": {}},
    "shift": {"day": {"paid_min": 450, "start_from": "06:00", "start_to": "14:00", "step_min": 15, "break": BREAKS}},
    "contract": {"full": {"shifts": ["day"], "max_h_week": 40}},
}


def inputs_of(agents: list[str]) -> dict[str, Any]:
    """Return the raw inputs of the week of the autumn change, with `agents` of one contract."""
    staff = pd.DataFrame({"agent": agents, "contract": "full"})
    return {"plan": PLAN, "week": "2026-10-19", "staff": staff}


def repeated(number: int, what: str) -> pd.DataFrame:
    """Return one row of one agent `number` times."""
    row = ("a", "2026-10-19T08:00:00+02:00", "2026-10-19T09:00:00+02:00", what, "calls" if what == "phone" else "")
    return pd.DataFrame([row] * number, columns=list(COLUMNS))


def roster(agents: list[str]) -> pd.DataFrame:
    """Return five legal shifts a person, five rows each."""
    rows = []
    for i, agent in enumerate(agents):
        for day in range(19, 24):
            begin = pd.Timestamp(f"2026-10-{day}T{6 + i % 9:02d}:00", tz="Europe/Berlin").to_pydatetime()
            for low, high, what in CUTS:
                ends = (begin + pd.Timedelta(minutes=m) for m in (low, high))
                rows.append((agent, *(t.isoformat() for t in ends), what, "calls" if what == "phone" else ""))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def measured(name: str, activity: pd.DataFrame, inputs: dict[str, Any]) -> float:
    """Print processor seconds and violations of one judgement; return microseconds per row."""
    began = time.process_time()
    verdict = check(activity, inputs)
    seconds = time.process_time() - began
    each = 1e6 * seconds / len(activity)
    told = f"{seconds:7.2f} s {each:8.1f} us a row {len(verdict.violations):>7,} violations"
    print(f"{name:28} {len(activity):>8,} rows {told}")
    return each


def desks(asked: argparse.Namespace) -> None:
    """Plan and judge random desks; print those that fail, those with cheaper neighbours, and the sums."""
    ends, out = [], asked.out
    for number in range(asked.first, asked.first + asked.desks):
        desk = random_desk(number, asked.most, asked.seconds, alike=asked.alike)
        found = tried(desk, asked.moves)
        ends.append(found)
        for fault in found.faults:
            print(f"desk {number}: FAULT {fault}", flush=True)
        if found.faults and out is not None:
            desk.write(out / str(number))
        if found.cheaper:
            kinds = ", ".join(f"{kind} {times}" for kind, times in found.cheaper.most_common())
            print(f"desk {number}: cheaper neighbours, the best by {found.saving:.2%}: {kinds}", flush=True)
        if found.end == "input":
            print(f"desk {number}: {found.told}", flush=True)
    print(", ".join(f"{times:,} {what}" for what, times in sorted(summed(ends).items())))


def main() -> None:
    """Judge each table whole and a tenth of it: the ratio of the seconds a row is 1 where time grows with the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000, help="times that one row is repeated")
    parser.add_argument("--agents", type=int, default=5_000, help="people of the roster")
    parser.add_argument("--desks", type=int, default=0, help="random desks to plan and judge, instead")
    parser.add_argument("--from", type=int, default=0, dest="first", help="number of the first desk")
    parser.add_argument("--most", type=int, default=40, help="most people of a desk")
    parser.add_argument("--seconds", type=float, default=5.0, help="time limit of each desk")
    parser.add_argument("--alike", action="store_true", help="desks with families that look like each other")
    parser.add_argument("--moves", type=int, default=400, help="neighbours of each plan")
    parser.add_argument("--out", type=Path, help="folder for the desks that fail")
    asked = parser.parse_args()
    if asked.desks:
        desks(asked)
        return
    check(repeated(10, "phone"), inputs_of(["a"]))  # imports and caches
    for what in ("phone", "break"):
        few, many = (
            measured(f"one {what} row, repeated", repeated(n, what), inputs_of(["a"]))
            for n in (asked.rows // 10, asked.rows)
        )
        print(f"{'':28} ratio of seconds a row {many / few:.2f}")
    agents = [f"a{i}" for i in range(asked.agents)]
    few, many = (
        measured(f"{n:,} people, 5 shifts", roster(agents[:n]), inputs_of(agents[:n]))
        for n in (len(agents) // 10, len(agents))
    )
    print(f"{'':28} ratio of seconds a row {many / few:.2f}")


if __name__ == "__main__":
    main()
