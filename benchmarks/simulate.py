"""Calls simulated per processor second: python -m benchmarks.simulate [--peer-python ENV/bin/python]

One pool, 50 erlang of calls for 50 agents round the clock, handle time 300 s, patience 120 s, beside Erlang A, with
other laws, and beside simpy and Ciw where an environment that has them is given. Then a week, 07:00-21:00, of a small,
a middle and a large centre (10, 100 and 1,157 calls a half-hour, the last as in the bank), each half-hour staffed by
Erlang A for 70 % in 20 s, rates uncertain by 8 % from day to day, 6 % of the people absent, handle times of 175 s with
a coefficient of variation of 1.2, patience of 300 s. The number of runs is fixed; seconds are warm but for the first
line.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from busyhour.forecast.queueing import Empirical, ServiceGoal, Simulation, performance, required_agents, simulate
from busyhour.forecast.queueing.formulas.time_laws import law_of_cv
from busyhour.forecast.tables import QUANTILES

POOL = {"load_erl": 50.0, "agents": 50, "handle_s": 300.0, "patience_s": 120.0, "within_s": 20.0, "seed": 1}
PEERS = (("simpy_pool", 200_000), ("ciw_pool", 50_000))
HOURS = pd.date_range("2026-03-02", periods=7 * 48, freq="30min")
CALLS = (10.0, 100.0, 1157.0)
AHT_S, PATIENCE_S, HALF_HOUR_S, SPREAD, ABSENT = 175.0, 300.0, 1800.0, 0.08, 0.06
GOAL = ServiceGoal(0.7, 20)


def pool() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return staffing and volume of the pool over a week."""
    calls = POOL["load_erl"] / POOL["handle_s"] * HALF_HOUR_S
    volume = pd.DataFrame({"queue": "calls", "start": HOURS, "calls": calls})
    staffing = pd.DataFrame({"start": HOURS[:1], "end": HOURS[-1:] + pd.Timedelta(minutes=30)})
    means = {"handle_s": POOL["handle_s"], "patience_s": POOL["patience_s"]}
    return staffing.assign(agents=POOL["agents"]), volume.assign(**means)


def week(calls: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return staffing and volume of five days with a two-peaked curve of `calls` in the mean."""
    starts = HOURS[(HOURS.day_of_week < 5) & (HOURS.hour >= 7) & (HOURS.hour < 21)]
    hour = starts.hour.to_numpy() + starts.minute.to_numpy() / 60
    shape = np.exp(-(((hour - 10.6) / 2.4) ** 2)) + 0.9 * np.exp(-(((hour - 15.0) / 2.8) ** 2)) + 0.1
    mean = calls * shape / shape.mean()
    quantiles = {f"q{q:g}": mean * np.exp(SPREAD * norm.ppf(q)) for q in QUANTILES}
    volume = pd.DataFrame({"queue": "calls", "start": starts, "calls": mean, **quantiles})
    on_phone = required_agents("erlang_a", mean * AHT_S / HALF_HOUR_S, AHT_S, PATIENCE_S, GOAL)
    agents = np.ceil(np.asarray(on_phone) / (1 - ABSENT)).astype(np.int64)
    staffing = pd.DataFrame({"start": starts, "end": starts + pd.Timedelta(minutes=30), "agents": agents})
    return staffing, volume.assign(handle_s=AHT_S, patience_s=PATIENCE_S)


def timed(tables: tuple[pd.DataFrame, pd.DataFrame], runs: int, **more: Any) -> tuple[Simulation, float, float]:
    """Simulate exactly `runs` weeks; returns the outcome, the calls and the processor seconds."""
    began = time.process_time()
    found = simulate(*tables, {"calls": GOAL}, half_width=1e-9, min_runs=runs, max_runs=runs, seed=1, **more)
    seconds = time.process_time() - began
    weeks = found.service[found.service["period"] == "week"]
    return found, float(weeks["offered"].sum()) * found.runs, seconds


def fresh(cache: str) -> float:
    """Return the processor seconds of a process that imports, simulates 32 weeks of the pool and ends."""
    code = "from benchmarks.simulate import pool, timed; timed(pool(), 32)"
    before = os.times()
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "NUMBA_CACHE_DIR": cache})
    after = os.times()
    return after.children_user - before.children_user


def peer(python: Path, script: str, calls: int) -> dict[str, Any] | None:
    """Return a peer's answer about the pool, None if its interpreter does not have it."""
    command = [str(python), str(Path(__file__).parent / "peers" / f"{script}.py")]
    done = subprocess.run(command, input=json.dumps({**POOL, "calls": calls}), capture_output=True, text=True)
    return None if done.returncode else json.loads(done.stdout)


def show_pool(runs: int, peer_python: Path | None, say: Callable[[str], None] = print) -> None:
    """Print the pool's lines."""
    truth = performance("erlang_a", POOL["agents"], load_erl=POOL["load_erl"], aht_s=POOL["handle_s"],
                        patience_s=POOL["patience_s"], within_s=POOL["within_s"])  # fmt: skip
    say(f"\none pool, 50 erlang, 50 agents: Erlang A answers {100 * float(truth.service_level()):.2f} % in 20 s")
    say(f"  {'':<38}{'calls':>13}{'seconds':>9}{'calls a second':>16}{'in time':>10}")
    times = np.exp(np.random.default_rng(1).normal(0.0, 0.8, 2000))
    ours = 0.0
    for name, laws in (
        ("busyhour", {}),
        ("  handle times lognormal, CV 1.2", {"handle": law_of_cv(1.2)}),
        ("  both as observed (2,000 times)", {"handle": Empirical(times), "patience": Empirical(times)}),
    ):
        timed(pool(), 32, **laws)
        found, calls, seconds = timed(pool(), runs, **laws)
        level = float(found.service.loc[found.service["period"] == "week", "simulated"].iloc[0])
        say(f"  {name:<38}{calls:>13,.0f}{seconds:>9.2f}{calls / seconds:>16,.0f}{100 * level:>8.2f} %")
        if not ours:
            ours = calls / seconds
            say(f"  {'  1,000 weeks of it':<38}{1000 * calls / found.runs:>13,.0f}{1000 * seconds / found.runs:>9.1f}")
    for script, count in PEERS:
        answer = peer(peer_python, script, count) if peer_python else None
        if answer is None:
            say(f"  {script.removesuffix('_pool')}: skipped, --peer-python names no environment that has it")
            continue
        rate, level = answer["calls"] / answer["seconds"], answer["in_time"] / answer["calls"]
        say(f"  {answer['name']:<38}{answer['calls']:>13,.0f}{answer['seconds']:>9.2f}{rate:>16,.0f}"
            f"{100 * level:>8.2f} %   busyhour is {ours / rate:,.0f} times as fast")  # fmt: skip


def show_centres(runs: int, say: Callable[[str], None] = print) -> None:
    """Print one line per size of centre."""
    say("\na week of a centre, rates uncertain, people absent")
    say(f"  {'calls a half-hour':<20}{'weeks':>7}{'calls':>14}{'seconds':>9}{'calls a second':>16}{'day ± points':>14}")
    for calls in CALLS:
        found, total, seconds = timed(week(calls), runs, absent=ABSENT, handle=law_of_cv(1.2))
        say(f"  {calls:<20,.0f}{found.runs:>7,}{total:>14,.0f}{seconds:>9.2f}{total / seconds:>16,.0f}"
            f"{100 * found.half_width:>14.2f}")  # fmt: skip


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=256, help="weeks simulated, in batches of 32")
    parser.add_argument("--peer-python", type=Path, help="interpreter that has simpy and ciw")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        compiling, cached = fresh(cache), fresh(cache)
        print(f"a fresh process that simulates 3 million calls: {compiling:.1f} s compiling, {cached:.1f} s cached")
    show_pool(asked.runs, asked.peer_python)
    show_centres(asked.runs)


if __name__ == "__main__":
    main()
