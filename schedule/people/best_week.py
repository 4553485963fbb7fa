"""How one person answers prices: the cheapest week, its breaks, and the heads that it puts on the phone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from .compile import Menu, People, Person
from .skill_flow import Heads, change


@dataclass(frozen=True)
class Chosen:
    """One person's week: an option per day (−1 = off), shape (D,), and the starts of its breaks, shape (D, B)."""

    options: np.ndarray
    breaks: np.ndarray


@njit(cache=True, nogil=True)
def cover_worth(prefix: np.ndarray, start: np.ndarray, length: np.ndarray, windows: np.ndarray, window: np.ndarray,
                out: np.ndarray) -> None:  # fmt: skip
    """Set `out` to the prices that each option collects with its breaks where they cost least.

    Shifts' break windows are disjoint, so each break is placed on its own. `prefix[s]` is the sum of prices before s.
    """
    least = np.full(len(windows), np.inf)
    for w in range(len(windows)):
        for s in range(windows[w, 0], windows[w, 1] + 1):
            least[w] = min(least[w], prefix[s + windows[w, 2]] - prefix[s])
    for o in range(len(start)):
        total = prefix[start[o] + length[o]] - prefix[start[o]]
        for w in window[o]:
            if w >= 0:
                total -= least[w]
        out[o] = total


@njit(cache=True, nogil=True)
def place_breaks(prefix: np.ndarray, options: np.ndarray, start: np.ndarray, low: np.ndarray, high: np.ndarray,
                 slots: np.ndarray, out: np.ndarray) -> None:  # fmt: skip
    """Set `out` to the cheapest start of each break of the chosen options, in slots after the shift's start."""
    for d in range(len(options)):
        o = options[d]
        for k in range(slots.shape[1]):
            out[d, k] = 0
            if o >= 0 and slots[o, k] > 0:
                least = np.inf
                for i in range(low[o, k], high[o, k] + 1):
                    s = start[o] + i
                    if prefix[s + slots[o, k]] - prefix[s] < least - 1e-12:
                        least, out[d, k] = prefix[s + slots[o, k]] - prefix[s], i


@njit(cache=True, nogil=True)
def occupy(options: np.ndarray, breaks: np.ndarray, start: np.ndarray, length: np.ndarray, slots: np.ndarray,
           size: int, cyclic: bool, count: np.ndarray) -> None:  # fmt: skip
    """Add to `count`, shape (S,), the slots that a week spends on the phone."""
    for d in range(len(options)):
        o = options[d]
        if o < 0:
            continue
        for s in range(start[o], start[o] + length[o]):
            resting = False
            for k in range(slots.shape[1]):
                begin = start[o] + breaks[d, k]
                resting = resting or (slots[o, k] > 0 and begin <= s < begin + slots[o, k])
            if not resting and (cyclic or s < size):
                count[s % size] += 1


@njit(cache=True, nogil=True)
def shift_heads(h: Heads, g: int, old: np.ndarray, new: np.ndarray) -> None:
    """Let a person of group `g` be there in the slots of `new` (0 or 1 each) instead of those of `old`."""
    for t in range(len(old)):
        for _ in range(max(0, old[t] - new[t])):
            change(h, g, t, False)
        for _ in range(max(0, new[t] - old[t])):
            change(h, g, t, True)


@njit(cache=True, nogil=True)
def _meets_itself(options: np.ndarray, start: np.ndarray, length: np.ndarray, size: int) -> bool:
    """Whether the last shift of a cyclic week runs into the first one."""
    first, end, count = size, 0, 0
    for o in options:
        if o >= 0:
            count += 1
            first, end = min(first, start[o]), max(end, start[o] + length[o])
    return count > 1 and end - size > first


@njit(cache=True, nogil=True)
def _money(options: np.ndarray, own: np.ndarray, idle: np.ndarray, units: np.ndarray, final: np.ndarray,
           minute: np.ndarray, steady_h: float) -> float:  # fmt: skip
    """Return what a week costs apart from what it covers."""
    total, paid, low, high = 0.0, 0, np.inf, -np.inf
    for d in range(len(options)):
        o = options[d]
        if o >= 0:
            total += own[o]
            paid += units[o]
            low, high = min(low, minute[o]), max(high, minute[o])
        else:
            total += idle[d]
    total += final[paid]
    return float(total + (steady_h * (high - low) / 60.0 if high > low else 0.0))


class Responder:
    """Answers prices for everybody; holds room to work in."""

    def __init__(self, people: People) -> None:
        self.people, self.problem = people, people.problem
        self.size = len(self.problem.grid)
        self.reach = max((int((p.menu.start + p.menu.length).max(initial=0)) for p in people.persons), default=0)
        self._worth = {id(p.menu): np.empty(len(p.menu.shifts)) for p in people.persons}
        self._table = np.empty(max((p.paths.size for p in people.persons), default=0))

    def prefix(self, prices: np.ndarray) -> np.ndarray:
        """Return the running sum of `prices`, shape (S,), carried on past the week's end where the week wraps."""
        more = max(0, self.reach - self.size)
        after = prices[:more] if self.problem.cyclic else np.zeros(more)
        return np.concatenate([[0.0], np.cumsum(np.concatenate([prices, after]))])

    def worth(self, menu: Menu, prefix: np.ndarray) -> np.ndarray:
        """Return what each option of `menu` collects; the array is used again by the next call for this menu."""
        out = self._worth[id(menu)]
        cover_worth(prefix, menu.start, menu.length, *menu.windows, out)
        return out

    def cheapest(self, person: Person, values: np.ndarray, most: int | None = None) -> tuple[float, np.ndarray]:
        """Return the cost and options of the cheapest week at these costs of its options."""
        return person.paths.cheapest(values, person.idle, person.final, table=self._table, most=most)

    def week(
        self, person: Person, prefix: np.ndarray, extra: np.ndarray | None = None, most: int | None = None
    ) -> Chosen | None:
        """Return the best week at the prices of `prefix`; None where the rules leave none.

        In a cyclic week a shift that runs past its end may not meet the same person's first one. With `most` only so
        many shifts of each day are looked at, those that are best by themselves: quicker, and hardly ever worse.
        """
        values = person.own - self.worth(person.menu, prefix)
        if extra is not None:
            values += extra
        cost, options = self.cheapest(person, values, most)
        menu = person.menu
        if self.problem.cyclic and cost < np.inf and _meets_itself(options, menu.start, menu.length, self.size):
            cost, options = self._cut_open(person, values, most)
        if cost == np.inf:
            return None
        breaks = np.zeros((len(options), menu.slots.shape[1]), dtype=np.int64)
        place_breaks(prefix, options, menu.start, menu.low, menu.high, menu.slots, breaks)
        return Chosen(options, breaks)

    def _cut_open(self, person: Person, values: np.ndarray, most: int | None) -> tuple[float, np.ndarray]:
        """Return the best week of a cyclic week: per end of the last shift the first one may not start before it."""
        menu = person.menu
        past = menu.start + menu.length - self.size
        best, chosen = np.inf, np.full(len(self.problem.grid.dates), -1)
        for end in sorted({0, *past[past > 0].tolist()}):
            cost, options = self.cheapest(person, np.where((menu.start < end) | (past > end), np.inf, values), most)
            if cost < best:
                best, chosen = cost, options
        return best, chosen

    def slots(self, person: Person, week: Chosen) -> np.ndarray:
        """Return the heads that a week puts on the phone, 0 or 1 per slot, shape (S,)."""
        out = np.zeros(self.size, dtype=np.int64)
        menu = person.menu
        occupy(week.options, week.breaks, menu.start, menu.length, menu.slots, self.size, self.problem.cyclic, out)
        return out

    def money(self, person: Person, week: Chosen) -> float:
        """Return what a week costs apart from what it covers: wage, wishes, hours below contract, spread of starts."""
        steady_h = self.problem.costs.steady_h
        return float(
            _money(
                week.options, person.own, person.idle, person.paths.units, person.final, person.menu.minute, steady_h
            )
        )
