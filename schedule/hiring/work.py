"""Hours of work that a service goal asks for: the fewest hours on the phone, before any shift is chosen."""

from __future__ import annotations

import numpy as np

from ..problem.problem import Demand


def least_heads(demand: Demand, absent: np.ndarray) -> np.ndarray:
    """Return the heads of each slot that hold the goal with the fewest hours of people at work, shape (S,).

    Over a period of its basis the goal is held by the steps of the service curve that gain most for each hour (its
    concave envelope above the floor), the last one in part; a goal per interval is held in each slot for itself.

    Parameters
    ----------
    absent
        Share of scheduled people who are absent, per slot, shape (S,).

    Returns
    -------
    ndarray
        Scheduled heads, those who will be absent included. Where no number of agents reaches a period's goal, the heads
        beyond which nothing is gained.
    """
    if demand.by_interval:
        return np.where(demand.open, np.maximum(np.ceil(demand.need - 1e-9), demand.lower), 0.0)
    heads = np.where(demand.open, demand.lower, 0).astype(float)
    gain = demand.envelope
    for slots, margin in zip(demand.periods, demand.margin, strict=True):
        steps = np.diff(gain[slots], axis=1)
        above = np.arange(steps.shape[1]) >= demand.lower[slots, None]
        slope = np.where(above, steps, 0.0) / (1.0 - absent[slots, None])
        row, _ = np.nonzero(slope > 0.0)
        worth, size = slope[slope > 0.0], steps[slope > 0.0]
        order = np.argsort(-worth, kind="stable")
        lacking = margin - float(gain[slots, demand.lower[slots]].sum())
        before = np.concatenate([[0.0], np.cumsum(size[order])])[:-1]
        taken = np.clip((lacking - before) / size[order], 0.0, 1.0)
        np.add.at(heads, slots[row[order]], taken)
    return heads


def work_hours(demand: Demand, absent: np.ndarray, slot_h: float) -> np.ndarray:
    """Return the hours of work of each slot: hours on the phone by people who are there, shape (S,).

    Parameters
    ----------
    slot_h
        Length of a slot in hours.
    """
    return np.asarray(least_heads(demand, absent) * (1.0 - absent) * slot_h)
