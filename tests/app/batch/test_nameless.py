"""The store keeps no name of an agent, whatever a message says."""

from __future__ import annotations

import pytest

from busyhour.app.batch.nameless import WITH_AGENTS, nameless
from busyhour.forecast.errors import InputError


@pytest.mark.parametrize("file", WITH_AGENTS)
@pytest.mark.parametrize("column", [None, "agent", "a: b"])
def test_no_value_of_a_file_about_people_is_kept(file: str, column: str | None) -> None:
    error = InputError("twice", file=f"x/{file}", row=7, column=column, value="Anna", mend="Anna (got) is in row 2")
    kept = nameless(str(error))
    assert kept.startswith(file)
    assert "Anna" not in kept
    assert "batch.log" in kept


def test_places_and_words_stay() -> None:
    told = nameless(str(InputError("agent twice", file="staff.csv", row=7, column="agent", value="Anna")))
    assert told == "staff.csv, row 7, column agent: agent twice; batch.log tells more."
    words = nameless(str(InputError("Anna cannot work it on 2026-10-19", file="fixed.csv", row=2, column="pattern")))
    assert words == "fixed.csv, row 2, column pattern: refused; batch.log tells more."
    other = str(InputError("not a number", file="calls.csv", row=7, value="Anna"))
    assert nameless(other) == other
