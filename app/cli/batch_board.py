"""What a person sees while a batch runs: sites done, held, failed, seconds left; signals ask to stop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ...forecast.progress import Event, Watch
from .console import Console
from .progress_board import Board

if TYPE_CHECKING:
    from ..batch.status import BatchStatus
    from ..batch.task import Told

SITES, ENGINE = "sites", "workers"


class BatchBoard:
    """The progress of a batch on a terminal, and a line for each site that ends elsewhere.

    Parameters
    ----------
    quiet
        Whether nothing is shown.

    Attributes
    ----------
    last
        How the batch stood last; None = nothing was begun.
    """

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._board = Board(console, quiet=quiet, wages=False)
        self._plain = not console.is_terminal and not quiet
        self._console = console
        self._ended: set[str] = set()
        self._watch = Watch()
        self.last: BatchStatus | None = None

    @contextmanager
    def watching(self) -> Iterator[Watch]:
        """Give a watch that signals stop."""
        with self._board.watching() as watch:
            self._watch = watch
            yield watch

    def stands(self, status: BatchStatus) -> None:
        """Show how the batch stands."""
        self.last = status
        counts = status.counts
        parts = [f"{n:,} {word}" for word, n in counts.items() if n]
        if status.left_s:
            parts.append(f"about {status.left_s:,.0f} s left")
        done = len(status.sites) - counts["running"] - counts["waiting"]
        share = done / len(status.sites) if status.sites else 1.0
        self._board.show(Event(SITES, ", ".join(parts), share))
        for site in status.sites:
            if site.word not in ("running", "waiting") and site.name not in self._ended:
                self._ended.add(site.name)
                if self._plain:
                    since = time.monotonic() - self._board.began
                    told = f": {site.message}" if site.message else ""
                    self._console.print(f"{since:7.1f} s  {site.name:<12}{site.word}{told}", highlight=False)

    def hear(self, told: Told) -> None:
        """Show a line of progress of the engine; those of units go to batch.log."""
        if told.unit is None:
            self._board.show(told.event)
