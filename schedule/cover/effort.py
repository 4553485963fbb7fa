"""How hard to try: the settings that every solve of a cover shares."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from ...forecast.progress import Watch
from ..optimise.solver import Answer, solve
from ..optimise.status import Stop
from .counts import Counts
from .model import WholeModel

STAGE = "cover"
"""The stage under which progress is told."""


@dataclass(frozen=True)
class Effort:
    """How hard to try; `until` is a time of `time.monotonic`.

    Attributes
    ----------
    cut
        Part of the week of each solve that time has ended; every effort made from this one adds to the same list.
    """

    watch: Watch
    gap: float
    seed: int
    threads: int
    until: float
    cut: list[str] = field(default_factory=list)

    @property
    def left_s(self) -> float:
        """Seconds that are left."""
        return max(0.0, min(self.until - time.monotonic(), self.watch.left_s))

    @property
    def over(self) -> bool:
        """Whether time is up or the user has stopped."""
        return self.watch.stopped or self.left_s <= 0

    def within(self, seconds: float) -> Effort:
        """Return the same with at most `seconds` from now."""
        return replace(self, until=min(self.until, time.monotonic() + seconds))

    def share(self, part: float) -> Effort:
        """Return the same with `part` (0 to 1) of the time that is left."""
        return self.within(self.left_s * part)

    def run(
        self,
        model: WholeModel,
        *,
        relax: bool = False,
        start: Counts | None = None,
        bound: float | None = None,
        quiet: bool = False,
    ) -> Answer:
        """Solve `model`; answers within the gap of a `bound` known from elsewhere are good enough."""
        watch = self.watch.aside(best=True)  # of a part; what is proven of the week is told elsewhere
        if quiet:
            watch = Watch(time_limit_s=watch.time_limit_s, stop=watch.stop, began=watch.began)
        answer = solve(
            model.program,
            watch=watch,
            stage=STAGE,
            text=model.part.name,
            time_limit_s=self.left_s,
            gap=self.gap if bound is None else self.gap * model.frame.params.bound_gap_share,
            target=None if bound is None else bound + abs(bound) * self.gap,
            seed=self.seed,
            threads=self.threads,
            relax=relax,
            start=None if start is None else model.start(start),
        )
        if answer.stopped == Stop.TIME:
            self.cut.append(model.part.name)
        return answer
