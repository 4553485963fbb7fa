"""The ledger: batches and their units in the store; each move of a unit is one transaction."""

from __future__ import annotations

import datetime as dt
import json
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from ...forecast.errors import InputError
from ..store.connection import Store
from ..store.schema import batch as batches
from ..store.schema import site as sites
from ..store.schema import unit as units
from ..versions import versions
from .config import BatchFile
from .run_day import RunDay
from .site_units import Chain, enter
from .units import ENDED, GOOD, MOVES, Event, State, Step, moved

RUNNING, STOPPING, STOPPED, DONE = "running", "stopping", "stopped", "done"
"""States of a batch; ``stopping``: somebody asked its driver to stop."""
SETTINGS = ("batch", "record", "plan", "site")
"""Tables of batch.toml that a batch keeps from its beginning to its end; machines and messages may change."""
OWN_DAYS = "own_days"
"""Key of a batch's settings: whether each site has its own day."""
MOST_LATER = 100
"""Moves of unchanged units that are entered together: a transaction for each would take longer than all else."""
MOST_MESSAGE = 2000
"""Characters of a unit's message that are kept."""


@dataclass(frozen=True)
class Unit:
    """One row of the ledger, with the name of its site."""

    id: int
    site: str
    site_id: int
    step: Step
    week: str
    state: State
    attempt: int = 0
    input_hash: str | None = None
    run: int | None = None
    code: int | None = None
    message: str | None = None
    seconds: float | None = None
    peak_mb: float | None = None
    worker: str | None = None


@dataclass(frozen=True)
class BatchRow:
    """One batch; `settings` as `settings_of` made them."""

    id: int
    name: str
    as_of: str
    settings: Mapping[str, Any]
    state: str
    began_s: int
    ended_s: int | None
    by: str
    host: str

    @property
    def day(self) -> dt.date:
        """The day by which the batch itself goes."""
        return dt.date.fromisoformat(self.as_of)

    @property
    def run_day(self) -> RunDay:
        """The day at each site; batches of earlier versions have one for all."""
        return RunDay(self.began_s, None if self.settings.get(OWN_DAYS) else self.day)

    def is_of(self, file: BatchFile, only: str | None) -> bool:
        """Whether the batch began with what batch.toml says now."""
        return {key: value for key, value in self.settings.items() if key != OWN_DAYS} == settings_of(file, only)


class Ledger:
    """The units of one batch.

    Parameters
    ----------
    store
        Where they are kept.
    batch
        Id of the batch.
    """

    def __init__(self, store: Store, batch: int) -> None:
        self.store, self.batch = store, batch
        self._later: list[sa.Update] = []

    @classmethod
    def begin(cls, store: Store, file: BatchFile, day: RunDay, only: str | None, chains: Sequence[Chain]) -> Ledger:
        """Begin a batch: one transaction makes the batch and all its units."""
        with store.write() as c:
            c.execute(
                batches.update()
                .where(batches.c.name == file.config.batch.name, batches.c.state.in_((RUNNING, STOPPING)))
                .values(state=STOPPED, ended_s=now())
            )
            number = c.execute(
                batches.insert()
                .values(
                    name=file.config.batch.name,
                    as_of=day.here.isoformat(),
                    config_sha256=file.sha256,
                    settings=json.dumps({**settings_of(file, only), OWN_DAYS: day.fixed is None}, default=str),
                    versions=json.dumps(versions()),
                    by=store.by,
                    host=socket.gethostname(),
                    state=RUNNING,
                    began_s=day.began_s,
                )
                .returning(batches.c.id)
            )
            ledger = cls(store, int(number.scalar_one()))
            enter(c, ledger.batch, chains)
        return ledger

    def add(self, chains: Sequence[Chain]) -> None:
        """Add what sites have to do that could not be read when the batch began."""
        with self.store.write() as c:
            enter(c, self.batch, chains)

    def row(self) -> BatchRow:
        """Return the batch."""
        with self.store.read() as c:
            return batch_of(c.execute(batches.select().where(batches.c.id == self.batch)).one())

    def units(self) -> list[Unit]:
        """Return all units: by site, in the order in which they are done."""
        return [unit for own in self.by_site().values() for unit in own]

    def by_site(self) -> dict[str, list[Unit]]:
        """Return the units of each site, in the order in which they are done."""
        query = sa.select(units, sites.c.name).join(sites).where(units.c.batch == self.batch).order_by(units.c.id)
        with self.store.read() as c:
            found = [_unit(row) for row in c.execute(query)]
        out: dict[str, list[Unit]] = {}
        for unit in found:
            out.setdefault(unit.site, []).append(unit)
        return dict(sorted(out.items()))

    def move(self, unit: Unit, event: Event, c: Connection | None = None, **values: Any) -> Unit:
        """Move a unit and return it as it is then; that it is unchanged may be entered later. `values`: columns.

        Parameters
        ----------
        c
            A transaction to be part of; None = its own.

        Raises
        ------
        ValueError
            If nothing of the kind can happen to the unit.
        """
        state = moved(unit.state, event)
        if state in GOOD:  # what an earlier attempt died of is told in batch.log
            values = {"code": None, "message": None, **values}
        if values.get("message"):
            values["message"] = str(values["message"])[:MOST_MESSAGE]
        more: dict[str, Any] = {"began_s": now()} if event is Event.BEGIN else {}
        if state in ENDED:
            more["ended_s"] = now()
        change = units.update().where(units.c.id == unit.id).values(state=state.value, **more, **values)
        if c is None and event is Event.UNCHANGED and len(self._later) < MOST_LATER:
            self._later.append(change)  # a killed driver finds the unit unchanged once more
        elif c is None:
            with self.store.write() as own:
                self._flush(own)
                own.execute(change)
        else:
            self._flush(c)
            c.execute(change)
        kept = {key: value for key, value in values.items() if key in Unit.__dataclass_fields__}
        return replace(unit, state=state, **kept)

    def _flush(self, c: Connection) -> None:
        """Enter the moves that waited for a transaction."""
        for change in self._later:
            c.execute(change)
        self._later.clear()

    def release(self) -> None:
        """Give back what a killed driver was doing; the batch runs again.

        What another driver read of sites that have not ended is forgotten: the plans to come may be of other inputs.
        """
        with self.store.write() as c:
            good = [state.value for state in GOOD]
            left = sa.select(units.c.site).where(units.c.batch == self.batch, units.c.state.not_in(good))
            c.execute(
                units.update()
                .where(units.c.batch == self.batch, units.c.step == Step.FORECAST.value, units.c.site.in_(left))
                .values(input_hash=None)
            )
            c.execute(
                units.update()
                .where(units.c.batch == self.batch, units.c.state == State.RUNNING.value)
                .values(state=State.WAITING.value)
            )
            c.execute(
                batches.update().where(batches.c.id == self.batch).values(state=RUNNING, ended_s=None, by=self.store.by)
            )

    def retry(self) -> int:
        """Let failed, dead and blocked units wait again; return how many there were.

        The forecast of a site with such a plan is made again: it went with the folder of the site.
        """
        states = [state.value for state, event in MOVES if event is Event.RETRY]
        with self.store.write() as c:
            again = c.execute(
                units.update()
                .where(units.c.batch == self.batch, units.c.state.in_(states))
                .values(state=State.WAITING.value, attempt=0, code=None, message=None)
            )
            plan = units.alias()
            waits = sa.select(plan.c.site).where(
                plan.c.batch == self.batch, plan.c.step == Step.PLAN.value, plan.c.state == State.WAITING.value
            )
            good = [state.value for state in GOOD]
            c.execute(
                units.update()
                .where(
                    units.c.batch == self.batch,
                    units.c.step == Step.FORECAST.value,
                    units.c.state.in_(good),
                    units.c.site.in_(waits),
                )
                .values(state=State.WAITING.value, attempt=0, code=None, message=None)
            )
        return int(again.rowcount)

    def end(self) -> str:
        """Close the batch and return its state: done where every unit has ended, else stopped."""
        with self.store.write() as c:
            self._flush(c)
            ended = [s.value for s in ENDED]
            left = c.execute(
                sa.select(sa.func.count())
                .select_from(units)
                .where(units.c.batch == self.batch, units.c.state.not_in(ended))
            )
            state = STOPPED if left.scalar_one() else DONE
            c.execute(batches.update().where(batches.c.id == self.batch).values(state=state, ended_s=now()))
        return state

    def asked_to_stop(self) -> bool:
        """Whether somebody asked the driver of the batch to stop."""
        with self.store.read() as c:
            found = c.execute(sa.select(batches.c.state).where(batches.c.id == self.batch)).scalar_one()
        return bool(found == STOPPING)


def last(store: Store, name: str, batch: int | None = None) -> BatchRow | None:
    """Return the last batch of a name, or the one with the id `batch`; None where there is none."""
    query = batches.select().where(batches.c.name == name).order_by(batches.c.id.desc())
    if batch is not None:
        query = query.where(batches.c.id == batch)
    with store.read() as c:
        found = c.execute(query).first()
    return None if found is None else batch_of(found)


def known(store: Store, name: str, batch: int | None = None) -> BatchRow:
    """Return the batch that a command is about.

    Raises
    ------
    InputError
        If there is none.
    """
    found = last(store, name, batch)
    if found is None:
        told = f"there is no batch {name}" if batch is None else f"there is no batch {name} {batch}"
        raise InputError(told, mend="Begin one with: busyhour batch run")
    return found


def settings_of(file: BatchFile, only: str | None) -> dict[str, Any]:
    """Return what a batch keeps of batch.toml, as plain JSON, and which sites were asked for."""
    tables = json.loads(file.config.model_dump_json(include=set(SETTINGS)))
    return {**tables, "only": only}


def last_seconds(store: Store) -> dict[str, float]:
    """Return how long each site's plans took when they were last made: the longest begins first."""
    newest = (
        sa.select(units.c.site, units.c.week, sa.func.max(units.c.id).label("id"))
        .where(units.c.seconds.is_not(None))
        .group_by(units.c.site, units.c.week)
        .subquery()
    )
    query = (
        sa.select(sites.c.name, sa.func.max(units.c.seconds))
        .join(newest, newest.c.id == units.c.id)
        .join(sites, sites.c.id == units.c.site)
        .group_by(sites.c.name)
    )
    with store.read() as c:
        return {str(name): float(seconds) for name, seconds in c.execute(query)}


def now() -> int:
    """Return the seconds since 1970."""
    return int(time.time())


def zones_of(store: Store) -> dict[str, str | None]:
    """Return the zone of each site that the store knows."""
    with store.read() as c:
        return {str(name): zone for name, zone in c.execute(sa.select(sites.c.name, sites.c.zone))}


def known_site(c: Connection, name: str) -> int | None:
    """Return the number of a site; None where the store does not know it."""
    found = c.execute(sa.select(sites.c.id).where(sites.c.name == name)).scalar()
    return None if found is None else int(found)


def batch_of(row: Any) -> BatchRow:
    """Return a row of the table of batches."""
    return BatchRow(
        row.id, row.name, row.as_of, json.loads(row.settings), row.state, row.began_s, row.ended_s, row.by, row.host
    )


def _unit(row: Any) -> Unit:
    return Unit(
        row.id, row.name, row.site, Step(row.step), row.week, State(row.state), row.attempt, row.input_hash, row.run,
        row.code, row.message, row.seconds, row.peak_mb, row.worker,
    )  # fmt: skip
