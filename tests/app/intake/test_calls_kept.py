"""No call is lost, doubled or made up: zeros, repeated hours, copies in two files, totals and rows cut short."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from busyhour.app.export_plan import plan_of_export
from busyhour.app.intake.guess import guess
from busyhour.app.intake.mapping import Intake
from busyhour.app.intake.read import read_calls
from busyhour.forecast.errors import InputError

LOG = Intake(files=("*.csv",), one_row="call")
BERLIN = "Europe/Berlin"


def written(folder: Path, text: str, name: str = "c.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def read(
    folder: Path, intake: Intake, *, zone: str | None = None, queues: tuple[str, ...] = (), minutes: int = 30
) -> tuple[pd.DataFrame, pd.DataFrame]:
    return read_calls(folder, intake, zone=zone, interval_min=minutes, queues=queues)


def test_a_log_that_begins_and_ends_at_noon_has_no_zeros_beyond(tmp_path: Path) -> None:
    times = ["2026-01-05 12:10:01", "2026-01-05 17:40:00", "2026-01-06 08:05:02", "2026-01-06 17:31:00",
             "2026-01-07 08:10:00", "2026-01-07 12:20:00"]  # fmt: skip
    written(tmp_path, "start\n" + "\n".join(times) + "\n")
    starts = read(tmp_path, LOG)[0]["start"]
    assert (starts.min(), starts.max()) == (pd.Timestamp("2026-01-05 12:00"), pd.Timestamp("2026-01-07 12:00"))
    assert (starts.dt.day == 6).sum() == 20


@pytest.mark.parametrize("end", ["Sal", "Sales", "Support,2026-01-0", "Total Care,2026-01-0", "Total Ca", "Ende"])
def test_a_file_cut_short_in_a_text_is_refused(tmp_path: Path, end: str) -> None:
    rows = [f"{queue},2026-01-05 08:{m},7" for m in ("00", "30") for queue in ("Sales", "Support", "Total Care")]
    written(tmp_path, "queue,start,offered\n" + "\n".join(rows) + f"\n{end}")
    with pytest.raises(InputError, match="breaks off in its last row"):
        read(tmp_path, Intake(files=("c.csv",)))


@pytest.mark.parametrize("cut", ["05-Jan-20", "05 Jan 20"])
def test_a_file_cut_short_in_a_date_with_a_month_is_refused(tmp_path: Path, cut: str) -> None:
    form = "%d-%b-%Y" if "-" in cut else "%d %b %Y"
    rows = [f"{t:{form}},{t:%H:%M},7" for t in pd.date_range("2026-01-04", periods=50, freq="30min")]
    written(tmp_path, "date,time,offered\n" + "\n".join(rows) + "\n" + cut)
    with pytest.raises(InputError, match="breaks off in its last row"):
        read(tmp_path, Intake(files=("c.csv",), date_column="date", time_column="time", date_format=form))


@pytest.mark.parametrize("end", ["Total,,14", "Page 3 of 3", "Report generated 03/02/26", "Total"])
def test_the_text_below_a_table_is_no_row_cut_short(tmp_path: Path, end: str) -> None:
    rows = ["Sales,2026-01-05 08:00,7,200", "Sales,2026-01-05 08:30,7,200", "Page 2 of 3"]
    written(tmp_path, "queue,start,offered,handle_s\n" + "\n".join(rows) + f"\n{end}\n")
    assert read(tmp_path, Intake(files=("c.csv",)))[0]["offered"].tolist() == [7, 7]


def night(calls: list[str]) -> str:
    return "queue,start\n" + "".join(f"a,2026-10-25 {t}\n" for t in ["01:10:00", *calls, "03:20:00"])


def counted(calls: pd.DataFrame) -> list[tuple[str, int]]:
    return [(f"{t:%H:%M%z}", int(n)) for t, n in zip(calls["start"], calls["offered"], strict=True)]


@pytest.mark.parametrize("newest_first", [False, True])
def test_calls_of_a_repeated_hour_keep_their_passage(tmp_path: Path, newest_first: bool) -> None:
    head, *rows = night(["02:10:00", "02:10:00", "02:10:00", "02:40:00", "02:05:00", "02:10:00"]).splitlines()
    written(tmp_path, "\n".join([head, *(reversed(rows) if newest_first else rows)]) + "\n")
    calls, notes = read(tmp_path, LOG, zone=BERLIN)
    got = [pair for pair in counted(calls) if pair[1]]
    assert got == [("01:00+0200", 1), ("02:00+0200", 3), ("02:30+0200", 1), ("02:00+0100", 2), ("03:00+0100", 1)]
    assert "02:30+0100" not in dict(counted(calls)), "no zero is made up in the second passage"
    assert "clock" not in set(notes["kind"])


def test_calls_whose_passage_nothing_tells_are_shared_out_and_told(tmp_path: Path) -> None:
    written(tmp_path, night(["02:10:00", "02:11:00", "02:12:00", "02:13:00"]))
    calls, notes = read(tmp_path, LOG, zone=BERLIN)
    got = [pair for pair in counted(calls) if pair[1]]
    assert got == [("01:00+0200", 1), ("02:00+0200", 2), ("02:00+0100", 2), ("03:00+0100", 1)]
    (what,) = notes.loc[notes["kind"] == "clock", "what"]
    assert "4 calls in an hour that comes twice" in what


def test_each_queue_of_a_log_tells_its_own_passages(tmp_path: Path) -> None:
    one = night(["02:10:00", "02:50:00", "02:05:00"])
    written(tmp_path, one + one.split("\n", 1)[1].replace("a,", "b,"))
    calls, _ = read(tmp_path, LOG, zone=BERLIN)
    assert calls.loc[calls["start"] == pd.Timestamp("2026-10-25 02:00+01:00"), "offered"].tolist() == [1, 1]


def test_a_queue_that_the_planner_knows_is_no_total(tmp_path: Path) -> None:
    rows = [f"2026-01-05 08:{m},{q},5" for m in ("00", "30") for q in ("Care", "Total Care")]
    written(tmp_path, "start,queue,offered\n" + "\n".join(rows) + "\n")
    for intake in (
        Intake(files=("c.csv",)),
        Intake(files=("c.csv",), queue_names={"Care": "Care", "Total Care": "Total Care"}),
    ):
        calls, _ = read(tmp_path, intake, queues=("Care", "Total Care"))
        assert calls["queue"].tolist() == ["Care", "Care", "Total Care", "Total Care"]


def test_a_matrix_whose_first_column_is_the_queue_keeps_queues_with_total_in_their_name(tmp_path: Path) -> None:
    rows = [f"{q},2026-01-0{d},1,2,3" for d in (5, 6) for q in ("Total Care", "Sales")]
    path = written(tmp_path, "Queue,Date,08:00,08:30,09:00\n" + "\n".join([*rows, "Total,,4,8,12"]) + "\n")
    calls, _ = read(tmp_path, guess(path).intake)
    assert calls.groupby("queue")["offered"].sum().to_dict() == {"Sales": 12, "Total Care": 12}


def two_logs(folder: Path, one: pd.DatetimeIndex, other: pd.DatetimeIndex) -> tuple[int, pd.DataFrame]:
    for name, times in (("a", one), ("b", other)):
        written(folder, "start\n" + "\n".join(times.strftime("%Y-%m-%d %H:%M:%S")) + "\n", f"{name}.csv")
    calls, notes = read(folder, LOG)
    return int(calls["offered"].sum()), notes[notes["kind"] == "overlap"]


def test_calls_alike_by_chance_in_two_files_are_all_counted(tmp_path: Path) -> None:
    minutes = pd.date_range("2026-01-05 08:00", periods=600, freq="min")
    rng = np.random.default_rng(1)
    one, other = (minutes[np.sort(rng.choice(600, 300, replace=False))] for _ in range(2))
    total, notes = two_logs(tmp_path, one, other)
    assert total == 600
    assert notes["action"].tolist() == ["counted as other calls"]


def test_calls_of_a_time_that_two_files_cover_count_once(tmp_path: Path) -> None:
    times = pd.date_range("2026-01-05 08:00:07", periods=40, freq="97s")
    total, notes = two_logs(tmp_path, times[:30], times[10:])
    assert total == 40
    assert notes["what"].tolist() == ["20 calls are in another file, too, that covers the same time"]


def test_exports_that_grow_count_each_call_once(tmp_path: Path) -> None:
    times = pd.date_range("2026-01-05 08:00:07", periods=30, freq="97s").strftime("%Y-%m-%d %H:%M:%S")
    for k, name in enumerate("abc", start=1):
        written(tmp_path, "start\n" + "\n".join(times[: 10 * k]) + "\n", f"{name}.csv")
    assert read(tmp_path, LOG)[0]["offered"].sum() == 30


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [("AHT (h)", "0.03", "h"), ("Handle time (hours)", "0.05", "h"), ("AHT", "0.1", "h"), ("AHT", "0.0028", "d"),
     ("AHT", "0.03", None)],
)  # fmt: skip
def test_hours_are_no_days(tmp_path: Path, name: str, value: str, unit: str | None) -> None:
    rows = [f"2026-01-05 {h:02d}:00,{10 + h % 3},{value}" for h in range(8, 18)]
    found = guess(written(tmp_path, f"Start,Calls,{name}\n" + "\n".join(rows) + "\n"))
    assert found.intake.units == ({} if unit is None else {"handle_s": unit})
    assert any(doubt.startswith("units") for doubt in found.doubts) == (unit is None)


def test_offsets_of_zero_in_summer_and_winter_are_utc(tmp_path: Path) -> None:
    rows = [f"2026-{m:02d}-0{d}T{h:02d}:00+00:00,20,200" for m in (1, 6) for d in range(1, 8) for h in range(7, 16)]
    path = written(tmp_path, "Start,Calls,AHT\n" + "\n".join(rows) + "\n")
    found = guess(path)
    assert found.utc
    plan = plan_of_export(path, found)
    assert plan.first.startswith("write zone in [site]")
    assert "\n[opening]" not in plan.text
    with pytest.raises(InputError, match="the stamps are UTC, and the site has no zone"):
        read(tmp_path, found.intake)


def test_a_ready_layout_in_utc_asks_for_the_zone_alone(tmp_path: Path) -> None:
    head = "Interval Start UTC Date,Queue,Media Type,Skill Set,Language,Offered,Interactions Handled,Total Handle Time"
    rows = [f"2026-06-0{d}T09:{m}:00Z,Desk,Voice,a,English,10,8,800" for d in range(1, 6) for m in ("00", "30")]
    found = guess(written(tmp_path, head + "\n" + "\n".join(rows) + "\n"))
    assert (found.intake.preset, found.utc, found.doubts) == ("genesys_cloud_history", True, ())
    plan = plan_of_export(tmp_path / "c.csv", found)
    assert plan.first.startswith("write zone in [site]")
    assert not any(line.startswith("calls:") for line in plan.asked)


def test_one_queue_of_day_totals_beside_one_of_half_hours(tmp_path: Path) -> None:
    rows = [f"2026-01-0{d} {h:02d}:{m},a,5" for d in (5, 6) for h in range(8, 12) for m in ("00", "30")]
    written(tmp_path, "start,queue,offered\n" + "\n".join([*rows, "2026-01-05,b,100", "2026-01-06,b,101"]) + "\n")
    with pytest.raises(InputError, match=r"row 18, column start: totals of whole days show no time of day \(got 'b, "):
        read(tmp_path, Intake(files=("c.csv",)))
    written(tmp_path, "time,share\n09:00,1\n09:30,1\n", "shape.csv")
    calls, _ = read(tmp_path, Intake(files=("c.csv",), day_shape="shape.csv"))
    assert calls.loc[calls["queue"] == "a", "offered"].tolist() == [5] * 16
    b = calls[(calls["queue"] == "b") & (calls["offered"] > 0)]
    assert b["start"].dt.strftime("%d %H:%M").tolist() == ["05 09:00", "05 09:30", "06 09:00", "06 09:30"]


@pytest.mark.parametrize("last", [23, 24])
@pytest.mark.parametrize("name", ["Half hour", "Period", "Interval", "Quarter"])
def test_parts_of_a_day_that_ends_before_noon_are_no_hours(tmp_path: Path, name: str, last: int) -> None:
    rows = [f"2026-01-0{d},{k},5" for d in (5, 6) for k in range(16, last + 1)]
    written(tmp_path, f"Date,{name},Calls\n" + "\n".join(rows) + "\n")
    columns = {"offered": "Calls"}
    with pytest.raises(InputError, match=r"time_is = one of"):
        read(tmp_path, Intake(files=("c.csv",), date_column="Date", time_column=name, columns=columns))
    known = Intake(files=("c.csv",), date_column="Date", time_column=name, columns=columns, time_is="half_hour")
    assert read(tmp_path, known)[0]["start"].dt.hour.min() == 8


def test_parts_of_a_days_calls_never_exceed_them(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    days = pd.date_range("2026-01-05", periods=28)
    offered = rng.integers(5, 60, len(days))
    answered = offered - rng.integers(0, 5, len(days))
    rows = [f"{d:%Y-%m-%d},{o},{a},{o - a}" for d, o, a in zip(days, offered, answered, strict=True)]
    written(tmp_path, "start,offered,answered,abandoned\n" + "\n".join(rows) + "\n")
    shares = rng.random(48)
    written(tmp_path, "time,share\n" + "".join(f"{k // 2:02d}:{k % 2 * 30:02d},{s}\n" for k, s in enumerate(shares)),
            "shape.csv")  # fmt: skip
    calls, notes = read(tmp_path, Intake(files=("c.csv",), day_shape="shape.csv"))
    assert (calls["answered"] + calls["abandoned"] == calls["offered"]).all()
    assert (calls[["answered", "abandoned"]] >= 0).all().all()
    sums = calls.groupby(calls["start"].dt.date)[["offered", "answered"]].sum()
    assert sums.to_numpy().tolist() == np.column_stack([offered, answered]).tolist()
    assert "inconsistent" not in set(notes["kind"])


def test_the_day_on_which_the_clock_skips_an_hour_keeps_its_total(tmp_path: Path) -> None:
    written(tmp_path, "start,offered\n2026-03-28,48\n2026-03-29,48\n2026-03-30,48\n")
    written(
        tmp_path, "time,share\n" + "".join(f"{h:02d}:{m},1\n" for h in range(24) for m in ("00", "30")), "shape.csv"
    )
    calls, _ = read(tmp_path, Intake(files=("c.csv",), day_shape="shape.csv"), zone=BERLIN)
    assert calls.groupby(calls["start"].dt.date)["offered"].sum().tolist() == [48, 48, 48]
    assert (calls["start"].dt.day == 29).sum() == 46
    written(tmp_path, "time,share\n02:00,1\n", "shape.csv")
    with pytest.raises(InputError, match="row 3, column start: the clock skips the only times"):
        read(tmp_path, Intake(files=("c.csv",), day_shape="shape.csv"), zone=BERLIN)
