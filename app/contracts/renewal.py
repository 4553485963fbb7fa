"""The renewal sheet: one page to print, on which a client decides who stays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...schedule.contracts.ranking import Ranking
from ...schedule.contracts.scorecard import OVERALL, QUALITY, SERVICE, Entry
from ..report.figures import MISSING, number, percent
from ..report.page import plain_page
from .card import MadeCard
from .scorecard_charts import bar
from .scorecard_page import parties
from .scorecard_words import figure, headline, not_told, scale_told, scorer_lines, span, two_scores, wanted

MOST_VENDORS = 20
"""Vendors that fit on the page, a line each."""
MOST_ACROSS, MOST_GOALS = 6, 12
"""Vendors and goals whose figures fit on the page beside that."""
SPACIOUS = 7
"""Goals or vendors above which the sheet is set in small type."""
SHORT = {OVERALL: "Overall", SERVICE: "Service", QUALITY: "Quality"}


@dataclass(frozen=True)
class Cell:
    """A figure with its interval and where they lie on a bar from 0 to 100; `bar` is None where it is unknown."""

    value: str
    interval: str
    bar: tuple[float, float, float, float] | None = None
    met: bool | None = None


@dataclass(frozen=True)
class Line:
    """One vendor: a cell for each score, and what is said of the vendor."""

    vendor: str
    scores: tuple[Cell, ...]
    first: str
    told: str
    gates: str
    periods: str
    termination: str


def renewal_sheet(made: MadeCard) -> str:
    """Return the sheet as HTML text: one page of A4, without scripts."""
    card = made.card
    names = [name for name in (OVERALL, SERVICE, QUALITY) if name in card.rankings]
    order = list(card.rankings[names[0]].vendors) if names else []
    vendors = [*order, *(v for v in card.vendors if v not in order)]
    goals = [g for g in card.contract.goals if any(name == g.name for _, name in card.entries)]
    whole = len(vendors) <= MOST_ACROSS and len(goals) <= MOST_GOALS
    rows = [
        (g.name, _about(made, g.name), [_cell(card.entries.get((v, g.name))) for v in vendors]) for g in goals if whole
    ]
    return plain_page(
        "renewal.html.j2",
        title=card.contract.name,
        parties=parties(card),
        span=f"{made.first} to {made.last}",
        headline=headline(card),
        two_scores=two_scores(card),
        scores=[SHORT[name] for name in names],
        first=SHORT[names[0]].lower() if names else "",
        lines=[_line(made, v, names) for v in vendors[:MOST_VENDORS]],
        more=len(vendors) - MOST_VENDORS,
        vendors=vendors,
        goals=rows,
        left_out=not whole,
        dense=len(rows) > SPACIOUS or len(vendors) > SPACIOUS,
        remarks=scorer_lines(card)[:3],
        note=card.contract.note,
    )


def _line(made: MadeCard, vendor: str, names: list[str]) -> Line:
    """Return what the sheet says of one vendor."""
    card = made.card
    first, told = MISSING, ""
    if names and vendor in card.rankings[names[0]].vendors:
        ranking = card.rankings[names[0]]
        first = percent(float(ranking.ranks[ranking.vendors.index(vendor), 0]), 0)
        told = not_told(ranking, vendor) if len(ranking.vendors) <= MOST_ACROSS else _few(ranking, vendor)
    elif names:
        told = f"not ranked: {card.unranked[names[0]].get(vendor, 'no data')}"
    periods, termination = _periods(made, vendor)
    return Line(vendor, tuple(_score(made, vendor, name) for name in names), first, told, _gates(made, vendor), periods,
                termination)  # fmt: skip


def _few(ranking: Ranking, vendor: str) -> str:
    """Say in a few words from how many others a vendor can be told apart."""
    others = len(ranking.not_told_from(vendor))
    return f"not from {others} other{'s' * (others != 1)}" if others else "from all others"


def _score(made: MadeCard, vendor: str, name: str) -> Cell:
    """Return the points of a vendor in one score."""
    ranking = made.card.rankings[name]
    if vendor not in ranking.vendors:
        return Cell(MISSING, "")
    k = ranking.vendors.index(vendor)
    low, high, value = (100 * float(v[k]) for v in (ranking.low, ranking.high, ranking.scores))
    return Cell(number(value, 1), f"{number(low)} to {number(high)}", (low, high, value, -1.0))


def _cell(entry: Entry | None) -> Cell:
    """Return the figure of a goal."""
    if entry is None or np.isnan(entry.value):
        return Cell(MISSING, "no data")
    return Cell(figure(entry.goal, entry.value), span(entry.goal, entry.low, entry.high), bar(entry), entry.met)


def _about(made: MadeCard, name: str) -> str:
    """Return kind, level and weight of a goal in a few words."""
    goal = made.card.contract.goal(name)
    score = SERVICE if goal.counted else QUALITY
    weight = made.card.weights.get(score, {}).get(name, 0.0)
    kind = "counted" if goal.counted else "judged"
    rubric = "" if goal.counted else f" on {scale_told(goal, None)}"
    return f"{kind}{rubric}, {wanted(goal)}; {percent(weight, 0)} of the {score} score"


def _gates(made: MadeCard, vendor: str) -> str:
    """Say which gates a vendor misses."""
    card = made.card
    if not card.gates:
        return "no gates"
    missed = [g for g in card.gates if (e := card.entries.get((vendor, g))) is None or e.met is not True]
    return f"misses {', '.join(missed)}" if missed else f"all {len(card.gates)} met"


def _periods(made: MadeCard, vendor: str) -> tuple[str, str]:
    """Say how many periods a vendor missed, and how many more misses give the right to terminate."""
    found = made.attained.get(vendor, ())
    rule = made.card.contract.termination
    if not found:
        return "no calls", MISSING
    if rule is None:
        judged = [[f.met for f in one.figures if f.met is not None] for one in found]
        states = [all(met) for met in judged if met]
        return f"{len(states) - sum(states)} of {len(states)}", "no rule"
    last = found[-1]
    missed = [one.missed for one in found if one.missed is not None]
    told = f"{sum(missed)} of {len(missed)}"
    if last.termination is None:
        return told, MISSING
    more = last.termination.more
    return told, "the right exists" if more == 0 else f"{more} more"
