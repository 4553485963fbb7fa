"""How far off the forecasts are: every model on real calls, from the same origins.

Usage: python -m benchmarks.forecast [--data DIR] [--models two_stage,weekday_median]

DIR holds ``bank_calls_5min.csv.gz`` (columns time, calls; a North American retail bank, 2003) and
``forecast_origins.csv`` (dataset, origin, horizon_days). Without them the benchmark says that it is skipped.
Half-hours from 07:00 to 21:00, the next ten weekdays, closures of the year known in advance.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from pathlib import Path

import pandas as pd

from busyhour.forecast.backtest import backtest
from busyhour.forecast.calendars import Calendar, SpecialDay, parse_opening
from busyhour.forecast.grid import Grid
from busyhour.forecast.models import MODELS
from busyhour.forecast.predict import forecast

WEEK = dt.date(2003, 10, 27)
CLOSED = (dt.date(2003, 5, 26), dt.date(2003, 7, 4), dt.date(2003, 9, 1))


def bank() -> Calendar:
    """Return the bank's calendar: weekdays 07:00-21:00, three public holidays shut."""
    weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday")
    special = tuple(SpecialDay(d, "public holiday", "closure", closed=True) for d in CLOSED)
    return Calendar(parse_opening(dict.fromkeys(weekdays, "07:00-21:00")), special=special)


def table(scores: pd.DataFrame) -> str:
    """Return one line per model: WAPE by band, then the errors of the whole horizon, in per cent."""
    whole = scores.groupby("model", sort=False).tail(1).set_index("model")
    wape = scores.pivot_table(index="model", columns="band", values="wape", sort=False)
    lines = [
        "model            "
        + "".join(f"{'WAPE ' + b:>12}" for b in wape)
        + "    bias     wQL  cov80  cov95  day WAPE  seconds"
    ]
    for name, row in whole.iterrows():
        bands = "".join(f"{100 * v:12.2f}" for v in wape.loc[name])
        lines.append(
            f"{name!s:17}{bands}{100 * row['bias']:8.2f}{100 * row['wql']:8.2f}{100 * row['coverage_80']:7.1f}"
            f"{100 * row['coverage_95']:7.1f}{100 * row['day_wape']:10.2f}{row['seconds']:9.1f}"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table of the bank, and the seconds of one planned week."""
    parser = argparse.ArgumentParser(description="Forecast benchmark")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--models", default=",".join(MODELS))
    args = parser.parse_args()
    files = [args.data / "bank_calls_5min.csv.gz", args.data / "forecast_origins.csv"]
    for file in files:
        if not file.is_file():
            print(f"skipped: {file} is not there")
            return
    calls = pd.read_csv(files[0]).rename(columns={"time": "start", "calls": "offered"})
    origins = pd.read_csv(files[1]).query("dataset == 'bank'")
    scores = [backtest(calls, bank(), interval_min=30, origins=origins, model=m)[1] for m in args.models.split(",")]
    print(f"bank, half-hours, {len(origins)} origins, next 10 weekdays; per cent; seconds for all origins")
    print(table(pd.concat(scores)))
    began = time.perf_counter()
    told = forecast(calls, Grid(WEEK, 7, 30), bank(), handle_s={"calls": 175.0})
    chosen = told.volume["model"].iloc[0]
    print(f"week of {WEEK}: {time.perf_counter() - began:.1f} s with the race over past origins; chosen: {chosen}")


if __name__ == "__main__":
    main()
