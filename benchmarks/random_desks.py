"""Random desks of 1 to 40 people: random rules, hours, borders of weeks, clock changes, absences and fixed shifts.

A desk is made from its number alone, so a failure is made again by the number.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from busyhour.app.config.toml_text import toml_text
from busyhour.app.inputs import Inputs, RunOptions
from busyhour.schedule.judge.clock import Clock
from busyhour.schedule.judge.inputs import DAYS, Asked, Family, read_inputs
from busyhour.schedule.rules.rules import Rules

DAY = dt.timedelta(days=1)
WEEKS: tuple[tuple[str | None, str], ...] = (
    (None, "2026-11-16"),
    *(("Europe/Berlin", day) for day in ("2026-11-16", "2027-03-22", "2027-03-29", "2027-10-25")),
    *(("America/New_York", day) for day in ("2026-03-02", "2026-11-01")),
    *(("Asia/Beirut", day) for day in ("2026-03-23", "2026-03-29")),
    ("Australia/Lord_Howe", "2026-03-30"),
    ("America/Santiago", "2026-08-31"),
    ("America/Havana", "2026-10-26"),
    ("America/St_Johns", "2026-10-26"),
)
"""(zone, first day): plain weeks, weeks that hold a clock change, weeks that begin with one, weeks right after one."""
HOURS: tuple[tuple[str, ...], ...] = (
    ("08:00-18:00",) * 5 + ("closed",) * 2,
    ("06:00-24:00",) * 7,
    ("00:00-24:00",) * 7,
    ("closed", *("08:00-23:59",) * 5, "12:00-24:00"),
    ("00:00-06:00, 22:00-24:00",) * 7,
    ("07:00-21:00",) * 6 + ("closed",),
    ("00:00-02:00, 16:00-24:00",) * 6 + ("00:00-02:00",),
)
"""Hours of Monday to Sunday."""
LUNCH = {"kind": "lunch", "paid": False, "duration_min": 60, "earliest_min": 180, "latest_min": 300}
PAUSE = {"duration_min": 60, "earliest_min": 60, "latest_min": 180, "min_after_min": 60}
FAMILIES: Mapping[str, dict[str, Any]] = {
    "day": {"paid_min": 420, "start_from": "06:00", "start_to": "12:00", "step_min": 60, "break": [LUNCH]},
    "part": {"paid_min": 240, "start_from": "08:00", "start_to": "20:00", "step_min": 120},
    "late": {"paid_min": 360, "start_from": "14:00", "start_to": "18:00", "step_min": 60, "break": [PAUSE]},
    "night": {"paid_min": 480, "start_from": "22:00", "start_to": "22:00", "step_min": 60, "break": [LUNCH]},
    "past": {"paid_min": 180, "start_from": "23:00", "start_to": "26:00", "step_min": 60},
    "long": {"paid_min": 600, "start_from": "07:00", "start_to": "20:00", "step_min": 780, "break": [LUNCH]},
}
"""No two can be taken for each other."""
ALIKE: Mapping[str, dict[str, Any]] = {
    "paid": {**FAMILIES["day"], "paid_min": 480, "break": [{**LUNCH, "paid": True}]},
    "early": {"paid_min": 180, "start_from": "00:00", "start_to": "08:00", "step_min": 60},
    "short": {**FAMILIES["part"], "start_from": "10:00", "step_min": 60},
}
"""Each looks like one of `FAMILIES`: in other pay, on another day after midnight, or in nothing but the name."""


@dataclass(frozen=True)
class Desk:
    """One desk.

    Attributes
    ----------
    plan
        The dict of plan.toml.
    tables
        requirement, staff and the other files of people, as text.
    last
        Files of last week's folder by their name; empty = no week before.
    """

    number: int
    week: dt.date
    plan: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    last: Mapping[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Write the desk as a planner's folder, last week's folder beside its files."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "plan.toml").write_text(toml_text(self.plan), encoding="utf-8")
        for name, table in self.tables.items():
            table.to_csv(folder / f"{name}.csv", index=False)
        for name, text in self.last.items():
            (folder / "last" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "last" / name).write_text(text, encoding="utf-8")
        return folder

    def inputs(self, folder: Path) -> Inputs:
        """Write the desk into `folder` and read it as a run does."""
        self.write(folder)
        options = RunOptions(week=self.week, previous=folder / "last" if self.last else None)
        return Inputs.from_requirement(folder / "requirement.csv", folder / "plan.toml", options=options)


def random_desk(number: int, most_people: int = 40, seconds: float = 5.0, *, alike: bool = False) -> Desk:
    """Return the desk of that number, with `seconds` to plan it; `alike` = some families look like others."""
    return _Maker(number, most_people, seconds, {**FAMILIES, **ALIKE} if alike else FAMILIES).desk()


@dataclass(frozen=True)
class _Maker:
    number: int
    most_people: int
    seconds: float
    families: Mapping[str, dict[str, Any]]

    @cached_property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng(self.number)

    def desk(self) -> Desk:
        zone, first = WEEKS[int(self.rng.integers(len(WEEKS)))]
        week = dt.date.fromisoformat(first)
        plan = self.plan(zone, week)
        people = int(min(self.most_people, self.rng.choice([1, 2, 3, 4, 5, 6, 8, 12, 20, 40])))
        staff = self.staff(plan, week, people)
        tables = {"staff": staff}
        if self.chance(0.2):
            kind = self.one(({"closed": "1", "hours": ""}, {"closed": "", "hours": "10:00-23:59"}))
            date = str(week + int(self.rng.integers(8)) * DAY)
            tables["special_days"] = pd.DataFrame([{"date": date, "name": "special", **kind}])
        asked = read_inputs({"plan": plan, "week": week, **tables})
        tables["requirement"] = self.requirement(asked)
        makers = {"availability": self.availability, "leave": self.leave, "wishes": self.wishes, "fixed": self.fixed}
        for name, make in makers.items():
            rows = make(asked) if self.chance(0.5) else []
            if rows:
                tables[name] = pd.DataFrame(rows).drop_duplicates(
                    [c for c in ("agent", "date", "start") if c in rows[0]]
                )
        return Desk(self.number, week, plan, tables, self.last(asked) if self.chance(0.6) else {})

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def one(self, values: Iterable[Any]) -> Any:
        values = list(values)
        return values[int(self.rng.integers(len(values)))]

    def plan(self, zone: str | None, week: dt.date) -> dict[str, Any]:
        names = [str(x) for x in self.rng.permutation(list(self.families))[: int(self.rng.integers(1, 5))]]
        families = {n: dict(self.families[n]) for n in names}
        for family in families.values():
            if self.chance(0.2):
                family["days"] = [d for d in DAYS if self.chance(0.7)] or ["monday"]
        contracts = {}
        for i in range(int(self.rng.integers(1, 3))):
            own = [n for n in names if self.chance(0.8)] or names[:1]
            most = int(self.rng.integers(1, 8))
            most_h = int(self.one((16, 20, 30, 38, 40, 60)))
            contract = {
                "shifts": own,
                "max_h_week": most_h,
                "max_days": most,
                "min_h_week": int(self.rng.integers(0, most_h)),
            }
            if self.chance(0.15):
                contract["min_days"] = 1
            contracts[f"c{i}"] = contract | (self.rules(own, own=True) if self.chance(0.4) else {})
        rules = {"rest_min": int(self.one((0, 480, 600, 660, 720, 900))), **self.rules(names)}
        if self.chance(0.2):
            rules["max_start_spread_min"] = int(self.one((0, 60, 180, 600)))
        minutes = 30 if zone == "Australia/Lord_Howe" else 60  # its clock goes back by half an hour
        queues = ["calls", "mail"][: 2 if self.chance(0.25) else 1]
        goal = {"level": 0.8, "within_s": 20, "basis": "interval"}
        costs: dict[str, Any] = {
            "cost_h": 20.0,
            "under_h": float(self.one((30, 100, 500))),
            "steady_h": float(self.one((0, 1, 5))),
        }
        if self.chance(0.3):
            costs["premium"] = [{"share": 0.5, "days": ["saturday", "sunday"]}, {"share": 0.25, "start": "22:00"}]
        site = {"interval_min": minutes, "grid_min": min(minutes, int(self.one((30, 60))))}
        site |= {"week_start": DAYS[week.weekday()]} | ({"zone": zone} if zone else {})
        return {
            "site": site,
            "opening": dict(zip(DAYS, self.one(HOURS), strict=True)),
            "queue": {q: {"handle_s": 300, "goal": goal} for q in queues},
            "shift": families, "contract": contracts, "rules": rules, "costs": costs,
            "solve": {"time_limit_s": self.seconds, "gap": 0.001, "seed": 1},
        }  # fmt: skip

    def rules(self, names: list[str], *, own: bool = False) -> dict[str, Any]:
        """Return some of the rules that a contract may set too."""
        made: dict[str, Any] = {
            "max_run_days": int(self.rng.integers(3, 15)),
            "min_run_days": int(self.rng.integers(1, 4)),
            "min_run_off_days": int(self.rng.integers(1, 4)),
            "days_off_together": int(self.rng.integers(0, 4)),
            "max_weekends": int(self.rng.integers(0, 3)),
            "whole_weekends": True,
            "not_next_day": {self.one(names): [self.one(names)]},
            "max_shifts": {self.one(names): int(self.rng.integers(0, 4))},
        }
        kept = {key: value for key, value in made.items() if self.chance(0.3)}
        return kept if own else {"days_off_together": Rules.days_off_together * self.chance(0.3), **kept}

    def staff(self, plan: Mapping[str, Any], week: dt.date, people: int) -> pd.DataFrame:
        rows = []
        for i in range(people):
            row = {"agent": f"a{i}", "contract": self.one(plan["contract"]), "cost_h": self.one(("", "15", "25"))}
            row["skills"] = self.one(("", *plan["queue"]))
            row["hire_date"] = str(week + int(self.rng.integers(-3, 5)) * DAY) if self.chance(0.1) else ""
            row["leave_date"] = str(week + int(self.rng.integers(4, 8)) * DAY) if self.chance(0.1) else ""
            rows.append(row)
        return pd.DataFrame(rows)

    def requirement(self, asked: Asked) -> pd.DataFrame:
        """Return a need for each interval of the open hours of the week, as stamps of the clock."""
        height, rows = max(1.0, 0.5 * len(asked.people)), []
        step = int(asked.plan["site"]["interval_min"])
        for queue in asked.plan["queue"]:
            for date in asked.dates:
                for low, high in asked.opening(queue, date):
                    for minute in np.arange(low, high, step):
                        need = int(self.rng.random() * 1.3 * height)
                        rows.append({"queue": queue, "start": asked.clock.text(float(minute)), "agents_phone": need})
        return pd.DataFrame(rows, columns=["queue", "start", "agents_phone"])

    def availability(self, asked: Asked) -> list[dict[str, Any]]:
        rows = []
        for agent in asked.people:
            for date in (asked.first + i * DAY for i in range(-1, 9)):
                if self.chance(0.15):
                    start, end = self.one(("00:00", "06:00", "08:10")), self.one(("12:00", "18:00", "23:59"))
                    kind = self.one(("available", "available", "unavailable"))
                    rows.append({"agent": agent, "start": f"{date}T{start}", "end": f"{date}T{end}", "kind": kind})
        return rows

    def leave(self, asked: Asked) -> list[dict[str, Any]]:
        rows = []
        for agent in asked.people:
            if self.chance(0.4):
                first = asked.first + int(self.rng.integers(-3, 8)) * DAY
                last = first + int(self.rng.integers(0, 4)) * DAY
                ends = ((first, last), (f"{first}T00:00", f"{last}T23:59"), (f"{first}T09:00", f"{last}T17:00"))
                start, end = self.one(ends)
                rows.append({"agent": agent, "start": str(start), "end": str(end), "kind": "vacation"})
        return rows

    def wishes(self, asked: Asked) -> list[dict[str, Any]]:
        what = ("", "early", "late", "off", *asked.families)
        return [
            {"agent": a, "date": str(d), "pattern": self.one(what), "weight": int(self.one((-2, -1, 1, 3)))}
            for a in asked.people for d in asked.dates if self.chance(0.1)
        ]  # fmt: skip

    def fixed(self, asked: Asked) -> list[dict[str, Any]]:
        return [
            {"agent": a, "date": str(self.one(asked.dates)), "pattern": self.one((*p.contract["shifts"], "off", "off"))}
            for a, p in asked.people.items() if self.chance(0.05)
        ]  # fmt: skip

    def last(self, asked: Asked) -> dict[str, str]:
        """Return last week's files: activity alone, or with older weeks, with a roster that hands have edited."""
        older = self.activity(asked, asked.first - 21 * DAY, 14)
        newest = self.activity(asked, asked.first - 7 * DAY, 7)
        files = {"activity.csv": newest.to_csv(index=False)}
        if self.chance(0.4):
            files["inputs/previous_activity.csv"] = older.to_csv(index=False)
            files["inputs/arguments.json"] = json.dumps({"week": str(asked.first - 7 * DAY)})
        if self.chance(0.4):
            phone = newest[newest["activity"] == "phone"].groupby(["agent", "date"], as_index=False)
            roster = phone.agg(start=("start", "first"), end=("end", "last"))
            roster = roster.assign(pattern=f"{self.one(asked.families)}@0800", paid_min=480)
            files["roster.csv"] = roster.to_csv(index=False)
        return files

    def activity(self, asked: Asked, first: dt.date, days: int) -> pd.DataFrame:
        """Return random shifts of `days` from `first` on, of which hands have lengthened some."""
        rows: list[dict[str, Any]] = []
        for agent, person in asked.people.items():
            share, reached = self.one((0.0, 0.5, 0.8, 1.0)), 0.0
            for date in (first + i * DAY for i in range(days)):
                family = asked.families[self.one(person.contract["shifts"])]
                start = asked.clock.time(date, int(self.one(range(family.first, family.last + 1, family.step))))
                if not self.chance(share) or start is None or start <= reached:
                    continue
                made = shift_rows(
                    family, start, tuple(int(b["earliest_min"]) for b in family.breaks), self.one(asked.plan["queue"])
                )
                if self.chance(0.1):
                    made[-1] = (made[-1][0], made[-1][1] + 60, *made[-1][2:])
                reached = made[-1][1]
                rows += [stamped(asked.clock, agent, row) | {"date": str(date)} for row in made]
        return pd.DataFrame(rows, columns=["agent", "start", "end", "activity", "queue", "date"])


def shift_rows(
    family: Family, start: float, breaks: tuple[int, ...], queue: str
) -> list[tuple[float, float, str, str]]:
    """Return (start, end, activity, queue) of a shift in real minutes, its breaks so many minutes after its start."""
    at, out = start, []
    for begin, rule in zip(breaks, family.breaks, strict=True):
        out.append((at, start + begin, "phone", queue))
        at = start + begin + int(rule["duration_min"])
        out.append((start + begin, at, str(rule.get("kind", "break")), ""))
    return [row for row in [*out, (at, start + family.length, "phone", queue)] if row[0] < row[1]]


def stamped(clock: Clock, agent: str, row: tuple[float, float, str, str]) -> dict[str, Any]:
    """Return a row of an activity table."""
    return {"agent": agent, "start": clock.text(row[0]), "end": clock.text(row[1]), "activity": row[2], "queue": row[3]}
