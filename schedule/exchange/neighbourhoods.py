"""Which people to re-plan together: around an open shift, the dearest, those who could swap, or by chance."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .cells import ShiftPool
from .plan import ExchangePlan


def partition(pool: ShiftPool, rng: np.random.Generator, binaries: int) -> list[list[int]]:
    """Return everybody who has options, in random groups of about `binaries` columns each."""
    people = [a for a in rng.permutation(len(pool.staff)).tolist() if pool.options[a]]
    out: list[list[int]] = []
    size = binaries
    for a in people:
        if size + len(pool.options[a]) > binaries:
            out.append([])
            size = 0
        out[-1].append(a)
        size += len(pool.options[a])
    return out


def _fill(pool: ShiftPool, order: Iterator[int], binaries: int) -> list[int]:
    """Take people in `order` until the group has about `binaries` columns."""
    group: dict[int, None] = {}
    size = 0
    for a in order:
        if a in group or not pool.options[a]:
            continue
        if size and size + len(pool.options[a]) > binaries:
            break
        group[a] = None
        size += len(pool.options[a])
    return list(group)


def around_open(pool: ShiftPool, plan: ExchangePlan, rng: np.random.Generator, binaries: int) -> list[int]:
    """Return people who may take one open shift: idle ones of its day, busy ones who could make room, others."""
    open_cells = [c for c, n in enumerate(plan.left) if n and pool.takers[c]]
    if not open_cells:
        return dear(pool, plan, rng, binaries)
    cell = int(rng.choice(open_cells))
    day = pool.cells[cell].day
    takers = rng.permutation(np.array(pool.takers[cell])).tolist()
    busy = [a for a in takers if any(pool.cells[c].day == day for c in plan.weeks[a])]
    idle = [a for a in takers if a not in set(busy)]
    half = max(1, len(idle) // 2)

    def order() -> Iterator[int]:
        yield from idle[:half]
        yield from busy[: max(4, len(busy) // 3)]
        yield from idle[half:]
        yield from rng.permutation(len(pool.staff)).tolist()

    return _fill(pool, order(), binaries)


def dear(pool: ShiftPool, plan: ExchangePlan, rng: np.random.Generator, binaries: int) -> list[int]:
    """Return the people whose wishes, hours and start times cost most beside their wages, mixed with chance."""
    wages = [pool.staff[a].cost_h * sum(pool.cells[c].wage_h for c in week) for a, week in enumerate(plan.weeks)]
    prices = np.array(plan.agent_costs) - np.array(wages)
    order = np.argsort(-(prices + 0.1) * rng.random(len(prices)), kind="stable")
    return _fill(pool, iter(order.tolist()), binaries)


def alike(pool: ShiftPool, plan: ExchangePlan, rng: np.random.Generator, binaries: int) -> list[int]:
    """Return one person and those whose shifts that person could take: swaps are likely among them."""
    first = int(rng.integers(len(pool.staff)))
    mine = set(pool.options[first])
    shared = np.array([len(mine.intersection(week)) for week in plan.weeks]) + rng.random(len(plan.weeks))
    return _fill(pool, iter([first, *np.argsort(-shared, kind="stable").tolist()]), binaries)


KINDS = (around_open, dear, alike)
