"""What a manager asks of a plan: single people at the plan as it is, and what a stop or the time leaves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hiring_outcome import small_plan

from busyhour.app.hiring import questions
from busyhour.app.hiring.questions import STEP, answers_of, missed_by, questions_of
from busyhour.app.hiring.words import relief_lines
from busyhour.forecast.progress import Event, Watch
from busyhour.schedule.hiring.answers import Answer, Asked, one_head_more, same_plan

FOUND = Answer("", -5.0, -9.0, 3.0, 10.0, 0.5)


@pytest.fixture(autouse=True)
def _unplanned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer without planning anew."""
    monkeypatch.setattr(questions, "changed", lambda problem, plan, what, *_: replace(FOUND, what=what))


def test_single_people_count_with_the_plan_as_it_is() -> None:
    problem, plan = small_plan()
    found = {a.what: a for a in answers_of(questions_of(problem, plan, 0.0), problem, plan, Watch(), Asked())}
    more = found["one experienced head more of desk/full"]
    assert more.saves == same_plan(problem, plan, "", one_head_more(problem, "desk/full")).saves
    assert more.saves == more.at_least
    assert found["deciding nothing for a month"].saves == -5.0
    looser = found["without the limit of rooms"]  # the plan itself is still possible
    assert (looser.saves, looser.at_least, looser.at_most) == (0.0, 0.0, 3.0)


def test_answers_found_before_a_stop_stay() -> None:
    problem, plan = small_plan()
    watch, seen = Watch(), list[str]()

    def show(event: Event) -> None:
        seen.append(event.text)
        if len(seen) == 3:
            watch.stop.set()

    watch.show = show
    found = answers_of(questions_of(problem, plan, 0.0), problem, plan, watch, Asked())
    assert [a.what for a in found] == seen[:2]


def test_steps_are_asked_only_where_a_month_stays_below_what_is_wanted() -> None:
    problem, plan = small_plan()
    assert not [q for q in questions_of(problem, plan, 0.0) if q.eases == STEP]
    asked = questions_of(problem, plan, 1.1)
    assert next(q.what for q in asked if q.eases == STEP) == "with one room more"
    answers = answers_of(asked, problem, plan, Watch(), Asked())
    found = missed_by(asked, answers, problem, plan, 1.1)
    assert found is not None
    assert found.relief is None  # a chance of 1.1 is out of reach
    assert missed_by(asked, answers, problem, plan, 0.0) is None


def test_the_relief_is_told_in_words() -> None:
    told = {"wanted": 0.5, "probability": 0.2, "limits": ["without the hiring freeze"],
            "step": "with starts in 2027-02",
            "step_probability": 0.7, "reaches": True, "saves": 1200.0,
            "all_limits": True, "all_steps": True}  # fmt: skip
    first, second = relief_lines({"relief": told, "currency": "USD"})
    assert "chance of 20" in first
    assert first.endswith("it is reached without the hiring freeze")
    assert second.startswith("cheapest single step that reaches it: planning with starts in 2027-02 (70")
    assert "cheaper" in second
    _, other = relief_lines({"relief": {**told, "reaches": False, "limits": [], "saves": None}, "currency": "USD"})
    assert other.startswith("no single step reaches it, nearest is planning with")
    assert "$" not in other
    two = {**told, "limits": ["without the hiring freeze", "with classes of any size"]}
    assert relief_lines({"relief": two, "currency": "USD"})[0].endswith(
        "it is reached without the hiring freeze or with classes of any size"
    )
    assert relief_lines({"relief": None}) == []


def test_without_time_nothing_is_asked() -> None:
    problem, plan = small_plan()
    assert answers_of(questions_of(problem, plan, 0.0), problem, plan, Watch(time_limit_s=0.0), Asked()) == ()


def test_limits_that_were_not_tried_are_not_judged() -> None:
    problem, plan = small_plan()
    asked = questions_of(problem, plan, 1.1)
    answers = answers_of(asked, problem, plan, Watch(), Asked())
    first = next(i for i, q in enumerate(asked) if q.eases == STEP)
    tried = [missed_by(asked, answers[:n], problem, plan, 1.1) for n in (first - 1, first, len(answers))]
    assert [(m.all_limits, m.all_steps) for m in tried if m is not None] == [
        (False, False), (True, False), (True, True),
    ]  # fmt: skip
    told = {"wanted": 0.5, "probability": 0.2, "limits": [], "step": "with starts in 2027-02",
            "step_probability": 0.3, "reaches": False, "saves": None, "all_limits": False,
            "all_steps": False}  # fmt: skip
    limits, step = relief_lines({"relief": told})
    assert limits.endswith("wanted: not all limits were tried: time was up, or the run was stopped")
    assert step.startswith("no single step of those tried reaches it, nearest is planning with starts in 2027-02")
    one, _ = relief_lines({"relief": {**told, "limits": ["without the hiring freeze"]}})
    assert one.endswith(
        "reached without the hiring freeze (not all limits were tried: time was up, or the run was stopped)"
    )
    assert relief_lines({"relief": {**told, "all_limits": True}})[0].endswith("no single limit is to blame")
