"""A small centre with a legal plan, to be judged."""

import copy
import datetime as dt

import pandas as pd
import pytest

from busyhour.forecast.calendar.grid import WEEKDAYS

WEEK = dt.date(2026, 10, 19)  # its Sunday has 25 hours in Berlin

PLAN = {
    "site": {"zone": "Europe/Berlin", "grid_min": 15},
    "opening": dict.fromkeys(WEEKDAYS, "06:00-22:00"),
    "queue": {"calls": {}, "mail": {"opening": {"monday": "08:00-18:00"}}},
    "shift": {
        "full8": {
            "paid_min": 450,
            "start_from": "07:00",
            "start_to": "12:00",
            "step_min": 30,
            "days": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"],
            "break": [
                {"kind": "break", "duration_min": 15, "earliest_min": 60, "latest_min": 150},
                {
                    "kind": "lunch",
                    "duration_min": 30,
                    "earliest_min": 210,
                    "latest_min": 300,
                    "paid": False,
                    "min_before_min": 75,
                    "min_after_min": 90,
                },
            ],
        },
        "part4": {"paid_min": 240, "start_from": "07:00", "start_to": "18:00", "step_min": 60, "break": []},
    },
    "contract": {
        "full": {"shifts": ["full8"], "min_h_week": 35, "max_h_week": 38, "max_days": 5, "min_days": 3, "cost_h": 30.0},
        "part": {"shifts": ["part4"], "min_h_week": 8, "max_h_week": 20, "max_days": 5},
    },
    "rules": {"rest_min": 660, "max_run_days": 5, "days_off_together": 2, "max_start_spread_min": 180},
    "costs": {"cost_h": 20.0, "premium": [{"share": 0.5, "days": ["monday"], "start": "12:00", "end": "24:00"}]},
}


class Centre:
    """Builds plans of October 2026; its week's Sunday has 25 hours in Berlin."""

    WEEK = WEEK

    @staticmethod
    def rows(
        agent: str, day: int, start: str, queue: str = "calls", family: str = "full8"
    ) -> list[tuple[str, str, str, str, str]]:
        """Rows of one shift in October 2026 with its breaks at +120 and +240."""
        begin = dt.datetime.fromisoformat(f"2026-10-{day}T{start}")
        cuts = (
            [("phone", 0, 240)]
            if family == "part4"
            else [
                ("phone", 0, 120),
                ("break", 120, 135),
                ("phone", 135, 240),
                ("lunch", 240, 270),
                ("phone", 270, 480),
            ]
        )
        stamp = lambda m: (begin + dt.timedelta(minutes=m)).isoformat()  # noqa: E731
        return [(agent, stamp(a), stamp(b), what, queue if what == "phone" else "") for what, a, b in cuts]

    @staticmethod
    def frame(records: list) -> pd.DataFrame:
        return pd.DataFrame(records, columns=["agent", "start", "end", "activity", "queue"])

    @staticmethod
    def windows(*records: tuple[str, str, str, str]) -> pd.DataFrame:
        return pd.DataFrame(list(records), columns=["agent", "start", "end", "kind"])

    @staticmethod
    def legal() -> tuple[list, dict]:
        """Ann works Monday to Friday, Ben four short days, Cat only mail on three days."""
        activity = [r for day in range(19, 24) for r in Centre.rows("ann", day, "08:00")]
        activity += [r for day in range(19, 23) for r in Centre.rows("ben", day, "10:00", family="part4")]
        activity += [r for day in (19, 20, 21) for r in Centre.rows("cat", day, "09:00", queue="mail")]
        staff = pd.DataFrame(
            [
                ("ann", "full", "", "", "2026-10-19", ""),
                ("ben", "part", "", "calls|mail:1.2", "", "2026-10-22"),
                ("cat", "full", "40", "mail", "", ""),
            ],
            columns=["agent", "contract", "cost_h", "skills", "hire_date", "leave_date"],
        )
        inputs = {
            "plan": copy.deepcopy(PLAN),
            "week": WEEK,
            "days": 7,
            "staff": staff,
            "special_days": None,
            "previous_activity": None,
            "availability": Centre.windows(
                ("ann", "2026-10-19T08:00", "2026-10-19T16:00", ""),
                ("ben", "2026-10-19T14:00", "2026-10-19T20:00", "unavailable"),
            ),
            "leave": Centre.windows(("cat", "2026-10-22T00:00", "2026-10-23T00:00", "vacation")),
        }
        return activity, inputs

    @staticmethod
    def replaced(activity: list, agent: str, day: int, by: list) -> list:
        return [r for r in activity if not (r[0] == agent and r[1].startswith(f"2026-10-{day}"))] + by

    @staticmethod
    def edited(activity: list, agent: str, day: int, *edits: tuple[int, int, str]) -> list:
        """Change cells (row of that shift, column, value) of one shift; a value HH:MM keeps the day."""
        mine = [list(r) for r in activity if r[0] == agent and r[1].startswith(f"2026-10-{day}")]
        for row, column, value in edits:
            mine[row][column] = f"2026-10-{day}T{value}:00" if column in (1, 2) else value
        return Centre.replaced(activity, agent, day, [tuple(r) for r in mine])


@pytest.fixture
def centre() -> type[Centre]:
    return Centre
