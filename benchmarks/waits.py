"""Patience and handle times of real calls: python -m benchmarks.waits --data DIR

DIR holds ``technion_feb1999_calls.csv.gz``, the calls of a bank in February 1999 one by one. For each type of call and
all together: mean patience from the single waits (exponential, and the law of the least AIC) against that from tables
of half-hours, with and without the count of who hung up within 20 s; then the backtest of handle times by half-hour.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.changed_hours import hours_of_history
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.calls.arrange import histories
from busyhour.forecast.calls.history import History
from busyhour.forecast.errors import InputError
from busyhour.forecast.handle_time.race import handle_forecast
from busyhour.forecast.patience.from_intervals import PatienceFound, patience_of
from busyhour.forecast.patience.from_waits import fit_patience

WITHIN_S, MINUTES = 20, 30
TYPES = ("PS", "NW", "NE", "IN", "TT", "PE")


def by_half_hour(calls: pd.DataFrame) -> pd.DataFrame:
    """Return single calls as rows of the table ``calls``, a row for every half-hour of the month."""
    left = calls["outcome"] == "HANG"
    sums = pd.DataFrame(
        {
            "offered": 1.0,
            "answered": ~left,
            "abandoned": left,
            "abandoned_in": left & (calls["wait_s"] <= WITHIN_S),
            "waited_s": calls["wait_s"].where(~left, 0),
            "worked_s": calls["service_s"].where(~left, 0).fillna(0),
        }
    ).astype(float)
    times = pd.date_range("1999-02-01", "1999-03-01", freq=f"{MINUTES}min", inclusive="left")
    out = sums.groupby(calls["arrival"].dt.floor(f"{MINUTES}min")).sum().reindex(times, fill_value=0.0)
    answered = out["answered"].where(out["answered"] > 0)
    means = {"wait_s": out["waited_s"] / answered, "handle_s": out["worked_s"] / answered, "within_s": WITHIN_S}
    return out.assign(**means).rename_axis("start").reset_index()


def past(calls: pd.DataFrame) -> History:
    """Return the calls as a history of half-hours."""
    table = by_half_hour(calls)
    calendar = Calendar(hours_of_history(table, MINUTES).listed)
    return histories(table, calendar, minutes=MINUTES)["calls"]


def told(found: PatienceFound) -> str:
    """Return an estimate in words."""
    return "-" if found.mean_s is None else f"{found.mean_s:.0f} ± {found.se_s:.0f}"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    file = parser.parse_args().data / "technion_feb1999_calls.csv.gz"
    if not file.exists():
        print(f"skipped: no {file.name} at --data")
        return
    calls = pd.read_csv(file, parse_dates=["arrival"])
    served = (calls["outcome"] != "PHANTOM") & ((calls["queued"] == 1) | (calls["outcome"] == "AGENT"))
    groups = {name: calls[served & (calls["type"] == name)] for name in TYPES} | {"all": calls[served]}
    pasts = {name: past(part) for name, part in groups.items()}
    print(f"{'type':<6}{'calls':>7}{'left':>6}  {'single waits':<14}{'least AIC':<28}{'table':<12}{'and count':<12}")
    for name, part in groups.items():
        left, waits, history = part["outcome"] == "HANG", part["wait_s"], pasts[name]
        try:
            plain, best = (fit_patience(waits, left, law=law) for law in ("exponential", "auto"))
        except InputError as error:
            print(f"{name:<6}{len(part):>7}{left.sum():>6}  {error.what}")
            continue
        assert history.waits is not None
        blind = history.waits.over(abandoned_in=np.zeros_like(history.waits.abandoned))
        single, law = f"{plain.mean_s:.0f} ± {plain.se_s:.0f}", f"{best.law.name} {best.mean_s:.0f} ± {best.se_s:.0f}"
        table, count = (told(patience_of(w, history.handle_s, MINUTES)) for w in (blind, history.waits))
        print(f"{name:<6}{plain.calls:>7}{plain.abandons:>6}  {single:<14}{law:<28}{table:<12}{count:<12}")
    shown = []
    for name, history in pasts.items():
        week = Grid((pd.Timestamp(history.last_date) + pd.Timedelta(days=1)).date(), 7, MINUTES)
        shown.append(handle_forecast(history, week, least_days=14).backtest.assign(queue=name))
    print(pd.concat(shown).round(4).to_string(index=False))


if __name__ == "__main__":
    main()
