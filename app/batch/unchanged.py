"""Sites that a batch of the same day has left nothing to do at: found without reading what their files say."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from ...forecast.errors import InputError
from ...forecast.progress import Event, Watch
from ..files import TEMPORARY
from ..store.connection import Store
from ..store.schema import NIGHTLY, ingest, queue, snapshot
from ..store.schema import batch as batches
from ..store.schema import publication as publications
from ..store.schema import run as runs
from ..store.schema import site as sites
from ..store.schema import unit as units
from . import publication
from .ledger import now
from .looks import Look, calls_as_they_are, mark_of
from .publication import RunRow
from .run_day import RunDay
from .site_units import Chain
from .sites import Site
from .task import Told
from .units import State, Step

WEEK = dt.timedelta(days=7)
TELL_S = 1.0
"""Seconds between two lines of progress."""
NEAR = "published, and too near to be planned again"
"""What is said of a published week that is left alone."""
SETTLED = (State.DONE.value, State.UNCHANGED.value)
UNREADABLE = (InputError, OSError, ValueError, TypeError, AttributeError, RecursionError)
"""What a file raises that is no longer what was read before; who reads it says what is wrong."""


def near_until(near_from: dt.date, freeze_weeks: int) -> dt.date:
    """Return the day before which published weeks are left alone."""
    return near_from + freeze_weeks * WEEK


def stored_of(c: Connection, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return by site what tells the state of its calls in the store: its zone, and by queue the file that came last."""
    query = (
        sa.select(sites.c.name, sites.c.zone, queue.c.name.label("queue"), ingest.c.sha256)
        .outerjoin(queue, queue.c.site == sites.c.id)
        .outerjoin(ingest, ingest.c.id == queue.c.calls_version)
    )
    wanted, out = set(names), dict[str, dict[str, Any]]()
    for row in c.execute(query if len(names) > 1 else query.where(sites.c.name == names[0])):
        if row.name in wanted:
            told = out.setdefault(row.name, {"zone": row.zone, "queues": {}})
            if row.queue is not None:
                told["queues"][row.queue] = row.sha256
    return out


def standing_of(c: Connection, weeks: Sequence[str]) -> dict[tuple[str, str], RunRow]:
    """Return by site and week the runs that stand published."""
    newest = (
        sa.select(sa.func.max(publications.c.id).label("id"))
        .where(publications.c.week.in_(weeks))
        .group_by(publications.c.site, publications.c.week)
        .subquery()
    )
    query = (
        sa.select(sites.c.name, runs.c.id, runs.c.week, runs.c.input_hash, runs.c.folder)
        .select_from(publications)
        .join(newest, newest.c.id == publications.c.id)
        .join(runs, runs.c.id == publications.c.run)
        .join(sites, sites.c.id == publications.c.site)
    )
    return {(r.name, r.week): RunRow(r.id, r.week, r.input_hash, r.folder) for r in c.execute(query)}


def mark(
    site: Site,
    as_of: dt.date,
    near_from: dt.date,
    look: Look,
    calls: Sequence[tuple[str, str]],
    stored: Mapping[str, Any],
    standing: Mapping[tuple[str, str], RunRow],
    first: str,
) -> str:
    """Return the mark of a site (see `mark_of`); each parameter is a part of the state that the mark tells.

    Parameters
    ----------
    stored, standing
        From `stored_of`, of this site, and from `standing_of`, with the week before.
    first
        The first week to plan.
    """
    before = standing.get((site.name, week_before(first)))
    told = {**stored, "before": None if before is None else before.input_hash}
    return mark_of(site, as_of, near_from, look.digests, calls, told)


def week_before(week: str) -> str:
    """Return the first day of the week before."""
    return (dt.date.fromisoformat(week) - WEEK).isoformat()


@dataclass(frozen=True)
class Unchanged:
    """Looks for sites that are as a batch of the same day has left them.

    Attributes
    ----------
    store
        Asked again where that is seldom needed.
    home
        Folder of batch.toml.
    left
        Units of each site in the last batch of the day.
    stored, standing
        What the store tells of all sites.
    """

    store: Store
    home: Path
    day: RunDay
    left: Mapping[str, Sequence[Any]]
    stored: Mapping[str, Mapping[str, Any]]
    standing: Mapping[tuple[str, str], RunRow]

    @classmethod
    def since(cls, store: Store, home: Path, day: RunDay) -> Unchanged:
        """Ask the store, once for all sites."""
        with store.read() as c:
            left = _left(c, day.here)
            weeks = {row.week for own in left.values() for row in own if row.week}
            weeks |= {week_before(week) for week in weeks}
            stored = stored_of(c, list(left)) if left else {}
            return cls(store, home, day, left, stored, standing_of(c, sorted(weeks)) if weeks else {})

    def among(self, sites: Sequence[Site], watch: Watch, tell: Callable[[Told], None]) -> dict[str, Chain]:
        """Return the units of the sites that are unchanged; a stop ends the search."""
        found, told_at = dict[str, Chain](), time.monotonic()
        for i, site in enumerate(sites if self.left else ()):
            if watch.stopped:
                break
            if (chain := self.of(site)) is not None:
                found[site.name] = chain
            if time.monotonic() - told_at > TELL_S:
                told_at = time.monotonic()
                tell(Told(None, Event("look", f"{i + 1:,} of {len(sites):,} sites")))
        return found

    def of(self, site: Site) -> Chain | None:
        """Return the units of a site, all of them ended; None where the site has to be looked at step by step.

        Every file that the batch would read is read and hashed, and so are the runs: nothing is taken on trust.
        """
        left = self.left.get(site.name)
        if left is None or site.fault is not None or site.settings.when == "always":
            return None
        take, forecast, *plans = left
        if [take.step, forecast.step] != [Step.TAKE, Step.FORECAST] or not plans or forecast.input_hash is None:
            return None
        if any(row.message not in (None, NEAR) for row in left):
            return None  # what was said of the site may have to be said again
        if any(row.state not in SETTLED for row in left) or not all(self._stands(site, row) for row in plans):
            return None
        if all(self._is_near(site, row) for row in plans) and not self._forecast_is_new(take.site):
            return None
        try:
            look, calls = Look.at(site.folder), calls_as_they_are(site, self.home)
        except UNREADABLE:
            return None
        as_of, stored = self._as_of(site), self.stored[site.name]
        found = mark(site, as_of, as_of, look, calls, stored, self.standing, plans[0].week)
        if found != forecast.input_hash:
            return None
        ended = [self._ended(site, row) for row in left]
        return Chain(site.name, None, [(Step(row.step), row.week) for row in left], ended)

    def _stands(self, site: Site, plan: Any) -> bool:
        """Whether the run of a week stands published, whole and in its place."""
        run = self.standing.get((site.name, plan.week))
        if run is None or run.id != plan.run or run.input_hash != plan.input_hash:
            return False
        place = publication.place_of(self.home, site.name, plan.week)
        try:
            if any(TEMPORARY in path.name for path in place.parent.iterdir()):
                return False  # a killed driver left something there
            whole = self._is_near(site, plan) or publication.is_whole(self.home / run.folder, run.input_hash)
            return whole and publication.stands(self.home, site.name, run)
        except UNREADABLE:
            return False

    def _forecast_is_new(self, number: int) -> bool:
        """Whether the site was forecast since calls last changed in the store: no plan that is made anew tells that."""
        nightly = (snapshot.c.site == number) & (snapshot.c.kind == NIGHTLY)
        news = (ingest.c.site == number) & (ingest.c.added + ingest.c.corrected > 0)
        with self.store.read() as c:
            made = c.execute(sa.select(sa.func.max(snapshot.c.at_s)).where(nightly)).scalar()
            changed = c.execute(sa.select(sa.func.max(ingest.c.at_s)).where(news)).scalar()
        return made is not None and changed is not None and bool(changed <= made)

    def _as_of(self, site: Site) -> dt.date:
        """Return the day of the run at a site that the store knows; of another zone in plan.toml its mark tells."""
        return self.day.at(self.stored[site.name]["zone"])

    def _is_near(self, site: Site, plan: Any) -> bool:
        return dt.date.fromisoformat(plan.week) < near_until(self._as_of(site), site.settings.freeze_weeks)

    def _ended(self, site: Site, row: Any) -> dict[str, Any]:
        """Return the columns of a unit that is found unchanged."""
        known = {"state": State.UNCHANGED.value, "input_hash": row.input_hash, "run": row.run, "ended_s": now()}
        if row.step != Step.PLAN:
            return known
        return {**known, "message": NEAR} if self._is_near(site, row) else {**known, "code": row.code}


def _left(c: Connection, as_of: dt.date) -> dict[str, list[Any]]:
    """Return the units of each site in the last batch of the day that had the site."""
    of_day = sa.select(batches.c.id).where(batches.c.as_of == str(as_of))
    last = (
        sa.select(units.c.site, sa.func.max(units.c.batch).label("batch"))
        .where(units.c.batch.in_(of_day))
        .group_by(units.c.site)
        .subquery()
    )
    query = (
        sa.select(
            sites.c.name,
            units.c.site,
            units.c.step,
            units.c.week,
            units.c.state,
            units.c.input_hash,
            units.c.run,
            units.c.code,
            units.c.message,
        )
        .select_from(units)
        .join(last, (last.c.site == units.c.site) & (last.c.batch == units.c.batch))
        .join(sites, sites.c.id == units.c.site)
        .order_by(units.c.id)
    )
    out: dict[str, list[Any]] = {}
    for row in c.execute(query):
        out.setdefault(row.name, []).append(row)
    return {name: own for name, own in out.items() if len(own) > 2}
