"""Rows of the exchange's model beside people's rules: who takes which head, one shift a day."""

from __future__ import annotations

from collections.abc import Sequence

from ..rules.rows import Columns, Pairs, Rows


def supply(rows: Rows, heads: Sequence[int]) -> None:
    """Ensures each head is taken by one agent or left open.

    Σ_a take[a, c] + left[c] = heads[c]
    """
    pairs: dict[int, Pairs] = {c: [(v, 1.0)] for c, v in rows.columns.left.items()}
    for (_, c), column in rows.columns.take.items():
        pairs[c].append((column, 1.0))
    for c, row in pairs.items():
        rows.add(f"supply_{c}", row, "==", heads[c])


def one_a_day(rows: Rows) -> None:
    """Ensures at most one shift a day; where days off are placed, the rows of days off say so already.

    Σ_{c of d} take[a, c] ≤ 1
    """
    placed = _people_with_places(rows.columns)
    for (a, d), pairs in rows.columns.day.items():
        if a not in placed:
            rows.add(f"one_a_day_{a}_{d}", [(v, 1.0) for _, v in pairs], "<=", 1.0)


def _people_with_places(columns: Columns) -> set[int]:
    """Return the agents whose run of days off has a column per place."""
    return {a for a, _ in columns.off}
