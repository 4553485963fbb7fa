"""Actions that were taken and are no longer needed, for instance because a change of calls is over: undone."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...forecast.progress import Watch
from .actions import Action, ActionParams, ActivityRow, Menu
from .desk import ACTIVITIES, OFF, Outlook, RunningDesk
from .menu import Day
from .moves import soon_of
from .search import Terms
from .variation import Edit, State, Variation

Doing = tuple[int, int]
"""Activity and queue of somebody in a slot."""


def undo(
    desk: RunningDesk,
    outlook: Outlook,
    taken: Sequence[Action],
    params: ActionParams | None = None,
    watch: Watch | None = None,
) -> Menu:
    """Return the taken actions that can be undone and are no longer needed, as a menu of kind ``undo``.

    What has begun, or would begin before anybody can be told, stays; of a turn to another queue the rest is undone. An
    action is no longer needed where the rest of the day does with it undone, within `ActionParams.least_calls` calls in
    time by any length, or where it costs more than those calls are worth. Floors hold as in a menu.

    Parameters
    ----------
    desk, outlook
        The day as it runs with the actions taken, and what its queues may expect now.
    taken
        The actions that were applied.

    Raises
    ------
    Stopped
        If stopped before there was a menu.
    """
    began, p = time.monotonic(), params or ActionParams()
    day = Day.of(desk, outlook, p, watch or Watch())
    state, soon = State(desk), soon_of(desk, p.notice_min)
    found = [v for action in taken if (v := undone(action, desk, state, soon)) is not None] if day.slots else []
    slack = np.full((len(day.chances), len(day.rests)), p.least_calls * len(found))
    terms = Terms(p.call_price, -math.inf, -p.call_price * p.least_calls, slack, len(found))
    if not found:
        return day.menu(day.nothing, [], False, began)
    chosen, points = day.chosen(found, terms)
    return day.menu(chosen, points, False, began)


def undone(action: Action, desk: RunningDesk, state: State, soon: int) -> Variation | None:
    """Return what undoes an action; None where that is too late, or somebody does something else by now.

    Parameters
    ----------
    soon
        First slot that may still change.
    """
    edits: list[Edit] = []
    for agent in action.people:
        before, after = (_by_slot([r for r in action.change if (r.way, r.agent) == (way, agent)], desk)
                         for way in ("out", "in"))  # fmt: skip
        if before is None or after is None:
            return None
        off = (OFF, -1)
        slots = [s for s in sorted(before.keys() | after.keys()) if before.get(s, off) != after.get(s, off)]
        if action.kind == "skill":
            slots = [s for s in slots if s >= soon]
        if not slots or slots[0] < soon:
            return None
        doing, on = state.of(agent)
        for slot in slots:
            if 0 <= slot < len(doing) and (int(doing[slot]), int(on[slot])) != after.get(slot, off):
                return None
            edits.append(Edit(agent, slot, slot + 1, *before.get(slot, off)))
    return Variation("undo", tuple(_joined(edits)), f"undone: {action.what}", -action.cost) if edits else None


def _by_slot(rows: Sequence[ActivityRow], desk: RunningDesk) -> dict[int, Doing] | None:
    """Return slot → what somebody does there; None where a row does not lie on the slots or names a strange queue."""
    out: dict[int, Doing] = {}
    step = pd.Timedelta(minutes=desk.slot_min)
    for r in rows:
        begin, end = ((t - desk.starts[0]) / step for t in (r.start, r.end))
        phone = r.activity == "phone"
        if begin % 1 or end % 1 or (phone and r.queue not in desk.queues):
            return None
        doing = (ACTIVITIES.index(r.activity), desk.queues.index(r.queue) if phone else -1)
        out |= dict.fromkeys(range(int(begin), int(end)), doing)
    return out


def _joined(edits: Sequence[Edit]) -> list[Edit]:
    """Return edits of single slots with those joined that follow each other."""
    out: list[Edit] = []
    for e in edits:
        if out and out[-1][:1] + out[-1][2:] == (e.agent, e.begin, e.activity, e.queue):
            out[-1] = out[-1]._replace(end=e.end)
        else:
            out.append(e)
    return out
