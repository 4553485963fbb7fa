"""Values that are possible and hard to believe are told."""

from __future__ import annotations

from typing import Any

import pytest

from busyhour.app.config.doubts import doubts_of
from busyhour.app.config.schema import Config
from busyhour.app.intake.names import nearest

GOAL = {"level": 0.8, "within_s": 20}
USUAL: dict[str, Any] = {"queue": {"calls": {"goal": GOAL, "patience_s": 120, "handle_s": 240}}}
DOUBTED: dict[str, dict[str, Any]] = {
    "queue.calls.goal.within_s = 2000": {"queue": {"calls": {"goal": GOAL | {"within_s": 2000}}}},
    "queue.calls.patience_s = 2": {"queue": {"calls": {"goal": GOAL, "patience_s": 2}}},
    "queue.calls.handle_s = 4": {"queue": {"calls": {"goal": GOAL, "handle_s": 4}}},
    "shrinkage.unplanned = 0.8": {"shrinkage": {"unplanned": 0.8}},
    "rules.rest_min = 11": {"rules": {"rest_min": 11}},
}


def test_a_usual_plan_is_believed() -> None:
    assert doubts_of(Config.model_validate(USUAL)) == []


@pytest.mark.parametrize("told", DOUBTED)
def test_odd_values_are_told(told: str) -> None:
    (found,) = doubts_of(Config.model_validate(USUAL | DOUBTED[told]))
    assert found.startswith(f"{told} in plan.toml is doubted: ")


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [("ful", ["full", "part"], "Did you mean 'full'?"), ("ANN", ["Ann", "Bob"], "Did you mean 'Ann'?"),
     ("duration", ["duration_min", "kind"], "Did you mean 'duration_min'?"), ("eve", ["ann", "bob"], "Known: ann, bob"),
     ("agent7", ["agent1", "agent2"], "Known: agent1, agent2"), ("x", [], "None is defined")],
)  # fmt: skip
def test_hints_only_where_a_name_is_near(name: str, known: list[str], hint: str) -> None:
    assert nearest(name, known) == hint


def test_what_follows_a_hint_begins_a_sentence() -> None:
    assert nearest("eve", ["ann"], "Or add her") == "Known: ann. Or add her"
    assert nearest("an", ["ann"], "Or add her") == "Did you mean 'ann'? Or add her"
