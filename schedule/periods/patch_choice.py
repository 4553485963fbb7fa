"""Which part of a roster is chosen anew next, and how large."""

from __future__ import annotations

import numpy as np

from .patch import Patch

GOLDEN = 0.6180339887498949
"""Steps of this share of a length reach every place evenly."""

LONGEST = 56
"""Most days of a part with few people."""


class PatchChoice:
    """Draws parts of three kinds; the kind that gained most lately comes most often.

    ``people`` is some people over many days, ``days`` everybody over some days, ``both`` half of the people over more.
    """

    def __init__(self, people: int, days: int, rng: np.random.Generator) -> None:
        self.people, self.days, self.rng = people, days, rng
        self.size = {"people": 0.25 * people, "days": 14.0 if people <= 60 else 7.0, "both": 14.0}
        self.rate = dict.fromkeys(self.size, 0.0)
        self.turns = dict.fromkeys(self.size, 0)

    def kind(self) -> str:
        """Return the next kind."""
        names = list(self.size)
        untried = [name for name in names if not self.turns[name]]
        if untried:
            return untried[0]
        total = sum(self.rate.values())
        odds = [0.5 / len(names) + 0.5 * (self.rate[x] / total if total > 0 else 1 / len(names)) for x in names]
        return names[int(self.rng.choice(len(names), p=np.array(odds) / sum(odds)))]

    def draw(self, kind: str) -> Patch:
        """Return a part of that kind."""
        turn = self.turns[kind] = self.turns[kind] + 1
        size = round(self.size[kind])
        length = min(self.days, LONGEST if kind == "people" else size)
        first = round((turn * GOLDEN % 1.0) * (self.days - length // 2)) - length // 4
        first = min(max(0, first), self.days - length)
        heads = {"people": size, "days": self.people, "both": -(-self.people // 2)}[kind]
        some = self.rng.choice(self.people, size=min(self.people, heads), replace=False)
        return Patch(np.sort(some), first, first + length)

    def learn(self, kind: str, gain: float, *, done: bool) -> None:
        """Note what a part gained; the next of its kind is larger if it was done, else smaller."""
        self.rate[kind] = 0.7 * self.rate[kind] + 0.3 * gain
        most = self.people if kind == "people" else self.days
        self.size[kind] = float(np.clip((1.1 if done else 0.85) * self.size[kind], min(most, 4), most))
