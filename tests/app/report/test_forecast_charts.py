"""The pictures of the forecast: against what came, by weekday and time, and part by part."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from busyhour.app.report.axis import TimeAxis
from busyhour.app.report.charts import charts, picture
from busyhour.app.report.forecast_charts import misses, parts, past_week
from busyhour.app.report.forecast_series import (
    miss_rows,
    part_rows,
    past_axis,
    past_rows,
    total_rows,
    views_beside,
)
from busyhour.app.report.page import page
from busyhour.app.report.run import read_run
from busyhour.app.report.tables import backtest_table

pytestmark = pytest.mark.slow  # each draws charts


def rewrite(run: Path, name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """Change a table of a run."""
    path = run / f"{name}.csv"
    change(pd.read_csv(path)).to_csv(path, index=False)


def four_mondays(actual: float, expected: float, *, days: int = 4, minutes: int = 30) -> pd.DataFrame:
    """Past weeks of one queue: Mondays from 8 to 12, the same calls in each interval."""
    rows = []
    for k in range(days):
        day = pd.Timestamp("2026-10-26") - pd.Timedelta(days=7 * k)
        first = (day + pd.Timedelta(hours=8)).tz_localize("Europe/Berlin")
        for start in pd.date_range(first, periods=240 // minutes, freq=f"{minutes}min"):
            rows.append(("calls", str((day - pd.Timedelta(days=1)).date()), start.isoformat(), actual, expected))
    return pd.DataFrame(rows, columns=["queue", "origin", "start", "actual", "calls"])


def test_the_newest_week_is_drawn_on_its_own_days(shared_run: Path) -> None:
    run = read_run(shared_run)
    axis = past_axis(run)
    assert [str(date) for date, _, _ in axis.days] == ["2026-10-26", "2026-10-27", "2026-10-28"]
    rows = past_rows(run, axis)
    history = run.tables["history"]
    monday = history[(history["queue"] == "calls") & (history["start"] == pd.Timestamp("2026-10-26T09:00+01:00"))]
    assert [r["actual"] for r in rows if (r["queue"], r["time"]) == ("calls", "Mon 26 Oct 09:00")] == [
        monday["calls"].item()
    ]


def test_unknown_calls_break_the_line_and_are_no_zeros(small_run: Path) -> None:
    rewrite(small_run, "past_weeks", lambda f: f.assign(actual=f["actual"].mask(f["start"].str.contains("T10:"))))
    run = read_run(small_run)
    rows = past_rows(run, past_axis(run))
    blank = {r["time"][-5:] for r in rows if r["actual"] is None}
    assert blank == {"10:00", "10:30"}
    spec = past_week(run, TimeAxis.of(run))
    assert spec is not None
    assert [m for layer in spec["layer"] if (m := layer["mark"].get("invalid"))] == ["break-paths-filter-domains"]


def test_choosing_a_planned_day_shows_its_weekday_in_the_past(shared_run: Path) -> None:
    run = read_run(shared_run)
    planned = TimeAxis.of(run)
    shown = views_beside(past_axis(run), planned)
    assert [v["label"] for v in shown] == ["Whole week", "Mon 26 Oct", "Tue 27 Oct", "Wed 28 Oct"]
    assert len(shown) == len(planned.views())
    assert list(shown[2]["labels"].values())[:2] == ["Tue 27 Oct", "08:00"]


def test_a_weekday_that_the_past_lacks_shows_the_whole_past_week(small_run: Path) -> None:
    rewrite(small_run, "past_weeks", lambda f: f[~f["start"].str.startswith("2026-10-27")])
    run = read_run(small_run)
    shown = views_beside(past_axis(run), TimeAxis.of(run))
    assert [v["label"] for v in shown] == ["Whole week", "Mon 26 Oct", "Whole week", "Wed 28 Oct"]


def test_a_miss_is_the_sum_of_errors_over_the_sum_of_calls(small_run: Path) -> None:
    table = four_mondays(40.0, 44.0)
    table.loc[0, "actual"] = 60.0
    table.to_csv(small_run / "past_weeks.csv", index=False)
    rows = miss_rows(read_run(small_run))
    assert [r["column"] for r in rows][:2] == ["08:00", "08:30"]
    assert rows[0]["share"] == pytest.approx((176 - 180) / 180, abs=5e-4)  # shown in tenths of a percent
    assert rows[1]["share"] == pytest.approx(0.1)
    assert {r["weeks"] for r in rows} == {4}


def test_three_weeks_are_too_few_for_a_picture_of_misses(small_run: Path) -> None:
    four_mondays(40.0, 44.0, days=3).to_csv(small_run / "past_weeks.csv", index=False)
    assert misses(read_run(small_run)) is None


def test_a_quiet_desk_is_shown_in_longer_cells(small_run: Path) -> None:
    four_mondays(8.0, 8.0).to_csv(small_run / "past_weeks.csv", index=False)
    rows = miss_rows(read_run(small_run))
    assert [r["column"] for r in rows] == ["08:00", "09:00", "10:00", "11:00"]
    assert {r["actual"] for r in rows} == {64.0}


def test_short_intervals_are_taken_together(small_run: Path) -> None:
    four_mondays(20.0, 22.0, minutes=5).to_csv(small_run / "past_weeks.csv", index=False)
    rows = miss_rows(read_run(small_run))
    assert len(rows) == 8
    assert rows[0]["actual"] == 4 * 6 * 20


def test_only_what_chance_hardly_does_is_marked(small_run: Path) -> None:
    four_mondays(400.0, 420.0).to_csv(small_run / "past_weeks.csv", index=False)
    assert {r["sure"] for r in miss_rows(read_run(small_run))} == {0}
    four_mondays(400.0, 440.0).to_csv(small_run / "past_weeks.csv", index=False)
    assert {r["sure"] for r in miss_rows(read_run(small_run))} == {1}


@pytest.mark.parametrize(("off", "end"), [(1.02, 0.1), (1.17, 0.2), (3.0, 0.5)])
def test_colours_of_misses_run_as_far_on_either_side_of_zero(small_run: Path, off: float, end: float) -> None:
    four_mondays(100.0, 100.0 * off).to_csv(small_run / "past_weeks.csv", index=False)
    spec = misses(read_run(small_run))
    assert spec is not None
    scale = spec["layer"][0]["encoding"]["color"]["condition"]["scale"]
    assert (scale["domain"][0], scale["domain"][-1]) == (-end, end)
    assert scale["domain"] == [-d if d else d for d in reversed(scale["domain"])]
    assert scale["clamp"]


def test_bars_stack_from_the_level_and_add_up_to_the_calls(shared_run: Path) -> None:
    run = read_run(shared_run)
    rows, volume = part_rows(run), run.tables["volume"]
    day = volume[(volume["queue"] == "calls") & (volume["start"].dt.date.astype(str) == "2026-11-02")]["calls"].sum()
    level, total = next((r["level"], r["total"]) for r in total_rows(run) if r["day"] == "Mon 2 Nov")
    bars = [r for r in rows if (r["queue"], r["day"]) == ("calls", "Mon 2 Nov")]
    assert [r["part"] for r in bars] == ["weekday", "calendar days"]
    assert level + sum(r["adds"] for r in bars) == pytest.approx(total, abs=0.2)
    assert total == pytest.approx(day, abs=0.1)
    assert bars[0]["y"] == bars[1]["y"] == level
    assert bars[0]["y2"] > level > bars[1]["y2"]


def test_parts_of_one_sign_stand_on_each_other(small_run: Path) -> None:
    rewrite(small_run, "volume_parts", lambda f: f.assign(calendar=f["weekday"]))
    first, second = [r for r in part_rows(read_run(small_run)) if (r["queue"], r["day"]) == ("calls", "Mon 2 Nov")]
    assert second["y"] == first["y2"]
    assert second["y2"] - second["y"] == pytest.approx(second["adds"], abs=0.1)


def test_a_part_that_is_nowhere_anything_is_not_in_the_legend(small_run: Path) -> None:
    rewrite(small_run, "volume_parts", lambda f: f.assign(year=0.0, override=f["level"] / 10))
    spec = parts(read_run(small_run))
    assert spec is not None
    names = spec["layer"][0]["encoding"]["color"]["scale"]["domain"]
    assert names == ["expected", "level", "weekday", "calendar days", "your overrides"]


@pytest.mark.slow
def test_a_run_without_parts_and_past_weeks_has_the_other_charts(small_run: Path) -> None:
    for name in ("volume_parts", "past_weeks"):
        (small_run / f"{name}.csv").unlink()
    run = read_run(small_run)
    assert not {"parts", "past_week", "misses"} & set(charts(run, TimeAxis.of(run)))
    text = page(run, wages=True)
    assert "seasonal (chosen)" in text
    assert 'id="chart-parts"' not in text


def test_past_weeks_whose_calls_are_all_unknown_are_not_drawn(small_run: Path) -> None:
    rewrite(small_run, "past_weeks", lambda f: f.assign(actual=np.nan))
    run = read_run(small_run)
    assert past_week(run, TimeAxis.of(run)) is None
    assert misses(run) is None


@pytest.mark.slow
def test_files_without_rows_are_as_good_as_none(small_run: Path) -> None:
    for name in ("volume_parts", "past_weeks"):
        rewrite(small_run, name, lambda f: f.head(0))
    run = read_run(small_run)
    assert not {"parts", "past_week", "misses"} & set(charts(run, TimeAxis.of(run)))


@pytest.mark.slow
def test_the_charts_of_the_forecast_draw_as_pictures(shared_run: Path) -> None:
    run = read_run(shared_run)
    specs = charts(run, TimeAxis.of(run))
    for name in ("parts", "past_week", "misses"):
        assert picture(specs[name], scale=1)[:8] == b"\x89PNG\r\n\x1a\n"


def test_the_backtest_says_how_near_the_noise_floor_the_chosen_model_is(small_run: Path) -> None:
    rewrite(small_run, "backtest", lambda f: f.assign(floor=0.054, rmse=3.14, origins=8))
    table = backtest_table(read_run(small_run))
    assert table is not None
    assert "calls: seasonal misses by 8.1\u00a0%, chance alone by 5.4\u00a0% (1.5 times)." in table.note
    assert [c for c, _ in table.columns][2:5] == ["Weeks", "WAPE", "Noise floor"]
    assert table.rows[0][-1] == "3.1"


def test_of_many_queues_the_nearest_and_the_furthest_are_named(small_run: Path) -> None:
    frame = pd.DataFrame({"queue": list("abc"), "model": "factor", "wape": [0.2, 0.1, 0.3], "floor": 0.1, "chosen": 1})
    frame.to_csv(small_run / "backtest.csv", index=False)
    table = backtest_table(read_run(small_run))
    assert table is not None
    assert "of 3 queues: b: factor" in table.note
    assert "; c: factor" in table.note
    assert "a: factor" not in table.note


def test_a_backtest_without_a_floor_says_nothing_of_it(shared_run: Path) -> None:
    table = backtest_table(read_run(shared_run))
    assert table is not None
    assert "floor" not in table.note


def test_a_day_of_25_hours_has_its_repeated_hour_in_one_cell(make_run: Callable[..., Path]) -> None:
    run = read_run(make_run(week="2026-10-26", days=7, hours=(0, 24)))
    axis = past_axis(run)
    assert axis.days[-1][2] - axis.days[-1][1] == 50
    assert len({r["column"] for r in miss_rows(run)}) == 48
