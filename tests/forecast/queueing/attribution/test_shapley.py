"""The Shapley value."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from busyhour.forecast.queueing.attribution.shapley import shapley, subsets


def test_it_is_the_mean_over_all_orders() -> None:
    """Random values of four players, against every order written out."""
    rng = np.random.default_rng(1)
    players = ("a", "b", "c", "d")
    value = {s: float(v) for s, v in zip(subsets(players), rng.normal(size=16), strict=True)}
    mean = dict.fromkeys(players, 0.0)
    for order in permutations(players):
        for i, player in enumerate(order):
            mean[player] += (value[frozenset(order[: i + 1])] - value[frozenset(order[:i])]) / 24
    found = shapley(players, value)
    assert found == pytest.approx(mean)
    assert sum(found.values()) == pytest.approx(value[frozenset(players)] - value[frozenset()])


def test_who_adds_nothing_has_nothing() -> None:
    value = {s: float("a" in s) for s in subsets("ab")}
    assert shapley("ab", value) == {"a": 1.0, "b": 0.0}


def test_nobody_shares_nothing() -> None:
    assert shapley((), {frozenset(): 0.3}) == {}
