"""One headline card of the report."""

from __future__ import annotations

from dataclasses import dataclass

GOOD, WARN, PLAIN = "good", "warn", ""


@dataclass(frozen=True)
class Card:
    """One headline figure; `tone` (good, warn or "") is always said in words by `note` too.

    `amount` is the figure as a number for spreadsheets, where it is one; `kind` (number, whole, share, gap, money) how
    it is written there.
    """

    title: str
    value: str
    note: str
    basis: str
    tone: str = PLAIN
    amount: float | None = None
    kind: str = "number"
