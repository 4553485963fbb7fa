"""One possible change of the rest of the day: what people would do instead, and in which slots heads come and go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from .actions import ActivityRow, activity_rows
from .desk import ACTIVITIES, OFF, PHONE, RunningDesk


class Edit(NamedTuple):
    """Somebody does something in slots [begin, end), which may lie outside the desk's day; `queue` -1 off the phone."""

    agent: str
    begin: int
    end: int
    activity: int
    queue: int = -1


@dataclass(frozen=True)
class Variation:
    """A change that the rules allow.

    Attributes
    ----------
    kind
        One of `actions.KINDS`.
    edits
        In order: later ones hold where two touch the same slot.
    what
        The change in words.
    cost
        Money; NaN where a wage is unknown.
    """

    kind: str
    edits: tuple[Edit, ...]
    what: str
    cost: float = 0.0

    @property
    def people(self) -> tuple[str, ...]:
        """Those who are touched, in order."""
        return tuple(dict.fromkeys(e.agent for e in self.edits))

    def spans(self) -> dict[str, tuple[int, int]]:
        """Return agent → the slots from the first to the last that is touched."""
        out: dict[str, tuple[int, int]] = {}
        for e in self.edits:
            low, high = out.get(e.agent, (e.begin, e.end))
            out[e.agent] = (min(low, e.begin), max(high, e.end))
        return out

    def excludes(self, other: Variation) -> bool:
        """Whether both cannot be done: they touch the same person, but for pauses that lie apart."""
        mine, theirs = self.spans(), other.spans()
        shared = mine.keys() & theirs.keys()
        if not shared or not {self.kind, other.kind} <= {"move", "undo"}:
            return bool(shared)
        return any(mine[a][0] < theirs[a][1] and theirs[a][0] < mine[a][1] for a in shared)


class State:
    """What everybody does in each slot of the day, by name; who is not in the desk's roster is off."""

    def __init__(self, desk: RunningDesk) -> None:
        self._desk = desk
        self._row = {name: i for i, name in enumerate(desk.agents)}
        self._off = np.full(len(desk.starts), OFF), np.full(len(desk.starts), -1)
        self._clock: dict[int, str] = {}

    def clock(self, slot: int) -> str:
        """Return the time of day at which a slot begins."""
        if slot not in self._clock:
            self._clock[slot] = f"{slot_time(self._desk, slot):%H:%M}"
        return self._clock[slot]

    def of(self, agent: str) -> tuple[np.ndarray, np.ndarray]:
        """Return activity and queue of somebody in each slot, shape (S,) each."""
        row = self._row.get(agent)
        return self._off if row is None else (self._desk.doing[row], self._desk.on[row])

    def after(self, agent: str, edits: Iterable[Edit]) -> tuple[np.ndarray, np.ndarray]:
        """Return the same after the edits of that person."""
        doing, on = (values.copy() for values in self.of(agent))
        for e in edits:
            if e.agent == agent:
                part = slice(max(e.begin, 0), max(e.end, 0))
                doing[part], on[part] = e.activity, e.queue
        return doing, on


def heads_changed(variation: Variation, state: State, queues: int) -> np.ndarray:
    """Return the people more on the phone of each queue in each slot, shape (Q, S)."""
    out: np.ndarray | None = None
    for agent in variation.people:
        _, before = state.of(agent)
        _, after = state.after(agent, variation.edits)
        out = np.zeros((queues, len(before)), dtype=np.int64) if out is None else out
        differ = np.flatnonzero(before != after)
        for values, sign in ((before, -1), (after, 1)):
            there = differ[values[differ] >= 0]
            np.add.at(out, (values[there], there), sign)
    return np.zeros((queues, 0), dtype=np.int64) if out is None else out


def slot_time(desk: RunningDesk, slot: int) -> pd.Timestamp:
    """Return the time at which a slot begins, which may lie outside the day."""
    return desk.starts[0] + slot * pd.Timedelta(minutes=desk.slot_min)


def rows_by_agent(desk: RunningDesk) -> dict[str, list[ActivityRow]]:
    """Return agent → the rows of activity as they stand, by start."""
    out: dict[str, list[ActivityRow]] = {}
    for row in activity_rows(desk.rows.sort_values("start", kind="stable")):
        out.setdefault(row.agent, []).append(row)
    return out


def take(variation: Variation, desk: RunningDesk, rows: dict[str, list[ActivityRow]]) -> tuple[ActivityRow, ...]:
    """Return the rows of activity that a change takes out and puts in, by person and time, those out first.

    Parameters
    ----------
    rows
        Agent → the rows as they stand; afterwards, as they stand with the change.
    """
    out: list[ActivityRow] = []
    for agent in variation.people:
        before = rows.get(agent, [])
        after = before
        for e in (e for e in variation.edits if e.agent == agent):
            begin, end = slot_time(desk, e.begin), slot_time(desk, e.end)
            queue = desk.queues[e.queue] if e.activity == PHONE else ""
            new = [] if e.activity == OFF else [ActivityRow("", agent, begin, end, ACTIVITIES[e.activity], queue)]
            after = [*_without(after, begin, end), *new]
        after = _joined(sorted(after, key=lambda r: r.start))
        out += [r._replace(way="out") for r in before if r not in after]
        out += [r._replace(way="in") for r in after if r not in before]
        rows[agent] = after
    return tuple(out)


def _without(rows: Sequence[ActivityRow], begin: pd.Timestamp, end: pd.Timestamp) -> list[ActivityRow]:
    """Return rows with [begin, end) cut out of them."""
    out = []
    for r in rows:
        if r.end <= begin or r.start >= end or r.activity == "leave":
            out.append(r)
            continue
        out += [r._replace(end=begin)] * (r.start < begin) + [r._replace(start=end)] * (r.end > end)
    return out


def _joined(rows: Sequence[ActivityRow]) -> list[ActivityRow]:
    """Return rows by start with those joined that touch and tell the same phone work."""
    out: list[ActivityRow] = []
    for r in rows:
        last = out[-1] if out else None
        alike = last is not None and (last.activity, last.queue, last.end) == ("phone", r.queue, r.start)
        if last is not None and alike and r.activity == "phone":
            out[-1] = last._replace(end=r.end)
        else:
            out.append(r)
    return out
