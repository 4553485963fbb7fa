"""What is printed cannot steer the terminal."""

from __future__ import annotations

import io

import pandas as pd
from rich.text import Text

from busyhour.app.cli.console import Console
from busyhour.app.cli.screen import grid_of


def test_control_characters_are_spelled_out() -> None:
    """Neither a line nor a table cell carries an escape of its own; line ends and rich's own colours stay."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80)
    console.print("two\nlines \x1b]0;title\x07 \u202e", style="bold", markup=False, highlight=False)
    console.print(Text("tail\x9b1m"))
    console.print(grid_of(pd.DataFrame({"file": ["a\x1b[2Jb"]})))
    told = out.getvalue()
    assert "two" in told and told.count("\n") == 5
    assert r"lines \x1b]0;title" in told and r"\u202e" in told and r"tail\x9b1m" in told and r"a\x1b[2Jb" in told
    assert not [sign for sign in ("\x1b]", "\x07", "\x9b", "\x1b[2J", "\u202e") if sign in told]
    assert "\x1b[1m" in told


def test_a_terminal_without_the_letters_gets_them_spelled_out() -> None:
    """A pipe on Windows or an old locale never ends the work: what its encoding lacks is spelled out."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="cp1252")
    Console(file=out, width=80).print("Zoë Łęcka 🙂 – 5 €")
    out.flush()
    assert raw.getvalue().decode("cp1252").strip() == r"Zoë \u0141\u0119cka \U0001f642 – 5 €"
