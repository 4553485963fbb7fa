"""A desk as small as a plan can be, with every input file there is; everything made up."""

from __future__ import annotations

import datetime as dt
import gzip
import random
from pathlib import Path

import openpyxl

WEEK = "2026-10-19"
PLAN = """
[site]
name = "Tiny"
zone = "Europe/Berlin"
week = 2026-10-19
interval_min = 60
grid_min = 30
country = "DE"
paydays = [15, "last"]

[intake]
files = ["calls.csv"]

[opening]
monday = "09:00-14:00"
tuesday = "09:00-14:00"

[queue.calls]
handle_s = 240
handle_cv = 1.2
patience_s = 120
model = "weekday_mean"
[queue.calls.goal]
level = 0.8
within_s = 20
min_agents = 1
max_abandon = 0.5

[shrinkage]
planned = 0.04
unplanned = 0.05

[shift.part]
paid_min = 240
start_from = "09:00"
start_to = "10:00"
[[shift.part.break]]
duration_min = 30
earliest_min = 90
latest_min = 120

[contract.part]
shifts = ["part"]
min_h_week = 4
max_h_week = 20
cost_h = 22.5

[rules]
rest_min = 660
max_run_days = 6
days_off_together = 2

[costs]
currency = "EUR"
cost_h = 20
lost_call = 15
under_h = 500
open_shift_h = 60
below_contract_h = 15
wish = 2
[[costs.premium]]
share = 0.10
start = "12:00"
end = "14:00"

[solve]
time_limit_s = 2
gap = 0.9
seed = 1

[scenario.more]
queue.calls.goal.level = 0.9
"""

TABLES = {
    "staff.csv": "agent,name,team,contract,cost_h,skills,hire_date,leave_date\n"
    + "".join(f"a{i},Ann {i},T1,part,{20 + i}.5,calls,2020-01-0{i + 1},\n" for i in range(5)),
    "availability.csv": "agent,start,end,kind\na1,2026-10-19T08:00,2026-10-19T16:00,available\n"
    "a2,2026-10-20T09:00,2026-10-20T12:00,unavailable\n",
    "leave.csv": "agent,start,end,kind\na3,2026-10-19T00:00,2026-10-20T00:00,vacation\n",
    "wishes.csv": "agent,date,pattern,weight\na0,2026-10-19,early,2\na4,2026-10-20,off,1\n",
    "fixed.csv": "agent,date,pattern\na0,2026-10-20,part\n",
    "special_days.csv": "date,name,kind,queue,effect,closed,hours\n2026-09-07,Fair,fair,,1.2,,\n"
    "2026-09-21,Flood,,,,1,\n2026-10-20,Short,,calls,,,09:00-13:00\n",
    "overrides.csv": "queue,start,end,calls,factor,note,made\ncalls,2026-10-19T09:00,2026-10-19T11:00,,1.1,mailing,\n",
    "meetings.csv": "meeting,agents,duration_min,earliest,latest,at_once_max,required\n"
    "team,a0|a1,30,2026-10-19T09:00,2026-10-19T12:00,2,1\n",
}
BARE = {
    "origins.csv": "origin,horizon_days\n2026-10-05,7\n",
    "closed.csv": "date\n2026-10-12\n",
    "times.csv": "quantile,seconds\n0.1,60\n0.5,200\n0.9,500\n",
    "staffing.csv": "start,end,agents\n2026-10-19T09:00,2026-10-19T12:00,3\n2026-10-19T12:00,2026-10-19T14:00,4\n",
    "volume.csv": "queue,start,calls,q0.1,q0.5,q0.9,handle_s,patience_s,model\n"
    + "".join(f"calls,2026-10-19T{h:02d}:00,{20 + h},{15 + h},{20 + h},{25 + h},240,120,m\n" for h in range(9, 14)),
    "requirement.csv": "queue,start,agents_phone\n"
    + "".join(f"calls,2026-10-{d}T{h:02d}:00,{2 + h % 2}\n" for d in (19, 20) for h in range(9, 13)),
}
"""Files of the stages that run alone."""


def _calls() -> list[tuple[str, str, int, int, int]]:
    rng, date, rows = random.Random(1), dt.date(2026, 8, 31), []
    while date < dt.date(2026, 10, 19):
        if date.weekday() < 2:
            for hour in range(9, 14):
                n = rng.randint(10, 30)
                rows.append(("calls", f"{date}T{hour:02d}:00", n, n - 1, rng.randint(200, 260)))
        date += dt.timedelta(days=1)
    return rows


def write_desk(folder: Path) -> Path:
    """Write the desk into `folder`, which must not exist, and return it."""
    folder.mkdir(parents=True)
    header = ("queue", "start", "offered", "answered", "handle_s")
    rows = [header, *_calls()]
    (folder / "calls.csv").write_text("".join(",".join(map(str, r)) + "\n" for r in rows), encoding="utf-8")
    (folder / "calls.csv.gz").write_bytes(gzip.compress((folder / "calls.csv").read_bytes(), mtime=0))
    book = openpyxl.Workbook()
    for r in rows:
        book.active.append(r)  # type: ignore[union-attr]
    book.save(folder / "calls.xlsx")
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    for name, text in {**TABLES, **BARE}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
