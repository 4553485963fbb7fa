"""Largest errors of the queueing formulas against the table of exact values: python -m benchmarks.reference

The table, ``tests/reference/erlang_reference.csv``, was computed with 50 digits. Probabilities are compared absolutely;
Erlang B and C, waiting times and queue lengths relatively; required agents must be equal.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from busyhour.forecast.queueing import ServiceGoal, erlang_b, erlang_c, performance, required_agents

TABLE = Path(__file__).parent.parent / "tests" / "reference" / "erlang_reference.csv"
TINY = 1e-250
SHARES = {
    "p_wait": "p_wait",
    "p_abandon": "p_abandon",
    "occupancy": "occupancy",
    "answered_in": "p_answered_within_T",
    "abandoned_in": "p_abandoned_within_T",
}
TIMES = {"asa_s": "asa_answered_s", "asa_all_s": "asa_all_s", "queue_length": "lq"}
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
}

Line = tuple[str, int, float, str]


def worst(value: object, exact: object, *, relative: bool = False) -> float:
    """Return the largest error; a NaN counts as infinitely wrong, equal infinities as right."""
    found, true = np.asarray(value, dtype=float), np.asarray(exact, dtype=float)
    same = found == true
    error = np.abs(np.where(same, 0.0, found) - np.where(same, 0.0, true))
    if relative:
        error = np.where(true > TINY, error / np.where(same | (true <= TINY), 1.0, true), 0.0)
    return float(np.nan_to_num(error, nan=np.inf).max())


def formulas(table: pd.DataFrame) -> Iterator[Line]:
    """Yield (what, rows, largest error, absolute or relative) of the performance formulas."""
    for model in ("erlang_b", "erlang_b_real_n"):
        r = table[table["model"] == model]
        yield f"{model}: p_block", len(r), worst(erlang_b(r["n"], r["load_erl"]), r["p_block"], relative=True), "rel"
    r = table[table["model"] == "erlang_c"]
    yield "erlang_c: p_wait", len(r), worst(erlang_c(r["n"], r["load_erl"]), r["p_wait"], relative=True), "rel"
    for model in ("erlang_c", "erlang_a"):
        r = table[table["model"] == model]
        patience = r["patience_s"] if model == "erlang_a" else None
        found = performance(model, r["n"], load_erl=r["load_erl"], aht_s=r["aht_s"], patience_s=patience,
                            within_s=r["T_s"], short_s=r["T_s"])  # fmt: skip
        shares = [worst(getattr(found, k), r[v]) for k, v in SHARES.items() if r[v].notna().all()]
        levels = [worst(found.service_level(d), r[f"sl_{d}"]) for d in DEFINITIONS if r[f"sl_{d}"].notna().all()]
        yield f"{model}: shares", len(r), max(shares), "abs"
        yield f"{model}: service levels", len(r), max(levels), "abs"
        times = [worst(getattr(found, k), r[v], relative=True) for k, v in TIMES.items()]
        yield f"{model}: times", len(r), max(times), "rel"


def requirements(table: pd.DataFrame) -> tuple[int, int, float]:
    """Return how many rows ask for a number of agents, how many of them are answered wrong, and the seconds taken."""
    rows, wrong, began = 0, 0, time.perf_counter()
    for (target, model, aht_s), r in table[table["target"].isin(GOALS)].groupby(["target", "model", "aht_s"]):
        patience = r["patience_s"] if model == "req_erlang_a" else None
        found = required_agents(model.removeprefix("req_"), r["load_erl"], aht_s, patience, GOALS[target])
        rows, wrong = rows + len(r), wrong + int((np.asarray(found) != r["n_required"]).sum())
    return rows, wrong, time.perf_counter() - began


def main() -> None:
    """Print one line per model and measure."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    text = pd.read_csv(TABLE, dtype=str, keep_default_na=False)
    numbers = text.columns.difference(["id", "model", "target"])
    table = text.assign(**{c: [float(v) if v else np.nan for v in text[c]] for c in numbers})
    print(f"{'what':<32}{'rows':>6}  largest error")
    for what, rows, error, kind in formulas(table):
        print(f"{what:<32}{rows:>6}  {error:.1e} {kind}")
    rows, wrong, seconds = requirements(table)
    print(f"{'required agents':<32}{rows:>6}  {wrong} wrong ({seconds:.1f} s, compiling included)")


if __name__ == "__main__":
    main()
