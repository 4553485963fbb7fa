"""The shifts of a plan as cells, and which agent may take which cell."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..price.absence import Absence
from ..price.week import missing_day_price
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift, Shift
from ..problem.staff import Agent
from ..rules.limits import Limits, limits_of
from ..rules.may_work import may_work
from ..rules.registry import PersonRules, rules_of


@dataclass(frozen=True)
class Cell:
    """All heads of a plan on one shift and one queue: they differ in their breaks only.

    Attributes
    ----------
    day
        Day that the shift counts on, 0 = first day of the week.
    minute
        Wall-clock start in minutes after that day's midnight.
    paid_h, wage_h
        Paid hours, and paid hours with premiums: what wages are paid for.
    open_price, short_price
        Prices of one of its heads left open: as a shift without a name, and for what the plan then leaves short.
    """

    shift: Shift
    queue: str
    heads: tuple[PlannedShift, ...] = field(repr=False)
    day: int
    minute: int
    paid_h: float
    wage_h: float
    open_price: float
    short_price: float = 0.0

    @property
    def left_price(self) -> float:
        """Price of one of its heads left open, in all."""
        return self.open_price + self.short_price

    @property
    def count(self) -> int:
        """Number of heads."""
        return len(self.heads)

    @property
    def label(self) -> str:
        """Name in the model's rows."""
        return f"{self.day}.{self.shift.pattern}.{self.queue}"


@dataclass(frozen=True)
class ShiftPool:
    """Cells to fill and people to fill them; cells and agents are known by their position.

    Attributes
    ----------
    cells
        By start, then pattern and queue.
    options
        Per agent the cells that skills, contract, availability, leave, fixed shifts and last week's rest allow.
    limits
        Per agent.
    """

    problem: ScheduleProblem
    cells: tuple[Cell, ...]
    options: tuple[tuple[int, ...], ...]
    limits: tuple[Limits, ...]

    @property
    def staff(self) -> tuple[Agent, ...]:
        """The people."""
        return self.problem.staff

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """Heads per cell."""
        return tuple(c.count for c in self.cells)

    @cached_property
    def takers(self) -> tuple[tuple[int, ...], ...]:
        """Per cell the agents who may take the cell."""
        out: list[list[int]] = [[] for _ in self.cells]
        for a, options in enumerate(self.options):
            for c in options:
                out[c].append(a)
        return tuple(map(tuple, out))

    @cached_property
    def missing_day_price(self) -> float:
        """Prohibitive price of a day missing to a contract's least days, and of a shift missing that must be worked."""
        wage_h = max((c.wage_h for c in self.cells), default=0.0)
        return missing_day_price(self.problem, wage_h, max((c.left_price for c in self.cells), default=0.0))

    @cached_property
    def rules(self) -> tuple[PersonRules, ...]:
        """Per agent every rule."""
        return tuple(rules_of(self.problem, a) for a in self.staff)


def make_cell(problem: ScheduleProblem, shift: Shift, queue: str, heads: Sequence[PlannedShift]) -> Cell:
    """Return the cell of `heads` on `shift` and `queue`."""
    paid_h = shift.paid_min / 60.0
    return Cell(
        shift, queue, tuple(sorted(heads, key=lambda h: (h.breaks, h.contract or ""))),
        shift.day, problem.wall_minute(shift), paid_h, problem.paid_weight(shift), problem.costs.open_shift_h * paid_h,
    )  # fmt: skip


def allowed(problem: ScheduleProblem, agent: Agent, shift: Shift, queue: str) -> bool:
    """Whether skills and all rules about single shifts let `agent` work `shift` on `queue`."""
    return queue in agent.skills and may_work(problem, agent, shift)


def cells_of(problem: ScheduleProblem, planned: Sequence[PlannedShift]) -> list[Cell]:
    """Return the cells of `planned` by start, pattern and queue; a head left open has its price as a shift only."""
    heads: dict[tuple[int, str, str], list[PlannedShift]] = defaultdict(list)
    for p in planned:
        heads[p.shift.start, p.shift.pattern, p.queue].append(p)
    return [make_cell(problem, heads[k][0].shift, k[2], heads[k]) for k in sorted(heads)]


def pool_of(problem: ScheduleProblem, planned: Sequence[PlannedShift]) -> ShiftPool:
    """Return the cells of `planned` and everybody's options."""
    cells = cells_of(problem, planned)
    absence = Absence.of(problem, planned)
    priced = [dataclasses.replace(c, short_price=min(map(absence.price, c.heads))) for c in cells]
    return pool_from(problem, priced)


def pool_from(problem: ScheduleProblem, cells: Sequence[Cell]) -> ShiftPool:
    """Return the pool of ready-made `cells` (sorted by start)."""
    options = tuple(
        tuple(i for i, c in enumerate(cells) if allowed(problem, a, c.shift, c.queue)) for a in problem.staff
    )
    return ShiftPool(problem, tuple(cells), options, tuple(limits_of(problem, a) for a in problem.staff))


def without_steadiness(pool: ShiftPool) -> ShiftPool:
    """Return the pool in which start times cost nothing and may lie anywhere: a relaxation of `pool`."""
    problem = pool.problem
    costs = dataclasses.replace(problem.costs, steady_h=0.0)
    rules = dataclasses.replace(problem.rules, max_start_spread_min=None)
    return dataclasses.replace(pool, problem=dataclasses.replace(problem, costs=costs, rules=rules))
