"""Agent states: what they mean, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from busyhour.app.today.states import kinds_told, read_states
from busyhour.forecast.errors import InputError

ZONE = "Europe/Berlin"
HEAD = "agent,start,end,state\n"


def read(tmp_path: Path, *rows: str, told: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the states of a file with these rows."""
    path = tmp_path / "states.csv"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return read_states(path, ZONE, kinds_told(told))


def test_usual_words_are_known_and_others_are_told(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        "a1,2026-11-02T08:00,2026-11-02T10:00,Ready",
        "a1,2026-11-02T10:00,2026-11-02T10:15,Not ready",
        "a1,2026-11-02T10:15,2026-11-02T10:15,Ringing",  # of no length
        "a0,2026-11-02T09:00,2026-11-02T10:00,ACW",
        told=("not READY=break",),
    )
    assert rows[["agent", "kind"]].to_numpy().tolist() == [["a0", "phone"], ["a1", "phone"], ["a1", "break"]]


def test_an_unknown_state_is_asked_for_with_its_hours(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Busy \(2.0 h\), Other \(0.5 h\)") as found:
        read(
            tmp_path,
            "a1,2026-11-02T08:00,2026-11-02T08:30,Other",
            "a1,2026-11-02T10:00,2026-11-02T12:00,Busy",
        )
    assert '--state "Busy=phone"' in str(found.value)


@pytest.mark.parametrize("text", ["busy", "=phone", "busy=coffee", ""])
def test_a_meaning_has_its_form(text: str) -> None:
    with pytest.raises(InputError, match="not a meaning of a state"):
        kinds_told([text])


def test_a_state_has_one_meaning() -> None:
    assert kinds_told(["busy=phone", "Busy = phone"]) == {"busy": "phone"}
    with pytest.raises(InputError, match="told to be phone too"):
        kinds_told(["busy=phone", "busy=break"])


def test_a_clock_that_goes_backwards_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"row 2.*backwards"):
        read(tmp_path, "a1,2026-11-02T10:00,2026-11-02T08:00,Ready")


def test_two_states_at_once_are_refused(tmp_path: Path) -> None:
    """Even where a longer one covers several, in whatever order they stand; another agent's may overlap."""
    rows = ("a1,2026-11-02T11:00,2026-11-02T12:00,Break", "a2,2026-11-02T08:00,2026-11-02T12:00,Ready",
            "a1,2026-11-02T08:00,2026-11-02T10:00,Ready", "a1,2026-11-02T09:00,2026-11-02T09:30,Break")  # fmt: skip
    with pytest.raises(InputError, match="two states of a1 at once: Ready in row 4 lasts until 10:00:00") as found:
        read(tmp_path, *rows)
    assert found.value.row == 5


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "states.csv"
    path.write_text("agent,start,end\na1,2026-11-02T08:00,2026-11-02T10:00\n", encoding="utf-8")
    with pytest.raises(InputError, match="'state' is missing"):
        read_states(path, ZONE, {})
