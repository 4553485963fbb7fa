"""Sites at work: a unit wherever there is a place for it, the next ones ready, each answer committed at once."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ...forecast.progress import Stopped, Watch
from .starting import Starting
from .task import Engine, EngineFault, Task
from .units import State

if TYPE_CHECKING:
    from .chain import Chain

STOP_S = 2.0
"""Seconds that workers have to answer after a stop."""
POLL_S = 0.2
"""Seconds between two looks at the clock, the signals and who asked to stop."""


class WorkAhead:
    """Does the units of all sites.

    Parameters
    ----------
    chains
        The sites that have not ended, in the order in which they are begun.
    ahead
        Tasks that are got ready while the workers start, and while others plan as many as there are places: a worker
        that has answered never waits until its answer is committed and the next inputs are laid out. 0 = plans are
        made in this process, and nothing is got ready.
    engine
        Makes who does the tasks. Workers start at once, beside the driver; this process begins with the first task.
    watch
        Tells a stop.
    stopped
        Asks, now and then, whether somebody has asked to stop.
    show
        Called with the number of places whenever something has changed.
    """

    def __init__(
        self,
        chains: Sequence[Chain],
        *,
        ahead: int,
        engine: Callable[[], Engine],
        watch: Watch,
        stopped: Callable[[], bool],
        show: Callable[[int], None],
    ) -> None:
        self.chains, self.ahead, self.watch, self.stopped, self.show = chains, ahead, watch, stopped, show
        self._engine = engine
        self._waiting = deque(chains)
        self._ready: deque[tuple[Chain, Task]] = deque()
        self._busy: dict[int, Chain] = {}

    def do(self) -> None:
        """Do all units, or as many as there are before a stop.

        Raises
        ------
        StoreFault, EngineFault
            If the store or all workers are lost.
        """
        with contextlib.ExitStack() as stack:
            engine: Engine | None = None
            if self.ahead and self._waiting:
                engine = stack.enter_context(Starting(self._engine))
            try:
                while (self._waiting or self._ready or self._busy) and not self.stopped():
                    wait_s = POLL_S
                    if self._may_prepare(1 if engine is None else engine.places):
                        wait_s = 0.0
                        try:
                            self._prepare()
                        except Stopped:
                            break
                        self.show(1 if engine is None else engine.places)
                        if self._ready and engine is None:
                            engine = stack.enter_context(self._engine())
                    if engine is not None:
                        self._fill(engine)
                        if self._busy or self._ready:
                            self._settle(engine, wait_s)
                if engine is not None and self._busy:
                    engine.stop()
                    until = time.monotonic() + STOP_S
                    while self._busy and time.monotonic() < until:
                        self._settle(engine, POLL_S)
            finally:
                for chain in self.chains:
                    with contextlib.suppress(OSError):
                        chain.release()

    def _may_prepare(self, places: int) -> bool:
        """Whether another task is made ready: one for each place, and all those of sites that have begun."""
        if not self._waiting:
            return False
        if not self.ahead:
            return len(self._ready) + len(self._busy) < max(1, places)
        return len(self._ready) < max(self.ahead, places) or _has_begun(self._waiting[0])

    def _prepare(self) -> None:
        """Do what the next site needs no worker for, and have its task ready; one that has begun goes before others."""
        chain = self._waiting.popleft()
        put = self._ready.appendleft if _has_begun(chain) else self._ready.append
        task = chain.advance()
        if task is not None:
            put((chain, task))

    def _fill(self, engine: Engine) -> None:
        """Begin the tasks that are ready, as far as there are places."""
        while self._ready and len(self._busy) < engine.places and not self.watch.stopped:
            chain, task = self._ready.popleft()
            self._busy[task.unit] = chain  # before anything can go wrong with the workers
            chain.begin()
            engine.submit(task)

    def _settle(self, engine: Engine, timeout_s: float) -> None:
        """Commit the answers that have come; the places that they leave are filled first."""
        busy = self._busy
        answered = [(busy.pop(one.unit), one) for one in engine.answers(timeout_s) if one.unit in busy]
        fault: EngineFault | None = None
        try:
            self._fill(engine)
        except EngineFault as error:  # what is done counts all the same
            fault = error
        for chain, answer in answered:
            chain.settle(answer)
            self._waiting.appendleft(chain)  # its next week before the first week of another site
            self.show(engine.places)
        if fault is not None:
            raise fault


def _has_begun(chain: Chain) -> bool:
    """Whether a unit of the site was at work or has ended."""
    return any(unit.state is not State.WAITING or unit.attempt for unit in chain.units)
