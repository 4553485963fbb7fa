"""How many threads pay."""

from __future__ import annotations

import os

import pytest

from busyhour.forecast.processors import processors


@pytest.mark.parametrize(("told", "found"), [("1", 1), (" 3,2", 3), ("0", None), ("many", None), ("", None)])
def test_what_the_environment_says_counts(monkeypatch: pytest.MonkeyPatch, told: str, found: int | None) -> None:
    """A whole number from 1; else the machine's processors."""
    monkeypatch.setenv("OMP_NUM_THREADS", told)
    assert processors() == (found or os.cpu_count())
