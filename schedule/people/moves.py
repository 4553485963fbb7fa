"""Small moves: one shift, one break or one day off at a time, a million in a few seconds, accepted as in annealing."""

from __future__ import annotations

import numpy as np

from ...forecast.kernels import inlined, kernel
from .flat import FlatStaff, meets_itself, week_cost
from .present import Present, Room, Worth, goals_change, make_or_drop, mark, next_worth, priced_shift, span


@inlined
def _draw(state: np.ndarray) -> float:
    """Return a number from 0 (inclusive) to 1 (exclusive): xorshift64*, whose state is one word."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@kernel
def _place(f: FlatStaff, p: Present, w: Worth, room: Room, a: int, t: int, state: np.ndarray, out: np.ndarray) -> None:
    """Set `out` to starts of the breaks of a shift that is not in the plan: where a head is worth least, by chance."""
    q, size = f.queue[a], p.heads.shape[1]
    for k in range(len(out)):
        out[k] = 0
        slots = f.break_slots[t, k]
        if slots == 0:
            continue
        low, places = f.break_low[t, k], f.break_high[t, k] - f.break_low[t, k] + 1
        least, turn = np.inf, int(_draw(state) * places)
        for i in range(places):
            at = low + (i + turn if i + turn < places else i + turn - places)
            worth = 0.0
            for s in range(f.start[t] + at, f.start[t] + at + slots):
                if s < size:
                    worth += next_worth(p, w, room, q, s)
                elif f.cyclic:
                    worth += next_worth(p, w, room, q, s - size)
            if worth < least - 1e-12:
                least, out[k] = worth, at


@kernel
def _move_break(f: FlatStaff, p: Present, w: Worth, room: Room, state: np.ndarray, allowed: float) -> float:
    """Move one break; return the change of the cost, 0 where nothing changes."""
    people, days, most = p.breaks.shape
    a, d, k = int(_draw(state) * people), int(_draw(state) * days), int(_draw(state) * most)
    o = p.options[a, d]
    if o < 0:
        return 0.0
    t, q = f.table[a] + o, f.queue[a]
    was, slots = p.breaks[a, d, k], f.break_slots[t, k]
    if slots == 0:
        return 0.0
    now = f.break_low[t, k] + int(_draw(state) * (f.break_high[t, k] - f.break_low[t, k] + 1))
    if now == was:
        return 0.0
    span(room.change, f.start[t] + was, f.start[t] + was + slots, 1, f.cyclic)
    span(room.change, f.start[t] + now, f.start[t] + now + slots, -1, f.cyclic)
    change, count = priced_shift(f, p, w, room, q, t, 0)
    change += goals_change(p, w, room)
    made = change <= allowed
    make_or_drop(p, room, q, count, made)
    if not made:
        return 0.0
    p.breaks[a, d, k] = now
    return change


@kernel
def _drawn_option(f: FlatStaff, a: int, d: int, near: int, reach: int, state: np.ndarray) -> int:
    """Return an option of a day by chance: within `reach` places of `near`, or any where `near` is −1; −1 = none."""
    low, high = f.first[a, d], f.first[a, d + 1]
    if low == high:
        return -1
    if near < 0:
        return int(low + int(_draw(state) * (high - low)))
    o = near - reach + int(_draw(state) * (2 * reach + 1))
    return int(min(max(o, low), high - 1))


@kernel
def _replace(f: FlatStaff, p: Present, w: Worth, room: Room, a: int, allowed: float, state: np.ndarray,
             cost: np.ndarray) -> float:  # fmt: skip
    """Give a person the week in `room.weeks[0]`; return the change of the cost, 0 where nothing changes.

    Eight parameters: compiled code gets no objects but arrays.
    """
    week, q, first = room.weeks[0], f.queue[a], f.table[a]
    same = True
    for d in range(len(week)):
        same = same and week[d] == p.options[a, d]
    if same:
        return 0.0
    own = week_cost(f, a, week)
    if own == np.inf or (f.cyclic and meets_itself(f, a, week, p.heads.shape[1])):
        return 0.0
    for d in range(len(week)):
        if week[d] != p.options[a, d] and p.options[a, d] >= 0:
            mark(f, room, first + p.options[a, d], p.breaks[a, d], -1)
    for d in range(len(week)):
        if week[d] != p.options[a, d] and week[d] >= 0:
            _place(f, p, w, room, a, first + week[d], state, room.breaks[d])
            mark(f, room, first + week[d], room.breaks[d], 1)
    change, count = own - cost[a], 0
    for d in range(len(week)):
        if week[d] != p.options[a, d]:
            for o in (p.options[a, d], week[d]):
                if o >= 0:
                    more, count = priced_shift(f, p, w, room, q, first + o, count)
                    change += more
    change += goals_change(p, w, room)
    made = change <= allowed
    make_or_drop(p, room, q, count, made)
    if not made:
        return 0.0
    for d in range(len(week)):
        if week[d] != p.options[a, d]:
            p.options[a, d] = week[d]
            p.breaks[a, d] = room.breaks[d]
            if week[d] < 0:
                p.breaks[a, d] = 0
    cost[a] = own
    return float(change)


@kernel
def _moved_start(f: FlatStaff, a: int, d: int, o: int, by: int) -> int:
    """Return the option of the same length that starts `by` slots after option `o` of day `d`; −1 = none."""
    low, high = f.first[a, d], f.first[a, d + 1]
    t = f.table[a]
    start, length = f.start[t + o] + by, f.length[t + o]
    end = high
    while low < end:
        middle = (low + end) // 2
        if f.start[t + middle] < start:
            low = middle + 1
        else:
            end = middle
    while low < high and f.start[t + low] == start:
        if f.length[t + low] == length:
            return int(low)
        low += 1
    return -1


@kernel
def _move_stretch(f: FlatStaff, p: Present, w: Worth, room: Room, a: int, far: int, allowed: float,
                  state: np.ndarray, cost: np.ndarray) -> float:  # fmt: skip
    """Move the starts of consecutive days, every second time of the whole week, by the same time.

    Nine parameters: compiled code gets no objects but arrays. Returns the change of the cost.

    Parameters
    ----------
    far
        Slots by which they move at most.
    """
    days = p.breaks.shape[1]
    week = room.weeks[0]
    week[:] = p.options[a]
    first = int(_draw(state) * days)
    last = first + 1 + int(_draw(state) * (days - first))
    if _draw(state) < 0.5:
        first, last = 0, days
    by = (1 + int(_draw(state) * far)) * (1 if _draw(state) < 0.5 else -1)
    for d in range(first, last):
        if week[d] >= 0:
            o = _moved_start(f, a, d, week[d], by)
            if o < 0:
                return 0.0
            week[d] = o
    return _replace(f, p, w, room, a, allowed, state, cost)


@kernel
def _exchange(f: FlatStaff, p: Present, a: int, b: int, first: int, last: int, allowed: float, cost: np.ndarray,
              room: Room) -> float:  # fmt: skip
    """Let two people of one contract exchange the days first ≤ d < last; return the change of the cost."""
    mine, other = room.weeks[0], room.weeks[1]
    mine[:], other[:] = p.options[a], p.options[b]
    differ = False
    for d in range(first, last):
        differ = differ or mine[d] != other[d]
        mine[d], other[d] = p.options[b, d], p.options[a, d]
    if not differ:
        return 0.0
    size = p.heads.shape[1]
    own, their = week_cost(f, a, mine), week_cost(f, b, other)
    change = own + their - cost[a] - cost[b]
    if not change <= allowed:
        return 0.0
    if f.cyclic and (meets_itself(f, a, mine, size) or meets_itself(f, b, other, size)):
        return 0.0
    p.options[a], p.options[b] = mine, other
    for d in range(first, last):
        for k in range(p.breaks.shape[2]):
            p.breaks[a, d, k], p.breaks[b, d, k] = p.breaks[b, d, k], p.breaks[a, d, k]
    cost[a], cost[b] = own, their
    return float(change)


@kernel
def small_moves(f: FlatStaff, p: Present, w: Worth, moves: int, hot: float, cold: float, shares: np.ndarray,
                reach: int, far: int, state: np.ndarray) -> float:  # fmt: skip
    """Do `moves` small moves at falling temperature and return the change of the cost.

    Ten parameters: compiled code gets no objects but arrays.

    Parameters
    ----------
    hot, cold
        First and last temperature, in money.
    shares
        Running sum of the shares of moves: a break, a shift on its day, a day off, an exchange between two people, the
        starts of consecutive days; the rest changes two days of a person.
    reach
        Places in the order of a day's options (by start) that a shift moves at most.
    far
        Slots by which the starts of consecutive days move at most.
    state
        Of the chance, shape (1,), changed.
    """
    people, days, most = p.breaks.shape
    cost = np.empty(people)
    for a in range(people):
        cost[a] = week_cost(f, a, p.options[a])
    size = p.heads.shape[1]
    room = Room(
        np.zeros(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64), np.zeros(len(p.missing)),
        np.zeros((days, most), np.int64), np.empty((2, days), np.int64),
    )  # fmt: skip
    total, temperature, factor = 0.0, hot, (cold / hot) ** (1.0 / moves)
    for _ in range(moves):
        temperature *= factor
        allowed = -temperature * np.log(1.0 - _draw(state))
        kind = _draw(state)
        if kind < shares[0]:
            total += _move_break(f, p, w, room, state, allowed)
            continue
        a, d, e = int(_draw(state) * people), int(_draw(state) * days), int(_draw(state) * days)
        o, other = p.options[a, d], p.options[a, e]
        week = room.weeks[0]
        week[:] = p.options[a]
        if kind < shares[1]:
            if o >= 0:
                week[d] = _drawn_option(f, a, d, o if _draw(state) < 0.8 else -1, reach, state)
                total += _replace(f, p, w, room, a, allowed, state, cost)
        elif kind < shares[2]:
            if (o >= 0) == (other >= 0):  # both worked or both free: take away or add one shift
                week[d] = -1 if o >= 0 else _drawn_option(f, a, d, -1, reach, state)
                total += _replace(f, p, w, room, a, allowed, state, cost)
            else:
                if o < 0:
                    d, e, o = e, d, other
                near = f.first[a, e] + o - f.first[a, d]
                week[d], week[e] = -1, _drawn_option(f, a, e, near if _draw(state) < 0.8 else -1, reach, state)
                total += _replace(f, p, w, room, a, allowed, state, cost)
        elif kind < shares[3]:
            b = int(_draw(state) * people)
            if a != b and f.table[a] == f.table[b] and f.queue[a] == f.queue[b]:
                last = d + 1 + int(_draw(state) * (days - d))
                total += _exchange(f, p, a, b, d, last, allowed, cost, room)
        elif kind < shares[4]:
            total += _move_stretch(f, p, w, room, a, far, allowed, state, cost)
        elif d != e and o >= 0 and other >= 0:
            week[d] = _drawn_option(f, a, d, o, reach, state)
            week[e] = _drawn_option(f, a, e, other, reach, state)
            total += _replace(f, p, w, room, a, allowed, state, cost)
    return total
