"""Windows that recur by the days of the week, as planner and judge read them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from people_files import DAY, GRID, MONDAY, STAFF, people

from busyhour.app.inputs.plain_table import plain
from busyhour.app.inputs.weekdays import dated, days_of
from busyhour.forecast.errors import InputError
from busyhour.schedule.judge.inputs import read_inputs


@pytest.mark.parametrize(
    ("text", "days"),
    [("Mondays", (0,)), ("Mo-Fr", (0, 1, 2, 3, 4)), ("sat to mon", (0, 5, 6)), ("daily", tuple(range(7))),
     ("tue / thu", (1, 3)), ("holiday", None)],
)  # fmt: skip
def test_days_are_read_as_people_write_them(text: str, days: tuple[int, ...] | None) -> None:
    assert days_of(text) == days


def test_recurring_windows_bind_on_their_days(tmp_path: Path) -> None:
    rows = "agent,days,start,end,kind\na,monday|friday,10:00,18:00,\n"
    a = people(tmp_path, staff=STAFF, availability=rows)["a"]
    edges = [(0, 40), (72, DAY), (4 * DAY, 4 * DAY + 40), (4 * DAY + 72, 5 * DAY)]
    assert all(any(low <= start and end <= high for low, high in a.away) for start, end in edges)
    assert not any(low < DAY + 40 < high for low, high in a.away), "Tuesday is not listed"


@pytest.mark.parametrize(
    "rows", ["agent,start,end\na,every Monday 22:00,06:00\n", "agent,weekday,start,end\na,Mo,22.00,6.00\n"]
)
def test_planner_and_judge_read_one_night(tmp_path: Path, rows: str) -> None:
    path = tmp_path / "leave.csv"
    path.write_text(rows, encoding="utf-8")
    text = plain("leave", path)[0].content
    path.write_bytes(text)
    raw = pd.read_csv(path, dtype=str, keep_default_na=False)
    own = dated(raw, GRID, "Europe/Berlin", path)
    assert own["start"].tolist()[:1] == ["2026-10-19T22:00:00+02:00"]
    assert list(own.index) == [2] * len(own)
    staff = pd.DataFrame({"agent": ["a"], "contract": ["full"]})
    asked = read_inputs({
        "plan": {"site": {"zone": "Europe/Berlin"}, "contract": {"full": {"shifts": []}}},
        "week": MONDAY, "staff": staff, "leave": raw,
    })  # fmt: skip
    told = sorted(asked.people["a"].leave)
    mine = sorted(
        zip(*((pd.to_datetime(own[c], utc=True).astype("int64") // 60_000_000) for c in ("start", "end")), strict=True)
    )
    assert [tuple(map(float, span)) for span in mine] == told


def test_where_the_clock_skips_an_edge_the_first_moment_after_counts() -> None:
    from busyhour.forecast.calendar.grid import Grid

    spring = Grid(MONDAY.replace(year=2027, month=3, day=22), 7, 15, "Europe/Berlin")
    raw = pd.DataFrame({"agent": ["a"], "days": ["sunday"], "start": ["02:30"], "end": ["04:00"]})
    starts = dated(raw, spring, "Europe/Berlin", Path("leave.csv"))["start"].tolist()
    assert "2027-03-28T03:00:00+02:00" in starts


def test_a_window_without_length_is_refused() -> None:
    raw = pd.DataFrame({"agent": ["a"], "days": ["sunday"], "start": ["08:00"], "end": ["08:00"]})
    with pytest.raises(InputError, match="row 2, column end: window ends when it starts"):
        dated(raw, GRID, "Europe/Berlin", Path("leave.csv"))
