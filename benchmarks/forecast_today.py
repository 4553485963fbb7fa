"""Errors for the rest of a running day: python -m benchmarks.forecast_today [--data DIR] [--sets bank,cat,...]

The bank's last 60 days, and at the French desks the next open day after each origin; of ``--data`` what is absent is
skipped. At each hour after opening the rest of the day is forecast three times: as the evening before, by the ratio
rule that many planners use (scaled by calls so far / calls forecast so far), and given what has come. WAPE in percent;
gain = what the update takes off the error of none.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.calls.arrange import histories
from busyhour.forecast.calls.history import History
from busyhour.forecast.calls.quality import cleaned
from busyhour.forecast.models import model_named

from .forecast_sets import SETS, Set, sets_named

BANK_DAYS = 60
HOURS = (1, 2, 3, 4, 6, 8, 10)
HOURS_ROUND_THE_CLOCK = (8, 10, 12, 14, 16, 18)
NAMES = ("bank", "tech_axa", "cat", "medical")


def days_of(of: Set, history: History) -> list[dt.date]:
    """Return the days to update."""
    seen = [d for d, row in zip(history.dates, history.seen, strict=True) if row.any()]
    if of.name == "bank":
        return seen[-BANK_DAYS:]
    return [next(d for d in seen if d > origin.date()) for origin in of.origins["origin"]]


def errors(of: Set) -> Iterator[str]:
    """Yield a line per hour: the errors of the rest of the day without update, by the ratio rule, and updated."""
    history = next(iter(histories(of.calls, of.calendar, minutes=of.interval_min).values()))
    hours = HOURS_ROUND_THE_CLOCK if of.daytype == "calendar" else HOURS
    missed, calls = np.zeros((len(hours), 3)), np.zeros(len(hours))
    days = days_of(of, history)
    for date in days:
        model = model_named("factor").fit(cleaned(history.until(date - dt.timedelta(days=1))))
        grid = Grid(date, 1, of.interval_min, of.calendar.zone)
        row = history.calls[(date - history.first_date).days]
        known, told = np.flatnonzero(np.isfinite(row)), model.predict(grid).mean
        for i, hour in enumerate(hours):
            begin = 0 if of.daytype == "calendar" else known[0]
            edge = begin + hour * 60 // of.interval_min
            today = np.where(np.arange(len(row)) < edge, row, np.nan)
            rest, so_far = known[known >= edge], known[known < edge]
            ratio = row[so_far].sum() / max(told[so_far].sum(), 1e-9)
            for k, guess in enumerate((told, ratio * told, model.predict(grid, today=today).mean)):
                missed[i, k] += np.abs(guess - row)[rest].sum()
            calls[i] += row[rest].sum()
    yield f"\n{of.name}: {len(days)} days\n{'after':>7}{'none':>9}{'ratio':>9}{'updated':>9}{'gain':>9}"
    for hour, (none, ratio, updated), total in zip(hours, missed, calls, strict=True):
        figures = "".join(f"{100 * x / total:>9.2f}" for x in (none, ratio, updated))
        yield f"{hour:>5} h{figures}{100 * (1 - updated / none):>8.1f}%"


def main() -> None:
    """Measure every set that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default=",".join(NAMES), help="which, separated by commas")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="where the French desks are")
    asked = parser.parse_args()
    names = asked.sets.split(",")
    if unknown := [name for name in names if name not in SETS]:
        parser.error(f"no such set: {', '.join(unknown)}; there are {', '.join(SETS)}")
    for name in names:
        sets = sets_named(name, asked.data)
        if isinstance(sets, str):
            print(f"\n{name}: skipped, no {sets} at --data {asked.data}")
            continue
        for of in sets:
            print("\n".join(errors(of)), flush=True)


if __name__ == "__main__":
    main()
