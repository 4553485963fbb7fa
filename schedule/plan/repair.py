"""Repair by simulation: curves are corrected by what a plan's simulation tells, and the plan is searched on by them.

The curves of the first search tell the service of intervals that last for ever. A simulation of its plan tells how the
queue that moves departs from them; the corrected curves tell the same, and the search goes on by them. The plan that is
published is decided, priced and bounded by the curves that its own simulation has corrected; while it is not near
enough to that bound, the search goes on until time is up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from .decision import Decision
from .measure import HALF_WIDTH, Measure
from .published import Published, as_found, ready
from .searches import PlanSearch
from .simulated_plan import Candidate, Search, SimulatedPlan

ROUGH_RUNS = 128
"""Least runs of a rough simulation: four batches, from which the interval comes."""

CHEAPER = 1e-6
"""Least money by which a plan is cheaper than another one."""

LEAST_MARGIN = 0.25
"""Least share of the margin: without any, a plan on its floor would be taken that the published chances favour."""

MOST_TURNS = 90
"""Most turns: each of the last ones was proven to find nothing, or had hardly any time."""


def repaired(first: Candidate[Search], search: PlanSearch[Search]) -> Decision:
    """Return what is known of the `first` plan, or of a plan that is better by the service that is simulated.

    The curves settle first. Then the plan is made ready to be published, and while the asked gap is not reached by its
    own curves and time is left, the search goes on by them. Of the plans made ready the one is taken that misses the
    fewest goals, then the fewest floors, then the cheapest.

    Parameters
    ----------
    first
        What the search found by the curves of its measure, which nothing has corrected.
    """
    measure, settings = search.measure, search.settings
    turns = _Turns(search)
    seen, found = turns.settled(first)
    best: Published[Search] | None = None
    barren, kept_s = 0, 0.0
    while seen is not None:
        began_s = measure.watch.elapsed_s
        last, cut = ready(seen, search)
        turns.cut = turns.cut or cut
        if last is None:
            break
        if best is None or last.rank < best.seen.rank:
            bound = search.bound(last.true.problem, last.plan) if turns.decides else first.solved.bound
            best = Published(last, bound, found)
            kept_s = settings.kept_times * (measure.watch.elapsed_s - began_s)
        after: Candidate[Search] | None = None
        while after is None and turns.goes_on(best, kept_s):
            start = min(last, best.seen, key=lambda s: s.plan.cost(last.true.problem)).plan
            after = turns.further(last, start, kept_s, max(0.5**barren, LEAST_MARGIN))
            if after is None:  # nothing is cheaper by these curves: by those of the best plan, with less margin
                last, barren = best.seen, barren + 1
        seen = None if after is None else turns.seen(after, last.true)
        found = turns.turn
    if best is None:
        return as_found(first if seen is None else seen.plan, first.solved, search)
    return best.decision(first.solved, search, cut=turns.cut)


@dataclass
class _Turns(Generic[Search]):
    """The turns of one search.

    Attributes
    ----------
    turn
        The last turn, 0 = the first search.
    cut
        Whether time has cut one of them.
    """

    search: PlanSearch[Search]
    turn: int = 0
    cut: bool = False

    @property
    def decides(self) -> bool:
        """Whether curves decide the plan; else their correction changes only the service to expect."""
        return any(d.gain is not None for d in self.search.measure.problem.demands)

    def settled(self, first: Candidate[Search]) -> tuple[SimulatedPlan[Search] | None, int]:
        """Return a plan that was found by curves that tell its service, and the turn that found the plan.

        There is none where nothing is simulated. A plan within the asked gap needs a few short repairs; on from another
        one the search goes once with all means.
        """
        measure, settings = self.search.measure, self.search.settings
        near = first.solved.gap is not None and first.solved.gap <= settings.gap
        best, found = self.seen(first, measure), 0
        seen = best
        while seen is not None and best is not None and self.decides:
            content = near and seen.settled(settings) and (self.turn > 0 or seen.misses == (0, 0))
            if content or self.turn >= (settings.repairs if near else min(settings.repairs, 1)):
                break
            if measure.watch.time_is_up:  # with more time there would be a turn
                self.cut = True
                break
            after = self.again(seen) if near else self.further(seen, seen.plan, 0.0)
            seen = None if after is None else self.seen(after, seen.true)
            if seen is not None and seen.rank < best.rank:
                best, found = seen, self.turn
        return best, found

    def seen(self, plan: Candidate[Search], found_by: Measure) -> SimulatedPlan[Search] | None:
        """Return a plan beside a rough simulation; None without curves or volumes, or where the user stopped."""
        measure, rough = self.search.measure, self.search.settings.rough
        if measure.data.curves is None:
            return None
        simulation = measure.simulation(plan.assigned, more=1, half_width=rough * HALF_WIDTH, least=ROUGH_RUNS)
        if simulation is None:
            return None
        return SimulatedPlan(plan, found_by, measure.corrected(plan.assigned, [simulation]), simulation, rough)

    def goes_on(self, best: Published[Search], kept_s: float) -> bool:
        """Whether to search on: the gap is not reached and time is left; what is missed is looked for at least once."""
        settings, misses = self.search.settings, best.seen.misses > (0, 0)
        if not self.decides or (best.near(settings.gap) and (self.turn > 0 or not misses)):
            return False
        least_s = 0.0 if misses else settings.least_turn * kept_s
        return self.turn < MOST_TURNS and self._limit_s(kept_s) > least_s and not self.search.measure.watch.stopped

    def again(self, seen: SimulatedPlan[Search]) -> Candidate[Search] | None:
        """Repair a plan: search on for some steps by the curves that its simulation has corrected."""
        settings = self.search.settings
        self._next("on from the service that was simulated")
        gap = 0.0 if seen.misses > (0, 0) else settings.gap  # a plan that misses something is never near enough
        after = self.search.again(seen.asked(settings), seen.plan, gap)
        self.cut = self.cut or after is None or after.solved.cut
        return after

    def further(
        self, seen: SimulatedPlan[Search], start: Candidate[Search], kept_s: float, margin: float = 1.0
    ) -> Candidate[Search] | None:
        """Search on with all means by the curves of a plan; return what is cheaper by them than `start`, or None.

        Parameters
        ----------
        kept_s
            Seconds kept of those that are left.
        margin
            Share of the margin above floors and goals.
        """
        settings = self.search.settings
        self._next("all means, by the service that was simulated")
        asked = seen.asked(settings, margin)
        gap = settings.gap / 2 ** (self.turn - 1)  # a gap that is reached with the margin may not be without
        gap = 0.0 if seen.misses > (0, 0) else gap
        after = self.search.further(asked, start, gap, self._limit_s(kept_s), self.turn)
        self.cut = self.cut or after is None or after.solved.cut
        return after if after is not None and after.cost(asked) < start.cost(asked) - CHEAPER else None

    def _next(self, text: str) -> None:
        self.turn += 1
        self.search.measure.watch.tell("repair", f"turn {self.turn}: {text}")

    def _limit_s(self, kept_s: float) -> float:
        """Return the seconds of a turn with all means."""
        return self.search.settings.turn_share * (self.search.measure.watch.left_s - kept_s)
