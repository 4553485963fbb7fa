"""The weeks of a site on their way to people: none is published that the published week after it cannot follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..faults import code_of
from . import publication
from .commit import commit_publication
from .ledger import Unit
from .publication import Changes, RunRow
from .sites import Site
from .units import ENDED, Event, State
from .weeks import Weeks

if TYPE_CHECKING:
    from .chain import Shared


@dataclass(frozen=True)
class Fit:
    """A run that may be published: what its unit tells, what would change, and whether the run is a revision."""

    run: RunRow
    values: dict[str, Any]
    changes: Changes | None
    revised: bool


class Publishing:
    """Publishes or holds the runs of a site's weeks.

    A run waits where the week after it stands published and is still to be planned: only then is known which plan
    follows it.

    Parameters
    ----------
    units
        The site's units; moved in place.
    weeks
        Returns what is decided about the weeks.
    tell
        Writes a line into batch.log: what, of which unit, and the details.
    """

    def __init__(
        self, shared: Shared, site: Site, units: list[Unit], weeks: Callable[[], Weeks], tell: Callable[..., None]
    ) -> None:
        self.shared, self.site, self.units, self._weeks, self._tell = shared, site, units, weeks, tell
        self._fit: dict[int, Fit] = {}
        self._open, self._decided = False, False

    def waits(self, at: int) -> bool:
        """Whether the run of a unit waits for the plan of the week after."""
        return at in self._fit

    def conclude(self, at: int, run: RunRow, values: dict[str, Any], *, fresh: bool = False) -> None:
        """Hold a run, or let it be published by `step`, at once or with the week after it.

        Parameters
        ----------
        at
            Place of its unit.
        fresh
            Whether the run was made just now, as a revision of what is published.
        """
        unit, weeks, home, name = self.units[at], self._weeks(), self.shared.home, self.site.name
        code = code_of(publication.summary_of(home / run.folder))
        values |= {"run": run.id, "code": code}
        standing = weeks.published(unit.week)
        if standing is not None and standing.id == run.id:
            publication.see_it_stand(home, name, run)
            self._move(at, Event.DONE if fresh else Event.UNCHANGED, values)
            return
        comparable, changes = True, None
        if standing is not None:
            comparable, changes = publication.changes_from(home, name, standing, run)
        if why := weeks.held_for(unit, code, changes, comparable=comparable):
            self._hold(at, why, run, values)
            return
        self._fit[at] = Fit(run, values, changes, fresh)
        self.units[at] = replace(unit, run=run.id, input_hash=run.input_hash)  # the next week rests on the run
        stands = weeks.next_stands(unit)
        self._open, self._decided = stands and weeks.next_is_open(unit), not stands

    @property
    def ready(self) -> bool:
        """Whether runs wait, and the last of them for no other plan."""
        return bool(self._fit) and not self._open

    @property
    def at(self) -> int | None:
        """Place of the unit that `step` is about; None where no run waits."""
        self._fit = {at: fit for at, fit in self._fit.items() if self.units[at].state not in ENDED}
        if not self._fit:
            self._decided = False
            return None
        return min(self._fit) if self._decided else max(self._fit)

    def step(self) -> None:
        """Publish the first run that waits, once the plan that stays published for the week after the last can follow.

        The last run is held where that plan cannot follow; the one before becomes the last then.
        """
        at = self.at
        if at is None:
            return
        fit, unit = self._fit[at], self.units[at]
        if not self._decided:
            if why := self._weeks().broken_after(unit, fit.run):
                del self._fit[at]
                self._hold(at, why, fit.run, fit.values)
            else:
                self._decided = True
            return
        del self._fit[at]
        before = self.units[at - 1]
        if before.week and before.state not in (State.DONE, State.UNCHANGED):
            self._hold(at, f"the week before it, {before.week}, is not published", fit.run, fit.values)
            return
        if not publication.stands(self.shared.home, self.site.name, fit.run):
            publication.copy_to_place(self.shared.home, self.site.name, fit.run, revise=not fit.revised)
        zone = self._weeks().inputs.config.site.zone
        self.units[at] = commit_publication(self.shared, unit, fit.run, zone, fit.changes, fit.values)
        changed = None if fit.changes is None else fit.changes.changed
        self._tell("published", self.units[at], run=fit.run.id, changed=changed)

    def give_back(self) -> None:
        """Forget the runs that wait, and give back every unit at work."""
        self._fit, self._open, self._decided = {}, False, False
        for at, unit in enumerate(self.units):
            if unit.state is State.RUNNING:
                self._move(at, Event.RELEASE, {})

    def _hold(self, at: int, why: str, run: RunRow, values: dict[str, Any]) -> None:
        stale = self._weeks().stale(self.units[at])
        message = f"{why}; {stale}" if stale else why
        self._move(at, Event.HOLD, {**values, "message": message})
        self._tell("held", self.units[at], message=message, run=run.id)

    def _move(self, at: int, event: Event, values: dict[str, Any]) -> None:
        self.units[at] = self.shared.ledger.move(self.units[at], event, **values)
