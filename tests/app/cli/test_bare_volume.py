"""`require` and `simulate` on volumes made elsewhere: the interval is proven or asked, odd figures are doubted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from busyhour.app.cli.main import app
from busyhour.app.inputs.bare_volume import bare_volume
from busyhour.app.inputs.day_grid import proven_step


def volume(path: Path, rows: Sequence[tuple[object, ...]], head: str = "queue,start,calls,handle_s") -> Path:
    file = path / "volume.csv"
    file.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")
    return file


def times(*clock: str, queue: str = "calls", calls: object = 100, handle: object = 180) -> list[tuple[object, ...]]:
    return [(queue, f"2026-11-16T{at}", calls, handle) for at in clock]


def require(file: Path, *more: str) -> Result:
    return CliRunner().invoke(
        app, ["require", str(file), "--goal", "80/20", "--out", str(file.parent / "r.csv"), *more]
    )


def agents(file: Path) -> list[int]:
    table = pd.read_csv(file.parent / "r.csv")
    return table.loc[table["open"] == 1, "agents_phone"].tolist()


UNPROVEN = {
    "one hourly row": times("10:00"),
    "two queues offset": [*times("09:00", "10:00", queue="a"), *times("09:30", "10:30", queue="b")],
    "sparse": times("09:00", "13:00"),
    "sparse on the grid of its gap": times("08:00", "12:00"),
    "two rows an hour apart": times("09:00", "10:00"),
    "every other half-hour now and then": times("09:00", "10:00", "11:30", "12:30", "14:00"),
    "hours at a quarter past": times("09:15", "10:15", "11:15", "12:15"),
}


@pytest.mark.slow
@pytest.mark.parametrize("rows", UNPROVEN.values(), ids=UNPROVEN.keys())
def test_an_interval_that_the_rows_do_not_prove_is_asked(tmp_path: Path, rows: list[tuple[object, ...]]) -> None:
    file = volume(tmp_path, rows)
    result = require(file)
    assert result.exit_code == 3, result.output
    assert "--interval" in result.output
    assert not (tmp_path / "r.csv").exists()
    steps = tmp_path / "steps.csv"
    steps.write_text("queue,start,end,agents\ncalls,2026-11-16T09:00,2026-11-16T11:00,13\n", encoding="utf-8")
    simulated = CliRunner().invoke(app, ["simulate", str(steps), str(file)])
    assert (simulated.exit_code, "--interval" in simulated.output) == (3, True), simulated.output


def test_the_interval_of_the_option_counts(tmp_path: Path) -> None:
    """100 calls of 3 minutes are 10 erlangs in a half-hour and 5 in an hour."""
    file = volume(tmp_path, times("10:00"))
    said = require(file, "--interval", "60")
    assert "interval 60 min, as asked" in said.output
    hourly = agents(file)
    require(file, "--interval", "30")
    assert hourly == [8]
    assert agents(file) == [14]
    offset = volume(tmp_path, UNPROVEN["two queues offset"])
    beside = require(offset, "--interval", "60")
    assert beside.exit_code == 3
    assert "row 4, column start: not on the 60-minute grid" in beside.output


@pytest.mark.parametrize(
    ("clock", "minutes"),
    [
        (("10:00", "10:30"), 30),
        (("10:00", "10:15", "10:30"), 15),
        (("08:00", "09:00", "10:00", "11:00"), 60),
        (("08:00", "08:30", "09:00", "09:30", "10:00", "14:00", "14:30", "15:00"), 30),
    ],
)
def test_consecutive_rows_prove_the_interval_and_it_is_said(
    tmp_path: Path, clock: tuple[str, ...], minutes: int
) -> None:
    result = require(volume(tmp_path, times(*clock)))
    assert result.exit_code == 0, result.output
    assert f"interval {minutes} min, from consecutive rows" in result.output


def test_the_files_own_words_say_the_interval(tmp_path: Path) -> None:
    """A column of ends, or of minutes, says what sparse rows do not prove."""
    rows = times("10:00", "13:00")
    ends = [(*row, f"2026-11-16T{at}") for row, at in zip(rows, ("11:00", "14:00"), strict=True)]
    said = require(volume(tmp_path, ends, "queue,start,calls,handle_s,end"))
    assert (said.exit_code, "interval 60 min, by the column 'end'" in said.output) == (0, True), said.output
    minutes = [(*row, 30) for row in rows]
    said = require(volume(tmp_path, minutes, "queue,start,calls,handle_s,interval_min"))
    assert (said.exit_code, "interval 30 min, by the column 'interval_min'" in said.output) == (0, True), said.output
    uneven = [(*rows[0], 30), (*rows[1], 60)]
    refused = require(volume(tmp_path, uneven, "queue,start,calls,handle_s,interval_min"))
    assert (refused.exit_code, "row 3, column interval_min" in refused.output) == (3, True), refused.output


def test_a_goal_of_hours_is_no_goal_of_calls(tmp_path: Path) -> None:
    file = volume(tmp_path, times("10:00", "10:30"))
    hours = ["require", str(file), "--goal", "90/14400", "--out", str(tmp_path / "r.csv")]
    refused = CliRunner().invoke(app, hours)
    assert (refused.exit_code, "a goal of 4 h" in refused.output) == (3, True), refused.output
    assert CliRunner().invoke(app, [*hours, "--trust", "queue"]).exit_code == 0


def test_a_duration_in_handle_s_is_told_in_seconds(tmp_path: Path) -> None:
    result = require(volume(tmp_path, times("10:00", handle="00:03:00")))
    assert (result.exit_code, "Write seconds, as 180" in result.output) == (3, True), result.output


def test_a_clock_change_is_no_gap() -> None:
    starts = pd.date_range("2026-10-24", "2026-10-26", freq="30min", tz="Europe/Berlin", inclusive="left")
    assert proven_step(pd.DataFrame({"queue": "calls", "start": starts}), Path("volume.csv")) == 30


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "option", "words"),
    [
        (times("10:00", "10:30", handle=3), "handle_s", "under 30 s"),
        (times("10:00", "10:30", handle=9000), "handle_s", "over 2 h"),
        (times("10:00", "10:30", queue="mail", handle=600), "queue", "deferred"),
        (times("10:00", "10:30", queue="Back Office"), "queue", "deferred"),
        ([*times("10:00", "10:30", calls=925), *times("11:00", calls="1.143")], "offered", "may be 1143 or 1.143"),
    ],
)
def test_odd_figures_are_doubted_until_they_are_confirmed(
    tmp_path: Path, rows: list[tuple[object, ...]], option: str, words: str
) -> None:
    file = volume(tmp_path, rows)
    result = require(file)
    assert result.exit_code == 3, result.output
    assert words in result.output
    if option != "offered":
        assert f"--trust {option}" in result.output
    assert require(file, "--trust", option).exit_code == 0
    assert require(file, "--trust", "calls").exit_code == 3


def test_durations_are_refused(tmp_path: Path) -> None:
    result = require(volume(tmp_path, times("10:00", handle="00:03:00"), "queue,start,calls,handle_s"))
    assert (result.exit_code, "not a number" in result.output) == (3, True), result.output


def test_a_file_of_another_country_is_read_as_it_is_meant(tmp_path: Path) -> None:
    """Semicolons, decimal commas and dates of one clear order are told; day and month that may be swapped are asked."""
    rows = [(f"16.11.2026 {hour}:00;{calls};180,5",) for hour, calls in ((10, "100,5"), (11, "99"))]
    file = volume(tmp_path, rows, "start;calls;handle_s")
    read = bare_volume(file, zone=None, interval_min=60)
    assert read.table["queue"].tolist() == ["calls", "calls"]  # a file without queues has one
    assert read.table["calls"].tolist() == [100.5, 99.0]
    assert read.table["handle_s"].tolist() == [180.5, 180.5]
    assert read.table["start"].tolist() == [pd.Timestamp("2026-11-16 10:00"), pd.Timestamp("2026-11-16 11:00")]
    assert read.said == "interval 60 min, as asked; separator ';'; dates as %d.%m.%Y"
    asked = require(volume(tmp_path, [("help;05/06/2026 10:00;100;180",)], "queue;start;calls;handle_s"))
    assert (asked.exit_code, "row 2, column start: day and month may be swapped" in asked.output) == (3, True)


def test_a_bare_forecast_doubts_as_a_plan_does(tmp_path: Path) -> None:
    """The doubt of a bare file of calls is lifted by the option; a handle time that is written is doubted too."""
    starts = pd.date_range("2026-01-05 09:00", periods=20 * 48, freq="30min")
    starts = starts[(starts.hour >= 9) & (starts.hour < 12)]
    file, out = tmp_path / "calls.csv", str(tmp_path / "volume.csv")
    pd.DataFrame({"start": starts, "offered": 20, "handle_s": 3.5}).to_csv(file, index=False)

    def forecast(*more: str) -> Result:
        return CliRunner().invoke(app, ["forecast", str(file), "--days", "1", "--out", out, *more])

    doubted = forecast()
    assert (doubted.exit_code, "--trust handle_s" in doubted.output) == (3, True), doubted.output
    assert forecast("--trust", "handle_s").exit_code == 0
    pd.DataFrame({"start": starts, "offered": 20}).to_csv(file, index=False)
    written = forecast("--handle-s", "4")
    assert (written.exit_code, "--handle-s" in written.output) == (3, True), written.output
