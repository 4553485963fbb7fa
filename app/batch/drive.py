"""The driver of a batch: the only process that writes to the store and to published folders."""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...forecast.errors import InputError
from ...forecast.progress import Watch
from ..folders.swap import sweep
from ..store.faults import StoreFault
from ..store.locks import held
from ..store.open import Store, open_store
from . import ledger as books
from .config import BatchFile
from .driven import lock_of
from .engine import engine_of
from .index import PAGE, write_page
from .journal import LOG, Journal
from .ledger import BatchRow, Ledger, Unit
from .missed import missed
from .notify import notify
from .publication import place_of as published_place
from .run_day import RunDay
from .sites import Site, sites_of
from .status import BatchStatus, seconds_left
from .task import EngineFault, Told
from .to_do import chains_of, missing_of
from .unchanged import Unchanged
from .units import ENDED, Step
from .work_ahead import WorkAhead

if TYPE_CHECKING:
    from .chain import Chain
    from .site_inputs import SiteInputs

BATCHES = "batches"
SAME_NIGHT_S = 12 * 3600
"""Seconds within which a batch that began today or yesterday is continued: the next night begins another one."""
SHOW_S = 0.2
"""Seconds between two looks of a person at the batch."""
TELL_S = 1.0
"""Seconds between two lines of progress of one unit."""
LOOK_S = 1.0
"""Seconds between two questions to the store whether somebody asked to stop."""


@dataclass(frozen=True)
class Options:
    """What the command line sets beside batch.toml.

    Parameters
    ----------
    as_of
        The day of the run at all sites; None = today, at each site by its own date.
    only
        Glob of the sites' names.
    new
        Whether an unfinished batch is left as it is.
    batch
        Id of the batch to continue; None = the last one, or a new one.
    resume
        Whether a batch must be continued: none is begun.
    retry
        Whether failed and blocked units are tried again.
    workers, cluster
        In place of those of [run].
    accept
        Whether exports may correct more rows than usual.
    """

    as_of: dt.date | None = None
    only: str | None = None
    new: bool = False
    batch: int | None = None
    resume: bool = False
    retry: bool = False
    workers: int | None = None
    cluster: str | None = None
    accept: bool = False


Show = Callable[[BatchStatus], None]
"""Called with each change of the batch's status."""


def opened(file: BatchFile) -> Store:
    """Open the store of a batch."""
    return open_store(file.config.store.url, base=file.home)


def place_of(file: BatchFile, batch: int) -> Path:
    """Return the folder of a batch: its log, its page, its work."""
    return file.home / BATCHES / str(batch)


def run_batch(file: BatchFile, options: Options, watch: Watch, show: Show, tell: Callable[[Told], None]) -> Ended:
    """Continue the unfinished batch of the file's name, or begin one, and drive it to its end.

    Raises
    ------
    InputError
        If batch.toml names no site, or the store is not one of this version.
    Held
        If another batch holds one of the sites.
    StoreFault, EngineFault
        If the store or all workers are lost; what is entered stands, and page and program are told of it.
    """
    with opened(file) as store:
        row = _continued(store, file, options)
        only = options.only if row is None else row.settings["only"]
        if row is not None:
            file = _as_it_began(file, row)
        sites = {site.name: site for site in sites_of(file, only)}
        names = [lock_of(file.config.batch.name), *(f"site {name}" for name in sites)]
        with held(store, names, f"batch {file.config.batch.name}"):
            begun: dict[str, SiteInputs] = {}
            if row is None:
                day = RunDay(books.now(), options.as_of)
                same = Unchanged.since(store, file.home, day).among(list(sites.values()), watch, tell)
                others = [site for name, site in sites.items() if name not in same]
                ledger = Ledger.begin(store, file, day, only, [*same.values(), *chains_of(others, day, begun)])
            else:
                ledger = Ledger(store, row.id)
                ledger.release()
                if options.retry:
                    ledger.retry()
                ledger.add(missing_of(ledger, sites, row.run_day))
            return Driver(file, ledger, sites, None if row else begun, options, watch, show, tell).drive()


@dataclass(frozen=True)
class Ended:
    """How a batch ended, and its page."""

    status: BatchStatus
    page: Path


class Driver:
    """Drives one batch; the caller holds the locks of its sites."""

    def __init__(
        self,
        file: BatchFile,
        ledger: Ledger,
        sites: Mapping[str, Site],
        begun: Mapping[str, SiteInputs] | None,
        options: Options,
        watch: Watch,
        show: Show,
        tell: Callable[[Told], None],
    ) -> None:
        """Sweep what a killed driver left, and line the sites up, the longest last time first.

        `begun` has the inputs that were read when the batch began; None where the batch goes on.
        """
        self.file, self.ledger, self.watch, self.show, self._tell = file, ledger, watch, show, tell
        self.row = ledger.row()
        self.place = place_of(file, self.row.id)
        self.place.mkdir(parents=True, exist_ok=True)
        _sweep(self.place)
        run = file.config.run
        given = {"workers": options.workers, "cluster": options.cluster}
        if options.workers is not None and options.cluster is None:
            given["cluster"] = ""
        self.run = run.model_copy(update={k: v for k, v in given.items() if v is not None})
        self.journal = Journal(self.place / LOG)
        self.last = books.last_seconds(ledger.store)
        only = options.only or self.row.settings["only"]
        self.notes = [] if only else missed(file, sites, ledger.store, self.row.id)
        self.began = ledger.by_site()
        left = {name: own for name, own in self.began.items() if any(unit.state not in ENDED for unit in own)}
        self.chains = self._chains(left, sites, begun, accept=options.accept) if left else {}
        if begun is None:  # a killed driver may have died while it published
            for unit in (u for own in left.values() for u in own if u.step is Step.PLAN and u.state not in ENDED):
                sweep(published_place(file.home, unit.site, unit.week))
        self._looked = time.monotonic()
        self._shown = -math.inf
        self._heard: dict[int | None, float] = {}

    def _chains(
        self,
        left: Mapping[str, list[Unit]],
        sites: Mapping[str, Site],
        begun: Mapping[str, SiteInputs] | None,
        *,
        accept: bool,
    ) -> dict[str, Chain]:
        """Return the sites that have not ended."""
        from ..record import today_at
        from .chain import Chain, Shared  # these bring all that reads sites

        day, zones, out = self.row.run_day, books.zones_of(self.ledger.store), dict[str, Chain]()
        for name, own in left.items():
            inputs = (begun or {}).get(name)
            zone = inputs.config.site.zone if inputs is not None else zones.get(name)
            as_of = day.at(zone)
            near_from = max(as_of, today_at(zone)) if begun is None else as_of
            shared = Shared(self.ledger, self.file.home, self.place, as_of, self.run.attempts, self.journal,
                            self.watch, accept, near_from, self.notes)  # fmt: skip
            out[name] = Chain(shared, sites.get(name) or _gone(self.file, name), own, inputs)
        return out

    def drive(self) -> Ended:
        """Do all units that wait, and tell what became of them.

        Raises
        ------
        StoreFault, EngineFault
            If the store or all workers are lost, once all that still can be told is told.
        """
        self.journal.write("begin", batch=self.row.id, as_of=self.row.as_of, sites=len(self.began))
        order = sorted(self.chains, key=lambda name: (-self.last.get(name, 0.0), name))
        chains, ahead = [self.chains[name] for name in order], 1 if self.run.cluster else self.run.workers
        work = WorkAhead(chains, ahead=ahead, engine=lambda: engine_of(self.run, self._hear), watch=self.watch,
                         stopped=self._stopped, show=self._show)  # fmt: skip
        self._show(0)
        try:
            try:
                work.do()
                ended = self._told()  # a driver that is killed before the end is entered goes on, and tells again
            finally:
                self._show(0, last=True)
                self.journal.write("end", state=self.ledger.end())
        except (StoreFault, EngineFault) as fault:
            self._tell_fault(fault)
            raise
        notify(self.file.config.notify, ended.status.summary(ended.page), self.journal)
        return ended

    def _tell_fault(self, fault: Exception) -> None:
        """Tell of a batch that cannot go on as far as that can be done without workers, perhaps without the store."""
        self.journal.write("fault", message=str(fault))
        row = replace(self.row, state=books.STOPPED, ended_s=books.now())
        status = BatchStatus.of(row, self._units(), notes=self.notes)
        page: Path | None = None
        with contextlib.suppress(OSError):
            page = write_page(self.ledger.store, self.file, status, self._units(), self.place)
        self.show(status)
        notify(self.file.config.notify, {**status.summary(page), "error": str(fault)}, self.journal)

    def _stopped(self) -> bool:
        """Whether a signal, or ``busyhour batch stop``, asked to stop."""
        if not self.watch.stopped and time.monotonic() - self._looked > LOOK_S:
            self._looked = time.monotonic()
            if self.ledger.asked_to_stop():
                self.watch.stop.set()
        return self.watch.stopped

    def _hear(self, told: Told) -> None:
        event, at = told.event, time.monotonic()
        if at - self._heard.get(told.unit, -math.inf) < TELL_S:
            return
        self._heard[told.unit] = at
        self.journal.write("progress", unit=told.unit, stage=event.stage, text=event.text or None, gap=event.gap,
                           worker=told.worker or None)  # fmt: skip
        self._tell(told)

    def _units(self) -> dict[str, list[Unit]]:
        return self.began | {name: chain.units for name, chain in self.chains.items()}

    def _show(self, places: int, *, last: bool = False) -> None:
        """Show how the batch stands, a few times a second: hundreds of sites are counted each time."""
        if not last and time.monotonic() - self._shown < SHOW_S:
            return
        self._shown, units = time.monotonic(), self._units()
        self.show(BatchStatus.of(self.row, units, seconds_left(units, self.last, places), self.notes))

    def _told(self) -> Ended:
        """Write the page and return how the batch ends."""
        done = all(chain.ended for chain in self.chains.values())
        row = replace(self.row, state=books.DONE if done else books.STOPPED, ended_s=books.now())
        status = BatchStatus.of(row, self._units(), notes=self.notes)
        if done:
            shutil.rmtree(self.place / "work", ignore_errors=True)
        try:
            page = write_page(self.ledger.store, self.file, status, self._units(), self.place)
        except OSError as error:  # a full disk: the plans of the sites stand all the same
            self.notes.append(f"the page of the batch is not written: {error}")
            return Ended(status, self.place / PAGE)
        return Ended(status, page)


def _continued(store: Store, file: BatchFile, options: Options) -> BatchRow | None:
    """Return the batch to continue; None where a new one begins."""
    name = file.config.batch.name
    if options.resume or options.batch is not None:
        found = books.known(store, name, options.batch)
        if found.state == books.DONE and not options.retry:
            raise InputError(f"batch {name} {found.id} is done", mend="Begin another one with: busyhour batch run")
        return found
    left = None if options.new else books.last(store, name)
    if left is None or left.state == books.DONE or not left.is_of(file, options.only):
        return None
    if options.as_of is not None:
        return left if left.run_day.fixed == options.as_of else None
    days = (dt.datetime.now().date() - left.day).days
    return left if days in (0, 1) and books.now() - left.began_s < SAME_NIGHT_S else None


def _as_it_began(file: BatchFile, row: BatchRow) -> BatchFile:
    """Return the file with the settings that the batch began with; machines and messages are those of today."""
    kept = {key: row.settings[key] for key in books.SETTINGS}
    today = file.config.model_dump(exclude=set(books.SETTINGS))
    return replace(file, config=type(file.config).model_validate({**today, **kept}))


def _gone(file: BatchFile, name: str) -> Site:
    told = InputError("its folder is gone since the batch began", mend="Put it back, or begin a new batch with --new")
    return Site(name, file.home / name, file.config.of(name), told)


def _sweep(place: Path) -> None:
    """Remove the inputs and the half-made results of a killed driver; forecasts and runs are whole or not there."""
    for folder in place.glob("work/*"):
        for left in [*folder.glob("staging*"), *folder.glob(".staging*"), folder / "inputs"]:
            shutil.rmtree(left, ignore_errors=True)
