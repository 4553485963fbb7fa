"""The page of a scorecard: one file, opens offline, asks the network for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ...schedule.contracts.goal import Goal
from ...schedule.contracts.scorecard import OVERALL, QUALITY, SERVICE, Scorecard
from ..report.card import GOOD, PLAIN, WARN, Card
from ..report.figures import MISSING, number, percent
from ..report.page import rendered
from ..report.run import records
from ..report.tables import TextTable, table
from .card import MadeCard
from .scorecard_charts import charts
from .scorecard_words import (
    SCORES,
    counted_as,
    figure,
    headline,
    not_told,
    sample_says,
    scale_told,
    scorer_lines,
    span,
    trend_told,
    two_scores,
    verdict,
    wanted,
)

Tables = Mapping[str, pd.DataFrame]
LITTLE = 0.8
"""Share of a vendor's calls in the classes compared below which the page says that little is compared."""


def page_of(made: MadeCard, tables: Tables, summary: Mapping[str, Any]) -> str:
    """Return the page as HTML text."""
    card = made.card
    goals = [g.name for g in card.contract.goals if any(name == g.name for _, name in card.entries)]
    return rendered(
        "scorecard.html.j2",
        charts(card),
        {"views": [], "queues": goals, "gantt": None},
        ("report.js",),
        title=card.contract.name,
        parties=parties(card),
        span=f"{made.first} to {made.last}",
        headline=headline(card),
        cards=_cards(card),
        queues=goals,
        scores=[
            (name, SCORES[name], ranking_table(card, name))
            for name in (OVERALL, SERVICE, QUALITY)
            if name in card.rankings
        ],
        two_scores=two_scores(card),
        goals=[goal_table(card, card.contract.goal(name)) for name in goals],
        samples=sample_lines(card),
        scorers=scorer_lines(card),
        gates=gates_table(card),
        mix=mix_table(card),
        thin=thin_lines(card),
        pairs=pairs_table(card, tables["pairs"]),
        trends=trends_table(card),
        origin=_origin(made, summary),
        notes=summary["notes"],
        contract_note=card.contract.note,
    )


def parties(card: Scorecard) -> str:
    """Write who judges whom."""
    client = f"{card.contract.client}: " if card.contract.client else ""
    return f"{client}{len(card.vendors)} vendor{'s' * (len(card.vendors) != 1)}: {', '.join(card.vendors)}"


def _cards(card: Scorecard) -> list[Card]:
    out = []
    for name in (OVERALL, SERVICE, QUALITY):
        ranking = card.rankings.get(name)
        if ranking is None or not ranking.vendors:
            continue
        points = number(100 * ranking.scores[0], 1)
        interval = f"{number(100 * ranking.low[0], 1)} to {number(100 * ranking.high[0], 1)}"
        tone = GOOD if not ranking.not_told_from(ranking.vendors[0]) else WARN
        told = not_told(ranking, ranking.vendors[0])
        out.append(
            Card(
                SCORES[name],
                ranking.vendors[0],
                told,
                f"{points} points of 100, 95 % interval {interval}",
                tone if len(ranking.vendors) > 1 else PLAIN,
            )
        )
    missed = [(g, v) for g in card.gates for v in card.vendors if not _met(card, v, g)]
    if card.gates:
        said = "every gate is met" if not missed else ", ".join(f"{v}: {g}" for g, v in missed[:3])
        out.append(
            Card(
                "Gates missed",
                number(len(missed)),
                said,
                "Goals without which no bonus is paid; without data a gate counts as missed",
                GOOD if not missed else WARN,
            )
        )
    widest = [e for e in card.entries.values() if e.sample is not None]
    if widest:
        one = max(widest, key=lambda e: e.high - e.low)
        out.append(
            Card(
                "Least sure sample",
                f"±{number(50 * (one.high - one.low))} points",
                f"{one.vendor}, {one.goal.name}",
                f"{number(one.count)} scores by {one.sample.scorers if one.sample else 0} people",
                WARN,
            )
        )
    return out


def _met(card: Scorecard, vendor: str, goal: str) -> bool:
    entry = card.entries.get((vendor, goal))
    return entry is not None and entry.met is True


def ranking_table(card: Scorecard, name: str) -> TextTable:
    """Return one ranking: points with interval, the chance of each rank, and who cannot be told apart."""
    ranking = card.rankings[name]
    rows = []
    for k, vendor in enumerate(ranking.vendors):
        interval = f"{number(100 * ranking.low[k], 1)} to {number(100 * ranking.high[k], 1)}"
        chances = [percent(float(p), 0) for p in ranking.ranks[k]]
        rows.append(
            (str(k + 1), vendor, number(100 * ranking.scores[k], 1), interval, *chances, not_told(ranking, vendor))
        )
    blank = [MISSING] * (2 + len(ranking.vendors))
    rows += [(MISSING, vendor, *blank, f"not ranked: {why}") for vendor, why in card.unranked[name].items()]
    weights = ", ".join(f"{percent(w, 0)} {goal}" for goal, w in card.weights[name].items())
    heads = "|".join(f"{k + 1}.#" for k in range(len(ranking.vendors)))
    columns = (
        f"Rank#|Vendor|Points#|95 % interval#|{heads}|Told apart"
        if heads
        else "Rank#|Vendor|Points#|95 % interval#|Told apart"
    )
    note = f"Weights: {weights}. The numbered columns are the chance that the vendor truly has that rank."
    return table(SCORES[name], columns, rows, note, file="ranking.csv")


def goal_table(card: Scorecard, goal: Goal) -> TextTable:
    """Return one goal of all vendors, with weight, rubric, sample and scorers beside each figure."""
    score = SERVICE if goal.counted else QUALITY
    weight = card.weights.get(score, {}).get(goal.name, 0.0)
    scale = scale_told(goal, card.settings.scale_of(goal))
    rows = []
    for vendor in card.vendors:
        entry = card.entries.get((vendor, goal.name))
        if entry is None:
            rows.append((vendor, *[MISSING] * 6, "no data"))
            continue
        behind = (
            number(entry.count)
            if goal.counted
            else f"{number(entry.count)} by {entry.sample.scorers if entry.sample else 0}"
        )
        units = f"{entry.history.met} of {entry.history.judged}"
        points = MISSING if np.isnan(entry.points) else number(100 * entry.points, 1)
        equal = MISSING if entry.equal is None else figure(goal, entry.equal.value)
        rows.append(
            (
                vendor,
                figure(goal, entry.value),
                span(goal, entry.low, entry.high),
                equal,
                points,
                behind,
                units,
                verdict(entry),
            )
        )
    what = "Calls#" if goal.counted else "Scores by people#"
    if goal.counted and goal.aggregation != "volume":
        what = f"{(goal.part or 'part').capitalize()}s#"
    columns = f"Vendor|Figure#|95 % interval#|At equal mix#|Points#|{what}|{goal.unit.capitalize()}s met#|Goal"
    weighs = f"{percent(weight, 0)} of the {score} score" if weight else "not in a score"
    note = f"{_sentence(wanted(goal))}. {_sentence(counted_as(goal))}. Weight: {weighs}. "
    note += (
        f"Points from {scale}." if scale != MISSING else "No points: scorecard.toml tells no scale for these seconds."
    )
    return table(f"{goal.name} ({'counted' if goal.counted else 'judged'})", columns, rows, note, file="scorecard.csv")


def _sentence(text: str) -> str:
    """Return words as a sentence begins and without a point at the end."""
    return (text[:1].upper() + text[1:]).rstrip(".")


def sample_lines(card: Scorecard) -> list[str]:
    """Say of every sample how little it tells, the least sure first."""
    judged = [e for e in card.entries.values() if e.sample is not None]
    judged.sort(key=lambda e: (e.low - e.high, e.vendor))
    return [f"{e.vendor}, {e.goal.name}: {sample_says(e.sample)}" for e in judged if e.sample is not None]


def gates_table(card: Scorecard) -> TextTable | None:
    """Return the gates; None where the contract has none."""
    rows = []
    for name in card.gates:
        goal = card.contract.goal(name)
        for vendor in card.vendors:
            e = card.entries.get((vendor, name))
            value, interval = (MISSING, MISSING) if e is None else (figure(goal, e.value), span(goal, e.low, e.high))
            units = MISSING if e is None else f"{e.history.met} of {e.history.judged}"
            rows.append((name, vendor, wanted(goal), value, interval, units, verdict(e)))
    note = "A bonus is paid only while every gate is met. The contract settles single periods by their own figures."
    return (
        table("Gates", "Gate|Vendor|Asked#|All the time#|95 % interval#|Periods met#|Verdict", rows, note)
        if rows
        else None
    )


def mix_table(card: Scorecard) -> TextTable | None:
    """Return counted goals on each vendor's own calls and on the common mix; None where nothing is compared."""
    rows = []
    for name, mixed in card.mixed.items():
        goal = card.contract.goal(name)
        for vendor, equal in mixed.equal.items():
            own = mixed.own[vendor]
            rows.append(
                (
                    name,
                    vendor,
                    figure(goal, own.value),
                    figure(goal, equal.value),
                    _moved(goal, own.value - equal.value),
                    span(goal, equal.low, equal.high),
                    percent(mixed.covered[vendor], 0),
                    str(len(mixed.classes)),
                )
            )
    note = (
        "Classes: queue, kind of day and hour; each weighs as in the calls of all vendors together. By mix: what a "
        "vendor gains or loses by the hours it takes. Covered: its calls in classes that all vendors have."
    )
    columns = "Goal|Vendor|Own mix#|Equal mix#|By mix#|95 % interval at equal mix#|Covered#|Classes#"
    return table("At equal demand mix", columns, rows, note, file="equal_mix.csv") if rows else None


def _moved(goal: Goal, by: float) -> str:
    text = number(100 * by if goal.is_share else by, 1)
    return ("+" if by > 0 else "") + text + ("" if goal.is_share else " s")


def thin_lines(card: Scorecard) -> list[str]:
    """Say where little of a vendor's calls is compared, each a sentence without its point."""
    out = []
    for name, mixed in card.mixed.items():
        if len(mixed.own) > 1 and not mixed.equal:
            out.append(
                f"{name}: no class of intervals has enough calls of every vendor; each is compared on its own mix"
            )
        thin = [v for v, share in mixed.covered.items() if mixed.equal and share < LITTLE]
        out += [
            f"{name}: only {percent(mixed.covered[v], 0)} of the calls of {v} lie in classes that all vendors have"
            for v in thin
        ]
    return out


def pairs_table(card: Scorecard, pairs: pd.DataFrame) -> TextTable | None:
    """Return how far vendors lie from each other, goal by goal; None for one vendor."""
    rows = []
    for p in records(pairs):
        goal = card.contract.goal(p["goal"])
        ends = f"{_moved(goal, p['low'])} to {_moved(goal, p['high'])}"
        told = "told apart" if p["told"] else "cannot be told apart"
        rows.append((p["goal"], p["vendor"], p["other"], _moved(goal, p["difference"]), ends, told))
    note = "Points (or seconds) by which the first vendor's figure lies above the second's; counted goals at equal mix."
    return (
        table(
            "Who differs from whom", "Goal|Vendor|Other|Difference#|95 % interval#|Told", rows, note, file="pairs.csv"
        )
        if rows
        else None
    )


def trends_table(card: Scorecard) -> TextTable:
    """Return whether figures move."""
    rows = [
        (name, vendor, trend_told(e.goal, e.history.trend, card.span)) for (vendor, name), e in card.entries.items()
    ]
    return table("Trends", "Goal|Vendor|Trend", rows, file="trends.csv")


def _origin(made: MadeCard, summary: Mapping[str, Any]) -> list[TextTable]:
    calls = [(vendor, ", ".join(files)) for vendor, files in made.calls.items()]
    inputs = [(name, digest[:16]) for name, digest in summary["input_hashes"].items()]
    versions = [(name, str(version)) for name, version in summary["versions"].items()]
    return [
        table("Calls", "Vendor|Files", calls),
        table("Inputs", "File|SHA-256", inputs),
        table("Versions", "Package|Version", versions),
    ]
