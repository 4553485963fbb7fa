"""What a running HiGHS tells, and how it is interrupted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...forecast.progress import Watch
from .linear import Linear
from .status import Stop


class Listener:
    """Listens to a running HiGHS: notes the progress, and interrupts HiGHS when the watch says so.

    HiGHS calls the listener from a thread of its own, where an error would be lost. So a call only notes; `news` passes
    the notes on.
    """

    def __init__(
        self, highs: Any, watch: Watch, stage: str, text: str, sign: float, most_looks: int | None = None
    ) -> None:
        self.highs, self.watch, self.stage, self.text, self.sign = highs, watch, stage, text, sign
        self.most_looks, self.looks, self.spent = most_looks, 0, False
        self.noted: tuple[float | None, float | None] = (None, None)
        self.told: tuple[float | None, float | None] = (None, None)
        self.answer: np.ndarray | None = None
        self.on_answer: Callable[[np.ndarray], None] = lambda _: None
        self.on_bound: Callable[[float], None] = lambda _: None
        self.cancelled = self.interrupted = False
        highs.cbMipInterrupt.subscribe(self._mip)
        for event in (highs.cbSimplexInterrupt, highs.cbIpmInterrupt):
            event.subscribe(self)

    def hear_answers(self, linear: Linear, on_better: Callable[[Mapping[str, float]], None]) -> None:
        """Pass on each better answer of `linear` that passes our own check, by variable name."""

        def check(raw: np.ndarray) -> None:
            x = linear.accepted(raw)
            if x is not None:
                on_better(dict(zip(linear.columns, x.tolist(), strict=True)))

        self.on_answer = check
        self.highs.cbMipImprovingSolution.subscribe(self._improved)

    def hear_bounds(self, on_bound: Callable[[float], None]) -> None:
        """Pass on each better bound."""
        self.on_bound = on_bound

    def __call__(self, event: Any) -> None:
        """Interrupt HiGHS if the solve should end."""
        if self.cancelled or self.watch.stopped or self.watch.time_is_up:
            self.interrupted = True
            event.interrupt()

    def _mip(self, event: Any) -> None:
        """Note how far HiGHS is, and interrupt HiGHS if the solve should end."""
        self(event)
        out = event.data_out
        self.looks += 1
        if self.most_looks is not None and self.looks >= self.most_looks:
            self.spent = True
            event.interrupt()
        self.noted = (finite(self.sign * out.mip_primal_bound), finite(self.sign * out.mip_dual_bound))

    def _improved(self, event: Any) -> None:
        """Note a better answer."""
        self.answer = np.array(event.data_out.mip_solution, dtype=float)

    @property
    def reason(self) -> Stop | None:
        """Why HiGHS was interrupted; None where its looks were spent."""
        if self.watch.stopped:
            return Stop.USER
        return None if self.spent else Stop.TIME

    def news(self) -> tuple[float | None, float | None] | None:
        """Pass on a better answer and a better bound; return both values where one has changed, once."""
        raw, self.answer = self.answer, None
        if raw is not None:
            self.on_answer(raw)
        noted = self.noted
        if noted == self.told:
            return None
        if noted[1] is not None and noted[1] != self.told[1]:
            self.on_bound(noted[1])
        self.told = noted
        return noted


def finite(value: float) -> float | None:
    """Return `value`; None for the huge numbers by which HiGHS says that nothing is known."""
    return value if abs(value) < 1e30 else None
