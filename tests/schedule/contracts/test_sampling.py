"""Intervals of sampled scores: known values, scorers, little data, and how often they hold the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.errors import InputError
from busyhour.schedule.contracts.sampling import Sample, ScorerSpread, samples, wilson


def sample(shares: list[float], scorers: list[str] | None = None, assumed: ScorerSpread | None = None) -> Sample:
    """Return what scores of one vendor say; without `scorers` everybody scored one call."""
    names = scorers or [f"s{k}" for k in range(len(shares))]
    return samples(pd.Series(["north"] * len(shares)), pd.Series(names), pd.Series(shares), assumed)["north"]


@pytest.mark.parametrize(
    ("share", "worth", "low", "high"),
    [(0.85, 20, 0.640, 0.948), (0.0, 10, 0.0, 0.278), (1.0, 10, 0.722, 1.0), (0.5, 100, 0.404, 0.596)],
)
def test_wilson_as_published(share: float, worth: float, low: float, high: float) -> None:
    """Values as in Newcombe 1998, table of method 3, and by the formula."""
    found = wilson(share, worth)
    assert found == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))


def test_twenty_calls_say_little() -> None:
    """17 of 20 by 20 people leave about a third of the scale open, and hundreds of calls would be needed."""
    found = sample([1.0] * 17 + [0.0] * 3)
    assert found.mean == pytest.approx(0.85)
    assert found.low < 0.65
    assert found.high > 0.94
    calls = found.calls_for(0.05)
    assert calls is not None
    assert calls > 150


def test_independent_scorers_give_students_interval() -> None:
    """Where everybody scores one call, the interval of a mean is the textbook's."""
    values = [0.2, 0.4, 0.5, 0.6, 0.8]
    found = sample(values)
    half = 2.776 * np.std(values, ddof=1) / np.sqrt(5)
    assert found.mean == pytest.approx(0.5)
    assert found.half_width == pytest.approx(half, rel=1e-3)


def test_one_scorer_tells_less_than_many() -> None:
    """The same scores by one person leave more open, and no number of that person's calls closes it."""
    values = list(np.random.default_rng(1).integers(0, 2, 60).astype(float))
    alone, many = sample(values, ["Ann"] * 60), sample(values, [f"s{k % 12}" for k in range(60)])
    assert alone.one_scorer
    assert not many.one_scorer
    assert alone.half_width > many.half_width
    assert alone.calls_for(0.05) is None


def test_strict_and_kind_scorers_widen_the_interval() -> None:
    """Scores that hang on the scorer tell less than scores that do not."""
    rng = np.random.default_rng(3)
    scorers = [f"s{k % 4}" for k in range(80)]
    noise = rng.normal(0, 0.05, 80)
    apart = [0.3 + 0.15 * (k % 4) + noise[k] for k in range(80)]
    alike = [0.525 + noise[k] for k in range(80)]
    assert sample(apart, scorers).between > 0.5
    assert sample(apart, scorers).half_width > 3 * sample(alike, scorers).half_width


def test_scores_that_are_all_alike_are_not_certain() -> None:
    """Five times the best score is no proof that every call is perfect."""
    found = sample([1.0] * 5)
    assert found.high == 1.0
    assert found.low < 0.7
    steady = sample([0.75] * 6, ["Ann", "Bob"] * 3)
    assert steady.low < 0.6
    assert steady.high > 0.85


def test_one_score_says_nearly_nothing() -> None:
    """One score leaves most of the scale open."""
    found = sample([1.0], ["Ann"])
    assert found.low < 0.1


def test_draws_follow_the_interval() -> None:
    """What is drawn has the interval's limits as its quantiles, nearly."""
    for values in ([1.0] * 16 + [0.0] * 4, list(np.random.default_rng(5).uniform(0.2, 0.9, 25))):
        found = sample(values)
        drawn = found.drawn((np.arange(4000) + 0.5) / 4000)
        assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([found.low, found.high], abs=0.03)


def test_scores_outside_the_scale_are_refused() -> None:
    """A share above 1 or an unknown one is no score."""
    for bad in (1.2, float("nan")):
        with pytest.raises(InputError, match="outside its rubric"):
            sample([0.5, bad])


def test_assumptions_have_ranges() -> None:
    """A share of 1 would leave no variance within scorers."""
    with pytest.raises(InputError, match="share"):
        ScorerSpread(share=1.0)


@pytest.mark.slow
@pytest.mark.parametrize(("scorers", "calls", "between"), [(3, 7, 0.1), (5, 8, 0.05), (2, 10, 0.15), (4, 20, 0.0)])
def test_intervals_hold_the_truth_as_often_as_they_say(scorers: int, calls: int, between: float) -> None:
    """Of 600 intervals nearly 95 % hold the mean of all calls and scorers; a point is the error of that share."""
    rng = np.random.default_rng(7)
    held = 0
    vendors = [v for v in "abc" for _ in range(scorers * calls)]
    names = [f"{v}{k % scorers}" for v in "abc" for k in range(scorers * calls)]
    for _ in range(200):
        kind = dict(zip(sorted(set(names)), rng.normal(0, np.sqrt(between), 3 * scorers), strict=True))
        noise = rng.normal(0, np.sqrt(1 - between), len(names))
        x = np.clip(0.5 + 0.12 * (np.array([kind[n] for n in names]) + noise), 0, 1)
        found = samples(pd.Series(vendors), pd.Series(names), pd.Series(x))
        held += sum(one.low <= 0.5 <= one.high for one in found.values())
    assert held / 600 > 0.92
