"""Short stretches as a planner reads them: when, who could help, with what, at what cost and gain."""

from __future__ import annotations

import re
from typing import Any

from .figures import MISSING, day, known, money, number, span
from .run import Run, records
from .tables import TextTable, hidden_money, rule_words, table

BREAK = re.compile(r"could take the (\w+) of (\d\d:\d\d) at (\d\d:\d\d)")
SHIFT = re.compile(r"(\S+)@(\d\d)(\d\d) on \d{4}-\d\d-\d\d")
GOAL_HOLDS = re.compile(r"the (day|week)'s goal holds as it is")
NOBODY = {"new hire": "one more person", "one more shift": "one more shift"}


def explain_table(run: Run, *, wages: bool) -> TextTable | None:
    """Say of each short stretch who could help with what, in the order of the file (worst first)."""
    frame = run.table("explain")
    if frame is None:
        return None
    several = len(run.queues) > 1
    found = records(frame if wages else hidden_money(frame))
    rows = [
        (
            *([str(r["queue"])] if several else []),
            span(r["start"], r["end"]),
            number(r.get("under"), 1),
            _who(run, str(r.get("who", ""))),
            _what(r),
            *([money(r.get("cost_one_more"), run.currency, 2)] if wages else []),
            _gain(r),
        )
        for r in found
    ]
    columns = f"{'Queue|' if several else ''}When|Missing at worst#|Who|What{'|Cost#' if wages else ''}|Gain#"
    note = "Gain: hours on the phone there. Each way is tried on the plan itself; all figures: explain.csv."
    days = [day(r["start"].date()) for r in found]
    return table("Where people are short, and who could help", columns, rows, note, file="explain.csv", days=days)


def _who(run: Run, who: str) -> str:
    """Return names instead of ids."""
    return NOBODY.get(who) or ", ".join(run.name(agent) for agent in who.split("|")) or MISSING


def _what(r: dict[str, Any]) -> str:
    """Say what would help, or what is in the way."""
    rule, detail = str(r["binding_rule"]), str(r.get("detail") or "")
    move, shift, pooled = BREAK.search(detail), SHIFT.findall(detail), GOAL_HOLDS.search(detail)
    told = f"a shift from {shift[-1][1]}:{shift[-1][2]} ({shift[-1][0]})" if shift else ""
    if rule == "break_window" and move:
        text = f"take the {move[1]} of {move[2]} at {move[3]}"
    elif rule == "cost" and told:
        text = told
    elif rule == "shifts":
        text = "no shift can be on the phone then: a new shift family would help"
    elif rule == "several":
        text = f"nobody is free, for several reasons; {told}"
    elif rule == "one_shift_a_day":
        text = f"nobody is free, all work that day; {told}"
    elif told:
        text = f"nobody is free, mostly because of {rule_words(rule)}; {told}"
    else:
        text = f"{rule_words(rule)}: {detail}" if detail else rule_words(rule)
    return f"{text}. The {pooled[1]}'s goal holds without it" if pooled else text


def _gain(r: dict[str, Any]) -> str:
    gain = r.get("gain_h")
    return f"{number(gain, 1 if gain >= 1 else 2)}\u00a0h" if gain is not None and known(gain) and gain > 0 else MISSING
