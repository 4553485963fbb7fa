"""Mixes of contracts whose schedule loss is measured."""

from __future__ import annotations

from collections.abc import Sequence

from ...schedule.hiring.loss import ANY, Mix
from ..inputs.inputs import Inputs

PART_SHARES = (0.25, 0.5)
"""Part-time shares measured between full time alone and the cheapest mix."""


def mixes_of(inputs: Inputs, queues: Sequence[str]) -> list[Mix]:
    """Return the mixes to measure, the usual one first: today's where people are named, else the cheapest."""
    config = inputs.config
    people = [a for a in inputs.people if set(a.skills) & set(queues)]
    hours: dict[str, float] = {}
    for agent in people:
        hours[agent.contract] = hours.get(agent.contract, 0.0) + config.contract[agent.contract].max_h_week
    names = tuple(c for c in config.contract if not hours or c in hours) or (ANY,)
    if len(names) == 1:
        return [Mix(f"{names[0]} only", names)]
    total = sum(hours.values())
    mixes = [Mix("today's people", names, {c: hours[c] / total for c in names})] if hours else []
    mixes += [Mix("cheapest", names), *(Mix(f"{c} only", (c,)) for c in names)]
    longest = max(names, key=lambda c: config.contract[c].max_h_week)
    rest = [c for c in names if c != longest]
    weight = {c: hours.get(c, 0.0) if hours else 1.0 for c in rest}
    for share in PART_SHARES:
        part = {c: share * weight[c] / sum(weight.values()) for c in rest}
        mixes.append(Mix(f"{share:.0%} without {longest}", names, {longest: 1.0 - share, **part}))
    return mixes
