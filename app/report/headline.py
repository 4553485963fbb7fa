"""Which cards stand on the first screen, and all figures as a table."""

from __future__ import annotations

from collections.abc import Sequence

from .card import GOOD, PLAIN, WARN, Card
from .tables import TextTable, table

MOST = 6
"""Cards on the first screen, at least 1: two rows of three on a laptop, three of two on a phone."""
FIRST = (
    "Service level", "Below the floor", "Open shifts", "Paid hours", "Cost of the week", "Proven gap", "Under-staffed",
    "Occupancy", "Over-staffed", "Rule violations", "Schedule fit",
)  # fmt: skip
"""Titles of cards, what a planner asks first; the first of them that a run has are shown."""
SERVICE = "Service level"


def headline(cards: Sequence[Card]) -> tuple[list[Card], TextTable]:
    """Return the cards of the first screen, and all figures as a table; of several queues one card tells all."""
    by_title = {c.title: c for c in cards}
    of_queues = [c for c in cards if c.title.startswith(f"{SERVICE}, ")]
    if of_queues:
        by_title[SERVICE] = _joined(of_queues)
    first = [by_title[title] for title in FIRST if title in by_title][:MOST]
    rows = [(c.title, c.value, c.note, c.basis) for c in cards]
    return first, table("All figures", "Figure|Value#|What it says|How it is counted", rows)


def _joined(cards: Sequence[Card]) -> Card:
    """Return one card for the goals of several queues."""
    good, simulated = sum(c.tone == GOOD for c in cards), [c for c in cards if c.tone != PLAIN]
    below = [c.title.partition(", ")[2] for c in cards if c.tone == WARN]
    note = f"below in {', '.join(below[:3])}{', …' if len(below) > 3 else ''}" if below else "every goal holds"
    if len(simulated) < len(cards):
        note = " · ".join([note] * bool(simulated) + [f"{len(cards) - len(simulated)} not simulated"])
    tone = WARN if below else GOOD if len(simulated) == len(cards) else PLAIN
    value = f"{good} of {len(cards)} queues"
    return Card(SERVICE, value, note, "Queues whose goal holds in each of its periods, simulated call by call.", tone)
