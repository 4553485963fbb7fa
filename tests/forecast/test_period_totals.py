"""Sums of a volume agree over periods and queues."""

import pandas as pd
import pytest

from busyhour.forecast import totals
from busyhour.forecast.errors import InputError


def volume() -> pd.DataFrame:
    start = pd.date_range("2026-03-28", "2026-04-06", freq="30min", tz="Europe/Berlin", inclusive="left")
    parts = [
        pd.DataFrame({"queue": q, "start": start, "calls": c + start.hour, "handle_s": h})
        for q, c, h in (("sales", 1.0, 100.0), ("help", 5.0, 300.0))
    ]
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("by", ["interval", "day", "week", "month"])
def test_every_period_holds_all_calls_and_all_work(by):
    whole = volume()
    for site in (False, True):
        found = totals(whole, by, site=site)
        assert found["calls"].sum() == pytest.approx(whole["calls"].sum())
        assert (found["calls"] * found["handle_s"]).sum() == pytest.approx((whole["calls"] * whole["handle_s"]).sum())


def test_days_are_local_ones_and_queues_add_up_to_the_site():
    days, site = totals(volume()), totals(volume(), site=True)
    assert len(days) == 2 * 9 and len(site) == 9
    assert days.groupby("start")["calls"].sum().tolist() == pytest.approx(site["calls"].tolist())
    assert site["calls"].iloc[1] < site["calls"].iloc[0]  # the Sunday of the clock change has an hour less


def test_weeks_begin_on_monday_and_unknown_handle_times_stay_unknown():
    table = volume()
    table.loc[table["queue"] == "sales", "handle_s"] = float("nan")
    weeks = totals(table, "week")
    assert weeks["start"].dt.day_name().eq("Monday").all()
    assert weeks.loc[weeks["queue"] == "sales", "handle_s"].isna().all()
    assert weeks.loc[weeks["queue"] == "help", "handle_s"].eq(300.0).all()


def test_an_unknown_period_is_refused():
    with pytest.raises(InputError, match="unknown period"):
        totals(volume(), "quarter")
