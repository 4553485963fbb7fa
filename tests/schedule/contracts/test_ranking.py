"""Ranks with probabilities, and differences of two figures."""

from __future__ import annotations

import numpy as np
import pytest

from busyhour.schedule.contracts.ranking import difference, ranking


def normal(mean: float, error: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, error, 20_000)


def test_probabilities_as_by_the_normal_law() -> None:
    """Two vendors two standard errors of their difference apart: Φ(2) = 97.7 %."""
    found = ranking(
        {"a": 0.8, "b": 0.8 - 2 * np.sqrt(2) * 0.01},
        {"a": normal(0.8, 0.01, 1), "b": normal(0.8 - 2 * np.sqrt(2) * 0.01, 0.01, 2)},
    )
    assert found.vendors == ("a", "b")
    assert found.ranks[0, 0] == pytest.approx(0.977, abs=0.005)
    assert found.better[0, 1] == pytest.approx(0.977, abs=0.005)
    assert found.ranks.sum(axis=0) == pytest.approx([1, 1])
    assert found.ranks.sum(axis=1) == pytest.approx([1, 1])


def test_who_cannot_be_told_apart() -> None:
    """Near ones cannot be told apart, a far one can."""
    scores = {"a": 0.80, "b": 0.79, "c": 0.40}
    found = ranking(scores, {v: normal(s, 0.02, k) for k, (v, s) in enumerate(scores.items())})
    assert found.not_told_from("a") == ("b",)
    assert found.not_told_from("c") == ()
    assert not found.is_sure


def test_vendors_that_are_the_same_share_their_ranks() -> None:
    """With the same law each is better than the other with one half."""
    found = ranking({"a": 0.5, "b": 0.5}, {"a": normal(0.5, 0.1, 1), "b": normal(0.5, 0.1, 2)})
    assert found.better[0, 1] == pytest.approx(0.5, abs=0.02)
    assert found.better.diagonal() == pytest.approx([0.5, 0.5])


def test_one_vendor_and_none() -> None:
    """One vendor is first for sure; no vendor is no rank."""
    assert ranking({"a": 0.5}, {"a": normal(0.5, 0.1, 1)}).ranks.tolist() == [[1.0]]
    assert ranking({}, {}).vendors == ()


def test_difference_of_two_shares_as_published() -> None:
    """56 of 70 against 48 of 80: 0.0524 to 0.3339 (Newcombe 1998, method 10)."""
    one, other = (0.8, 0.6920, 0.8772), (0.6, 0.4905, 0.7000)
    found = difference(one, other)
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=2e-3), pytest.approx(0.3339, abs=2e-3))
    assert found.told
    assert not difference((0.8, 0.7, 0.9), (0.75, 0.6, 0.85)).told
