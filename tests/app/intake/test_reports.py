"""Reports as they come: totals, footers, titles, error cells, odd clocks and durations are read, and told."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from xlsxwriter import Workbook

from busyhour.app.intake.guess import guess
from busyhour.app.intake.mapping import Intake
from busyhour.app.intake.read import calls_files, read_calls
from busyhour.forecast.errors import InputError

DAYS, SLOTS = pd.bdate_range("2026-01-05", periods=12), ("08:00", "08:30", "09:00", "13:30")
TIMES = [day + pd.Timedelta(f"{slot}:00") for day in DAYS for slot in SLOTS]
OFFERED = [10 + k % 17 for k in range(len(TIMES))]
TOTAL = sum(OFFERED)


def written(folder: Path, header: str, rows: list[str], foot: str = "", *, top: str = "") -> Path:
    (folder / "c.csv").write_text(top + "\n".join([header, *rows]) + "\n" + foot, encoding="utf-8")
    return folder / "c.csv"


def guessed(path: Path, zone: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    return read_calls(path.parent, guess(path).intake, zone=zone, interval_min=30, queues=())


def as_made(calls: pd.DataFrame) -> None:
    assert calls["start"].tolist() == TIMES
    assert calls["offered"].tolist() == OFFERED


def serial(time: pd.Timestamp) -> float:
    return (time - pd.Timestamp("1899-12-30")) / pd.Timedelta(days=1)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Start,Calls", lambda t, n: f"{serial(t):.9f},{n}"),
        ("Start;Calls", lambda t, n: f"{serial(t):.9f};{n}".replace(".", ",")),
        ("Date,Time,Calls", lambda t, n: f"{t:%Y-%m-%d},{(t.hour * 60 + t.minute) / 1440:.6f},{n}"),
        ("Start,Calls", lambda t, n: f'"{t.month}/{t.day}/{t:%Y, %I:%M:%S %p}",{n}'),
        ("Start,Calls", lambda t, n: f"{t:%m/%d/%Y %I:%M}\u202f{t:%p},{n}"),
        ("Fecha y hora;Llamadas", lambda t, n: f"{t:%d/%m/%Y %I:%M:%S} {'ap'[t.hour >= 12]}. m.;{n}"),
        ("Fecha;Hora;Llamadas", lambda t, n: f"{t:%d/%m/%Y};{t:%I:%M:%S} {'ap'[t.hour >= 12]}. m.;{n}"),
        ("Start,Offered", lambda t, n: f"{t:%Y-%m-%d %I:%M %p},{n}"),
        ("StartDate,StartTime,ContactsQueued", lambda t, n: f"{t:%Y-%m-%d},{t:%H:%M:%S},{n}"),
        ("Interval,Calls", lambda t, n: f"{t:%m/%d/%Y %H:%M} - {t + pd.Timedelta(minutes=30):%H:%M},{n}"),
        ("ds;y", lambda t, n: f"{t:%Y-%m-%d %H:%M};{n}"),
        ("Date;Heure;Appels", lambda t, n: f"{t:%d/%m/%Y};{t:%Hh%M};{n}"),
    ],
)
def test_clocks_and_dates_of_all_kinds(tmp_path: Path, header: str, row) -> None:  # type: ignore[no-untyped-def]
    as_made(guessed(written(tmp_path, header, [row(t, n) for t, n in zip(TIMES, OFFERED, strict=True)]))[0])


def test_spans_in_iso_are_their_beginnings(tmp_path: Path) -> None:
    rows = [f"{t:%Y-%m-%dT%H:%M}:00.000Z/{t:%Y-%m-%dT%H:59}:00.000Z,{n}" for t, n in zip(TIMES, OFFERED, strict=True)]
    calls, _ = guessed(written(tmp_path, "Interval,Offered", rows), zone="UTC")
    assert calls["start"].dt.tz_localize(None).tolist() == TIMES


@pytest.mark.parametrize("first", ["2026-01-05T08:00Z", "1767600000"])
def test_stamps_in_utc_need_a_zone(tmp_path: Path, first: str) -> None:
    later = "2026-01-05T08:30Z" if first.endswith("Z") else "1767601800"
    path = written(tmp_path, "start,offered", [f"{first},3", f"{later},4"])
    found = guess(path)
    assert found.utc
    with pytest.raises(InputError, match=r"the stamps are UTC, and the site has no zone.*Set zone"):
        read_calls(tmp_path, found.intake, zone=None, interval_min=30, queues=())


def test_an_hour_that_ends_is_known_by_its_name(tmp_path: Path) -> None:
    rows = [f"2026-01-{day:02d},{hour},5" for day in (5, 6) for hour in range(9, 19)]
    calls, _ = read_calls(
        tmp_path, guess(written(tmp_path, "Date,Hour Ending,Calls", rows)).intake, zone=None, interval_min=60, queues=()
    )
    assert (calls["start"].dt.hour.min(), calls["start"].dt.hour.max()) == (8, 17)


def test_a_date_on_the_first_row_of_a_day_alone(tmp_path: Path) -> None:
    rows = [f"{t:%m/%d/%Y},{t:%H:%M},{n}" if f"{t:%H:%M}" == SLOTS[0] else f",{t:%H:%M},{n}"
            for t, n in zip(TIMES, OFFERED, strict=True)]  # fmt: skip
    calls, notes = guessed(written(tmp_path, "Date,Time,Calls", rows))
    as_made(calls)
    assert "filled down" in set(notes["action"])
    rows[1] = f"{TIMES[1]:%m/%d/%Y},{SLOTS[1]},1"  # dates on some rows only are no blocks
    with pytest.raises(InputError, match="row 4, column Date: blank"):
        guessed(written(tmp_path, "Date,Time,Calls", rows))


def test_totals_titles_and_footers_are_left_out_and_listed(tmp_path: Path) -> None:
    rows = []
    for t, n in zip(TIMES, OFFERED, strict=True):
        rows.append(f"{t:%m/%d/%Y},{t:%H:%M},Support,{n}")
        if f"{t:%H:%M}" == SLOTS[-1]:
            rows.append(f"{t:%m/%d/%Y},Total,Support,400")
    foot = f"Grand Total,,,{TOTAL}\n,,,{TOTAL}\nReport generated 03/02/2026 06:00 AM\n"
    calls, notes = guessed(written(tmp_path, "Date,Interval,Queue,Offered", rows, foot, top="Calls\nJanuary 2026\n\n"))
    as_made(calls)
    (what,) = notes.loc[notes["kind"] == "rows", "what"]
    assert "15 rows of totals, headers or footers (9, 14, 19" in what


def test_a_queue_that_is_the_total_of_the_others_is_left_out(tmp_path: Path) -> None:
    rows = [f"{t:%Y-%m-%d %H:%M},{q},{n}" for t, n in zip(TIMES, OFFERED, strict=True) for q in ("A", "B", "Total")]
    calls, _ = guessed(written(tmp_path, "Start,Queue,Calls", rows))
    assert calls.groupby("queue")["offered"].sum().to_dict() == {"A": TOTAL, "B": TOTAL}
    alone = [f"{t:%Y-%m-%d %H:%M},Total,{n}" for t, n in zip(TIMES, OFFERED, strict=True)]
    assert guessed(written(tmp_path, "Start,Queue,Calls", alone))[0]["offered"].sum() == TOTAL


def test_a_row_without_a_date_amid_the_others_is_an_error(tmp_path: Path) -> None:
    rows = [f"{t:%Y-%m-%d %H:%M},{n}" for t, n in zip(TIMES, OFFERED, strict=True)]
    with pytest.raises(InputError, match="row 4, column Start: blank"):
        guessed(written(tmp_path, "Start,Calls", [*rows[:2], ",12", *rows[2:]]))


def test_errors_of_spreadsheets_are_unknown_and_counted(tmp_path: Path) -> None:
    rows = [f"{t:%Y-%m-%d %H:%M},{'#N/A' if k == 3 else n},{'#DIV/0!' if k % 5 == 0 else 200 + k}"
            for k, (t, n) in enumerate(zip(TIMES, OFFERED, strict=True))]  # fmt: skip
    calls, notes = guessed(written(tmp_path, "Start,Offered,AHT", rows))
    assert calls["offered"].isna().sum() == 1
    assert calls["handle_s"].isna().sum() == 10
    assert any("column AHT: 10 cells hold #DIV/0!" in what for what in notes["what"])


def test_own_marks_of_unknown_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, "start,offered", ["2026-01-05 08:00,ausgefallen", "2026-01-05 08:30,3"])
    with pytest.raises(InputError, match="missing_marks"):
        guessed(path)
    own = Intake(files=("c.csv",), missing_marks=("Ausgefallen",))
    assert read_calls(tmp_path, own, zone=None, interval_min=30, queues=())[0]["offered"].isna().tolist() == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("cell", "unit"), [("3m 31s", "hms"), ("3 min 31 s", "hms"), ("0 days 00:03:31", "hms"), ("0.00244213", "d")]
)
def test_durations_in_words_and_in_days(tmp_path: Path, cell: str, unit: str) -> None:
    path = written(
        tmp_path, "Start,Calls,AHT", [f"{t:%Y-%m-%d %H:%M},{n},{cell}" for t, n in zip(TIMES, OFFERED, strict=True)]
    )
    assert guess(path).intake.units == {"handle_s": unit}
    assert guessed(path)[0]["handle_s"].tolist() == pytest.approx([211.0] * len(TIMES), abs=0.01)


@pytest.mark.parametrize(
    ("top", "header", "end"), [("", "Date;Time;Offered", ";"), ("sep=;\n", "Date;Time;Offered", "")]
)
def test_separators_at_the_ends_and_said(tmp_path: Path, top: str, header: str, end: str) -> None:
    rows = [f"{t:%d.%m.%Y};{t:%H:%M};{n}{end}" for t, n in zip(TIMES, OFFERED, strict=True)]
    as_made(guessed(written(tmp_path, header, rows, top=top))[0])
    plain = [f"{t:%Y-%m-%dT%H:%M};{n}{end}" for t, n in zip(TIMES, OFFERED, strict=True)]
    written(tmp_path, "start;offered", plain, top=top)
    as_made(read_calls(tmp_path, Intake(files=("c.csv",)), zone=None, interval_min=30, queues=())[0])


VENDORS = {
    "avaya": ("Date,Interval,ACD Calls,Calls Handled,Calls Aband,% Answered,Avg Talk Time,Avg Speed Ans",
              "03/16/2026,09:00-09:30,42,40,2,95.2,240,17", "03/17/2026,09:30-10:00,51,47,4,92.2,255,25"),
    "five9": ("Date,Time,Calls Inbound,Calls Handled,Calls Abandoned,Avg Handle Time (sec)",
              "03/16/2026,9:00 AM,42,40,2,240", "03/17/2026,9:30 AM,51,47,4,255"),
    "incontact": ("StartDate,StartTime,ContactsQueued,ContactsHandled,ContactsAbandoned,PercentHandled,AvgHandleTime",
                  "2026-03-16,09:00:00,42,40,2,95.20%,00:04:00", "2026-03-17,09:30:00,51,47,4,92.20%,00:04:15"),
    "tableau": ("Date,Incoming Calls,Answered Calls,Answer Rate,Abandoned Calls,Talk Duration (AVG)",
                "2026-03-16 09:00,42,40,95.24%,2,0:04:00", "2026-03-17 09:30,51,47,92.16%,4,0:04:15"),
    "uccx": ("Interval Start Time,Interval End Time,CSQ ID,CSQ Name,Total Calls Presented,Total Calls Handled,"
             "Average Handle Time,Max Handle Time,Total Calls Abandoned",
             "03/16/26 09:00:00 AM,03/16/26 09:30:00 AM,7,Help,42,40,00:04:00,00:11:00,2",
             "03/17/26 09:30:00 AM,03/17/26 10:00:00 AM,7,Help,51,47,00:04:15,00:12:00,4"),
}  # fmt: skip


@pytest.mark.parametrize("vendor", VENDORS)
def test_headers_of_vendors(tmp_path: Path, vendor: str) -> None:
    header, *rows = VENDORS[vendor]
    calls, _ = guessed(written(tmp_path, header, rows))
    assert calls["start"].tolist() == [pd.Timestamp("2026-03-16 09:00"), pd.Timestamp("2026-03-17 09:30")]
    assert calls[["offered", "answered", "abandoned", "handle_s"]].to_numpy().tolist() == [
        [42, 40, 2, 240],
        [51, 47, 4, 255],
    ]


def test_names_that_stand_twice_are_not_believed(tmp_path: Path) -> None:
    rows = [f"{t:%Y-%m-%d %H:%M},{n},200,{n + 1},210" for t, n in zip(TIMES, OFFERED, strict=True)]
    found = guess(written(tmp_path, "Start,Calls,AHT,Calls,AHT", rows))
    assert "offered" not in found.intake.columns
    assert any("stand twice" in doubt for doubt in found.doubts)


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    with Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for k, row in enumerate(rows):
                sheet.write_row(k, 0, row)
    return path


def test_sheets_are_queues_where_their_times_are_the_same_and_months_where_not(tmp_path: Path) -> None:
    rows: list[list[object]] = [[f"{t:%Y-%m-%d %H:%M}", n] for t, n in zip(TIMES, OFFERED, strict=True)]
    head: list[object] = ["Start", "Calls"]
    queues = workbook(tmp_path / "q.xlsx", {"Sales": [head, *rows], "Support": [head, *rows]})
    assert guessed(queues)[0].groupby("queue")["offered"].sum().to_dict() == {"Sales": TOTAL, "Support": TOTAL}
    months = workbook(tmp_path / "m.xlsx", {"January": [head, *rows[:20]], "February": [head, *rows[20:]]})
    as_made(guessed(months)[0])
    cover = workbook(tmp_path / "c.xlsx", {"Info": [["About"], ["this"]], "Data": [head, *rows]})
    as_made(guessed(cover)[0])


def test_queues_named_by_their_files(tmp_path: Path) -> None:
    for name in ("sales", "support", "~$sales"):
        (tmp_path / f"{name}.csv").write_text("start,offered\n2026-01-05 08:00,5\n", encoding="utf-8")
    intake = Intake(files=("*.csv",), columns={"queue": "=file"})
    assert [path.name for path in calls_files(tmp_path, intake)] == ["sales.csv", "support.csv"]
    calls, _ = read_calls(tmp_path, intake, zone=None, interval_min=30, queues=())
    assert calls["queue"].tolist() == ["sales", "support"]
    added, _ = read_calls(tmp_path, Intake(files=("*.csv",), parts=("=file",)), zone=None, interval_min=30, queues=())
    assert added["offered"].tolist() == [10]
