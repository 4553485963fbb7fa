"""Mixes of contracts whose schedule loss is measured."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ...schedule.hiring.loss import ANY, Mix
from ..inputs.inputs import Inputs

PART_SHARES = (0.25, 0.5)
"""Part-time shares measured between full time alone and the cheapest mix."""


def mixes_of(inputs: Inputs, queues: Sequence[str], hired: Collection[str] | None = None) -> list[Mix]:
    """Return the mixes to measure, the usual one first: today's where people are named, else the cheapest.

    Parameters
    ----------
    hired
        Contracts on which people may be hired; measured beside those of today's people. None = all of plan.toml.
    """
    config = inputs.config
    hours: dict[str, float] = {}
    for agent in inputs.people:
        if set(agent.skills) & set(queues):
            hours[agent.contract] = hours.get(agent.contract, 0.0) + config.contract[agent.contract].max_h_week
    names = tuple(c for c in config.contract if hired is None or c in hired or c in hours) or (ANY,)
    alone = [Mix(f"{c} only", (c,)) for c in names]
    if len(names) == 1:
        return alone
    mixes = [Mix("cheapest", names), *alone]
    today = tuple(c for c in names if c in hours)
    if len(today) == 1:  # scheduled in whole shifts, unlike a mix with shares
        mixes.sort(key=lambda mix: mix.contracts != today)
    elif today:
        total = sum(hours.values())
        mixes.insert(0, Mix("today's people", today, {c: hours[c] / total for c in today}))
    longest = max(names, key=lambda c: config.contract[c].max_h_week)
    rest = [c for c in names if c != longest]
    weight = {c: hours.get(c, 0.0) for c in rest}
    if not any(weight.values()):
        weight = dict.fromkeys(rest, 1.0)
    for share in PART_SHARES:
        part = {c: share * weight[c] / sum(weight.values()) for c in rest}
        mixes.append(Mix(f"{share:.0%} without {longest}", names, {longest: 1.0 - share, **part}))
    return mixes
