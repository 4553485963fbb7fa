"""The finished runs of a planner's folder, entered into the store: which plan stood, and for which forecast."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, select

from ..forecast.errors import InputError
from ..forecast.tables import TABLES, read_csv
from .finished import is_hiring, refuse_hiring, summary_of
from .folders.manifest import FILE as MANIFEST
from .folders.manifest import Manifest
from .folders.one_run import one_run
from .store.entries import queue_ids, tell
from .store.schema import PUBLISHED, publication, run, run_cost
from .store.snapshots import AS_PUBLISHED, write_snapshot
from .store.times import midnight_s

RUNS = "runs"
MADE_FROM = ("activity.csv", "volume.csv")
"""Files of a run that, with the hashes of its inputs, tell the run from any other."""
FIGURES = (
    "gap", "service_level_expected", "service_level_simulated", "under_agent_hours", "paid_hours", "seconds",
)  # fmt: skip
MONEY = ("cost", "cost_wages", "cost_prices", "bound")


@dataclass(frozen=True)
class Found:
    """A finished run on disk.

    Attributes
    ----------
    place
        Its path below the planner's folder.
    input_hash
        Tells it from any other run.
    summary
        Content of its summary.json.
    at_s
        When it was written.
    volume
        The forecast that it was planned for; None where the plan begins with a requirement.
    """

    place: str
    input_hash: str
    summary: Mapping[str, Any]
    at_s: int
    volume: pd.DataFrame | None


def identity_of(folder: Path, summary: Mapping[str, Any]) -> str | None:
    """Return what tells a run from any other: its week, its inputs and its plan; None where it has no manifest."""
    manifest = Manifest.read(folder)
    if manifest is None:
        return None
    made = {name: manifest.files.get(name) for name in MADE_FROM}
    told = [summary.get("week"), summary.get("scenario"), summary.get("input_hashes"), made]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def finished_runs(folder: Path, known: set[str]) -> Iterator[Found | str]:
    """Yield the plans of weeks and scenarios below a folder that are not `known` yet, or why one cannot be read.

    The plan of a week lies in the folder that is named after the week; copies, drafts and stopped runs beside it are
    nobody's plan. A plan that the user stopped stands like any other where no finished one took its place.
    """
    home, seen = folder / RUNS, set(known)
    for place in sorted(p for p in home.iterdir() if p.is_dir()) if home.is_dir() else ():
        if not (place / MANIFEST).is_file() or not (place / "summary.json").is_file():
            continue
        try:
            told = summary_of(place)
            if is_hiring(told) or not _is_plan(place, told) or identity_of(place, told) in seen:
                continue
            with one_run(place) as copy:
                refuse_hiring(copy)
                summary = summary_of(copy)
                name = identity_of(copy, summary)
                if name is None or name in seen or not _is_plan(place, summary):
                    continue
                seen.add(name)
                at_s = int((place / MANIFEST).stat().st_mtime)
                path = copy / "volume.csv"
                zone = summary.get("zone")
                volume = read_csv(path, TABLES["volume"], zone=zone) if path.is_file() else None
                yield Found(f"{RUNS}/{place.name}", name, summary, at_s, volume)
        except (InputError, OSError) as error:
            yield f"the run in {place} cannot be read and is left out: {error}"


def _is_plan(place: Path, summary: Mapping[str, Any]) -> bool:
    """Whether a run is that of a scenario, or lies in the folder that is named after its week."""
    return bool(summary.get("scenario")) or place.name == summary.get("week")


def known_runs(c: Connection, site: int) -> set[str]:
    """Return what tells the runs of a site that the store holds."""
    return {str(name) for name in c.scalars(select(run.c.input_hash).where(run.c.site == site))}


def enter(c: Connection, site: int, found: Found, by: str) -> list[dt.date]:
    """Enter a run; one that is no scenario is published in the place of its week. Return the days of its forecast."""
    told = found.summary
    week, scenario = str(told["week"]), str(told.get("scenario") or "")
    values = {
        "site": site, "week": week, "scenario": scenario, "input_hash": found.input_hash, "folder": found.place,
        "status": str(told.get("status")), "stopped": told.get("stopped"), "at_s": found.at_s,
        **{name.replace("service_level", "service"): told.get(name) for name in FIGURES},
    }  # fmt: skip
    number = int(c.execute(insert(run).values(values).returning(run.c.id)).scalar_one())
    if told.get("cost") is not None:
        money = {name: told.get(name) for name in MONEY}
        c.execute(insert(run_cost).values(run=number, currency=told.get("currency"), **money))
    if scenario:
        return []
    reason = f"lay in {found.place} when calls were recorded"
    c.execute(insert(publication).values(site=site, week=week, run=number, at_s=found.at_s, by=by, reason=reason))
    tell(c, "published", site=site, week=week, run=number, input_hash=found.input_hash, reason=reason)
    if found.volume is None or found.volume.empty:
        return []
    volume = found.volume
    queue_ids(c, site, list(volume["queue"].unique()))
    first = dt.date.fromisoformat(week)
    origin = midnight_s(first, told.get("zone"))
    write_snapshot(c, site, origin, PUBLISHED, volume, (AS_PUBLISHED,), number, at_s=found.at_s)
    return sorted(set(volume["start"].dt.date))
