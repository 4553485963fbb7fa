"""Days laid out from tables."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.errors import InputError
from busyhour.forecast.queueing.attribution.bins import Bins
from busyhour.forecast.queueing.attribution.day import HANDLE, VOLUME, Day
from busyhour.forecast.queueing.attribution.laid_out import laid_out

MONDAY, TUESDAY = dt.date(2026, 3, 2), dt.date(2026, 3, 3)
ZONE = "Europe/Berlin"


def volume(first: str, last: str) -> pd.DataFrame:
    """Return half-hours of 30 calls."""
    starts = pd.date_range(first, last, freq="30min", inclusive="left", tz=ZONE)
    return pd.DataFrame({"queue": "calls", "start": starts, "calls": 30.0, "handle_s": 300.0, "patience_s": np.nan})


def steps(*stretches: tuple[str, str]) -> pd.DataFrame:
    """Return stretches on the phone."""
    times = pd.DatetimeIndex([time for stretch in stretches for time in stretch], tz=ZONE)
    return pd.DataFrame({"start": times[::2], "end": times[1::2]})


def came(rows: pd.DataFrame, **told: float) -> pd.DataFrame:
    """Return what came in the rows of a volume."""
    return pd.DataFrame({"offered": 33.0, "handle_n": 30.0, "handle_s": 330.0} | told, index=rows.index)


def laid(rows: pd.DataFrame, seen: pd.DataFrame | None = None, date: dt.date = MONDAY) -> Day:
    """Return a day with one head all day."""
    return laid_out(rows, steps(("2026-03-02 00:00", "2026-03-04 00:00")), date, interval_min=30, absent=0.1,
                    handle_cv=1.0, came=seen)  # fmt: skip


def test_a_desk_round_the_clock_begins_its_day_with_the_calls_of_the_evening_before() -> None:
    rows = volume("2026-03-02 00:00", "2026-03-04 00:00")
    day = laid(rows, date=TUESDAY)
    assert day.bins.counts.sum() == 48 * 6
    assert len(day.bins.row) == 54 * 6  # three hours before midnight
    assert not day.bins.counts[:36].any()
    assert day.calls.sum() == pytest.approx(54 * 30)
    assert np.isinf(day.patience_s).all()


def test_a_desk_that_closes_begins_empty_and_keeps_its_siesta() -> None:
    rows = pd.concat([volume("2026-03-02 08:00", "2026-03-02 12:00"), volume("2026-03-02 14:00", "2026-03-02 18:00")])
    day = laid(rows.reset_index(drop=True))
    assert len(day.bins.row) == 10 * 12
    assert (day.bins.row < 0).sum() == 24
    assert day.calls[day.bins.row < 0].tolist() == [0.0] * 24


def test_a_clock_change_has_its_hours() -> None:
    rows = volume("2026-10-25 00:00", "2026-10-26 00:00")
    day = laid_out(rows, steps(), dt.date(2026, 10, 25), interval_min=30, absent=0.0, handle_cv=1.0)
    assert day.bins.counts.sum() == 50 * 6


def test_heads_are_the_mean_over_five_minutes() -> None:
    bins = Bins.of(volume("2026-03-02 08:00", "2026-03-02 09:00")["start"], 30, MONDAY)
    heads = bins.heads(steps(("2026-03-02 08:00", "2026-03-02 08:07"), ("2026-03-02 08:05", "2026-03-02 20:00")))
    assert heads.tolist() == pytest.approx([1.0, 1.4, *[1.0] * 10])
    assert bins.heads(steps()).tolist() == [0.0] * 12


@pytest.mark.parametrize(("minutes", "bin_min"), [(30, 5), (15, 5), (7, 1), (1, 1), (12, 4), (60, 5)])
def test_bins_are_whole_parts_of_an_interval(minutes: int, bin_min: int) -> None:
    starts = pd.Series(pd.date_range("2026-03-02 08:00", periods=4, freq=f"{minutes}min", tz=ZONE))
    bins = Bins.of(starts, minutes, MONDAY)
    assert bins.bin_min == bin_min
    assert len(bins.row) == 4 * minutes // bin_min


def test_what_came_is_known_or_not() -> None:
    rows = volume("2026-03-02 08:00", "2026-03-02 18:00")
    assert laid(rows).players == ()
    assert laid(rows, came(rows)).players == (VOLUME, HANDLE)
    assert laid(rows, came(rows, handle_s=np.nan)).players == (VOLUME,)
    holes = came(rows)
    holes.iloc[3, 0] = np.nan
    assert laid(rows, holes).players == (HANDLE,)
    day = laid(rows, came(rows))
    assert day.handle_came_s is not None
    assert day.handle_came_s.mean() == pytest.approx(330.0, rel=0.02)


def test_calls_where_none_were_expected_are_calls() -> None:
    rows = volume("2026-03-02 08:00", "2026-03-02 18:00")
    rows.loc[4, "calls"] = 0.0
    day = laid(rows, came(rows))
    assert day.calls_came is not None
    assert day.calls_came[24:30].sum() == pytest.approx(33.0)


def test_a_requirement_with_a_hole_is_none() -> None:
    rows = volume("2026-03-02 08:00", "2026-03-02 18:00")
    need = pd.Series(3.0, index=pd.Index(rows["start"]))

    def required(heads: pd.Series) -> np.ndarray | None:
        return laid_out(rows, steps(), MONDAY, interval_min=30, absent=0.0, handle_cv=1.0, required=heads).required

    found = required(need)
    assert found is not None
    assert found.tolist() == [3.0] * 120
    assert required(need.iloc[1:]) is None


def test_a_day_without_forecast_is_refused() -> None:
    rows = volume("2026-03-02 08:00", "2026-03-02 18:00")
    with pytest.raises(InputError, match="closed on this day"):
        laid(rows, date=TUESDAY)
    with pytest.raises(InputError, match="no handle time"):
        laid(rows.assign(handle_s=np.nan))
