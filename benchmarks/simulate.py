"""Calls simulated per second, after compiling: python -m benchmarks.simulate

One week, 07:00-21:00, of a small, a middle and a large centre (10, 100 and 1,157 calls a half-hour, the last as in the
bank), each half-hour staffed by Erlang A for 70 % in 20 s, rates uncertain by 8 % from day to day, 6 % of the people
absent, handle times of 175 s with a coefficient of variation of 1.2, patience of 300 s. The number of runs is fixed.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd
from scipy.stats import norm

from busyhour.forecast.queueing import ServiceGoal, required_agents
from busyhour.forecast.queueing.laws import law_of_cv
from busyhour.forecast.queueing.simulation import Simulation, simulate
from busyhour.forecast.tables import QUANTILES

CALLS = (10.0, 100.0, 1157.0)
AHT_S, PATIENCE_S, HALF_HOUR_S, SPREAD, ABSENT = 175.0, 300.0, 1800.0, 0.08, 0.06
GOAL = ServiceGoal(0.7, 20)


def week(calls: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return volume and staffing of five days with a two-peaked curve of `calls` in the mean."""
    starts = pd.DatetimeIndex(
        [
            pd.Timestamp("2026-03-02") + pd.Timedelta(days=day, minutes=minute)
            for day in range(5)
            for minute in range(7 * 60, 21 * 60, 30)
        ]
    )
    hour = starts.hour.to_numpy() + starts.minute.to_numpy() / 60
    shape = np.exp(-(((hour - 10.6) / 2.4) ** 2)) + 0.9 * np.exp(-(((hour - 15.0) / 2.8) ** 2)) + 0.1
    mean = calls * shape / shape.mean()
    quantiles = {f"q{q:g}": mean * np.exp(SPREAD * norm.ppf(q)) for q in QUANTILES}
    volume = pd.DataFrame({"queue": "calls", "start": starts, "calls": mean, **quantiles}).assign(
        handle_s=AHT_S, patience_s=PATIENCE_S
    )
    on_phone = required_agents("erlang_a", mean * AHT_S / HALF_HOUR_S, AHT_S, PATIENCE_S, GOAL)
    agents = np.ceil(np.asarray(on_phone) / (1 - ABSENT)).astype(np.int64)
    staffing = pd.DataFrame({"queue": "calls", "start": starts, "end": starts + pd.Timedelta(minutes=30)})
    return volume, staffing.assign(agents=agents)


def run(volume: pd.DataFrame, staffing: pd.DataFrame, runs: int) -> Simulation:
    """Simulate exactly `runs` weeks."""
    return simulate(
        staffing,
        volume,
        {"calls": GOAL},
        absent=ABSENT,
        handle=law_of_cv(1.2),
        seed=1,
        half_width=1e-9,
        min_runs=runs,
        max_runs=runs,
    )


def main() -> None:
    """Print one line per size of centre."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=256, help="weeks simulated, in batches of 32")
    asked = parser.parse_args()
    began = time.perf_counter()
    run(*week(CALLS[0]), 32)
    print(f"first run, compiling included: {time.perf_counter() - began:.1f} s")
    print(f"{'calls a half-hour':>18}{'runs':>7}{'calls':>14}{'seconds':>9}{'calls a second':>16}{'day ± points':>14}")
    for calls in CALLS:
        volume, staffing = week(calls)
        found = run(volume, staffing, asked.runs)
        service = found.service
        total = float(service.loc[service["period"] == "week", "offered"].sum()) * found.runs
        print(f"{calls:>18,.0f}{found.runs:>7,}{total:>14,.0f}{found.seconds:>9.2f}{total / found.seconds:>16,.0f}"
              f"{100 * found.half_width:>14.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
