"""What a batch enters of its work: forecasts and runs, each in one transaction that comes again unharmed."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Connection

from ...forecast.errors import InputError
from ...schedule.problem.horizon import WEEK_DAYS
from ..config.schema import Site as SiteConfig
from ..files import write_atomic
from ..folders.manifest import FILE as MANIFEST
from ..folders.manifest import Manifest
from ..inputs.folder import OVERRIDES
from ..store.connection import by_of
from ..store.entries import tell
from ..store.schema import NIGHTLY, PUBLISHED, event, ingest, run_cost, snapshot
from ..store.schema import publication as publications
from ..store.schema import run as runs
from ..store.scores import is_scored_since, score
from ..store.snapshots import write_snapshot
from ..store.times import midnight_s
from . import publication
from .kept_volume import VOLUME, kept_volume
from .ledger import Unit, now
from .publication import Changes, RunRow
from .sites import Site
from .units import Event

if TYPE_CHECKING:
    from .chain import Shared

NUMBERS = {
    "gap": "gap",
    "service_expected": "service_level_expected",
    "service_simulated": "service_level_simulated",
    "under_agent_hours": "under_agent_hours",
    "paid_hours": "paid_hours",
    "seconds": "seconds",
}
"""Column of `run` → key of summary.json."""
MONEY = ("cost", "cost_wages", "cost_prices", "bound", "currency")
SHORT = 8
"""Characters of the hash in the name of a run's folder."""
RUNS = "runs"


def run_folder(home: Path, site: str, week: str, input_hash: str) -> Path:
    """Return where the run of these inputs lies for ever."""
    return home / RUNS / site / f"{week}.{input_hash[:SHORT]}"


def keep_money(work: Path, input_hash: str, summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return the money of a run, which its folder may not tell, and keep it for a driver that goes on after a kill."""
    money = {key: summary.get(key) for key in MONEY}
    write_atomic(_money_file(work, input_hash), json.dumps(money))
    return money


def known_money(work: Path, input_hash: str) -> dict[str, Any]:
    """Return what a killed driver knew of the money of a run."""
    with contextlib.suppress(OSError, ValueError):
        return dict(json.loads(_money_file(work, input_hash).read_text(encoding="utf-8")))
    return {}


def _money_file(work: Path, input_hash: str) -> Path:
    return work / f"money-{input_hash[:16]}.json"


def keep_run(staging: Path, folder: Path, input_hash: str, *, wages: bool) -> None:
    """Stamp the hash into what a worker made, and let that be the run `folder` for ever."""
    summary = publication.summary_of(staging) | {publication.HASH: input_hash}
    write_atomic(staging / "summary.json", json.dumps(summary, indent=2, allow_nan=False) + "\n")
    write_atomic(staging / MANIFEST, Manifest.of(staging, wages=wages).text)
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():  # damaged, or made by hand: a whole one would have been taken
        shutil.rmtree(folder)
    staging.rename(folder)


def commit_forecast(
    shared: Shared, site: Site, unit: Unit, folder: Path, own: SiteConfig, known: Mapping[str, Any] | None = None
) -> Unit:
    """Keep the nightly forecast by lead and end its unit, in one transaction.

    A batch of an earlier day tells of days that are over: they are scored at once, since later ones are scored already.

    Parameters
    ----------
    own
        Table ``[site]`` of the site's plan.toml.
    """
    volume = kept_volume(folder, own.zone)
    as_of, leads = shared.as_of, site.settings.leads
    with shared.ledger.store.write() as c:
        write_snapshot(c, unit.site_id, midnight_s(as_of, own.zone), NIGHTLY, volume, leads)
        if is_scored_since(c, unit.site_id, as_of):
            days = {as_of + dt.timedelta(days=lead - 1) for lead in leads}
            score(c, unit.site_id, days, own.zone, before=as_of, leads=leads, interval_min=own.interval_min)
        return shared.ledger.move(unit, Event.DONE, c, **(known or {}))


def forecast_is_kept(c: Connection, site: int, as_of: dt.date, zone: str | None) -> bool:
    """Whether the forecast of a day is kept, or one that was made since calls last changed in the store."""
    mine = (snapshot.c.site == site) & (snapshot.c.kind == NIGHTLY)
    today = sa.select(snapshot.c.id).where(mine, snapshot.c.origin_s == midnight_s(as_of, zone))
    if c.execute(today.limit(1)).first() is not None:
        return True
    made = c.execute(sa.select(sa.func.max(snapshot.c.at_s)).where(mine)).scalar()
    news = sa.select(sa.func.max(ingest.c.at_s)).where(ingest.c.site == site, ingest.c.added + ingest.c.corrected > 0)
    changed = c.execute(news).scalar()
    return made is not None and changed is not None and bool(changed <= made)


def commit_run(shared: Shared, unit: Unit, folder: Path, money: Mapping[str, Any]) -> RunRow:
    """Enter a run, its money and the event; a run that is entered already stays as it is."""
    summary = publication.summary_of(folder)
    hashed = str(summary[publication.HASH])
    with shared.ledger.store.write() as c:
        found = publication.run_of(c, unit.site_id, unit.week, hashed)
        if found is not None:
            return found
        row = {
            "site": unit.site_id,
            "week": unit.week,
            "scenario": "",
            "input_hash": hashed,
            "folder": folder.relative_to(shared.home).as_posix(),
            "status": summary["status"],
            "stopped": summary["stopped"],
            "at_s": now(),
            **{column: summary.get(key) for column, key in NUMBERS.items()},
        }
        number = int(c.execute(runs.insert().values(row).returning(runs.c.id)).scalar_one())
        c.execute(run_cost.insert(), [{"run": number, **{key: money.get(key) for key in MONEY}}])
        detail = {"week": unit.week, "run": number, "folder": row["folder"], "input_hash": hashed}
        inputs = summary.get("input_hashes")
        if (digest := (inputs or {}).get(OVERRIDES)) is not None and digest != _overrides_before(c, unit.site_id):
            told = {"file": OVERRIDES, "sha256": digest, "run": number}
            tell(c, "overrode", site=unit.site_id, batch=shared.ledger.batch, **told)
        tell(c, "planned", site=unit.site_id, batch=shared.ledger.batch, inputs=inputs, **detail)
    return RunRow(number, unit.week, hashed, str(row["folder"]))


def adopt(shared: Shared, unit: Unit, zone: str | None) -> None:
    """Enter the run that stands published and that the store has forgotten, where there is one, and tell of it.

    A store that was put back from a backup knows an older plan of the week than the one that people work. A killed
    driver leaves an older run in the published place, too, but one that the store knows.

    Raises
    ------
    InputError
        If the forgotten run is not whole.
    """
    place = publication.place_of(shared.home, unit.site, unit.week)
    hashed = publication.summary_of(place).get(publication.HASH)
    with shared.ledger.store.read() as c:
        standing = publication.published(c, unit.site_id, unit.week)
        if standing is None or hashed is None or publication.run_of(c, unit.site_id, unit.week, hashed) is not None:
            return
    folder = run_folder(shared.home, unit.site, unit.week, hashed)
    if not publication.is_whole(folder, hashed):
        mend = "Was the store put back from a backup? Move the folder away to publish the store's own plan again"
        raise InputError("holds a published plan that the store does not know", file=place, mend=mend)
    run = commit_run(shared, unit, folder, {})
    reason = "stood published when the store had forgotten it"
    with shared.ledger.store.write() as c:
        enter(c, unit.site_id, run, shared.home, zone, shared.as_of, reason, None)
        tell(c, "adopted", site=unit.site_id, week=unit.week, run=run.id, instead_of=standing.id)
    shared.notes.append(f"{unit.site} {unit.week}: the store had an older plan than the published one, which stays")
    shared.journal.write("adopted", site=unit.site, week=unit.week, run=run.id, message=shared.notes[-1])


def _overrides_before(c: Connection, site: int) -> str | None:
    """Return the digest of the planner's numbers that a plan of the site rested on last; None = there were none."""
    query = sa.select(event.c.detail).where(event.c.site == site, event.c.what == "overrode")
    found = c.scalar(query.order_by(event.c.id.desc()).limit(1))
    return None if found is None else str(json.loads(found)["sha256"])


def commit_publication(
    shared: Shared, unit: Unit, run: RunRow, zone: str | None, changes: Changes | None, values: Mapping[str, Any]
) -> Unit:
    """Enter a publication with the forecast that its plan was made for, and end the unit, in one transaction."""
    store, reason = shared.ledger.store, f"batch {shared.ledger.batch}"
    with store.write() as c:
        enter(c, unit.site_id, run, shared.home, zone, shared.as_of, reason, changes)
        return shared.ledger.move(unit, Event.DONE, c, **values)


def enter(
    c: Connection,
    site: int,
    run: RunRow,
    home: Path,
    zone: str | None,
    as_of: dt.date,
    reason: str,
    changes: Changes | None,
) -> None:
    """Enter a publication: its row, the forecast as published, and the event."""
    told = {} if changes is None else {"changed_agent_days": changes.changed, "agent_days": changes.of}
    row = {"site": site, "week": run.week, "run": run.id, "at_s": now(), "by": by_of(c), "reason": reason, **told}
    c.execute(publications.insert(), [row])
    if (home / run.folder / VOLUME).is_file():  # a plan for a requirement made elsewhere has none
        volume = kept_volume(home / run.folder, zone)
        write_snapshot(c, site, midnight_s(as_of, zone), PUBLISHED, volume, run=run.id)
        first = dt.date.fromisoformat(run.week)
        if is_scored_since(c, site, first):
            score(c, site, {first + dt.timedelta(days=k) for k in range(WEEK_DAYS)}, zone, before=as_of)
    tell(c, "published", site=site, week=run.week, run=run.id, input_hash=run.input_hash, reason=reason, **told)
