"""Other shifts that the rules of the plan allow people today: overtime, call-in, voluntary time off.

Overtime is a longer shift from the same start, or an earlier one with the same end; time off is a shorter one, or none
where the shift has not begun. Whatever is offered is a shift of a family that the person's contract allows, within all
rules of the person's week.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..diagnose.what_holds_back import Rostered
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift, Shift
from ..problem.staff import Agent
from ..rules.registry import rules_of
from .actions import ActionParams
from .desk import ACTIVITIES, MEETING, OFF, PHONE, TRAINING, RunningDesk
from .moves import soon_of
from .variation import Edit, Variation, slot_time

MOST_CALLED = 20
"""People who are offered the same shift, the cheapest first: more of them change nothing but the length of the list."""


@dataclass(frozen=True, eq=False)
class Offers:
    """What may be offered on the running day.

    Parameters
    ----------
    problem
        The week.
    assigned
        Agent → the shifts of the week as they stand.
    desk
        The running day.
    worth
        What one person more on the phone of each queue is worth in each slot of the day, shape (Q, S): pauses are
        placed where they cost least.
    overtime
        Families made for overtime alone → the family of which each is a longer one, and how many minutes before it
        the longer one begins: nobody is called in for them.
    """

    problem: ScheduleProblem
    assigned: Mapping[str, Sequence[PlannedShift]]
    desk: RunningDesk
    worth: np.ndarray
    params: ActionParams
    overtime: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    @cached_property
    def day(self) -> int:
        """Position of the date in the week."""
        return self.problem.grid.dates.index(self.desk.date)

    @cached_property
    def offset(self) -> int:
        """Slot of the week's grid with which the day of the desk begins."""
        return self.problem.grid.position(self.desk.starts[0])

    @property
    def parts(self) -> int:
        """Slots of the desk in one of the week's grid."""
        return self.problem.grid.minutes // self.desk.slot_min

    @cached_property
    def soon(self) -> int:
        """First slot of the week's grid that may still change, with the notice of a pause."""
        return self.offset - (-soon_of(self.desk, self.params.notice_min) // self.parts)

    @cached_property
    def called(self) -> int:
        """First slot of the week's grid at which a shift may begin that is called in or given up."""
        return self.offset - (-soon_of(self.desk, self.params.call_in_notice_min) // self.parts)

    @cached_property
    def today(self) -> Mapping[str, PlannedShift]:
        """Agent → the shift of the day; who works two shifts that day is left as is."""
        found = {a: [p for p in shifts if p.shift.day == self.day] for a, shifts in self.assigned.items()}
        return {a: own[0] for a, own in found.items() if len(own) == 1}

    @cached_property
    def _meeting(self) -> frozenset[str]:
        """Those who meet or train today: their shifts stay."""
        meets = np.isin(self.desk.doing, (MEETING, TRAINING)).any(axis=1)
        return frozenset(self.desk.agents[a] for a in np.flatnonzero(meets))

    @cached_property
    def _sums(self) -> np.ndarray:
        """Running sums of the worth, shape (Q, S + 1)."""
        return np.concatenate([np.zeros((len(self.worth), 1)), np.cumsum(self.worth, axis=1)], axis=1)

    def variations(self) -> list[Variation]:
        """Return every offer of the kinds that are asked for."""
        kinds = set(self.params.kinds) & {"overtime", "call_in", "time_off"}
        if not kinds or not self.problem.staff:
            return []
        others = {a: [p for p in shifts if p.shift.day != self.day] for a, shifts in self.assigned.items()}
        edges = {(family, at) for p in self.today.values() for family in (p.shift.family, "")
                 for at in (("start", p.shift.start), ("end", p.shift.end))}  # fmt: skip
        shifts = [s for s in self.problem.shifts if s.day == self.day and s.end > self.soon and self._asked(s, edges)]
        if not shifts:
            return []
        free = Rostered(self.problem, others).held(self.day, shifts).free
        out: list[Variation] = []
        for a, agent in enumerate(self.problem.staff):
            planned = self.today.get(agent.id)
            own = [s for s, may in zip(shifts, free[a], strict=True) if may]
            if planned is None or planned.moves or planned.queue not in self.desk.queues or agent.id in self._meeting:
                continue
            out += [v for s in own if self._varies(s, planned.shift) for v in self._other(agent, planned, s, kinds)]
            if "time_off" in kinds and planned.shift.start >= self.called and self._may_be_off(agent, others):
                out.append(self._off(agent, planned))
        if "call_in" in kinds:
            out += self._call_ins(shifts, free)
        return out

    def _asked(self, shift: Shift, edges: Collection[tuple[str, tuple[str, int]]]) -> bool:
        """Whether a shift of the day may be somebody's: at the edges of a shift that is worked, or of a call-in."""
        base, _ = self.overtime.get(shift.family, ("", 0))
        at = [(base, ("start", shift.start)), (base, ("end", shift.end))]
        if shift.family in self.overtime:
            return any(edge in edges for edge in at)
        return shift.start >= self.called or at[0] in edges

    def _varies(self, shift: Shift, planned: Shift) -> bool:
        """Whether a shift is a longer or shorter one of what somebody works; overtime is that of the own shift."""
        base, before_min = self.overtime.get(shift.family, (planned.family, 0))
        before = before_min // self.problem.grid.minutes
        return (base, shift.start + before) == (planned.family, planned.start) and (
            not before or shift.start >= self.called
        )

    def _may_be_off(self, agent: Agent, others: Mapping[str, Sequence[PlannedShift]]) -> bool:
        """Whether no rule of days forbids a day off."""
        word = [""] * len(self.problem.grid.dates)
        for p in others.get(agent.id, ()):
            word[p.shift.day] = p.shift.family
        return not rules_of(self.problem, agent).broken_by_word(word) and not any(
            f.day == self.day and f.what != "off" for f in agent.fixed
        )

    def _off(self, agent: Agent, planned: PlannedShift) -> Variation:
        begin, end = self._slot(planned.shift.start), self._slot(planned.shift.end)
        what = f"{agent.id}: off instead of {self._times(planned.shift)}"
        cost = -agent.cost_h * self.problem.paid_weight(planned.shift)
        return Variation("time_off", (Edit(agent.id, begin, end, OFF),), what, cost)

    def _other(self, agent: Agent, planned: PlannedShift, shift: Shift, kinds: set[str]) -> Iterator[Variation]:
        """Yield the change to a longer or shorter shift, if the pauses of the past fit in."""
        now = planned.shift
        kind = "overtime" if shift.length > now.length else "time_off"
        if kind not in kinds or shift.length == now.length or now.end <= self.soon or shift.end <= self.soon:
            return
        pauses = self._pauses(shift, planned.queue, planned)
        if pauses is None:
            return
        hours = (shift.paid_min - now.paid_min) / 60.0
        cost = agent.cost_h * (self.problem.paid_weight(shift) - self.problem.paid_weight(now))
        if hours > 0.0:  # daily overtime of the prices is in the weights already: the dearer of both counts, not both
            paid = shift.paid_min / 60.0, now.paid_min / 60.0
            own = sum(o.extra_h(paid[0]) - o.extra_h(paid[1]) for o in self.problem.costs.overtime)
            cost += agent.cost_h * max(0.0, self.params.overtime_share * hours - own)
        word = "longer" if kind == "overtime" else "shorter"
        what = f"{agent.id}: {self._times(shift)} instead of {self._times(now)}, {abs(hours):g} h {word}"
        yield Variation(kind, self._edits(agent.id, PlannedShift(shift, pauses, planned.queue), planned), what, cost)

    def _call_ins(self, shifts: Sequence[Shift], free: np.ndarray) -> Iterator[Variation]:
        """Yield the shifts that people who are off today may be called in for."""
        staff = self.problem.staff
        idle = np.array([not any(p.shift.day == self.day for p in self.assigned.get(a.id, ())) for a in staff])
        for number, shift in enumerate(shifts):
            if shift.start < self.called or shift.family in self.overtime:
                continue
            may = [staff[a] for a in np.flatnonzero(free[:, number] & idle)]
            for agent in sorted(may, key=lambda a: a.cost_h)[:MOST_CALLED]:
                for queue in (q for q in self.desk.queues if q in agent.skills):
                    pauses = self._pauses(shift, queue, None)
                    if pauses is None:
                        continue
                    cost = agent.cost_h * self.problem.paid_weight(shift)
                    cost += self.params.call_in_share * agent.cost_h * shift.paid_min / 60.0
                    what = f"{agent.id}: called in on {queue} for {self._times(shift)}"
                    edits = self._edits(agent.id, PlannedShift(shift, pauses, queue), None)
                    yield Variation("call_in", edits, what, cost)

    def _pauses(self, shift: Shift, queue: str, now: PlannedShift | None) -> tuple[int, ...] | None:
        """Return where the pauses of a shift lie; None where those of the past do not fit in.

        A pause stays where it is if the shift allows that place; else it goes where it costs least.
        """
        q, out = self.desk.queues.index(queue), []
        taken = [] if now is None else [
            (now.shift.start + at, slots, kind)
            for at, (_, _, slots, kind) in zip(now.breaks, now.shift.breaks, strict=True)
        ]  # fmt: skip
        gone = sum(at < self.soon for at, _, _ in taken)
        if gone > len(shift.breaks):
            return None
        for k, (low, high, slots, kind) in enumerate(shift.breaks):
            old = taken[k] if k < len(taken) else None
            stays = old is not None and old[1:] == (slots, kind) and low <= old[0] - shift.start <= high
            if k < gone and not stays:
                return None
            if stays and old is not None:
                out.append(old[0] - shift.start)
                continue
            first = max(low, self.soon - shift.start)
            if first > high:
                return None
            out.append(min(range(first, high + 1), key=lambda at: (self._lost(q, shift.start + at, slots), at)))
        return tuple(out)

    def _lost(self, queue: int, begin: int, slots: int) -> float:
        """Return what a pause costs that begins in a slot of the week's grid."""
        size = self._sums.shape[1] - 1
        low, high = (min(max(self._slot(x), 0), size) for x in (begin, begin + slots))
        return round(float(self._sums[queue, high] - self._sums[queue, low]), 9)

    def _edits(self, agent: str, planned: PlannedShift, now: PlannedShift | None) -> tuple[Edit, ...]:
        """Return what somebody does from soon on; a shift that is given up ends earlier."""
        out = []
        if now is not None and now.shift.end > planned.shift.end:
            out.append(Edit(agent, self._slot(planned.shift.end), self._slot(now.shift.end), OFF))
        for begin, end, activity, queue in planned.stretches:
            if end > self.soon:
                number = ACTIVITIES.index(activity)
                on = self.desk.queues.index(queue) if number == PHONE else -1
                out.append(Edit(agent, self._slot(max(begin, self.soon)), self._slot(end), number, on))
        return tuple(out)

    def _slot(self, slot: int) -> int:
        """Return the slot of the desk with which a slot of the week's grid begins."""
        return (slot - self.offset) * self.parts

    def _times(self, shift: Shift) -> str:
        begin, end = (slot_time(self.desk, self._slot(x)) for x in (shift.start, shift.end))
        return f"{begin:%H:%M}-{end:%H:%M}"
