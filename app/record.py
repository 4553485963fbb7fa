"""What a night tells of a site: new calls, the errors of forecasts that have come due, plans against what came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from ..forecast.errors import InputError
from ..forecast.progress import Watch
from ..forecast.text import spelled
from .exports import Export, new_exports
from .inputs.folder import Folder
from .intake.read import read_calls
from .own_runs import enter, finished_runs, known_runs
from .store.calls import Taken, last_day, take, taken_before
from .store.connection import now_s
from .store.entries import queue_ids, site_id
from .store.locks import held
from .store.open import Store
from .store.outcomes import came, due, forget_outcomes, slots_of, standing, write_outcomes
from .store.schema import queue
from .store.schema import site as sites
from .store.scores import score
from .store.snapshots import LEADS
from .store.times import days_of, moment_s, seconds_of

BACK_DAYS = 35
"""Days back over which plans are held against what came; corrections of older days are taken wherever they lie."""


@dataclass(frozen=True)
class Recorded:
    """What was recorded of a site.

    Attributes
    ----------
    site, as_of
        Its name, and the first day that was not over.
    taken
        What became of each export that was new, by its name.
    scored, against
        Days whose forecasts were scored, and days whose plan was held against what came; in order.
    runs
        Runs of the folder that were entered.
    leads
        Days ahead at which forecasts are kept and scored.
    known_until
        Last day with calls; None = none.
    notes
        What a planner should know, a sentence each without its point.
    """

    site: str
    as_of: dt.date
    taken: tuple[tuple[str, Taken], ...] = ()
    scored: tuple[dt.date, ...] = ()
    against: tuple[dt.date, ...] = ()
    runs: int = 0
    leads: tuple[int, ...] = LEADS
    known_until: dt.date | None = None
    notes: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether any row of calls is new or corrected."""
        return any(t.added or t.corrected for _, t in self.taken)

    @property
    def told(self) -> str:
        """What was recorded, in one line."""
        added, corrected = (sum(getattr(t, name) for _, t in self.taken) for name in ("added", "corrected"))
        parts = [f"{added:,} rows of calls added, {corrected:,} corrected" if self.taken else "no new calls"]
        for days, what in ((self.scored, "scored"), (self.against, "of plans held against what came")):
            parts += [f"{len(days)} day{'s' if len(days) > 1 else ''} {what}"] * bool(days)
        return "; ".join(parts)


def queues_of(c: Connection, site: int) -> dict[str, int]:
    """Return the numbers of a site's queues by name."""
    return {str(name): int(i) for name, i in c.execute(select(queue.c.name, queue.c.id).where(queue.c.site == site))}


def today_at(zone: str | None) -> dt.date:
    """Return the site's date of this moment."""
    return dt.datetime.now(None if zone is None else ZoneInfo(zone)).date()


def record_site(
    store: Store,
    folder: Path,
    *,
    name: str,
    as_of: dt.date,
    inbox: Sequence[Path] | None = None,
    leads: Sequence[int] = LEADS,
    accept: bool = False,
    home: Path | None = None,
    own_runs: bool = False,
    watch: Watch | None = None,
) -> Recorded:
    """Take a site's new calls, score the forecasts that have come due, and hold plans against what came.

    The calls and their scores are stored together or not at all. The same calls again change nothing; corrected ones
    score their days anew. Each parameter is a choice of its own, and callers give them by name.

    Parameters
    ----------
    folder
        The planner's folder.
    name
        The site's name in the store.
    as_of
        First day that is not over: the days before it are scored.
    inbox
        The exports, in the order in which they are taken; None = the files of ``[intake]``. Each file is read once;
        they are read together where several of their queues make one of ours, since the parts of an interval may lie
        in two files, and where they are logs of calls, since hours without a call may lie between two of them.
    leads
        Leads that are kept.
    accept
        Whether more corrections than usual are taken.
    home
        Folder below which the published runs lie; None = the planner's.
    own_runs
        Whether the runs in the planner's folder are the plans that people worked; a batch publishes its own.

    Raises
    ------
    InputError
        On exports that cannot be read or believed, or a site that cannot be forecast.
    Stopped
        If the user stopped it; what was stored by then is whole.
    """
    watch = watch or Watch()
    planned = Folder.read(folder)
    zone, minutes = planned.config.site.zone, planned.config.site.interval_min
    with store.read() as c:
        known = c.scalar(select(sites.c.id).where(sites.c.name == name))
        before = taken_before(c, known) if known is not None else frozenset()
        runs = known_runs(c, known) if known is not None else set()
    watch.tell("record", f"calls of {name}")
    exports = [(one, _read(planned, one)) for one in new_exports(planned, inbox, before)]
    found = list(finished_runs(planned.path, runs)) if own_runs else []
    watch.raise_if_stopped()
    taken: list[tuple[str, Taken]] = []
    with store.write() as c:
        site = site_id(c, name, zone)
        queue_ids(c, site, list(planned.config.queue))
        days: set[dt.date] = set()
        changed: set[dt.date] = set()
        for run in found:
            if not isinstance(run, str):
                days |= set(enter(c, site, run, store.by))
        for export, rows in exports:
            taken.append((export.name, take(c, site, export.name, export.sha256, rows, accept=accept)))
            changed |= set(taken[-1][1].days_changed)
        again = forget_outcomes(c, site, changed)  # whatever ends this run: the next one finds them missing
        days |= changed
        scored = score(c, site, days, zone, before=as_of, leads=leads, interval_min=minutes)
    notes = [*(run for run in found if isinstance(run, str)), *(r for _, t in taken for r in t.remarks)]
    back = {as_of - dt.timedelta(days=k) for k in range(1, BACK_DAYS + 1)}
    against, told = _against(
        store, planned, home or planned.path, site, {*again, *(d for d in days | back if d < as_of)}, days, watch
    )
    with store.read() as c:
        until = last_day(c, queues_of(c, site).values(), zone)
    return Recorded(
        name, as_of, tuple(taken), tuple(scored), tuple(against), sum(not isinstance(run, str) for run in found),
        leads=tuple(leads), known_until=until, notes=tuple(dict.fromkeys([*notes, *told])),
    )  # fmt: skip


def _read(planned: Folder, export: Export) -> pd.DataFrame:
    """Read the calls of an export as the plan reads calls.

    Raises
    ------
    InputError
        If the export cannot be read, or tells calls of days to come.
    """
    site = planned.config.site
    intake = replace(planned.config.intake, files=tuple(str(p.resolve()) for p in export.files), outside=True)
    rows, _ = read_calls(
        planned.path, intake, zone=site.zone, interval_min=site.interval_min,
        queues=tuple(planned.config.queue), whole_days=False,
    )  # fmt: skip
    last = rows["start"][rows["offered"].notna()].max()
    if pd.notna(last) and last.date() > today_at(site.zone):
        mend = "Check the date format and the zone of the export, or leave those rows out"
        raise InputError("calls of days to come", file=export.files[-1], column="start", value=str(last), mend=mend)
    return _with_running(rows, site.zone, site.interval_min)


def _with_running(rows: pd.DataFrame, zone: str | None, interval_min: int) -> pd.DataFrame:
    """Return rows of which those that are not over yet have ``complete`` = 0: a store leaves them out."""
    starts, today = seconds_of(rows["start"]), np.datetime64(today_at(zone))
    step = min([interval_min * 60, *np.diff(np.unique(starts)).tolist()])
    days = days_of(starts, zone)
    running = (days > today) | ((days == today) & (starts + step > moment_s(now_s(), zone)))
    if not running.any():
        return rows
    complete = rows["complete"] if "complete" in rows else pd.Series(1.0, index=rows.index)
    return rows.assign(complete=complete.mask(running, 0.0))


def record_folder(
    store: Store, folder: Path, *, as_of: dt.date | None = None, accept: bool = False, watch: Watch | None = None
) -> Recorded:
    """Record one planner's folder: its runs, its new calls, and today's forecast, for as many days as `LEADS` ask.

    Parameters
    ----------
    as_of, accept, watch
        As for `record_site`; None = the site's date of this moment.

    Raises
    ------
    InputError, Stopped
        As `record_site`; where the site cannot be forecast, all else is stored.
    Held
        If somebody else records the site meanwhile.
    """
    from .nightly_forecast import keep_forecast  # imports all that forecasts

    planned, watch = Folder.read(folder), watch or Watch()
    day = as_of or today_at(planned.config.site.zone)
    with store.read() as c:
        name = name_of(c, store, planned.path, planned.config.store.site)
    with held(store, [f"site {name}"], "record"):
        done = record_site(store, folder, name=name, as_of=day, accept=accept, own_runs=True, watch=watch)
        scored, notes = keep_forecast(store, planned, name, day, watch)
    return replace(done, scored=tuple(sorted({*done.scored, *scored})), notes=(*done.notes, *notes))


def name_of(c: Connection, store: Store, folder: Path, told: str | None) -> str:
    """Return the name of a planner's folder in a store.

    Where none is told, it is that of the folder, or of the only site of a store that lies in the folder.

    Parameters
    ----------
    told
        What plan.toml says.

    Raises
    ------
    InputError
        If none is told for a store elsewhere: other folders of that name may be in it.
    """
    if told:
        return told
    home = folder.resolve()
    if store.path is None or store.path.resolve().parent != home:
        mend = f'Name it, like site = "{spelled(home.name)}" in [store]; other folders there need other names'
        raise InputError("the store lies elsewhere and may hold another site", column="store.site", mend=mend)
    names = list(c.scalars(select(sites.c.name)))
    return str(names[0]) if len(names) == 1 else spelled(home.name)


def _against(
    store: Store,
    planned: Folder,
    home: Path,
    site: int,
    days: Collection[dt.date],
    changed: Collection[dt.date],
    watch: Watch,
) -> tuple[list[dt.date], list[str]]:
    """Hold the plans of `days` against what came; return the days that were, and what could not be."""
    config = planned.config
    done: list[dt.date] = []
    notes: list[str] = []
    with store.read() as c:
        ids = queues_of(c, site)
        plans = standing(c, site, config.site.zone, days)
    goals = {ids[name]: one.goal for name, one in config.queue.items() if name in ids}
    for plan in plans:
        with store.read() as c:
            slots = slots_of(c, list(ids.values()), config.site.zone, plan.days)
            wanted = due(c, plan, came(c, slots, config.site.zone, goals)[1], changed) if len(slots) else []
        watch.raise_if_stopped()
        if not wanted:
            continue
        from .hindsight import parts_of_gap, published_run  # imports the simulation

        watch.tell("record", f"the plan of {plan.folder} against what came on {len(wanted)} days")
        try:
            run = published_run(home / plan.folder, plan.input_hash)
        except (InputError, OSError) as error:  # whatever became of an old run, calls are taken and weeks planned
            notes.append(f"the plan of {wanted[0]} is not held against what came: {error}")
            continue
        if run is None:
            notes.append(
                f"the run that stood on {wanted[0]} is no longer in {plan.folder}: its service is not compared"
            )
            continue
        near = {day - dt.timedelta(days=k) for day in wanted for k in (0, 1)}
        own = {ids[name]: goal for name, goal in run.goals.items() if name in ids}
        with store.read() as c:
            rows, table = came(c, run.slots(ids, near), run.config.site.zone, own)
        outcomes = parts_of_gap(run, rows, table[table["day"].isin(wanted)], ids, watch)
        with store.write() as c:
            write_outcomes(c, outcomes.assign(run=plan.run))
        done += wanted
    return sorted(done), notes
