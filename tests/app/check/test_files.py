"""Copies of inputs against their hashes, where a run was published without money."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest

from busyhour.app.check.files import check_inputs
from busyhour.app.inputs.arguments import Arguments
from busyhour.app.report.summary import read_summary
from busyhour.forecast.errors import InputError

ASKED = Arguments(dt.date(2026, 10, 19))
OTHER = hashlib.sha256(b"the file as it was").hexdigest()


def told(folder: Path, **summary: Any) -> list[str]:
    """Return what is wrong about a run whose plan, staff and calls are copies that differ from their sources."""
    (folder / "inputs").mkdir(exist_ok=True)
    names = ("plan.toml", "staff.csv", "calls.csv")
    for name in names:
        (folder / "inputs" / name).write_text("redacted", encoding="utf-8")
    content = {"week": "2026-10-19", "input_hashes": dict.fromkeys(names, OTHER), **summary}
    return [v.text for v in check_inputs(folder, content, ASKED)]


def test_only_plan_and_staff_may_differ_and_only_without_wages(tmp_path: Path) -> None:
    every = ["plan.toml", "staff.csv", "calls.csv"]
    assert len(told(tmp_path, wages_shown=True, input_redacted=every)) == 3
    (edited,) = told(tmp_path, wages_shown=False, input_redacted=every)
    assert edited == "inputs/calls.csv is not the file that the plan was made from"
    assert len(told(tmp_path, wages_shown=False, input_redacted=["staff.csv"])) == 2


def test_a_run_that_says_it_holds_no_amounts_holds_none(tmp_path: Path) -> None:
    texts = told(tmp_path, wages_shown=False, input_redacted=["plan.toml", "staff.csv"], cost=37.5)
    assert "summary.json tells amounts and says that the folder holds none" in texts
    texts = told(tmp_path, wages_shown=False, input_redacted=["plan.toml", "staff.csv"], cost=None)
    assert len(texts) == 1


@pytest.mark.parametrize("text", ['{"input_redacted": 1.5}', '{"wages_shown": "no"}', '{"input_redacted": [1]}'])
def test_odd_words_on_redaction_are_one_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "summary.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        read_summary(tmp_path / "summary.json", odd_figures=True)
