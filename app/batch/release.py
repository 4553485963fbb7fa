"""Publication by hand: a person releases a run that was held, or puts an earlier one back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from ...forecast.errors import InputError
from ..store.locks import held
from . import publication
from .commit import enter
from .config import BatchFile
from .drive import opened
from .ledger import known_site
from .site_inputs import SiteInputs
from .sites import sites_of


def release(file: BatchFile, name: str, week: dt.date, run: str | None, reason: str) -> Path:
    """Publish a run of a site's week and return where.

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
    zone = SiteInputs.read(site.folder).config.site.zone  # read before anything is copied
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
            enter(c, number, found, file.home, zone, dt.datetime.now().date(), reason, changes)
    return publication.place_of(file.home, name, str(week))
