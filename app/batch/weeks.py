"""The weeks of a site: which need a plan, from which inputs, after which week, and which plans wait for a person."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...schedule.problem.horizon import WEEK_DAYS
from . import publication
from .commit import run_folder
from .ledger import Ledger, Unit
from .publication import HASH, RunRow
from .site_inputs import SiteInputs
from .sites import Site
from .units import GOOD, State, Step


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
    """

    ledger: Ledger
    home: Path
    as_of: dt.date
    site: Site
    units: Sequence[Unit]
    inputs: SiteInputs

    def hashes(self) -> dict[str, str]:
        """Return what tells each week's plan from any other: each rests on the week before."""
        out: dict[str, str] = {}
        again = self.ledger.batch if self.site.settings.when == "always" else None
        for unit in self.units:
            if unit.step is Step.PLAN:
                week = dt.date.fromisoformat(unit.week)
                before = (week - dt.timedelta(days=WEEK_DAYS)).isoformat()
                if unit.state in GOOD and unit.input_hash is not None:
                    out[unit.week] = unit.input_hash
                    continue
                if (frozen := self.frozen(unit)) is not None:
                    out[unit.week] = frozen.input_hash
                    continue
                known = out.get(before)
                if known is None and (run := self.published(before)) is not None:
                    known = run.input_hash
                out[unit.week] = self.inputs.hash_of(week, known, wages=self.site.settings.wages, again=again)
        return out

    def frozen(self, unit: Unit) -> RunRow | None:
        """Return the published run of a week that is too near to change; None where it may be planned."""
        near = self.as_of + dt.timedelta(days=WEEK_DAYS * self.site.settings.freeze_weeks)
        return self.published(unit.week) if dt.date.fromisoformat(unit.week) < near else None

    def published(self, week: str) -> RunRow | None:
        """Return the run of a week that stands published."""
        with self.ledger.store.read() as c:
            return publication.published(c, self.units[0].site_id, week)

    def held_for(self, unit: Unit, code: int, changes: publication.Changes | None) -> str:
        """Say why a run waits for a person; "" where it is published."""
        settings = self.site.settings
        before = next((u for u in reversed(self.units[: self.units.index(unit)]) if u.step is Step.PLAN), None)
        if code not in settings.accept:
            return f"its search ended with code {code}, and accept has {list(settings.accept)}"
        if settings.publish == "hold":
            return 'publish = "hold"'
        if before is not None and before.state is State.HELD:
            return f"the week before it, {before.week}, is held"
        if changes is not None and changes.share > settings.max_changed:
            return (
                f"{changes.changed} of {changes.of} published agent-days would change, "
                f"{100 * changes.share:.0f} %, and max_changed allows {100 * settings.max_changed:.0f} %"
            )
        return ""

    def run_before(self, unit: Unit) -> RunRow | None:
        """Return the run of the week before: the one of this batch, else the published one."""
        week = (dt.date.fromisoformat(unit.week) - dt.timedelta(days=WEEK_DAYS)).isoformat()
        own = next((u for u in self.units if u.step is Step.PLAN and u.week == week), None)
        if own is not None and own.run is not None:
            with self.ledger.store.read() as c:
                return publication.run_by_id(c, own.run)
        return self.published(week)

    def all_known(self) -> bool:
        """Whether no week needs to be planned anew."""
        hashes = self.hashes()
        return all(self._is_known(unit, hashes[unit.week]) for unit in self.units if unit.step is Step.PLAN)

    def _is_known(self, unit: Unit, hashed: str) -> bool:
        """Whether a week needs no plan: its run is there, or it is too near."""
        if unit.state in GOOD or self.frozen(unit) is not None:
            return True
        folder = run_folder(self.home, self.site.name, unit.week, hashed)
        return publication.summary_of(folder).get(HASH) == hashed

    def forecast_weeks(self) -> int:
        """Return how many weeks from the day of the run on hold all weeks to plan and all leads."""
        last = max((dt.date.fromisoformat(u.week) for u in self.units if u.step is Step.PLAN), default=self.as_of)
        days = max((last - self.as_of).days + WEEK_DAYS, *self.site.settings.leads, 1)
        return math.ceil(days / WEEK_DAYS)
