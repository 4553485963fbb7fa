"""Six made desks of 5 to 300 people, each a folder that ``busyhour plan`` reads. Calls and people are made up.

``python -m benchmarks.promise_desks FOLDER`` writes them all. The calls are drawn from fixed seeds, so every folder is
alike; the people suffice for the goals.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from busyhour.app.files import write_atomic, write_csv

FIRST_DAY, WEEKS, DAYS, HALF_HOURS = "2026-08-31", 12, 7, 48
WEEK = "2026-11-23"
"""First Monday and length of the made history, and the week after it, which is planned."""

FULL_DAY = """[[shift.NAME.break]]
duration_min = 15
earliest_min = 75
latest_min = 165
[[shift.NAME.break]]
kind = "lunch"
paid = LUNCH
duration_min = 30
earliest_min = 210
latest_min = 285
[[shift.NAME.break]]
duration_min = 15
earliest_min = 345
latest_min = 435
"""
SHORT_DAY = "[[shift.NAME.break]]\nduration_min = 15\nearliest_min = 90\nlatest_min = 150\n"


@dataclass(frozen=True)
class MadeQueue:
    """One queue of a made desk.

    Parameters
    ----------
    peak
        Mean calls of Monday's busiest half-hour.
    handle_s, patience_s
        Mean handle time and patience.
    goal
        Lines of its goal in plan.toml.
    night
        Calls of a half-hour at night, as a share of `peak`.
    """

    peak: float
    handle_s: float
    patience_s: float
    goal: str
    night: float = 0.0


@dataclass(frozen=True)
class Family:
    """One family of shifts: paid minutes, and first and last start as minutes of the day."""

    paid_min: int
    first: int
    last: int
    paid_lunch: bool = False

    def text(self, name: str) -> str:
        """Return its tables of plan.toml."""
        breaks = FULL_DAY if self.paid_min > 360 else SHORT_DAY
        lunch = str(self.paid_lunch).lower()
        return (
            f"[shift.{name}]\npaid_min = {self.paid_min}\nstart_from = \"{_clock(self.first)}\"\n"
            f"start_to = \"{_clock(self.last)}\"\n" + breaks.replace("NAME", name).replace("LUNCH", lunch)
        )  # fmt: skip


@dataclass(frozen=True)
class MadeDesk:
    """A made desk.

    Parameters
    ----------
    people
        How many; every third works part time.
    opening
        Weekday → opening hours; days left out are closed.
    levels
        Busyness of the seven days beside Monday's.
    full, part
        Families that people with a full or a part-time contract work.
    skills
        Cell ``skills`` of each person in turn.
    """

    people: int
    opening: Mapping[str, str]
    queues: Mapping[str, MadeQueue]
    full: Mapping[str, Family]
    part: Mapping[str, Family]
    levels: tuple[float, ...] = (1.0, 0.9, 0.85, 0.85, 0.9, 0.6, 0.45)
    skills: tuple[str, ...] = ("",)


def _week(weekday: str, saturday: str | None = None, sunday: str | None = None) -> dict[str, str]:
    """Return opening hours by day."""
    days = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), weekday)
    return days | ({"saturday": saturday} if saturday else {}) | ({"sunday": sunday} if sunday else {})


def _goal(level: float, within_s: int, basis: str, floor: float = 0.0, least: int = 0) -> str:
    more = f"floor = {floor}\n" * (floor > 0) + f"min_agents = {least}\n" * (least > 0)
    return f'level = {level}\nwithin_s = {within_s}\nbasis = "{basis}"\n{more}'


H = 60
DESKS: dict[str, MadeDesk] = {
    "made5": MadeDesk(
        5,
        _week("09:00-17:00"),
        {"calls": MadeQueue(9.0, 240.0, 150.0, _goal(0.8, 30, "day", 0.5, 1))},
        {"full": Family(450, 9 * H, 9 * H)},
        {"part": Family(240, 9 * H, 13 * H)},
    ),
    "made12": MadeDesk(
        12,
        _week("08:00-12:30,13:30-18:00", "09:00-12:30"),
        {"calls": MadeQueue(28.0, 270.0, 120.0, _goal(0.7, 30, "interval"))},
        {"full": Family(480, 8 * H, 9 * H)},
        {"part": Family(240, 8 * H, 14 * H)},
    ),
    "made30": MadeDesk(
        30,
        _week("08:00-20:00", "09:00-15:00"),
        {
            "sales": MadeQueue(32.0, 300.0, 120.0, _goal(0.8, 20, "day", 0.5)),
            "service": MadeQueue(20.0, 360.0, 240.0, _goal(0.75, 30, "day", 0.4)),
        },
        {"full": Family(480, 8 * H, 11 * H + 30), "short": Family(360, 8 * H, 14 * H)},
        {"part": Family(300, 8 * H, 15 * H)},
        skills=("sales", "service", "sales|service"),
    ),
    "made60": MadeDesk(
        60,
        _week("00:00-24:00", "00:00-24:00", "00:00-24:00"),
        {"calls": MadeQueue(85.0, 330.0, 180.0, _goal(0.8, 20, "day", 0.5), night=0.1)},
        {
            "day": Family(480, 6 * H, 15 * H + 30),
            "night": Family(480, 20 * H, 23 * H + 30, paid_lunch=True),
            "dawn": Family(480, 0, 30, paid_lunch=True),
        },
        {"part": Family(300, 7 * H, 17 * H)},
    ),
    "made120": MadeDesk(
        120,
        _week("07:00-22:00", "08:00-20:00", "09:00-18:00"),
        {"calls": MadeQueue(310.0, 300.0, 180.0, _goal(0.8, 20, "interval"))},
        {"full": Family(480, 7 * H, 13 * H + 30), "short": Family(360, 7 * H, 16 * H)},
        {"part": Family(240, 7 * H, 18 * H)},
    ),
    "made300": MadeDesk(
        300,
        _week("07:00-21:00", "08:00-18:00"),
        {"calls": MadeQueue(1000.0, 280.0, 180.0, _goal(0.8, 20, "day", 0.5))},
        {"full": Family(480, 7 * H, 12 * H + 30), "short": Family(420, 7 * H, 13 * H + 30)},
        {"part": Family(300, 7 * H, 16 * H)},
        levels=(1.0, 0.92, 0.9, 0.9, 0.95, 0.5, 0.0),
    ),
}
"""The made desks by name, smallest first."""


def write_desk(name: str, folder: Path) -> None:
    """Write plan.toml, calls.csv and staff.csv of a made desk into `folder`."""
    desk = DESKS[name]
    folder.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / "plan.toml", _plan(name, desk))
    write_csv(folder / "calls.csv", _calls(name, desk))
    ids = [f"a{i:03d}" for i in range(desk.people)]
    staff = pd.DataFrame({"agent": ids, "name": [f"Agent {i[1:]}" for i in ids]})
    staff["contract"] = ["part" if i % 3 == 2 else "full" for i in range(desk.people)]
    staff["skills"] = [desk.skills[i % len(desk.skills)] for i in range(desk.people)]
    write_csv(folder / "staff.csv", staff)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _open(desk: MadeDesk, starts: pd.DatetimeIndex) -> np.ndarray:
    """Return whether the desk is open at each half-hour."""
    out = np.zeros(len(starts), dtype=bool)
    minute, day = starts.hour * 60 + starts.minute, starts.day_name().str.lower()
    for name, hours in desk.opening.items():
        for span in hours.split(","):
            begin, end = map(_minute, span.split("-"))
            out |= (day == name) & (minute >= begin) & (minute < end)
    return out


def _calls(name: str, desk: MadeDesk) -> pd.DataFrame:
    """Return twelve weeks of invented half-hours, two bumps a day; whole days are busier or quieter by chance."""
    starts = pd.date_range(FIRST_DAY, periods=WEEKS * DAYS * HALF_HOURS, freq="30min")
    hour = (starts.hour + starts.minute / 60).to_numpy()
    shape = 0.3 + 0.7 * np.exp(-(((hour - 10.5) / 2.0) ** 2)) + 0.5 * np.exp(-(((hour - 15.5) / 2.2) ** 2))
    shape = shape / shape.max()
    night = (hour < 7) | (hour >= 22)
    parts = []
    for queue, q in desk.queues.items():
        rng = np.random.default_rng(zlib.crc32(f"{name} {queue}".encode()))
        busy = np.repeat(rng.gamma(400, 1 / 400, WEEKS * DAYS), HALF_HOURS)
        mean = q.peak * np.array(desk.levels)[starts.day_of_week] * np.where(night, q.night, shape) * busy
        handle = rng.normal(q.handle_s, q.handle_s / 25, len(starts)).round(0)
        table = pd.DataFrame({"start": starts, "queue": queue, "offered": rng.poisson(mean), "handle_s": handle})
        parts.append(table[_open(desk, starts)])
    return pd.concat(parts, ignore_index=True)


def _plan(name: str, desk: MadeDesk) -> str:
    """Return plan.toml of a made desk."""
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    opening = "".join(f'{day} = "{desk.opening.get(day, "closed")}"\n' for day in days)
    queues = "".join(
        f"[queue.{n}]\nhandle_s = {q.handle_s}\npatience_s = {q.patience_s}\n[queue.{n}.goal]\n{q.goal}\n"
        for n, q in desk.queues.items()
    )
    shifts = "".join(f"{family.text(n)}\n" for n, family in {**desk.full, **desk.part}.items())
    full, part = ("[" + ", ".join(f'"{n}"' for n in families) + "]" for families in (desk.full, desk.part))
    return f"""# Made up by benchmarks/promise_desks.py.
[site]
name = "{name}"
zone = "Europe/Berlin"
week = {WEEK}
note = "Everything here is made up."

[intake]
files = ["calls.csv"]

[opening]
{opening}
{queues}[shrinkage]
unplanned = 0.05

{shifts}[contract.full]
shifts = {full}
min_h_week = 24
max_h_week = 40
max_days = 5

[contract.part]
shifts = {part}
min_h_week = 8
max_h_week = 25
max_days = 5

[rules]
rest_min = 660
max_run_days = 6

[costs]
currency = "EUR"
cost_h = 20
lost_call = 200
under_h = 500
[[costs.premium]]
share = 0.2
start = "22:00"
end = "24:00"
[[costs.premium]]
share = 0.2
start = "00:00"
end = "06:00"

[solve]
time_limit_s = 60
gap = 0.01
seed = 1
threads = 1
"""


def main() -> None:
    """Write all made desks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    for name in DESKS:
        write_desk(name, asked.folder / name)


if __name__ == "__main__":
    main()
