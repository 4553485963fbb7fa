"""A tiny desk whose names hold all that a name may hold and a program may stumble over; wages that are easy to find."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from busyhour.app.config.toml_text import toml_text
from busyhour.app.files import csv_text

SITE = 'Zoë\'s <evil>"desk"</evil>, 50 %; \\n {{ 7 * 7 }} </script><evil> [/b] [red]x[/red] :smile:'
NOTE = "<!-- <script>evil()</script> ]]> </style> invented, \\; not real"
QUEUES = ("=1+1", "</script><evil>, 'a.b[c]'")
FAMILY, PART = '=HYPERLINK("x")', "-½; day, <evil>"
CONTRACT = "@full | {x}"
IDS = (
    "=1+1",
    "-5",
    "+48 600 100",
    "@lead",
    'O\'Brien, Zoë; "x"',
    "</script><evil>",
    "🙂👩‍👩‍👧",
    "מרים כהן‏",
    "a.b[c]",
    "'=1+1",
    "x" * 200,
    "_x0041_",
)
NAMES = (*IDS[1:], "<!--<script>")
WAGES = (37.77, 41.13)
"""Of the first person and of the contract."""
PRICES = {"cost_h": 43.21, "lost_call": 17.71, "under_h": 512.12, "open_shift_h": 66.66, "below_contract_h": 14.14}
PREMIUM = 0.2345


def plan() -> dict[str, object]:
    """Return the plain dict of its plan.toml."""
    days = dict.fromkeys(("monday", "tuesday", "wednesday"), "09:00-17:00")
    goal = {"level": 0.5, "within_s": 60}
    lunch = {"kind": "lunch", "paid": False, "duration_min": 60, "earliest_min": 180, "latest_min": 240}
    return {
        "site": {
            "name": SITE,
            "note": NOTE,
            "zone": "Europe/Berlin",
            "week": pd.Timestamp("2026-10-19").date(),
            "interval_min": 60,
            "grid_min": 60,
        },
        "opening": days | dict.fromkeys(("thursday", "friday", "saturday", "sunday"), "closed"),
        "queue": {
            q: {"handle_s": 300, "patience_s": 120, "model": "weekday_mean", "goal": goal | {"basis": basis}}
            for q, basis in zip(QUEUES, ("day", "interval"), strict=True)
        },
        "shift": {
            FAMILY: {"paid_min": 420, "start_from": "09:00", "start_to": "09:00", "step_min": 60, "break": [lunch]},
            PART: {"paid_min": 240, "start_from": "09:00", "start_to": "13:00", "step_min": 60},
        },
        "contract": {CONTRACT: {"shifts": [FAMILY, PART], "max_h_week": 40, "cost_h": WAGES[1]}},
        "costs": {**PRICES, "premium": [{"share": PREMIUM, "start": "14:00", "end": "17:00"}]},
        "solve": {"time_limit_s": 60, "gap": 0.3},
    }


def calls() -> pd.DataFrame:
    """Return eight weeks of calls of both queues; at four o'clock come more than the desk can answer."""
    rng = np.random.default_rng(5)
    starts = pd.date_range("2026-08-24", "2026-10-19", freq="60min", inclusive="left")
    starts = starts[(starts.day_of_week < 3) & (starts.hour >= 9) & (starts.hour < 17)]
    rates = (np.full(len(starts), 8.0), np.where(starts.hour == 16, 300.0, 8.0))
    of = [
        pd.DataFrame({"queue": q, "start": starts, "offered": rng.poisson(rate)})
        for q, rate in zip(QUEUES, rates, strict=True)
    ]
    return pd.concat(of, ignore_index=True)


def staff() -> pd.DataFrame:
    """Return its people."""
    team = ["=cmd|' /C calc'!A0" if i % 2 else "Tëam 1" for i in range(len(IDS))]
    wages = [WAGES[0], *[None] * (len(IDS) - 1)]
    return pd.DataFrame({"agent": IDS, "name": NAMES, "team": team, "contract": CONTRACT, "cost_h": wages})


def write_nasty_desk(folder: Path) -> Path:
    """Write the desk into `folder` and return it; a comment of the plan tells a wage, too."""
    folder.mkdir(parents=True)
    text = f"# since May {WAGES[1]}\n{toml_text(plan())}"
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    (folder / "calls.csv").write_text(csv_text(calls()), encoding="utf-8")
    salary = staff().assign(salary_in_words=f"about {WAGES[0]} an hour")
    (folder / "staff.csv").write_text(csv_text(salary), encoding="utf-8")
    sure = pd.DataFrame({"agent": IDS[:4], "date": "2026-10-19", "pattern": PART})
    (folder / "fixed.csv").write_text(csv_text(sure), encoding="utf-8")
    return folder
