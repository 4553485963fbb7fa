"""Whether a store still holds together: pages, schema, references, and sums counted again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sqlalchemy import Connection, and_, func, or_, select

from ...forecast.progress import Watch
from .connection import Store
from .schema import calls, forecast, ingest, metadata, outcome, publication, queue, run, score, site
from .scores import READ, SUMS, sums_of
from .times import days_of
from .versions import TABLE

TOLERANCE = 1e-6
"""Difference of two sums, as a share of the larger or in calls, that rounding may make."""
USUAL_MIN = 30
"""Minutes of an interval that stands alone on its day; days like that are not counted again."""


def verify(store: Store, watch: Watch | None = None) -> list[str]:
    """Return what is wrong with a store, each a sentence without its point; nothing is changed.

    Scores are counted again where all forecasts of their day are still there.

    Raises
    ------
    StoreFault
        If the store cannot be read.
    """
    watch = watch or Watch()
    found: list[str] = []
    with store.read() as c:
        for name, look in LOOKS:
            watch.tell("verify", name)
            found += look(c)
        sites = c.execute(select(site.c.id, site.c.name, site.c.zone).order_by(site.c.name)).all()
        for i, (number, name, zone) in enumerate(sites):
            watch.tell("verify", f"scores of {name}", share=i / len(sites))
            for line in _scores(c, number, zone, watch):
                found.append(f"{name}, {line}")
    return found


def _pages(c: Connection) -> Iterator[str]:
    """Whether SQLite finds its pages and indices whole."""
    if c.dialect.name == "sqlite":
        for (said,) in c.exec_driver_sql("PRAGMA integrity_check(20)"):
            if said != "ok":
                yield f"the file is damaged: {said}"


def _schema(c: Connection) -> Iterator[str]:
    """Whether all tables and columns are as declared."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    context = MigrationContext.configure(c, opts={"version_table": TABLE})
    for change in compare_metadata(context, metadata):
        yield f"the schema differs from this version's: {change}"


def _orphans(c: Connection) -> Iterator[str]:
    """Whether each number of another table's row leads to one."""
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            column, parent = key.parent, key.column.table.alias("parent")
            lost = select(func.count()).select_from(table.outerjoin(parent, column == parent.c.id))
            if number := c.execute(lost.where(column.is_not(None), parent.c.id.is_(None))).scalar_one():
                yield f"{number:,} rows of {table.name} name a row of {key.column.table.name} that is not there"


def _versions(c: Connection) -> Iterator[str]:
    """Whether each queue names the last ingest that changed a row of its calls."""
    last = select(calls.c.queue, func.max(calls.c.ingest).label("last")).group_by(calls.c.queue).subquery()
    joined = queue.join(site, queue.c.site == site.c.id).outerjoin(last, last.c.queue == queue.c.id)
    other = or_(
        queue.c.calls_version != last.c.last,
        and_(queue.c.calls_version.is_(None), last.c.last.is_not(None)),
        and_(queue.c.calls_version.is_not(None), last.c.last.is_(None)),
    )
    for name, theirs in c.execute(select(site.c.name, queue.c.name).select_from(joined).where(other)):
        yield f"{name}, {theirs}: the version of the calls is not that of their last change"


def _takes(c: Connection) -> Iterator[str]:
    """Whether each export added and corrected no more rows than it has."""
    more = select(ingest.c.file).where(ingest.c.added + ingest.c.corrected > ingest.c.rows)
    for name in c.execute(more).scalars():
        yield f"the export {name} has fewer rows than it added and corrected"


def _outcomes(c: Connection) -> Iterator[str]:
    """Whether the parts of each gap of service sum to the gap."""
    o = outcome.c
    gap = o.service_actual - o.service_planned
    off = func.abs(o.gap_volume + o.gap_handle + o.gap_other - gap) > TOLERANCE
    if number := c.execute(select(func.count()).select_from(outcome).where(off)).scalar_one():
        yield f"the parts of {number:,} gaps between plan and outcome do not sum to the gap"


def _publications(c: Connection) -> Iterator[str]:
    """Whether each published run is one of that site and week."""
    joined = publication.join(run, publication.c.run == run.c.id)
    other = or_(publication.c.site != run.c.site, publication.c.week != run.c.week)
    if number := c.execute(select(func.count()).select_from(joined).where(other)).scalar_one():
        yield f"{number:,} publications name a run of another site or week"


def _scores(c: Connection, site_number: int, zone: str | None, watch: Watch) -> Iterator[str]:
    """Whether the scores are the sums of forecasts against calls, where all forecasts of a day are still there."""
    for number, name in c.execute(select(queue.c.id, queue.c.name).where(queue.c.site == site_number)).all():
        asked = select(*(forecast.c[n] for n in READ)).where(forecast.c.queue == number)
        rows = pd.DataFrame([tuple(r) for r in c.execute(asked)], columns=list(READ))
        told = c.execute(select(score).where(score.c.queue == number))
        kept = pd.DataFrame([tuple(r) for r in told], columns=list(told.keys()))
        if rows.empty or kept.empty:
            continue
        rows["day"] = days_of(rows["start_s"].to_numpy(dtype=np.int64), zone)
        rows = rows.sort_values(["queue", "lead", "start_s"], ignore_index=True)
        again = sums_of(c, rows, zone, USUAL_MIN)
        both = kept.merge(again, on=["queue", "lead", "day"], suffixes=("", "_again"))
        whole = (both["n"] + both["unknown"] == both["n_again"] + both["unknown_again"]) & (both["n"] > 1)
        for lead, day in _unequal(both[whole]):
            yield f"{name}: the score of {day}, {lead} days ahead, is not what its forecasts and calls sum to"


def _unequal(both: pd.DataFrame) -> list[tuple[int, str]]:
    bad = np.zeros(len(both), dtype=bool)
    for column in SUMS:
        ours, again = (both[n].to_numpy(dtype=float, na_value=np.nan) for n in (column, f"{column}_again"))
        bad |= ~np.isclose(ours, again, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
    return list(both.loc[bad, ["lead", "day"]].itertuples(index=False, name=None))


LOOKS = (
    ("pages", _pages),
    ("schema", _schema),
    ("references", _orphans),
    ("versions of calls", _versions),
    ("exports", _takes),
    ("outcomes", _outcomes),
    ("publications", _publications),
)
