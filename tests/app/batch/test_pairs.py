"""Two plans that were not made for each other: the judge tells which rules break between them."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from tiny_batch import TODAY, WEEK

from busyhour.app.batch.pairs import broken_between
from busyhour.app.starter_batch import write_batch_starter

SUNDAY = "2026-12-06"


def shift(day: str, start: str, end: str) -> str:
    """Return the rows of a shift with its lunch four hours after its start."""
    first = dt.datetime.fromisoformat(f"{day}T{start}")
    noon, after = (first + dt.timedelta(minutes=m) for m in (240, 270))
    parts = ((first, noon, "phone,calls"), (noon, after, "lunch,"), (after, f"{day}T{end}", "phone,calls"))
    said = [(str(a).replace(" ", "T")[:16], str(b).replace(" ", "T")[:16], what) for a, b, what in parts]
    return "".join(f"n00,{a},{b},{what}\n" for a, b, what in said)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Return a week that ends late on Sunday, and one of five days that begins at 08:00 on Monday."""
    write_batch_starter(tmp_path / "b", TODAY)
    site = tmp_path / "b" / "sites" / "north"
    before, after = tmp_path / "before", tmp_path / "after"
    (after / "inputs").mkdir(parents=True)
    before.mkdir()
    plan = (site / "plan.toml").read_text(encoding="utf-8") + "\n[rules]\nrest_min = 660\n"
    (after / "inputs" / "plan.toml").write_text(plan, encoding="utf-8")
    (after / "inputs" / "staff.csv").write_text("agent,name,contract\nn00,Anna,full\n", encoding="utf-8")
    arguments = {"week": WEEK, "scenario": None, "overrides": {}}
    (after / "inputs" / "arguments.json").write_text(json.dumps(arguments), encoding="utf-8")
    days = [f"2026-12-{7 + k:02d}" for k in range(4)]
    rows = "".join(shift(day, "08:00", "16:30") for day in days)
    (after / "activity.csv").write_text("agent,start,end,activity,queue\n" + rows, encoding="utf-8")
    return before, after


@pytest.mark.parametrize(("end", "told"), [("21:00", ""), ("21:30", "rules break between them (rest_min)")])
def test_rest_reaches_from_one_plan_into_the_next(pair: tuple[Path, Path], end: str, told: str) -> None:
    """Eleven hours lie between Sunday 21:00 and Monday 08:00; the sentence names no agent."""
    before, after = pair
    rows = shift(SUNDAY, "12:30", end)
    (before / "activity.csv").write_text("agent,start,end,activity,queue\n" + rows, encoding="utf-8")
    assert broken_between(before, after) == told


def test_what_cannot_be_read_cannot_be_judged(pair: tuple[Path, Path]) -> None:
    """A week before without its activity is no proof that all is well; a plan without names needs none."""
    before, after = pair
    assert broken_between(before, after).startswith("nobody can judge them together: no run folder")
    (before / "activity.csv").write_text("agent,start,end,activity,queue\nAnna,x,y,phone,calls\n", encoding="utf-8")
    told = broken_between(before, after)
    assert told == "nobody can judge them together: not an ISO 8601 time"
    (after / "inputs" / "staff.csv").unlink()
    assert broken_between(before, after) == ""
