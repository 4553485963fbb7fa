"""Days of a made-up desk whose law is known, for the tests of the watch over a running day."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.opening_hours import parse_opening
from busyhour.forecast.calls.arrange import histories
from busyhour.forecast.calls.history import History
from busyhour.forecast.intraday.innovations import Innovations, innovations
from busyhour.forecast.intraday.params import WatchParams

N, MINUTES = 40, 15
MEAN = 14.0 * (0.6 + np.sin(np.linspace(0.3, 2.8, N)))
COVARIANCE = 0.0009 * np.outer(MEAN, MEAN) + np.diag(np.full(N, 0.3))
PARAMS = WatchParams(base_days=20, least_days=20)


def day(seed: int, changes: tuple[tuple[float, int, int], ...] = (), params: WatchParams = PARAMS) -> Innovations:
    """Return the surprises of a day with changes planted: share of calls, first interval, interval after the last."""
    rng = np.random.default_rng(seed)
    roots = MEAN + np.linalg.cholesky(COVARIANCE) @ rng.standard_normal(N)
    for share, begin, end in changes:
        roots[begin:end] = roots[begin:end] * np.sqrt(1.0 + share)
    return innovations(np.arange(N), roots, MEAN, COVARIANCE, MINUTES, params.window_min)


def office_history(*, days: int = 84, minutes: int = 30, level: float = 160.0, handle_s: float = 300.0) -> History:
    """Return weekdays 08:00-18:00 from 2026-01-05 on: Poisson about day level × weekday × a hump, and handle times."""
    rng = np.random.default_rng(5)
    rows = []
    for i in range(days):
        date = dt.date(2026, 1, 5) + dt.timedelta(days=i)
        if date.weekday() < 5:
            times = pd.Timestamp(date) + pd.to_timedelta(np.arange(480, 1080, minutes), unit="min")
            calls = rng.poisson(usual_calls(date, minutes, level) * np.exp(0.04 * rng.standard_normal()))
            spread = np.sqrt(1.0 / np.maximum(calls, 1) + 0.03**2) * rng.standard_normal(len(calls))
            seconds = handle_s * np.exp(0.03 * rng.standard_normal()) * np.maximum(1.0 + spread, 0.1)
            rows.append(pd.DataFrame({"start": times, "offered": calls.astype(float), "handle_s": seconds}))
    week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "08:00-18:00")
    calls = pd.concat(rows, ignore_index=True)
    return next(iter(histories(calls, Calendar(parse_opening(week)), minutes=minutes).values()))


def usual_calls(date: dt.date, minutes: int, level: float) -> np.ndarray:
    """Return the usual calls per interval from 08:00 to 18:00; `level` = calls of a usual half-hour."""
    weekday = (1.2, 1.05, 1.0, 0.95, 0.9)[date.weekday()]
    hump = 0.7 + 0.5 * np.sin(np.pi * np.arange(0, 600, minutes) / 600.0)
    return np.asarray(level * weekday * hump * minutes / 30.0)
