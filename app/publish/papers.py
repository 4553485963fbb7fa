"""The papers of a run: what people read is made from the tables, and is no reason to lose them."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import jinja2
from xlsxwriter.exceptions import XlsxWriterException

from ...forecast.errors import InputError
from ...forecast.progress import Stopped, Watch
from ..folders.one_run import seen_once
from ..report.run import Run, read_run
from .calendar import write_calendars
from .excel import write_workbook
from .paper_names import CALENDARS, EARLIER, NAMES, REPORT, SHEETS, WORKBOOK
from .sheets import write_sheets

AFTER_STOP_S = 5.0
"""Seconds for papers once the user has asked to stop; those not whole by then are left out, but for the report."""
MOST_TOLD = 200
"""Letters of an error that a note tells: a copy that fails may tell of every file."""
FAULTS = (OSError, MemoryError, ValueError, jinja2.TemplateError, XlsxWriterException)
"""What a full disk, and the libraries that draw pages, books and calendars, raise."""


@dataclass
class Patience:
    """How long a user who has asked to stop waits for papers.

    Parameters
    ----------
    watch
        Tells of a stop while papers are written.
    until
        Moment of the monotonic clock after which no paper is begun or goes on; None = no stop was asked for.
    """

    watch: Watch = field(default_factory=Watch)
    until: float | None = None

    @property
    def is_left(self) -> bool:
        """Whether another paper may be begun, or a long one goes on."""
        if self.until is None and self.watch.stopped:
            self.until = time.monotonic() + AFTER_STOP_S
        return self.until is None or time.monotonic() < self.until


def write_report(run: Path, *, wages: bool, read: Run | None = None) -> Path:
    """Write the page of a run; what draws charts takes half a second to import, and batches may ask for no page."""
    from ..report.page import write_report as draw

    return draw(run, wages=wages, read=read)


def write_papers(
    run: Path,
    *,
    wages: bool,
    patience: Patience | None = None,
    faults: tuple[type[Exception], ...] = FAULTS,
    asked: Collection[str] = tuple(NAMES),
) -> tuple[list[str], list[str]]:
    """Write report, workbook, calendars and sheets of a run from its tables.

    Parameters
    ----------
    faults
        Exceptions for which a paper is left out whole; others are raised.
    asked
        Which papers to write, by `NAMES`; nothing is said of the others.

    Returns
    -------
    tuple
        The papers that are left out with the reason, a phrase each; and notes on earlier calendars.
    """
    notes: list[str] = []
    time_for = patience or Patience()
    read = cache(lambda: read_run(run))  # tables of thousands of people take seconds to read

    def goes_on() -> bool:
        return time_for.is_left

    writers: dict[str, Callable[[], object]] = {}
    if (run / "roster.csv").exists():
        writers[CALENDARS] = lambda: _write_calendars(run, notes, goes_on, read())
        writers[SHEETS] = lambda: write_sheets(run, goes_on=goes_on, read=read())
    writers[REPORT] = lambda: write_report(run, wages=wages, read=read())
    writers[WORKBOOK] = lambda: write_workbook(run, wages=wages, goes_on=goes_on, read=read())
    left_out = []
    wanted = {NAMES[name] for name in asked}
    for name, write in ((name, write) for name, write in writers.items() if name in wanted):
        try:
            if not goes_on():
                raise Stopped
            write()
        except Stopped:
            left_out.append(f"{name} (the run was stopped)")
            _remove(run / name)
        except faults as error:
            told = str(getattr(error, "strerror", None) or error or type(error).__name__)
            left_out.append(f"{name} ({told[:MOST_TOLD]})")
            _remove(run / name)
    return left_out, notes


def keep_earlier(run: Path, out: Path, week: str) -> list[str]:
    """Copy the calendars of the run `out`, if it plans the same week, into `run`; return notes on what is unreadable.

    Their events are then revised, not begun anew.
    """

    def copy(folder: Path) -> list[str]:
        _remove(run / EARLIER)
        found = next((p for p in (folder / CALENDARS, folder / EARLIER / CALENDARS) if p.is_dir()), None)
        if found is None:
            return []
        try:
            same = json.loads((folder / "summary.json").read_text(encoding="utf-8")).get("week") == week
        except (OSError, ValueError, AttributeError):
            return [f"the earlier run in {out} has no readable summary.json: its calendars are not continued"]
        if same:
            shutil.copytree(found, run / EARLIER / CALENDARS)
        return []

    try:
        return seen_once(out, copy) if out.is_dir() else []
    except (OSError, InputError) as error:
        _remove(run / EARLIER)
        return [f"the calendars of the earlier run in {out} are not continued: {str(error)[:MOST_TOLD]}"]


def _write_calendars(run: Path, notes: list[str], goes_on: Callable[[], bool], read: Run) -> None:
    """Write the calendars as revisions of the earlier ones, which are then no longer needed."""
    earlier = run / EARLIER
    previous = earlier if earlier.is_dir() else None
    write_calendars(run, previous=previous, notes=notes, goes_on=goes_on, read=read)
    _remove(earlier)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
