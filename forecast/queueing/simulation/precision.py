"""How precise a simulation must be, and the runs of one queue until that is reached."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ...errors import InputError
from ...progress import Stopped, Watch
from .estimates import Estimate
from .memory import Memory
from .simulated_queue import SimulatedQueue


class SimulationEnd(StrEnum):
    """Why a simulation ended before the asked precision was reached; files hold the text."""

    RUNS = "runs"
    """The most runs were done."""
    TIME = "time"
    """The time was up."""
    USER = "user"
    """The user stopped it."""


@dataclass(frozen=True)
class Precision:
    """When a simulation has run often enough.

    Attributes
    ----------
    half_width
        Half width of the 95 % interval of every day and week at which to stop, a share, at least 0; 0 = only
        `max_runs` ends the runs.
    min_runs
        Least runs, at least 0: with too few batches the interval itself is a rough guess.
    max_runs
        Most runs, at least 0, rounded up to whole batches: keeps a day of few calls from running for ever.
    """

    half_width: float
    min_runs: int
    max_runs: int

    def __post_init__(self) -> None:
        for name in ("half_width", "min_runs", "max_runs"):
            if not getattr(self, name) >= 0:
                raise InputError(f"Expected {name} >= 0", column=name, value=getattr(self, name))


@dataclass(frozen=True)
class QueueProgress:
    """The watch while queue `turn` of `turns` is simulated."""

    watch: Watch
    turn: int
    turns: int

    def tell(self, estimate: Estimate, widest: float, asked: float) -> None:
        """Report the precision reached; its share of the asked one grows with the runs."""
        done = 1.0 if widest <= asked else (asked / widest) ** 2
        text = f"{estimate.queue}: {estimate.runs} runs, ±{100 * widest:.2f} points"
        self.watch.tell("simulate", text, share=(self.turn + done) / self.turns)


def run_until_precise(
    queue: SimulatedQueue,
    estimate: Estimate,
    precision: Precision,
    progress: QueueProgress,
    memory: Memory | None = None,
) -> SimulationEnd | None:
    """Simulate batches until `estimate` is precise enough.

    Returns
    -------
    SimulationEnd | None
        None when the precision was reached, else why the runs ended.

    Raises
    ------
    Stopped
        If stopped before the least runs.
    """
    while True:
        try:
            estimate.add(queue.batch(len(estimate.batches), progress.watch, memory))
        except Stopped:
            if estimate.runs < precision.min_runs:
                raise
            return SimulationEnd.USER
        if estimate.runs < precision.min_runs:
            continue
        widest = estimate.widest()
        progress.tell(estimate, widest, precision.half_width)
        if widest <= precision.half_width:
            return None
        if estimate.runs >= precision.max_runs:
            return SimulationEnd.RUNS
        if progress.watch.time_is_up:
            return SimulationEnd.TIME
