"""One person's week as columns and rows: days, options, hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...problem.problem import ScheduleProblem
from ..best_week import ChosenWeek
from ..compile import CompiledPerson
from .day_arcs import DayState, day_arcs
from .program import Pairs, Program
from .rest import add_rest
from .spread import SpreadColumns, add_spread


@dataclass(frozen=True)
class PersonColumns:
    """Where one person's week stands in the model.

    Attributes
    ----------
    numbers
        The person's place in the staff, as the one entry of a tuple.
    work
        Option → whole column, 1 = worked.
    spread
        Where the week's starts lie; None where nothing limits their spread.
    """

    person: CompiledPerson
    numbers: tuple[int, ...]
    work: dict[int, Any]
    spread: SpreadColumns | None

    def taken(self) -> list[tuple[int, Any]]:
        """Return (option, column) of all columns that put people on options."""
        return list(self.work.items())

    def options(self, values: Mapping[str, float]) -> list[np.ndarray]:
        """Return the option of each day, −1 = off, shape (D,), as a list of one."""
        out = np.full(self.person.paths.days, -1, dtype=np.int64)
        for o, x in self.work.items():
            if values[x.name] > 0.5:
                out[self.person.options.day[o]] = o
        return [out]

    def start(self, weeks: list[ChosenWeek]) -> dict[str, float]:
        """Return a value for every whole column."""
        worked = set(weeks[0].options.tolist())
        out = {x.name: float(o in worked) for o, x in self.work.items()}
        if self.spread is not None:
            out |= self.spread.start([int(self.person.options.minute[o]) for o in worked if o >= 0])
        return out


def add_person(program: Program, problem: ScheduleProblem, person: CompiledPerson, number: int) -> PersonColumns:
    """Add the columns and rows of one person's week: days and hours, rest, and the spread of starts."""
    work, fresh = add_days(program, person, number)
    add_rest(program, problem, person, number, work, fresh)
    return PersonColumns(person, (number,), work, add_spread(program, problem, person, number, work))


def add_days(program: Program, person: CompiledPerson, number: int) -> tuple[dict[int, Any], dict[int, Pairs]]:
    """Add the columns and rows of one person's days and hours.

    ``Σ arcs out of the first state = 1``, ``Σ arcs into a state = Σ arcs out of it``,
    ``Σ options of a day and letter = Σ arcs of that day and letter``

    Returns
    -------
    tuple of dict
        Option → whole column, 1 = worked; and per day the flow that works on it after a day off.
    """
    g, arcs = person.paths.graph, day_arcs(person)
    reached = {(day, arc.letter) for day, today in enumerate(arcs) for arc in today}
    work = {}
    for o in np.flatnonzero(np.isfinite(person.option_cost)).tolist():
        if (int(person.options.day[o]), int(g.letter[o])) in reached:
            work[o] = program.column(f"work_{number}_{o}", 1, cost=float(person.option_cost[o]), whole=True)
    of_letter: dict[tuple[int, int], Pairs] = defaultdict(list)
    fresh: dict[int, Pairs] = {}
    balance: dict[DayState, Pairs] = defaultdict(list)
    final: dict[int, Pairs] = defaultdict(list)
    rested: set[DayState] = set()
    for day, today in enumerate(arcs):
        fresh[day] = []
        for i, arc in enumerate(today):
            cost = 0.0 if arc.letter else float(person.off_cost[day])
            flow = program.column(f"day_{number}_{day}_{i}", 1, cost=cost)
            balance[arc.begin].append((flow, -1.0))
            balance[arc.end].append((flow, 1.0))
            if arc.letter:
                of_letter[day, arc.letter].append((flow, -1.0))
                if arc.begin in rested:
                    fresh[day].append((flow, 1.0))
            if day == len(arcs) - 1:
                final[arc.end[1]].append((flow, 1.0))
        rested = {arc.end for arc in today if not arc.letter}
    ends = {arc.end for arc in arcs[-1]} if arcs else set()
    program.row(f"begin_{number}", balance.pop((0, 0), []), "==", -1.0)
    for i, (state, pairs) in enumerate(balance.items()):
        if state not in ends:
            program.row(f"state_{number}_{i}", pairs, "==", 0.0)
    for o, x in work.items():
        of_letter[int(person.options.day[o]), int(g.letter[o])].append((x, 1.0))
    for (day, letter), pairs in of_letter.items():
        program.row(f"letter_{number}_{day}_{letter}", pairs, "==", 0.0)
    _add_hours(program, person, number, work, final)
    return work, fresh


def person_size(person: CompiledPerson) -> int:
    """Return roughly how many columns one person's week takes."""
    return int(np.isfinite(person.option_cost).sum()) + sum(map(len, day_arcs(person)))


def _add_hours(
    program: Program, person: CompiledPerson, number: int, work: dict[int, Any], final: dict[int, Pairs]
) -> None:
    """Add the most paid units, and the price of the week's units: convex, never rising.

    ``Σ units · x <= most``; at each bend m of the price ``below >= price(m) + slope(m) (Σ units · x − m)``;
    ``below >= Σ_k (flow that ends with k days) · (least price of k days)``, the row that makes the relaxation tight.
    """
    price, units = person.units_cost, person.paths.graph.units
    most = len(price) - 1
    pairs: Pairs = [(x, float(units[o])) for o, x in work.items() if units[o]]
    if pairs:
        program.row(f"units_{number}", pairs, "<=", float(most))
    if price[0] <= 0.0:
        return
    below = program.column(f"below_{number}", float(price[0]), cost=1.0)
    slopes = np.diff(price, append=price[-1])
    for m in range(len(price)):
        if slopes[m] < 0.0 and (m == 0 or slopes[m] != slopes[m - 1]):
            slope = float(slopes[m])
            terms = [(below, 1.0), *((x, -slope * u) for x, u in pairs)]
            program.row(f"below_{number}_{m}", terms, ">=", float(price[m]) - slope * m)
    least = _least_price(price, sorted({int(units[o]) for o in work}), max(final, default=0))
    terms = [(flow, -least[k]) for k, flows in final.items() for flow, _ in flows if least[k] > 0.0]
    program.row(f"few_{number}", [(below, 1.0), *terms], ">=", 0.0)


def _least_price(price: np.ndarray, units: list[int], most_days: int) -> list[float]:
    """Return the least price of the paid units that k days can have, for k from 0 to `most_days`."""
    sums, out = {0}, [float(price[0])]
    for _ in range(most_days):
        sums = {total + u for total in sums for u in units if total + u < len(price)}
        out.append(min((float(price[total]) for total in sums), default=0.0))
    return out
