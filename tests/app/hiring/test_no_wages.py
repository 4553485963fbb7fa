"""`hire --no-wages`: no wage, price, cost or bound anywhere; the plan is the same."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hire_desk import QUICK, hire
from hiring_outcome import small_outcome

from busyhour.app.finished import verdict_of
from busyhour.app.hiring.promise import COST_TOLD
from busyhour.app.hiring.publish import HiringFolder, publish
from busyhour.app.hiring.without_money import COST_NOTE, notes_without_money
from busyhour.app.report.figures import number
from busyhour.schedule.hiring.answers import Answer

MONEY = """
[prices]
hire = 4321
vendor_h = 77.25
[contract.full]
cost_h = 27.75
[vendor]
price_h = 71.35
[scenario.dear]
prices.hire = 5432
factors.wages = 1.0375
plan.costs.cost_h = 33.85
"""
GIVEN = ("4321", "77.25", "27.75", "71.35", "5432", "1.0375", "33.85", "23.65", "2365")


@pytest.fixture
def paid(known: Path) -> Path:
    """The desk with wages and prices of its own."""
    staff = pd.read_csv(known / "staff.csv").assign(cost_h=23.65, bonus="2365")
    staff.to_csv(known / "staff.csv", index=False)
    (known / "hiring.toml").write_text(QUICK + MONEY, encoding="utf-8")
    return known


def texts(run: Path) -> Iterator[tuple[str, str]]:
    """Yield the text of every file of a run, unpacked where it is packed."""
    for file in sorted(p for p in run.rglob("*") if p.is_file()):
        if file.suffix == ".xlsx":
            with zipfile.ZipFile(file) as book:
                yield from ((f"{file.name}/{n}", book.read(n).decode("utf-8")) for n in book.namelist())
        else:
            yield str(file.relative_to(run)), file.read_text(encoding="utf-8")


def amounts(value: Any) -> Iterator[str]:
    """Yield amounts of a summary as they may be written."""
    if isinstance(value, dict):
        for one in value.values():
            yield from amounts(one)
    elif isinstance(value, list):
        for one in value:
            yield from amounts(one)
    elif isinstance(value, float) and abs(value) > 1000.0:
        yield from (f"{value:,.0f}", number(value), f"{value:.0f}", repr(value), f"{value:,.2f}")


def told(wanted: set[str], text: str) -> set[str]:
    """Return the amounts that stand in a text as numbers of their own."""
    return {a for a in wanted if a in text and re.search(rf"(?<![\d.,]){re.escape(a)}(?![\d])", text)}


@pytest.mark.slow
def test_no_amount_is_left_anywhere(paid: Path) -> None:
    hire(paid, "--out", paid / "with", "--quiet")
    shown = hire(paid, "--out", paid / "without", "--no-wages").output
    summary = json.loads((paid / "with" / "summary.json").read_text(encoding="utf-8"))
    keys = ("cost", "bound", "cost_decidable", "bound_decidable", "cost_parts", "gap_history")
    wanted = {*GIVEN, *amounts({key: summary[key] for key in keys})}
    assert len(told(wanted, "".join(text for _, text in texts(paid / "with")))) > 12  # they are found where they are
    for place, text in (*texts(paid / "without"), ("screen", shown)):
        assert not told(wanted, text), place
    less = json.loads((paid / "without" / "summary.json").read_text(encoding="utf-8"))
    assert all(less[key] is None for key in keys)
    assert less["gap_decidable"] == summary["gap_decidable"]
    assert (less["hires"], less["wages_shown"]) == (summary["hires"], False)
    assert set(less["input_redacted"]) == {"plan.toml", "staff.csv", "hiring.toml"}
    assert "Written without money" in (paid / "without" / "hiring.toml").read_text(encoding="utf-8")


@pytest.mark.slow
def test_check_counts_what_is_left(paid: Path) -> None:
    hire(paid, "--out", paid / "without", "--no-wages", "--quiet")
    verdict = verdict_of(paid / "without")
    assert verdict.passed, [str(v) for v in verdict.violations]
    assert any("without wages" in note for note in verdict.notes)


def test_answers_defaults_and_notes_tell_no_money(tmp_path: Path) -> None:
    answer = Answer("without the limit of rooms", 3579.5, 3500.25, 3600.75, 12.0, 0.5)
    note = f"{COST_TOLD}1,234,567 is not borne out by the simulation: 1,300,000"
    outcome = small_outcome(answers=(answer,), notes=(note,))
    run, _ = publish(
        outcome, HiringFolder(tmp_path / "run", {"a": {"hiring": 1.0}, "b": {"hiring": 98765.0}}, wages=False)
    )
    everything = "".join(text for _, text in texts(run))
    assert not told(
        {"3579.5", "3,580", number(3579.5), "3500.25", "1,234,567", "98765.0", "-800.0", "950.0"}, everything
    )
    assert notes_without_money([note, "other"]) == [COST_NOTE, "other"]
    assert list(pd.read_csv(run / "answers.csv").columns) == ["change", "missing_h", "probability"]
    assert 'id="chart-waterfall"' not in everything
    assert 'id="chart-defaults"' in everything
