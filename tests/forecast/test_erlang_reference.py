"""Every row of the 50-digit reference table that the stationary models cover."""

import functools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.queueing import ServiceGoal, erlang_b, erlang_c, performance, required_agents

TABLE = Path(__file__).parent.parent / "reference" / "erlang_reference.csv"
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


@functools.cache
def table():
    text = pd.read_csv(TABLE, dtype=str, keep_default_na=False)
    numbers = text.columns.difference(["id", "model", "target"])
    return text.assign(**{c: [float(v) if v else math.nan for v in text[c]] for c in numbers})


def rows(model):
    found = table()[table()["model"] == model]
    assert len(found)
    return found


def off(value, exact, *, relative=False):
    """Return the largest error; nan counts as infinitely wrong, equal infinities as right."""
    value, exact = np.asarray(value, dtype=float), np.asarray(exact, dtype=float)
    assert not np.isnan(exact).any()
    same = value == exact
    error = np.abs(np.where(same, 0.0, value) - np.where(same, 0.0, exact))
    if relative:
        told = exact > 1e-250
        error = np.where(told, error / np.where(told & ~same, exact, 1.0), 0.0)
    return float(np.nan_to_num(error, nan=np.inf).max())


@pytest.mark.parametrize("model", ["erlang_b", "erlang_b_real_n"])
def test_erlang_b_holds_13_digits(model):
    r = rows(model)
    assert off(erlang_b(r["n"], r["load_erl"]), r["p_block"], relative=True) < 1e-13


def test_erlang_c_holds_13_digits():
    r = rows("erlang_c")
    assert off(erlang_c(r["n"], r["load_erl"]), r["p_wait"], relative=True) < 1e-13


@pytest.mark.parametrize("model", ["erlang_c", "erlang_a"])
def test_every_measure_of_a_queue(model):
    r = rows(model)
    patience = r["patience_s"] if model == "erlang_a" else None
    found = performance(model, r["n"], load_erl=r["load_erl"], aht_s=r["aht_s"], patience_s=patience,
                        within_s=r["T_s"], short_s=r["T_s"])  # fmt: skip
    assert off(found.p_wait, r["p_wait"]) < 1e-13
    assert off(found.p_abandon, r["p_abandon"] if model == "erlang_a" else 0.0 * r["n"]) < 1e-13
    assert off(found.answered_in, r["p_answered_within_T"]) < 1e-13
    assert off(found.occupancy, r["occupancy"]) < 1e-13
    assert off(found.asa_s, r["asa_answered_s"], relative=True) < 1e-12
    assert off(found.asa_all_s, r["asa_all_s"], relative=True) < 1e-12
    assert off(found.queue_length, r["lq"], relative=True) < 1e-12
    assert off(found.service_level("offered"), r["sl_offered"]) < 1e-13
    if model == "erlang_a":
        assert off(found.abandoned_in, r["p_abandoned_within_T"]) < 1e-13
        assert off(found.abandoned_short, r["p_abandoned_within_T"]) < 1e-13
        for definition in ("answered", "total", "excl_short"):
            assert off(found.service_level(definition), r[f"sl_{definition}"]) < 1e-12


@pytest.mark.parametrize("target", sorted(GOALS))
def test_no_requirement_is_wrong(target):
    asked = table()[table()["target"] == target]
    assert len(asked) > 200
    for (model, aht), r in asked.groupby(["model", "aht_s"]):
        patience = r["patience_s"] if model == "req_erlang_a" else None
        found = required_agents(model.removeprefix("req_"), r["load_erl"], aht, patience, GOALS[target])
        np.testing.assert_array_equal(found, r["n_required"])


def test_mean_wait_of_all_calls_on_both_sides_of_its_requirement():
    r = table()[(table()["target"] == "asa_all_30") & (table()["n_required"] > 1)]
    for fewer, column in ((0, "value_at_n"), (1, "value_at_n_minus_1")):
        found = performance("erlang_a", r["n_required"] - fewer, load_erl=r["load_erl"], aht_s=r["aht_s"],
                            patience_s=r["patience_s"])  # fmt: skip
        assert off(found.asa_all_s, r[column], relative=True) < 1e-12
