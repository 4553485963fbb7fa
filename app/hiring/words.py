"""What a hiring plan says in words: how many, when, by which rule, and how wrong the spreadsheet is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ..report.figures import money, number, percent
from ..report.run import records

MOST_TOLD = 4
"""Starts that the headline names."""
PAID = (
    "A head is paid max_h_week of its contract, also where the contract allows fewer hours, unless hours_week of "
    "[contract.NAME] says otherwise. Premiums for evenings, nights and weekends are in no wage."
)
"""How wages are counted."""
LEAST_CHANGE = 0.002
"""Smallest change that is told of a default, as a share of the decidable money."""


def headline(summary: Mapping[str, Any], classes: pd.DataFrame) -> str:
    """Return how many people of which kind to hire and when, in one sentence.

    Parameters
    ----------
    classes
        As in classes.csv.
    """
    months = summary["months"]
    span = f"{months[0]} to {months[-1]}"
    if not summary["possible_starts"]:
        return (
            f"No class can start from {span}: decided on {summary['as_of']}, none starts before "
            f"{summary['earliest_start']}, and later months are frozen or not planned"
        )
    if classes.empty:
        return f"Hire nobody from {span}"
    starts = classes.groupby(["start", "kind"], sort=True, as_index=False)[["size"]].sum()
    told = [f"{number(c['size'])} {c['kind']} on {c['start']}" for c in records(starts)]
    later = f" and {len(told) - MOST_TOLD} later starts" if len(told) > MOST_TOLD else ""
    count = f"{len(classes)} class" + "es" * (len(classes) > 1)
    offers = number(classes["offers"].sum())
    people = f"{number(classes['size'].sum())} people in {count} ({offers} offers)"
    return f"Hire {people}, {span}: {', '.join(told[:MOST_TOLD])}{later}"


def due_lines(classes: pd.DataFrame) -> list[str]:
    """Return the classes that have to be decided now, a line for those of one kind and start."""
    firm = classes[classes["firm"].astype(int) == 1]
    together = firm.groupby(["lead_decision_date", "kind", "start"], sort=False, as_index=False).agg(
        size=("size", "sum"), offers=("offers", "sum"), count=("size", "size")
    )
    lines = [
        f"decide by {c['lead_decision_date']}: {number(c['size'])} people for {c['kind']}"
        f"{' in ' + number(c['count']) + ' classes' if c['count'] > 1 else ''}, start {c['start']} "
        f"({number(c['offers'])} offers)"
        for c in records(together)
    ]
    return lines or ["no class has to be decided before the next planning"]


def rule_lines(summary: Mapping[str, Any], lead_weeks: float) -> list[str]:
    """Return the hire-up-to rule, a line a group; one line where no level pays."""
    if not summary.get("pays", True):
        return ["no level to hire up to pays: hiring nobody costs less than the rule at any level that was tried"]
    look = summary.get("look") or 0
    when = "in the first month" if not look else f"{look} month{'s' * (look > 1)} after the first"
    levels = {_group_of(kind, summary["groups"]): hours for kind, hours in summary["hire_up_to"].items()}
    weeks = f"{lead_weeks:g}"
    out = []
    for group, hours in levels.items():
        told = ", ".join(f"{number(h)} h in {m}" for m, h in zip(summary["months"], hours, strict=True))
        out.append(
            f"{group}: each month, count the hours of work that today's people and the classes on their way will give "
            f"{when} that a class decided now can help ({weeks} weeks of lead, then the training); where "
            f"they are fewer than the level of that month, start a class for the difference. Levels: {told}"
        )
    return out


def _group_of(kind: str, groups: Iterable[str]) -> str:
    """Return the group of a kind like ``group/contract``; names of groups may hold a stroke, too."""
    return max((g for g in groups if kind.startswith(f"{g}/")), key=len)


def formula_lines(summary: Mapping[str, Any]) -> list[str]:
    """Return how far the spreadsheet formula is off, a line a group."""
    out = []
    for name, group in summary["groups"].items():
        error = group["formula_error"]
        if error is None:
            continue
        word = "too few" if error < 0 else "too many"
        out.append(
            f"{name}: workload / 0.85 / (1 − shrinkage) asks for {number(group['formula_fte_mean'], 1)} FTE, "
            f"{percent(abs(error))} {word} beside the {number(group['required_fte_mean'], 1)} FTE of sample weeks "
            "scheduled without names"
        )
    return out


def matter_lines(defaults: pd.DataFrame, summary: Mapping[str, Any], most: int = 3) -> list[str]:
    """Return the defaults that change the plan most, a line each.

    Small changes are not told.

    Parameters
    ----------
    defaults
        As in defaults.csv.
    """
    if "cost_low" not in defaults:  # without money
        return [
            f"{d['key']} = {d['default']}: {d['low']} changes the plan by {change(d['hires_low'])} hires, {d['high']} "
            f"by {change(d['hires_high'])}"
            for d in records(defaults.head(most))
        ]
    currency, least = summary["currency"], LEAST_CHANGE * abs(summary["cost_decidable"])
    lines = [
        f"{d['key']} = {d['default']}: {d['low']} changes the money by about {change(d['cost_low'], currency)} or more "
        f"and the plan by {change(d['hires_low'])} hires; {d['high']} by {change(d['cost_high'], currency)} and "
        f"{change(d['hires_high'])}"
        for d in records(defaults.head(most))
        if max(abs(d["cost_low"]), abs(d["cost_high"])) >= least
    ]
    return lines or [
        f"no default is known to change the expected money by {percent(LEAST_CHANGE)} of what can be decided"
    ]


def relief_lines(summary: Mapping[str, Any]) -> list[str]:
    """Return which limits keep a month below the wanted chance, and the cheapest relief; none where none is missed.

    What a stop or the end of the time left untried is not judged.
    """
    found = summary.get("relief")
    if found is None:
        return []
    wanted, now = percent(found["wanted"], 0), percent(found["probability"], 0)
    why = f"it is reached {' or '.join(found['limits'])}" if found["limits"] else "no single limit is to blame"
    if not found["all_limits"]:
        untried = "not all limits were tried: time was up, or the run was stopped"
        why = f"{why} ({untried})" if found["limits"] else untried
    lines = [f"the hardest month that hiring can reach has a chance of {now}, {wanted} are wanted: {why}"]
    if found["step"] is not None:
        then = percent(found["step_probability"], 0)
        step = "single step" if found["all_steps"] else "single step of those tried"
        helps = f"cheapest {step} that reaches it: " if found["reaches"] else f"no {step} reaches it, nearest is "
        paid = "" if found["saves"] is None else f", {_saved(found['saves'], summary['currency'])}"
        lines.append(f"{helps}planning {found['step']} ({then}{paid})")
    return lines


def _saved(value: float, currency: str) -> str:
    """Write what a step saves or costs, its own price left aside."""
    word = "dearer" if value < 0 else "cheaper"
    return f"the plan is {money(abs(value), currency)} {word}, what the step itself costs left aside"


def change(value: float, currency: str = "") -> str:
    """Write a difference with its sign.

    Examples
    --------
    >>> change(3), change(0.0)
    ('+3', '0')
    """
    text = money(value, currency) if currency else number(value)
    return f"+{text}" if round(value) > 0 else text


def month_told(day: dt.date | pd.Timestamp) -> str:
    """Write a month.

    Examples
    --------
    >>> month_told(dt.date(2026, 11, 1))
    'Nov 2026'
    """
    return f"{day:%b %Y}"
