"""The whole week as one programme: the same optimum in both forms, beside the days and after them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cover_cases import FULL, PART, by_need, check, day, family, lunch, pooled

from busyhour.forecast.progress import Watch
from busyhour.schedule.cover.counts import Counts, true_cost
from busyhour.schedule.cover.draft import CoverDraft
from busyhour.schedule.cover.effort import Effort
from busyhour.schedule.cover.frame import CoverFrame
from busyhour.schedule.cover.model import build
from busyhour.schedule.cover.params import CoverParams
from busyhour.schedule.cover.part import whole_week
from busyhour.schedule.cover.placed import build_placed, ways
from busyhour.schedule.cover.solve import solve_cover
from busyhour.schedule.cover.whole import decide_whole
from busyhour.schedule.problem.problem import ScheduleProblem

EFFORT = Effort(Watch(), 0.0, 1, 1, float("inf"))


SIX = family("six", 360, "00:00", "21:00", lunch(30, 150, 210), step=180)


def round_the_clock(days: int = 1) -> ScheduleProblem:
    """A ring of days, shifts round the clock."""
    need = np.where(np.arange(96) % 96 < 32, 1.0, 2.0)
    return by_need(np.tile(need, days), days, [SIX], cyclic=True)


def by_day() -> ScheduleProblem:
    return replace(pooled(2, 1), families={"part": PART})


def test_columns_are_counted_as_they_are_built() -> None:
    frame = CoverFrame(by_need(day(2), 1, [FULL, PART]))
    part = whole_week(frame)
    assert ways(frame, part) == len(build_placed(frame, part).placed)


@pytest.mark.parametrize("problem", [round_the_clock(), by_day(), by_need(day(2), 1, [PART])])
def test_both_forms_have_the_same_relaxation_and_count_the_same_heads(problem: ScheduleProblem) -> None:
    frame = CoverFrame(problem)
    part = whole_week(frame)
    bounds = []
    for model in (build(frame, part, for_bound=True), build_placed(frame, part)):
        relaxed = EFFORT.run(model, relax=True)
        bounds.append(relaxed.bound)
        answer = replace(EFFORT, gap=0.3).run(model)
        counts = model.counts(answer.values)
        assert true_cost(frame, counts).cost >= (relaxed.bound or 0.0) - 1e-6
        begun = replace(EFFORT, gap=0.3).run(model, start=counts)  # its own answer is a legal start
        assert begun.objective is not None
        assert answer.objective is not None
        assert begun.objective <= answer.objective + 1e-6
    assert bounds[0] == pytest.approx(bounds[1], rel=1e-6)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("most_placed", [1, 5000])
def test_the_week_round_the_clock_is_decided_in_every_way(threads: int, most_placed: int) -> None:
    problem, params = round_the_clock(), CoverParams(most_placed=most_placed)
    cover = solve_cover(problem, watch=Watch(), time_limit_s=60.0, gap=0.3, threads=threads, params=params)
    check(problem, cover)
    assert cover.solved.gap is not None
    assert cover.solved.gap <= 0.3


def test_a_plan_of_the_whole_week_is_never_dearer_than_the_one_it_is_to_beat() -> None:
    problem = by_need(np.concatenate([day(2), day(1)]), 2, [PART])
    frame = CoverFrame(problem)
    week = build(frame, whole_week(frame), for_bound=True)
    relaxed = EFFORT.run(week, relax=True)
    draft = CoverDraft(frame, week.counts(relaxed.values), relaxed.bound, replace(EFFORT, gap=0.2))
    draft.decide()
    cost = draft.cost
    found = decide_whole(week, relaxed, draft.done, draft.bound, replace(EFFORT, gap=0.01))
    draft.take(found)
    assert draft.cost <= cost
    assert draft.bound is not None
    assert draft.bound <= draft.cost + 1e-6
    assert sum(b.cost or 0.0 for b in draft.blocks.values()) == pytest.approx(draft.cost if draft.blocks else 0.0)


def test_half_a_plan_never_ends_the_search_for_the_week() -> None:
    frame = CoverFrame(by_need(day(2), 1, [FULL, PART]))
    draft = CoverDraft(frame, Counts(), 1e9, replace(EFFORT, gap=0.5))
    assert not draft.finished
    found = decide_whole(week := build(frame, whole_week(frame), for_bound=True), EFFORT.run(week, relax=True), None,
                         None, replace(EFFORT, gap=0.5))  # fmt: skip
    assert found.cost is not None
    draft.bound = found.cost
    assert draft.meets_gap(found)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_stop_ends_both_searches_with_a_whole_plan(threads: int) -> None:
    problem, watch = round_the_clock(), Watch()

    def show(event: object) -> None:
        if getattr(event, "best", None) is not None:
            watch.stop.set()

    watch.show = show
    cover = solve_cover(problem, watch=watch, time_limit_s=60.0, gap=0.0, threads=threads)
    if cover.solved.status != "none":
        check(problem, cover)
        assert cover.solved.stopped in ("user", None)
