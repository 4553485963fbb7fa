"""A tiny desk with everything that a run can publish: two queues, breaks, leave, wishes, a premium, open shifts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from plan_text import SITE, opening, shift

OPEN = ("monday", "tuesday", "wednesday")

QUEUES = """
[queue.sales]
handle_s = 300
patience_s = 120
model = "weekday_mean"
[queue.sales.goal]
level = 0.8
within_s = 20
floor = 0.4

[queue.help]
handle_s = 240
patience_s = 180
model = "weekday_mean"
[queue.help.goal]
level = 0.7
within_s = 60
basis = "interval"

[shrinkage]
planned = 0.05
unplanned = { default = 0.05, monday = 0.1 }
"""
REST = """
[shift.part]
paid_min = 240
start_from = "09:00"
start_to = "13:00"
[[shift.part.break]]
duration_min = 15
earliest_min = 90
latest_min = 135

[contract.full]
shifts = ["full", "part"]
min_h_week = 20
max_h_week = 40
max_days = 3
cost_h = 24

[contract.part]
shifts = ["part"]
max_h_week = 12

[costs]
cost_h = 20
lost_call = 15
under_h = 60
open_shift_h = 22
[[costs.premium]]
share = 0.25
start = "16:00"
end = "17:00"
"""


def write_desk(folder: Path, *, named: bool = True, limit_s: float = 60.0, gap: float = 0.05) -> Path:
    """Write the desk into `folder` and return it.

    Parameters
    ----------
    named
        Whether there is a staff.csv.
    limit_s, gap
        What ends the search.
    """
    folder.mkdir(parents=True)
    full = shift("full", 420, ("09:00", "09:30"), pause=(90, 120), lunch=(210, 270))
    search = f"\n[solve]\ntime_limit_s = {limit_s:g}\ngap = {gap:g}\n"
    plan = SITE + opening("09:00-17:00", OPEN) + QUEUES + full + REST + search
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    starts = pd.date_range("2026-08-24", "2026-10-19", freq="30min", inclusive="left")
    starts = starts[(starts.day_of_week < len(OPEN)) & (starts.hour >= 9) & (starts.hour < 17)]
    rng = np.random.default_rng(5)
    busy = 1.0 + 0.6 * np.exp(-(((starts.hour.to_numpy() - 11) / 2.0) ** 2))
    calls = [
        pd.DataFrame({"queue": name, "start": starts.strftime("%Y-%m-%dT%H:%M"), "offered": rng.poisson(size * busy)})
        for name, size in (("sales", 9.0), ("help", 7.0))
    ]
    tables = {"calls": pd.concat(calls)}
    if named:
        skills = ["sales", "help", "", "sales", "help", "", "sales", "help"]
        tables["staff"] = pd.DataFrame({
            "agent": [f"a{i}" for i in range(8)],
            "name": [f"Agent {i}" for i in range(8)],
            "team": "T",
            "contract": ["full"] * 5 + ["part"] * 3,
            "cost_h": ["", "", "30", "", "", "", "21.5", ""],
            "skills": skills,
        })  # fmt: skip
        tables["leave"] = pd.DataFrame(
            [("a0", "2026-10-20T00:00", "2026-10-21T00:00", "vacation"),
             ("a6", "2026-10-19T09:10", "2026-10-19T12:00", "")],
            columns=["agent", "start", "end", "kind"],
        )  # fmt: skip
        tables["wishes"] = pd.DataFrame(
            [("a1", "2026-10-19", "off", 3), ("a2", "2026-10-20", "late", 2), ("a3", "2026-10-21", "full", -1),
             ("a5", "2026-10-19", "off", 1), ("a7", "2026-10-21", "part@1300", 4)],
            columns=["agent", "date", "pattern", "weight"],
        )  # fmt: skip
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    return folder
