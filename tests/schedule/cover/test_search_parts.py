"""Parts of the cover's search: rounding, breaks dealt to heads, steps of the service curve."""

import numpy as np
import pytest
from cover_cases import FULL, NIGHT, PART, by_need, day, monday, pooled, run
from hypothesis import given, settings
from hypothesis import strategies as st

from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.curve.envelope import concave_majorant
from busyhour.schedule.cover.counts import Counts, gains, true_cost
from busyhour.schedule.cover.effort import Effort
from busyhour.schedule.cover.frame import CoverFrame
from busyhour.schedule.cover.model import build
from busyhour.schedule.cover.part import whole_week
from busyhour.schedule.cover.pauses import deal
from busyhour.schedule.cover.rounding import rounded
from busyhour.schedule.cover.search import cost_unit, round_up
from busyhour.schedule.cover.steps import steps


def test_breaks_of_one_shift_are_spread_over_its_heads():
    cover = run(monday(420, 480))
    together = {}
    for p in cover.planned:
        together.setdefault(p.shift.key, []).append(p.breaks)
    crowd = max(together.values(), key=len)
    assert len(crowd) > 2
    assert len(set(crowd)) > 1


def test_rounding_keeps_the_heads_of_each_day_and_gives_each_head_its_breaks():
    frame = CoverFrame(pooled(7, 3))
    model = build(frame, whole_week(frame), for_bound=True)
    answer = Effort(Watch(), 0.001, 1, 1, float("inf")).run(model, relax=True)
    broken = model.counts(answer.values)
    whole = rounded(frame, broken)
    assert all(n == int(n) for n in whole.heads.values())
    for last in {
        (s.day, s.start) for s in frame.shifts
    }:  # up to each start of its day: the LP's heads, give or take one
        upto = [sum(n for (_, j), n in counts.heads.items() if frame.shifts[j].day == last[0]
                    and frame.shifts[j].start <= last[1]) for counts in (broken, whole)]  # fmt: skip
        assert abs(upto[1] - upto[0]) < 1
    for (q, j), n in whole.heads.items():
        for k in range(len(frame.shifts[j].breaks)):
            assert sum(whole.breaks[q, j, k].values()) == n


def test_the_bound_is_rounded_up_to_a_cost_that_plans_can_have():
    frame = CoverFrame(by_need(day(4), 1, [FULL, PART]))
    model = build(frame, whole_week(frame))
    assert cost_unit(model) == pytest.approx(0.5)
    assert round_up(100.01, 0.5) == pytest.approx(100.5)
    assert round_up(100.5 + 1e-9, 0.5) == pytest.approx(100.5)
    goal = CoverFrame(pooled(5, 1))
    assert cost_unit(build(goal, whole_week(goal))) == 0.0
    assert round_up(100.01, 0.0) == 100.01


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_dealt_breaks_lie_in_their_windows_and_cover_the_pool(data):
    cyclic = data.draw(st.booleans())
    problem = by_need(np.ones(2 * 96), 2, [FULL, NIGHT, PART], cyclic=cyclic, opens=np.ones(192, dtype=bool))
    frame = CoverFrame(problem)
    chosen = data.draw(st.lists(st.integers(0, len(frame.shifts) - 1), min_size=1, max_size=12, unique=True))
    heads = {(0, j): float(data.draw(st.integers(1, 3))) for j in chosen}
    started = {}
    for (q, j), n in heads.items():
        shift = frame.shifts[j]
        for first, last, length, _ in shift.breaks:
            for _ in range(int(n)):
                at = frame.wrapped(shift.start + data.draw(st.integers(first, last)))
                pool = started.setdefault((q, length, last - first), {})
                pool[at] = pool.get(at, 0.0) + 1
    dealt = deal(frame, heads, started)
    for (q, j), n in heads.items():
        for k, (first, last, _, _) in enumerate(frame.shifts[j].breaks):
            assert sum(dealt[q, j, k].values()) == n
            assert all(first <= at <= last for at in dealt[q, j, k])
    again = {}
    for (q, j, k), at in dealt.items():
        first, last, length, _ = frame.shifts[j].breaks[k]
        for offset, n in at.items():
            pool = again.setdefault((q, length, last - first), {})
            slot = frame.wrapped(frame.shifts[j].start + offset)
            pool[slot] = pool.get(slot, 0.0) + n
    assert again == started


@given(
    st.lists(st.floats(0, 10), min_size=2, max_size=60),
    st.integers(0, 20),
    st.sampled_from([0.0, 0.2, 1e9]),
    st.booleans(),
)
def test_steps_lie_on_or_above_the_curve_within_the_tolerance(rises, level, tolerance, convex):
    curve = np.cumsum(sorted(rises) if convex else rises)
    level = min(level, len(curve) - 1)
    curve[level:] = concave_majorant(curve[level:])
    found = steps(curve, level, tolerance=tolerance, exact=(level + 2, level + 4))
    heads = np.arange(len(curve))
    allowed = np.array([found.gain(n) for n in heads])
    assert (allowed >= curve - 1e-6).all()
    assert (allowed[level:] <= curve[level:] + tolerance + 1e-6).all()
    assert (np.diff(found.slopes) < 0).all()
    assert found.steep().below >= found.slopes[:1].sum()


def test_gains_are_straight_between_whole_heads():
    problem = pooled(5, 1)
    frame = CoverFrame(problem)
    low, high = np.full((1, 96), 4.0), np.full((1, 96), 5.0)
    assert gains(frame, (low + high) / 2) == pytest.approx((gains(frame, low) + gains(frame, high)) / 2)
    assert true_cost(frame, Counts()).lost[0, 0] > 0
