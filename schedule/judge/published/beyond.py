"""Goals over a month or a contract's period, counted again: what the week must reach, and what a ladder pays."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .expected import Expected, Need
from .run import Fault, Found, Published

BASES = ("month", "contract")
CLOSE, EXACT = 1e-6, 1e-9
"""Distance of shares, and of calls as a share of them, within which rounding may decide."""

STEP_CALLS = 1e-3
"""Calls within which a step of a ladder may be reached or not: files hold six decimals for each interval."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """The part of the planned week that lies in one period of a queue's goal.

    Attributes
    ----------
    dates
        Planned days in the period.
    above, below
        Calls in time and calls counted of the part, by the curve with the plan's heads.
    offered
        Calls of the part.
    banked
        Calls in time, and counted, so far.
    rest
        Calls of the days that are neither banked nor planned, and whether they fare as this week does.
    ladder
        Pairs of share and money; and whether it is straight between them.
    """

    first: dt.date
    last: dt.date
    dates: tuple[dt.date, ...]
    level: float
    above: float
    below: float
    offered: float
    banked: tuple[float, float]
    rest: tuple[float, bool]
    ladder: tuple[tuple[float, float], ...]
    straight: bool

    @property
    def best(self) -> float:
        """The period's figure if every call from now on is in time."""
        coming = self.offered + self.rest[0]
        total = self.banked[1] + coming
        return (self.banked[0] + coming) / total if total > 0 else 1.0

    @property
    def asked(self) -> float:
        """The calls in time, beyond the level, that the part owes to the period."""
        if self.best < self.level:
            return 0.0
        owed = self.level * self.banked[1] - self.banked[0]
        coming, fares_alike = self.rest
        return owed * self.offered / (self.offered + coming) if fares_alike and self.offered > 0 else owed

    @property
    def needed(self) -> float:
        """The share in time that the part must reach."""
        if self.below <= 0:
            return self.level
        return min(1.0, max(0.0, (self.level * self.below + self.asked) / self.below))

    @property
    def figure(self) -> float | None:
        """The period's figure to expect."""
        coming, fares_alike = self.rest
        total = self.banked[1] + self.below + coming
        if self.below <= 0 or total <= 0:
            return None
        later = coming * (self.above / self.below if fares_alike else self.level)
        return (self.banked[0] + self.above + later) / total

    def state(self, floor: float) -> str:
        """Return whether the period is lost, behind, safe or open."""
        if self.best < self.level:
            return "lost"
        if self.level * self.below + self.asked > self.below:
            return "behind"
        return "safe" if self.needed <= floor else "open"

    def pays(self, figure: float) -> float:
        """Return what the ladder pays for a figure."""
        at = max(i for i, (share, _) in enumerate(self.ladder) if i == 0 or figure >= share)
        share, money = self.ladder[at]
        if not self.straight or at + 1 == len(self.ladder):
            return money
        above, more = self.ladder[at + 1]
        return money + (more - money) * max(0.0, figure - share) / (above - share)

    def forgone(self) -> tuple[float, float]:
        """Return the least and the most that the ladder pays less than at its top: on a step either is right."""
        figure = self.figure
        if figure is None:
            return 0.0, 0.0
        near = STEP_CALLS / (self.banked[1] + self.below + self.rest[0])
        low, high = (self.ladder[-1][1] - self.pays(figure + by) for by in (near, -near))
        return low, high

    def money(self) -> Mapping[str, tuple[float, float]]:
        """Return least and most of what the ladder pays, and of the bonus that is not earned; {} without a ladder."""
        figure = self.figure
        if not self.ladder or figure is None:
            return {}
        near, top = STEP_CALLS / (self.banked[1] + self.below + self.rest[0]), max(0.0, self.ladder[-1][1])
        low, high = sorted(self.pays(figure + by) for by in (-near, near))
        return {"money_expected": (low, high), "bonus_missed": (top - max(0.0, high), top - max(0.0, low))}


def parts_of(run: Published, name: str, need: Need) -> list[Part]:
    """Return the parts of the week of a queue whose goal reaches beyond it, in order; none where it does not."""
    goal, terms = run.goals[name], run.raw["queue"][name].get("period", {})
    if goal.basis not in BASES or not need.decides:
        return []
    above, below = need.counted(run.heads[name])
    calls, days = need.calls(), [run.day(t) for t in run.slots[need.open]]
    spans = {date: _span(goal.basis, terms, date, run.asked.dates) for date in run.asked.dates}
    own = [s for s in dict.fromkeys(spans.values()) if goal.basis == "month" or s == _own(terms)]
    by_weekday = np.bincount([d.weekday() for d in days], calls, 7)
    out = []
    for first, last in dict.fromkeys(spans.values()):
        dates = tuple(date for date, span in spans.items() if span == (first, last))
        inside = np.array([d in dates for d in days], dtype=bool)
        if not inside.any():
            continue
        mine = (first, last) in own
        told = told_of(run, name, dates[0])
        banked, until = (0.0, 0.0), run.asked.first - dt.timedelta(days=1)
        if mine and first < run.asked.first:
            if "banked_in" in terms:
                banked = float(terms["banked_in"]), float(terms["banked_counted"])
                until = min(_date(terms.get("banked_until", until)), until)
            else:  # compared with the calls in `banked`
                banked = float(told.get("banked_in", 0.0)), float(told.get("banked_counted", 0.0))
                until = min(_date(told.get("banked_until") or until), until)
        between = (first + dt.timedelta(days=i) for i in range((last - first).days + 1))
        rest = [d for d in between if d > until and d not in run.asked.dates]
        coming = float(sum(by_weekday[d.weekday()] for d in rest))
        if "rest_calls" in terms and rest and (first, last) == own[-1]:
            coming = float(terms["rest_calls"])
        ladder = tuple((float(a), float(b)) for a, b in terms.get("ladder", ())) if mine else ()
        in_time, counted, offered = (float(x[inside].sum()) for x in (above, below, calls))
        rest_of = coming, terms.get("rest") == "same"
        out.append(Part(first, last, dates, goal.level, in_time, counted, offered, banked, rest_of, ladder,
                        terms.get("between") == "linear"))  # fmt: skip
    return out


def _date(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))


def _own(terms: Row) -> tuple[dt.date, dt.date]:
    return _date(terms["first"]), _date(terms["last"])


def period_of(run: Published, basis: str, terms: Row) -> tuple[dt.date, bool]:
    """Return the first day of the period of the week's first day, and whether it is the goal's own."""
    span = _span(basis, terms, run.asked.first, run.asked.dates)
    return span[0], basis == "month" or span == _own(terms)


def _span(basis: str, terms: Row, date: dt.date, dates: tuple[dt.date, ...]) -> tuple[dt.date, dt.date]:
    """Return first and last day of the period in which a planned day lies."""
    if basis == "month":
        after = (date.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        return date.replace(day=1), after - dt.timedelta(days=1)
    first, last = _own(terms)
    if date < first:
        return dates[0], first - dt.timedelta(days=1)
    return (first, last) if date <= last else (last + dt.timedelta(days=1), dates[-1])


def told_of(run: Published, name: str, date: dt.date) -> Row:
    """Return what summary.json tells of the part of a queue's week that begins on a day."""
    told = run.summary.get("goal_periods")
    rows = [r for r in told if isinstance(r, Mapping)] if isinstance(told, list) else []
    return next((r for r in rows if r.get("queue") == name and str(r.get("start"))[:10] == date.isoformat()), {})


def periods(run: Published, expected: Expected) -> Found:
    """Ensures that summary.json tells each period that reaches beyond the week, and what the week must reach."""
    told = run.summary.get("goal_periods", [])
    parts = [(name, part) for name, n in expected.needs.items() for part in parts_of(run, name, n)]
    if not isinstance(told, list) or len(told) != len(parts):
        have = len(told) if isinstance(told, list) else repr(told)
        yield Fault(None, f"goal_periods tells {have} periods, not {len(parts)}")
        return
    for name, part in parts:
        row, floor = told_of(run, name, part.dates[0]), run.goals[name].floor
        words = f"the period of {name} from {part.first}"
        wanted: dict[str, Any] = {
            "period": run.goals[name].basis, "first": part.first.isoformat(), "last": part.last.isoformat(),
            "rest": "same" if part.rest[1] else "goal",
        }  # fmt: skip
        if abs(part.needed - floor) > CLOSE and abs(part.best - part.level) > CLOSE and part.needed < 1.0 - CLOSE:
            wanted["state"] = part.state(floor)
        for key, want in wanted.items():
            if row.get(key) != want:
                yield Fault(None, f"{key} of {words} is {row.get(key)!r}, the inputs tell {want!r}")
        numbers: dict[str, float | None] = {
            "level": part.level, "banked_in": part.banked[0], "banked_counted": part.banked[1],
            "rest_calls": part.rest[0], "needed": part.needed, "figure_expected": part.figure,
            "expected": part.above / part.below if part.below > 0 else None,
        }  # fmt: skip
        for key, number in numbers.items():
            found = row.get(key)
            if (found is None) != (number is None) or (number is not None and not _near(found, number)):
                yield Fault(None, f"{key} of {words} is {found!r}, recounted {number!r}")
        for key, (low, high) in part.money().items() if run.wages else ():
            found = row.get(key)
            if key == "bonus_missed" and key not in row:  # runs of earlier versions do not tell it
                continue
            if not isinstance(found, int | float) or not low - 0.01 <= found <= high + 0.01:
                yield Fault(None, f"{key} of {words} is {found!r}, recounted {low:,.2f}")
        if part.banked[0] > part.banked[1] + CLOSE or min(part.banked) < 0:
            yield Fault(None, f"{words} has {part.banked[0]:g} calls in time of {part.banked[1]:g}")


def _near(have: Any, want: float) -> bool:
    if isinstance(have, bool) or not isinstance(have, int | float) or not math.isfinite(have):
        return False
    return abs(have - want) <= 2 * CLOSE * max(1.0, abs(want))


def ladders(run: Published, expected: Expected) -> tuple[float, float] | None:
    """Return the least and the most that ladders pay less than at their tops; None where no goal has one."""
    parts = [part for name, n in expected.needs.items() for part in parts_of(run, name, n)]
    found = [part.forgone() for part in parts if part.ladder]
    return (sum(low for low, _ in found), sum(high for _, high in found)) if found else None
