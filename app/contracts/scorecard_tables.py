"""The tables of a scorecard, as its CSV files hold them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd

from ...schedule.contracts.ranking import difference
from ...schedule.contracts.scorecard import OVERALL, QUALITY, SERVICE, Entry, Scale
from .card import MadeCard
from .scorecard_words import trend_told, verdict

SCORECARD = (
    "vendor",
    "goal",
    "kind",
    "score",
    "weight",
    "rubric_worst",
    "rubric_best",
    "wanted",
    "comparison",
    "figure",
    "low",
    "high",
    "equal_mix",
    "equal_low",
    "equal_high",
    "covered",
    "points",
    "met",
    "chance",
    "count",
    "days",
    "scorers",
    "effective",
    "units_met",
    "units",
)
RANKING = ("score", "rank", "vendor", "points", "low", "high", "not_told_from", "unranked")
PAIRS = ("goal", "vendor", "other", "difference", "low", "high", "told")
GATES = ("goal", "vendor", "wanted", "figure", "low", "high", "met", "chance", "units_met", "units", "verdict")
TREND = ("goal", "vendor", "period", "figure", "low", "high", "count")
TRENDS = ("goal", "vendor", "per", "change", "low", "high", "told", "words")
CLASSES = ("goal", "queue", "day", "hour", "share")


def tables_of(made: MadeCard) -> dict[str, pd.DataFrame]:
    """Return the tables by the names of their files, without ``.csv``."""
    return {
        "scorecard": _table([_line(made, entry) for entry in made.card.entries.values()], SCORECARD),
        "ranking": ranking_table(made),
        "pairs": pairs_table(made),
        "gates": gates_table(made),
        "trend": _table(
            [
                (goal, vendor, p.period, p.value, p.low, p.high, p.count)
                for (vendor, goal), entry in made.card.entries.items()
                for p in entry.history.points
            ],
            TREND,
        ),
        "trends": trends_table(made),
        "equal_mix": classes_table(made),
    }


def _table(rows: list[tuple[Any, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns))


def _line(made: MadeCard, entry: Entry) -> tuple[Any, ...]:
    goal, card = entry.goal, made.card
    score = SERVICE if goal.counted else QUALITY
    ends = card.settings.scale_of(goal) if goal.counted else Scale(*goal.scores)
    equal = entry.equal
    return (
        entry.vendor,
        goal.name,
        "counted" if goal.counted else "judged",
        score,
        card.weights.get(score, {}).get(goal.name, 0.0),
        *((np.nan, np.nan) if ends is None else (ends.worst, ends.best)),
        goal.wanted,
        goal.way,
        entry.value,
        entry.low,
        entry.high,
        *((np.nan,) * 3 if equal is None else (equal.value, equal.low, equal.high)),
        np.nan if equal is None else card.mixed[goal.name].covered[entry.vendor],
        100 * entry.points,
        _flag(entry.met),
        np.nan if entry.chance is None else entry.chance,
        entry.count,
        entry.days or np.nan,
        entry.sample.scorers if entry.sample else np.nan,
        entry.sample.effective if entry.sample else np.nan,
        entry.history.met,
        entry.history.judged,
    )


def _flag(met: bool | None) -> float:
    return np.nan if met is None else float(met)


def ranking_table(made: MadeCard) -> pd.DataFrame:
    """Return the ranks: of each score a row per vendor, with the probability of each rank."""
    ranks = [f"p_rank_{k + 1}" for k in range(len(made.card.vendors))]
    rows: list[tuple[Any, ...]] = []
    for name in (OVERALL, SERVICE, QUALITY):
        ranking = made.card.rankings.get(name)
        if ranking is None:
            continue
        for k, vendor in enumerate(ranking.vendors):
            chances = [*ranking.ranks[k], *[0.0] * (len(ranks) - len(ranking.vendors))]
            near = "|".join(ranking.not_told_from(vendor))
            ends = 100 * ranking.scores[k], 100 * ranking.low[k], 100 * ranking.high[k]
            rows.append((name, k + 1, vendor, *ends, near, "", *chances))
        for vendor, why in made.card.unranked[name].items():
            rows.append((name, np.nan, vendor, np.nan, np.nan, np.nan, "", why, *[np.nan] * len(ranks)))
    return _table(rows, (*RANKING, *ranks))


def pairs_table(made: MadeCard) -> pd.DataFrame:
    """Return how far each vendor lies from each other one, goal by goal; counted goals at equal demand mix."""
    rows = []
    for goal in made.card.contract.goals:
        known = [made.card.entries[v, goal.name] for v in made.card.vendors if (v, goal.name) in made.card.entries]
        for one, other in itertools.combinations(known, 2):
            ends = [_compared(e) for e in (one, other)]
            if np.isnan(ends).any():
                continue
            found = difference(*ends)
            rows.append((goal.name, one.vendor, other.vendor, found.value, found.low, found.high, float(found.told)))
    return _table(rows, PAIRS)


def _compared(entry: Entry) -> tuple[float, float, float]:
    """Return figure and limits by which a vendor is compared."""
    if entry.equal is None:
        return entry.value, entry.low, entry.high
    return entry.equal.value, entry.equal.low, entry.equal.high


def gates_table(made: MadeCard) -> pd.DataFrame:
    """Return the goals that void a bonus, of every vendor; one without data counts as not met."""
    rows = []
    for name in made.card.gates:
        goal = made.card.contract.goal(name)
        for vendor in made.card.vendors:
            e = made.card.entries.get((vendor, name))
            ends = (np.nan,) * 3 if e is None else (e.value, e.low, e.high)
            chance = np.nan if e is None or e.chance is None else e.chance
            met = 0.0 if e is None or e.met is None else float(e.met)
            units = (0, 0) if e is None else (e.history.met, e.history.judged)
            rows.append((name, vendor, goal.wanted, *ends, met, chance, *units, verdict(e)))
    return _table(rows, GATES)


def trends_table(made: MadeCard) -> pd.DataFrame:
    """Return whether figures move, in numbers and in words."""
    rows = []
    for (vendor, name), entry in made.card.entries.items():
        found = entry.history.trend
        ends = (np.nan,) * 4 if found is None else (found.change, found.low, found.high, float(found.told))
        rows.append((name, vendor, made.card.span, *ends, trend_told(entry.goal, found, made.card.span)))
    return _table(rows, TRENDS)


def classes_table(made: MadeCard) -> pd.DataFrame:
    """Return the classes of intervals in which vendors are compared, with their share of the common mix."""
    parts = [mixed.classes.assign(goal=name) for name, mixed in made.card.mixed.items() if len(mixed.classes)]
    return pd.concat(parts, ignore_index=True)[list(CLASSES)] if parts else pd.DataFrame(columns=list(CLASSES))
