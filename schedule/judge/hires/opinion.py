"""The second opinion on a hiring run: what to ask, in order, and one sentence for each answer that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ....forecast.errors import InputError
from ..check import Verdict, Violation
from . import classes, figures, money, people
from .run import Found, Hires

UNPAID = "the run was published without wages: its costs cannot be counted again"
KEYS: Mapping[str, Any] = {
    **dict.fromkeys(("as_of", "status", "site"), str),
    **dict.fromkeys(("months", "notes"), list),
    **dict.fromkeys(("groups", "kinds", "people", "input_hashes"), dict),
    **dict.fromkeys(("hires", "offers", "classes", "firm_classes", "heads", "asked_gap"), (int, float)),
}
"""Kind of each value without which nothing can be counted."""
MONEY: Mapping[str, Any] = {"cost": (int, float), "cost_decidable": (int, float), "cost_parts": dict}


@dataclass(frozen=True)
class Question:
    """One thing to find out: the table or figure that is wrong, and what yields faults; `money` asks for costs."""

    rule: str
    find: Callable[[Hires], Found]
    money: bool = False


QUESTIONS = (
    Question("summary", figures.totals),
    Question("headcount", people.chain),
    Question("headcount", people.heads),
    Question("headcount", figures.shares),
    Question("headcount", figures.balance),
    Question("classes", classes.classes),
    Question("classes", classes.rooms),
    Question("classes", classes.recruits),
    Question("transfers", classes.transfers),
    Question("cost", money.sums, money=True),
    Question("cost", money.wages, money=True),
    Question("cost", money.classes, money=True),
    Question("cost", money.prices, money=True),
    Question("cost", money.settled, money=True),
    Question("bound", figures.bound, money=True),
    Question("bound", figures.history, money=True),
    Question("simulation", figures.simulation, money=True),
)


def opinion(run: Hires) -> Verdict:
    """Return the verdict on a hiring run: a violation a question that failed, with the number of faults like it."""
    missing = [
        f"{key} is {run.summary[key]!r}" if key in run.summary else f"{key} is missing"
        for key, kinds in {**KEYS, **(MONEY if run.tells_money else {})}.items()
        if not isinstance(run.summary.get(key), kinds)
    ]
    if missing:
        return Verdict(tuple(Violation("summary", "", "", text) for text in missing), (), 0.0, 0)
    wrong = []
    for question in QUESTIONS:
        if question.money and not run.tells_money:
            continue
        try:
            faults = list(question.find(run))
        except (InputError, KeyError, TypeError, ValueError, IndexError) as error:  # the summary holds other things
            faults = [f"cannot be counted again: {type(error).__name__} {error}"]
        if faults:
            more = f" ({len(faults) - 1} more like it)" if len(faults) > 1 else ""
            wrong.append(Violation(question.rule, "", "", faults[0] + more))
    hours = 0.0 if wrong else money.paid_hours(run)
    return Verdict(tuple(wrong), () if run.tells_money else (UNPAID,), hours, len(run.classes))
