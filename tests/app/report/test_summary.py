"""A damaged summary.json is one clear error, whatever reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from busyhour.app.report.summary import read_summary
from busyhour.forecast.errors import InputError


@pytest.mark.parametrize(
    ("key", "value"),
    [("week", "soon"), ("week", 5), ("week", "0001-01-01"), ("cost", "much"), ("cost", True), ("cost", float("nan")),
     ("stages", 3), ("service_level_ci", []), ("notes", 1), ("gap_history", 5), ("goals", [])],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused_by_its_key(key: str, value: Any, tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    path.write_text(json.dumps({"week": "2026-10-19", key: value}), encoding="utf-8")
    with pytest.raises(InputError, match=rf"^summary\.json: key '{key}[\w.]*' cannot be read"):
        read_summary(path)


def test_a_key_may_be_absent_or_new(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    path.write_text('{"week": "2026-10-19", "cost": null, "new": [1]}', encoding="utf-8")
    assert read_summary(path)["new"] == [1]
