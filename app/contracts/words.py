"""What an attainment says, in sentences."""

from __future__ import annotations

import datetime as dt

from ...schedule.contracts.attainment import Attainment
from ...schedule.contracts.figures import Figure
from ...schedule.contracts.goal import Goal
from ...schedule.contracts.units import Period
from ..report.figures import MISSING, money, number, percent
from .attain import Attained

METRICS = {
    "service_level": "service level", "asa": "mean wait", "abandonment": "abandonment", "occupancy": "occupancy",
    "backlog_age": "age of the backlog", "fcr": "first-call resolution", "ownership": "ownership",
    "quality": "call quality", "adherence": "adherence", "documentation": "documentation",
}  # fmt: skip
MEASURED = ("occupancy", "backlog_age")
"""Metrics that are measured by other systems, not scored."""
STATES = {True: "met", False: "missed", None: "does not count"}


def figure_told(goal: Goal, value: float | None) -> str:
    """Write a figure of a unit: a share in per cent, else seconds."""
    if value is None:
        return MISSING
    return percent(value, 2) if goal.is_share else f"{number(value, 1)} s"


def level_told(goal: Goal, wanted: float | None = None) -> str:
    """Write what a goal must reach, like "at least 70 %" or "at most 30 s"."""
    value = goal.wanted if wanted is None else wanted
    text = f"{100 * value:g}\u00a0%" if goal.is_share else f"{value:g} s"
    return f"{goal.way.replace('_', ' ')} {text}"


def fraction_told(goal: Goal) -> str:
    """Say what is divided by what."""
    parts = f"{goal.part}s" if goal.part else ""
    if goal.aggregation == "share":
        return f"{parts} with {_ratio(goal)} {_part_level(goal)} / {parts} that count"
    return f"mean of {parts}: {_ratio(goal)}" if goal.aggregation == "mean" else _ratio(goal)


def _part_level(goal: Goal) -> str:
    level = f"{100 * goal.level:g}\u00a0%" if goal.metric not in ("asa", "backlog_age") else f"{goal.level:g} s"
    return f"{goal.part_way.replace('_', ' ')} {level}"


def _ratio(goal: Goal) -> str:
    """Say what is divided by what in one interval."""
    short, within = f"abandoned within {goal.short_s:g} s" if goal.short_s is not None else "", ""
    if goal.within_s is not None:
        within = f"within {goal.within_s:g} s"
    blocked = " + blocked" if goal.blocked == "missed" else ""
    return {
        ("service_level", "offered"): f"answered {within} / offered{blocked}",
        ("service_level", "answered"): f"answered {within} / answered",
        ("service_level", "total"): f"(answered + abandoned {within}) / offered{blocked}",
        ("service_level", "excl_short"): f"answered {within} / (offered{blocked} − {short})",
        ("abandonment", "offered"): f"(abandoned{blocked}) / (offered{blocked})" if blocked else "abandoned / offered",
        ("abandonment", "excl_short"): f"(abandoned{blocked} − {short}) / (offered{blocked} − {short})",
        ("abandonment", "late"): f"(abandoned{blocked} − {short}) / offered{blocked}",
        ("asa", None): "seconds waited by answered calls / answered",
    }.get(
        (goal.metric, goal.definition), "as measured" if goal.metric in MEASURED else "sum of scores / number of scores"
    )


def day_told(date: dt.date) -> str:
    """Write a day with its year."""
    return f"{date:%d %b %Y}".lstrip("0")


def period_told(period: Period) -> str:
    """Write a period: a month by its name, another by its label."""
    return f"{period.start:%B %Y}" if period.unit == "month" else str(period)


def span_told(one: Attainment) -> str:
    """Say which period is told, and how far it has gone."""
    if one.over:
        return f"{period_told(one.period)}, whole"
    return f"{period_told(one.period)}, to {day_told(one.until - dt.timedelta(days=1))}"


def lasting(found: Attained) -> list[tuple[Goal, Figure]]:
    """Return the goals that have one figure in the period, each with the figure."""
    pairs = [(goal, found.now.result(goal.name)) for goal in found.contract.goals]
    return [(goal, figure) for goal, figure in pairs if figure is not None]


def headline(found: Attained) -> str:
    """Say in one sentence how the contract stands: goals, money, termination."""
    now = found.now
    parts = [_goals(found)]
    if now.money is not None:
        currency = found.contract.money.currency if found.contract.money else ""
        parts.append(_money(now, currency))
    if (end := termination_told(found)) is not None:
        parts.append(end)
    return "; ".join(parts)


def _goals(found: Attained) -> str:
    pairs = lasting(found)
    judged = [(goal, figure) for goal, figure in pairs if figure.met is not None]
    missed = [(goal, figure) for goal, figure in judged if not figure.met]
    span = span_told(found.now)
    if not judged:
        return f"{span}: no goal has a figure yet"
    if not missed:
        return f"{span}: {'the goal is' if len(judged) == 1 else f'all {len(judged)} goals with a figure are'} met"
    told = ", ".join(f"{g.name} {figure_told(g, f.figure)} of {level_told(g, f.wanted)}" for g, f in missed)
    return f"{span}: {len(missed)} of {len(judged)} goals missed: {told}"


def _money(now: Attainment, currency: str) -> str:
    settled = now.money
    if settled is None:
        return ""
    word = "" if now.over else " as it stands"
    if not settled.net:
        return f"nothing is lost or earned{word}"
    kind = "lost" if settled.net < 0 else "earned"
    return f"{money(abs(settled.net), currency)} {kind}{word}"


def termination_told(found: Attained) -> str | None:
    """Say how far the right to terminate is away; None without such a right."""
    far, rule = found.now.termination, found.contract.termination
    if far is None or rule is None:
        return None
    if far.more == 0:
        return f"the client may end the contract: {far.missed} of the last {far.of} {rule.period}s are missed"
    if far.if_missed == 0:
        return f"if this {rule.period} is missed, the client may end the contract"
    word = rule.period if far.more == 1 else f"{rule.period}s"
    return f"{far.more} more missed {word} until the client may end the contract"


def projection_lines(found: Attained) -> list[str]:
    """Say what the projection holds, and what it does not."""
    p = found.projection
    if p is None:
        return []
    left = len(p.unplanned)
    lines = [f"{len(p.planned)} days of the rest are planned and were simulated {p.runs} times with what is known"]
    if p.assumed:
        lines.append(
            f"assumed, not planned: {_days(p.assumed)}, calls as forecast and served as on past days of the weekday"
        )
    if left:
        lines.append(f"NOT in the projection: {_days(p.unplanned)}, which no plan covers")
    longer = [c.goal for c in p.chances if c.unit != str(p.period)]
    if longer:
        lines.append(f"{', '.join(longer)}: measured on a longer unit, told as it stands at the end of this period")
    if found.contract.lock is not None:
        lines.append("relief by the locked forecast in the days to come is not simulated")
    return lines


def _days(days: tuple[dt.date, ...]) -> str:
    shown = [f"{day:%a} {day.day} {day:%b}" for day in days]
    return ", ".join(shown) if len(shown) <= 5 else f"{shown[0]} to {shown[-1]} ({len(shown)} days)"
