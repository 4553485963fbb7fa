"""The judge: recomputes every rule of a plan from its activity and the raw inputs.

It shares no code with the planner, so a mistake there does not hide itself here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import pandas as pd

from .clock import DAY, Span
from .hours import below_contract
from .inputs import Asked, read_inputs
from .people import PEOPLE
from .readings import legal_reading, planned_reading
from .shifts import SHAPE, WORK, Row, Worked, join_rows, read_rows
from .week import Week


@dataclass(frozen=True)
class Violation:
    """One broken rule: which, whose, in the shift that starts when ("" = the whole week), and what is wrong."""

    rule: str
    agent: str
    start: str
    text: str

    def __str__(self) -> str:
        where = " ".join(filter(None, (self.agent, f"at {self.start}" if self.start else "")))
        return ": ".join(filter(None, (self.rule, where, self.text)))


@dataclass(frozen=True)
class Verdict:
    """What the judge found.

    Attributes
    ----------
    violations
        Every broken rule; a plan with any is not published.
    notes
        What is priced, not forbidden: people below their contract's hours.
    paid_hours, shifts
        Recounted from the activity.
    """

    violations: tuple[Violation, ...]
    notes: tuple[str, ...]
    paid_hours: float
    shifts: int

    @property
    def passed(self) -> bool:
        """Whether no rule is broken."""
        return not self.violations


@dataclass(frozen=True)
class Plan:
    """A plan as the judge reads it: everybody's rows, the shifts they form, those of last week, and people's weeks."""

    asked: Asked
    rows: Mapping[str, Sequence[Row]]
    shifts: Mapping[str, Sequence[Worked]]
    before: Mapping[str, Sequence[Worked]]
    weeks: Mapping[str, Week]


def read_plan(activity: pd.DataFrame, inputs: Mapping[str, Any]) -> Plan:
    """Read an activity table and the raw inputs, which are those of `check`."""
    asked = read_inputs(inputs)
    rows = read_rows(activity, asked.clock)
    shifts = {a: _shifts(a, r, asked) for a, r in rows.items()}
    shifts |= {a: [planned_reading(w, asked) for w in own] for a, own in shifts.items() if a not in asked.people}
    earlier = inputs.get("previous_activity")
    past = {} if earlier is None else read_rows(earlier, asked.clock)
    known = any(r.start < asked.week[0] for own in past.values() for r in own)
    before = {a: _shifts(a, r, asked) for a, r in past.items()}
    weeks = {}
    for a, person in asked.people.items():
        mine = tuple(w for w in before.get(a, ()) if w.date < asked.first)
        weeks[a] = legal_reading(Week(asked, person, tuple(shifts.get(a, ())), mine, known or bool(mine)))
        if a in shifts:
            shifts[a] = list(weeks[a].shifts)
    return Plan(asked, rows, shifts, before, weeks)


def _shifts(agent: str, rows: Sequence[Row], asked: Asked) -> list[Worked]:
    return join_rows(agent, rows, asked.families_of(asked.people.get(agent)), asked.clock)


Found = Iterator[tuple[str, float | None, str]]


def agents(plan: Plan) -> Found:
    """Ensures that everybody is in staff.csv, where there is one."""
    for agent in plan.rows:
        if plan.asked.people and agent not in plan.asked.people:
            yield agent, None, "is not in staff.csv"


def words(plan: Plan) -> Found:
    """Ensures known activities, known queues on the phone, and ends after starts."""
    queues = set(plan.asked.plan.get("queue", {}))
    for agent, rows in plan.rows.items():
        for r in rows:
            if r.what not in (*WORK, "leave"):
                yield agent, r.start, f"unknown activity {r.what!r}"
            if r.what == "phone" and queues and r.queue not in queues and (r.queue or len(queues) > 1):
                yield agent, r.start, f"unknown queue {r.queue!r}"
            if r.end <= r.start:
                yield agent, r.start, "ends before it starts"


def grid(plan: Plan) -> Found:
    """Ensures that every time lies on the schedule's grid."""
    step, first = plan.asked.grid_min, plan.asked.week[0]
    for agent, rows in plan.rows.items():
        for r in rows:
            if (r.start - first) % step or (r.end - first) % step:
                yield agent, r.start, f"is not on the {step}-minute grid"


def overlap(plan: Plan) -> Found:
    """Ensures that nobody does two things at once; in a cyclic week also over its border."""
    first, end = plan.asked.week
    for agent, rows in plan.rows.items():
        reached = {True: -inf, False: -inf}  # how far leave and work have got; leave may lie on leave
        for r in rows:
            on_leave = r.what == "leave"
            if r.start < reached[False] or (not on_leave and r.start < reached[True]):
                yield agent, r.start, f"{r.what} begins before another activity ends"
            reached[on_leave] = max(reached[on_leave], r.end)
        if plan.asked.plan.get("cyclic") and rows and max(r.end for r in rows) - (end - first) > rows[0].start:
            yield agent, rows[0].start, "the week's last shift runs into its first"


def inside(plan: Plan) -> Found:
    """Ensures that every shift counts on a planned day and begins before the planned days end."""
    for agent, shifts in plan.shifts.items():
        for w in shifts:
            if w.date not in plan.asked.dates:
                yield agent, w.start, f"{w.date} is not planned"
            elif w.start >= plan.asked.week[1]:
                yield agent, w.start, f"begins after the last planned day, {w.date}"


def opening(plan: Plan) -> Found:
    """Ensures that nobody is on the phone of a queue while it is closed."""
    asked, single = plan.asked, list(plan.asked.plan.get("queue", {}))[:1]
    known: dict[tuple[str, float, float], float] = {}
    for agent, rows in plan.rows.items():
        for r in rows:
            if r.what != "phone":
                continue
            queue = r.queue or "".join(single)
            key = (queue, r.start, r.end)
            if key not in known:
                known[key] = _open_until(asked, *key)
            if known[key] < r.end:
                reached = asked.clock.text(known[key])
                yield agent, r.start, f"on the phone of {queue} while it is closed (from {reached})"


def _open_until(asked: Asked, queue: str, start: float, end: float) -> float:
    """Return how far `queue` stays open from `start`; windows that touch open as one, those of the day before too."""
    date, last = asked.clock.wall(start).date() - DAY, asked.clock.wall(end).date()
    windows: list[Span] = []
    while date <= last:
        windows += asked.opening(queue, date)
        date += DAY
    reached = start
    for a, b in sorted(windows):
        reached = max(reached, b) if a <= reached else reached
    return reached


def _shape(rule: str) -> Callable[[Plan], Found]:
    def found(plan: Plan) -> Found:
        for agent, shifts in plan.shifts.items():
            for w in shifts:
                for name, text in w.faults:
                    if name == rule:
                        yield agent, w.start, text

    return found


def _weekly(rule: str) -> Callable[[Plan], Found]:
    def found(plan: Plan) -> Found:
        for agent, week in plan.weeks.items():
            for start, text in PEOPLE[rule](week):
                yield agent, start, text

    return found


def families(plan: Plan) -> Found:
    """Ensures that every shift could be of some family at all."""
    for agent, shifts in plan.shifts.items():
        for w in shifts:
            if w.family is None:
                yield agent, w.start, "no shift family is allowed here"


RULES: Mapping[str, Callable[[Plan], Found]] = {
    "agents": agents,
    "words": words,
    "grid": grid,
    "overlap": overlap,
    "inside": inside,
    "opening": opening,
    "families": families,
    **{rule: _shape(rule) for rule in SHAPE},
    **{rule: _weekly(rule) for rule in PEOPLE},
}


def check(activity: pd.DataFrame, inputs: Mapping[str, Any]) -> Verdict:
    """Judge a plan.

    Parameters
    ----------
    activity
        ``agent, start, end, activity, queue``; times as text or typed, on the wall clock where they carry no offset.
    inputs
        The raw inputs: ``plan`` (dict of plan.toml, scenario merged), ``week`` (first planned day), ``days``
        (default 7), and the rows of ``staff``, ``availability``, ``leave``, ``fixed``, ``special_days`` and
        ``previous_activity`` (None where there is no such file). Without staff only the rules of shifts hold, and each
        agent id stands for one shift.

    Raises
    ------
    InputError
        If activity or inputs cannot be read.
    """
    return verdict_on(read_plan(activity, inputs))


def verdict_on(plan: Plan) -> Verdict:
    """Judge a plan that has been read."""
    found = ((rule, *fault) for rule, find in RULES.items() for fault in find(plan))
    violations = tuple(
        Violation(rule, agent, "" if start is None else plan.asked.clock.text(start), text)
        for rule, agent, start, text in found
    )
    shifts = [w for group in plan.shifts.values() for w in group]
    notes = tuple(filter(None, (below_contract(week) for week in plan.weeks.values())))
    return Verdict(violations, notes, sum(w.paid_min for w in shifts) / 60, len(shifts))
