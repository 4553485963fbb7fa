"""Publication by hand: a person releases a run that was held, or puts an earlier one back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from ...forecast.errors import InputError
from ...schedule.problem.horizon import WEEK_DAYS
from ..store.locks import held
from . import publication
from .commit import enter
from .config import BatchFile
from .drive import opened
from .ledger import known_site
from .pairs import broken_between
from .site_inputs import SiteInputs
from .sites import sites_of

WEEK = dt.timedelta(days=WEEK_DAYS)


def release(file: BatchFile, name: str, week: dt.date, run: str | None, reason: str) -> tuple[Path, tuple[str, ...]]:
    """Publish a run of a site's week; return where, and which rules break between its plan and those beside it.

    A person decides: what breaks is told, not prevented.

    Parameters
    ----------
    run
        Number or folder's name of the run, or its hash, at least 8 characters of it; None = the last that was made.

    Raises
    ------
    InputError
        If there is no such site, or no such run, or the published folder was changed by hand.
    Held
        If a batch holds the site.
    """
    site = next((site for site in sites_of(file) if site.name == name), None)
    if site is None:
        known = ", ".join(site.name for site in sites_of(file)[:10])
        raise InputError("no such site", column="SITE", value=name, mend=f"Known: {known}")
    config = SiteInputs.read(site.folder).config  # read before anything is copied
    with opened(file) as store, held(store, [f"site {name}"], f"publish {name} {week}"):
        with store.read() as c:
            number = known_site(c, name)
            found = None if number is None else publication.run_named(c, number, str(week), run)
            stands = None if number is None else publication.published(c, number, str(week))
        if number is None or found is None:
            told = f"{name} has no run of the week of {week}" if run is None else f"{name} has no such run"
            raise InputError(told, column="--run", value=run, mend="The batch's page lists the runs that there are")
        changes = None
        if stands is not None:
            _, changes = publication.changes_from(file.home, name, stands, found)
        if not publication.stands(file.home, name, found):
            publication.copy_to_place(file.home, name, found, revise=True)
        with store.write() as c:
            enter(c, number, found, file.home, config.site.zone, dt.datetime.now().date(), reason, changes)
        with store.read() as c:
            broken = () if config.cyclic else tuple(_broken_beside(c, file.home, name, number, week))
    return publication.place_of(file.home, name, str(week)), broken


def _broken_beside(c: Connection, home: Path, name: str, number: int, week: dt.date) -> Iterator[str]:
    """Yield which rules break between the published plan of a week and the one before or after it."""
    for first, second in ((week - WEEK, week), (week, week + WEEK)):
        before, after = (publication.published(c, number, str(one)) for one in (first, second))
        if before is None or after is None:
            continue
        folders = (publication.folder_of(home, name, run) for run in (before, after))
        if why := broken_between(*folders):
            yield f"of the plans published for {first} and {second}: {why}"
