"""The forecast of several weeks as a folder: one step of a batch makes it, the plans of the weeks take their part."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ...forecast.calendar.grid import Grid
from ...forecast.tables import check, read_text_csv
from ..files import write_csv
from ..report.run import FILES

if TYPE_CHECKING:
    from ...forecast.predict import Forecast

VOLUME, PARTS, QUALITY = "volume", "volume_parts", "quality"
LAST_WEEK = "last_week.csv"
"""What came on the days before, for the report alone."""


def write_forecast(forecast: Forecast, folder: Path) -> None:
    """Write the tables of a forecast into `folder`, which is there."""
    from ..outcome import forecast_tables  # imports all that plans

    for name, table in forecast_tables(forecast).items():
        write_csv(folder / f"{name}.csv", table)


def read_forecast(folder: Path, grid: Grid) -> Forecast:
    """Return the part of a forecast that lies on the days of `grid`.

    What the forecast rests on (past weeks, errors of the models, history) comes whole. All but the volume comes as
    texts: nobody reckons with these, and a run folder holds them as they are.

    Raises
    ------
    InputError
        If a table is missing or cannot be read.
    """

    from ...forecast.predict import Forecast

    def text(name: str) -> pd.DataFrame:
        return read_text_csv(folder / f"{name}.csv")

    def typed(name: str, table: pd.DataFrame) -> pd.DataFrame:
        return check(table, FILES[name], zone=grid.zone, file=folder / f"{name}.csv")

    parts, quality = text(PARTS), text(QUALITY)
    volume, when = typed(VOLUME, text(VOLUME)), typed(PARTS, parts)["start"]
    volume["start"] = volume["start"].dt.as_unit(grid.starts.unit)  # as a forecast that was never a file
    found = typed(QUALITY, quality)
    first = volume["start"].min()
    elsewhere = (found["start"] >= first) & ((found["start"] >= grid.end) | (found["end"] <= grid.first))
    return Forecast(
        volume[_on(grid, volume["start"])].reset_index(drop=True),
        text("backtest"),
        text("history"),
        quality[~elsewhere].reset_index(drop=True),
        text("handle_backtest"),
        parts[_on(grid, when)].reset_index(drop=True),
        pd.DataFrame(),
        text("past_weeks"),
    )


def _on(grid: Grid, start: pd.Series) -> pd.Series:
    """Tell which starts lie on the days of `grid`."""
    return (start >= grid.first) & (start < grid.end)


def read_last_week(folder: Path) -> pd.DataFrame:
    """Return what the inputs of a task tell of the days before, as texts; empty where they tell nothing."""
    path = folder / LAST_WEEK
    return read_text_csv(path) if path.is_file() else pd.DataFrame()
