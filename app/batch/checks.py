"""A look at all sites of a batch that plans nothing: every fault at once, and what a run would do."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ...forecast.errors import InputError
from ..exports import new_exports
from ..inputs.week_before import WeekBefore
from ..intake.read import calls_files, read_calls
from ..intake.units import refuse_odd_handle_time
from ..store.address import address_of
from ..store.calls import taken_before
from ..store.connection import Store
from ..store.faults import StoreFault
from . import publication
from .config import BatchFile
from .drive import opened
from .ledger import known_site
from .recording import exports_of
from .run_day import RunDay
from .site_inputs import SiteInputs
from .sites import Site, sites_of, weeks_of


@dataclass(frozen=True)
class Checked:
    """What was found of one site: its weeks, or its fault."""

    site: str
    weeks: tuple[dt.date, ...] = ()
    exports: int = 0
    fault: str = ""


def check_batch(file: BatchFile, day: RunDay, only: str | None, look: Callable[[str], None]) -> list[Checked]:
    """Read every site as a run would, its calls too, and return what was found.

    Parameters
    ----------
    look
        Called with the name of each site.
    """
    found = []
    with _looked_into(file) as store:
        for site in sites_of(file, only):
            look(site.name)
            try:
                found.append(_checked(site, file, day, store))
            except StoreFault:
                raise
            except (InputError, OSError) as error:
                found.append(Checked(site.name, fault=str(error)))
    return found


@contextlib.contextmanager
def _looked_into(file: BatchFile) -> Iterator[Store | None]:
    """Open the store of a batch to read it; None where there is none yet: whoever looks makes none."""
    path = address_of(file.config.store.url, file.home).path
    if path is not None and not path.exists():
        yield None
        return
    with opened(file) as store:
        yield store


def _checked(site: Site, file: BatchFile, day: RunDay, store: Store | None) -> Checked:
    if site.fault is not None:
        raise site.fault
    inputs = SiteInputs.read(site.folder)
    config, folder = inputs.config, inputs.folder
    weeks = weeks_of(site, day.at(config.site.zone), config.site.week_start)
    for week in weeks:
        folder.people(config.horizon(week).grid, WeekBefore())
    folder.forecast_overrides()
    for name, queue in config.queue.items():
        refuse_odd_handle_time(queue.handle_s, column=f"queue.{name}.handle_s", trust=config.intake.trust)
    if site.settings.calls == "files":
        files = calls_files(folder.path, config.intake)
        folder.calls()
        return Checked(site.name, tuple(weeks), len(files))
    taken = frozenset[str]()
    if store is not None:
        with store.read() as c:
            number = known_site(c, site.name)
            taken = taken if number is None else taken_before(c, number)
    files = exports_of(site, folder, file.home)
    if not files and not taken:
        calls_files(folder.path, config.intake)  # says which files are not there
    for export in new_exports(folder, files, taken):
        names = tuple(str(path.resolve()) for path in export.files)
        read_calls(folder.path, replace(config.intake, files=names, outside=True), zone=config.site.zone,
                   interval_min=config.site.interval_min, queues=tuple(config.queue))  # fmt: skip
    return Checked(site.name, tuple(weeks), len(files))


def dry_run(file: BatchFile, day: RunDay, only: str | None) -> list[tuple[str, str, str]]:
    """Return what a run would do, as (site, week, what); nothing is written.

    Exports that are new are not read, so a week of a site with new exports counts as one to plan.
    """
    out = []
    with _looked_into(file) as store:
        for site in sites_of(file, only):
            try:
                if site.fault is not None:
                    raise site.fault
                inputs = SiteInputs.read(site.folder)
                as_of = day.at(inputs.config.site.zone)
                weeks = weeks_of(site, as_of, inputs.config.site.week_start)
            except InputError as error:
                out.append((site.name, "", f"fails: {error}"))
                continue
            near = as_of + dt.timedelta(days=7 * site.settings.freeze_weeks)
            published = _published(store, site.name, weeks)
            for week in weeks:
                stands = week in published
                what = "planned if its inputs changed" if stands else "planned"
                out.append((site.name, str(week), "too near: left alone" if stands and week < near else what))
    return out


def _published(store: Store | None, name: str, weeks: Sequence[dt.date]) -> set[dt.date]:
    """Return those weeks of a site that stand published."""
    if store is None:
        return set()
    with store.read() as c:
        number = known_site(c, name)
        if number is None:
            return set()
        return {week for week in weeks if publication.published(c, number, str(week)) is not None}
