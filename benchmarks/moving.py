"""Staffing a moving day: python -m benchmarks.moving [--data DIR] [--days 1536]

Three days of five-minute call rates, staffed per half-hour for 80/20 (answered within 20 s / offered) in every
half-hour: handle times of 300 and 600 s, patience of 120 s, all exponential; the day starts empty, agents finish the
call in hand. Each staffing is simulated call by call; the standard error comes from 16 independent seeds. Beside the
hours stands the difference to the fewest found before (days/README.md).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from busyhour.forecast.queueing import ServiceGoal, required_agents, simulate, staff_day, transient

DAYS = ("steep", "bank10", "bank")
FEWEST = {("steep", 300): 263.5, ("steep", 600): 500.5, ("bank10", 300): 299.5, ("bank10", 600): 563.5,
          ("bank", 300): 2571.0, ("bank", 600): 5113.5}  # fmt: skip
GOAL, PATIENCE_S, HALF_HOUR_S, BINS, SEEDS = ServiceGoal(0.8, 20), 120.0, 1800.0, 6, 16
HERE = Path(__file__).parent / "days"


def rates_of(path: Path) -> tuple[pd.DatetimeIndex, np.ndarray]:
    """Return the starts of the bins and the calls per second, shape (half-hours, 6)."""
    table = pd.read_csv(path)
    starts = pd.to_datetime("2026-03-02 " + table["time"])
    return pd.DatetimeIndex(starts), table["calls_per_h"].to_numpy().reshape(-1, BINS) / 3600.0


def stationary(model: str, rates: np.ndarray, aht_s: float) -> np.ndarray:
    """Return the agents of each half-hour taken by itself."""
    return np.asarray(required_agents(model, rates.mean(axis=1) * aht_s, aht_s, PATIENCE_S, GOAL))


def forward(rates: np.ndarray, aht_s: float) -> np.ndarray:
    """Return the agents of the moving queue."""
    return staff_day(rates, GOAL, aht_s=aht_s, patience_s=PATIENCE_S).agents


def simulated(
    starts: pd.DatetimeIndex, rates: np.ndarray, agents: np.ndarray, aht_s: float, days: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the service level of each half-hour over `days` simulated days, and its standard error."""
    volume = pd.DataFrame({"queue": "calls", "start": starts, "calls": rates.ravel() * HALF_HOUR_S / BINS})
    volume = volume.assign(handle_s=aht_s, patience_s=PATIENCE_S)
    begin = starts[::BINS]
    steps = pd.DataFrame({"start": begin, "end": begin + pd.Timedelta(minutes=30), "agents": agents})
    runs = -(-days // SEEDS)
    answered, offered = np.zeros((SEEDS, len(agents))), np.zeros((SEEDS, len(agents)))
    for seed in range(SEEDS):
        found = simulate(
            steps, volume, {"calls": GOAL}, interval_min=5, seed=seed, half_width=0.0, min_runs=runs, max_runs=runs
        )
        rows = found.service[found.service["period"] == "interval"]
        calls = rows["offered"].to_numpy()
        offered[seed] = calls.reshape(-1, BINS).sum(axis=1)
        answered[seed] = (np.nan_to_num(rows["simulated"].to_numpy()) * calls).reshape(-1, BINS).sum(axis=1)
    level = answered.sum(axis=0) / offered.sum(axis=0)
    spread = (answered - level * offered).std(axis=0, ddof=1) / np.sqrt(SEEDS)
    return level, spread / offered.mean(axis=0)


def cpu_s(work: Callable[[], object]) -> float:
    """Return the processor seconds that `work` takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def show(folder: Path = HERE, days: int = 1536) -> None:
    """Print the table and the times, from the days in `folder`."""
    print(f"first answer (compiling or loading the cache): {cpu_s(lambda: forward(np.full(2, 0.1), 300.0)):.1f} s CPU")
    methods: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
        "Erlang C": lambda r, h: stationary("erlang_c", r, h),
        "Erlang A": lambda r, h: stationary("erlang_a", r, h),
        "moving": forward,
    }
    print(f"{days} simulated days; service levels in %, 'short' half-hours under 79 and under 80 %")
    print("day     AHT  method    hours   vs fewest  exact worst  simulated worst   short   exact - simulated    CPU s")
    for day in DAYS:
        starts, rates = rates_of(folder / f"{day}.csv")
        for aht_s in (300, 600):
            for name, method in methods.items():
                began = time.process_time()
                agents = method(rates, float(aht_s))
                took, hours = time.process_time() - began, agents.sum() / 2
                exact = transient(rates, agents, aht_s=aht_s, patience_s=PATIENCE_S).service_level()
                level, error = simulated(starts, rates, agents, float(aht_s), days)
                worst, off = int(level.argmin()), (exact - level) / error
                print(
                    f"{day:7s} {aht_s}  {name:8s} {hours:7.1f}  {100 * (hours / FEWEST[day, aht_s] - 1):+7.2f} %"
                    f"  {100 * exact.min():9.2f}    {100 * level[worst]:6.2f} ± {100 * error[worst]:.2f}"
                    f"    {(level < 0.79).sum():3d} {(level < 0.8).sum():3d}"
                    f"   rms {np.sqrt((off**2).mean()):.2f} s.e., most {np.abs(off).max():.1f}   {took:6.2f}"
                )
    rates = rates_of(folder / "bank.csv")[1]
    print(f"a day with a peak of {rates.max() * 300:.0f} erlang: {cpu_s(lambda: forward(rates, 300.0)):.2f} s CPU")
    week = np.tile(rates, (7, 1)) * (50.0 / 300.0 / rates.mean())
    print(f"a week of such days, 50 erlang in the mean of 14 hours: {cpu_s(lambda: forward(week, 300.0)):.2f} s CPU")
    wave = 50.0 / 300.0 * (1.0 + 0.5 * np.sin(np.arange(336) * np.pi / 24.0))
    print(f"a week day and night, a wave around 50 erlang: {cpu_s(lambda: forward(wave, 300.0)):.2f} s CPU")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=None, help="folder with days/*.csv; else the copies here")
    parser.add_argument("--days", type=int, default=1536, help="simulated days")
    given = parser.parse_args()
    show(HERE if given.data is None else given.data / "days", given.days)


if __name__ == "__main__":
    main()
