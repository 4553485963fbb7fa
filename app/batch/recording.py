"""What a batch reads from and tells the store of a site's calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import sqlalchemy as sa

from ..exports import all_taken, new_exports
from ..files import write_csv
from ..inputs.folder import Folder
from ..record import record_site, today_at
from ..store.calls import calls_versions, days_with_calls, history, last_days, taken_before
from ..store.entries import site_id
from ..store.outcomes import last_week
from ..store.schema import batch as batches
from ..store.schema import ingest
from ..store.schema import site as sites
from ..store.schema import unit as units
from .ledger import Unit, batch_of
from .looks import calls_as_they_are, exports_in
from .ready import LAST_WEEK
from .site_inputs import SiteInputs
from .sites import Site
from .unchanged import UNREADABLE, mark, standing_of, stored_of, week_before
from .units import State, Step
from .vanished import BACK_DAYS, vanished

if TYPE_CHECKING:
    from .chain import Shared


@dataclass(frozen=True)
class Took:
    """What the step `take` did: rows that are new or corrected, and what a planner should know, in one sentence."""

    added: int = 0
    corrected: int = 0
    remark: str = ""

    @property
    def changed(self) -> bool:
        """Whether any row changed."""
        return self.added + self.corrected > 0


def take_calls(shared: Shared, site: Site, unit: Unit, inputs: SiteInputs) -> Took:
    """Take the exports of a site that are new, score what came and hold the plan of then against it.

    The files that [intake] names are taken first, where they are there, then the inbox: exports add to a history that
    lies beside plan.toml, and correct it.

    Raises
    ------
    InputError
        If an export cannot be taken.
    """
    exports = exports_of(site, inputs.folder, shared.home)
    if _recorded_today(shared, unit, inputs, exports):
        return Took()
    told = record_site(
        shared.ledger.store,
        site.folder,
        name=site.name,
        as_of=shared.as_of,
        inbox=exports,
        leads=site.settings.leads,
        accept=shared.accept,
        home=shared.home,
        watch=shared.watch,
    )
    added, corrected = (sum(getattr(taken, name) for _, taken in told.taken) for name in ("added", "corrected"))
    return Took(added, corrected, "; ".join([*_other_day(shared, inputs), *told.notes]))


def _other_day(shared: Shared, inputs: SiteInputs) -> list[str]:
    """Say that the day of the run is not over at the site, or has not begun; [] where the dates agree or are past."""
    zone, today = inputs.config.site.zone, dt.datetime.now().date()
    own = today_at(zone)
    if shared.as_of != today or own == today:
        return []
    what = "so the day before it counts as over too early" if own < today else "so a day that is over is left for later"
    return [f"the day of the run is {today}, at the site it is {own}: {what}"]


def _recorded_today(shared: Shared, unit: Unit, inputs: SiteInputs, exports: Sequence[Path]) -> bool:
    """Whether a batch of the same day has taken all exports and scored what they tell: nothing is new then."""
    near = [
        str(shared.as_of + dt.timedelta(days=k)) for k in (-1, 0, 1)
    ]  # a batch's own day may be the site's next one
    taken = (
        sa.select(batches)
        .join(units, batches.c.id == units.c.batch)
        .where(
            units.c.site == unit.site_id,
            units.c.step == Step.TAKE.value,
            units.c.state.in_((State.DONE.value, State.UNCHANGED.value)),
            batches.c.as_of.in_(near),
        )
    )
    zone = inputs.config.site.zone
    with shared.ledger.store.read() as c:
        if not any(batch_of(row).run_day.at(zone) == shared.as_of for row in c.execute(taken)):
            return False
        known = c.execute(sa.select(sites.c.zone).where(sites.c.id == unit.site_id)).scalar()
        before = taken_before(c, unit.site_id)
    return known == zone and not new_exports(inputs.folder, exports, before)


def exports_of(site: Site, folder: Folder, home: Path) -> list[Path]:
    """Return the files that [intake] names, where any is there, then the site's inbox."""
    intake = folder.config.intake
    return exports_in(site, intake.files, beyond=intake.outside, home=home)


def marked(shared: Shared, site: Site, units: Sequence[Unit], inputs: SiteInputs) -> str | None:
    """Return the mark of a site all of whose `units` are done from `inputs`; None where that cannot be told.

    That is so where weeks were planned before, from whatever there was then, or where the files are no longer those
    that were read.
    """
    plans = [unit for unit in units if unit.step is Step.PLAN]
    anew = all(unit.state is State.WAITING for unit in units if unit.step is not Step.TAKE)
    if inputs.look is None or not plans or not anew or site.settings.when == "always":
        return None
    first = plans[0].week
    store = shared.ledger.store
    try:
        calls = calls_as_they_are(site, shared.home)
        if site.settings.calls == "files":
            read = [(str(file.path), file.sha256) for file in (*(inputs.own_calls or ()), *inputs.shape)]
        else:
            with store.read() as c:
                before = taken_before(c, units[0].site_id)
            taken = all_taken(inputs.folder, exports_of(site, inputs.folder, shared.home), before)
            if taken is None:
                return None
            read = [*((str(path), sha256) for path, sha256 in taken.items()), *calls[len(taken) :]]
    except UNREADABLE:
        return None
    if read != calls:
        return None
    with store.read() as c:
        stored, standing = stored_of(c, [site.name]), standing_of(c, [week_before(first)])
    return mark(site, shared.as_of, shared.near_from, inputs.look, calls, stored[site.name], standing, first)


def calls_of(shared: Shared, site: Site, inputs: SiteInputs) -> tuple[dict[str, str | None], dict[str, dt.date]]:
    """Return by queue the digest of the export that changed the queue last, and the last day with calls.

    Digests instead of numbers: the same exports in a store begun anew are the same calls.
    """
    names = list(inputs.config.queue)
    with shared.ledger.store.read() as c:
        number = site_id(c, site.name, inputs.config.site.zone)
        versions = {name: version for name, version in calls_versions(c, number).items() if name in names}
        wanted = [version for version in versions.values() if version is not None]
        found = sa.select(ingest.c.id, ingest.c.sha256).where(ingest.c.id.in_(wanted))
        digests = {int(i): str(sha) for i, sha in c.execute(found)} if wanted else {}
        last = last_days(c, number, inputs.config.site.zone)
    return {name: digests.get(versions.get(name) or -1) for name in names}, {q: last[q] for q in names if q in last}


def vanished_of(shared: Shared, site: Site, inputs: SiteInputs, last: Mapping[str, dt.date]) -> str:
    """Say which queues the exports of a site have lost; "" where none."""
    zone, as_of = inputs.config.site.zone, shared.as_of
    with shared.ledger.store.read() as c:
        number = site_id(c, site.name, zone)
        return vanished(
            inputs,
            {name: min(day, as_of - dt.timedelta(days=1)) for name, day in last.items()},
            lambda name: days_with_calls(c, number, name, last[name], BACK_DAYS, zone),
            as_of,
            site.settings.late_days,
        )


def history_of(shared: Shared, site: Site, inputs: SiteInputs) -> pd.DataFrame:
    """Return the calls of a site from the store."""
    config = inputs.config
    with shared.ledger.store.read() as c:
        number = site_id(c, site.name, config.site.zone)
        return history(c, number, list(config.queue), config.site.zone, config.site.interval_min)


def lay_last_week(shared: Shared, site: Site, inputs: SiteInputs, place: Path) -> None:
    """Write what is known of the days known last into the folder `place`; no week is planned from that."""
    config = inputs.config
    with shared.ledger.store.read() as c:
        number = c.scalar(sa.select(sites.c.id).where(sites.c.name == site.name))
        if number is None:
            return
        days = last_week(c, int(number), shared.as_of, config.site.zone, list(config.queue))
    if len(days):
        write_csv(place / LAST_WEEK, days)
