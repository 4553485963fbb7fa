"""Slips of plan.toml in a planner's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from busyhour.app.config.toml_syntax import toml_of
from busyhour.forecast.errors import InputError

SLIPS = {
    'a = "Desk\nb = 1': (1, "a quote is not closed", "Put a quote before and behind"),
    "a = “Desk”": (1, "curly quotes", 'Write straight ones: a = "Desk"'),
    "b = 1\na = 0,8": (2, "a comma in a number", "a point for decimals: 0.8"),
    "a = 1,000": (1, "a comma in a number", "Write 1000"),
    "a = True": (1, "True is no value", "Write true"),
    "a = No": (1, "No is no value", "Write false"),
    "[s]\na = 1\na = 2": (3, "key a of [s] stands in row 2 already", "Keep one of them"),
    "[s]\na = 1\n[t]\n[s]": (4, "table [s] stands in row 1 already", "Keep one of them"),
    "[[s.b]]\nk = 1\n[[s.b]]\nk = 1\nk = 2": (5, "key k of [s.b] stands in row 4 already", "Keep one of them"),
    'name "Desk"': (1, "= is missing", "Write it like name = value"),
    'name: "Desk"': (1, "a colon in the place of =", 'Write name = "Desk"'),
    'p = "C:\\Users"': (1, "a backslash in a text", 'Write / in paths: p = "C:/Users"'),
    "week = 2026–11–16": (1, "a long dash", "week = 2026-11-16"),
    "a = 08:00-18:00": (1, "a time of day without quotes", 'Put it in quotes: "08:00-18:00"'),
    "a = 80%": (1, "a percentage", "Write a share: 0.8"),
    "a = 20 s": (1, "a number with a unit", "Write digits only: 20"),
    "a = Desk": (1, "a text without quotes", 'a = "Desk"'),
    "[queue.Sales Team]": (1, "a name with blanks", 'Put it in quotes: [queue."Sales Team"]'),
    "[site\na = 1": (1, "the bracket of a table is not closed", "Write [site]"),
    'a = ["x", "y"\nb = 1': (1, "a list is not closed", "Put ] behind it"),
    'a = ["x" "y"]': (1, "a comma is missing in a list", "Write a comma"),
    "cost h = 20": (1, "'cost h' is no key", "A key is one word"),
    "a = 08": (1, "a number that begins with 0", "Write 8"),
    "week = 16.11.2026": (1, "a date in another order", "year first"),
    "a =": (1, "no value behind =", "Write one"),
    "a = 1 b = 2": (1, "more than one thing on the line", "on a line"),
    "// a comment": (1, "a comment begins with #", "Put # before it"),
    "a\u00a0= 1": (1, "the invisible character U+00A0", "Write the line anew"),
    'x = "a" # “fine”\ny = True # why': (2, "True is no value", "Write true"),
}


@pytest.mark.parametrize("text", SLIPS)
def test_each_slip_is_told_with_its_line_and_its_mend(text: str) -> None:
    row, what, mend = SLIPS[text]
    with pytest.raises(InputError) as error:
        toml_of(text, Path("plan.toml"))
    assert str(error.value).startswith(f"plan.toml, row {row}: not TOML: {what}")
    assert mend in (error.value.mend or "")


def test_tabs_and_comments_are_no_slip() -> None:
    assert toml_of('\ta = 1\t# "x\n[s]\n\tb = "x\ty"', Path("p")) == {"a": 1, "s": {"b": "x\ty"}}
