"""`calendars/AGENT.ics`: each person's shifts for their own calendar."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from icalendar import Calendar, Component, Event, vText

from ...forecast.calendar.grid import midnight
from ...forecast.progress import Stopped
from ..files import write_atomic
from ..report.figures import clock
from ..report.gantt import Stretch, stretches
from ..report.run import Run, read_run

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_TOLD = ("dtstart", "dtend", "summary", "description", "status")
_NEEDED = ("dtstart", "dtend")
UID_END = "@busyhour"
WRITERS = 8
"""Files that are written beside each other: a disk takes milliseconds until it has kept one."""
_RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{i}" for d in ("com", "lpt") for i in range(10))}


@dataclass(frozen=True)
class CalendarEntry:
    """One event of an earlier calendar file and its revision."""

    sequence: int
    event: Component


def write_calendars(
    run: Path,
    *,
    previous: Path | None = None,
    notes: list[str] | None = None,
    goes_on: Callable[[], bool] = lambda: True,
    read: Run | None = None,
) -> int:
    """Write one calendar file per person into ``calendars/`` of the run folder and return how many.

    An event's id depends on site, agent and day only, so importing a changed plan replaces the shift of that day
    instead of adding one. Where an earlier file of the same person is found, a changed event counts its revision
    up and one that is gone is cancelled.

    Parameters
    ----------
    previous
        Run folder of the earlier plan of the same week; None = the files that stand in this run.
    notes
        Gets a sentence on each earlier file that cannot be read; its events are begun anew.
    goes_on
        Asked before each file whether there is time for it.
    read
        The run, where it has been read already.

    Raises
    ------
    InputError
        If the folder has no ``summary.json`` or a file of it breaks its declaration.
    Stopped
        If there is no more time.
    """
    read = read or read_run(run)
    mine: dict[str, list[Stretch]] = {}
    for s in stretches(read):
        if not s.is_leave:
            mine.setdefault(s.agent, []).append(s)
    zone = _zone(read)
    people = dict.fromkeys([*mine, *([] if read.staff is None else read.staff.index)])
    written: list[Future[Path]] = []
    with ThreadPoolExecutor(WRITERS) as pool:
        try:
            for agent, name in file_names(people).items():
                if not goes_on():
                    raise Stopped
                earlier = _entries((previous or run) / "calendars" / name, notes)
                if agent in mine or earlier:
                    calendar = _calendar(read, agent, mine.get(agent, []), zone, earlier)
                    written.append(pool.submit(write_atomic, run / "calendars" / name, calendar.to_ical()))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return len([file.result() for file in written])  # raises what a writer raised


def file_names(agents: Iterable[str]) -> dict[str, str]:
    """Return a file name for each agent: ``AGENT.ics``, with a hash where the id is no safe or no unique name.

    Examples
    --------
    >>> file_names(["A001", "a/b"])
    {'A001': 'A001.ics', 'a/b': 'a_b-c14cddc0.ics'}
    """
    every = list(agents)
    folded = Counter(a.casefold() for a in every)
    out = {}
    for agent in every:
        plain = _PLAIN.fullmatch(agent) and agent.casefold() not in _RESERVED and folded[agent.casefold()] == 1
        slug = re.sub(r"[^A-Za-z0-9_-]+", "_", agent).strip("_")[:40] or "agent"
        out[agent] = f"{agent}.ics" if plain else f"{slug}-{hashlib.sha256(agent.encode()).hexdigest()[:8]}.ics"
    return out


def uid(site: str, agent: str, date: dt.date, nth: int) -> str:
    """Return the id of an agent's `nth` shift of a day; times and pattern do not enter, so a change replaces it."""
    text = "\n".join((site, agent, date.isoformat(), str(nth)))
    return f"{hashlib.sha256(text.encode()).hexdigest()[:32]}{UID_END}"


def _calendar(
    run: Run, agent: str, shifts: list[Stretch], zone: Component | None, earlier: Mapping[str, CalendarEntry]
) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//busyhour//schedule//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar["x-wr-calname"] = vText(f"{run.site}: {run.name(agent)}")  # `add` would leave the name unescaped
    if zone is not None:
        calendar.add_component(zone)
    stamp = dt.datetime.combine(run.week, dt.time(), tzinfo=dt.UTC)
    count: dict[dt.date, int] = {}
    seen = set()
    for shift in shifts:
        nth = count[shift.date] = count.get(shift.date, -1) + 1
        key = uid(run.site, agent, shift.date, nth)
        seen.add(key)
        calendar.add_component(_revised(_event(run, shift, key, stamp), earlier.get(key)))
    for key, entry in earlier.items():
        if key not in seen:
            calendar.add_component(_cancelled(entry, stamp))
    return calendar


def _event(run: Run, shift: Stretch, key: str, stamp: dt.datetime) -> Event:
    event = Event()
    event.add("uid", key)
    event.add("dtstamp", stamp)
    event.add("dtstart", _moment(shift.start))
    event.add("dtend", _moment(shift.end))
    event.add("summary", f"{run.site}: {shift.queue or 'shift'} {clock(shift.start)}–{clock(shift.end)}")
    lines = [f"{kind} {clock(a)}–{clock(b)}" for a, b, kind in shift.parts]
    event.add("description", "\n".join([*([shift.pattern] if shift.pattern else []), *lines]))
    return event


def _moment(time: pd.Timestamp) -> dt.datetime:
    """Return a time as local time of its zone; in UTC inside a repeated hour, which no local time can tell apart."""
    plain: dt.datetime = time.to_pydatetime()
    if plain.tzinfo is None:
        return plain
    twice = plain.replace(fold=0).utcoffset() != plain.replace(fold=1).utcoffset()
    return plain.astimezone(dt.UTC) if twice else plain.replace(fold=0)


def _revised(event: Event, earlier: CalendarEntry | None) -> Event:
    event.add("sequence", 0 if earlier is None else earlier.sequence + (_told(event) != _told(earlier.event)))
    return event


def _cancelled(entry: CalendarEntry, stamp: dt.datetime) -> Component:
    event = entry.event
    again = event.get("status") == "CANCELLED"
    for name in ("sequence", "status", "dtstamp"):
        event.pop(name, None)
    event.add("dtstamp", stamp)
    event.add("status", "CANCELLED")
    event.add("sequence", entry.sequence + (not again))
    return event


def _told(event: Component) -> tuple[bytes, ...]:
    """Return what an event says to its reader."""
    return tuple(_encoded(event[name]) for name in _TOLD if name in event)


def _encoded(value: Any) -> bytes:
    text = value.to_ical()
    return text if isinstance(text, bytes) else str(text).encode()


def _entries(path: Path, notes: list[str] | None = None) -> dict[str, CalendarEntry]:
    """Return the events of ours in an earlier calendar file by id; none, and a note, where nobody can read it."""
    if not path.exists():
        return {}
    try:
        events = Calendar.from_ical(path.read_bytes()).walk("VEVENT")
        return {
            str(e["uid"]): CalendarEntry(int(e.get("sequence", 0)), e)
            for e in events
            if str(e.get("uid", "")).endswith(UID_END) and all(name in e for name in _NEEDED)
        }
    except (OSError, ValueError, TypeError, IndexError, KeyError, AttributeError) as error:
        told = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        (notes if notes is not None else []).append(f"the earlier calendar {path.name} is begun anew: {told}")
        return {}


def _zone(run: Run) -> Component | None:
    """Return the time-zone block, with the clock changes round the week; None for wall-clock times."""
    if run.zone is None:
        return None
    calendar, event = Calendar(), Event()
    first = midnight(run.week, run.zone)
    event.add("dtstart", first.to_pydatetime())
    calendar.add_component(event)
    calendar.add_missing_timezones(run.week - dt.timedelta(days=400), run.week + dt.timedelta(days=400))
    return calendar.timezones[0] if calendar.timezones else None
