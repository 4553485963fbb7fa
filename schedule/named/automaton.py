"""All day rules of one person as one small automaton, a layer per day."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from ..people.day_rule import DayRule


@dataclass(frozen=True)
class Automaton:
    """Which days may be worked: every path from `start` to the last layer obeys all rules, and no other does.

    Nodes are numbered layer by layer; layer d holds the states before day d, the last one those after all days.

    Attributes
    ----------
    layers
        First node of each layer, shape (days + 2,); the last entry is the number of nodes.
    off, work
        Node after a day off and after a day worked, shape (nodes,); −1 where the rules forbid it.
    """

    layers: np.ndarray
    off: np.ndarray
    work: np.ndarray

    @property
    def days(self) -> int:
        """Number of days."""
        return len(self.layers) - 2

    @property
    def feasible(self) -> bool:
        """Whether any choice of days obeys the rules."""
        return bool(self.layers[1] > self.layers[0])

    def allows(self, worked: Sequence[bool]) -> bool:
        """Whether the days `worked` obey all rules."""
        node = 0 if self.feasible else -1
        for works in worked:
            if node < 0:
                return False
            node = int(self.work[node] if works else self.off[node])
        return node >= 0


def compile_days(rules: Sequence[DayRule], days: int) -> Automaton:
    """Join `rules` into one automaton: only states that can be reached and can end well, equal futures merged."""
    begin: tuple[Hashable, ...] = tuple(rule.begin() for rule in rules)
    layers: list[dict[tuple[Hashable, ...], tuple[_State | None, _State | None]]] = []
    states: set[tuple[Hashable, ...]] = {begin}
    for day in range(days):
        moves = {s: (_step(rules, s, day, False), _step(rules, s, day, True)) for s in states}
        layers.append(moves)
        states = {to for pair in moves.values() for to in pair if to is not None}
    merged = {s: 0 for s in states if all(rule.accepts(part) for rule, part in zip(rules, s, strict=True))}
    table: list[list[tuple[int, int]]] = []  # per layer, last first: (after off, after work) as numbers in the next
    for moves in reversed(layers):
        numbers: dict[tuple[int, int], int] = {}
        here: dict[tuple[Hashable, ...], int] = {}
        for state, (off, work) in moves.items():
            pair = (merged.get(off, -1) if off is not None else -1, merged.get(work, -1) if work is not None else -1)
            if pair != (-1, -1):
                here[state] = numbers.setdefault(pair, len(numbers))
        table.append(list(numbers))
        merged = here
    table.reverse()
    sizes = [len(layer) for layer in table] + [1 if any(table) or not days else 0]
    first = np.concatenate([[0], np.cumsum(sizes)])
    off_to, work_to = np.full(first[-1], -1, dtype=np.int64), np.full(first[-1], -1, dtype=np.int64)
    for day, layer in enumerate(table):
        for i, (off_at, work_at) in enumerate(layer):
            off_to[first[day] + i] = -1 if off_at < 0 else first[day + 1] + off_at
            work_to[first[day] + i] = -1 if work_at < 0 else first[day + 1] + work_at
    return Automaton(first, off_to, work_to)


_State = tuple[Hashable, ...]


def _step(rules: Sequence[DayRule], state: _State, day: int, works: bool) -> _State | None:
    """Return all rules' states after a day, None where one is broken."""
    out = []
    for rule, part in zip(rules, state, strict=True):
        after = rule.step(part, day, works)
        if after is None:
            return None
        out.append(after)
    return tuple(out)
