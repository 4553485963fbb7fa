"""How long work reports progress and learns that it should stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace


class Stopped(Exception):
    """The user stopped the run before this stage had anything worth keeping."""


@dataclass(frozen=True)
class Event:
    """One line of progress: the stage, its share done (0–1), and for an optimisation its best, bound and gap."""

    stage: str
    text: str = ""
    share: float | None = None
    best: float | None = None
    bound: float | None = None
    gap: float | None = None


def _silent(event: Event) -> None:
    """Show nothing."""


@dataclass
class Watch:
    """The line between long work and the side that waits for its result.

    Work calls `tell` often and looks at `stopped` at least five times a second; the waiting side sets
    `stop` (Ctrl-C does) or a time limit. Work that has nothing to hand over may also be ended by an exception.

    Parameters
    ----------
    show
        Called with each `Event`, from any thread.
    time_limit_s
        Seconds from now after which `time_is_up` turns true; None = no limit.
    keeps
        Set by work that hands over what it has when it is stopped.
    """

    show: Callable[[Event], None] = _silent
    time_limit_s: float | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    began: float = field(default_factory=time.monotonic)
    keeps: threading.Event = field(default_factory=threading.Event)

    def within(self, time_limit_s: float) -> Watch:
        """Return a watch that begins now, has a limit of its own, and tells and stops as this one."""
        return Watch(self.show, time_limit_s, self.stop, keeps=self.keeps)

    def aside(self, *, best: bool = False) -> Watch:
        """Return this watch for work on another question than the user's: it tells neither bound nor gap.

        A proof of that question would read as one of the user's.

        Parameters
        ----------
        best
            Whether the best answer is told: where it is an answer to the user's question too.
        """

        def show(event: Event) -> None:
            self.show(replace(event, best=event.best if best else None, bound=None, gap=None))

        return replace(self, show=show)

    def tell(
        self,
        stage: str,
        text: str = "",
        *,
        share: float | None = None,
        best: float | None = None,
        bound: float | None = None,
        gap: float | None = None,
    ) -> None:
        """Report progress of `stage`."""
        self.show(Event(stage, text, share, best, bound, gap))

    @property
    def stopped(self) -> bool:
        """Whether the user asked to stop."""
        return self.stop.is_set()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the watch began."""
        return time.monotonic() - self.began

    @property
    def left_s(self) -> float:
        """Seconds until the time limit (infinite without one), never negative."""
        return float("inf") if self.time_limit_s is None else max(0.0, self.time_limit_s - self.elapsed_s)

    @property
    def time_is_up(self) -> bool:
        """Whether the time limit has passed."""
        return self.left_s <= 0.0

    def raise_if_stopped(self) -> None:
        """Raise `Stopped` when the user asked to stop: for stages that have no partial result."""
        if self.stopped:
            raise Stopped
