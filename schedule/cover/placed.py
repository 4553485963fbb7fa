"""The model of a part with a column for each shift and each way to place its breaks: for few of them the strongest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pulp

from . import constraints, terms
from .counts import Counts
from .frame import Column, CoverFrame
from .part import Part
from .pauses import TINY, Pause
from .result import breaks_of_heads
from .variables import CoverVariables, Pairs, add_misses, add_shortage, add_steps

Placed = tuple[int, int, tuple[int, ...]]
"""Numbers of a queue and a shift, and the starts of the shift's breaks in slots after its own."""


@dataclass(frozen=True)
class PlacedModel:
    """A built model; `placed` are its heads."""

    frame: CoverFrame
    part: Part
    program: pulp.LpProblem = field(repr=False)
    placed: Mapping[Placed, Any] = field(repr=False)
    variables: CoverVariables = field(repr=False)

    def counts(self, values: Mapping[str, float]) -> Counts:
        """Return heads and breaks in `values`, without the part's rest; whole when the values are."""
        heads: dict[Column, float] = defaultdict(float)
        breaks: dict[Pause, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        for (q, j, places), x in self.placed.items():
            if (n := values[x.name]) > TINY:
                heads[q, j] += n
                for k, at in enumerate(places):
                    breaks[q, j, k][at] += n
        return Counts(dict(heads), {pause: dict(at) for pause, at in breaks.items()})

    def start(self, counts: Counts) -> dict[str, float]:
        """Return `counts` as a start for the solver: the value of every whole variable."""
        out = dict.fromkeys((x.name for x in self.placed.values()), 0.0)
        for (q, j), rows in breaks_of_heads(self.frame, counts).items():
            for places in rows:
                out[self.placed[q, j, places].name] += 1.0
        return out


def ways(frame: CoverFrame, part: Part) -> int:
    """Return the number of columns of the part's model."""
    count = 0
    for _, j in part.columns:
        here = 1
        for first, last, _, _ in frame.shifts[j].breaks:
            here *= last - first + 1
        count += here
    return count


def build_placed(frame: CoverFrame, part: Part) -> PlacedModel:
    """Build the model of `part` (Dantzig 1954); its LP relaxation bounds every plan, those below a floor too."""
    model = pulp.LpProblem("placed", pulp.LpMinimize)
    v = CoverVariables()
    curves = terms.curves(frame, part, for_bound=True)
    placed = {
        (q, j, places): model.add_variable(f"placed_{q}_{j}_{'_'.join(map(str, places))}", 0, None, pulp.LpInteger)
        for q, j in part.columns
        for places in product(*(range(first, last + 1) for first, last, _, _ in frame.shifts[j].breaks))
    }
    add_shortage(model, frame, part, v)
    add_steps(model, curves, v)
    add_misses(model, frame, part, curves, v)
    model.setObjective(terms.cost(frame, [(x, frame.wage((q, j))) for (q, j, _), x in placed.items()], v))
    phone: dict[tuple[int, int], Pairs] = defaultdict(list)
    for key, x in placed.items():
        for at in _phone(frame, part, key):
            phone[at].append((x, 1.0))
    constraints.enough_on_the_phone(model, frame, part, phone, v)
    constraints.goals_hold(model, frame, part, curves, v)
    constraints.cheap_losses_follow_dear(model, v)
    return PlacedModel(frame, part, model, placed, v)


def _phone(frame: CoverFrame, part: Part, key: Placed) -> Iterator[tuple[int, int]]:
    """Yield the (queue, slot) of the part in which a head is on the phone."""
    q, j, places = key
    shift = frame.shifts[j]
    off = {at + i for at, (_, _, length, _) in zip(places, shift.breaks, strict=True) for i in range(length)}
    for offset, s in enumerate(frame.inside(j)):
        at = (int(frame.place[q, s]), s)
        if offset not in off and part.slots[at]:
            yield at
