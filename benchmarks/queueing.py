"""How exact and how fast the queueing is: python -m benchmarks.queueing [--peer-python ENV/bin/python]

Errors against the 4,809 rows of ``tests/reference/erlang_reference.csv``, which were computed with 50 digits:
probabilities are compared absolutely, Erlang B and C, waits, queue lengths and loads relatively; required agents must
be equal. Then requirements per processor second for a million loads between 0.1 and 200 erlang, the seconds that a
fresh process takes for its first answer, and pyworkforce on a sample of the same loads where an environment that has it
is given. At last the staffed days of `benchmarks.moving` and the pool of `benchmarks.simulate`, with simpy and Ciw
where the environment has them. Processor seconds are warm, the best of three, unless said otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import moving, simulate
from busyhour.forecast.queueing import AgentsTable, Performance, ServiceGoal, performance, required_agents

TABLE = Path(__file__).parent.parent / "tests" / "reference" / "erlang_reference.csv"
PEERS = Path(__file__).parent / "peers"
TINY = 1e-250
MODELS = {
    "erlang_b": ("erlang_b", ()),
    "erlang_b_real_n": ("erlang_b", ()),
    "erlang_c": ("erlang_c", ()),
    "erlang_a": ("erlang_a", ()),
    "mmnk": ("erlang_c", ("queue_places",)),
    "mmnk_a": ("erlang_a", ("queue_places",)),
    "erlang_x": ("erlang_a", ("redial",)),
}
SHARES = {
    "p_block": "p_block",
    "p_wait": "p_wait",
    "p_abandon": "p_abandon",
    "occupancy": "occupancy",
    "answered_in": "p_answered_within_T",
    "abandoned_in": "p_abandoned_within_T",
}
TIMES = {
    "asa_s": "asa_answered_s",
    "asa_all_s": "asa_all_s",
    "queue_length": "lq",
    "total_load_erl": "total_load_erl",
}
RELATIVE = {"erlang_b": "p_block", "erlang_b_real_n": "p_block", "erlang_c": "p_wait"}
DEFINITIONS = ("offered", "answered", "total", "excl_short")
GOALS = {
    "sl80_20": ServiceGoal(0.8, 20),
    "sl70_20": ServiceGoal(0.7, 20),
    "sl90_10": ServiceGoal(0.9, 10),
    "asa30": ServiceGoal(0, 0, max_asa_s=30),
    "occ85": ServiceGoal(0, 0, max_occupancy=0.85),
    "sl_offered_80_20": ServiceGoal(0.8, 20),
    "sl_offered_70_20": ServiceGoal(0.7, 20),
    "sl_offered_90_10": ServiceGoal(0.9, 10),
    "sl_answered_80_20": ServiceGoal(0.8, 20, "answered"),
    "sl_total_80_20": ServiceGoal(0.8, 20, "total"),
    "sl_excl_short_80_20": ServiceGoal(0.8, 20, "excl_short", short_s=20),
    "abandon_3": ServiceGoal(0, 0, max_abandon=0.03),
    "asa_answered_30": ServiceGoal(0, 0, max_asa_s=30),
    "asa_all_30": ServiceGoal(0, 0, max_asa_all_s=30),
}
GOAL, AHT_S, PATIENCE_S, TOP = ServiceGoal(0.8, 20), 180.0, 300.0, 200.0
COUNT = 1_000_000
FIRST = (
    "from busyhour.forecast.queueing import required_agents, ServiceGoal;"
    "print(required_agents('erlang_c', [10.0], 180, None, ServiceGoal(.8, 20)))"
)


def reference() -> pd.DataFrame:
    """Return the table of exact values."""
    text = pd.read_csv(TABLE, dtype=str, keep_default_na=False)
    numbers = text.columns.difference(["id", "model", "target"])
    return text.assign(**{c: [float(v) if v else np.nan for v in text[c]] for c in numbers})


def worst(value: object, exact: object, *, relative: bool = False) -> float:
    """Return the largest error; a NaN counts as infinitely wrong, equal infinities as right."""
    found, true = np.asarray(value, dtype=float), np.asarray(exact, dtype=float)
    same = found == true
    error = np.abs(np.where(same, 0.0, found) - np.where(same, 0.0, true))
    if relative:
        error = np.where(true > TINY, error / np.where(same | (true <= TINY), 1.0, true), 0.0)
    return float(np.nan_to_num(error, nan=np.inf).max())


def measured(rows: pd.DataFrame, name: str) -> Performance:
    """Return our measures of the rows of one model."""
    model, more = MODELS[name]
    columns = (("aht_s", "aht_s"), ("within_s", "T_s"), ("short_s", "T_s"))
    known = {k: rows[v] for k, v in columns if rows[v].notna().all()}
    patience = rows["patience_s"] if model == "erlang_a" else None
    return performance(model, rows["n"], load_erl=rows["load_erl"], patience_s=patience,
                       **({"aht_s": 1.0} | known), **{k: rows[k] for k in more})  # fmt: skip


def errors(table: pd.DataFrame) -> Iterator[tuple[str, int, str]]:
    """Yield (what, rows, largest error) per model of the table."""
    for name in MODELS:
        r = table[table["model"] == name]
        found = measured(r, name)
        shares = [worst(getattr(found, k), r[v]) for k, v in SHARES.items() if r[v].notna().all()]
        levels = [worst(found.service_level(d), r[f"sl_{d}"]) for d in DEFINITIONS if r[f"sl_{d}"].notna().all()]
        times = [worst(getattr(found, k), r[v], relative=True) for k, v in TIMES.items() if r[v].notna().all()]
        if name in RELATIVE:
            column = RELATIVE[name]
            yield f"{name}: {column}", len(r), f"{worst(getattr(found, column), r[column], relative=True):.1e} relative"
        yield f"{name}: shares", len(r), f"{max(shares):.1e} absolute"
        if levels:
            yield f"{name}: service levels", len(r), f"{max(levels):.1e} absolute"
        if times:
            yield f"{name}: times", len(r), f"{max(times):.1e} relative"


def requirements(table: pd.DataFrame) -> tuple[int, int]:
    """Return how many rows ask for a number of agents, and how many of them are answered wrong."""
    rows = wrong = 0
    for (target, model), r in table[table["target"] != ""].groupby(["target", "model"]):
        patience = r["patience_s"] if model == "req_erlang_a" else None
        found = required_agents(model.removeprefix("req_"), r["load_erl"], r["aht_s"], patience, GOALS[target])
        rows, wrong = rows + len(r), wrong + int((np.asarray(found) != r["n_required"]).sum())
    return rows, wrong


def show_exactness(_: argparse.Namespace) -> None:
    """Print one line per model and kind of measure."""
    table = reference()
    print(f"{'against 50 digits':<34}{'rows':>6}  largest error")
    for what, rows, error in errors(table):
        print(f"{what:<34}{rows:>6}  {error}")
    rows, wrong = requirements(table)
    print(f"{'required agents':<34}{rows:>6}  {wrong} wrong")


def loads(count: int) -> np.ndarray:
    """Return loads in erlang, log-uniform from 0.1 to 200, in no order."""
    return np.asarray(np.exp(np.random.default_rng(1).uniform(np.log(0.1), np.log(TOP), count)))


def cpu_s(work: Callable[[], object], rounds: int = 3) -> float:
    """Return the least processor seconds that `work` takes."""
    best = np.inf
    for _ in range(rounds):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def fresh(code: str, cache: str, before: str = "pass", **env: str) -> tuple[str, float, float]:
    """Return what a fresh process prints, its processor seconds and its seconds on the wall."""
    children, began = os.times(), time.perf_counter()
    done = subprocess.run([sys.executable, "-c", f"{before}\n{code}"], check=True, capture_output=True, text=True,
                          env={**os.environ, "NUMBA_CACHE_DIR": cache, **env})  # fmt: skip
    wall, after = time.perf_counter() - began, os.times()
    used = after.children_user + after.children_system - children.children_user - children.children_system
    return done.stdout.strip(), used, wall


def show_speed(_: argparse.Namespace) -> None:
    """Print requirements per processor second."""
    a = loads(COUNT)
    handle = AHT_S * np.exp(np.random.default_rng(2).normal(0.0, 0.1, COUNT))
    table = AgentsTable.build("erlang_c", TOP, AHT_S, None, GOAL)
    ordered = np.sort(a)
    print(f"\nrequirements, {GOAL}, {COUNT:,} loads of 0.1-200 erlang")
    for what, work in (
        ("Erlang C, handle times vary", lambda: required_agents("erlang_c", a, handle, None, GOAL)),
        ("Erlang A, handle times vary", lambda: required_agents("erlang_a", a, handle, PATIENCE_S, GOAL)),
        ("Erlang C, one handle time", lambda: required_agents("erlang_c", a, AHT_S, None, GOAL)),
        ("Erlang A, one handle time", lambda: required_agents("erlang_a", a, AHT_S, PATIENCE_S, GOAL)),
        ("a table that stands", lambda: table.required(a)),
        ("a table that stands, loads in order", lambda: table.required(ordered)),
    ):
        first = cpu_s(work, 1)
        print(f"{what:<40}{COUNT / cpu_s(work) / 1e6:>8.2f} M a second   (first time {first:.2f} s)")


def show_first_answers(_: argparse.Namespace) -> None:
    """Print what fresh processes take."""
    many = (
        "import sys, time; from benchmarks.queueing import *; a = loads({count}); t = time.process_time();"
        "required_agents('{model}', a, {handle}, PATIENCE_S, GOAL);"
        "print(round(time.process_time() - t, 2), 's,', 'compiled' if 'numba' in sys.modules else 'not compiled')"
    )
    vary = "AHT_S + 0 * a"
    print("\nfresh processes")
    with tempfile.TemporaryDirectory() as cache:
        for told in ("no cache", "again"):
            said, used, wall = fresh(FIRST, cache)
            print(f"{'one Erlang C requirement, ' + told:<52}{used:>6.2f} s CPU, {wall:.2f} s, says {said}")
        for model in ("erlang_c", "erlang_a"):
            said = fresh(many.format(count=COUNT, model=model, handle="AHT_S"), cache)[0]
            print(f"{f'{model}, {COUNT:,}, one handle time':<52}{said}")
        for count, handle in ((COUNT, "AHT_S"), (100_000, vary)):
            said = fresh(many.format(count=count, model="erlang_c", handle=handle), cache, NUMBA_DISABLE_JIT="1")[0]
            told = f"erlang_c, {count:,}, {'one handle time' if handle == 'AHT_S' else 'handle times vary'}"
            print(f"{told + ', compiler off':<52}{said.partition(',')[0]}")
        for told in ("no cache", "cached"):
            for model in ("erlang_c", "erlang_a"):
                said = fresh(many.format(count=100_000, model=model, handle=vary), cache)[0]
                print(f"{f'{model}, 100,000, handle times vary, {told}':<52}{said}")


def peer(python: Path, task: dict[str, Any]) -> dict[str, Any] | None:
    """Return pyworkforce's answer, None if the interpreter does not have it."""
    command = [str(python), str(PEERS / "pyworkforce_erlang.py")]
    done = subprocess.run(command, input=json.dumps(task), capture_output=True, text=True, check=False)
    return None if done.returncode else json.loads(done.stdout)


def show_peer(asked: argparse.Namespace) -> None:
    """Print pyworkforce's speed and answers beside ours."""
    print("\npyworkforce, the same loads one by one")
    if asked.peer_python is None:
        print("skipped, no --peer-python (README.md says how to make its environment)")
        return
    for model, count in (("erlang_c", 5_000), ("erlang_a", 24)):
        a = loads(count)
        law = {"aht_s": AHT_S, "patience_s": PATIENCE_S, "within_s": GOAL.within_s, "level": GOAL.level}
        answer = peer(asked.peer_python, {"model": model, "loads": a.tolist(), **law})
        if answer is None:
            print("skipped, --peer-python names no environment that has it")
            return
        many, rate = loads(COUNT), count / answer["seconds"]
        one, each = (
            COUNT / cpu_s(partial(required_agents, model, many, handle, PATIENCE_S, GOAL)) / rate
            for handle in (AHT_S, np.full(COUNT, AHT_S))
        )
        right = required_agents(model, a, AHT_S, PATIENCE_S, GOAL)
        wrong = sum(n != m for n, m in zip(answer["agents"], right.tolist(), strict=True))
        print(f"{model}: pyworkforce {answer['version']} {rate:,.0f} a second, {wrong} of {count} differ; busyhour is "
              f"{one:,.0f} times as fast, {each:,.0f} times where handle times vary")  # fmt: skip


def show_days(asked: argparse.Namespace) -> None:
    """Print what `benchmarks.moving` measures."""
    print("\nstaffed days")
    moving.show()


def show_simulation(asked: argparse.Namespace) -> None:
    """Print what `benchmarks.simulate` measures of one pool."""
    print("\nsimulated calls")
    simulate.show_pool(256, asked.peer_python)


# What is printed, in order; each section takes the options.
SECTIONS: tuple[Callable[[argparse.Namespace], None], ...] = (
    show_exactness,
    show_speed,
    show_first_answers,
    show_peer,
    show_days,
    show_simulation,
)


def main() -> None:
    """Print all sections."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer-python", type=Path, help="interpreter of the environment that holds the peers")
    asked = parser.parse_args()
    for section in SECTIONS:
        section(asked)


if __name__ == "__main__":
    main()
