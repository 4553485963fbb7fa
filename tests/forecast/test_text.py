"""What a name may hold, the one spelling of texts, and the guard that keeps CSV cells from being formulas."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from busyhour.forecast.errors import InputError
from busyhour.forecast.tables import TABLES, check, texts
from busyhour.forecast.text import alike, flaw, guarded, spelled, unguarded, visible

REFUSED = {
    "line feed": "a\nb",
    "carriage return": "a\rb",
    "line break at the end": "ab\n",
    "vertical tab": "a\x0bb",
    "form feed": "a\x0cb",
    "null": "a\0b",
    "bell": "a\x07b",
    "escape": "a\x1b[31mb",
    "unit separator": "a\x1fb",
    "delete": "a\x7fb",
    "next line": "a\x85b",
    "C1 control": "a\x9bb",
    "line separator": "a\u2028b",
    "paragraph separator": "a\u2029b",
    "left-to-right embedding": "a\u202ab",
    "right-to-left override": "a\u202eb",
    "isolate": "a\u2066b",
    "end of isolate": "a\u2069b",
    "byte-order mark": "a\ufeffb",
    "noncharacter": "a\uffffb",
    "half a character": "a\ud800b",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_what_no_name_may_hold_is_refused_with_its_place(text: str) -> None:
    """Row, column and the text, spelled out, are told; the error itself is one plain line."""
    frame = pd.DataFrame({"queue": ["x", text], "start": ["2026-01-01T10:00"] * 2, "offered": [1, 2]})
    with pytest.raises(InputError, match="text holds") as found:
        check(frame, TABLES["calls"], file="calls.csv")
    error = found.value
    assert (error.file, error.row, error.column) == ("calls.csv", 3, "queue")
    assert error.mend and str(error).isprintable()
    assert flaw(text) is not None and visible(text).isprintable()


@pytest.mark.parametrize("text", ['O\'Brien, Zoë; "x"', "🙂👩‍👧", "מרים‏", "می‌خواهم", "#=+-@", "a\\nb", "x" * 200])
def test_what_people_are_called_is_kept(text: str) -> None:
    """Marks that scripts and emoji need are no flaw."""
    assert flaw(text) is None and visible(text) == spelled(text) == text


def test_one_spelling_makes_one_name() -> None:
    """Accents composed or not, blanks of any kind, tabs and blanks at the ends give one text."""
    told = texts(pd.Series(["Zoe\u0308 Li", " Zoë\u00a0Li", "Zoë  Li\t", "Zoë\tLi", None, 7]), "name")
    assert told.tolist() == [*["Zoë Li"] * 4, "", "7"]
    assert alike(["A1", "b", "a1", "ａ1", "b\u200d", "c"]) == [("A1", "a1"), ("A1", "ａ1"), ("b", "b\u200d")]


@pytest.mark.slow
@given(st.text())
def test_the_guard_of_formulas_comes_off(text: str) -> None:
    """Whatever the text, its cell begins no formula, and gives the text back."""
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
