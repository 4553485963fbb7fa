"""The scorecard in words: how little a sample says, who cannot be told apart, gates, trends."""

from __future__ import annotations

import numpy as np

from ...schedule.contracts.goal import Goal
from ...schedule.contracts.ranking import Ranking
from ...schedule.contracts.sampling import MARGIN, Sample
from ...schedule.contracts.scorecard import OVERALL, QUALITY, SERVICE, Entry, Scale, Scorecard
from ...schedule.contracts.trend import Trend
from ..report.figures import MISSING, number, percent
from .words import fraction_told

SCORES = {SERVICE: "Service, counted from calls", QUALITY: "Quality, judged by people", OVERALL: "Overall"}
"""What the three scores are called."""
MANY = 3
"""Vendors that a sentence names one by one, at most."""


def figure(goal: Goal, value: float | None) -> str:
    """Write a figure of a goal: a share as per cent, else seconds."""
    if value is None or np.isnan(value):
        return MISSING
    return percent(value) if goal.is_share else f"{number(value, 1)} s"


def span(goal: Goal, low: float, high: float) -> str:
    """Write an interval of a goal."""
    return MISSING if np.isnan(low) or np.isnan(high) else f"{figure(goal, low)} to {figure(goal, high)}"


def wanted(goal: Goal) -> str:
    """Write what a goal asks for."""
    return f"{'at least' if goal.way == 'at_least' else 'at most'} {figure(goal, goal.wanted)}"


def counted_as(goal: Goal) -> str:
    """Write how a goal is counted, or who judges by which rubric."""
    if not goal.counted:
        return goal.rubric or "judged by people; the contract tells no rubric"
    return fraction_told(goal)


def scale_told(goal: Goal, scale: Scale | None) -> str:
    """Write what earns no point and what earns all, in the words of the rubric where people score."""
    if not goal.counted:
        return f"{goal.scores[0]:g} to {goal.scores[1]:g}"
    return MISSING if scale is None else f"{figure(goal, scale.worst)} to {figure(goal, scale.best)}"


def listed(names: tuple[str, ...] | list[str]) -> str:
    """Write names as a row of words; many are counted.

    Examples
    --------
    >>> listed(["north", "south"]), listed(["a", "b", "c", "d", "e"])
    ('north and south', 'a, b, c and 2 more')
    """
    if len(names) > MANY + 1:
        return f"{', '.join(names[:MANY])} and {len(names) - MANY} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def sample_says(sample: Sample) -> str:
    """Say how little, or how much, a sample tells; a sentence without its point."""
    scores = f"{sample.scores} score{'s' * (sample.scores != 1)}"
    people = f"{sample.scorers} {'people' if sample.scorers != 1 else 'person'}"
    interval = f"{percent(sample.low)} to {percent(sample.high)}"
    told = f"{scores} by {people}: {percent(sample.mean)} may be anything from {interval}"
    if sample.half_width <= MARGIN:
        return told
    calls = sample.calls_for(MARGIN)
    points = f"±{number(100 * MARGIN)} points"
    if calls is None:
        return f"{told}; no number of calls scored by these {people} would tell {points}, only more scorers would"
    return f"{told}; {points} would take {number(max(calls, sample.scores))} calls"


def verdict(entry: Entry | None) -> str:
    """Say whether a level is met by the letter, and whether the data show that."""
    if entry is None or entry.met is None:
        return "no data: counts as not met"
    word = "met" if entry.met else "missed"
    if entry.chance is None:
        return f"{word}; too few days to say how sure that is"
    if entry.sure:
        return f"{word}, and the data show it"
    return f"{word}, but the data do not show it: {percent(entry.chance, 0)} chance that it is truly met"


def not_told(ranking: Ranking, vendor: str) -> str:
    """Say from whom a vendor cannot be told apart."""
    others = ranking.not_told_from(vendor)
    if len(ranking.vendors) == 1:
        return "nobody to compare with"
    if not others:
        return "told apart from all others"
    every = "every other vendor" if len(others) == len(ranking.vendors) - 1 > MANY else listed(others)
    return f"cannot be told apart from {every}"


def trend_told(goal: Goal, trend: Trend | None, per: str) -> str:
    """Say whether a figure moves; a sentence without its point."""
    if trend is None:
        return f"too few {per}s for a trend"
    unit, factor = ("points", 100.0) if goal.is_share else ("s", 1.0)
    low, high = (_signed(factor * v) for v in (trend.low, trend.high))
    if not trend.told:
        return f"no trend can be told: {low} to {high} {unit} a {per}"
    better = (trend.change > 0) == (goal.way == "at_least")
    return f"{'better' if better else 'worse'} by {_signed(factor * trend.change)} {unit} a {per} ({low} to {high})"


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + number(value, 1)


def headline(card: Scorecard) -> str:
    """Say who leads in each score and how sure that is; a sentence without its point."""
    names = [OVERALL] if OVERALL in card.rankings else [name for name in (SERVICE, QUALITY) if name in card.rankings]
    told = "; ".join(_leader(card.rankings[name], name) for name in names if card.rankings[name].vendors)
    return told[:1].upper() + told[1:] if told else "No vendor can be ranked: see the notes"


def _leader(ranking: Ranking, name: str) -> str:
    """Say who leads in one score."""
    first = ranking.vendors[0]
    where = "overall" if name == OVERALL else f"in {name}"
    if len(ranking.vendors) == 1:
        return f"{where} {first} has {number(100 * ranking.scores[0], 1)} points; there is nobody to compare with"
    chance = percent(float(ranking.ranks[0, 0]), 0)
    told = not_told(ranking, first)
    sure = f"can be {told}" if told.startswith("told") else told
    return f"{where} {first} leads, with a chance of {chance} to be truly first, and {sure}"


def two_scores(card: Scorecard) -> str:
    """Say how service and quality stand to each other; a sentence without its point."""
    if card.settings.quality is not None and OVERALL in card.rankings:
        return (
            f"The overall score is {percent(1 - card.settings.quality, 0)} service and "
            f"{percent(card.settings.quality, 0)} quality, as scorecard.toml says"
        )
    return "Service is counted, quality is judged: the two scores are not put together unless scorecard.toml says how"


def scorer_lines(card: Scorecard) -> list[str]:
    """Say where one person alone gave all scores, each a sentence without its point."""
    out = []
    for vendor in card.vendors:
        alone = [e.goal.name for (v, _), e in card.entries.items() if v == vendor and e.sample and e.sample.one_scorer]
        if alone:
            what = f"{vendor}: one person gave all scores of {listed(alone)}"
            out.append(f"{what}; how strict that person is, is assumed, not seen, and stands in the interval")
    return out
