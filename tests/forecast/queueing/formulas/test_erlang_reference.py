"""Every row of the 50-digit reference table."""

import functools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.queueing import ServiceGoal, erlang_b, erlang_c, performance, required_agents
from busyhour.forecast.queueing.formulas.service_level import DEFINITIONS

TABLE = Path(__file__).parents[3] / "reference" / "erlang_reference.csv"
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
MODELS = {  # of the table: model and parameters of ours
    "erlang_b": ("erlang_b", ()),
    "erlang_b_real_n": ("erlang_b", ()),
    "erlang_c": ("erlang_c", ()),
    "erlang_a": ("erlang_a", ()),
    "mmnk": ("erlang_c", ("queue_places",)),
    "mmnk_a": ("erlang_a", ("queue_places",)),
    "erlang_x": ("erlang_a", ("redial",)),
}
SHARES = {
    "p_block": "p_block", "p_wait": "p_wait", "p_abandon": "p_abandon", "occupancy": "occupancy",
    "answered_in": "p_answered_within_T", "abandoned_in": "p_abandoned_within_T",
    "abandoned_short": "p_abandoned_within_T",
}  # fmt: skip
TIMES = {
    "asa_s": "asa_answered_s", "asa_all_s": "asa_all_s", "queue_length": "lq", "total_load_erl": "total_load_erl",
}  # fmt: skip


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


def measured(r, *, patience_s=None):
    model, more = MODELS[r["model"].iloc[0]]
    known = {
        ours: r[theirs]
        for ours, theirs in (("aht_s", "aht_s"), ("within_s", "T_s"), ("short_s", "T_s"))
        if r[theirs].notna().all()
    }
    if model == "erlang_a":
        known["patience_s"] = r["patience_s"] if patience_s is None else patience_s
    return performance(model, r["n"], load_erl=r["load_erl"], **({"aht_s": 1.0} | known), **{k: r[k] for k in more})


@pytest.mark.parametrize("model", MODELS)
def test_every_measure_of_a_queue(model):
    r = rows(model)
    found = measured(r)
    compared = 0
    for names, relative in ((SHARES, False), (TIMES, True)):
        for ours, theirs in names.items():
            if r[theirs].notna().all():
                assert off(getattr(found, ours), r[theirs], relative=relative) < (1e-12 if relative else 1e-13), ours
                compared += 1
    for definition in DEFINITIONS:
        if r[f"sl_{definition}"].notna().all():
            assert off(found.service_level(definition), r[f"sl_{definition}"]) < 1e-12
            compared += 1
    assert compared >= {"erlang_b": 2, "erlang_b_real_n": 1, "erlang_c": 6}.get(model, 14)


class Exponential:
    def __init__(self, mean_s):
        self.mean_s = mean_s

    def survival(self, t_s):
        return np.exp(-np.asarray(t_s) / self.mean_s)


def test_a_law_of_patience_that_is_exponential():
    for patience, r in rows("erlang_a").groupby("patience_s"):
        found = measured(r, patience_s=Exponential(patience))
        for ours, theirs in SHARES.items():
            if r[theirs].notna().all():
                assert off(getattr(found, ours), r[theirs]) < 1e-13, ours
        assert off(found.asa_s, r["asa_answered_s"], relative=True) < 1e-12
        assert off(found.asa_all_s, r["asa_all_s"], relative=True) < 1e-12


@pytest.mark.parametrize("target", sorted(GOALS))
def test_no_requirement_is_wrong(target):
    asked = table()[table()["target"] == target]
    assert len(asked) > 200
    for model, r in asked.groupby("model"):
        patience = r["patience_s"] if model == "req_erlang_a" else None
        found = required_agents(model.removeprefix("req_"), r["load_erl"], r["aht_s"], patience, GOALS[target])
        np.testing.assert_array_equal(found, r["n_required"])


def test_every_row_is_covered():
    r = table()
    assert set(r["model"]) == {*MODELS, "req_erlang_c", "req_erlang_a"}
    assert set(r["target"]) == {*GOALS, ""}
