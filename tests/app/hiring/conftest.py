"""The small centre as it plans hires quickly, and with a need that nobody has to measure."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hire_desk import QUICK

from busyhour.app.hiring import run as hiring_run
from busyhour.app.hiring.group_need import GroupNeed, Need
from busyhour.app.inputs import Inputs
from busyhour.schedule.hiring.problem import Months, Recipe


@pytest.fixture
def desk(centre: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small centre with a quick hiring.toml; each change is planned for half a second at most."""
    (centre / "hiring.toml").write_text(QUICK, encoding="utf-8")
    monkeypatch.setattr(hiring_run, "MOST_EACH_S", 0.5)
    return centre


@pytest.fixture
def known(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The desk, its need known without a forecast, and nothing told beside the plan."""

    def need(inputs: Inputs, months: Months, **more: object) -> Need:
        factor = more["volume"]
        assert isinstance(factor, float)
        demand = 1500.0 * factor * np.linspace(0.97, 1.03, 20)[:, None] * np.ones(months.count)
        recipe = Recipe("today's people", {"full": 0.8, "part": 0.2}, np.full(months.count, 1.1))
        flat = np.ones(months.count)
        group = GroupNeed(
            queues=("calls",), demand=demand, recipes=(recipe,), load_h=1000 * flat, loss=(), kinds={"normal": flat},
            weeks=pd.DataFrame(), curves={}, usual=recipe.name, absent=0.05, breaks=0.0,
        )  # fmt: skip
        far = SimpleNamespace(closed=lambda _: ())
        return Need(months, dict.fromkeys(more["groups"], group), far)  # type: ignore[arg-type, attr-defined]

    monkeypatch.setattr(hiring_run, "measured_need", need)
    monkeypatch.setattr(hiring_run, "answers_of", lambda *_: ())
    monkeypatch.setattr(hiring_run, "questions_of", lambda *_: [])
    monkeypatch.setattr(hiring_run, "trials", lambda *_: [])
    monkeypatch.setattr(hiring_run, "fresh_demand", lambda *_: None)
    return desk
