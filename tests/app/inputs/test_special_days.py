"""special_days.csv."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from busyhour.app.inputs.special_days import read_special_days
from busyhour.forecast.calendar.special_days import SpecialDay
from busyhour.forecast.errors import InputError


def test_no_file_means_no_special_day(tmp_path: Path) -> None:
    assert read_special_days(tmp_path) == ()


def test_rows_become_special_days(tmp_path: Path) -> None:
    text = "date,name,kind,queue,effect,closed\n2026-12-24,Christmas Eve,feast,,0.5,\n"
    text += "2026-12-25,Christmas,feast,,,1\n2026-11-02,Billing run,,billing,1.4,0\n"
    (tmp_path / "special_days.csv").write_text(text, encoding="utf-8")
    assert read_special_days(tmp_path) == (
        SpecialDay(dt.date(2026, 12, 24), "Christmas Eve", "feast", None, 0.5),
        SpecialDay(dt.date(2026, 12, 25), "Christmas", "feast", None, None, True),
        SpecialDay(dt.date(2026, 11, 2), "Billing run", "special", "billing", 1.4),
    )


def test_date_and_name_are_enough(tmp_path: Path) -> None:
    (tmp_path / "special_days.csv").write_text("date,name\n2026-12-24,Sale\n", encoding="utf-8")
    assert read_special_days(tmp_path) == (SpecialDay(dt.date(2026, 12, 24), "Sale"),)


def test_a_date_may_have_hours_of_its_own(tmp_path: Path) -> None:
    text = 'date,name,hours\n2026-12-24,Christmas Eve,"08:00-10:00, 11:00-12:00"\n2026-12-31,New Year\'s Eve,\n'
    (tmp_path / "special_days.csv").write_text(text, encoding="utf-8")
    assert [d.hours for d in read_special_days(tmp_path)] == [((480, 600), (660, 720)), None]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date,name,hours\n2026-12-24,x,8 to 12\n", "special_days.csv, row 2, column hours: not opening hours"),
        ("date,name,closed,hours\n2026-12-24,x,1,08:00-12:00\n", "row 2, column hours: a closed day has no hours"),
        ("date,name\n24.12.2026,x\n", "special_days.csv, row 2, column date: not a date"),
        ("date,name,effect\n2026-12-24,x,0\n", "special_days.csv, row 2, column effect: Expected effect > 0"),
        ("date,name,closed\n2026-12-24,x,perhaps\n", "row 2, column closed"),
        ("date,name\n2026-12-24,x\n2026-12-24,x\n", "row 3: special day twice"),
    ],
)
def test_bad_rows_are_told(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "special_days.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_special_days(tmp_path)
