"""A look at all sites of a batch that plans nothing: every fault at once, and what a run would do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from ...forecast.errors import InputError
from ..inputs.week_before import WeekBefore
from ..intake.read import calls_files, read_calls
from . import publication
from .config import BatchFile
from .drive import opened
from .ledger import known_site
from .site_inputs import SiteInputs
from .sites import Site, sites_of, weeks_of


@dataclass(frozen=True)
class Checked:
    """What was found of one site: its weeks, or its fault."""

    site: str
    weeks: tuple[dt.date, ...] = ()
    exports: int = 0
    fault: str = ""


def check_batch(file: BatchFile, as_of: dt.date, only: str | None, look: Callable[[str], None]) -> list[Checked]:
    """Read every site as a run would, its calls too, and return what was found.

    Parameters
    ----------
    look
        Called with the name of each site.
    """
    found = []
    for site in sites_of(file, only):
        look(site.name)
        try:
            found.append(_checked(site, file, as_of))
        except (InputError, OSError) as error:
            found.append(Checked(site.name, fault=str(error)))
    return found


def _checked(site: Site, file: BatchFile, as_of: dt.date) -> Checked:
    if site.fault is not None:
        raise site.fault
    inputs = SiteInputs.read(site.folder)
    config, folder = inputs.config, inputs.folder
    weeks = weeks_of(site, as_of, config.site.week_start)
    for week in weeks:
        folder.people(config.horizon(week).grid, WeekBefore())
    folder.forecast_overrides()
    exports = site.inbox(file.home) if site.settings.calls == "store" else []
    own = any((folder.path / name).exists() for name in config.intake.files) or not exports
    if own:
        calls_files(folder.path, config.intake)
        folder.calls()
    if exports:
        intake = replace(config.intake, files=tuple(str(path) for path in exports), outside=True)
        read_calls(folder.path, intake, zone=config.site.zone, interval_min=config.site.interval_min,
                   queues=tuple(config.queue))  # fmt: skip
    return Checked(site.name, tuple(weeks), len(exports) + own)


def dry_run(file: BatchFile, as_of: dt.date, only: str | None) -> list[tuple[str, str, str]]:
    """Return what a run would do, as (site, week, what); nothing is written.

    Exports that are new are not read, so a week of a site with new exports counts as one to plan.
    """
    out = []
    with opened(file) as store:
        for site in sites_of(file, only):
            try:
                if site.fault is not None:
                    raise site.fault
                inputs = SiteInputs.read(site.folder)
                weeks = weeks_of(site, as_of, inputs.config.site.week_start)
            except InputError as error:
                out.append((site.name, "", f"fails: {error}"))
                continue
            near = as_of + dt.timedelta(days=7 * site.settings.freeze_weeks)
            with store.read() as c:
                number = known_site(c, site.name)
                for week in weeks:
                    stands = None if number is None else publication.published(c, number, str(week))
                    frozen = stands is not None and week < near
                    what = (
                        "too near: left alone" if frozen else "planned if its inputs changed" if stands else "planned"
                    )
                    out.append((site.name, str(week), what))
    return out
