"""The parts of a missed day against the exact law: python -m benchmarks.replay [--simulate 256] [--erlang 19,58,190]

Days of the shape of the bank's, scaled to a mean load, staffed per half-hour for 80/20 (Erlang A, handle time 300 s,
patience 120 s), on which four causes are planted: volume +4 % all day and +25 % for two hours, handle time +3 to +6 %,
3 to 5 % of the heads absent, and a roster that lies some heads beside what is required. Each part by the offered-load
approximation stands beside that by the exact law of the moving queue (16 runs of the day each), and beside the mean of
simulated days under common seeds with its standard error. Then: what the chance in the counts does to the part of the
volume, over 50 days of drawn counts with and without smoothing, of that day and of one with the forecast's own rates.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from busyhour.forecast.queueing.attribution.day import PLAYERS, VOLUME, Day, parts
from busyhour.forecast.queueing.attribution.simulated import chance, checked
from busyhour.forecast.queueing.attribution.smoothing import factors

from .replayed_days import BINS, GOAL, exact_parts, planted

HERE = Path(__file__).parent / "days"
AHT_S = 300.0
DAYS = 50
"""Days of drawn counts."""


def calls_of(erlang: float) -> np.ndarray:
    """Return the calls of each half-hour of a bank's day with that mean load."""
    shape = pd.read_csv(HERE / "bank.csv")["calls_per_h"].to_numpy().reshape(-1, BINS).mean(axis=1) / 2.0
    return np.asarray(shape * erlang * 1800.0 / AHT_S / shape.mean())


def timed(work: Callable[[], object]) -> tuple[object, float, float]:
    """Return what `work` returns, its seconds, and its processor seconds."""
    wall, cpu = time.monotonic(), time.process_time()
    found = work()
    return found, time.monotonic() - wall, time.process_time() - cpu


def smoothed(day: Day, counts: np.ndarray) -> Day:
    """Return a day whose calls are told by counts of half-hours, the chance taken off."""
    expected = day.calls.reshape(-1, BINS).sum(axis=1)
    factor = factors(counts, expected, lambda mean: mean, 1800.0 * np.arange(len(expected)), 0.05)
    return replace(day, calls_came=day.calls * np.repeat(factor, BINS))


def show(erlangs: list[float], runs: int) -> None:
    """Print the table."""
    first = planted(calls_of(1.0))
    parts(first, GOAL)
    exact_parts(first)
    chance(first, GOAL, runs=32)
    print("load  service   by               seconds  cpu    " + "  ".join(f"{name:>12}" for name in PLAYERS))
    for erlang in erlangs:
        day = planted(calls_of(erlang))
        found, wall, cpu = timed(lambda day=day: parts(day, GOAL))
        exact, exact_wall, exact_cpu = timed(lambda day=day: exact_parts(day))
        level = f"{100 * exact.planned:.1f}→{100 * exact.expected:.1f}"
        for name, one, seconds, processor in (
            ("exact", exact, exact_wall, exact_cpu),
            ("offered load", found, wall, cpu),
        ):
            shares = "  ".join(f"{100 * one.shares[p]:12.2f}" for p in PLAYERS)
            print(f"{erlang:4g}  {level}  {name:<14} {seconds:8.2f} {processor:6.2f}  {shares}")
        most = max(abs(found.shares[p] - exact.shares[p]) for p in PLAYERS)
        if runs:
            by_simulation, wall, cpu = timed(lambda day=day: checked(day, GOAL, runs=runs))
            shares = "  ".join(
                f"{100 * by_simulation.parts.shares[p]:5.2f} ± {100 * by_simulation.errors[p]:4.2f}" for p in PLAYERS
            )
            print(f"{erlang:4g}  {'':9}  {'simulation':<14} {wall:8.2f} {cpu:6.2f}  {shares}")
        band, wall, cpu = timed(lambda day=day: chance(day, GOAL))
        print(f"      furthest from exact {100 * most:.2f} points; "
              f"chance of one day, s.d. {100 * band.deviation:.1f} points "
              f"({wall:.2f} s, cpu {cpu:.2f})")  # fmt: skip
        of_counts(day, "planted volume", exact.shares[VOLUME])
        of_counts(replace(day, calls_came=day.calls), "as forecast", 0.0)


def of_counts(day: Day, name: str, share: float) -> None:
    """Print how far the part of the volume is from `share` where the rate is known from drawn counts alone."""
    rng = np.random.default_rng(1)
    rate = day.calls_came.reshape(-1, BINS).sum(axis=1)
    found: dict[str, list[float]] = {"counts as they are": [], "smoothed": []}
    for _ in range(DAYS):
        counts = rng.poisson(rate).astype(float)
        raw = replace(day, calls_came=np.repeat(counts, BINS) / BINS)
        found["counts as they are"].append(parts(raw, GOAL).shares[VOLUME])
        found["smoothed"].append(parts(smoothed(day, counts), GOAL).shares[VOLUME])
    for how, values in found.items():
        error = 100 * (np.array(values) - share)
        print(f"      volume, {name}, from {how:<18}: error {error.mean():+.2f}, s.d. {error.std(ddof=1):.2f} points")


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--erlang", default="19,58,190", help="mean loads, parted by commas")
    parser.add_argument("--simulate", type=int, default=256, help="simulated days for each subset of causes; 0 = none")
    asked = parser.parse_args()
    show([float(e) for e in asked.erlang.split(",")], asked.simulate)


if __name__ == "__main__":
    main()
