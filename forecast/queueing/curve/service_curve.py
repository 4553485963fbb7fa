"""What the scheduler reads of a queue: the seam at which other channels than calls may come in."""

from __future__ import annotations

from typing import Protocol, Self

import numpy as np
import pandas as pd

from ..goal.targets import ServiceGoal


class ServiceCurve(Protocol):
    """Expected service of one queue in each open interval (T of them) with n = 0…N agents.

    `Curve` is the curve of a queue of calls. Any channel whose service in an interval follows from the agents of that
    interval can give one, chats among them. Work that may wait longer (e-mail) has no such curve: it asks the scheduler
    for sums of agents over several intervals (`docs/background/queueing.md`, "Other channels").
    """

    @property
    def queue(self) -> str:
        """The queue."""

    @property
    def starts(self) -> pd.DatetimeIndex:
        """Starts of the open intervals, shape (T,)."""

    @property
    def calls(self) -> np.ndarray:
        """Expected calls (or chats) offered, shape (T,)."""

    @property
    def top(self) -> int:
        """Largest number of agents that the curve covers (N)."""

    @property
    def answered_in(self) -> np.ndarray:
        """Expected calls answered in time, shape (T, N + 1)."""

    @property
    def abandoned(self) -> np.ndarray:
        """Expected calls whose callers hang up, shape (T, N + 1)."""

    @property
    def abandoned_in(self) -> np.ndarray:
        """Those of them who hang up within the answer-time threshold, shape (T, N + 1)."""

    @property
    def abandoned_short(self) -> np.ndarray:
        """Those of them who hang up within the short-abandon threshold, shape (T, N + 1)."""

    @property
    def asa_s(self) -> np.ndarray:
        """Mean wait of the answered in seconds, shape (T, N + 1)."""

    def gain(self, goal: ServiceGoal) -> np.ndarray:
        """Return calls in time − level × calls counted, by the goal's definition, shape (T, N + 1)."""

    def smallest(self, goal: ServiceGoal, above: np.ndarray | float = 0.0) -> np.ndarray:
        """Return the least agents that meet the goal's level, and `above` more, and the caps, shape (T,)."""

    def floor(self, goal: ServiceGoal, above: np.ndarray | float = 0.0) -> np.ndarray:
        """Return the least agents of a service level of ``goal.floor``, and `above` more, that meet the caps, (T,)."""

    def extended(self, top: int) -> Self:
        """Return the curve for 0…`top` agents."""

    def thinned(self, absent: np.ndarray) -> Self:
        """Return the curve of scheduled agents, of whom each is absent independently with chance `absent`."""

    def served_as(self, agents: np.ndarray) -> Self:
        """Return the curve on which n agents of interval t give the service of ``agents[t, n]`` agents of this one."""

    def to_frame(self) -> pd.DataFrame:
        """Return the rows of curve.csv."""
