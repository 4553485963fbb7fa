"""Publication: an immutable run becomes what people work by, and that changes by nobody's silence."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import Connection

from ...forecast.errors import InputError
from ...forecast.tables import read_text_csv
from ..folders.manifest import FILE as MANIFEST
from ..folders.manifest import Manifest
from ..folders.swap import foreign, put, work_folder
from ..publish.calendar import write_calendars
from ..publish.papers import CALENDARS, EARLIER, keep_earlier
from ..store.schema import publication as publications
from ..store.schema import run as runs

PUBLISHED = "published"
ROSTER = "roster.csv"
HASH = "input_hash"
"""Key of a batch's summary.json: what tells this run from any other."""


@dataclass(frozen=True)
class RunRow:
    """A run that the store knows; `folder` is relative to the folder of batch.toml."""

    id: int
    week: str
    input_hash: str
    folder: str


@dataclass(frozen=True)
class Changes:
    """Agent-days of a week that differ between two plans, and all agent-days that one of them has."""

    changed: int
    of: int

    @property
    def share(self) -> float:
        """Changed agent-days as a share of all."""
        return self.changed / self.of if self.of else 0.0


def run_of(c: Connection, site: int, week: str, input_hash: str) -> RunRow | None:
    """Return the run of a site's week that was made from these inputs."""
    query = _runs().where(runs.c.site == site, runs.c.week == week, runs.c.input_hash == input_hash)
    return _row(c.execute(query.where(runs.c.scenario == "")).first())


def run_by_id(c: Connection, run: int) -> RunRow:
    """Return a run by its id."""
    return _run(c.execute(_runs().where(runs.c.id == run)).one())


def run_named(c: Connection, site: int, week: str, name: str | None) -> RunRow | None:
    """Return the run of a week whose id, hash or folder begins or ends with `name`; None = the last that was made."""
    query = _runs().where(runs.c.site == site, runs.c.week == week, runs.c.scenario == "").order_by(runs.c.id.desc())
    for row in c.execute(query):
        found = _run(row)
        if name is None or name in (str(found.id), Path(found.folder).name) or found.input_hash.startswith(name):
            return found
    return None


def published(c: Connection, site: int, week: str) -> RunRow | None:
    """Return the run of a week that stands published; None where none does."""
    query = (
        _runs()
        .join(publications, publications.c.run == runs.c.id)
        .where(publications.c.site == site, publications.c.week == week)
        .order_by(publications.c.id.desc())
    )
    return _row(c.execute(query).first())


def place_of(home: Path, site: str, week: str) -> Path:
    """Return where the published plan of a week lies."""
    return home / PUBLISHED / site / week


def stands(home: Path, site: str, run: RunRow) -> bool:
    """Whether the published folder of the run's week holds that run, whole."""
    place = place_of(home, site, run.week)
    return summary_of(place).get(HASH) == run.input_hash and (place / MANIFEST).is_file()


def copy_to_place(home: Path, site: str, run: RunRow, *, revise: bool) -> None:
    """Copy a run to its published place, whole or not at all.

    Parameters
    ----------
    revise
        Whether the calendars are written again as revisions of the published ones; a run that was planned as their
        revision has them already.

    Raises
    ------
    InputError
        If somebody changed the published folder, or put something into it: nothing is written over that.
    """
    source, place = home / run.folder, place_of(home, site, run.week)
    if why := foreign(place):
        raise InputError(why, mend=f"Move it away, then: busyhour batch publish … {site} {run.week}")
    manifest = Manifest.read(source)
    if manifest is None:
        raise InputError("the run is not there, or not whole", file=source, mend="Plan the week again")
    with work_folder(place) as work:
        shutil.copytree(source, work, dirs_exist_ok=True)
        if revise and (work / CALENDARS).is_dir() and place.is_dir():
            keep_earlier(work, place, run.week)
            if (work / EARLIER).is_dir():
                shutil.rmtree(work / CALENDARS)
                write_calendars(work, previous=work / EARLIER)
                shutil.rmtree(work / EARLIER)
        where = put(work, place, wages=manifest.wages)
    if where != place:
        raise InputError(f"published beside, in {where}: {place} changed meanwhile", mend="Move one of them away")


def changes_between(old: Path, new: Path) -> Changes | None:
    """Count the agent-days that differ between two plans of a week; None where one of them names nobody."""
    if not ((old / ROSTER).is_file() and (new / ROSTER).is_file()):
        return None
    before, after = _days(old / ROSTER), _days(new / ROSTER)
    days = before.keys() | after.keys()
    return Changes(sum(before.get(day) != after.get(day) for day in days), len(days))


def summary_of(folder: Path) -> dict[str, Any]:
    """Return the summary of a run folder; {} where there is none that can be read."""
    try:
        found = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _days(roster: Path) -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    """Return what each agent works on each day: starts and ends."""
    rows: pd.DataFrame = read_text_csv(roster)
    out: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    for agent, date, start, end in rows[["agent", "date", "start", "end"]].itertuples(index=False):
        out[agent, date] = (*out.get((agent, date), ()), (start, end))
    return out


def _runs() -> sa.Select[tuple[int, str, str, str]]:
    return sa.select(runs.c.id, runs.c.week, runs.c.input_hash, runs.c.folder)


def _row(found: sa.Row[tuple[int, str, str, str]] | None) -> RunRow | None:
    return None if found is None else _run(found)


def _run(found: sa.Row[tuple[int, str, str, str]]) -> RunRow:
    return RunRow(found.id, found.week, found.input_hash, found.folder)
