"""A made-up desk whose law is known, so that forecasts can be held against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.opening_hours import parse_opening

WEEKDAY = np.array([1.3, 1.1, 1.0, 0.95, 0.9, 0.5, 0.4])


@pytest.fixture
def office() -> Calendar:
    """Weekdays 08:00-18:00, no zone, no holidays."""
    return Calendar(
        parse_opening(dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "08:00-18:00"))
    )


@pytest.fixture
def make_calls() -> Callable[..., pd.DataFrame]:
    """Return a maker of calls: Poisson around day level × weekday × a hump over the day."""

    def make(
        calendar: Calendar,
        *,
        first: str = "2026-01-05",
        days: int = 84,
        step: int = 60,
        level: float = 80.0,
        seed: int = 1,
        noise: bool = True,
    ) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        dates = [dt.date.fromisoformat(first) + dt.timedelta(days=i) for i in range(days)]
        wall = np.arange(0, 1440, step)
        open_ = calendar.open_wall(dates, step)
        hump = 0.4 + np.sin(np.pi * wall / 1440.0) ** 2
        rows = []
        for i, date in enumerate(dates):
            rate = level * step / 60.0 * WEEKDAY[date.weekday()] * hump * calendar.effect(dates)[i]
            rate = rate * (np.exp(0.05 * rng.standard_normal()) if noise else 1.0)
            counts = rng.poisson(rate) if noise else rate
            times = pd.Timestamp(date) + pd.to_timedelta(wall, unit="min")
            rows.append(pd.DataFrame({"start": times, "offered": counts.astype(float)})[open_[i]])
        out = pd.concat(rows, ignore_index=True)
        out.insert(0, "queue", "calls")
        return out

    return make
