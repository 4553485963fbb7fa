"""Which patch of a roster is chosen anew next, and how large."""

from __future__ import annotations

import numpy as np

from .params import PatchParams
from .patch import Patch

GOLDEN = 0.6180339887498949
"""Steps of this share of a length reach every place evenly."""


class PatchChoice:
    """Draws patches of three kinds; the kind that gained most lately comes most often.

    ``people`` is some people over many days, ``days`` everybody over some days, ``both`` half of the people over more.
    """

    def __init__(self, people: int, days: int, rng: np.random.Generator, params: PatchParams) -> None:
        self.people, self.days, self.rng, self.params = people, days, rng, params
        everybody = params.days if people <= params.many else params.many_days
        self.size = {"people": params.share * people, "days": everybody, "both": params.half_days}
        self.rate = dict.fromkeys(self.size, 0.0)
        self.turns = dict.fromkeys(self.size, 0)

    def kind(self) -> str:
        """Return the next kind."""
        names = list(self.size)
        untried = [name for name in names if not self.turns[name]]
        if untried:
            return untried[0]
        total = sum(self.rate.values())
        even = self.params.even
        odds = [even / len(names) + (1 - even) * (self.rate[x] / total if total > 0 else 1 / len(names)) for x in names]
        return names[int(self.rng.choice(len(names), p=np.array(odds) / sum(odds)))]

    def draw(self, kind: str) -> Patch:
        """Return a patch of that kind."""
        turn = self.turns[kind] = self.turns[kind] + 1
        size = round(self.size[kind])
        length = min(self.days, self.params.longest if kind == "people" else size)
        first = round((turn * GOLDEN % 1.0) * (self.days - length // 2)) - length // 4
        first = min(max(0, first), self.days - length)
        heads = {"people": size, "days": self.people, "both": -(-self.people // 2)}[kind]
        some = self.rng.choice(self.people, size=min(self.people, heads), replace=False)
        return Patch(np.sort(some), first, first + length)

    def learn(self, kind: str, gain: float, *, done: bool) -> None:
        """Note what a patch gained; the next of its kind is larger if this one was done in time, else smaller."""
        p = self.params
        self.rate[kind] = (1 - p.fresh) * self.rate[kind] + p.fresh * gain
        most = self.people if kind == "people" else self.days
        self.size[kind] = float(np.clip((p.grow if done else p.shrink) * self.size[kind], min(most, p.least), most))
