"""What a batch tells of each site and week: from its units, and from what the store knows of runs, errors and calls."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from ..store.schema import calls, publication, queue, run, run_cost, score, site
from .ledger import Unit
from .run_day import RunDay
from .units import State, Step

LEAD_DAYS, SCORED_DAYS = 7, 28
"""The accuracy that is told: of the forecasts made about so many days ahead, over the last so many days."""
WORST_FIRST = (State.DEAD, State.FAILED, State.HELD, State.BLOCKED, State.RUNNING, State.WAITING, State.DONE,
               State.UNCHANGED)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A site's week, or a site that has come to no week; None = not known. No money is told, only its change.

    Attributes
    ----------
    cost_change
        Cost of this plan against the one published before for this week, else for the week before; a share.
    gap, service_expected, service_simulated, forecast_error
        Shares; the error is WAPE of forecasts made `LEAD_DAYS` days ahead, over `SCORED_DAYS` days.
    short_h
        Agent-hours missing.
    changed_agent_days, agent_days
        Of the plan published before.
    days_without_calls
        Days before the day of the batch of which no call is known.
    lost
        How often a worker was lost over it.
    folder
        The run, relative to the folder of batch.toml; `published` where it stands published.
    """

    site: str
    week: str
    state: str
    code: int | None
    message: str
    cost_change: float | None = None
    gap: float | None = None
    service_expected: float | None = None
    service_simulated: float | None = None
    short_h: float | None = None
    changed_agent_days: float | None = None
    agent_days: float | None = None
    forecast_error: float | None = None
    days_without_calls: int | None = None
    seconds: float | None = None
    lost: int = 0
    folder: str | None = None
    published: bool = False


def rows_of(c: Connection, units: Mapping[str, Sequence[Unit]], day: RunDay) -> list[Row]:
    """Return a row for each site and week of a batch, the worst first."""
    told = [unit for own in units.values() for unit in _told(own)]
    numbers = {unit.site: unit.site_id for unit in told}
    runs = _runs(c, [unit.run for unit in told if unit.run is not None])
    published = _published(c, numbers.values(), {unit.week for unit in told})
    ids = sorted(set(numbers.values()))
    errors, late = _errors(c, ids, day.here), _days_without_calls(c, ids, day)
    rows = [
        _row(
            unit,
            runs.get(unit.run or -1),
            published,
            errors.get(unit.site_id),
            late.get(unit.site_id),
            units[unit.site],
        )
        for unit in told
    ]
    rank = {state.value: i for i, state in enumerate(WORST_FIRST)}
    return sorted(rows, key=lambda r: (rank[r.state], -(r.short_h or 0.0), r.site, r.week))


def _told(units: Sequence[Unit]) -> Iterable[Unit]:
    """Return the units of a site that the page shows: what went wrong before its plans, else the plans."""
    plans = [unit for unit in units if unit.step is Step.PLAN]
    bad = [unit for unit in units if unit.step is not Step.PLAN and unit.state in (State.FAILED, State.DEAD)]
    return bad or plans or units[:1]


def _row(
    unit: Unit,
    made: Any,
    published: Mapping[tuple[int, str], list[Any]],
    error: float | None,
    late: int | None,
    units: Sequence[Unit],
) -> Row:
    """Return the row of a unit; `made` is its run, or None."""
    base = Row(
        unit.site, unit.week, unit.state.value, unit.code, unit.message or "", forecast_error=error,
        days_without_calls=late, seconds=_sum(u.seconds for u in units if u.week in (unit.week, "")),
        lost=unit.attempt,
    )  # fmt: skip
    if made is None:
        return base
    past = published.get((unit.site_id, unit.week), [])
    mine = next((p for p in reversed(past) if p.run == made.id), None)
    before = [p for p in past if p.run != made.id and (mine is None or p.id < mine.id)]
    usual = (before or published.get((unit.site_id, _week_before(unit.week))) or [None])[-1]
    known = usual is not None and usual.cost and made.cost is not None and usual.currency == made.currency
    figures = {name: getattr(made, name) for name in ("gap", "service_expected", "service_simulated", "folder")}
    return Row(
        **{name: getattr(base, name) for name in Row.__dataclass_fields__}
        | figures
        | {
            "short_h": made.under_agent_hours,
            "cost_change": made.cost / usual.cost - 1.0 if known else None,
            "changed_agent_days": None if mine is None else mine.changed_agent_days,
            "agent_days": None if mine is None else mine.agent_days,
            "published": mine is not None and past[-1] is mine,
        }
    )


def _week_before(week: str) -> str:
    return str(dt.date.fromisoformat(week) - dt.timedelta(days=7))


def _runs(c: Connection, ids: Sequence[int]) -> dict[int, Any]:
    query = sa.select(run, run_cost.c.cost, run_cost.c.currency).outerjoin(run_cost).where(run.c.id.in_(ids))
    return {row.id: row for row in c.execute(query)}


def _published(c: Connection, sites: Iterable[int], weeks: Iterable[str]) -> dict[tuple[int, str], list[Any]]:
    """Return the publications of sites by site and week, the last at the end, with the cost of their runs.

    Those of `weeks`, and of the weeks before.
    """
    wanted = {week for week in weeks if week}
    wanted |= {_week_before(week) for week in wanted}
    query = (
        sa.select(publication, run_cost.c.cost, run_cost.c.currency)
        .outerjoin(run_cost, run_cost.c.run == publication.c.run)
        .where(publication.c.site.in_(sorted(set(sites))), publication.c.week.in_(sorted(wanted)))
        .order_by(publication.c.id)
    )
    out: dict[tuple[int, str], list[Any]] = {}
    for row in c.execute(query):
        out.setdefault((row.site, row.week), []).append(row)
    return out


def _errors(c: Connection, numbers: Sequence[int], as_of: dt.date) -> dict[int, float]:
    """Return the WAPE of each site's forecasts, at the lead nearest to `LEAD_DAYS` that is scored."""
    since = str(as_of - dt.timedelta(days=SCORED_DAYS))
    query = (
        sa.select(queue.c.site, score.c.lead, sa.func.sum(score.c.abs_error), sa.func.sum(score.c.actual))
        .join(queue, queue.c.id == score.c.queue)
        .where(queue.c.site.in_(numbers), score.c.day >= since, score.c.lead > 0)
        .group_by(queue.c.site, score.c.lead)
    )
    found: dict[int, list[tuple[int, float, float]]] = {}
    for number, lead, off, came in c.execute(query):
        if came:
            found.setdefault(number, []).append((abs(lead - LEAD_DAYS), off, came))
    return {number: min(of_site)[1] / min(of_site)[2] for number, of_site in found.items()}


def _days_without_calls(c: Connection, numbers: Sequence[int], day: RunDay) -> dict[int, int]:
    """Return how many days before the day of the run each site has no calls of; sites without any call are left out."""
    newest = sa.select(sa.func.max(calls.c.start_s)).where(calls.c.queue == queue.c.id).scalar_subquery()
    query = (
        sa.select(queue.c.site, site.c.zone, sa.func.max(newest))
        .join(site, site.c.id == queue.c.site)
        .where(queue.c.site.in_(numbers))
        .group_by(queue.c.site, site.c.zone)
    )
    return {
        number: max(0, (day.at(zone) - _day_of(last, zone)).days - 1)
        for number, zone, last in c.execute(query)
        if last is not None
    }


def _day_of(moment_s: int, zone: str | None) -> dt.date:
    """Return the local day of a moment of the store; a site without a zone counts its wall clock as if it were UTC."""
    return dt.datetime.fromtimestamp(moment_s, dt.UTC if zone is None else ZoneInfo(zone)).date()


def _sum(numbers: Iterable[float | None]) -> float | None:
    known = [n for n in numbers if n is not None]
    return math.fsum(known) if known else None
