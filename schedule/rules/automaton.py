"""All rules of one person's days and shift families as one small automaton, a layer per day.

It reads a letter a day: 0 = off, 1, 2, … = a shift of a family of that letter. Families that every rule treats alike
share a letter, so a person without rules about families has two.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from .day_rule import DayRule
from .rule import FamilyRule

WORK = ("work",)
"""The families of a person whose rules name none."""


@dataclass(frozen=True)
class Automaton:
    """Which weeks may be worked: every path from the first node to the last layer obeys all rules, and no other does.

    Nodes are numbered layer by layer; layer d holds the states before day d, the last one those after all days.

    Attributes
    ----------
    layers
        First node of each layer, shape (days + 2,); the last entry is the number of nodes.
    to
        Node after a day of each letter, shape (nodes, letters); −1 where the rules forbid it.
    """

    layers: np.ndarray
    to: np.ndarray

    @property
    def days(self) -> int:
        """Number of days."""
        return len(self.layers) - 2

    @property
    def off(self) -> np.ndarray:
        """Node after a day off, shape (nodes,)."""
        return np.asarray(self.to[:, 0])

    @property
    def work(self) -> np.ndarray:
        """Node after a day worked, if no rule names families, shape (nodes,)."""
        return np.asarray(self.to[:, 1])

    @property
    def feasible(self) -> bool:
        """Whether any week obeys the rules."""
        return bool(self.layers[1] > self.layers[0])

    def allows(self, letters: Sequence[int]) -> bool:
        """Whether a week of `letters`, one a day, obeys all rules."""
        node = 0 if self.feasible else -1
        for letter in letters:
            if node < 0:
                return False
            node = int(self.to[node, int(letter)])
        return node >= 0


def letters_of(rules: Sequence[FamilyRule], families: Sequence[str]) -> dict[str, int]:
    """Return the letter of each family: families that no rule names share one."""
    named = frozenset[str]().union(*(rule.named for rule in rules))
    letters: dict[str, int] = {}
    for family in families:
        letters.setdefault(family if family in named else "", len(letters) + 1)
    return {family: letters[family if family in named else ""] for family in families}


def compile_days(
    rules: Sequence[DayRule], days: int, by_family: Sequence[FamilyRule] = (), families: Sequence[str] = WORK
) -> Automaton:
    """Join rules into one automaton: only states that can be reached and can end well, equal futures merged.

    Parameters
    ----------
    by_family
        Rules that read families.
    families
        One family of each letter from 1 on.
    """
    words = ("", *families)
    begin: _State = (*(rule.begin() for rule in rules), *(rule.begin() for rule in by_family))
    layers: list[dict[_State, tuple[_State | None, ...]]] = []
    states: set[_State] = {begin}
    for day in range(days):
        moves = {s: tuple(_step(rules, by_family, s, day, word) for word in words) for s in states}
        layers.append(moves)
        states = {to for tos in moves.values() for to in tos if to is not None}
    merged = {s: 0 for s in states if all(rule.accepts(part) for rule, part in zip(rules, s, strict=False))}
    table: list[list[tuple[int, ...]]] = []  # per layer, last first: per letter the number in the next
    for moves in reversed(layers):
        numbers: dict[tuple[int, ...], int] = {}
        here: dict[_State, int] = {}
        for state, tos in moves.items():
            after = tuple(-1 if to is None else merged.get(to, -1) for to in tos)
            if max(after) >= 0:
                here[state] = numbers.setdefault(after, len(numbers))
        table.append(list(numbers))
        merged = here
    table.reverse()
    sizes = [len(layer) for layer in table] + [1 if any(table) or not days else 0]
    first = np.concatenate([[0], np.cumsum(sizes)])
    out = np.full((first[-1], len(words)), -1, dtype=np.int64)
    for day, layer in enumerate(table):
        if layer:
            number = np.array(layer, dtype=np.int64)
            out[first[day] : first[day + 1]] = np.where(number < 0, -1, first[day + 1] + number)
    return Automaton(first, out)


_State = tuple[Hashable, ...]


def _step(
    rules: Sequence[DayRule], by_family: Sequence[FamilyRule], state: _State, day: int, word: str
) -> _State | None:
    """Return all rules' states after a day of the family `word` ("" = off), None where one is broken."""
    out: list[Hashable] = []
    for rule, part in zip(rules, state, strict=False):
        out.append(rule.step(part, day, bool(word)))
        if out[-1] is None:
            return None
    for about, part in zip(by_family, state[len(rules) :], strict=True):
        out.append(about.step(part, day, word))
        if out[-1] is None:
            return None
    return tuple(out)
