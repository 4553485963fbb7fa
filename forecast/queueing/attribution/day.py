"""One day of one queue, as it was planned and as it came, and the parts of the gap between the two."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ...errors import InputError
from ..goal.targets import ServiceGoal
from ..moving.day_course import busyness
from .bins import Bins
from .conditions import Conditions, present_heads
from .shapley import Causes, shapley, subsets

VOLUME, HANDLE, STAFF, FIT = PLAYERS = ("volume", "handle_time", "staff", "fit")
"""Causes of a gap: calls, handle times, absence and adherence, and how the roster fits the requirement."""

NODES = 5
"""Degrees of busyness of the planned day."""


@dataclass(frozen=True, eq=False)
class Day:
    """A day of B bins. What came is None where it is not known.

    Attributes
    ----------
    bins
        Its time.
    calls, cv
        Calls of each bin as forecast, and the coefficient of variation that the forecast leaves to their rate.
    handle_s, patience_s
        Mean handle time as forecast and mean patience (infinite = callers wait for ever) in seconds.
    scheduled, absent
        Heads in the roster, and the share of them whose absence was reckoned with.
    required
        Heads that had to be in the roster to meet the goal in each interval; None = not known.
    calls_came, handle_came_s
        Calls, and mean handle time, as they came, without the chance in them (`smoothing.factors`).
    heads_came
        Heads that were on the phone.
    """

    bins: Bins
    calls: np.ndarray
    cv: np.ndarray
    handle_s: np.ndarray
    patience_s: np.ndarray
    scheduled: np.ndarray
    absent: np.ndarray
    required: np.ndarray | None = None
    calls_came: np.ndarray | None = None
    handle_came_s: np.ndarray | None = None
    heads_came: np.ndarray | None = None

    def __post_init__(self) -> None:
        for name in Day.__dataclass_fields__:
            value = getattr(self, name)
            if name != "bins" and value is not None and value.shape != self.bins.row.shape:
                raise InputError(f"Expected shape {self.bins.row.shape}", column=name, value=value.shape)

    @property
    def players(self) -> tuple[str, ...]:
        """The causes of which both is known, what was planned and what came."""
        told = (self.calls_came, self.handle_came_s, self.heads_came, self.required)
        return tuple(name for name, value in zip(PLAYERS, told, strict=True) if value is not None)

    @property
    def as_planned(self) -> Day:
        """The day of which all is as planned: calls just as forecast, as many heads as reckoned with."""
        there = self.scheduled * (1.0 - self.absent)
        certain = np.zeros(len(self.cv))
        return replace(self, cv=certain, required=None, calls_came=None, handle_came_s=None, heads_came=there)

    def conditions(self, came: Collection[str]) -> Conditions:
        """Return what the service hangs on where the causes `came` are as they came, all others as planned.

        Planned calls are those of the forecast's busy and quiet days, planned heads those of the roster less the
        absence reckoned with; of both the service is the mean. Without the cause `FIT` the roster is what was required,
        and who came is in proportion to it.
        """
        if VOLUME in came and self.calls_came is not None:
            calls, weights = self.calls_came[None, :], np.ones(1)
        else:
            factors, weights = busyness(self.cv, self.calls, NODES)
            calls = factors.T * self.calls
        handle = self.handle_came_s if HANDLE in came and self.handle_came_s is not None else self.handle_s
        roster = self.scheduled if FIT in came or self.required is None else self.required
        if STAFF in came and self.heads_came is not None:
            share = np.divide(self.heads_came, self.scheduled, out=np.zeros(len(roster)), where=self.scheduled > 0.0)
            heads = np.where(self.scheduled > 0.0, roster * share, self.heads_came + roster)[None, :]
            chances = np.ones(heads.shape)
        else:
            heads, chances = present_heads(roster, self.absent)
        return Conditions(
            self.bins.bin_s, self.bins.counts, calls, weights, handle, self.patience_s, heads, chances
        )  # fmt: skip

    def values(self, goal: ServiceGoal) -> dict[Causes, float]:
        """Return the service that the day may expect with each subset of the causes as they came."""
        return {some: self.conditions(some).service(goal) for some in subsets(self.players)}


@dataclass(frozen=True)
class Parts:
    """The gap between a planned and a real day, split into its causes.

    Attributes
    ----------
    planned
        Service that was to be expected of what was required or, where that is not known, of the roster.
    expected
        Service that was to be expected of all that came.
    shares
        What each cause adds; the sum is `expected` − `planned`.
    values
        The service with each subset of the causes as they came.
    """

    planned: float
    expected: float
    shares: Mapping[str, float]
    values: Mapping[Causes, float]

    @classmethod
    def of(cls, players: tuple[str, ...], values: Mapping[Causes, float]) -> Parts:
        """Split by the service with each subset of the causes."""
        return cls(values[frozenset()], values[frozenset(players)], shapley(players, values), values)


def parts(day: Day, goal: ServiceGoal) -> Parts:
    """Return the gap of a day split into its causes, by the offered-load approximation (`conditions`).

    Each cause has the mean of what it adds over all orders in which the causes may come (Shapley): one order alone
    moves a part by as much as four points at 190 erlang.
    """
    return Parts.of(day.players, day.values(goal))
