"""Figures of the manual come from its own run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from docs.make_figures import FIGURES, MARK, RECORD, SENTENCES, refreshed, with_figures
from docs.pages import blocks_of

RUNS = json.loads(RECORD.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", SENTENCES, ids=lambda p: p.name)
def test_sentences_tell_the_figures_of_the_run(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert with_figures(text, RUNS) == text, "run: python -m docs.make_figures"


def test_every_figure_stands_somewhere() -> None:
    told = {m[1] for page in SENTENCES for m in MARK.findall(page.read_text(encoding="utf-8"))}
    assert told == set(FIGURES)


def test_blocks_of_the_tutorial_are_of_the_same_run() -> None:
    """Costs, bounds and paid hours on the screens of the tutorial are those of the recorded runs."""
    text = "".join(b.text for b in blocks_of(SENTENCES[0]) if b.varies)
    for name in ("bank", "mydesk"):
        assert f"Cost           {RUNS[name]['cost']:,.0f} " in text
    assert f"over a bound of {RUNS['bank']['bound']:,.0f}:" in text
    assert re.search(rf" cost +{RUNS['bank']['cost']:,.1f} +{RUNS['stricter']['cost']:,.1f}\n", text)


def test_figures_are_taken_from_what_was_printed_and_elisions_stay() -> None:
    expected = "...\n  Status   feasible...\n  Cost     1,234 EUR\n...\n"
    got = "10 s  reading\n  Status   optimal, stopped by gap (0.3 %)\n  Cost     987.5 EUR   \n  Report  here\n"
    assert refreshed(expected, got) == "...\n  Status   feasible...\n  Cost     987.5 EUR\n...\n"
    assert refreshed("...\n", "") == "...\n"


def test_other_words_are_an_error() -> None:
    with pytest.raises(ValueError, match="Cost"):
        refreshed("Cost 1 EUR\n", "Price 2 EUR\n")
