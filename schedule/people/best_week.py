"""One person's best week at given prices of heads: shifts, days off and breaks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...forecast.kernels import kernel
from .compile import CompiledPerson, CompiledStaff, ShiftOptions


@dataclass(frozen=True)
class ChosenWeek:
    """One person's week.

    Attributes
    ----------
    options
        Option of each day, −1 = off, shape (D,).
    breaks
        Start of each break in slots after the shift's start, shape (D, B).
    """

    options: np.ndarray
    breaks: np.ndarray


@kernel
def _collected(prefix: np.ndarray, start: np.ndarray, length: np.ndarray, windows: np.ndarray, window: np.ndarray,
               out: np.ndarray) -> None:  # fmt: skip
    """Set `out` to the prices that each option collects when its breaks lie where they cost least.

    Break windows of a shift do not overlap, so each break is placed by itself. `prefix[s]` is the sum of the prices
    before slot s.
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


@kernel
def _place_breaks(prefix: np.ndarray, options: np.ndarray, start: np.ndarray, low: np.ndarray, high: np.ndarray,
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


@kernel
def _add_on_phone(options: np.ndarray, breaks: np.ndarray, start: np.ndarray, length: np.ndarray, slots: np.ndarray,
                  cyclic: bool, times: int, count: np.ndarray) -> None:  # fmt: skip
    """Add to `count`, shape (S,), `times` the slots that a week spends on the phone."""
    size = len(count)
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
                count[s % size] += times


@kernel
def _meets_itself(options: np.ndarray, start: np.ndarray, length: np.ndarray, size: int) -> bool:
    """Whether the last shift of a cyclic week runs into the first one."""
    first, end, count = size, 0, 0
    for o in options:
        if o >= 0:
            count += 1
            first, end = min(first, start[o]), max(end, start[o] + length[o])
    return count > 1 and end - size > first


@kernel
def _own_cost(options: np.ndarray, option_cost: np.ndarray, off_cost: np.ndarray, units: np.ndarray,
              units_cost: np.ndarray, minute: np.ndarray, steady_h: float) -> float:  # fmt: skip
    """Return a week's own cost, without the value of its cover."""
    total, paid, low, high = 0.0, 0, np.inf, -np.inf
    for d in range(len(options)):
        o = options[d]
        if o >= 0:
            total += option_cost[o]
            paid += units[o]
            low, high = min(low, minute[o]), max(high, minute[o])
        else:
            total += off_cost[d]
    total += units_cost[paid]
    return float(total + (steady_h * (high - low) / 60.0 if high > low else 0.0))


@kernel
def _least_in_windows(cost: np.ndarray, first: np.ndarray, minute: np.ndarray, off_cost: np.ndarray, lows: np.ndarray,
                      most: int) -> np.ndarray:  # fmt: skip
    """Return what a week with starts from each of `lows` to `most` minutes later costs at least, whatever its rules."""
    out = np.zeros(len(lows))
    for w in range(len(lows)):
        for d in range(len(off_cost)):
            least = off_cost[d]
            for o in range(first[d], first[d + 1]):
                if lows[w] <= minute[o] <= lows[w] + most:
                    least = min(least, cost[o])
            out[w] += least
    return out


class WeekFinder:
    """Finds anybody's best week at given prices; holds room to work in, so each thread needs one of its own."""

    def __init__(self, staff: CompiledStaff) -> None:
        self.staff, self.problem = staff, staff.problem
        self.slots = len(self.problem.grid)
        last_end = max((int((p.options.start + p.options.length).max(initial=0)) for p in staff.people), default=0)
        self._past_end = max(0, last_end - self.slots)
        self._room = {id(p.options): np.empty(len(p.options.shifts)) for p in staff.people}
        self._table = np.empty(max((p.paths.size for p in staff.people), default=0))
        self._lows = {id(p.options): self._window_starts(p.options) for p in staff.people}

    def _window_starts(self, options: ShiftOptions) -> np.ndarray | None:
        """Return the first minutes of the windows in which all starts of a week may lie; None = anywhere.

        A window that holds no start beyond those of the window before it is left out. Without a start there is no
        window, but a week of days off.
        """
        most = self.problem.rules.max_start_spread_min
        if most is None or not len(options.minute):
            return None
        minutes = np.unique(options.minute)
        last = np.searchsorted(minutes, minutes + most, side="right")
        return np.asarray(minutes[np.diff(last, prepend=0) > 0])

    def windows(self, person: CompiledPerson) -> np.ndarray | None:
        """Return the first minutes of the windows in which all starts of a week may lie; None = anywhere."""
        return self._lows[id(person.options)]

    def prefix(self, prices: np.ndarray) -> np.ndarray:
        """Return the running sum of `prices`, shape (S,), carried on past the end, where a cyclic week begins anew."""
        after = prices[: self._past_end] if self.problem.cyclic else np.zeros(self._past_end)
        return np.concatenate([[0.0], np.cumsum(np.concatenate([prices, after]))])

    def collected(self, options: ShiftOptions, prefix: np.ndarray) -> np.ndarray:
        """Return the prices that each option collects; the next call for these options uses the array again."""
        out = self._room[id(options)]
        _collected(prefix, options.start, options.length, *options.windows, out)
        return out

    def cheapest(
        self,
        person: CompiledPerson,
        cost: np.ndarray,
        most: int | None = None,
        lows: np.ndarray | None = None,
        steady_h: float = 0.0,
    ) -> tuple[float, np.ndarray]:
        """Return the cost and the options of the cheapest week when the options cost `cost`.

        Where a rule keeps starts together, each window of starts has its cheapest week, and the best of them is taken.

        Parameters
        ----------
        lows
            First minutes of the windows to try; None = all.
        steady_h
            Price of an hour between the earliest and the latest start: it decides between windows only.
        """
        lows = self.windows(person) if lows is None else lows
        if lows is None:
            return person.paths.cheapest(cost, person.off_cost, person.units_cost, table=self._table, most=most)
        minute, spread = person.options.minute, self.problem.rules.max_start_spread_min or 0
        least = _least_in_windows(cost, person.paths.graph.first, minute, person.off_cost, lows, spread)
        least += person.units_cost.min()
        best, chosen = np.inf, np.full(self.problem.horizon.days, -1)
        for w in np.argsort(least, kind="stable").tolist():
            if not least[w] < best:
                break
            inside = np.where((minute < lows[w]) | (minute > lows[w] + spread), np.inf, cost)
            total, week = person.paths.cheapest(
                inside, person.off_cost, person.units_cost, table=self._table, most=most
            )
            worked = minute[week[week >= 0]] if total < np.inf else minute[:0]
            total += steady_h * float(np.ptp(worked)) / 60.0 if len(worked) else 0.0
            if total < best:
                best, chosen = total, week
        return best, chosen

    def best_week(
        self,
        person: CompiledPerson,
        prefix: np.ndarray,
        extra: np.ndarray | None = None,
        most: int | None = None,
        lows: np.ndarray | None = None,
    ) -> ChosenWeek | None:
        """Return the best week at the prices of `prefix`; None if the rules allow no week.

        In a cyclic week a shift that runs past its end may not meet the same person's first one.

        Parameters
        ----------
        extra
            Further cost of each option, shape (O,).
        most
            Number of options of each day to consider, the best by themselves: quicker, and hardly ever worse.
        lows
            First minutes of the windows of starts to try, where a rule keeps starts together; None = all.
        """
        steady_h = self.problem.costs.steady_h
        cost = person.option_cost - self.collected(person.options, prefix)
        if extra is not None:
            cost += extra
        total, chosen = self.cheapest(person, cost, most, lows, steady_h)
        options = person.options
        if self.problem.cyclic and total < np.inf and _meets_itself(chosen, options.start, options.length, self.slots):
            total, chosen = self._cut_open(person, cost, most, lows)
        if total == np.inf:
            return None
        return ChosenWeek(chosen, self.placed_breaks(person, chosen, prefix))

    def _cut_open(
        self, person: CompiledPerson, cost: np.ndarray, most: int | None, lows: np.ndarray | None
    ) -> tuple[float, np.ndarray]:
        """Return the cheapest legal week if the horizon is cyclic.

        Each end that the last shift can have past the horizon is tried; the first shift then starts no earlier.
        """
        options = person.options
        past = options.start + options.length - self.slots
        best, chosen = np.inf, np.full(self.problem.horizon.days, -1)
        for end in sorted({0, *past[past > 0].tolist()}):
            legal = np.where((options.start < end) | (past > end), np.inf, cost)
            total, week = self.cheapest(person, legal, most, lows, self.problem.costs.steady_h)
            if total < best:
                best, chosen = total, week
        return best, chosen

    def placed_breaks(self, person: CompiledPerson, chosen: np.ndarray, prefix: np.ndarray) -> np.ndarray:
        """Return the cheapest starts of the breaks of the options `chosen`, shape (D, B)."""
        options = person.options
        breaks = np.zeros((len(chosen), options.break_slots.shape[1]), dtype=np.int64)
        _place_breaks(prefix, chosen, options.start, options.break_low, options.break_high, options.break_slots, breaks)
        return breaks

    def add_on_phone(self, person: CompiledPerson, week: ChosenWeek, count: np.ndarray, times: int = 1) -> None:
        """Add the heads that a week, worked by `times` people, puts on the phone to `count`, shape (S,)."""
        options = person.options
        _add_on_phone(
            week.options,
            week.breaks,
            options.start,
            options.length,
            options.break_slots,
            self.problem.cyclic,
            times,
            count,
        )

    def on_phone(self, person: CompiledPerson, week: ChosenWeek) -> np.ndarray:
        """Return the heads that a week puts on the phone, 0 or 1 per slot, shape (S,)."""
        count = np.zeros(self.slots, dtype=np.int64)
        self.add_on_phone(person, week, count)
        return count

    def own_cost(self, person: CompiledPerson, week: ChosenWeek) -> float:
        """Return a week's own cost: wage, wishes, hours below contract, spread of starts."""
        cost = _own_cost(
            week.options, person.option_cost, person.off_cost, person.paths.graph.units, person.units_cost,
            person.options.minute, self.problem.costs.steady_h,
        )  # fmt: skip
        return float(cost)
