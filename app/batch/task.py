"""One piece of work of a batch, what became of it, and who does such work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from ...forecast.progress import Event
from ..cli.exit_codes import STOPPED

Step = Literal["forecast", "plan"]
State = Literal["done", "failed", "lost"]


@dataclass(frozen=True)
class Task:
    """One piece of work, which a worker does without store, password or other folders.

    Parameters
    ----------
    unit, attempt
        Which unit of the ledger this is, and the number of the attempt from 1.
    site
        Name of the site, for people.
    step
        ``forecast``: the calls of `weeks` weeks from `week` on; ``plan``: the week `week`.
    week
        First day, YYYY-MM-DD.
    inputs
        A folder with plan.toml, the files of people, and the calls, as they were taken; nobody changes them.
    staging
        Folder that the files of this attempt go to; not there yet. Its parent is there.
    weeks
        Weeks of the step ``forecast``, at least 1.
    scenario, plan
        The ``[scenario.NAME]`` and the tables that are laid over plan.toml.
    wages
        Whether anything in the run folder tells wages, prices or costs.
    papers
        Which of ``report``, ``workbook``, ``calendars``, ``sheets`` are written.
    previous
        Run folder of the week before; None = nothing is known of that week.
    forecast
        Folder that the step ``forecast`` wrote, of which the plan takes its week; None = the plan forecasts.
    published
        The published run of this week, whose calendars are revised; None = they begin anew.
    timeout_s
        Seconds after which the worker is ended and the unit is lost.
    """

    unit: int
    attempt: int
    site: str
    step: Step
    week: str
    inputs: Path
    staging: Path
    weeks: int = 1
    scenario: str | None = None
    plan: Mapping[str, Any] = field(default_factory=dict)
    wages: bool = False
    papers: tuple[str, ...] = ("report", "workbook", "calendars", "sheets")
    previous: Path | None = None
    forecast: Path | None = None
    published: Path | None = None
    timeout_s: float = 1200.0


@dataclass(frozen=True)
class Answer:
    """What became of a task.

    Attributes
    ----------
    unit, attempt
        Those of the task.
    state
        ``done``: `folder` holds the result; ``failed``: for a reason that would come again, codes 3, 4, 6, 7; ``lost``:
        crash, full disk, memory, timeout or a lost worker (code 1), or a stop (code 130, whose attempt does not count).
    code, message
        Exit code that ``busyhour plan`` would have, 5 = a plan whose gap is wider than asked; and one sentence, "" if
        all is well.
    folder
        The task's `staging`, whole; None unless done.
    summary
        Of a plan the content of ``summary.json``, with its money (for the store) even where the folder tells none.
    seconds, peak_mb
        Wall time, and the most memory that the worker has used, MB (10⁶ bytes).
    worker
        Who did the work, as people name the worker; "" = unknown.
    """

    unit: int
    attempt: int
    state: State
    code: int = 0
    message: str = ""
    folder: Path | None = None
    summary: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    peak_mb: float = 0.0
    worker: str = ""


@dataclass(frozen=True)
class Told:
    """A line of progress: of the `unit`, or of the engine itself where that is None."""

    unit: int | None
    event: Event
    worker: str = ""


Tell = Callable[[Told], None]
"""Called with progress, from any thread."""


class Engine(Protocol):
    """Who does the tasks; a context manager that leaves no process behind.

    The caller submits at most `places` tasks more than were answered: what waits, waits in the ledger.
    """

    @property
    def places(self) -> int:
        """Workers usable now."""

    def submit(self, task: Task) -> None:
        """Begin a task."""

    def answers(self, timeout_s: float) -> Sequence[Answer]:
        """Wait until a task is answered, at most `timeout_s` seconds, and return all that were since the last call.

        Raises
        ------
        EngineFault
            If no worker is left and none can come.
        """

    def stop(self) -> None:
        """Begin nothing more and tell the workers to stop; returns at once. What runs is answered as lost, code 130."""

    def close(self) -> None:
        """End everything within 3 seconds; tasks without an answer are forgotten."""

    def __enter__(self) -> Self:
        """Start the workers."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""


class EngineFault(Exception):
    """There is nobody to do the work: one sentence, exit code 1."""


def stopped(task: Task) -> Answer:
    """Return the answer of a task that was stopped before its end."""
    return Answer(task.unit, task.attempt, "lost", STOPPED, "Stopped before the end.")


def too_long(task: Task) -> str:
    """Say that a task took longer than it may."""
    return f"not done within {task.timeout_s:g} s: give it more with timeout_s of [run], or less to do."
