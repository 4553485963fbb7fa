"""Plans from many starts: guided descents, the best of them annealed, the cheapest kept.

With few people the start decides what a plan costs: many short tries find what one long annealing does not.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from ...forecast.progress import Watch
from .annealing import Cooling, anneal
from .best_week import ChosenWeek
from .descent import Descent
from .dual import DualPrices
from .params import MovesParams, PeopleParams
from .small_moves import move_shifts

Tell = Callable[[str], None]


class Tries:
    """The tries of one search, in one thread or two.

    Parameters
    ----------
    clock
        How much of the time is left.
    over
        Whether the search is to end.
    start
        Everybody's week to begin with; None = the best week of each at a price of 0 for every head.

    Attributes
    ----------
    first
        The first plan; it is there from the beginning.
    """

    def __init__(
        self,
        dual: DualPrices,
        *,
        seed: int,
        clock: Watch,
        over: Callable[[], bool],
        start: Sequence[ChosenWeek] | None,
        params: PeopleParams,
    ) -> None:
        self.dual, self.seed, self.clock, self.params = dual, seed, clock, params
        self.limit_s = clock.left_s
        self.first = Descent(dual, seed=seed, over=over, start=start, params=params.descent)
        self._first_weeks = list(self.first.weeks)
        self._grown: list[Descent] = [self.first]
        self._kept = list[Descent]()  # done, but the best of all
        self._numbers, self._lock = itertools.count(1), threading.Lock()

    @property
    def all(self) -> list[Descent]:
        """The tries that grow or are among the best."""
        with self._lock:
            return list(self._grown)

    @property
    def best(self) -> Descent:
        """The try with the best plan."""
        return min(self.all, key=lambda d: d.best_cost)

    def begin(self, over: Callable[[], bool], weeks: Sequence[ChosenWeek] | None = None) -> Descent:
        """Return a new try with chances of its own, from `weeks` or from the first weeks; it counts from now on."""
        with self._lock:
            number = next(self._numbers)
        weeks = self._first_weeks if weeks is None else weeks
        out = Descent(self.dual, seed=[self.seed, number], over=over, start=weeks, params=self.params.descent)
        with self._lock:
            self._grown.append(out)
        return out

    def end(self, tries: Sequence[Descent]) -> None:
        """Forget tries that are done, now or before, except for the best of all."""
        best = self.best
        with self._lock:
            done = [*tries, *self._kept]
            self._grown = [d for d in self._grown if d is best or not any(d is other for other in done)]
            self._kept = [d for d in done if d is best]

    def round(
        self,
        grown: Sequence[Descent],
        deep: int,
        steps: int | None,
        budget_s: float,
        tell: Tell,
        guided: bool = True,
    ) -> bool:
        """Let tries follow the prices, anneal the best `deep` of them; return whether time has cut the work short.

        Parameters
        ----------
        steps
            Of each annealing of whole weeks; None = small moves, where everybody works one queue.
        budget_s
            Seconds for all of them.
        guided
            Whether tries follow the prices first; otherwise they go on from what they are.
        """
        ends_s = self.clock.elapsed_s + budget_s
        self._grow(grown, tell, guided)
        cut = False
        chosen = sorted(grown, key=lambda d: d.best_cost)[:deep]
        for k, descent in enumerate(chosen):
            if descent.over() or not descent.weeks:
                break
            left_s = max(0.0, ends_s - self.clock.elapsed_s) / (deep - k)
            cut = self._cool(descent, steps, left_s, tell) or cut
        self.end(grown)
        return cut

    def tournament(self, grown: Sequence[Descent], budget_s: float, tell: Tell) -> bool:
        """Let tries follow the prices, anneal all a little, the best third longer, and the best of these to the end.

        A try that is among the best after a short annealing by small moves stays so: what decides is the start, which
        no annealing leaves again. Everybody works one queue. Returns whether time has cut the work short.
        """
        ends_s = self.clock.elapsed_s + budget_s
        self._grow(grown, tell, guided=True)
        params, cut = self.params.moves, False
        heats = [(len(grown), params.trial), (-(-len(grown) // 3), 3 * params.trial), (1, params.moves)]
        field = list(grown)
        for heat, (size, moves) in enumerate(heats):
            field = sorted(field, key=lambda d: d.best_cost)[:size]
            hot = params.hot if heat == 0 else params.again
            for k, descent in enumerate(field):
                if descent.over() or not descent.weeks:
                    break
                left_s = max(0.0, ends_s - self.clock.elapsed_s) / (len(heats) - heat) / (size - k)
                cut = self._cool(descent, None, left_s, tell, replace(params, moves=moves, hot=hot)) or cut
        self.end(grown)
        return cut

    def _grow(self, grown: Sequence[Descent], tell: Tell, guided: bool) -> None:
        """Let tries follow the prices, or begin from what they are."""
        for k, descent in enumerate(grown):
            if k and descent.over():
                break
            if guided:
                descent.follow_prices(tell)
            else:
                descent.lift_missed()
        if guided:
            tell("descent")

    def _cool(
        self, descent: Descent, steps: int | None, left_s: float, tell: Tell, moves: MovesParams | None = None
    ) -> bool:
        """Anneal a try in `left_s` seconds at most; return whether time has made it cool faster."""
        params, moves, people = self.params.annealing, moves or self.params.moves, len(descent.weeks)
        since_s, share_s = self.clock.elapsed_s, max(params.share * left_s, 1e-9)

        def used() -> float:
            return (self.clock.elapsed_s - since_s) / share_s

        cooling = Cooling(used, moves.moves * people, left_s, replace(params, step_s=moves.move_s))
        if steps is not None or not move_shifts(descent, cooling, tell, moves):
            cooling = Cooling(used, params.steps * people if steps is None else steps, left_s, params)
            anneal(descent, cooling, tell, params)
        tell("annealing")
        return cooling.hurried
