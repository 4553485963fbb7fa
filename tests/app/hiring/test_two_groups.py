"""Two queues with people of their own, end to end: forecast, need, plan, folder, second opinion."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from hire_desk import QUICK, hire

from busyhour.app.finished import verdict_of
from busyhour.app.hiring import run as hiring_run

CHAT = """
[queue.chat]
handle_s = 420
patience_s = 300
model = "weekday_mean"
[queue.chat.goal]
level = 0.7
within_s = 60
basis = "day"

[shrinkage]"""
TRANSFER = """
[[transfer]]
source = "calls/full"
target = "chat/full"
most = 1
"""


@pytest.fixture
def two(centre: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small centre with a second queue, half as busy, whose people work nothing else."""
    plan = (centre / "plan.toml").read_text(encoding="utf-8")
    (centre / "plan.toml").write_text(plan.replace("\n[shrinkage]", CHAT), encoding="utf-8")
    calls = pd.read_csv(centre / "calls.csv")
    chat = calls.assign(queue="chat", offered=calls["offered"] // 2)
    pd.concat([calls.assign(queue="calls"), chat]).to_csv(centre / "calls.csv", index=False)
    staff = pd.read_csv(centre / "staff.csv")
    staff["skills"] = ["calls" if i % 2 else "chat" for i in range(len(staff))]
    staff.to_csv(centre / "staff.csv", index=False)
    monkeypatch.setattr(hiring_run, "MOST_EACH_S", 0.3)
    return centre


@pytest.mark.slow
def test_each_group_has_its_need_its_people_and_its_classes(two: Path) -> None:
    (two / "hiring.toml").write_text(QUICK + TRANSFER, encoding="utf-8")
    hire(two, "--out", two / "out", "--quiet")
    summary = json.loads((two / "out" / "summary.json").read_text(encoding="utf-8"))
    assert list(summary["groups"]) == ["calls", "chat"]
    assert [g["heads"] for g in summary["groups"].values()] == [5, 5]
    calls, chat = (summary["groups"][name]["required_fte_mean"] for name in ("calls", "chat"))
    assert 0.3 < chat / calls < 1.2
    head = pd.read_csv(two / "out" / "headcount.csv")
    assert head.groupby("group").size().to_dict() == {"calls": 3, "chat": 3}
    changes = pd.read_csv(two / "out" / "answers.csv")["change"]
    assert changes.str.contains("able to work for").sum() == 2
    assert "one head of calls/full trained for chat/full today" in set(changes)
    loss = pd.read_csv(two / "out" / "loss.csv")
    assert set(loss["group"]) == {"calls", "chat"}
    verdict = verdict_of(two / "out")
    assert verdict.passed, [str(v) for v in verdict.violations]


@pytest.mark.slow
def test_queues_that_somebody_works_together_are_one_group(two: Path) -> None:
    staff = pd.read_csv(two / "staff.csv")
    staff.loc[0, "skills"] = "calls|chat"
    staff.to_csv(two / "staff.csv", index=False)
    (two / "hiring.toml").write_text(QUICK, encoding="utf-8")
    hire(two, "--out", two / "out", "--quiet")
    summary = json.loads((two / "out" / "summary.json").read_text(encoding="utf-8"))
    assert list(summary["groups"]) == ["calls+chat"]
    assert summary["groups"]["calls+chat"]["heads"] == 10
    assert verdict_of(two / "out").passed
