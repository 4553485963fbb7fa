"""What the judge reads: the plan's rules, the people and their week, from the raw inputs, in its own way.

Nothing here is shared with the planner.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import holidays
import pandas as pd

from ...forecast.errors import InputError
from .clock import DAY, DAY_MIN, FIRST_YEAR, LAST_YEAR, Clock, Span

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK_DAYS = 7
WAGE = 20.0  # where plan, contract and person are silent
Window = tuple[str, Span]


def clock_minute(text: str, key: str) -> int:
    """Return ``HH:MM`` as minutes after midnight; hours may pass 24."""
    try:
        hours, minutes = text.strip().split(":")
        return int(hours) * 60 + int(minutes)
    except ValueError:
        raise InputError("not a time of day", column=key, value=text, mend="Write it like 07:30") from None


def _day_end(minute: int) -> int:
    """Return the end of opening hours: 23:59 is the day's end."""
    return 1440 if minute == 1439 else minute


@dataclass(frozen=True)
class Family:
    """One ``[shift.NAME]``; `breaks` are its raw tables in order."""

    name: str
    paid: int
    first: int
    last: int
    step: int
    days: tuple[str, ...]
    breaks: tuple[Mapping[str, Any], ...]

    @property
    def length(self) -> int:
        """Minutes from start to end."""
        return self.paid + sum(int(b["duration_min"]) for b in self.breaks if not b.get("paid", True))

    def starts(self, wall: dt.datetime) -> Iterator[dt.date]:
        """Yield the days as whose shift it may start at `wall` (a window may run past midnight)."""
        minute = wall.hour * 60 + wall.minute
        for back in (0, 1):
            date, at = wall.date() - dt.timedelta(days=back), minute + 1440 * back
            on_step = self.first <= at <= self.last and not (at - self.first) % self.step and not wall.second
            if on_step and DAYS[date.weekday()] in self.days:
                yield date


@dataclass(frozen=True)
class Person:
    """One row of staff.csv with their windows and (day, pattern) of fixed.csv.

    `skills` None = all queues, dates None = unknown.
    """

    id: str
    contract: Mapping[str, Any]
    skills: frozenset[str] | None
    wage: float
    hired: dt.date | None = None
    leaves: dt.date | None = None
    available: tuple[Span, ...] = ()
    unavailable: tuple[Span, ...] = ()
    leave: tuple[Span, ...] = ()
    fixed: tuple[tuple[dt.date, str], ...] = ()


@dataclass(frozen=True)
class Asked:
    """Everything a plan is judged by; `people` is empty for an anonymous plan."""

    clock: Clock
    first: dt.date
    days: int
    plan: Mapping[str, Any]
    families: Mapping[str, Family]
    people: Mapping[str, Person] = field(repr=False)
    special: Mapping[tuple[str, dt.date], str] = field(default_factory=dict)
    _opened: dict[tuple[str, dt.date], tuple[Span, ...]] = field(default_factory=dict, repr=False)

    @property
    def grid_min(self) -> int:
        """Step of the schedule's grid."""
        return int(self.plan.get("site", {}).get("grid_min", 15))

    @cached_property
    def dates(self) -> tuple[dt.date, ...]:
        """The planned days."""
        return tuple(self.first + dt.timedelta(days=i) for i in range(self.days))

    @cached_property
    def week(self) -> Span:
        """First minute of the planned days and the first after them."""
        return self.clock.begin(self.first), self.clock.begin(self.first + dt.timedelta(days=self.days))

    @cached_property
    def weekend(self) -> frozenset[int]:
        """Weekdays of the weekend, 0 = Monday: the country's in the planned week, else Saturday and Sunday."""
        site = self.plan.get("site", {})
        if site.get("country") is None:
            return frozenset({5, 6})
        try:
            days = holidays.country_holidays(site["country"], subdiv=site.get("subdivision"))
        except NotImplementedError:
            mend = "Use an ISO code such as US"
            raise InputError("unknown country", column="site.country", value=site["country"], mend=mend) from None
        monday = self.first - self.first.weekday() * DAY
        return frozenset(w for w in range(WEEK_DAYS) if days.is_weekend(monday + w * DAY))

    def families_of(self, person: Person | None) -> Mapping[str, Family]:
        """Return the shift families of a person's contract; all of them where nobody is named."""
        if person is None:
            return self.families
        return {n: self.families[n] for n in person.contract.get("shifts", ()) if n in self.families}

    def rule(self, name: str, silent: Any) -> Any:
        """Return a value of ``[rules]``, `silent` where the plan says nothing."""
        return self.plan.get("rules", {}).get(name, silent)

    def opening(self, queue: str, date: dt.date) -> tuple[Span, ...]:
        """Return when the clock shows the hours of `queue` on `date`; its own hours of a weekday replace the site's."""
        if (queue, date) not in self._opened:
            self._opened[queue, date] = self._hours(queue, date)
        return self._opened[queue, date]

    def _hours(self, queue: str, date: dt.date) -> tuple[Span, ...]:
        day = DAYS[date.weekday()]
        own = self.plan.get("queue", {}).get(queue, {}).get("opening") or {}
        site = self.plan.get("opening", dict.fromkeys(DAYS, "00:00-24:00"))
        special = [self.special[key] for key in ((queue, date), ("", date)) if key in self.special]
        usual = {**site, **own}.get(day, "closed")
        text = "closed" if "closed" in special else str(special[0] if special else usual).strip()
        if text in ("", "closed"):
            return ()
        key = f"opening.{day}"
        windows = [part.split("-") for part in text.split(",")]
        if any(len(ends) != 2 for ends in windows):
            raise InputError("not opening hours", column=key, value=text, mend="Write them like 07:00-21:00")
        spans = ((clock_minute(a, key), _day_end(clock_minute(b, key))) for a, b in windows)
        return tuple(part for low, high in spans for part in self.clock.hours(date, low, high))


def read_inputs(inputs: Mapping[str, Any]) -> Asked:
    """Read the raw inputs.

    Parameters
    ----------
    inputs
        ``plan`` (the dict of plan.toml, scenario merged), ``week`` (first planned day), ``days`` (default 7),
        and the files' rows as text or typed: ``staff``, ``availability``, ``leave``, ``fixed``,
        ``special_days`` (each may be None or absent).

    Raises
    ------
    InputError
        If they cannot be read.
    """
    plan = inputs["plan"]
    clock = Clock(plan.get("site", {}).get("zone"))
    families = {name: _family(name, table) for name, table in plan.get("shift", {}).items()}
    first, days = _date(inputs["week"]), int(inputs.get("days", WEEK_DAYS))
    near = tuple(first + i * DAY for i in range(-1, days + 2))
    windows = _windows(inputs, "availability", clock, near)
    leave = _windows(inputs, "leave", clock, near)
    fixed: dict[str, list[tuple[dt.date, str]]] = {}
    for row, told in _rows(inputs, "fixed"):
        with told:
            fixed.setdefault(str(row["agent"]).strip(), []).append((_date(row["date"]), str(row["pattern"]).strip()))
    people = {}
    for row, told in _rows(inputs, "staff"):
        with told:
            agent = str(row["agent"]).strip()
            person = _person(agent, row, plan, windows.get(agent, []), leave.get(agent, []))
            people[agent] = replace(person, fixed=tuple(fixed.get(agent, ())))
    special: dict[tuple[str, dt.date], str] = {}
    for row, told in _rows(inputs, "special_days"):
        with told:
            key = ("" if blank(row.get("queue")) else str(row["queue"]).strip(), _date(row["date"]))
            if str(row.get("closed", "")).strip().lower() in ("1", "1.0", "true", "yes"):
                special[key] = "closed"
            elif not blank(row.get("hours")) and special.get(key) != "closed":
                special.setdefault(key, str(row["hours"]).strip())
    return Asked(clock, first, days, plan, families, people, special)


def blank(value: Any) -> bool:
    """Whether a cell holds nothing."""
    return value is None or bool(pd.isna(value)) or str(value).strip() == ""


def _rows(inputs: Mapping[str, Any], name: str) -> Iterator[tuple[dict[str, Any], AbstractContextManager[None]]]:
    """Yield the rows of a table, each with what tells errors about it."""
    frame = inputs.get(name)
    records = [] if frame is None else frame.to_dict("records")
    for number, row in enumerate(records, start=2):
        yield {str(k): v for k, v in row.items()}, _row_told(f"{name}.csv", number)


@contextmanager
def _row_told(file: str, number: int) -> Iterator[None]:
    """Turn what a row that cannot be read raises into an `InputError` that names the row."""
    try:
        yield
    except InputError as error:
        where = error.file or file
        raise InputError(
            error.what, file=where, row=number, column=error.column, value=error.value, mend=error.mend
        ) from error
    except KeyError as error:
        raise InputError(f"column {error.args[0]!r} is missing", file=file, mend="Add it") from error
    except (ValueError, OverflowError) as error:  # numbers and dates: no number, no date, out of range
        raise InputError(f"cannot be read ({error})", file=file, row=number, mend="Correct the row") from error


def _date(value: Any) -> dt.date:
    """Return a date; months and days may have one digit, as the planner allows."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    return dt.datetime.strptime(str(value).strip().partition("T")[0].partition(" ")[0], "%Y-%m-%d").date()


def _family(name: str, table: Mapping[str, Any]) -> Family:
    first, last = (clock_minute(str(table[k]), f"shift.{name}.{k}") for k in ("start_from", "start_to"))
    days, step = tuple(table.get("days", DAYS)), int(table.get("step_min", 30))
    return Family(name, int(table["paid_min"]), first, last, step, days, tuple(table.get("break", ())))


def _windows(inputs: Mapping[str, Any], name: str, clock: Clock, near: tuple[dt.date, ...]) -> dict[str, list[Window]]:
    """Return agent → windows; one that recurs once for each of its days among `near`."""
    out: dict[str, list[Window]] = {}
    for row, told in _rows(inputs, name):
        with told:
            kind = "" if blank(row.get("kind")) else str(row["kind"]).strip().lower()
            spans = [(_edge(clock, row["start"]), _edge(clock, row["end"], ends=True))] if blank(row.get("days")) else (
                _recurring(clock, str(row["days"]), str(row["start"]), str(row["end"]), near)
            )  # fmt: skip
            out.setdefault(str(row["agent"]).strip(), []).extend((kind, span) for span in spans)
    return out


def _recurring(clock: Clock, days: str, start: str, end: str, near: tuple[dt.date, ...]) -> list[Span]:
    """Return the spans of a window that recurs on `days`, such as ``monday|friday``, about the planned days."""
    names = [day.strip() for day in days.split("|")]
    if wrong := [day for day in names if day not in DAYS]:
        raise InputError("no day of the week", column="days", value=wrong[0], mend="Write it like monday|friday")
    low, high = (clock_minute(text.strip().removesuffix(":00") if text.count(":") > 1 else text.strip(), key)
                 for text, key in ((start, "start"), (end, "end")))  # fmt: skip
    high = DAY_MIN if high == DAY_MIN - 1 else high
    high += DAY_MIN * (high < low)
    return [(_shown(clock, d, low), _shown(clock, d, high)) for d in near if DAYS[d.weekday()] in names]


def _shown(clock: Clock, date: dt.date, minute: int) -> float:
    """Return when the clock first shows a minute after the midnight of `date`, or the first moment after a skip."""
    day, at = date + DAY * (minute // DAY_MIN), minute % DAY_MIN
    if at == 0:
        return clock.begin(day)
    shown = (dt.datetime.combine(day, dt.time()) - dt.datetime(1970, 1, 1)).total_seconds() / 60 + at
    return next(found[0][0] for late in range(DAY_MIN) if (found := clock.passages(shown + late, shown + late + 1)))


def _edge(clock: Clock, stamp: Any, *, ends: bool = False) -> float:
    """Return the real minute of a window's edge: a bare date is the whole day, 23:59 the day's end, 00:00 its begin."""
    text = str(stamp).strip().replace("T", " ")
    if not isinstance(stamp, dt.datetime) and text.partition(" ")[2] in ("", "00:00", "00:00:00"):
        try:
            date = dt.date.fromisoformat(text.partition(" ")[0])
        except ValueError:
            raise InputError("not a date", value=str(stamp), mend="Write it like 2026-10-25") from None
        if FIRST_YEAR <= date.year <= LAST_YEAR:  # beyond, such as 9999: until further notice
            return clock.begin(date + DAY if ends and " " not in text else date)
    minute = clock.minute(stamp)
    wall = clock.wall(minute)
    if (wall.hour, wall.minute) != (23, 59) or not FIRST_YEAR <= wall.year <= LAST_YEAR:
        return minute
    return clock.begin(wall.date() + DAY)


def _person(
    agent: str, row: Mapping[str, Any], plan: Mapping[str, Any], windows: list[Window], leave: list[Window]
) -> Person:
    name = str(row["contract"]).strip()
    contract = plan.get("contract", {}).get(name)
    if contract is None:
        raise InputError("unknown contract", file="staff.csv", column="contract", value=name)
    wages = (row.get("cost_h"), contract.get("cost_h"), plan.get("costs", {}).get("cost_h"))
    skills = "" if blank(row.get("skills")) else str(row["skills"])
    hired, leaves = (None if blank(row.get(key)) else _date(row[key]) for key in ("hire_date", "leave_date"))
    return Person(
        agent,
        {**contract, "name": name},
        frozenset(part.split(":")[0].strip() for part in skills.split("|")) if skills else None,
        next((float(w) for w in wages if w is not None and not blank(w)), WAGE),
        hired,
        leaves,
        available=tuple(span for kind, span in windows if kind != "unavailable"),
        unavailable=tuple(span for kind, span in windows if kind == "unavailable"),
        leave=tuple(span for _, span in leave),
    )
