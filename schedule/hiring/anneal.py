"""Classes improved move by move: the search that finds good plans where the programme is large."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...forecast.kernels import kernel
from ...forecast.progress import Watch
from .case import Case
from .limits import recruits_left, rooms_left
from .supply import Decisions

NEAR_DAYS = 130
"""Days between two starts between which people are moved."""
OWED = 1e15
"""Cost of a month in which more people train or accompany than there are: no such move is taken."""


@dataclass(frozen=True)
class Annealing:
    """How long and how warm the search is."""

    steps: int = 6_000_000
    """Moves tried at most; more were of no use on made centres of 5 and 12 groups."""
    steps_per_option: int = 15_000
    """Moves tried per kind and start date."""
    chunk: int = 50_000
    """Moves between two looks at the watch: a small part of a second."""
    warm: tuple[float, ...] = (0.4, 0.05)
    """First temperature of each run, as a share of what one head costs to hire and train; each begins with the best."""
    cold: float = 0.004
    """Last temperature, likewise."""
    points: int = 150
    """Points of the table of expected cost by work; between them it is taken as straight."""


def anneal(
    case: Case,
    made: Decisions,
    bought: np.ndarray,
    watch: Watch,
    seconds: float,
    seed: int,
    how: Annealing | None = None,
) -> tuple[Decisions, bool]:
    """Return classes that cost less than those of `made`, or `made`, and whether time or a stop cut the search.

    Moves change the people of one option, or move people from one option to another, in the same group or not.
    Transfers and hours bought stay as they are. The expected cost is read from a table; who calls counts it exactly.
    """
    how, supply = how or Annealing(), case.supply
    if not supply.options:
        return made, False
    watch = watch.within(min(seconds, watch.left_s))
    rules, money = case.problem.rules, case.money
    most = int(rules.most)
    best = np.round(made.heads).astype(np.int64)
    scale = max(1.0, float((money.hiring + money.training).mean()))
    chunks = max(1, -(-min(how.steps, how.steps_per_option * len(best)) // (how.chunk * len(how.warm))))
    rng = np.random.default_rng(seed)
    if (tabled := _table(case, bought, how.points, watch)) is None:
        return made, True
    high, table = tabled
    for warm in how.warm:
        begun = Decisions(best, -(-best // most), made.moved)
        arrays = _arrays(case, begun, high, table)
        heads, presence = best.copy(), supply.presence(begun)
        state = np.zeros(2)  # cost now and best cost, both beside the first
        for i in range(chunks):
            if watch.stopped or watch.time_is_up:
                return Decisions(best.astype(float), -(-best // most) + 0.0, made.moved), True
            now, then = (scale * warm * (how.cold / warm) ** ((i + k) / chunks) for k in (0, 1))
            limits = (int(rules.least), most, now, then, how.chunk)
            _run(*(rng, heads, best, presence, state, *arrays, *limits))
    return Decisions(best.astype(float), -(-best // most) + 0.0, made.moved), False


def _table(case: Case, bought: np.ndarray, points: int, watch: Watch) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the most hours of work of a table, (G, T), and the expected cost at `points` from 0 to them.

    None where the watch says stop first.
    """
    high = np.array([1.5 * np.asarray(g.demand).max(axis=0) + 1.0 for g in case.groups])
    columns = list[np.ndarray]()
    for k in range(points):
        if watch.stopped or watch.time_is_up:
            return None
        columns.append(np.array([e.cost for e in case.expected(high * k / (points - 1), bought)]))
    return high, np.stack(columns, axis=2)


def _arrays(case: Case, made: Decisions, high: np.ndarray, table: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return everything that the kernel reads, and the rooms and recruits that `made` leaves."""
    supply = case.supply
    groups, months = case.contract.shape
    pools = max(len(own) for own in case.pools)
    corners = max(len(m.price) for row in case.mixing for m in row)
    price = np.zeros((groups, months, corners, pools))
    for g, row in enumerate(case.mixing):
        for t, mixing in enumerate(row):
            padded = np.vstack([mixing.price, np.repeat(mixing.price[:1], corners - len(mixing.price), axis=0)])
            price[g, t, :, : padded.shape[1]] = padded
    group_of = {p: g for g, own in enumerate(case.pools) for p in own}
    days, month = sorted(supply.crowded), np.array([o.month for o in supply.options])
    trains = np.ascontiguousarray(supply.in_training[:, days])
    return (
        supply.by_head,
        supply.by_class,
        case.money.per_head,
        np.array([group_of[supply.pool_of[o.kind]] for o in supply.options]),
        month,
        np.array([supply.days.number(o.start) for o in supply.options]),
        np.array([own[0] for own in case.pools]),
        np.array([len(own) for own in case.pools]),
        price,
        high,
        table,
        trains,
        np.array([rooms_left(supply, d) for d in days]) - trains.T @ made.classes + 0.0,
        recruits_left(supply) - np.bincount(month, weights=made.heads, minlength=months),
    )


@kernel
def _cost(
    presence: np.ndarray,
    g: int,
    begin: int,
    first: np.ndarray,
    count: np.ndarray,
    price: np.ndarray,
    high: np.ndarray,
    table: np.ndarray,
) -> float:
    """Return the expected cost of group `g` from month `begin` on."""
    total = 0.0
    points = table.shape[2]
    for t in range(begin, presence.shape[1]):
        for p in range(first[g], first[g] + count[g]):
            if presence[p, t] < -1e-6:
                return OWED
        work = np.inf
        for i in range(price.shape[2]):
            value = 0.0
            for p in range(count[g]):
                value += price[g, t, i, p] * presence[first[g] + p, t]
            work = min(work, value)
        at = work / high[g, t] * (points - 1)
        k = min(max(int(at), 0), points - 2)
        total += table[g, t, k] + (at - k) * (table[g, t, k + 1] - table[g, t, k])
    return total


@kernel
def _fits(people: int, least: int, most: int) -> bool:
    """Whether `people` can be split over classes."""
    return people >= 0 and (people == 0 or -(-people // most) * least <= people)


@kernel
def _shift(
    presence: np.ndarray,
    j: int,
    people: int,
    classes: int,
    by_head: np.ndarray,
    by_class: np.ndarray,
    g: int,
    first: np.ndarray,
    count: np.ndarray,
    begin: int,
) -> None:
    """Add people and classes of option `j` to the presence of its group."""
    for p in range(first[g], first[g] + count[g]):
        for t in range(begin, presence.shape[1]):
            presence[p, t] += people * by_head[j, p, t] + classes * by_class[j, p, t]


@kernel
def _draw(rng: np.random.Generator, low: int, end: int) -> int:
    """Return a whole number from `low` to `end` − 1; compiles far sooner than the generator's own."""
    return low + int(rng.random() * (end - low))


@kernel
def _more(heads: int, change: int, most: int) -> int:
    """Return by how many classes a change of `heads` people adds."""
    return -(-(heads + change) // most) - -(-heads // most)


@kernel
def _propose(
    rng: np.random.Generator,
    heads: np.ndarray,
    group_of: np.ndarray,
    by_start: np.ndarray,
    least: int,
    most: int,
    which: np.ndarray,
    change: np.ndarray,
) -> int:
    """Write a move into `which` and `change`; return how many options it touches, 0 where it cannot be."""
    options = len(heads)
    j = _draw(rng, 0, options)
    which[0] = j
    parts = 1
    kind = _draw(rng, 0, 10)
    if kind < 4 or heads[j] == 0:
        draw = _draw(rng, 0, 4)
        if draw == 0:
            change[0] = -heads[j] if heads[j] > 0 else _draw(rng, least, most + 1)
        elif draw == 1:
            change[0] = _draw(rng, -most, most + 1)
        else:
            change[0] = _draw(rng, -3, 4)
    else:
        k = _draw(rng, 0, options)
        if k == j or abs(by_start[k] - by_start[j]) > NEAR_DAYS or (kind < 7 and group_of[k] != group_of[j]):
            return 0
        parts = 2
        which[1] = k
        draw = _draw(rng, 0, 3)
        amount = heads[j] if draw == 0 else _draw(rng, 1, heads[j] + 1)
        change[0] = -amount
        change[1] = max(0, amount + (0 if draw == 1 else _draw(rng, -3, 4)))
    for i in range(parts):
        if change[i] == 0 or not _fits(heads[which[i]] + change[i], least, most):
            return 0
    return parts


@kernel
def _claim(
    parts: int,
    which: np.ndarray,
    change: np.ndarray,
    sign: int,
    heads: np.ndarray,
    most: int,
    month: np.ndarray,
    trains: np.ndarray,
    rooms: np.ndarray,
    recruits: np.ndarray,
) -> bool:
    """Take the rooms and recruits of a move, or give them back (`sign` −1); return whether they suffice."""
    enough = True
    for i in range(parts):
        k = which[i]
        classes = _more(heads[k], change[i], most)
        recruits[month[k]] -= sign * change[i]
        for d in range(trains.shape[1]):
            if trains[k, d]:
                rooms[d] -= sign * classes
    for i in range(parts):
        k = which[i]
        if change[i] > 0:
            enough = enough and recruits[month[k]] > -1e-9
            for d in range(trains.shape[1]):
                enough = enough and (not trains[k, d] or rooms[d] > -1e-9)
    return enough


@kernel
def _run(
    rng: np.random.Generator,
    heads: np.ndarray,
    best: np.ndarray,
    presence: np.ndarray,
    state: np.ndarray,
    by_head: np.ndarray,
    by_class: np.ndarray,
    per_head: np.ndarray,
    group_of: np.ndarray,
    month: np.ndarray,
    by_start: np.ndarray,
    first: np.ndarray,
    count: np.ndarray,
    price: np.ndarray,
    high: np.ndarray,
    table: np.ndarray,
    trains: np.ndarray,
    rooms: np.ndarray,
    recruits: np.ndarray,
    least: int,
    most: int,
    warm: float,
    cold: float,
    steps: int,
) -> None:
    """Try `steps` moves; `heads`, `best`, `presence`, `state`, `rooms`, `recruits` change in place.

    `state` holds the cost now and the best one, both beside the first. The many arguments are arrays, all that a kernel
    takes.
    """
    change, which = np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
    for step in range(steps):
        parts = _propose(rng, heads, group_of, by_start, least, most, which, change)
        if parts == 0:
            continue
        if not _claim(parts, which, change, 1, heads, most, month, trains, rooms, recruits):
            _claim(parts, which, change, -1, heads, most, month, trains, rooms, recruits)
            continue
        one, other = group_of[which[0]], group_of[which[parts - 1]]
        begin = min(month[which[0]], month[which[parts - 1]])
        delta = -_cost(presence, one, begin, first, count, price, high, table)
        if other != one:
            delta -= _cost(presence, other, begin, first, count, price, high, table)
        for i in range(parts):
            k = which[i]
            classes = _more(heads[k], change[i], most)
            _shift(presence, k, change[i], classes, by_head, by_class, group_of[k], first, count, begin)
            delta += per_head[k] * change[i]
        delta += _cost(presence, one, begin, first, count, price, high, table)
        if other != one:
            delta += _cost(presence, other, begin, first, count, price, high, table)
        if delta > 0 and rng.random() >= np.exp(-delta / (warm * (cold / warm) ** (step / steps))):
            for i in range(parts):
                k = which[i]
                classes = _more(heads[k], change[i], most)
                _shift(presence, k, -change[i], -classes, by_head, by_class, group_of[k], first, count, begin)
            _claim(parts, which, change, -1, heads, most, month, trains, rooms, recruits)
            continue
        for i in range(parts):
            heads[which[i]] += change[i]
        state[0] += delta
        if state[0] < state[1] - 1e-6:
            state[1] = state[0]
            best[:] = heads
