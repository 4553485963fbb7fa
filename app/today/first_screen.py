"""What the page of a running day says first: how the day stands, why, and what to do, in a few words each."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..report.card import GOOD, PLAIN, WARN
from ..report.figures import number, percent
from .look import QueueLook, TodayLook
from .words import UPDATED

MOST_WHY = 3
"""Messages that are told first; all of them stand below."""


@dataclass(frozen=True)
class FirstScreen:
    """The first screen of the day's page.

    Attributes
    ----------
    tone
        Of the whole: good, warn or "".
    sentences
        How each queue stands.
    why
        Alarms and warnings in a few words, the gravest first.
    next
        What to do first; "" where nothing is to do.
    """

    tone: str
    sentences: tuple[str, ...]
    why: tuple[str, ...]
    next: str


def first_screen(look: TodayLook) -> FirstScreen:
    """Return what the page of a look says first."""
    states = {one.chance.state for one in look.queues.values() if math.isfinite(one.chance.level)}
    tone = WARN if states & {"off track", "at risk"} else GOOD if states else PLAIN
    over = look.outlook.now >= len(look.outlook.starts)
    several = len(look.queues) > 1
    grave = [m for m in look.messages if m.level != "notice"]
    why = tuple(
        f"{f'{m.queue}: ' if several and m.queue else ''}{m.cause.removesuffix(UPDATED)}, since {m.since[11:16]}"
        for m in grave[:MOST_WHY]
    )
    sentences = tuple(_sentence(name if several else "", one, over=over) for name, one in look.queues.items())
    return FirstScreen(tone, sentences, why, _next(look))


def _sentence(queue: str, found: QueueLook, *, over: bool) -> str:
    one, chance = found.now.outlook, found.chance
    before = f"{queue}: " if queue else ""
    if not math.isfinite(chance.level):
        return f"{before}no calls"
    level, goal = percent(chance.level, 0), percent(one.goal.level, 0)
    said = (
        f"goal {'met' if chance.chance >= 1.0 else 'missed'}: {percent(chance.level)} in time, the goal is {goal}"
        if over
        else f"{chance.state}: {level} in time expected, the goal is {goal}; {percent(chance.chance, 0)} chance of it"
    )
    return f"{before}{said}" if before else said[0].upper() + said[1:]


def _next(look: TodayLook) -> str:
    """Say what to do first: the best action, and how far the first five reach."""
    menu = look.menu
    if menu is None or not menu.actions:
        return ""
    first = menu.actions[0]
    if menu.spare:
        return f"hours may be given back, first {first.what}"
    if first.kind == "undo":
        return f"no longer needed: {first.what.removeprefix('undone: ')}"
    best = max((p for p in menu.frontier if p.actions <= 5), key=lambda p: p.actions, default=menu.frontier[0])
    reach = (
        f"; the first {best.actions} bring {number(best.gain_calls)} more calls in time, {best.gain_points:+.1f} points"
    )
    return f"{first.what}{reach if best.actions > 1 else f', {number(best.gain_calls)} more calls in time'}"
