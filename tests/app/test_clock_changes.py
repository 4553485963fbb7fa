"""Desks that work through clock changes: the plan, its judge and a count minute by minute are of one mind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from icalendar import Calendar

from busyhour.app.finished import verdict_of
from busyhour.app.inputs import Inputs, RunOptions
from busyhour.app.outcome import Outcome
from busyhour.app.publish.folder import RunFolder, publish
from busyhour.app.report.gantt import gantt
from busyhour.app.report.run import read_run
from busyhour.app.run import plan
from busyhour.forecast.calendar.grid import Grid, midnight
from busyhour.schedule.plan.activity import roster_table

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LUNCH = {"kind": "lunch", "paid": False, "duration_min": 30, "earliest_min": 180, "latest_min": 240}
NIGHT = {"paid_min": 450, "start_from": "22:00", "start_to": "22:00", "break": [LUNCH]}
DAY = {"paid_min": 450, "start_from": "06:00", "start_to": "14:00", "step_min": 480, "break": [LUNCH]}
SMALL = {"paid_min": 180, "start_from": "00:00", "start_to": "03:30", "step_min": 30}
LATE = {"paid_min": 360, "start_from": "18:00", "start_to": "20:00", "step_min": 60}
ALWAYS = dict.fromkeys(DAYS, "00:00-24:00")
EVENINGS = dict.fromkeys(DAYS, "18:00-24:00") | {"sunday": "00:30-03:00, 18:00-24:00", "saturday": "00:30-24:00"}
REST_MIN = 660


@dataclass(frozen=True)
class Desk:
    """One desk: where it stands, its first planned day, its hours, and whether last week's nights run on."""

    zone: str | None
    week: str
    hours: str = "always"
    previous: bool = False

    def __str__(self) -> str:
        return f"{self.zone or 'no zone'} {self.week} {self.hours}{' after nights' * self.previous}"

    @property
    def first(self) -> dt.date:
        return dt.date.fromisoformat(self.week)

    @property
    def opening(self) -> dict[str, str]:
        return ALWAYS if self.hours == "always" else EVENINGS

    @property
    def grid(self) -> Grid:
        return Grid(self.first, 7, 30, self.zone)

    def opened(self, stamp: pd.Timestamp) -> bool:
        """Whether the clock on the wall lies in the opening hours."""
        minute = stamp.hour * 60 + stamp.minute
        spans = (part.split("-") for part in self.opening[DAYS[stamp.weekday()]].split(","))
        return any(_minute(a) <= minute < _minute(b) for a, b in spans)

    def inputs(self, folder: Path) -> Inputs:
        """Return what a run is made from."""
        families = (
            {"night": NIGHT, "day": DAY, "small": SMALL} if self.hours == "always" else {"small": SMALL, "late": LATE}
        )
        table: dict[str, Any] = {
            "site": {"interval_min": 30, "grid_min": 30, "week_start": DAYS[self.first.weekday()]}
            | ({"zone": self.zone} if self.zone else {}),
            "opening": self.opening,
            "queue": {"calls": {"handle_s": 300, "goal": {"level": 0.8, "within_s": 20, "basis": "interval"}}},
            "shift": families,
            "contract": {"full": {"shifts": list(families), "max_h_week": 40, "max_days": 6}},
            "rules": {"rest_min": REST_MIN, "days_off_together": 0, "max_run_days": 7},
            "costs": {"cost_h": 20.0},
            "solve": {"time_limit_s": 1, "gap": 0.9, "seed": 1},
        }
        starts = [t for t in self.grid.starts if self.opened(t)]
        staff = pd.DataFrame({"agent": [f"a{i}" for i in range(4)], "contract": "full"})
        change = self.first + dt.timedelta(days=5)
        leave = pd.DataFrame(
            {"agent": ["a0"], "start": [f"{change}T00:00"], "end": [f"{change + dt.timedelta(days=1)}T04:15"]}
        )
        previous = None
        if self.previous:
            folder.mkdir()
            self.nights().to_csv(folder / "activity.csv", index=False)
            previous = folder
        need = pd.DataFrame({"start": starts, "agents_phone": 1.0})
        return Inputs.from_tables(
            table, RunOptions(week=self.first, previous=previous), requirement=need, staff=staff, leave=leave
        )

    def nights(self) -> pd.DataFrame:
        """Return last week's last nights, which run on into the planned days."""
        yesterday = self.first - dt.timedelta(days=1)
        while self.zone and not _exists(yesterday, self.zone):
            yesterday -= dt.timedelta(days=1)
        begin = pd.Timestamp(f"{yesterday}T22:00")
        begin = begin.tz_localize(self.zone) if self.zone else begin
        rows = []
        for agent in ("a0", "a1"):
            for low, high, what in ((0, 210, "phone"), (210, 240, "lunch"), (240, 480, "phone")):
                ends = (begin + pd.Timedelta(minutes=m) for m in (low, high))
                rows.append((agent, *(t.isoformat() for t in ends), what, "calls" if what == "phone" else ""))
        return pd.DataFrame(rows, columns=["agent", "start", "end", "activity", "queue"])


def _running(desk: Desk) -> pd.DataFrame:
    """Return the rows of last week's nights that end inside the planned days."""
    nights = desk.nights()
    ends = pd.to_datetime(nights["end"], utc=desk.zone is not None)
    return nights[ends > desk.grid.first]


def _minute(text: str) -> int:
    hours, minutes = text.strip().split(":")
    return int(hours) * 60 + int(minutes)


def _exists(date: dt.date, zone: str) -> bool:
    noon = dt.datetime(date.year, date.month, date.day, 12, tzinfo=ZoneInfo(zone))
    return noon.astimezone(dt.UTC).astimezone(ZoneInfo(zone)).date() == date


WEEKS = [
    ("Europe/Warsaw", "2026-03-23", "2026-03-29"),
    ("Europe/Warsaw", "2026-10-19", "2026-10-25"),
    ("Europe/Berlin", "2027-03-22", "2027-03-28"),
    ("Europe/Berlin", "2027-10-25", "2027-10-31"),
    ("America/New_York", "2026-03-02", "2026-03-08"),
    ("America/New_York", "2026-10-26", "2026-11-01"),
    ("America/St_Johns", "2026-03-02", "2026-03-08"),
    ("America/St_Johns", "2026-10-26", "2026-11-01"),
    ("America/St_Johns", "2010-11-01", "2010-11-07"),
    ("Australia/Lord_Howe", "2026-03-30", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-09-28", "2026-10-04"),
    ("Asia/Gaza", "2026-03-23", "2026-03-28"),
    ("Asia/Gaza", "2026-10-19", "2026-10-24"),
    ("Africa/Casablanca", "2026-02-09", "2026-02-15"),
    ("Africa/Casablanca", "2026-03-16", "2026-03-22"),
    ("Asia/Kathmandu", "2026-03-23", "2026-03-29"),
    ("Pacific/Apia", "2011-12-26", "2011-12-31"),
    ("Pacific/Apia", "2011-09-19", "2011-09-24"),
    ("Pacific/Apia", "2012-03-26", "2012-04-01"),
    ("Asia/Beirut", "2026-03-23", "2026-03-29"),
    ("Asia/Beirut", "2026-10-19", "2026-10-25"),
    ("America/Santiago", "2026-08-31", "2026-09-06"),
    ("America/Santiago", "2026-03-30", "2026-04-05"),
    ("America/Havana", "2026-03-02", "2026-03-08"),
    ("America/Havana", "2026-10-26", "2026-11-01"),
    ("Africa/Cairo", "2026-04-20", "2026-04-24"),
    ("Africa/Cairo", "2026-10-26", "2026-10-30"),
    (None, "2026-03-23", "2026-03-29"),
]
"""(zone, Monday of the week whose end or middle holds the change, day of the change)."""

DESKS = [
    desk
    for zone, monday, day in WEEKS
    for desk in (
        Desk(zone, monday),
        Desk(zone, monday, "evenings"),
        Desk(zone, day, previous=True),
    )
]
QUICK = ("Europe/Berlin 2027-10-25 evenings", "Asia/Beirut 2026-03-23 evenings")
PUBLISHED = (
    Desk("Europe/Berlin", "2027-10-25", "evenings"),
    Desk("Asia/Beirut", "2026-03-29", previous=True),
    Desk("Australia/Lord_Howe", "2026-04-05", previous=True),
    Desk("Pacific/Apia", "2011-12-26"),
    Desk("Africa/Casablanca", "2026-02-15", previous=True),
    Desk(None, "2026-03-29", previous=True),
)


def _cases(desks: Iterable[Desk]) -> list[Any]:
    return [pytest.param(d, id=str(d), marks=[] if str(d) in QUICK else [pytest.mark.slow]) for d in desks]


@pytest.mark.parametrize("desk", _cases(DESKS))
def test_a_week_with_a_clock_change_is_planned_and_judged_right(desk: Desk, tmp_path: Path) -> None:
    outcome = plan(desk.inputs(tmp_path / "last"))
    assert outcome.verdict.violations == ()
    _recount(desk, outcome)


@pytest.mark.slow
@pytest.mark.parametrize("desk", PUBLISHED, ids=str)
def test_papers_of_a_week_with_a_clock_change_tell_the_same_instants(desk: Desk, tmp_path: Path) -> None:
    """The judge passes the run again, and calendars and report tell each shift as activity.csv has it."""
    outcome = plan(desk.inputs(tmp_path / "last"))
    run, _ = publish(outcome, RunFolder(tmp_path / "run"))
    assert verdict_of(run).violations == ()
    roster = roster_table(outcome.decision.assigned, desk.grid)
    wanted = {(r.agent, r.start.timestamp(), r.end.timestamp()) for r in roster.itertuples()}
    told = set()
    for agent in roster["agent"].unique():
        calendar = Calendar.from_ical((run / "calendars" / f"{agent}.ics").read_bytes())
        for event in calendar.walk("VEVENT"):
            ends = (pd.Timestamp(event.decoded(key)) for key in ("dtstart", "dtend"))
            told.add((agent, *(t.timestamp() for t in ends)))
    assert told == wanted
    chart = gantt(read_run(run))
    assert chart is not None
    begin = midnight(desk.first, desk.zone).timestamp()
    drawn = {(p["id"], begin + 60 * s[0], begin + 60 * s[1]) for p in chart["people"] for s in p["shifts"] if s[5]}
    assert drawn == wanted


def _recount(desk: Desk, outcome: Outcome) -> None:
    """Compare hours, rest, opening hours, leave and coverage with instants of UTC."""
    rows = outcome.decision.activity
    work = rows[rows["activity"] != "leave"]
    assert len(work)
    coverage = outcome.decision.coverage
    running = outcome.inputs.before.running
    assert len(running) == (len(_running(desk)) if desk.previous else 0)
    phone = pd.concat([part[part["activity"] == "phone"] for part in (work, running)])
    for start, told in zip(coverage["start"], coverage["on_phone"], strict=True):
        assert told == ((phone["start"] <= start) & (start < phone["end"])).sum()
    assert set(coverage["start"]) >= {t for t in desk.grid.starts if desk.opened(t)}
    for start, end in zip(phone["start"], phone["end"], strict=True):
        assert all(desk.opened(t) for t in pd.date_range(start, end, freq="30min", inclusive="left"))
    away = rows[rows["activity"] == "leave"]
    for agent, own in work.groupby("agent"):
        last = None
        for start, end in zip(own["start"], own["end"], strict=True):
            assert last is None or start == last or start - last >= pd.Timedelta(minutes=REST_MIN)
            last = end
        for gone in away[away["agent"] == agent].itertuples():
            assert not ((own["start"] < gone.end) & (own["end"] > gone.start)).any()
    paid = (work["end"] - work["start"])[work["activity"] != "lunch"].sum() / pd.Timedelta(hours=1)
    assert outcome.verdict.paid_hours == pytest.approx(paid)
