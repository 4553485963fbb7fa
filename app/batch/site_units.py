"""What each site has to do, entered into the store as units of a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from ..store.schema import queue
from ..store.schema import site as sites
from ..store.schema import unit as units
from .units import State, Step

OF_ENDED = ("input_hash", "run", "code", "message", "ended_s")
"""Columns that a unit has which has ended before anything is begun."""


@dataclass(frozen=True)
class Chain:
    """What a site has to do: its units in order, as (step, week).

    `ended` has the columns of each unit where all of them have ended before anything is begun.
    """

    site: str
    zone: str | None
    units: Sequence[tuple[Step, str]]
    ended: Sequence[Mapping[str, Any]] = ()


def enter(c: Connection, batch: int, chains: Sequence[Chain]) -> None:
    """Enter the units that the batch does not have yet."""
    own = sa.select(units.c.site, units.c.step, units.c.week).where(units.c.batch == batch)
    known = {tuple(row) for row in c.execute(own)}
    numbers = {row.name: row for row in c.execute(sa.select(sites.c.name, sites.c.id, sites.c.zone))}
    base = {"batch": batch, "state": State.WAITING.value, "attempt": 0, **dict.fromkeys(OF_ENDED)}
    rows = []
    for chain in chains:
        found = numbers.get(chain.site)
        sure = found is not None and (found.zone is not None or chain.zone is None)
        site = found.id if found is not None and sure else _site(c, chain.site, chain.zone)
        for at, (step, week) in enumerate(chain.units):
            if (site, step.value, week) not in known:
                ended = chain.ended[at] if chain.ended else {}
                rows.append({**base, "site": site, "step": step.value, "week": week, **ended})
    if rows:
        c.execute(units.insert(), rows)


def _site(c: Connection, name: str, zone: str | None) -> int:
    """Return the number of a site; that the store knows the site in another zone is told when its calls are taken."""
    found = c.execute(sa.select(sites.c.id, sites.c.zone).where(sites.c.name == name)).first()
    if found is None:
        return int(c.execute(sites.insert().values(name=name, zone=zone).returning(sites.c.id)).scalar_one())
    if found.zone is None and zone is not None:  # entered when its plan.toml could not be read: no calls yet
        has_calls = sa.exists().where(queue.c.site == found.id)
        c.execute(sites.update().where(sites.c.id == found.id, ~has_calls).values(zone=zone))
    return int(found.id)
