"""The table of what is done with which desk: every desk has a row, and the page shows the table as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from busyhour.schedule.people.choice import TABLE, Choice, Shape, choice_of

PAGE = Path(__file__).parents[3] / "docs" / "background" / "weeks.md"


@pytest.mark.parametrize(
    ("shape", "row"),
    [
        (Shape(7, nights=True, columns=2_000), 0),
        (Shape(400, nights=False, columns=2_100), 0),  # alike people are one flow
        (Shape(12, nights=False, columns=9_000), 1),
        (Shape(60, nights=False, columns=9_000), 2),
        (Shape(60, nights=False, columns=27_000), 3),
        (Shape(60, nights=True, columns=27_000), 4),
        (Shape(250, nights=False, columns=120_000), 5),
        (Shape(5_000, nights=True, columns=10**7), 6),
    ],
)
def test_the_first_row_that_holds_is_taken(shape, row):
    assert choice_of(shape) is TABLE[row]


def test_every_desk_has_a_row_and_every_row_a_reason():
    assert all(choice_of(Shape(10**6, nights, 10**9)) is TABLE[-1] for nights in (False, True))
    assert all(row.reason for row in TABLE)


def _cells(row: Choice) -> str:
    """Return a row as the page shows it."""
    people, columns = ("any" if x is None else f"{x:,}" for x in (row.most_people, row.most_columns))
    model = f"{row.rounds}, {row.rounds_share:g} | {row.exact_share:g}" if row.exact_share else "– | –"
    prices = f"{'relaxation' if row.relaxed else 'ascent'}, {row.price_share:g}"
    tries = f"{row.starts} started, {row.deep} annealed"
    tries += ", or a tournament" if row.tournament else ""
    nights = "yes" if row.nights else "no"
    return f"| {people} | {columns} | {nights} | {tries} | {model} | {prices} | {row.reason} |"


def test_the_page_shows_the_table():
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    begin = lines.index(_cells(TABLE[0]))
    assert lines[begin : begin + len(TABLE)] == [_cells(row) for row in TABLE]
