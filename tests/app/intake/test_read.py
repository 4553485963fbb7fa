"""Plain files, zones and clock changes, duplicates, numbers, units."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from busyhour.app.intake.mapping import Intake
from busyhour.app.intake.read import calls_files, read_calls
from busyhour.forecast import reading
from busyhour.forecast.errors import InputError


def write(folder: Path, text: str, name: str = "calls.csv", encoding: str = "utf-8") -> Path:
    (folder / name).write_text(text, encoding=encoding, newline="")
    return folder


def read(
    folder: Path,
    intake: Intake | None = None,
    *,
    zone: str | None = "Europe/Berlin",
    interval_min: int = 30,
    queues: tuple[str, ...] = ("calls",),
):  # type: ignore[no-untyped-def]
    return read_calls(folder, intake or Intake(), zone=zone, interval_min=interval_min, queues=queues)


def local_day(date: str, zone: str, minutes: int = 30) -> list[str]:
    """Naive wall-clock stamps of a local day, as a system that knows no offsets prints them."""
    day = pd.Timestamp(date, tz=zone)
    return [
        f"{t:%Y-%m-%d %H:%M}"
        for t in pd.date_range(day, day + pd.DateOffset(days=1), freq=f"{minutes}min", inclusive="left")
    ]


def test_a_plain_file_is_read_sorted_with_aware_starts_and_the_only_queue_named(tmp_path: Path) -> None:
    write(tmp_path, "time,calls\n2026-06-01 08:30,5\n2026-06-01 08:00,0\n2026-06-01 09:00,\n")
    calls, quality = read(tmp_path, queues=("desk",))
    assert calls["queue"].tolist() == ["desk"] * 3
    assert calls["start"].iloc[0] == pd.Timestamp("2026-06-01 08:00", tz="Europe/Berlin")
    assert calls["offered"].iloc[:2].tolist() == [0, 5], "zero stays zero"
    assert pd.isna(calls["offered"].iloc[2]), "blank stays unknown"
    assert len(calls) == 3, "closed intervals get no row"
    assert quality["kind"].tolist() == ["unknown"]


def test_without_a_site_zone_the_wall_clock_is_kept(tmp_path: Path) -> None:
    write(tmp_path, "start,offered\n2026-03-29T02:30,5\n2026-03-29T03:00+02:00,6\n")
    calls, _ = read(tmp_path, zone=None)
    assert calls["start"].tolist() == [pd.Timestamp("2026-03-29 02:30"), pd.Timestamp("2026-03-29 03:00")]


def test_the_long_autumn_day_has_fifty_half_hours_in_file_order(tmp_path: Path) -> None:
    day = local_day("2026-10-25", "Europe/Berlin")
    assert len(day) == 50
    write(tmp_path, "start,offered\n" + "".join(f"{t},{i}\n" for i, t in enumerate(day)))
    calls, quality = read(tmp_path)
    assert len(calls) == 50
    assert calls["offered"].tolist() == list(range(50)), "first and second passage in order"
    assert calls["start"].diff().dropna().eq(pd.Timedelta(minutes=30)).all()
    assert quality.empty


def test_an_export_with_the_newest_row_first_keeps_the_two_passages_apart(tmp_path: Path) -> None:
    day = local_day("2026-10-25", "Europe/Berlin")
    write(tmp_path, "start,offered\n" + "".join(f"{t},{i}\n" for i, t in reversed(list(enumerate(day)))))
    calls, _ = read(tmp_path)
    assert calls["offered"].tolist() == list(range(50))


def test_passages_are_told_apart_per_queue(tmp_path: Path) -> None:
    day = local_day("2026-10-25", "Europe/Berlin")
    write(tmp_path, "queue,start,offered\n" + "".join(f"{q},{t},{i}\n" for i, t in enumerate(day) for q in ("a", "b")))
    calls, _ = read(tmp_path, queues=("a", "b"))
    assert calls.groupby("queue")["offered"].apply(list).tolist() == [list(range(50))] * 2


def test_passages_follow_each_queues_own_order(tmp_path: Path) -> None:
    """Queue by queue, the second queue's history older: the file as a whole seems to run backwards."""
    day = local_day("2026-10-25", "Europe/Berlin")
    rows = [
        *(f"new,{t},{i}\n" for i, t in enumerate(day)),
        *(f"old,{t},1\n" for t in local_day("2025-10-26", "Europe/Berlin")),
    ]
    write(tmp_path, "queue,start,offered\n" + "".join(rows))
    calls, _ = read(tmp_path, queues=("new", "old"))
    assert calls.loc[calls["queue"] == "new", "offered"].tolist() == list(range(50))


def test_a_repeated_hour_with_one_row_is_told(tmp_path: Path) -> None:
    write(tmp_path, "start,offered\n2026-10-25 01:30,4\n2026-10-25 02:00,5\n2026-10-25 02:30,6\n2026-10-25 03:00,7\n")
    calls, quality = read(tmp_path)
    assert calls["start"].iloc[1] == pd.Timestamp("2026-10-25 00:00", tz="UTC")
    assert quality["kind"].tolist() == ["clock"]
    assert "2 intervals" in quality["what"].iloc[0]


def test_a_third_passage_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "start,offered\n" + "2026-10-25 02:00,5\n" * 3)
    with pytest.raises(
        InputError, match=r"calls.csv, row 4, column start: third row of an hour that comes twice \(rows 2, 3 too\)"
    ):
        read(tmp_path)


def test_a_time_that_the_clock_skips_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "start,offered\n2026-03-29 01:30,1\n2026-03-29 02:30,1\n")
    with pytest.raises(InputError, match=r"row 3, column start: time does not exist in Europe/Berlin") as error:
        read(tmp_path)
    assert "UTC" in str(error.value)


def test_an_export_in_utc_covers_both_change_days(tmp_path: Path) -> None:
    stamps = [
        f"{t:%Y-%m-%d %H:%M}"
        for d in ("2026-03-28 23:00", "2026-10-24 22:00")
        for t in pd.date_range(d, periods=46, freq="30min")
    ]
    write(tmp_path, "start,offered\n" + "".join(f"{t},1\n" for t in stamps))
    calls, _ = read(tmp_path, Intake(zone="UTC"))
    assert calls["start"].iloc[0] == pd.Timestamp("2026-03-29 00:00", tz="Europe/Berlin")
    assert (calls["start"].dt.date == pd.Timestamp("2026-03-29").date()).sum() == 46


def test_offsets_and_bare_stamps_may_be_mixed(tmp_path: Path) -> None:
    write(tmp_path, "start,offered\n2026-06-01T06:00Z,1\n2026-06-01T08:30,2\n2026-06-01T09:00+02:00,3\n")
    calls, _ = read(tmp_path)
    assert calls["offered"].tolist() == [1, 2, 3]
    assert calls["start"].dt.hour.tolist() == [8, 8, 9]


def test_a_duplicate_interval_names_both_rows(tmp_path: Path) -> None:
    write(tmp_path, "start,offered\n2026-06-01 08:00,1\n2026-06-01 08:30,1\n2026-06-01 08:00,2\n")
    with pytest.raises(
        InputError, match=r"calls.csv, row 4: duplicate interval: same queue and start as row 2"
    ) as error:
        read(tmp_path)
    assert error.value.row == 4


def test_files_are_merged_and_their_overlap_is_kept_once(tmp_path: Path) -> None:
    write(tmp_path, "start,offered\n2026-06-01 08:00,1\n2026-06-01 08:30,2\n", "may.csv")
    write(tmp_path, "start,offered\n2026-06-01 08:30,2\n2026-06-01 09:00,3\n", "more.csv")
    calls, quality = read(tmp_path, Intake(files=("m*.csv",)))
    assert calls["offered"].tolist() == [1, 2, 3]
    assert set(quality["kind"]) == {"merged", "overlap"}


def test_files_that_disagree_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "start,offered\n2026-06-01 08:00,1\n2026-06-01 08:30,2\n", "a.csv")
    write(tmp_path, "start,offered\n2026-06-01 08:30,5\n2026-06-01 09:00,3\n", "b.csv")
    with pytest.raises(InputError, match=r"b.csv, row 2: duplicate interval: same queue and start as row 3 of a.csv"):
        read(tmp_path, Intake(files=("a.csv", "b.csv")))


def test_a_file_with_glob_characters_in_its_name_is_found(tmp_path: Path) -> None:
    write(tmp_path, "start,offered\n2026-06-01 08:00,1\n", "calls[1].csv")
    assert [f.name for f in calls_files(tmp_path, Intake(files=("calls[1].csv",)))] == ["calls[1].csv"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"calls.csv: file not found"):
        read(tmp_path)


def test_a_gzip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 1_000_000)
    (tmp_path / "calls.csv.gz").write_bytes(gzip.compress(b"0" * 5_000_000))
    with pytest.raises(InputError, match=r"calls.csv.gz: unpacks to more than 1 MB"):
        read(tmp_path, Intake(files=("calls.csv.gz",)))


def test_a_gzipped_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "calls.csv.gz").write_bytes(gzip.compress(b"start,offered\n2026-06-01 08:00,7\n"))
    calls, _ = read(tmp_path, Intake(files=("calls.csv.gz",)))
    assert calls["offered"].tolist() == [7]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("start,offered\n2026-06-01 08:00,many\n", r"row 2, column offered: not a number \(got 'many'\)"),
        ("start,offered\n2026-06-01 08:00,nan\n", "row 2, column offered: not a number"),
        (
            'start,offered\n2026-06-01 08:00,"1,5"\n',
            r'row 2, column offered: not a number \(got \'1,5\'\). Set decimal = ","',
        ),
        ("start,offered\n2026-06-01 08:00,-1\n", "row 2, column offered: below 0"),
        ("start,offered\n\n2026-06-01 08:00,1\n01.06.2026 08:30,1\n", "row 4, column start: not an ISO 8601 time"),
        ("start,offered\n,1\n", "row 2, column start: blank"),
        ("start,offered\n2026-06-01 08:00,1,5\n", "more cells than the header"),
        ("start,offered\n2026-06-01 08:00,1\n2026-06-01 08:3", "row 3: file breaks off"),
        (
            "start;offered\n2026-06-01 08:07;1\n2026-06-01 08:30;1\n2026-06-01 09:00;1\n2026-06-01 09:30;1\n",
            "row 2, column start: not on the 30-minute grid",
        ),
        ("begin,offered\n2026-06-01 08:00,1\n", "column 'start' is missing"),
        ("start,x\n2026-06-01 08:00,1\n", r"column 'offered' is missing \(got 'start, x'\)"),
        ("queue,start,offered\nsales,2026-06-01 08:00,1\n", r"row 2, column queue: unknown queue \(got 'sales'\)"),
        ("queue,start,offered\n,2026-06-01 08:00,1\n", "row 2, column queue: blank"),
        ("start,offered,complete\n2026-06-01 08:00,1,maybe\n", "row 2, column complete: neither yes nor no"),
        ("", "file is empty"),
        ("start,offered\n", "no row of calls"),
    ],
)
def test_bad_cells_are_told_with_their_row(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(write(tmp_path, text))


def test_longer_intervals_than_the_forecasts_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "start,offered\n" + "".join(f"2026-06-01 {h:02d}:00,1\n" for h in range(8, 18)))
    with pytest.raises(InputError, match=r"intervals of 60 min") as error:
        read(tmp_path)
    assert "interval_min = 60" in str(error.value)
    assert len(read(tmp_path, interval_min=60)[0]) == 10


def test_half_hours_where_most_hours_have_one_row_are_still_half_hours(tmp_path: Path) -> None:
    write(
        tmp_path,
        "start,offered\n" + "".join(f"2026-06-01 {h:02d}:00,1\n" for h in range(8, 18)) + "2026-06-01 18:30,2\n",
    )
    assert len(read(tmp_path)[0]) == 11


def test_shorter_intervals_stay_as_they_are(tmp_path: Path) -> None:
    write(tmp_path, "start,offered\n" + "".join(f"2026-06-01 08:{m:02d},1\n" for m in range(0, 60, 5)))
    assert len(read(tmp_path)[0]) == 12


def test_talk_hold_and_after_call_work_make_the_handle_time(tmp_path: Path) -> None:
    write(tmp_path, "start,offered,talk_s,hold_s,acw_s\n2026-06-01 08:00,4,100,10,20\n2026-06-01 08:30,4,100,,20\n")
    calls, _ = read(tmp_path)
    assert calls["handle_s"].iloc[0] == 130
    assert pd.isna(calls["handle_s"].iloc[1]), "an unknown part makes the sum unknown"
    assert "talk_s" not in calls


def test_a_zero_mean_of_no_calls_is_unknown(tmp_path: Path) -> None:
    write(tmp_path, "start,offered,answered,handle_s\n2026-06-01 08:00,4,4,120\n2026-06-01 08:30,0,0,0\n")
    assert pd.isna(read(tmp_path)[0]["handle_s"].iloc[1])


@pytest.mark.parametrize(
    ("values", "mend"),
    [
        (("180000", "175000"), r'units = { handle_s = "ms" }'),
        (("3", "2.9"), r'units = { handle_s = "min" }'),
        (("9000", "18000"), r'totals = \["handle_s"\]'),
    ],
)
def test_wrong_units_are_refused_with_the_mend(tmp_path: Path, values: tuple[str, str], mend: str) -> None:
    write(tmp_path, f"start,offered,handle_s\n2026-06-01 08:00,50,{values[0]}\n2026-06-01 08:30,100,{values[1]}\n")
    with pytest.raises(InputError, match=rf"column handle_s: wrong units.*{mend}"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("values", "intake"),
    [
        (("180000", "180000"), Intake(units={"handle_s": "ms"})),
        (("3", "3"), Intake(units={"default": "min"})),
        (("9000", "18000"), Intake(totals=("handle_s",))),
        (("0:03:00", "3:00"), Intake(units={"handle_s": "hms"})),
    ],
)
def test_the_mend_works(tmp_path: Path, values: tuple[str, str], intake: Intake) -> None:
    write(tmp_path, f"start,offered,handle_s\n2026-06-01 08:00,50,{values[0]}\n2026-06-01 08:30,100,{values[1]}\n")
    assert read(tmp_path, intake)[0]["handle_s"].tolist() == [180, 180]


def test_a_duration_in_a_number_column_is_told(tmp_path: Path) -> None:
    write(tmp_path, "start,offered,handle_s\n2026-06-01 08:00,50,0:03:00\n")
    with pytest.raises(InputError, match=r'row 2, column handle_s: not a number.*units = { handle_s = "hms" }'):
        read(tmp_path)


def test_oddities_are_noted_per_queue(tmp_path: Path) -> None:
    rows = "a,2026-06-01 08:00,4,5,0,1\na,2026-06-01 08:30,5,4,2,1\nb,2026-06-01 08:00,3,3,0,0\n"
    write(tmp_path, "queue,start,offered,answered,abandoned,complete\n" + rows)
    _, quality = read(tmp_path, queues=("a", "b", "c"))
    assert quality[["queue", "kind"]].to_numpy().tolist() == [
        ["a", "inconsistent"],
        ["a", "inconsistent"],
        ["b", "incomplete"],
        ["c", "missing"],
    ]
    assert quality["end"].iloc[0] - quality["start"].iloc[0] == pd.Timedelta(minutes=30)


def test_several_queues_need_a_queue_column(tmp_path: Path) -> None:
    write(tmp_path, "start,offered\n2026-06-01 08:00,4\n")
    with pytest.raises(InputError, match=r"column 'queue' is missing"):
        read(tmp_path, queues=("a", "b"))


def test_a_bare_file_needs_no_config(tmp_path: Path) -> None:
    write(tmp_path, "centre,time,calls\nx,2026-06-01 08:00,4\ny,2026-06-01 08:00,4\n")
    assert read(tmp_path, zone=None, queues=())[0]["queue"].tolist() == ["x", "y"]
    write(tmp_path, "time,calls\n2026-06-01 08:00,4\n")
    assert read(tmp_path, zone=None, queues=())[0]["queue"].tolist() == ["calls"]


def test_our_own_guard_against_formulas_is_undone(tmp_path: Path) -> None:
    write(tmp_path, "queue,start,offered\n'=a,2026-06-01 08:00,4\n")
    assert read(tmp_path, queues=("=a",))[0]["queue"].tolist() == ["=a"]
