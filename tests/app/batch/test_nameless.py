"""The store keeps no name of an agent, whatever a message says."""

from __future__ import annotations

from pathlib import Path

import pytest

from busyhour.app.batch.nameless import WITH_AGENTS, nameless, names_in
from busyhour.app.inputs.snapshot import InputFile
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


def test_names_are_left_out_of_any_message() -> None:
    """Of a contradiction as of a verdict; digits are names in lists and before a time alone."""
    names = ["Anna Bell", "Bell", "101", "7"]
    told = "contract.full: its shortest shift pays 7 hours, max_h_week is 6 (Anna Bell, 101 and 7)."
    kept = "contract.full: its shortest shift pays 7 hours, max_h_week is 6 (somebody, somebody and somebody)"
    assert nameless(told, names) == f"{kept}; batch.log tells more."
    judged = (
        "The judge refused the plan (7 violations); nothing was published: rest_min: 101 at 2026-12-07 08:00: 7 hours."
    )
    assert nameless(judged, names) == judged.replace("101", "somebody").rstrip(".") + "; batch.log tells more."
    assert nameless("not enough memory for Bellevue.", names) == "not enough memory for Bellevue."


@pytest.mark.parametrize(
    "text",
    ["agent,name,contract\na1,Anna,full\n", "\ufeffagent;name;contract\r\na1;Anna;full\r\n", "Wer,Vertrag\nAnna,a1\n"],
)
def test_names_are_found_whatever_the_file_looks_like(text: str) -> None:
    found = names_in({"staff.csv": InputFile.of(Path("staff.csv"), text.encode())})
    assert {"a1", "Anna"} <= found
