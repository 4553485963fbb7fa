"""Solvers that lie, find nothing, break down or are interrupted: no plan is illegal for it, none gets worse."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import highspy
import numpy as np
import pulp
import pytest
from cover_cases import check, pooled
from roster_cases import CONTRACT, PLAIN, centre, cover, person, solve

from busyhour.forecast.progress import Watch
from busyhour.schedule.cover.solve import solve_cover
from busyhour.schedule.exchange.params import ExchangeParams
from busyhour.schedule.optimise import column_lp, solver
from busyhour.schedule.optimise.status import Solved, SolverFault
from busyhour.schedule.periods.check import cost_of, violations
from busyhour.schedule.periods.problem import Need, PeriodPerson, PeriodProblem, ShiftType
from busyhour.schedule.periods.solve import solve_periods

KINDS = highspy.HighsModelStatus
NOTHING = SimpleNamespace(primal_solution_status=0, mip_dual_bound=-np.inf, objective_function_value=np.inf)


class Double:
    """HiGHS, but for what a double changes."""

    def __init__(self, highs: Any, watch: Watch) -> None:
        self.highs, self.watch = highs, watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self.highs, name)


class Liar(Double):
    """Says optimal, with a bound, and values that obey no row."""

    def getModelStatus(self) -> Any:
        return KINDS.kOptimal

    def getSolution(self) -> Any:
        told = self.highs.getSolution()
        return SimpleNamespace(
            col_value=np.array(told.col_value) - 1e6, row_dual=told.row_dual, row_value=told.row_value
        )


class Slow(Double):
    """Is out of time without any answer."""

    def run(self) -> None:
        """Find nothing."""

    def getModelStatus(self) -> Any:
        return KINDS.kTimeLimit

    def getInfo(self) -> Any:
        return NOTHING


class Interrupted(Slow):
    """Is stopped by the user meanwhile."""

    def run(self) -> None:
        self.watch.stop.set()

    def getModelStatus(self) -> Any:
        return KINDS.kInterrupt


class Broken(Double):
    """Ends with an error of its own."""

    def getModelStatus(self) -> Any:
        return KINDS.kSolveError


DOUBLES = [Liar, Slow, Interrupted, Broken]


@pytest.fixture
def doubled(monkeypatch) -> Callable[..., None]:
    """Put a double in the place of HiGHS, after some honest solves."""

    def put(double: type[Double], watch: Watch, honest: int = 0, *, columns: bool = True) -> None:
        left = [honest]
        real = solver.hand_over

        def hand_over(linear: Any) -> Any:
            left[0] -= 1
            return real(linear) if left[0] >= 0 else double(real(linear), watch)

        class ColumnLp(column_lp.ColumnLp):
            def __init__(self, *sides: Any, **more: Any) -> None:
                super().__init__(*sides, **more)
                self.highs = double(self.highs, watch)

        monkeypatch.setattr(solver, "hand_over", hand_over)
        if columns:
            monkeypatch.setattr("busyhour.schedule.periods.patch.ColumnLp", ColumnLp)

    return put


@pytest.mark.parametrize("double", DOUBLES)
def test_the_door_tells_what_it_knows_and_no_more(double, doubled):
    model = pulp.LpProblem("one", pulp.LpMinimize)
    x = model.add_variable("x", 0, 5, pulp.LpInteger)
    model.setObjective(pulp.LpAffineExpression([(x, 1)]))
    model.addConstraint(pulp.LpAffineExpression([(x, 2)]) >= 3, "row")
    watch = Watch()
    doubled(double, watch)
    if double is Broken:
        with pytest.raises(SolverFault, match="HiGHS ended with"):
            solver.solve(model, watch=watch, stage="test")
        return
    answer = solver.solve(model, watch=watch, stage="test")
    assert (answer.status, answer.objective, answer.values) == ("none", None, {})
    assert answer.stopped == {Liar: None, Slow: "time", Interrupted: "user"}[double]


def _team() -> tuple[Any, Any]:
    """Return a centre of six people and a cover that they can nearly take."""
    rng = np.random.default_rng(5)
    problem = centre(*(person(f"p{i}", cost_h=float(c)) for i, c in enumerate(rng.integers(18, 24, 6))), costs=PLAIN)
    assert problem.contracts[CONTRACT.name] is CONTRACT
    asked = zip(rng.integers(0, 7, 30).tolist(), rng.choice([6, 8, 10, 14], 30).tolist(), strict=True)
    return problem, cover(problem, *((d, f"eight@{h:02d}00") for d, h in asked))


@pytest.mark.slow
@pytest.mark.parametrize("double", DOUBLES)
@pytest.mark.parametrize("whole", [True, False])
def test_a_roster_that_is_given_stays_at_least_as_good(double, whole, doubled):
    problem, planned = _team()
    known = solve(problem, planned[:20], time_limit_s=3.0)
    watch = Watch()
    stopped = Watch()
    stopped.stop.set()
    before = solve(problem, planned, start=known.assigned, watch=stopped).solved.cost
    params = ExchangeParams() if whole else ExchangeParams(whole_binaries=0)
    doubled(double, watch)
    found = solve(problem, planned, start=known.assigned, watch=watch, time_limit_s=5.0, params=params)
    assert found.solved.cost <= before + 1e-6
    assert found.solved.status == "feasible" or double is Liar  # whose bounds are HiGHS's own
    again = solve(problem, planned, start=found.assigned, watch=stopped)
    assert again.solved.cost == pytest.approx(found.solved.cost)
    assert again.assigned == found.assigned


@pytest.mark.slow
@pytest.mark.parametrize("double", DOUBLES)
@pytest.mark.parametrize(
    "honest", [0, 1, pytest.param(2, marks=pytest.mark.slow), pytest.param(4, marks=pytest.mark.slow)]
)
def test_a_cover_is_none_or_holds_what_every_cover_promises(double, honest, doubled):
    problem, watch = pooled(5, 2), Watch()
    doubled(double, watch, honest)
    try:
        found = solve_cover(problem, watch=watch, time_limit_s=5.0, gap=0.0)
    except SolverFault:
        assert double is Broken
        return
    if not honest:
        assert (found.planned, found.solved.status) == ((), "none")
    elif found.solved.cost is not None:
        check(problem, found)


def _periods() -> PeriodProblem:
    """Return eight people over two weeks, whom a late shift and limits of runs keep from what is wanted."""
    early, late = ShiftType("E", 480), ShiftType("L", 480, frozenset({"E"}))
    people = tuple(PeriodPerson(f"p{i}", {"E": 9, "L": 9}, 2400, 4800, 5, 2, 2, 1) for i in range(8))
    needs = tuple(Need(d, s, 2 + (d * k) % 3, 10.0, 1.0) for d in range(14) for k, s in ((2, "E"), (5, "L")))
    return PeriodProblem(14, (early, late), people, needs, (), frozenset({5, 12}))


@pytest.fixture(scope="module")
def honest_best() -> Solved:
    """What HiGHS itself makes of the eight people in six rounds."""
    return solve_periods(_periods(), Watch(), rounds=6).solved


@pytest.mark.slow
@pytest.mark.parametrize(
    ("columns", "double"),
    [
        pytest.param(columns, double, marks=[pytest.mark.slow] * (columns and double is not Broken))
        for columns in (True, False)
        for double in DOUBLES
    ],
)
def test_periods_keep_the_best_roster_so_far(double, columns, honest_best, doubled):
    problem, told, best = _periods(), [], honest_best
    watch = Watch(show=lambda event: told.append(event.best) if event.stage == "roster" else None)
    doubled(double, watch, columns=columns)
    found = solve_periods(problem, watch, rounds=3)
    assert violations(problem, found.roster) == []
    assert found.solved.cost == cost_of(problem, found.roster) == min(told)
    assert best.bound is None or found.solved.cost >= best.bound
    assert found.solved.status == "feasible" or found.solved.cost == best.cost
    proven = found.solved.status == "optimal"
    assert found.solved.stopped == ("user" if watch.stopped else None if proven else "time")
