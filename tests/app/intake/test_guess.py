"""Guessed layouts: each must read back what a planner would have mapped by hand."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pandas as pd
import pytest
from pydantic import TypeAdapter
from xlsxwriter import Workbook

from busyhour.app.intake.guess import guess
from busyhour.app.intake.mapping import Intake
from busyhour.app.intake.read import read_calls
from busyhour.app.intake.toml import to_toml


def confirmed(intake: Intake) -> Intake:
    """What the config holds after the guess was written into it."""
    return TypeAdapter(Intake).validate_python(tomllib.loads(to_toml(intake))["intake"])


def half_hours(form: str, n: int = 40) -> list[str]:
    return [t.strftime(form) for t in pd.date_range("2026-06-11 08:00", periods=n, freq="30min")]


def test_a_german_export_is_understood_and_reads_back(tmp_path: Path) -> None:
    rows = "".join(
        f"{t};{d};{10 + i};{9 + i};{180 + i % 3},5\r\n"
        for i, (d, t) in enumerate(zip(half_hours("%H:%M"), half_hours("%d.%m.%Y"), strict=True))
    )
    (tmp_path / "export.csv").write_text(
        "Datum;Uhrzeit;Angeboten;Angenommen;Bearbeitungszeit\r\n" + rows, encoding="cp1252", newline=""
    )
    found = guess(tmp_path / "export.csv")
    assert found.intake.separator == ";"
    assert found.intake.decimal == ","
    assert (found.intake.date_column, found.intake.time_column, found.intake.date_format) == (
        "Datum",
        "Uhrzeit",
        "%d.%m.%Y",
    )
    calls, _ = read_calls(tmp_path, confirmed(found.intake), zone="Europe/Berlin", interval_min=30, queues=("desk",))
    assert calls["offered"].tolist() == [10 + i for i in range(40)]
    assert calls["handle_s"].iloc[1] == 181.5
    assert any("zone" in d for d in found.doubts)


def test_a_known_system_is_recognised_by_its_columns(tmp_path: Path) -> None:
    head = "row_date,starttime,intrvl,acd,split,callsoffered,acdcalls,abncalls,acdtime,holdtime,acwtime\n"
    (tmp_path / "cms.csv").write_text(head + "2026-06-01,930,30,1,41,20,16,4,1600,160,320\n", encoding="utf-8-sig")
    found = guess(tmp_path / "cms.csv")
    assert found.intake.preset == "avaya_cms"
    assert "avaya_cms" in str(found)
    calls, _ = read_calls(tmp_path, confirmed(found.intake), zone="Europe/Berlin", interval_min=30, queues=())
    assert calls["handle_s"].tolist() == [130]


@pytest.mark.parametrize(
    ("heading", "values", "unit", "total"),
    [
        ("Average Handle Time (ms)", [180000, 175000, 190000], "ms", False),
        ("AHT", [182500, 175000, 191000], "ms", False),
        ("AHT", [3.1, 2.9, 3.0], "min", False),
        ("AHT", ["0:03:01", "0:02:59", "0:03:10"], "hms", False),
        ("Handle Time", [1800, 3600, 7200], "s", True),
        ("Total Handle Time", [1800, 3600, 7200], "s", True),
        ("AHT", [181, 175, 190], "s", False),
    ],
)
def test_units_are_told_from_names_and_values(
    tmp_path: Path, heading: str, values: list[object], unit: str, total: bool
) -> None:
    rows = "".join(
        f"{t},{n},{v}\n" for t, n, v in zip(half_hours("%Y-%m-%d %H:%M", 3), (10, 20, 40), values, strict=True)
    )
    (tmp_path / "c.csv").write_text(f"Start,Calls,{heading}\n{rows}", encoding="utf-8")
    found = guess(tmp_path / "c.csv").intake
    assert found.units == ({} if unit == "s" else {"handle_s": unit})
    assert found.totals == (("handle_s",) if total else ())
    calls, _ = read_calls(tmp_path, confirmed(found), zone=None, interval_min=30, queues=())
    assert calls["handle_s"].between(170, 195).all()


@pytest.mark.parametrize(
    ("form", "days", "doubtful"),
    [
        ("%d/%m/%Y %H:%M", ("2026-06-11", "2026-06-25"), False),
        ("%m/%d/%Y %I:%M %p", ("2026-06-11", "2026-06-25"), False),
        ("%d/%m/%Y %H:%M", ("2026-06-01", "2026-06-05"), True),
    ],
)
def test_day_and_month_are_told_apart_or_doubted(
    tmp_path: Path, form: str, days: tuple[str, str], doubtful: bool
) -> None:
    stamps = pd.date_range(*days, freq="12h").strftime(form)
    (tmp_path / "c.csv").write_text("Start,Calls\n" + "".join(f"{t},5\n" for t in stamps), encoding="utf-8")
    found = guess(tmp_path / "c.csv")
    assert found.intake.date_format == form, "days that lie close together win"
    assert any(d.startswith("date_format") for d in found.doubts) == doubtful


def test_epochs_and_utf_16_are_recognised(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("Timestamp\tOffered\n1780320600\t5\n1780322400\t6\n", encoding="utf-16")
    found = guess(tmp_path / "c.csv").intake
    assert (found.encoding, found.separator, found.date_format) == ("utf-16", "\t", "epoch_s")
    assert len(read_calls(tmp_path, confirmed(found), zone="UTC", interval_min=30, queues=())[0]) == 2


def test_a_title_above_the_header_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("Interval report\n\nStart,Calls,AHT\n2026-06-01 08:00,5,180\n", encoding="utf-8")
    found = guess(tmp_path / "c.csv").intake
    assert found.header_row == 3
    assert read_calls(tmp_path, confirmed(found), zone=None, interval_min=30, queues=())[0]["offered"].tolist() == [5]


def test_a_workbook_is_guessed_too(tmp_path: Path) -> None:
    book = Workbook(str(tmp_path / "c.xlsx"), {"default_date_format": "dd.mm.yyyy hh:mm"})
    sheet = book.add_worksheet("June")
    sheet.write_row(0, 0, ["Report of June"])
    sheet.write_row(2, 0, ["Start", "Queue", "Offered", "AHT"])
    for i, t in enumerate(pd.date_range("2026-06-01 08:00", periods=3, freq="30min")):
        sheet.write_datetime(3 + i, 0, t.to_pydatetime())
        sheet.write_row(3 + i, 1, ["desk", 10 + i, 180.5])
    book.close()
    found = guess(tmp_path / "c.xlsx").intake
    assert found.header_row == 3
    calls, _ = read_calls(tmp_path, confirmed(found), zone="Europe/Berlin", interval_min=30, queues=("desk",))
    assert calls["offered"].tolist() == [10, 11, 12]
    assert calls["start"].iloc[1] == pd.Timestamp("2026-06-01 08:30", tz="Europe/Berlin")


def test_what_is_not_recognised_is_said(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("when,how many\n2026-06-01 08:00,5\n", encoding="utf-8")
    found = guess(tmp_path / "c.csv")
    assert found.intake.columns == {}
    assert [d.split("'")[1] for d in found.doubts[:2]] == ["start", "offered"]


def test_every_key_survives_the_config() -> None:
    intake = Intake(
        preset="nice_iex",
        files=("a b.csv", "c*.csv"),
        sheet="Tabelle 1",
        encoding="cp1252",
        separator="\t",
        decimal=",",
        header=False,
        header_row=4,
        columns={"offered": 'x "y" + z', "start": "Süd\\Nord"},
        date_format="%d.%m.%Y",
        zone="UTC",
        interval_min=15,
        units={"default": "ms"},
        totals=("handle_s", "wait_s"),
        queue_names={"Süd 1": "a", "2": "b"},
        parts=("Media Type",),
        filter={"Media Type": "!chat"},
    )
    assert confirmed(intake) == intake
