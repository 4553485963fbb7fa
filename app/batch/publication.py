"""Publication: an immutable run becomes what people work by, and that changes by nobody's silence."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from ...forecast.errors import InputError
from ..folders.manifest import FILE as MANIFEST
from ..folders.manifest import Manifest
from ..folders.swap import foreign, put, sweep, work_folder
from ..publish.paper_names import CALENDARS, EARLIER
from ..store.schema import publication as publications
from ..store.schema import run as runs

PUBLISHED = "published"
ROSTER = "roster.csv"
HASH = "input_hash"
"""Key of a batch's summary.json: what tells this run from any other."""
LEAST_HASH = 8
"""Characters of a hash by which a person may name a run."""


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
    """Return the run of a week by its number, its folder's name or the beginning of its hash; None = the last made.

    Raises
    ------
    InputError
        If the name is empty, or the hashes of several runs begin so.
    """
    query = _runs().where(runs.c.site == site, runs.c.week == week, runs.c.scenario == "").order_by(runs.c.id.desc())
    found = [_run(row) for row in c.execute(query)]
    if name is None:
        return found[0] if found else None
    if not name.strip():
        raise InputError("names no run", column="--run", value=name, mend="Name its number, its folder or its hash")
    exact = [run for run in found if name in (str(run.id), Path(run.folder).name)]
    if exact or len(name) < LEAST_HASH:
        return exact[0] if exact else None
    by_hash = [run for run in found if run.input_hash.startswith(name)]
    if len(by_hash) > 1:
        numbers = ", ".join(str(run.id) for run in by_hash)
        raise InputError("several runs begin so", column="--run", value=name, mend=f"Name one by its number: {numbers}")
    return by_hash[0] if by_hash else None


def published(c: Connection, site: int, week: str) -> RunRow | None:
    """Return the run of a week that stands published; None where none does."""
    query = (
        _runs()
        .join(publications, publications.c.run == runs.c.id)
        .where(publications.c.site == site, publications.c.week == week)
        .order_by(publications.c.id.desc())
    )
    return _row(c.execute(query).first())


def are_apart(c: Connection, site: int, before: str, week: str) -> bool:
    """Whether the plan of the week `before` that stands published is not the one that stood when `week` was published.

    Plans released by hand in another order than that of their weeks count as apart too.
    """
    mine, number = publications.c, sa.func.max(publications.c.id)
    newest = c.execute(sa.select(number).where(mine.site == site, mine.week == week)).scalar()
    stands = published(c, site, before)
    if newest is None or stands is None:
        return False
    then = sa.select(mine.run).where(mine.site == site, mine.week == before, mine.id < newest)
    return bool(c.execute(then.order_by(mine.id.desc())).scalar() != stands.id)


def place_of(home: Path, site: str, week: str) -> Path:
    """Return where the published plan of a week lies."""
    return home / PUBLISHED / site / week


def stands(home: Path, site: str, run: RunRow) -> bool:
    """Whether the published folder of the run's week holds that run, and no file of it is missing."""
    place = place_of(home, site, run.week)
    if summary_of(place).get(HASH) != run.input_hash:
        return False
    manifest = Manifest.read(place)
    return manifest is not None and all((place / name).exists() for name in manifest.files)


def is_whole(folder: Path, input_hash: str) -> bool:
    """Whether a run folder holds the run of these inputs, with every file as it was written."""
    if summary_of(folder).get(HASH) != input_hash:
        return False
    try:
        manifest = Manifest.read(folder)
    except InputError:
        return False
    return manifest is not None and set(manifest.differences(folder).values()) <= {"added"}


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
        # Without the manifest, which `put` writes last: a copy that was killed counts as unfinished and is removed.
        shutil.copytree(source, work, ignore=lambda at, _: {MANIFEST} if Path(at) == source else (), dirs_exist_ok=True)
        if revise and (work / CALENDARS).is_dir() and place.is_dir():
            from ..publish.calendar import write_calendars  # these import what draws reports
            from ..publish.papers import keep_earlier

            keep_earlier(work, place, run.week)
            if (work / EARLIER).is_dir():
                shutil.rmtree(work / CALENDARS)
                write_calendars(work, previous=work / EARLIER)
                shutil.rmtree(work / EARLIER)
        where = put(work, place, wages=manifest.wages)
    if where != place:
        raise InputError(f"published beside, in {where}: {place} changed meanwhile", mend="Move one of them away")


def see_it_stand(home: Path, site: str, run: RunRow) -> None:
    """Put a published run back where its published folder is not there, or is that of another run."""
    sweep(place_of(home, site, run.week))
    if not stands(home, site, run):
        copy_to_place(home, site, run, revise=True)


def changes_from(home: Path, site: str, standing: RunRow, run: RunRow) -> tuple[bool, Changes | None]:
    """Compare a run with the one that stands published: whether that can be read, and what would change.

    The run folder of the one that stands may have been removed: its published copy tells the same.
    """
    old = folder_of(home, site, standing)
    if summary_of(old).get(HASH) != standing.input_hash:
        return False, None
    return True, changes_between(old, home / run.folder)


def folder_of(home: Path, site: str, run: RunRow) -> Path:
    """Return where the files of a run are: its own folder, or its published copy where that was removed."""
    own, copy = home / run.folder, place_of(home, site, run.week)
    gone = summary_of(own).get(HASH) != run.input_hash
    return copy if gone and summary_of(copy).get(HASH) == run.input_hash else own


def changes_between(old: Path, new: Path) -> Changes | None:
    """Count the agent-days that differ between two plans of a week; None where the old one names nobody."""
    if not (old / ROSTER).is_file():
        return None
    before = _days(old / ROSTER)
    after = _days(new / ROSTER) if (new / ROSTER).is_file() else {}
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
    from ...forecast.tables import read_text_csv  # this brings pandas

    rows = read_text_csv(roster)
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
