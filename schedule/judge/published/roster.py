"""roster.csv and cover.csv against the shifts that activity.csv shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

from ..clock import Clock
from ..inputs import Family
from ..shifts import SHAPE, Worked
from .rows import compare_keys
from .run import Fault, Found, Published, keys

ROSTER = ("agent", "date", "pattern", "start", "end", "paid_min")


def legal(worked: Worked, family: Family, clock: Clock) -> bool:
    """Whether a shift is one of `family`."""
    return not any(test(worked, family, clock) for test in SHAPE.values())


def pattern(worked: Worked, family: Family, clock: Clock) -> str:
    """Return the pattern of a shift of `family`."""
    return f"{family.name}@{clock.wall(worked.start):%H%M}"


def roster(run: Published) -> Found:
    """Ensures that roster.csv has the very shifts of activity.csv, each of a family that it could be."""
    if not run.named or "roster" not in run.tables:
        return
    told = {(agent, start): rest for agent, date, name, start, *end in keys(run.tables["roster"], ROSTER)
            for rest in [(date, name, *end)]}  # fmt: skip
    worked = {(a, w.start): w for a, shifts in run.plan.shifts.items() for w in shifts}
    have = keys(run.tables["roster"], ("agent", "start"))
    rows = list(compare_keys(have, worked, lambda k: f"the shift of {k[0]} at {run.told(k[1])}", "roster.csv"))
    yield from rows
    for key in [] if rows else told:
        yield from _row(run, worked[key], *told[key])


def _row(run: Published, w: Worked, date: Any, name: str, end: float, paid: float) -> Found:
    who, clock = f"the shift of {w.agent}", run.asked.clock
    if end != w.end:
        yield Fault(w.start, f"{who} ends at {run.told(end)} in roster.csv, at {run.told(w.end)} in activity.csv")
        return
    family = run.asked.families.get(name.partition("@")[0])
    allowed = run.asked.people[w.agent].contract.get("shifts", ())
    if family is None or family.name not in allowed or not legal(w, family, clock) or name != pattern(w, family, clock):
        yield Fault(w.start, f"{who} is no {name}")
        return
    if date not in set(family.starts(clock.wall(w.start))):
        yield Fault(w.start, f"{who} does not count on {date}")
    if paid != family.paid:
        yield Fault(w.start, f"{who} pays {paid:g} min in roster.csv, {family.paid} by plan.toml")


def paid_shifts(run: Published) -> dict[str, list[Worked]]:
    """Return everybody's shifts, each of the family and on the day that roster.csv names."""
    if not run.named or "roster" not in run.tables:
        return {agent: list(shifts) for agent, shifts in run.plan.shifts.items()}
    rows = keys(run.tables["roster"], ("agent", "start", "date", "pattern"))
    told = {(agent, start): (date, name.partition("@")[0]) for agent, start, date, name in rows}
    out: dict[str, list[Worked]] = {}
    for agent, shifts in run.plan.shifts.items():
        for w in shifts:
            date, family = told[agent, w.start]
            out.setdefault(agent, []).append(replace(w, date=date, family=run.asked.families[family]))
    return out


def cover(run: Published) -> Found:
    """Ensures that cover.csv counts the shifts of the plan by start, end and queues.

    People may take a shift that was planned for another contract, so a contract need only allow its shift.
    """
    clock, table = run.asked.clock, run.tables["cover"]
    columns = ("date", "pattern", "queue", "contract")
    if missing := [c for c in columns if c not in table]:
        yield Fault(None, f"cover.csv has no column {missing[0]}")
        return

    @cache
    def shape(date: Any, name: str) -> tuple[float, float] | None:
        family = run.asked.families.get(name.partition("@")[0])
        if family is None:
            return None
        start = start_of(clock, family, date, name)
        return None if start is None else (start, start + family.length)

    have: Counter[tuple[Any, ...]] = Counter()
    for (date, name, queue, contract), heads in zip(keys(table, columns), table["agents"], strict=True):
        span = shape(date, name)
        if span is None:
            yield Fault(None, f"{name} on {date} in cover.csv is no shift of plan.toml")
            return
        allowed = run.raw.get("contract", {}).get(contract, {}).get("shifts", ())
        if run.named and name.partition("@")[0] not in allowed:
            yield Fault(span[0], f"cover.csv plans {name} for the contract {contract!r}, which does not allow it")
            return
        have[(*span, _parts(queue), name if run.named else "")] += heads
    want: Counter[tuple[Any, ...]] = Counter()
    for shifts in paid_shifts(run).values():
        for w in shifts:
            queues = _parts("/".join({r.queue for r in w.rows if r.what == "phone"}))
            named = pattern(w, w.family, clock) if run.named and w.family is not None else ""
            want[(w.start, w.end, queues, named)] += 1
    for key in [k for k in {**have, **want} if have[k] != want[k]]:
        start, end, queues, name = key
        what = " ".join(filter(None, (name or "shifts", "on", "/".join(queues))))
        yield Fault(start, f"cover.csv counts {have[key]:g} {what} until {run.told(end)}, activity.csv {want[key]}")


def _parts(queues: str) -> tuple[str, ...]:
    """Return what stands between the strokes of joined queue names, sorted: a name may hold a stroke itself."""
    return tuple(sorted(queues.split("/")))


def start_of(clock: Clock, family: Family, date: Any, name: str) -> float | None:
    """Return the real minute at which a shift of `family` named ``family@HHMM`` begins on `date`; None = never."""
    text = name.partition("@")[2]
    if len(text) != 4 or not text.isdigit():
        return None
    minute = 60 * int(text[:2]) + int(text[2:])
    for at in (minute, minute + 1440):
        start = clock.time(date, at)
        if start is not None and date in set(family.starts(clock.wall(start))):
            return start
    return None
