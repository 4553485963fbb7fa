"""What a person sees while a run works: one line a stage, best, bound and gap as they improve; signals ask to stop."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from types import FrameType

from rich.live import Live
from rich.table import Table
from rich.text import Text

from ...forecast.progress import Event, Watch
from ..gap import gap_told
from .console import Console
from .stop_signals import handled


def _figures(event: Event) -> str:
    parts = [event.text] if event.text else []
    parts += [
        f"{name} {value:,.0f}" for name, value in (("best", event.best), ("bound", event.bound)) if value is not None
    ]
    if event.gap is not None:
        parts.append(f"gap {gap_told(event.gap)}")
    if event.share is not None and event.share < 1:
        parts.append(f"{100 * event.share:.0f} %")
    return "  ".join(parts)


class Board:
    """A live table of stages on a terminal, plain lines elsewhere, and a log of both.

    Parameters
    ----------
    wages
        Whether best plan and bound are told in money; without it the gap alone tells how near the end is.
    """

    def __init__(self, console: Console, *, quiet: bool = False, wages: bool = True) -> None:
        self.console = console
        self.wages = wages
        self.began = time.monotonic()
        self.log: list[str] = []
        self._rows: dict[str, tuple[float, str]] = {}
        self._live = (
            Live(console=console, refresh_per_second=4, transient=False) if console.is_terminal and not quiet else None
        )
        self._plain = not console.is_terminal and not quiet

    def show(self, event: Event) -> None:
        """Show one event; repeated text of a stage is shown once."""
        figures = _figures(event if self.wages else replace(event, best=None, bound=None))
        now = time.monotonic() - self.began
        is_new = event.stage not in self._rows
        changed = is_new or self._rows[event.stage][1] != figures
        self._rows[event.stage] = (self._rows.get(event.stage, (now, ""))[0], figures)
        if changed and (is_new or event.best is not None or event.share is None):
            line = f"{now:7.1f} s  {event.stage:<12}{figures}"
            self.log.append(line)
            if self._plain:
                self.console.print(line, highlight=False)
        if self._live:
            self._live.update(self._table())

    def _table(self) -> Table:
        table = Table(box=None, show_header=False, padding=(0, 1))
        for stage, (since, figures) in list(self._rows.items()):  # another thread may tell a stage
            table.add_row(Text(f"{since:6.1f} s", style="dim"), Text(stage, style="bold"), figures)
        return table

    @contextlib.contextmanager
    def watching(self, time_limit_s: float | None = None) -> Iterator[Watch]:
        """Give a watch that shows here and that signals stop.

        The first signal asks the work for what it has; work that has nothing to give is ended by `KeyboardInterrupt`,
        as all work is by a second signal.
        """
        watch = Watch(show=self.show, time_limit_s=time_limit_s)
        asked = _Asked(watch)
        teller = threading.Thread(target=self._tell_stop, args=(asked,), daemon=True)
        with self._live or contextlib.nullcontext():
            teller.start()
            try:
                with handled(asked):
                    yield watch
            finally:
                asked.heard.set()
                teller.join()

    def _tell_stop(self, asked: _Asked) -> None:
        """Show the first signal; a handler itself may not print, since it may interrupt printing."""
        asked.heard.wait()
        if asked.by is not None:
            then = ": what is good so far is kept; a second time drops it" if asked.watch.keeps.is_set() else ""
            self.show(Event("stopping", f"asked by {asked.by.name}{then}"))


class _Asked:
    """The signals that a watch has heard: the handler of all of them.

    Attributes
    ----------
    by
        The first signal.
    """

    def __init__(self, watch: Watch) -> None:
        self.watch, self.heard = watch, threading.Event()
        self.by: signal.Signals | None = None

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Ask to stop, or end at once."""
        again, self.by = self.by is not None, signal.Signals(number)
        if not again:
            self.watch.stop.set()
            self.heard.set()
        if again or not self.watch.keeps.is_set():
            raise KeyboardInterrupt
