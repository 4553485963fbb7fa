"""The door to HiGHS: answers are checked, stops are obeyed, errors come through."""

import _thread
import random
import signal
import threading
from collections.abc import Iterator

import numpy as np
import pulp
import pytest

from busyhour.forecast.progress import Watch
from busyhour.schedule.optimise.linear import Linear, add_row
from busyhour.schedule.optimise.solver import MANY_COLUMNS, Answer, relative_gap, solve
from busyhour.schedule.optimise.status import SolverFault, Status, Stop, sound_bound


def knapsack(sense=pulp.LpMaximize, constant=0.0):
    """Best of 5a + 4b + 3c with 2a + 3b + c <= 5, 4a + b + 2c <= 11, 3a + 4b + 2c <= 8; LP optimum 13 at (2, 0, 1)."""
    model = pulp.LpProblem("knapsack", sense)
    a, b, c = (model.add_variable(n, 0, None, pulp.LpInteger) for n in "abc")
    turn = 1 if sense == pulp.LpMaximize else -1
    model.setObjective(pulp.LpAffineExpression([(a, 5 * turn), (b, 4 * turn), (c, 3 * turn)], constant=constant))
    add_row(model, "first", [(a, 2), (b, 3), (c, 1)], "<=", 5)
    add_row(model, "second", [(a, 4), (b, 1), (c, 2)], "<=", 11)
    add_row(model, "third", [(a, 3), (b, 4), (c, 2)], "<=", 8)
    return model


def random_mip(seed, rows=8, columns=10):
    """A small covering model with whole and broken variables; now and then infeasible."""
    rng = random.Random(seed)
    model = pulp.LpProblem(f"random{seed}", pulp.LpMinimize)
    kinds = [pulp.LpInteger, pulp.LpContinuous]
    xs = [model.add_variable(f"x{i}", 0, rng.choice([1, 3, None]), rng.choice(kinds)) for i in range(columns)]
    model.setObjective(pulp.LpAffineExpression([(x, rng.randint(1, 9)) for x in xs], constant=rng.choice([0, 7])))
    for r in range(rows):
        chosen = rng.sample(xs, 4)
        sense = rng.choice([">=", ">=", ">=", "<=", "=="])
        add_row(model, f"r{r}", [(x, rng.randint(1, 5)) for x in chosen], sense, rng.randint(1, 9))
    return model


def hard_cover(seed=3, rows=160, columns=160):
    """A set cover that HiGHS does not finish within seconds."""
    rng = random.Random(seed)
    model = pulp.LpProblem("hard", pulp.LpMinimize)
    xs = [model.add_variable(f"x{i:03d}", 0, 1, pulp.LpInteger) for i in range(columns)]
    model.setObjective(pulp.LpAffineExpression([(x, rng.randint(90, 110)) for x in xs]))
    for r in range(rows):
        add_row(model, f"r{r}", [(x, 1) for x in rng.sample(xs, 12)], ">=", 2)
    return model


WATCHDOG_S = 300.0
"""Limit of solves that an event ends: no test waits for it, a test that hangs ends by it."""


def run(model, **more) -> Answer:
    return solve(model, watch=Watch(), stage="test", **more)


class Interruption(Watch):
    """A watch whose user acts once, from a thread of its own, as soon as HiGHS has told an answer and a bound."""

    def __init__(self, act) -> None:
        super().__init__(show=self.hear)
        self.act, self.acted = act, False

    def hear(self, event) -> None:
        if not self.acted and event.best is not None and event.bound is not None:
            self.acted = True
            threading.Thread(target=self.act).start()


class StoppedByTheFirstLook(Watch):
    """A watch that is stopped the moment HiGHS's own thread looks at it: the stop falls within the solve."""

    @property
    def stopped(self) -> bool:
        if threading.current_thread() is not threading.main_thread():
            self.stop.set()
        return super().stopped


@pytest.fixture
def python_hears_ctrl_c() -> Iterator[None]:
    """Python's own handler of Ctrl-C, which a process started in the background of a shell lacks."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("sense", [pulp.LpMaximize, pulp.LpMinimize])
def test_it_finds_a_known_optimum_in_both_directions(sense):
    turn = 1 if sense == pulp.LpMaximize else -1
    answer = run(knapsack(sense, constant=100.0))
    assert answer.status == "optimal"
    assert answer.objective == pytest.approx(100 + 13 * turn)
    assert answer.bound == pytest.approx(100 + 13 * turn)
    assert answer.values == {"a": 2.0, "b": 0.0, "c": 1.0}
    assert answer.stopped is None


@pytest.mark.parametrize("sense", [pulp.LpMaximize, pulp.LpMinimize])
def test_duals_are_the_change_of_the_objective_per_unit_of_the_right_hand_side(sense):
    turn = 1 if sense == pulp.LpMaximize else -1
    answer = run(knapsack(sense), relax=True)
    assert answer.duals == pytest.approx({"first": 1.0 * turn, "second": 0.0, "third": 1.0 * turn})
    assert answer.bound == pytest.approx(13 * turn)


def test_statuses_and_values_agree_with_cbc(recwarn):
    for seed in range(25):
        model = random_mip(seed)
        ours = run(model)
        recwarn.clear()
        model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0))
        recwarn.clear()  # PuLP says that its bundled CBC will move
        if model.status == pulp.LpStatusInfeasible:
            assert ours.status == "infeasible"
            assert ours.objective is None
        else:
            assert model.status == pulp.LpStatusOptimal
            assert ours.objective == pytest.approx(pulp.value(model.objective), abs=1e-4)
            assert ours.bound == pytest.approx(ours.objective, abs=1e-3)


def test_an_answer_obeys_every_row():
    model = hard_cover(rows=20)
    answer = run(model, gap=0.5)
    linear = Linear.of(model)
    x = np.array([answer.values[n] for n in linear.columns])
    assert linear.violation(x) <= 1e-9
    assert linear.objective(x) == pytest.approx(answer.objective)
    x[np.flatnonzero(x)[0]] = 0.5
    assert linear.violation(x) == 0.5


def test_a_stop_from_another_thread_ends_the_solve_with_its_best_answer():
    watch = Interruption(lambda: watch.stop.set())
    answer = solve(hard_cover(), watch=watch, stage="test", time_limit_s=WATCHDOG_S)
    assert (answer.status, answer.stopped) == ("feasible", "user")
    assert answer.bound < answer.objective


@pytest.mark.parametrize("relax", [False, True])
def test_a_stop_is_heard_within_a_running_solve(relax):
    model = hard_cover(rows=400, columns=250) if relax else hard_cover()
    answer = solve(model, watch=StoppedByTheFirstLook(), stage="test", relax=relax, time_limit_s=WATCHDOG_S)
    assert answer.stopped == "user"
    assert answer.status != "optimal"


def test_a_watch_that_is_stopped_already_solves_nothing():
    watch = Watch()
    watch.stop.set()
    answer = solve(knapsack(), watch=watch, stage="test")
    assert (answer.status, answer.objective, answer.bound, answer.stopped) == ("none", None, None, "user")


def test_a_time_limit_without_an_answer_says_none_and_no_bound_of_zero():
    answer = solve(hard_cover(), watch=Watch(time_limit_s=0.0), stage="test")
    assert (answer.status, answer.objective, answer.bound, answer.stopped) == ("none", None, None, "time")


def test_progress_is_told_with_best_bound_and_gap():
    events = []

    def show(event):
        events.append(event)
        if None not in (event.best, event.bound, event.gap):
            watch.stop.set()

    watch = Watch(show=show)
    solve(hard_cover(), watch=watch, stage="cover", text="Monday", time_limit_s=WATCHDOG_S)
    assert {(e.stage, e.text) for e in events} == {("cover", "Monday")}
    assert any(e.best is not None and e.bound is not None and e.gap is not None for e in events)


def test_a_start_is_used():
    model = hard_cover(rows=30, columns=60)
    first, best = run(model, gap=0.9), run(model)
    assert first.objective > best.objective
    assert run(model, gap=0.9, start=best.values).objective == best.objective


def test_the_gap_asked_for_ends_the_solve_and_is_said():
    answer = run(hard_cover(), gap=0.5)
    assert (answer.status, answer.stopped) == ("feasible", "gap")
    assert 0 < answer.gap <= 0.5


def test_a_target_reached_ends_the_solve():
    first = run(hard_cover(), gap=0.5)
    answer = run(hard_cover(), target=first.objective * 1.01, time_limit_s=WATCHDOG_S)
    assert answer.objective <= first.objective * 1.01
    assert (answer.status, answer.stopped) == ("feasible", "gap")


def test_ctrl_c_during_a_solve_is_heard_at_once(python_hears_ctrl_c):
    watch = Interruption(_thread.interrupt_main)
    with pytest.raises(KeyboardInterrupt):
        solve(hard_cover(), watch=watch, stage="test", time_limit_s=WATCHDOG_S)
    assert watch.acted
    assert run(knapsack()).status == "optimal"


def test_a_signal_handler_that_stops_the_watch_keeps_the_best_answer(python_hears_ctrl_c):
    watch = Interruption(_thread.interrupt_main)
    signal.signal(signal.SIGINT, lambda *_: watch.stop.set())
    answer = solve(hard_cover(), watch=watch, stage="test", time_limit_s=WATCHDOG_S)
    assert (answer.status, answer.stopped) == ("feasible", "user")


def test_a_large_relaxation_agrees_with_its_dual_bound():
    answer = run(hard_cover(rows=60, columns=MANY_COLUMNS + 1), relax=True)
    assert answer.status == "optimal"
    assert answer.bound == pytest.approx(answer.objective, rel=1e-6)


def test_threads_may_change_between_solves():
    for threads in (1, 2, 1):
        assert run(knapsack(), threads=threads).status == "optimal"


def test_an_unbounded_model_is_a_fault_not_a_plan():
    model = pulp.LpProblem("down", pulp.LpMinimize)
    a = model.add_variable("a", None, None)
    model.setObjective(pulp.LpAffineExpression([(a, 1)]))
    add_row(model, "cap", [(a, 1)], "<=", 3)
    with pytest.raises(SolverFault):
        run(model)


def test_bad_models_are_refused():
    model = pulp.LpProblem("twins", pulp.LpMinimize)
    a, b = model.add_variable("a", 0), model.add_variable("a", 0)
    model.setObjective(pulp.LpAffineExpression([(a, 1), (b, 1)]))
    add_row(model, "sum", [(a, 1), (b, 1)], ">=", 3)
    with pytest.raises(ValueError, match="share a name"):
        run(model)
    with pytest.raises(ValueError, match="twice"):
        add_row(model, "double", [(a, 1), (a, 1)], ">=", 3)


def test_gap_is_unknown_rather_than_zero():
    assert relative_gap(None, 1.0) is None
    assert relative_gap(1.0, None) is None
    assert relative_gap(1.0, 0.0) is None
    assert relative_gap(110.0, 100.0) == pytest.approx(0.1)


def test_an_error_of_whoever_watches_comes_through():
    def show(event):
        raise LookupError("nobody looks")

    watch = Watch(show=show, time_limit_s=WATCHDOG_S)
    with pytest.raises(LookupError, match="nobody looks"):
        solve(hard_cover(), watch=watch, stage="test")
    assert not watch.time_is_up  # the solver was told to end


def test_a_bound_that_a_plan_refutes_is_no_bound():
    assert sound_bound(90.0, 100.0) == 90.0
    assert sound_bound(100.0 + 1e-9, 100.0) == 100.0
    assert sound_bound(101.0, 100.0) is None
    assert sound_bound(None, 100.0) is None
    assert sound_bound(5.0, None) == 5.0


def test_a_model_with_nothing_to_decide_is_solved():
    model = pulp.LpProblem("empty", pulp.LpMinimize)
    model.setObjective(pulp.LpAffineExpression([], constant=3.0))
    assert (run(model).status, run(model).objective, run(model).bound) == ("optimal", 3.0, 3.0)


def test_a_solve_that_ends_by_its_looks_has_no_other_reason_and_gives_the_same_answer_again():
    rng = np.random.default_rng(2)
    model = pulp.LpProblem("hard", pulp.LpMinimize)
    xs = [model.add_variable(f"x{i}", 0, 1, pulp.LpInteger) for i in range(60)]
    costs = rng.integers(50, 99, 60).tolist()
    model.setObjective(pulp.LpAffineExpression(list(zip(xs, costs, strict=True))))
    for row in rng.integers(1, 60, (12, 60)):
        add_row(model, f"row{row[0]}_{row[1]}", list(zip(xs, row.tolist(), strict=True)), ">=", int(row.sum()) // 2)
    whole = solve(model, watch=Watch(), stage="test", time_limit_s=0.2)
    first, again = (solve(model, watch=Watch(), stage="test", most_looks=30) for _ in range(2))
    assert whole.stopped in (Stop.TIME, None)
    assert first.status == Status.FEASIBLE
    assert first.stopped is None
    assert (first.objective, first.bound, first.values) == (again.objective, again.bound, again.values)
