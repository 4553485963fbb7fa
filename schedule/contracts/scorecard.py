"""The scorecard of vendors: every goal with its interval, two scores that stay apart, gates, ranks, trends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...forecast.ranges import Range, refuse_beyond
from .contract import Contract
from .equal_mix import Figure, Mixed, equal_mix
from .goal import Goal
from .ladder import holds
from .ranking import Ranking, ranking
from .sampling import Sample, ScorerSpread, samples

SERVICE, QUALITY, OVERALL = "service", "quality", "overall"
SURE = 0.95
"""Probability from which a sample is said to show that a level is met, or missed."""
JUDGED_SEED = 1_000_003
"""Added to the seed of what is drawn of scores, which must not move with the days that are drawn of calls."""


@dataclass(frozen=True)
class Scale:
    """The figures that earn no point and all points; points between are in proportion.

    Parameters
    ----------
    worst, best
        Figures of 0 and of 1; either may be the larger.
    """

    worst: float
    best: float

    def __post_init__(self) -> None:
        if self.worst == self.best:
            raise InputError("a scale without length", column="best", value=self.best, mend="worst and best must differ")

    def share(self, figure: float | np.ndarray) -> np.ndarray:
        """Return figures as shares of the scale, 0 to 1; figures beyond an end stand at that end."""
        part = (np.asarray(figure, dtype=float) - self.worst) / (self.best - self.worst)
        return np.asarray(np.clip(part, 0.0, 1.0))


@dataclass(frozen=True)
class Settings:
    """How goals become scores.

    Parameters
    ----------
    quality
        Share of the quality score in the overall score, 0 to 1; None = the two are never put together.
    scales
        Goal → scale of its points. Shares need none: 0 to 1, the other way round where less is better.
    weights
        Judged goal → weight in the quality score; they add up to 1.
    assumed
        What is assumed of scorers.
    draws
        How often figures are drawn for the probabilities of ranks.
    """

    quality: float | None = None
    scales: Mapping[str, Scale] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    assumed: ScorerSpread = ScorerSpread()
    draws: int = 4000

    def __post_init__(self) -> None:
        refuse_beyond(self, {"quality": Range(0, 1, "A share: 40 % is 0.4"), "draws": Range(200, 100_000)})

    def scale_of(self, goal: Goal) -> Scale | None:
        """Return the scale of a goal's points; None where seconds have none."""
        if goal.name in self.scales or not goal.is_share:
            return self.scales.get(goal.name)
        return Scale(0.0, 1.0) if goal.way == "at_least" else Scale(1.0, 0.0)


@dataclass(frozen=True, eq=False)
class Entry:
    """One goal of one vendor.

    Attributes
    ----------
    value, low, high
        Figure and its 95 % interval, in the unit of the goal; NaN = unknown.
    points
        Figure on the scale of its points, 0 to 1, at equal demand mix where that is known; NaN without a scale.
    count, days
        Calls or scores that are counted, and days (0 of scores).
    drawn
        Figures that the data allow, shape (draws,), on the vendor's own mix.
    drawn_points
        Points that the data allow, shape (draws,).
    sample
        What the scores say; None of a goal that is counted from calls.
    equal
        Figure at equal demand mix; None where that is unknown, and of scores.
    """

    vendor: str
    goal: Goal
    value: float
    low: float
    high: float
    points: float
    count: float
    days: int
    drawn: np.ndarray = field(repr=False)
    drawn_points: np.ndarray = field(repr=False)
    sample: Sample | None = None
    equal: Figure | None = None

    @property
    def met(self) -> bool | None:
        """Whether the figure meets the goal, as the contract compares; None = unknown."""
        return None if np.isnan(self.value) else holds(self.value, self.goal.wanted, self.goal.way)

    @property
    def chance(self) -> float | None:
        """Probability that the true figure meets the goal; None = unknown."""
        if np.isnan(self.low):
            return None
        over = self.drawn >= self.goal.wanted if self.goal.way == "at_least" else self.drawn <= self.goal.wanted
        return float(over.mean())

    @property
    def sure(self) -> bool:
        """Whether the data show that the goal is met, or that it is missed."""
        return self.chance is not None and not 1 - SURE < self.chance < SURE


@dataclass(frozen=True, eq=False)
class Scorecard:
    """The scorecard of vendors under one contract.

    Attributes
    ----------
    entries
        By (vendor, name of the goal).
    mixed
        Goal → its figures at own and at equal demand mix; of goals counted from calls.
    rankings
        ``service``, ``quality`` and, where the contract's parties agreed on a share, ``overall`` → ranking.
    weights
        The same words → goal → weight of the goal's points; each adds up to 1.
    unranked
        The same words → vendor → why it is not ranked.
    """

    contract: Contract
    vendors: tuple[str, ...]
    entries: Mapping[tuple[str, str], Entry] = field(repr=False)
    mixed: Mapping[str, Mixed] = field(repr=False)
    rankings: Mapping[str, Ranking] = field(repr=False)
    weights: Mapping[str, Mapping[str, float]]
    unranked: Mapping[str, Mapping[str, str]]

    def gates(self, vendor: str) -> tuple[tuple[str, Entry | None], ...]:
        """Return the goals that void a bonus, and what is known of each."""
        money = self.contract.money
        return tuple((g.goal, self.entries.get((vendor, g.goal))) for g in (money.gates if money else ()))


def scorecard(
    contract: Contract,
    counts: Mapping[str, Mapping[str, pd.DataFrame]],
    scores: pd.DataFrame,
    settings: Settings,
    *,
    seed: int = 0,
) -> Scorecard:
    """Score and rank vendors.

    Parameters
    ----------
    counts
        Goal → vendor → rows of intervals with ``queue, start, numerator, denominator``; of goals counted from calls.
    scores
        Rows with ``vendor, goal, scorer`` and ``share`` (of the rubric, 0 to 1).
    """
    entries: dict[tuple[str, str], Entry] = {}
    mixed: dict[str, Mixed] = {}
    for goal in contract.goals:
        scale = settings.scale_of(goal)
        if goal.counted:
            known = {v: rows for v, rows in counts.get(goal.name, {}).items() if (rows["denominator"] > 0).any()}
            mixed[goal.name] = equal_mix(known, draws=settings.draws, seed=seed)
            made = [_counted(vendor, goal, mixed[goal.name], scale) for vendor in known]
        else:
            rows = scores[scores["goal"] == goal.name]
            found = samples(rows["vendor"], rows["scorer"], rows["share"], settings.assumed) if len(rows) else {}
            made = [_judged(vendor, goal, one, scale, _chances(vendor, settings, seed)) for vendor, one in found.items()]
        entries |= {(entry.vendor, goal.name): entry for entry in made}
    vendors = tuple(sorted({v for of in counts.values() for v in of} | {str(v) for v in scores["vendor"].unique()}))
    weights = {SERVICE: _service_weights(contract, counts, settings), QUALITY: dict(settings.weights)}
    if settings.quality is not None:
        parts = ((SERVICE, 1 - settings.quality), (QUALITY, settings.quality))
        weights[OVERALL] = {goal: share * w for name, share in parts for goal, w in weights[name].items() if share}
    rankings, unranked = {}, {}
    for name, own in weights.items():
        whole = name != OVERALL or (weights[SERVICE] and weights[QUALITY])
        if own and whole:
            rankings[name], unranked[name] = _ranked(vendors, own, entries)
    return Scorecard(contract, vendors, entries, mixed, rankings, weights, unranked)


def _service_weights(
    contract: Contract, counts: Mapping[str, Mapping[str, pd.DataFrame]], settings: Settings
) -> dict[str, float]:
    """Return the weights of the goals counted from calls, as the contract's money weighs them, else alike."""
    goals = [g for g in contract.goals if g.counted and counts.get(g.name) and settings.scale_of(g) is not None]
    given = {g.name: g.weight for g in goals if g.weight} or {g.name: 1.0 for g in goals}
    return {name: weight / sum(given.values()) for name, weight in given.items()}


def _chances(vendor: str, settings: Settings, seed: int) -> np.ndarray:
    """Return where in its law each judged figure of a vendor is drawn, shape (draws,).

    All items of a vendor have the same: files of scores do not tell which scores are of one call, and a good call is
    good in most of its items. Items that err together make a score less sure than items that err apart.
    """
    rng = np.random.default_rng([seed + JUDGED_SEED, *vendor.encode()])
    return np.asarray(rng.uniform(size=settings.draws))


def _counted(vendor: str, goal: Goal, mixed: Mixed, scale: Scale | None) -> Entry:
    """Return the entry of a goal that is counted from calls."""
    own, equal = mixed.own[vendor], mixed.equal.get(vendor)
    compared = equal or own
    none = np.full(len(own.drawn), np.nan)
    points, drawn = (np.nan, none) if scale is None else (float(scale.share(compared.value)), scale.share(compared.drawn))
    low, high, every = own.low, own.high, own.drawn
    if goal.is_share:
        low, high, every = float(np.clip(low, 0, 1)), float(np.clip(high, 0, 1)), np.clip(every, 0, 1)
    return Entry(vendor, goal, own.value, low, high, points, own.denominator, own.days, every, drawn, None, equal)


def _judged(vendor: str, goal: Goal, sample: Sample, scale: Scale | None, chances: np.ndarray) -> Entry:
    """Return the entry of a goal that people score."""
    drawn = sample.drawn(chances)
    scale = scale or Scale(0.0, 1.0)
    points = float(scale.share(sample.mean))
    return Entry(vendor, goal, sample.mean, sample.low, sample.high, points, sample.scores, 0, drawn,
                 scale.share(drawn), sample)  # fmt: skip


def _ranked(
    vendors: tuple[str, ...], weights: Mapping[str, float], entries: Mapping[tuple[str, str], Entry]
) -> tuple[Ranking, dict[str, str]]:
    """Rank the vendors of which every goal that weighs is known; say of the others why they are not ranked."""
    scores, drawn, without = {}, {}, {}
    for vendor in vendors:
        own = {goal: entries.get((vendor, goal)) for goal in weights}
        missing = [goal for goal, entry in own.items() if entry is None]
        few = [goal for goal, entry in own.items() if entry is not None and np.isnan(entry.drawn_points).any()]
        if missing or few:
            without[vendor] = f"no data of {', '.join(missing)}" if missing else f"too few days of {', '.join(few)}"
            continue
        there = {goal: entry for goal, entry in own.items() if entry is not None}
        scores[vendor] = sum(weight * there[goal].points for goal, weight in weights.items())
        drawn[vendor] = np.sum([weight * there[goal].drawn_points for goal, weight in weights.items()], axis=0)
    return ranking(scores, drawn), without
