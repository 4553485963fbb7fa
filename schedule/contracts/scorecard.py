"""The scorecard of vendors: every goal with its interval, two scores that stay apart, gates, ranks, trends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...forecast.ranges import Range, refuse_beyond
from .contract import Contract
from .counting import measured
from .equal_mix import Mixed, Ratio, compared_rows, equal_mix
from .goal import Goal, Unit
from .history import History, history_of_counts, history_of_scores, span_of
from .ladder import holds
from .ranking import Ranking, ranking
from .sampling import Sample, ScorerSpread, samples

SERVICE, QUALITY, OVERALL = "service", "quality", "overall"
SURE = 0.95
"""Probability from which data are said to show that a level is met, or that it is missed."""
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
            raise InputError(
                "a scale without length", column="best", value=self.best, mend="worst and best must differ"
            )

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
        Goal counted from calls → scale of its points. Shares need none: 0 to 1, or 1 to 0 where less is better.
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
    assumed: ScorerSpread = field(default_factory=ScorerSpread)
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
    history
        The goal from period to period.
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
    sample: Sample | None
    equal: Ratio | None
    history: History = field(repr=False)

    @property
    def met(self) -> bool | None:
        """Whether the figure of all the time meets the level of the goal; None = unknown."""
        return None if np.isnan(self.value) else holds(self.value, self.goal.wanted, self.goal.way)

    @property
    def chance(self) -> float | None:
        """Probability that the true figure meets the level; None = unknown."""
        if np.isnan(self.low):
            return None
        over = self.drawn >= self.goal.wanted if self.goal.way == "at_least" else self.drawn <= self.goal.wanted
        return float(over.mean())

    @property
    def sure(self) -> bool:
        """Whether the data show that the level is met, or that it is missed."""
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
        ``service``, ``quality`` and, where a share of the quality score is agreed on, ``overall`` → ranking.
    weights
        The same words → goal → weight of the goal's points; each adds up to 1.
    unranked
        The same words → vendor → why it is not ranked.
    span
        Span by which trends are told.
    """

    contract: Contract
    settings: Settings
    vendors: tuple[str, ...]
    entries: Mapping[tuple[str, str], Entry] = field(repr=False)
    mixed: Mapping[str, Mixed] = field(repr=False)
    rankings: Mapping[str, Ranking] = field(repr=False)
    weights: Mapping[str, Mapping[str, float]]
    unranked: Mapping[str, Mapping[str, str]]
    span: Unit

    @property
    def gates(self) -> tuple[str, ...]:
        """Goals that void a bonus while they are missed or unknown."""
        return tuple(dict.fromkeys(g.goal for g in (self.contract.money.gates if self.contract.money else ())))


def scorecard(
    contract: Contract,
    counted: Mapping[str, Mapping[str, pd.DataFrame]],
    scores: pd.DataFrame,
    settings: Settings,
    *,
    seed: int = 0,
) -> Scorecard:
    """Score and rank vendors.

    Parameters
    ----------
    counted
        Goal → vendor → its intervals, as `counting.counted` returns them.
    scores
        ``vendor, date, goal, scorer, share`` (of the rubric, 0 to 1), a row a score; `date` without a zone.
    """
    tables = [table["start"] for of in counted.values() for table in of.values()]
    span = span_of([*tables, scores["date"]] if len(scores) else tables)
    entries: dict[tuple[str, str], Entry] = {}
    mixed: dict[str, Mixed] = {}
    for goal in contract.goals:
        if goal.counted and counted.get(goal.name):
            mixed[goal.name], made = _of_calls(goal, counted[goal.name], settings, span, seed)
        elif not goal.counted and (scores["goal"] == goal.name).any():
            made = _of_scores(goal, scores[scores["goal"] == goal.name], contract, settings, span, seed)
        else:
            continue
        entries |= {(entry.vendor, goal.name): entry for entry in made}
    vendors = tuple(sorted({v for of in counted.values() for v in of} | {str(v) for v in scores["vendor"].unique()}))
    weights = _weights(contract, [goal for _, goal in entries], settings)
    rankings, unranked = {}, {}
    for name, own in weights.items():
        rankings[name], unranked[name] = _ranked(vendors, own, entries)
    return Scorecard(contract, settings, vendors, entries, mixed, rankings, weights, unranked, span)


def _weights(contract: Contract, known: list[str], settings: Settings) -> dict[str, dict[str, float]]:
    """Return the weights of each score: service as the contract's money weighs goals (else alike), quality as given."""
    goals = [g for g in contract.goals if g.counted and g.name in known and settings.scale_of(g) is not None]
    service = {g.name: g.weight for g in goals if g.weight} or {g.name: 1.0 for g in goals}
    service = {name: weight / sum(service.values()) for name, weight in service.items()}
    quality = dict(settings.weights)
    out = {name: own for name, own in ((SERVICE, service), (QUALITY, quality)) if own}
    if settings.quality is not None and len(out) == 2:
        shares = {SERVICE: 1 - settings.quality, QUALITY: settings.quality}
        out[OVERALL] = {goal: shares[name] * w for name, own in out.items() for goal, w in own.items() if shares[name]}
    return out


def _of_calls(
    goal: Goal, counted: Mapping[str, pd.DataFrame], settings: Settings, span: Unit, seed: int
) -> tuple[Mixed, list[Entry]]:
    """Return a goal counted from calls: vendors compared, and the entry of each that has any call."""
    rows = {vendor: compared_rows(goal, table) for vendor, table in counted.items()}
    mixed = equal_mix({v: own for v, own in rows.items() if len(own)}, draws=settings.draws, seed=seed,
                      of_calls=goal.of_calls)  # fmt: skip
    histories = history_of_counts(goal, counted, span, seed)
    made = []
    for vendor, own in mixed.own.items():
        equal = mixed.equal.get(vendor)
        low, high, drawn, scale = own.low, own.high, own.drawn, settings.scale_of(goal)
        if goal.is_share:
            low, high, drawn = float(np.clip(low, 0, 1)), float(np.clip(high, 0, 1)), np.clip(drawn, 0, 1)
        points, every = np.nan, np.full(len(drawn), np.nan)
        if scale is not None:
            compared = own if equal is None else equal
            points, every = float(scale.share(compared.value)), scale.share(compared.drawn)
        made.append(Entry(vendor, goal, own.value, low, high, points, own.denominator, own.days, drawn, every, None,
                          equal, histories[vendor]))  # fmt: skip
    return mixed, made


def _of_scores(
    goal: Goal, scores: pd.DataFrame, contract: Contract, settings: Settings, span: Unit, seed: int
) -> list[Entry]:
    """Return the entry of each vendor that has scores of a goal."""
    table = measured(as_measured(scores), goal, contract)
    vendor = scores["vendor"].to_numpy()
    tables = {str(v): table[vendor == v].reset_index(drop=True) for v in sorted(set(vendor))}
    rows = scores[(table["clause"] == "").to_numpy()]
    if rows.empty:
        return []
    scale = settings.scale_of(goal) or Scale(0.0, 1.0)
    histories = history_of_scores(goal, tables, rows, span, settings.assumed)
    made = []
    for name, one in samples(rows["vendor"], rows["scorer"], rows["share"], settings.assumed).items():
        drawn = one.drawn(_chances(name, settings, seed))
        points, every = float(scale.share(one.mean)), scale.share(drawn)
        made.append(Entry(name, goal, one.mean, one.low, one.high, points, one.scores, 0, drawn, every, one, None,
                          histories[name]))  # fmt: skip
    return made


def as_measured(scores: pd.DataFrame) -> pd.DataFrame:
    """Return scores as what `counting.measured` reads: each one is a numerator of its own, with the denominator 1."""
    return scores[["date", "goal"]].assign(numerator=scores["share"], denominator=1.0, items=1.0)


def _chances(vendor: str, settings: Settings, seed: int) -> np.ndarray:
    """Return where in its law each judged figure of a vendor is drawn, shape (draws,).

    All items of a vendor have the same: files of scores need not tell which scores are of one call, and a good call is
    good in most of its items. A score of items that err together is less sure than one of items that err apart.
    """
    rng = np.random.default_rng([seed + JUDGED_SEED, *vendor.encode()])
    return np.asarray(rng.uniform(size=settings.draws))


def _ranked(
    vendors: tuple[str, ...], weights: Mapping[str, float], entries: Mapping[tuple[str, str], Entry]
) -> tuple[Ranking, dict[str, str]]:
    """Rank the vendors of which every goal that weighs is known; say of the others why they are not ranked."""
    scores, drawn, without = {}, {}, {}
    for vendor in vendors:
        there = {goal: entries[vendor, goal] for goal in weights if (vendor, goal) in entries}
        missing = [goal for goal in weights if goal not in there]
        few = [goal for goal, entry in there.items() if np.isnan(entry.drawn_points).any()]
        if missing or few:
            without[vendor] = f"no data of {', '.join(missing)}" if missing else f"too few days of {', '.join(few)}"
            continue
        scores[vendor] = sum(weight * there[goal].points for goal, weight in weights.items())
        drawn[vendor] = np.sum([weight * there[goal].drawn_points for goal, weight in weights.items()], axis=0)
    return ranking(scores, drawn), without
