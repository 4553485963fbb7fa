"""The exact model of everybody's weeks: built, started from a plan, read back as weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ....forecast.progress import Watch
from ...optimise.linear import Linear
from ...price.worth import Service
from ..best_week import ChosenWeek, WeekFinder
from ..compile import CompiledStaff
from ..skill_flow import empty_flow, move_person
from .heads import HeadColumns, add_heads
from .kind import KindColumns, add_kind, kind_arcs
from .person import PersonColumns, add_person, person_size
from .program import Program
from .service import ServiceColumns, add_service


@dataclass(frozen=True)
class ExactModel:
    """A built model, and where its columns are."""

    staff: CompiledStaff
    linear: Linear = field(repr=False)
    people: tuple[PersonColumns | KindColumns, ...] = field(repr=False)
    heads: HeadColumns = field(repr=False)
    service: ServiceColumns = field(repr=False)

    def start(self, weeks: Sequence[ChosenWeek]) -> dict[str, float]:
        """Return `weeks` as a start for the solver: the value of every whole column but the split of heads."""
        out: dict[str, float] = {}
        for columns in self.people:
            out |= columns.start([weeks[a] for a in columns.numbers])
        out |= self.heads.start(weeks)
        return out | self.service.start(_heads(self.staff, self.service.service, weeks))

    def weeks(self, values: Mapping[str, float]) -> list[ChosenWeek]:
        """Return everybody's week in `values`."""
        chosen: list[np.ndarray] = [np.zeros(0, dtype=np.int64)] * len(self.staff.people)
        for columns in self.people:
            for a, options in zip(columns.numbers, columns.options(values), strict=True):
                chosen[a] = options
        return self.heads.weeks(chosen, values)


def build(staff: CompiledStaff, service: Service, watch: Watch, *, relax: bool = False) -> ExactModel | None:
    """Build the model: everybody's weeks, heads, and what they are worth; None where `watch` ends it before.

    Its cost is that of the plan without the price of steady starts: its bound holds with that price, too. `relax` drops
    integrality.
    """
    program = Program()
    people: list[PersonColumns | KindColumns] = []
    for numbers in alike(staff):
        if watch.stopped or watch.time_is_up:
            return None
        people += _add_alike(program, staff, numbers)
    heads = add_heads(program, staff, [(c.person, o, x) for c in people for o, x in c.taken()])
    worth = add_service(program, staff, service, heads)
    return ExactModel(staff, program.linear(relax=relax), tuple(people), heads, worth)


def alike(staff: CompiledStaff) -> list[list[int]]:
    """Return the places of people in the staff, those who differ in nothing together."""
    out: dict[object, list[int]] = {}
    for a, person in enumerate(staff.people):
        out.setdefault(person.kind, []).append(a)
    return list(out.values())


def _add_alike(
    program: Program, staff: CompiledStaff, numbers: Sequence[int]
) -> list[PersonColumns] | list[KindColumns]:
    """Add alike people: as one flow where two or more are alike and the flow is the smaller form, else one by one."""
    problem, person = staff.problem, staff.people[numbers[0]]
    if len(numbers) > 1:
        windows = kind_arcs(problem, person, len(numbers) * person_size(person))
        if windows is not None:
            return [add_kind(program, person, numbers, windows)]
    return [add_person(program, problem, staff.people[a], a) for a in numbers]


def _heads(staff: CompiledStaff, service: Service, weeks: Sequence[ChosenWeek]) -> np.ndarray:
    """Return the heads of `weeks` on each queue where calls missing cost their full price, shape (Q, S)."""
    flow = empty_flow(staff.skills, service.slope(service.dearest), service.before)
    finder = WeekFinder(staff)
    absent = np.zeros(finder.slots, dtype=np.int64)
    for person, week in zip(staff.people, weeks, strict=True):
        move_person(flow, person.group, absent, finder.on_phone(person, week))
    return flow.heads
