"""A requirement made elsewhere, scheduled: requirement.csv, perhaps curve.csv, and a plan.toml."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from ..forecast.calendar.grid import Grid
from ..forecast.errors import InputError
from ..forecast.progress import Watch
from ..forecast.queueing.curve.curve import Curve
from ..forecast.tables import TABLES, read_csv, refuse_duplicates
from .inputs.day_grid import day_grid
from .inputs.folder import Folder
from .run import Ask, requirement_week, schedule


def schedule_file(
    requirement: Path,
    curve: Path | None,
    rules: Path,
    staff: Path | None,
    ask: Ask,
    watch: Watch,
    log: Callable[[], list[str]],
) -> tuple[Path, dict[str, Any]]:
    """Schedule requirement.csv (and curve.csv) under a plan.toml; returns run folder and summary."""
    folder = Folder.read(rules, ask.scenario, ask.overrides, staff)
    site, names = folder.config.site, list(folder.config.queue)
    zone = site.zone
    table = read_csv(requirement, TABLES["requirement"], zone=zone)
    if "queue" not in table.columns:
        if len(names) != 1:
            raise InputError("column 'queue' is missing", file=requirement, mend="plan.toml has several queues")
        table = table.assign(queue=names[0])
    _known(table, names, requirement)
    refuse_duplicates(table, ["queue", "start"], file=requirement, what="duplicate interval")
    curves: dict[str, Curve] | None = None
    files = {**folder.files(), "requirement.csv": requirement}
    if curve is not None:
        rows = read_csv(curve, TABLES["curve"], zone=zone)
        rows = rows if "queue" in rows.columns else rows.assign(queue=names[0])
        _known(rows, names, curve)
        curves = {str(n): Curve.from_frame(part, str(n)) for n, part in rows.groupby("queue")}
        files["curve.csv"] = curve
    grid = day_grid(table, zone, requirement)
    if grid.minutes != site.interval_min:
        steps = {"interval_min": grid.minutes, "grid_min": math.gcd(grid.minutes, site.grid_min)}
        folder = Folder.read(rules, ask.scenario, {**ask.overrides, "site": steps}, staff)
    table = _open_only(table, folder, requirement_week(table, folder, ask), requirement)
    return schedule(table, curves, folder, ask, files, watch, log)


def _open_only(table: pd.DataFrame, folder: Folder, week: dt.date, path: Path) -> pd.DataFrame:
    """Return a requirement with the closed intervals of `week` marked; nobody may be asked for there."""
    site, calendar = folder.config.site, folder.calendar()
    grid = Grid(week, 7, site.interval_min, site.zone)
    is_open = pd.Series(True, index=table.index)
    inside = (table["start"] >= grid.first) & (table["start"] < grid.end)
    if not inside.any():
        raise InputError(
            f"no row lies in the planned week of {week}", file=path, column="start", value=str(table["start"].min()),
            mend="Name another week with --week",
        )  # fmt: skip
    for queue, rows in table[inside].groupby("queue"):
        place = grid.starts.get_indexer(pd.DatetimeIndex(rows["start"]))
        if (place < 0).any():
            wrong = rows.index[int((place < 0).argmax())]
            raise InputError(
                f"time is not on the {grid.minutes}-minute grid", file=path, row=int(wrong) + 2, column="start",
                value=str(table["start"][wrong]),
            )  # fmt: skip
        is_open[rows.index] = calendar.open_mask(grid, str(queue))[place]
    wrong_rows = (~is_open & (table["agents_phone"] > 0)).to_numpy()
    if wrong_rows.any():
        i = int(wrong_rows.argmax())
        raise InputError(
            f"agents are asked for at {table['start'].iloc[i]}, when the queue is closed", file=path, row=i + 2,
            column="agents_phone", value=float(table["agents_phone"].iloc[i]),
            mend=f"Set it to 0, or change [opening] in {folder.rules.name}",
        )  # fmt: skip
    return table.assign(open=(is_open & table.get("open", pd.Series(1, index=table.index)).astype(bool)).astype(int))


def _known(table: pd.DataFrame, names: list[str], path: Path) -> None:
    strange = ~table["queue"].isin(names)
    if strange.any():
        i = int(strange.to_numpy().argmax())
        raise InputError(
            "unknown queue",
            file=path,
            row=i + 2,
            column="queue",
            value=table["queue"].iloc[i],
            mend=f"plan.toml has {', '.join(names)}",
        )
