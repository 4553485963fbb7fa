"""The page of an attainment: one file, the verdict first, opens offline, asks the network for nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ...schedule.contracts.figures import Figure
from ...schedule.contracts.goal import Goal
from ..files import write_atomic
from ..report.card import GOOD, PLAIN, WARN, Card
from ..report.figures import MISSING, money, number, percent
from ..report.page import rendered
from ..report.tables import TextTable, table
from .attain import Attained
from .attain_charts import charts, drawn
from .words import (
    METRICS,
    STATES,
    fraction_told,
    headline,
    level_told,
    projection_lines,
    span_told,
    termination_told,
)
from .words import figure_told as told

SAFE, SURE = 0.9, 0.5
"""Chance from which a goal is told as likely, and below which as unlikely."""
CARDS = 6
"""Goals that get a card of their own, at most; the table has all."""


def write_page(run: Path, found: Attained, summary: Mapping[str, Any]) -> Path:
    """Write ``report.html`` into the folder of an attainment."""
    contract = found.contract
    goals = [goal.name for goal in drawn(found)]
    names = (("client", contract.client), ("vendor", contract.vendor))
    hashes = [(name, digest[:16]) for name, digest in summary["input_hashes"].items()]
    versions = [(name, str(version)) for name, version in summary["versions"].items()]
    text = rendered(
        "attain.html.j2",
        charts(found),
        {"views": [], "queues": goals, "gantt": None},
        ("report.js",),
        title=contract.name,
        parties=" · ".join(f"{word} {name}" for word, name in names if name),
        span=span_told(found.now),
        status=_status(found),
        note=contract.note,
        headline=headline(found),
        cards=_cards(found),
        queues=goals,
        goals=goals_table(found),
        money=money_table(found),
        money_lines=money_lines(found),
        lines=projection_lines(found),
        chances=_chances(found),
        expected=expected_money(found),
        lock=_lock(found),
        excluded=_excluded(found),
        unknown=_unknown(found),
        history=_history(found),
        termination=termination_told(found),
        notes=found.notes,
        origin=[table("Inputs", "File|SHA-256", hashes), table("Versions", "Package|Version", versions)],
    )
    return write_atomic(run / "report.html", text)


def _status(found: Attained) -> tuple[str, str]:
    """Return the state of the period in a word, and the class of its colour."""
    judged = [f.met for f in found.now.figures if f.met is not None]
    if not judged:
        return "no figure yet", "feasible"
    good = all(judged)
    word = ("met" if good else "missed") if found.now.over else ("met so far" if good else "behind")
    return word, "optimal" if good else "infeasible"


def _tone(met: bool | None) -> str:
    return PLAIN if met is None else GOOD if met else WARN


def _cards(found: Attained) -> list[Card]:
    now = found.now
    cards: list[Card] = []
    for goal in found.contract.goals[:CARDS]:
        f = now.result(goal.name)
        if f is None:
            units = now.of(goal.name)
            hits, judged = sum(u.met is True for u in units), sum(u.met is not None for u in units)
            if judged:
                cards.append(Card(goal.name, f"{number(hits)} of {number(judged)}",
                                  f"{goal.unit}s met", f"{fraction_told(goal)}, {level_told(goal)}",
                                  _tone(hits == judged)))  # fmt: skip
            continue
        state = f.why or f"{'met' if f.met else 'missed'}: {level_told(goal, f.wanted)}"
        basis = f"{_amount(goal, f.numerator)} / {_amount(goal, f.denominator)} · {fraction_told(goal)}"
        cards.append(Card(goal.name, told(goal, f.figure), state, basis, _tone(f.met)))
    if now.money is not None and found.contract.money is not None:
        currency, net = found.contract.money.currency, now.money.net
        word = "lost" if net < 0 else "earned" if net > 0 else "nothing lost or earned"
        cards.append(Card("Money", money(net, currency), word if now.over else f"{word}, as it stands",
                          f"of {money(now.money.at_risk, currency)} at risk", WARN if net < 0 else PLAIN))  # fmt: skip
    if found.projection is not None and (chances := [c for c in found.projection.chances if not c.held]):
        worst = min(chances, key=lambda c: c.probability)
        tone = GOOD if worst.probability >= SAFE else WARN if worst.probability < SURE else PLAIN
        left = len(found.projection.unplanned)
        cards.append(Card("Chance at the end", percent(worst.probability, 0), f"of {worst.goal}, the least likely goal",
                          f"simulated {number(found.projection.runs)} times"
                          + (f"; {left} days without a plan are left out" if left else ""), tone))  # fmt: skip
    if (far := now.termination) is not None:
        state = "more missed periods" if far.more else "the right exists"
        basis = f"{far.missed} of the last {far.of} are missed"
        cards.append(Card("Until termination", number(far.more), state, basis, WARN if far.more <= 1 else PLAIN))
    return cards


def _amount(goal: Goal, value: float) -> str:
    return number(value, 0 if value == int(value) else 2)


def goals_table(found: Attained) -> TextTable:
    """Return every goal of the period with numerator, denominator, figure, level and verdict, a row a unit."""
    rows: list[tuple[str, ...]] = []
    marked: list[int] = []
    for goal in found.contract.goals:
        units = found.now.of(goal.name)
        if len(units) > 1:
            units = tuple(sorted(units, key=lambda u: (u.met is not False, u.unit)))
        for f in units:
            if f.met is False:
                marked.append(len(rows))
            rows.append(_goal_row(goal, f))
    note = (
        "Numerators and denominators are added up over all intervals and queues that count, and divided once. "
        "A goal by a shorter unit than the period has a row a unit, missed ones first."
    )
    columns = "Goal|Unit|Counted as|Numerator#|Denominator#|Figure#|Must be|Verdict|Excluded#|Unknown#"
    return table("Goals of the period", columns, rows, note, marked=marked, file="attainment.csv")


def _goal_row(goal: Goal, f: Figure) -> tuple[str, ...]:
    counted = f"{METRICS[goal.metric]}: {fraction_told(goal)}" + (f" ({goal.rubric})" if goal.rubric else "")
    if goal.aggregation == "mean" and f.pooled is not None:
        counted += f"; all calls together: {percent(f.pooled, 2) if goal.is_share else number(f.pooled, 1) + ' s'}"
    return (
        goal.name, f.unit, counted, _amount(goal, f.numerator), _amount(goal, f.denominator),
        told(goal, f.figure), level_told(goal, f.wanted), STATES[f.met] + (f": {f.why}" if f.why else ""),
        number(f.excluded), number(f.unknown),
    )  # fmt: skip


def money_table(found: Attained) -> TextTable | None:
    """Return what each goal costs or earns in the period, and what becomes of the sum."""
    s, terms = found.now.money, found.contract.money
    if s is None or terms is None:
        return None
    currency = terms.currency
    rows = [
        (a.goal, percent(found.contract.goal(a.goal).weight), money(a.at_risk, currency), percent(a.share, 0),
         money(a.amount, currency))
        for a in s.amounts
    ]  # fmt: skip
    first = len(rows)
    rows += [("Malus after critical failures and cap", "", "", "", money(s.malus, currency)),
             ("Bonus after gates and cap", "", "", "", money(s.bonus, currency))]  # fmt: skip
    rows += [(f"Earned back: {b.goal} of {b.period}", "", "", "", money(b.amount, currency)) for b in s.earned_back]
    rows.append(("In all", "", money(s.at_risk, currency), "", money(s.net, currency)))
    return table("Money of the period", "Goal|Weight#|At risk#|Share by the ladder#|Amount#", rows,
                 marked=range(first, len(rows)), file="money.csv")  # fmt: skip


def money_lines(found: Attained) -> list[str]:
    """Say what changed the sum of the ladders."""
    s, terms = found.now.money, found.contract.money
    if s is None or terms is None:
        return []
    fee = f"Fee {money(s.fee, terms.currency)}" + (f" for {s.quantity}" if s.quantity else "")
    lines = [f"{fee}, of which {percent(terms.at_risk)} is at risk"]
    lines += [f"Critical failure of {', '.join(s.critical)}: no bonus, and the greater malus"] if s.critical else []
    lines += [f"The gate {', '.join(s.void)} is not met: no bonus"] if s.void else []
    lines += [f"The gate {', '.join(s.withheld)} has no figure yet: bonus withheld"] if s.withheld else []
    lines += [f"Capped: {', '.join(s.capped)}"] if s.capped else []
    return lines if found.now.over else [*lines, "As it stands: the period is not over"]


def _chances(found: Attained) -> TextTable | None:
    p = found.projection
    if p is None:
        return None
    rows = []
    for c in p.chances:
        goal = found.contract.goal(c.goal)
        known = not math.isnan(c.figure)
        rows.append((
            c.goal, c.unit, level_told(goal), percent(c.probability, 0) if not c.held else MISSING,
            f"{percent(c.low, 0)} to {percent(c.high, 0)}" if not c.held else "held",
            *((told(goal, v) if known else MISSING) for v in (c.figure_low, c.figure, c.figure_high)),
        ))  # fmt: skip
    note = (
        "What is known so far and the simulated rest, added up run by run. Chance: share of the runs that meet the "
        "goal, with its 95 % interval. Held: scored goals stay at what is known."
    )
    columns = "Goal|Unit|Level|Chance#|95 % interval#|Figure, 10 %#|50 %#|90 %#"
    return table("At the end of the period", columns, rows, note, file="projection.csv")


def expected_money(found: Attained) -> str:
    """Say what money is to be expected; "" without."""
    p, terms = found.projection, found.contract.money
    if p is None or p.money is None or terms is None:
        return ""
    low, high = money(p.money.low, terms.currency), money(p.money.high, terms.currency)
    return f"Expected money {money(p.money.net, terms.currency)}; in eight of ten runs {low} to {high}"


def _lock(found: Attained) -> TextTable | None:
    if found.lock is None:
        return None
    rows, marked = [], []
    for i, r in enumerate(found.lock.to_dict("records")):
        longer = percent(r["handle_over"])
        marked += [i] * bool(r["relief"])
        told_ = "relief" if r["relief"] else ""
        rows.append((str(r["span"]), number(r["came"]), number(r["locked"], 1), percent(r["over"]), longer, told_))
    lock = found.contract.lock
    note = "" if lock is None else f"{lock.clause}: above {percent(lock.band)} {lock.consequence}."
    columns = "Span|Came#|Locked#|Over#|Handle time over#|Consequence"
    return table("Calls against the locked forecast", columns, rows, note, marked=marked, file="lock.csv")


def _excluded(found: Attained) -> TextTable | None:
    rows = found.now.excluded
    if rows.empty:
        return None
    key = ["start", "queue", "clause"]
    groups = rows.groupby(key, sort=True).agg(goals=("goal", ", ".join), offered=("offered", "max")).reset_index()
    cells = [
        (_time(r["start"]), str(r["queue"]), str(r["clause"]), str(r["goals"]), number(r["offered"]))
        for r in groups.to_dict("records")
    ]
    calls = number(float(groups["offered"].sum()))
    note = f"{calls} calls or items in all; what they would have added to each goal stands in excluded.csv."
    return table("Excluded intervals", "Start|Queue|Clause|Goals|Offered#", cells, note, file="excluded.csv")


def _unknown(found: Attained) -> TextTable | None:
    rows = found.now.unknown
    if rows.empty:
        return None
    cells = [
        (str(r["goal"]), str(r["queue"]), _time(r["start"]), str(r["unknown"]), number(r["offered"]))
        for r in rows.to_dict("records")
    ]  # fmt: skip
    note = "No clause excludes these: the files do not tell them. They are in no figure until they are told."
    return table("Intervals without a figure", "Goal|Queue|Start|Why|Offered#", cells, note, file="unknown.csv")


def _history(found: Attained) -> TextTable | None:
    if len(found.history) < 2:
        return None
    goals = [g for g in found.contract.goals if any(one.result(g.name) is not None for one in found.history)]
    terms = found.contract.money
    rows, marked = [], []
    for i, one in enumerate(found.history):
        cells = []
        for goal in goals:
            f = one.result(goal.name)
            state = "" if f is None or f.met is None else " ✓" if f.met else " ▲"
            cells.append(MISSING if f is None else told(goal, f.figure) + state)
        if one.missed:
            marked.append(i)
        if terms is not None:
            cells.append(money(None if one.money is None else one.money.net, terms.currency))
        state = {True: "missed", False: "met", None: ""}[one.missed]
        rows.append((f"{one.period}{'' if one.over else ' (runs)'}", *cells, state))
    heads = [f"{goal.name}#" for goal in goals] + ["Money#"] * (terms is not None)
    columns = "|".join(["Period", *heads, "Period is"])
    return table("Periods", columns, rows, "✓ met, ▲ missed.", marked=marked, file="attainment.csv")


def _time(start: Any) -> str:
    return f"{pd.Timestamp(start):%Y-%m-%d %H:%M}"
