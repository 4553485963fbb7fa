"""Actions of a running day: python -m benchmarks.today_actions [--days 1024] [--cases 0,1,2,3,4]

Made desks whose peak needs 61 or 302 agents (handle time 300 s, patience 120 s, 80 % in 20 s), at 14:30, with more
calls than forecast since 14:00: pauses may move. The seconds of the menu; then its promise against simulated days
under each length that the change may have had, the same calls with and without the actions (common seeds). The standard
error comes from independent seeds.
"""

from __future__ import annotations

import argparse
import math
import time

import numpy as np
import pandas as pd

from benchmarks.today_desk import (
    AHT_S,
    GOAL,
    NOW,
    OPEN,
    PATIENCE_S,
    SLOT_MIN,
    calls_of,
    needed,
    outlook,
    roster,
    running_desk,
)
from busyhour.app.today.apply import changed
from busyhour.forecast.queueing import simulate
from busyhour.schedule.today.actions import ActionParams
from busyhour.schedule.today.desk import RunningDesk
from busyhour.schedule.today.menu import menu
from busyhour.schedule.today.rest_of_day import calls_by_length

CASES = ((61, 61.0, 0.15), (61, 61.0, 0.3), (302, 322.0, 0.1), (302, 322.0, 0.15), (302, 322.0, 0.3))
"""Peak need, its erlangs, and the change of the calls."""
OTHERS_H = (0.25, 0.5, 3.0)
"""Hours that the change lasts on in days that the menu was not made for."""
SEEDS, FROM = 16, 5 * 4
"""Independent seeds; slot with which simulated days begin: the desk is in its usual state long before now."""


def simulated(desk: RunningDesk, rows: pd.DataFrame, calls: np.ndarray, days: int) -> np.ndarray:
    """Return the calls in time of the rest of the day, the mean over the days of each seed, shape (SEEDS,)."""
    volume = pd.DataFrame({"queue": "calls", "start": desk.starts, "calls": calls, "handle_s": AHT_S,
                           "patience_s": PATIENCE_S})[FROM:]  # fmt: skip
    phone = rows[rows["activity"] == "phone"].assign(agents=1)[["queue", "start", "end", "agent", "agents"]]
    phone = phone[phone["end"] > desk.starts[FROM]]
    phone["start"] = phone["start"].where(phone["start"] >= desk.starts[FROM], desk.starts[FROM])
    out, runs = np.zeros(SEEDS), -(-days // SEEDS)
    for seed in range(SEEDS):
        found = simulate(phone, volume, {"calls": GOAL}, interval_min=SLOT_MIN, seed=seed, half_width=0.0,
                         min_runs=runs, max_runs=runs)  # fmt: skip
        there = found.service[
            (found.service["period"] == "interval") & (found.service["start"] >= desk.starts[NOW - OPEN])
        ]
        out[seed] = float((there["offered"] * there["simulated"].fillna(0.0)).sum())
    return out


def measure(peak: int, erlangs: float, size: float, days: int) -> None:
    """Print the menu of one desk and what came of its promise."""
    calls = calls_of(erlangs)
    heads = roster(needed(calls))
    desk = running_desk(heads)
    expected = outlook(desk, calls, size)
    params = ActionParams(kinds=("move",))
    began, cpu = time.perf_counter(), time.process_time()
    found = menu(desk, expected, params)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(f"\npeak {peak} agents (need {needed(calls).max()}), {len(heads)} people, +{size:.0%} from 14:00: "
          f"{len(found.actions)} moves in {wall:.1f} s ({cpu:.1f} s of processor)")  # fmt: skip
    for p in found.frontier:
        by_length = " / ".join(f"{g:.1f}" for g in p.gain_by_length)
        print(f"  {p.actions:3d} moves, {p.people} people: {p.gain_points:+.2f} points of the day, "
              f"{p.gain_calls:.1f} calls ({by_length} by length), lowest {p.least_level:.0%}")  # fmt: skip
    (queue,) = expected.queues
    came = calls_by_length(queue, expected, found.lengths_h)
    since = desk.starts[NOW - OPEN]
    if not days:
        return
    without = [simulated(desk, desk.rows, of_length, days) for of_length in came]
    for point in (p for p in found.frontier if p.actions in (20, len(found.actions))):
        rows = changed(desk.rows, found.first(point.actions), since)
        mixed = np.zeros(SEEDS)
        for k, (hours, chance, promised) in enumerate(
            zip(found.lengths_h, found.chances, point.gain_by_length, strict=True)
        ):
            gain = simulated(desk, rows, came[k], days) - without[k]
            mixed += chance * gain
            _told(f"{point.actions} moves, {'rest' if math.isinf(hours) else f'{hours:g} h'}", promised, gain)
        _told(f"{point.actions} moves, all lengths", point.gain_calls, mixed)
        for hours, of_length in zip(OTHERS_H, calls_by_length(queue, expected, OTHERS_H), strict=True):
            gain = simulated(desk, rows, of_length, days) - simulated(desk, desk.rows, of_length, days)
            error = float(gain.std(ddof=1) / np.sqrt(len(gain)))
            print(
                f"    {point.actions} moves, {hours:g} h, not planned for: came {gain.mean():.2f} ± {error:.2f} calls"
            )


def _told(what: str, promised: float, gain: np.ndarray) -> None:
    error = float(gain.std(ddof=1) / np.sqrt(len(gain)))
    share = f"{gain.mean() / promised:.0%} ± {error / abs(promised):.0%}" if abs(promised) > 1e-6 else "-"
    print(f"    {what}: promised {promised:.2f}, came {gain.mean():.2f} ± {error:.2f} calls: {share}")


def main() -> None:
    """Measure all desks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=1024, help="simulated days of each length; 0 = none")
    parser.add_argument("--cases", default="0,1,2,3,4", help="cases to measure, by number")
    asked = parser.parse_args()
    for number in map(int, asked.cases.split(",")):
        measure(*CASES[number], asked.days)


if __name__ == "__main__":
    main()
