"""The small desks are the same each time, can be planned, and another checkout can plan them."""

from __future__ import annotations

import pytest

from benchmarks import small, small_run
from benchmarks.small_desks import DESKS, SmallDesk, inputs_of
from benchmarks.small_run import Answer, Task, run
from busyhour.app.inputs import Inputs
from busyhour.app.run import problem_of


def test_a_desk_is_the_same_each_time_and_another_seed_makes_another() -> None:
    first, again, other = (inputs_of(SmallDesk(8, seed=seed)) for seed in (1, 1, 2))
    assert first.plan == again.plan
    for name, table in first.tables.items():
        assert table.equals(again.tables[name])
    assert not first.tables["staff"].equals(other.tables["staff"])


@pytest.mark.parametrize("name", ["desk_8_1", "short_15", "desk_12_days"])
def test_a_desk_asks_for_its_share_of_the_contract_hours(name: str) -> None:
    desk = DESKS[name]
    made = inputs_of(desk)
    inputs = Inputs.from_tables(made.plan, **made.tables)
    assert inputs.requirement is not None
    problem = problem_of(inputs, inputs.requirement, inputs.curves)
    (asked,) = problem.demands
    hours = sum(problem.contracts[a.contract].max_h_week - a.leave_h for a in problem.staff)
    assert len(problem.staff) == desk.people
    assert asked.by_interval is not desk.by_day
    assert asked.need.sum() * problem.grid.hours / hours == pytest.approx(desk.load, abs=0.08 if desk.by_day else 0.01)


def test_one_desk_planned(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    found = run(Task("bare_8_spread_60", seconds=2.0, seed=1, threads=1, gap=0.99))
    assert found.bound is not None
    assert found.money == pytest.approx(found.cost - found.bound)
    assert found.quarters == pytest.approx(found.money / 125.0)
    asked: list[str] = []

    def answer(self: small_run.Planner, task: Task) -> Answer:
        asked.append(task.name)
        return found

    monkeypatch.setattr(small_run.Planner, "answer", answer)
    monkeypatch.setattr("sys.argv", ["small", "--only", "desk_12", "--seeds", "1,2", "--against", "elsewhere"])
    small.main()
    told = capsys.readouterr().out
    assert asked == ["desk_12"] * 4
    assert "plan against plan: mean +0.00 %, worst +0.00 %" in told
