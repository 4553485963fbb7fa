"""What a batch enters of its work: forecasts and runs, each in one transaction that comes again unharmed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import Connection

from ...forecast.calendar.grid import midnight
from ...forecast.tables import check, read_text_csv
from ..report.run import FILES
from ..store.entries import tell
from ..store.schema import run as runs
from ..store.schema import run_cost, snapshot
from ..store.snapshots import NIGHTLY, PUBLISHED, write_snapshot
from . import publication
from .ledger import Unit, now
from .publication import RunRow
from .sites import Site
from .units import Event

if TYPE_CHECKING:
    from .chain import Shared

NUMBERS = {
    "gap": "gap",
    "service_expected": "service_level_expected",
    "service_simulated": "service_level_simulated",
    "under_agent_hours": "under_agent_hours",
    "paid_hours": "paid_hours",
    "seconds": "seconds",
}
"""Column of `run` → key of summary.json."""
MONEY = ("cost", "cost_wages", "cost_prices", "bound", "currency")
SHORT = 8
"""Characters of the hash in the name of a run's folder."""
RUNS = "runs"


def run_folder(home: Path, site: str, week: str, input_hash: str) -> Path:
    """Return where the run of these inputs lies for ever."""
    return home / RUNS / site / f"{week}.{input_hash[:SHORT]}"


def commit_forecast(
    shared: Shared, site: Site, unit: Unit, folder: Path, known: Mapping[str, Any] | None = None
) -> Unit:
    """Keep the nightly forecast by lead and end its unit, in one transaction."""
    volume = _volume(folder, site)
    origin = int(midnight(shared.as_of, _zone(volume)).timestamp())
    with shared.ledger.store.write() as c:
        write_snapshot(c, unit.site_id, origin, NIGHTLY, volume, site.settings.leads)
        return shared.ledger.move(unit, Event.DONE, c, **(known or {}))


def commit_run(shared: Shared, site: Site, unit: Unit, folder: Path, money: Mapping[str, Any]) -> RunRow:
    """Enter a run, its money, the forecast it was made for and the event; what is entered already stays."""
    summary = publication.summary_of(folder)
    hashed = str(summary[publication.HASH])
    with shared.ledger.store.write() as c:
        found = publication.run_of(c, unit.site_id, unit.week, hashed)
        if found is not None:
            return found
        row = {
            "site": unit.site_id,
            "week": unit.week,
            "scenario": "",
            "input_hash": hashed,
            "folder": folder.relative_to(shared.home).as_posix(),
            "status": summary["status"],
            "stopped": summary["stopped"],
            "at_s": now(),
            **{column: summary.get(key) for column, key in NUMBERS.items()},
        }
        number = int(c.execute(runs.insert().values(row).returning(runs.c.id)).scalar_one())
        c.execute(run_cost.insert(), [{"run": number, **{key: money.get(key) for key in MONEY}}])
        _keep_published_forecast(c, shared, site, unit, folder, number)
        tell(
            c,
            "planned",
            site=unit.site_id,
            batch=shared.ledger.batch,
            week=unit.week,
            run=number,
            folder=row["folder"],
            input_hash=hashed,
            inputs=summary.get("input_hashes"),
        )
    return RunRow(number, unit.week, hashed, str(row["folder"]))


def _keep_published_forecast(
    c: Connection, shared: Shared, site: Site, unit: Unit, folder: Path, run: int
) -> None:
    """Keep the forecast that a plan was made for; a plan for a requirement has none."""
    if (folder / "volume.csv").is_file():
        volume = _volume(folder, site)
        origin = int(midnight(shared.as_of, _zone(volume)).timestamp())
        write_snapshot(c, unit.site_id, origin, PUBLISHED, volume, run=run)


def _volume(folder: Path, site: Site) -> pd.DataFrame:
    """Return volume.csv of a folder that busyhour wrote."""
    path, zone = folder / "volume.csv", _zone_of(folder)
    return check(read_text_csv(path), FILES["volume"], zone=zone, file=path)
