"""Days of one queue with planted causes, and their parts by the exact law of the moving queue."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from busyhour.forecast.queueing.attribution.bins import Bins
from busyhour.forecast.queueing.attribution.conditions import whole
from busyhour.forecast.queueing.attribution.day import Day, Parts
from busyhour.forecast.queueing.attribution.shapley import subsets
from busyhour.forecast.queueing.goal.required import required_agents
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.forecast.queueing.moving.transient import transient

GOAL = ServiceGoal(0.8, 20)
BINS = 6
"""Bins of five minutes in a half-hour."""


def planted(calls: np.ndarray, *, aht_s: float = 300.0, patience_s: float = 120.0, seed: int = 0) -> Day:
    """Return a day of half-hours whose volume, handle time, presence and roster are off by known amounts.

    Volume +4 % all day and +25 % for two hours, handle time +3 to +6 %, 3 to 5 % (at least one) absent, and a roster
    that lies some heads beside what is required, all of them whole.

    Parameters
    ----------
    calls
        Calls of each half-hour as forecast, shape (T,).
    """
    rng = np.random.default_rng(seed)
    size = len(calls)
    need = np.asarray(required_agents("erlang_a", calls / 1800.0 * aht_s, aht_s, patience_s, GOAL), dtype=float)
    roster = need + rng.integers(-1, 2, size) * np.maximum(1.0, np.round(0.02 * need))
    came = roster - np.maximum(1.0, np.round(roster * rng.uniform(0.03, 0.05, size)))
    volume = np.full(size, 1.04)
    volume[size // 3 : size // 3 + 4] *= 1.25
    starts = pd.Series(pd.date_range("2026-03-02", periods=size, freq="30min"))
    bins = Bins.of(starts, 30, dt.date(2026, 3, 2))

    def laid(values: np.ndarray) -> np.ndarray:
        return np.repeat(np.asarray(values, dtype=float), BINS)

    return Day(
        bins,
        calls=laid(calls) / BINS,
        cv=np.zeros(BINS * size),
        handle_s=laid(np.full(size, aht_s)),
        patience_s=laid(np.full(size, patience_s)),
        scheduled=laid(roster),
        absent=np.zeros(BINS * size),
        required=laid(need),
        calls_came=laid(calls * volume) / BINS,
        handle_came_s=laid(aht_s * rng.uniform(1.03, 1.06, size)),
        heads_came=laid(came),
    )


def exact_parts(day: Day, goal: ServiceGoal = GOAL) -> Parts:
    """Return the parts of a day by the exact law, one run of the day for each subset of causes."""
    value = {}
    for came in subsets(day.players):
        under = day.conditions(came)
        found = transient(
            (under.calls[0] / under.bin_s).reshape(-1, BINS),
            whole(under.heads[0]).reshape(-1, BINS),
            interval_s=BINS * under.bin_s,
            aht_s=under.handle_s[::BINS],
            patience_s=under.patience_s[::BINS],
            within_s=goal.within_s,
            short_s=goal.short_s,
        )
        value[came] = float(found.answered_in.sum() / found.calls.sum())
    return Parts.of(day.players, value)
