"""Actuals of a running day: what is complete counts, all else is said and left out, nothing is guessed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny_day import TUESDAY, WEEK, at, live, tiny_week

from busyhour.app.today.actuals import Actuals, of_day
from busyhour.app.today.read_actuals import files_of, read_actuals
from busyhour.forecast.errors import InputError


def laid(place: Path, files: list[Path], now: str, minutes: int = 30) -> Actuals:
    """Return the actuals of the Tuesday as they stand at a time of day."""
    week = tiny_week(place)
    return of_day(read_actuals(week, files), week.day(TUESDAY, minutes), at(now))


def test_complete_intervals_count(tmp_path: Path) -> None:
    """What came stands in its interval; the rest of the day is not yet."""
    found = laid(tmp_path, [live(tmp_path / "a.csv", "10:00")], "10:00")
    assert found.complete == 4
    came = found.queues["sales"].offered
    assert came[:4].tolist() == [30.0] * 4
    assert np.isnan(came[4:]).all()
    assert found.notes == ()


def test_half_finished_interval_is_left_out_and_said(tmp_path: Path) -> None:
    """An interval that is not over does not count, however many calls it has."""
    found = laid(tmp_path, [live(tmp_path / "a.csv", "10:30")], "10:20")
    assert found.complete == 4
    assert np.isnan(found.queues["sales"].offered[4])
    assert any("10:00 is not complete" in note for note in found.notes)


def test_interval_with_a_missing_part_is_not_complete(tmp_path: Path) -> None:
    """Of a half-hour that comes in quarters both must be there."""
    found = laid(tmp_path, [live(tmp_path / "a.csv", "09:45", minutes=15)], "12:00")
    assert found.complete == 3
    assert found.queues["sales"].offered[:3].tolist() == [30.0] * 3
    assert any("09:30 is not complete" in note for note in found.notes)
    assert any("nothing has come since 09:30" in note for note in found.notes)


def test_interval_still_running_when_exported(tmp_path: Path) -> None:
    """A row marked complete = 0 is left out."""
    path = tmp_path / "a.csv"
    path.write_text("start,offered,complete\n2026-10-20T08:00,30,1\n2026-10-20T08:30,12,0\n", encoding="utf-8")
    found = laid(tmp_path, [path], "10:00")
    assert found.complete == 1
    assert found.queues["sales"].offered[0] == 30.0


def test_rows_after_now_are_left_out(tmp_path: Path) -> None:
    """A whole day's file can be looked at as of noon."""
    found = laid(tmp_path, [live(tmp_path / "a.csv", "16:00")], "12:00")
    assert found.complete == 8
    assert any("8 rows that begin at 12:00 or later are left out" in note for note in found.notes)


def test_unknown_is_not_zero(tmp_path: Path) -> None:
    """An interval without a row in the midst of others is unknown, and said so."""
    path = live(tmp_path / "a.csv", "10:00")
    text = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in text if "T09:00" not in line), encoding="utf-8")
    found = laid(tmp_path, [path], "10:00")
    assert found.complete == 4
    assert np.isnan(found.queues["sales"].offered[2])
    assert any("no complete row, the first at 09:00: unknown, not zero" in note for note in found.notes)


def test_no_actuals_yet(tmp_path: Path) -> None:
    """A file with its header alone says that nothing has come."""
    path = tmp_path / "a.csv"
    path.write_text("start,offered\n", encoding="utf-8")
    found = laid(tmp_path, [path], "07:30")
    assert found.complete == 0
    assert np.isnan(found.queues["sales"].offered).all()


def test_nothing_has_come_although_it_should(tmp_path: Path) -> None:
    """At ten a file without rows is told."""
    path = tmp_path / "a.csv"
    path.write_text("start,offered\n", encoding="utf-8")
    found = laid(tmp_path, [path], "10:00")
    assert any("nothing has come yet" in note for note in found.notes)


def test_service_counts_by_the_goals_threshold_alone(tmp_path: Path) -> None:
    """Calls in time within another threshold are not those of the goal."""
    columns = ("start", "offered", "answered", "answered_in", "within_s")
    path = live(tmp_path / "a.csv", "09:00", columns=columns)
    found = laid(tmp_path, [path], "09:00").queues["sales"]
    assert found.counted[:2].tolist() == [30.0, 30.0]
    assert found.in_time[:2].tolist() == [27.0, 27.0]
    path.write_text(path.read_text(encoding="utf-8").replace(",20\n", ",30\n"), encoding="utf-8")
    assert np.isnan(laid(tmp_path, [path], "09:00").queues["sales"].in_time).all()


def test_another_queue_is_refused(tmp_path: Path) -> None:
    """The queue is named, and how to mend."""
    path = live(tmp_path / "a.csv", "09:00", columns=("start", "offered", "queue"))
    path.write_text(path.read_text(encoding="utf-8").replace("sales", "help"), encoding="utf-8")
    with pytest.raises(InputError, match="unknown queue"):
        laid(tmp_path, [path], "09:00")


def test_another_day_is_refused(tmp_path: Path) -> None:
    """Rows of Wednesday tell nothing of Tuesday."""
    path = live(tmp_path / "a.csv", "09:00", TUESDAY + dt.timedelta(days=1))
    with pytest.raises(InputError, match="actuals of another day: they hold 2026-10-21"):
        laid(tmp_path, [path], "09:00")


def test_a_day_that_the_plan_does_not_hold(tmp_path: Path) -> None:
    """The error says which days it holds."""
    with pytest.raises(InputError, match="the plan does not hold 2026-11-20: it holds 2026-10-19 to 2026-10-25"):
        tiny_week(tmp_path).day(dt.date(2026, 11, 20), 30)
    with pytest.raises(InputError, match="nothing is open on 2026-10-25"):
        tiny_week(tmp_path).day(dt.date(2026, 10, 25), 30)


def test_overlapping_files(tmp_path: Path) -> None:
    """The same rows in two files count once; different figures of one interval are refused."""
    one, two = live(tmp_path / "a.csv", "09:30"), live(tmp_path / "b.csv", "10:30")
    found = laid(tmp_path, [one, two], "10:30")
    assert found.complete == 5
    assert found.queues["sales"].offered[:5].tolist() == [30.0] * 5
    assert any("3 rows are the same in two files" in note for note in found.notes)
    live(tmp_path / "b.csv", "10:30", factors={"08:00": 1.2})
    with pytest.raises(InputError, match=r"overlapping files: b\.csv and a\.csv tell different figures of one time"):
        laid(tmp_path, [one, two], "10:30")
    live(tmp_path / "b.csv", "10:30", minutes=15)
    with pytest.raises(InputError, match="overlapping files"):
        laid(tmp_path, [one, two], "10:30")


def test_files_in_steps_of_their_own(tmp_path: Path) -> None:
    """Half-hours of the days before and quarters of today go together."""
    yesterday, today = live(tmp_path / "a.csv", "16:00", WEEK), live(tmp_path / "b.csv", "09:00", minutes=15)
    found = laid(tmp_path, [yesterday, today], "09:00")
    assert found.queues["sales"].offered[:2].tolist() == [30.0, 30.0]
    assert len(found.before) == 16


def test_rows_out_of_order_are_put_in_order_and_said(tmp_path: Path) -> None:
    """A clock that goes backwards within a file changes no figure."""
    path = live(tmp_path / "a.csv", "10:00")
    head, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([head, *rows[2:], *rows[:2]]), encoding="utf-8")
    found = laid(tmp_path, [path], "10:00")
    assert found.complete == 4
    assert any("not in order of time" in note for note in found.notes)


def test_rows_of_days_before_belong_to_the_history(tmp_path: Path) -> None:
    """A rolling file may hold yesterday."""
    yesterday, today = live(tmp_path / "a.csv", "16:00", WEEK), live(tmp_path / "b.csv", "09:00")
    found = laid(tmp_path, [yesterday, today], "09:00")
    assert found.complete == 2
    assert len(found.before) == 16
    assert len(found.today) == 2


def test_a_folder_of_files(tmp_path: Path) -> None:
    """All tables of a folder are read; a folder without one is an error."""
    inside = tmp_path / "live"
    inside.mkdir()
    with pytest.raises(InputError, match="the folder holds no table"):
        files_of([inside])
    live(inside / "1.csv", "09:00")
    (inside / "note.md").write_text("x", encoding="utf-8")
    assert [f.name for f in files_of([inside])] == ["1.csv"]
    with pytest.raises(InputError, match="file not found"):
        files_of([tmp_path / "none.csv"])


def test_handle_times_weigh_as_their_calls(tmp_path: Path) -> None:
    """The mean of two quarters is that of their calls."""
    path = tmp_path / "a.csv"
    path.write_text(
        "start,offered,answered,handle_s\n2026-10-20T08:00,30,30,100\n2026-10-20T08:15,10,10,300\n", encoding="utf-8"
    )
    found = laid(tmp_path, [path], "09:00")
    assert found.queues["sales"].handle_s[0] == pytest.approx(150.0)
    assert pd.isna(found.queues["sales"].handle_s[1])


def test_no_handle_time_of_zero(tmp_path: Path) -> None:
    """Exports write 0 where nothing was handled: the handle time is unknown, the calls are not."""
    path = tmp_path / "a.csv"
    path.write_text(
        "start,offered,answered,handle_s\n2026-10-20T08:00,4,4,0\n2026-10-20T08:30,10,10,300\n", encoding="utf-8"
    )
    found = laid(tmp_path, [path], "09:00").queues["sales"]
    assert np.isnan(found.handle_s[0])
    assert (found.offered[0], found.handle_s[1]) == (4.0, 300.0)


def test_the_only_row_of_a_day_waits_for_another(tmp_path: Path) -> None:
    """Five minutes or a half-hour: a single row does not tell, unless the plan does."""
    found = laid(tmp_path, [live(tmp_path / "a.csv", "08:05", minutes=5)], "12:00")
    assert found.complete == 0
    assert any("08:00 is the only interval of its day" in note for note in found.notes)
    week = tiny_week(tmp_path)
    site = week.config.model_copy(update={"intake": replace(week.config.intake, interval_min=30)})
    told = replace(week, config=site)
    assert of_day(read_actuals(told, [tmp_path / "a.csv"]), told.day(TUESDAY, 30), at("12:00")).complete == 1


def test_a_file_for_each_interval(tmp_path: Path) -> None:
    """Files of one row each tell together how long their intervals are."""
    head, *rows = live(tmp_path / "all.csv", "09:15", minutes=15).read_text(encoding="utf-8").splitlines()
    inside = tmp_path / "live"
    inside.mkdir()
    for number, row in enumerate(rows):
        (inside / f"{number}.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    found = laid(tmp_path, list(files_of([inside])), "09:15")
    assert found.complete == 2
    assert found.queues["sales"].offered[:2].tolist() == [30.0, 30.0]


def test_more_calls_in_time_than_calls_are_no_service(tmp_path: Path) -> None:
    """What contradicts itself is unknown, and said."""
    path = tmp_path / "a.csv"
    path.write_text(
        "start,offered,answered_in,within_s\n2026-10-20T08:00,30,33,20\n2026-10-20T08:30,30,27,20\n", encoding="utf-8"
    )
    found = laid(tmp_path, [path], "09:00")
    assert np.isnan(found.queues["sales"].counted[0])
    assert found.queues["sales"].in_time[1] == 27.0
    assert any("1 intervals of queue sales have more calls in time" in note for note in found.notes)
