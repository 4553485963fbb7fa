"""The weeks of a site: which need a plan, from which inputs, after which week, and which plans wait for a person."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...schedule.problem.horizon import WEEK_DAYS
from . import publication
from .commit import forecast_is_kept, run_folder
from .ledger import Ledger, Unit
from .pairs import broken_between
from .publication import RunRow
from .site_inputs import SiteInputs
from .sites import Site
from .unchanged import near_until
from .units import ENDED, GOOD, State, Step


@dataclass(frozen=True)
class Weeks:
    """What is decided about the weeks of one site.

    Attributes
    ----------
    units
        The site's units as they stand.
    inputs
        What the site is planned from.
    home
        Folder of batch.toml.
    near_from
        The day from which on weeks are near: the day of the run, or today where the batch goes on later.
    """

    ledger: Ledger
    home: Path
    as_of: dt.date
    site: Site
    units: Sequence[Unit]
    inputs: SiteInputs
    near_from: dt.date

    def hashes(self) -> dict[str, str]:
        """Return what tells each week's plan from any other: each rests on the week before."""
        out: dict[str, str] = {}
        again = self.ledger.batch if self.site.settings.when == "always" else None
        for unit in self.units:
            if unit.step is Step.PLAN:
                week = dt.date.fromisoformat(unit.week)
                before = _week(unit.week, -1)
                if unit.state in GOOD and unit.input_hash is not None:
                    out[unit.week] = unit.input_hash
                    continue
                if (frozen := self.frozen(unit)) is not None:
                    out[unit.week] = frozen.input_hash
                    continue
                known = None if self.inputs.config.cyclic else out.get(before)
                if known is None and not self.inputs.config.cyclic and (run := self.published(before)) is not None:
                    known = run.input_hash
                out[unit.week] = self.inputs.hash_of(week, known, wages=self.site.settings.wages, again=again)
        return out

    def frozen(self, unit: Unit) -> RunRow | None:
        """Return the published run of a week that is too near to change; None where it may be planned."""
        near = near_until(self.near_from, self.site.settings.freeze_weeks)
        return self.published(unit.week) if dt.date.fromisoformat(unit.week) < near else None

    def published(self, week: str) -> RunRow | None:
        """Return the run of a week that stands published."""
        with self.ledger.store.read() as c:
            return publication.published(c, self.units[0].site_id, week)

    def held_for(self, unit: Unit, code: int, changes: publication.Changes | None, *, comparable: bool = True) -> str:
        """Say why a run waits for a person; "" where it is published.

        Parameters
        ----------
        comparable
            Whether the plan that stands published, if any, can be read.
        """
        settings = self.site.settings
        before = next((u for u in reversed(self.units[: self.units.index(unit)]) if u.step is Step.PLAN), None)
        if code not in settings.accept:
            return f"its search ended with code {code}, and accept has {list(settings.accept)}"
        if settings.publish == "hold":
            return 'publish = "hold"'
        if before is not None and before.state is State.HELD:
            return f"the week before it, {before.week}, is held"
        if not comparable:
            return "neither the published plan nor its run is there to be compared with"
        if changes is not None and changes.share > settings.max_changed:
            return (
                f"{changes.changed} of {changes.of} published agent-days would change, "
                f"{100 * changes.share:.0f} %, and max_changed allows {100 * settings.max_changed:.0f} %"
            )
        after = _week(unit.week, 1)
        planned = any(u.step is Step.PLAN and u.week == after for u in self.units)
        if not planned and not self.inputs.config.cyclic and self.published(after) is not None:
            return f"the week after it, {after}, stands published for the plan before, and is not planned here"
        return ""

    def next_stands(self, unit: Unit) -> bool:
        """Whether a plan stands published for the week after, and follows this one."""
        return not self.inputs.config.cyclic and self.published(_week(unit.week, 1)) is not None

    def next_is_open(self, unit: Unit) -> bool:
        """Whether the week after is still to be planned here."""
        after = _week(unit.week, 1)
        return any(u.step is Step.PLAN and u.week == after and u.state not in ENDED for u in self.units)

    def broken_after(self, unit: Unit, run: RunRow) -> str:
        """Say why the plan that stands published for the week after cannot follow a run; "" where it can."""
        after = _week(unit.week, 1)
        why = self._between(run, self.published(after))
        return f"the plan published for {after}, which stays, cannot follow it: {why}" if why else ""

    def stale(self, unit: Unit) -> str:
        """Say that the published plan of a week, which stays, breaks rules after the plan of the week before; else "".

        Plans that a person published by hand need not have been made for each other.
        """
        if self.inputs.config.cyclic or not unit.week:
            return ""
        week = _week(unit.week, -1)
        with self.ledger.store.read() as c:
            apart = publication.are_apart(c, unit.site_id, week, unit.week)
        why = self._between(self.published(week), self.published(unit.week)) if apart else ""
        return f"the plan published for {unit.week} follows an earlier plan of the week before: {why}" if why else ""

    def _between(self, before: RunRow | None, after: RunRow | None) -> str:
        """Say which rules break between two runs; "" where none does, or one of them is missing."""
        if before is None or after is None or self.inputs.config.cyclic:
            return ""
        folders = (publication.folder_of(self.home, self.site.name, run) for run in (before, after))
        return broken_between(*folders)

    def run_before(self, unit: Unit) -> RunRow | None:
        """Return the run of the week before: the one of this batch, else the published one."""
        week = _week(unit.week, -1)
        own = next((u for u in self.units if u.step is Step.PLAN and u.week == week), None)
        if own is not None and own.run is not None:
            with self.ledger.store.read() as c:
                return publication.run_by_id(c, own.run)
        return self.published(week)

    def needs_forecast(self) -> bool:
        """Whether a week is planned anew, or a forecast of calls that changed since is to be kept.

        A week whose run is there tells that the calls are those of an earlier forecast; a frozen one does not.
        """
        plans, hashes = [unit for unit in self.units if unit.step is Step.PLAN], self.hashes()
        if not all(self._is_known(unit, hashes[unit.week]) for unit in plans):
            return True
        if any(self.frozen(unit) is None for unit in plans):
            return False
        with self.ledger.store.read() as c:
            return not forecast_is_kept(c, self.units[0].site_id, self.as_of, self.inputs.config.site.zone)

    def _is_known(self, unit: Unit, hashed: str) -> bool:
        """Whether a week needs no plan: its run is there, or it is too near."""
        if unit.state in GOOD or self.frozen(unit) is not None:
            return True
        folder = run_folder(self.home, self.site.name, unit.week, hashed)
        return publication.is_whole(folder, hashed)

    def forecast_weeks(self) -> int:
        """Return how many weeks from the day of the run on hold all weeks to plan and all leads."""
        last = max((dt.date.fromisoformat(u.week) for u in self.units if u.step is Step.PLAN), default=self.as_of)
        days = max((last - self.as_of).days + WEEK_DAYS, *self.site.settings.leads, 1)
        return math.ceil(days / WEEK_DAYS)


def _week(week: str, later: int) -> str:
    """Return the week that lies so many weeks after another."""
    return (dt.date.fromisoformat(week) + later * dt.timedelta(days=WEEK_DAYS)).isoformat()
