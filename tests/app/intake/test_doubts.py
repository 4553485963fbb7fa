"""Figures that may be misread are read right where the file proves it, and refused with the mend where not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from xlsxwriter import Workbook

from busyhour.app.intake.guess import guess
from busyhour.app.intake.mapping import Intake
from busyhour.app.intake.read import read_calls
from busyhour.forecast.errors import InputError

GERMAN = Intake(
    files=("c.csv",),
    date_column="Datum",
    time_column="Zeit",
    date_format="%d.%m.%Y",
    columns={"offered": "Anrufe", "handle_s": "AHT"},
)


def read(folder: Path, intake: Intake, interval_min: int = 30) -> tuple[pd.DataFrame, pd.DataFrame]:
    return read_calls(folder, intake, zone=None, interval_min=interval_min, queues=())


def german(folder: Path, calls: list[str], handle: str = "240") -> None:
    rows = [f"05.01.2026;{8 + i // 2:02d}:{i % 2 * 30:02d};{n};{handle}" for i, n in enumerate(calls)]
    (folder / "c.csv").write_text("Datum;Zeit;Anrufe;AHT\n" + "\n".join(rows) + "\n", encoding="utf-8")


def plain(folder: Path, offered: list[str], handle: list[str]) -> Intake:
    times = pd.date_range("2026-01-05 08:00", periods=len(offered), freq="30min").strftime("%Y-%m-%dT%H:%M")
    rows = [f"{t};{n};{h}" for t, n, h in zip(times, offered, handle, strict=True)]
    (folder / "c.csv").write_text("start;offered;handle_s\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return Intake(files=("c.csv",))


@pytest.mark.parametrize(
    ("cells", "calls"),
    [
        (["766", "925", "1.143"], [766, 925, 1143]),
        (["766", "1'143", "12\u2019345"], [766, 1143, 12345]),
        (["766", "1\u202f143", "1\u00a0143"], [766, 1143, 1143]),
        (["1.143.000", "1.143", "7"], [1143000, 1143, 7]),
        (["766", "1,143"], [766, 1143]),
    ],
)
def test_marks_of_thousands_are_read_where_the_column_proves_them(
    tmp_path: Path, cells: list[str], calls: list[int]
) -> None:
    german(tmp_path, cells)
    assert read(tmp_path, GERMAN)[0]["offered"].tolist() == calls


def test_the_reading_of_a_mark_is_told(tmp_path: Path) -> None:
    german(tmp_path, ["766", "925", "1.143"])
    assert read(tmp_path, GERMAN)[1]["kind"].tolist() == ["numbers"]


@pytest.mark.parametrize(
    "cells",
    [["1143", "1.143"], ["1.143", "2.034"], ["766", "1.1"], ["766", "0.143"], ["12.5", "11.06"], ["1143", "1,143"]],
)
def test_parts_of_calls_are_doubted(tmp_path: Path, cells: list[str]) -> None:
    german(tmp_path, cells)
    with pytest.raises(InputError, match=r'column Anrufe: .*(?:thousands = "|trust = \["offered"\])'):
        read(tmp_path, GERMAN)


def test_a_planner_says_what_a_mark_is(tmp_path: Path) -> None:
    intake = plain(tmp_path, ["1.143", "2.034"], ["240", "240"])
    known = {"files": intake.files}
    assert read(tmp_path, Intake(**known, thousands="."))[0]["offered"].tolist() == [1143, 2034]
    trusted = Intake(**known, decimal=".", trust=("offered",))
    assert read(tmp_path, trusted)[0]["offered"].tolist() == [1.143, 2.034]
    with pytest.raises(InputError, match="same mark"):
        Intake(decimal=".", thousands=".")


@pytest.mark.parametrize(
    ("cells", "seconds"),
    [
        (["843", "912", "2.074"], [843, 912, 2074]),
        (["180.5", "175.125", "200"], [180.5, 175.125, 200]),
        (["180.250", "201.333", "190.100"], [180.25, 201.333, 190.1]),
        (["180,250", "201,333", "190,100"], [180.25, 201.333, 190.1]),
        (["843", "912", "2,074"], [843, 912, 2074]),
    ],
)
def test_marks_of_handle_times_follow_from_what_is_believable(
    tmp_path: Path, cells: list[str], seconds: list[float]
) -> None:
    intake = plain(tmp_path, ["10"] * len(cells), cells)
    assert read(tmp_path, intake)[0]["handle_s"].tolist() == seconds


def test_a_decimal_comma_after_a_zero_is_no_mark_of_thousands(tmp_path: Path) -> None:
    """0,250 is a quarter, not 250."""
    intake = plain(tmp_path, ["10", "11"], ["0,250", "0,300"])
    with pytest.raises(InputError, match="column handle_s"):
        read(tmp_path, intake)


def hours(folder: Path, numbers: range, days: int = 2) -> Intake:
    rows = [f"2026-01-{5 + d:02d},{h},{20 + h}" for d in range(days) for h in numbers]
    (folder / "c.csv").write_text("Date,Hour,Calls\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return Intake(files=("c.csv",), date_column="Date", time_column="Hour", columns={"offered": "Calls"})


@pytest.mark.parametrize(
    ("numbers", "first", "step"),
    [(range(8, 18), "08:00", 60), (range(24), "00:00", 60), (range(1, 25), "00:00", 60), (range(48), "00:00", 30),
     (range(1, 49), "00:00", 30), (range(1, 97), "00:00", 15)],
)  # fmt: skip
def test_an_hour_column_never_becomes_minutes(tmp_path: Path, numbers: range, first: str, step: int) -> None:
    calls, _ = read(tmp_path, hours(tmp_path, numbers), 60)
    starts = calls["start"]
    assert f"{starts.iloc[0]:%H:%M}" == first
    assert (starts.diff().iloc[1 : len(numbers)] == pd.Timedelta(minutes=step)).all()
    assert calls["offered"].iloc[0] == 20 + numbers[0]


@pytest.mark.parametrize("numbers", [range(17, 37), range(0, 25), range(0, 46, 15), range(1, 48)])
def test_numbers_that_may_count_several_things_are_asked(tmp_path: Path, numbers: range) -> None:
    intake = hours(tmp_path, numbers, days=1)
    with pytest.raises(InputError, match=r"column Hour: .*time_is = one of"):
        read(tmp_path, intake, 60)
    assert any(doubt.startswith("time_is") for doubt in guess(tmp_path / "c.csv").doubts)


def test_a_planner_says_what_the_numbers_count(tmp_path: Path) -> None:
    intake = hours(tmp_path, range(17, 37), days=1)
    fields = {"files": intake.files, "date_column": "Date", "time_column": "Hour", "columns": {"offered": "Calls"}}
    for word, first in (("half_hour", "08:30"), ("half_hour_ending", "08:00")):
        starts = read(tmp_path, Intake(**fields, time_is=word))[0]["start"]
        assert f"{starts.iloc[0]:%H:%M}" == first
    with pytest.raises(InputError, match="not a part of the day"):
        read(tmp_path, Intake(**fields, time_is="hour"))


def test_a_bare_number_among_clock_times_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("Date,Time,Calls\n2026-01-05,8,5\n2026-01-05,8:30,6\n", encoding="utf-8")
    with pytest.raises(InputError, match="row 2, column Time: not a time of day"):
        read(tmp_path, Intake(files=("c.csv",), date_column="Date", time_column="Time", columns={"offered": "Calls"}))


def test_a_date_with_another_time_beside_a_time_column_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("Date,Time,Calls\n2026-01-05 08:00,09:00,5\n", encoding="utf-8")
    with pytest.raises(InputError, match="another time than the column 'Time'"):
        read(tmp_path, Intake(files=("c.csv",), date_column="Date", time_column="Time", columns={"offered": "Calls"}))


@pytest.mark.parametrize("cell", ["0800", "2026", "2026-01"])
def test_a_time_of_day_is_not_taken_for_a_year(tmp_path: Path, cell: str) -> None:
    (tmp_path / "c.csv").write_text(f"start,offered\n{cell},5\n", encoding="utf-8")
    with pytest.raises(InputError, match="not an ISO 8601 time"):
        read(tmp_path, Intake(files=("c.csv",)))


def swapped_workbook(path: Path, days: int, sheets: tuple[str, ...] = ("Data",)) -> Intake:
    """Days of January as a spreadsheet of another country reads them: the 5th becomes 1 May, the 13th stays text."""
    book = Workbook(str(path), {"default_date_format": "dd/mm/yyyy"})
    for name in sheets:
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["Date", "Time", "Calls"])
        for i in range(days):
            day = i + 5
            if day <= 12:
                sheet.write_datetime(i + 1, 0, dt.datetime(2026, day, 1))
            else:
                sheet.write_string(i + 1, 0, f"{day:02d}/01/2026")
            sheet.write_row(i + 1, 1, ["08:00", 10])
    book.close()
    return Intake(
        files=(path.name,), date_format="%d/%m/%Y", date_column="Date", time_column="Time", columns={"offered": "Calls"}
    )


@pytest.mark.parametrize("days", [14, 8])
def test_days_and_months_that_a_spreadsheet_swapped_are_doubted(tmp_path: Path, days: int) -> None:
    """Beside text of later days, and where all days are early in the month."""
    intake = swapped_workbook(tmp_path / "c.xlsx", days)
    with pytest.raises(InputError, match=r"row 2, column Date: day and month seem to be swapped.*trust"):
        read(tmp_path, intake)


def test_other_sheets_of_a_workbook_are_named(tmp_path: Path) -> None:
    intake = swapped_workbook(tmp_path / "c.xlsx", 1, ("January", "February", "March"))
    found = read(tmp_path, intake)[1]
    assert found["kind"].tolist() == ["sheets"]
    assert "February, March" in found["what"].iloc[0]
    assert "February, March" in str(guess(tmp_path / "c.xlsx"))


def test_the_whole_file_decides_between_day_and_month(tmp_path: Path) -> None:
    """The first rows, of very many queues, hold early days of the month only; one date alone fits both alike."""
    rows = [f"{day:02d}/06/2026 08:00,q{q},5" for day in range(1, 16) for q in range(600)]
    (tmp_path / "c.csv").write_text("Start,Queue,Calls\n" + "\n".join(rows) + "\n", encoding="utf-8")
    found = guess(tmp_path / "c.csv")
    assert found.intake.date_format == "%d/%m/%Y %H:%M"
    assert not any(d.startswith("date_format") for d in found.doubts)
    (tmp_path / "c.csv").write_text("Start,Calls\n05/06/2026 08:00,5\n05/06/2026 08:30,5\n", encoding="utf-8")
    lone = guess(tmp_path / "c.csv")
    assert lone.intake.date_format is None
    assert any("alike" in d for d in lone.doubts)


def shaped(folder: Path, columns: tuple[str, str], *, rate: float = 30.0, queue: str = "") -> Intake:
    """Ten days whose calls follow the time of day and whose handle times do not, under any two names."""
    rng = np.random.default_rng(1)
    starts = pd.date_range("2026-01-05 08:00", periods=480, freq="30min")
    starts = starts[(starts.hour >= 8) & (starts.hour < 18)]
    calls = rng.poisson(rate * (1 + 0.7 * np.sin((starts.hour - 8) / 10 * np.pi)))
    frame = pd.DataFrame({"start": starts, columns[0]: calls, columns[1]: rng.normal(240, 12, len(starts)).round()})
    if queue:
        frame["queue"] = queue
    frame.to_csv(folder / "c.csv", index=False)
    return Intake(files=("c.csv",))


@pytest.mark.parametrize("rate", [15.0, 45.0])
def test_calls_and_handle_times_in_each_others_columns_are_doubted(tmp_path: Path, rate: float) -> None:
    assert len(read(tmp_path, shaped(tmp_path, ("offered", "handle_s"), rate=rate))[0])
    intake = shaped(tmp_path, ("handle_s", "offered"), rate=rate)
    with pytest.raises(InputError, match=r"column handle_s.*trust = \[\"handle_s\"\]"):
        read(tmp_path, intake)
    assert len(read(tmp_path, Intake(files=intake.files, trust=("handle_s",)))[0])


def test_calls_that_never_vary_beside_handle_times_that_do_are_doubted(tmp_path: Path) -> None:
    """The same number of calls in every interval of ten days is no chance: such a column holds a usual handle time."""
    shaped(tmp_path, ("handle_s", "offered"), rate=45.0)
    frame = pd.read_csv(tmp_path / "c.csv").assign(offered=240)
    frame["handle_s"] = np.random.default_rng(2).permutation(frame["handle_s"])
    frame.to_csv(tmp_path / "c.csv", index=False)
    with pytest.raises(InputError, match=r"column handle_s.*seem to be swapped"):
        read(tmp_path, Intake(files=("c.csv",)))


@pytest.mark.parametrize(("handle", "words"), [("3.5", "minutes|min"), ("20", "under 30 s"), ("9000", "1 h|over 2 h")])
def test_handle_times_that_are_hard_to_believe_are_doubted(tmp_path: Path, handle: str, words: str) -> None:
    intake = plain(tmp_path, ["10"] * 4, [handle] * 4)
    with pytest.raises(InputError, match=words):
        read(tmp_path, intake)
    assert read(tmp_path, Intake(files=intake.files, trust=("handle_s",)))[0]["handle_s"].iloc[0] == float(handle)


def test_each_queue_is_doubted_by_itself(tmp_path: Path) -> None:
    """A queue in minutes beside a large one in seconds; single odd intervals are no reason."""
    rows = [
        f"2026-01-05T{8 + i:02d}:00,{q},{n},{h}" for i in range(8) for q, n, h in (("big", 200, 240), ("s", 5, 3.5))
    ]
    (tmp_path / "c.csv").write_text("start,queue,offered,handle_s\n" + "\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="queue 's' would be under 30 s"):
        read(tmp_path, Intake(files=("c.csv",)), 60)
    intake = plain(tmp_path, ["10", "1", "10"], ["240", "4", "250"])
    assert len(read(tmp_path, intake)[0]) == 3


def test_deferred_work_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, shaped(tmp_path, ("offered", "handle_s"), queue="E-Mail Support"))[1]
    assert "deferred" in found["kind"].tolist()
