"""Everybody's options, rules and costs in a few long arrays, for compiled code that changes one shift at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...forecast.kernels import kernel
from .compile import CompiledStaff, ShiftOptions
from .week_paths import WeekPaths


class FlatStaff(NamedTuple):
    """A people, D days; what people share stands once, and each person knows where it begins.

    Attributes
    ----------
    table, rules, node, rest, money
        Where a person's options, graph's options, nodes, rest classes and option costs begin, shape (A,) each.
    first
        A person's first option of each day, within the options of the contract, shape (A, D + 1).
    queue
        A person's only queue, shape (A,).
    start, length, minute
        Of each option in slots, and its wall-clock start, shape (O,).
    break_low, break_high, break_slots
        As in `ShiftOptions`, 0 slots = no break, shape (O, B).
    latest, after, units, letter
        As in `DayGraph`, shape (options of all graphs,).
    to
        As in `DayGraph`, nodes numbered through all graphs, shape (N, letters).
    relax
        Rest class after a day off, shape (rest classes of all graphs,).
    option_cost
        Everybody's costs of options, infinite = not allowed, shape (options of all people,).
    off_cost
        Shape (A, D).
    units_cost
        Price of the paid units, infinite beyond a person's most, shape (A, U).
    cyclic, spread, steady_h
        Whether the week's end is its beginning; most minutes between starts; price of an hour between starts.
    """

    table: np.ndarray
    rules: np.ndarray
    node: np.ndarray
    rest: np.ndarray
    money: np.ndarray
    first: np.ndarray
    queue: np.ndarray
    start: np.ndarray
    length: np.ndarray
    minute: np.ndarray
    break_low: np.ndarray
    break_high: np.ndarray
    break_slots: np.ndarray
    latest: np.ndarray
    after: np.ndarray
    units: np.ndarray
    letter: np.ndarray
    to: np.ndarray
    relax: np.ndarray
    option_cost: np.ndarray
    off_cost: np.ndarray
    units_cost: np.ndarray
    cyclic: bool
    spread: int
    steady_h: float


def flat_staff(staff: CompiledStaff, *, several: bool = False) -> FlatStaff | None:
    """Lay `staff` out flat; None where nobody is there, or where somebody works several queues and not `several` may.

    Of several queues the first one stands in `FlatStaff.queue`.
    """
    people, problem = staff.people, staff.problem
    if not several and (staff.skills.sum(axis=1) != 1).any():
        return None
    if not any(len(p.options.shifts) for p in people):
        return None
    tables: dict[int, ShiftOptions] = {id(p.options): p.options for p in people}
    graphs: dict[int, WeekPaths] = {id(p.paths): p.paths for p in people}
    table_at = _places({k: len(t.shifts) for k, t in tables.items()})
    rules_at = _places({k: g.options for k, g in graphs.items()})
    node_at = _places({k: len(g.graph.to) for k, g in graphs.items()})
    rest_at = _places({k: len(g.graph.relax) for k, g in graphs.items()})
    letters = max(g.graph.to.shape[1] for g in graphs.values())
    most_units = max(len(p.units_cost) for p in people)
    most_breaks = max(t.break_slots.shape[1] for t in tables.values())
    spread = problem.rules.max_start_spread_min

    def of_options(name: str) -> np.ndarray:
        return np.concatenate([getattr(t, name) for t in tables.values()]).astype(np.int64)

    def of_breaks(name: str) -> np.ndarray:
        return np.concatenate([_widened(getattr(t, name), most_breaks, 0.0) for t in tables.values()]).astype(np.int64)

    def of_graphs(name: str) -> np.ndarray:
        return np.concatenate([getattr(g.graph, name) for g in graphs.values()]).astype(np.int64)

    to = [np.where(g.graph.to >= 0, g.graph.to + node_at[k], -1) for k, g in graphs.items()]
    options = [len(p.option_cost) for p in people]
    return FlatStaff(
        np.array([table_at[id(p.options)] for p in people]), np.array([rules_at[id(p.paths)] for p in people]),
        np.array([node_at[id(p.paths)] for p in people]), np.array([rest_at[id(p.paths)] for p in people]),
        np.concatenate([[0], np.cumsum(options)])[:-1], np.array([p.paths.graph.first for p in people]),
        np.array([int(staff.skills[p.group].argmax()) for p in people]),
        of_options("start"), of_options("length"), of_options("minute"),
        of_breaks("break_low"), of_breaks("break_high"), of_breaks("break_slots"),
        of_graphs("latest"), of_graphs("after"), of_graphs("units"), of_graphs("letter"),
        np.concatenate([_widened(t, letters, -1.0) for t in to]).astype(np.int64), of_graphs("relax"),
        np.concatenate([p.option_cost for p in people]), np.array([p.off_cost for p in people]),
        np.array([_widened(p.units_cost[None, :], most_units, np.inf)[0] for p in people]),
        problem.cyclic, -1 if spread is None else int(spread), float(problem.costs.steady_h),
    )  # fmt: skip


def _places(sizes: dict[int, int]) -> dict[int, int]:
    """Return where each of the arrays of these sizes begins when one follows the other."""
    ends = np.cumsum(list(sizes.values())).tolist()
    return {k: end - size for (k, size), end in zip(sizes.items(), ends, strict=True)}


def _widened(table: np.ndarray, width: int, fill: float) -> np.ndarray:
    """Return a table with further columns of `fill`."""
    return np.pad(table.astype(float), ((0, 0), (0, width - table.shape[1])), constant_values=fill)


@kernel
def week_cost(f: FlatStaff, a: int, options: np.ndarray) -> float:
    """Return the own cost of a person's week, infinite where a rule forbids it."""
    n, r, paid, total = f.node[a], 0, 0, 0.0
    low, high, begin, end, count = 1 << 40, -(1 << 40), 1 << 40, 0, 0
    for d in range(len(options)):
        o = options[d]
        if o < 0:
            n = f.to[n, 0]
            r = f.relax[f.rest[a] + r]
            total += f.off_cost[a, d]
        else:
            k = f.rules[a] + o
            if f.latest[k] < r:
                return np.inf
            n, r = f.to[n, f.letter[k]], f.after[k]
            paid += f.units[k]
            total += f.option_cost[f.money[a] + o]
            t = f.table[a] + o
            low, high = min(low, f.minute[t]), max(high, f.minute[t])
            begin, end, count = min(begin, f.start[t]), max(end, f.start[t] + f.length[t]), count + 1
        if n < 0:
            return np.inf
    if paid >= f.units_cost.shape[1]:
        return np.inf
    if high > low:
        if 0 <= f.spread < high - low:
            return np.inf
        total += f.steady_h * (high - low) / 60.0
    return float(total + f.units_cost[a, paid])


@kernel
def meets_itself(f: FlatStaff, a: int, options: np.ndarray, size: int) -> bool:
    """Whether the last shift of a cyclic week runs into the first one."""
    begin, end, count = 1 << 40, 0, 0
    for o in options:
        if o >= 0:
            t = f.table[a] + o
            begin, end, count = min(begin, f.start[t]), max(end, f.start[t] + f.length[t]), count + 1
    return count > 1 and end - size > begin
