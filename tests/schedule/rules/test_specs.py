"""Every rule says what schema, messages, report and judge need of it."""

import ast
import dataclasses
import inspect
import typing
from pathlib import Path

import numpy as np
import pytest
from roster_cases import FREE, centre, person

from busyhour.schedule.diagnose.looser import LOOSER
from busyhour.schedule.diagnose.what_holds_back import RULES
from busyhour.schedule.exchange.cells import make_cell
from busyhour.schedule.judge import check as judge
from busyhour.schedule.problem.staff import Contract
from busyhour.schedule.rules import rules as listed
from busyhour.schedule.rules.rest_min import rest_slots
from busyhour.schedule.rules.rules import FAMILY, SHIFT, SPECS, WORK, ContractRules, Rules, refuse_missing_keys
from busyhour.schedule.rules.shift_times import ShiftTimes

FLOORS = {"min_days", "min_h_week"}
"""What too little work breaks: no shift more does, so `explain` and `looser` have no words for it."""

PRICED = {"min_h_week"}
"""What the judge notes and does not forbid."""


@pytest.mark.parametrize("key", SPECS)
def test_every_key_has_its_words(key: str) -> None:
    spec = SPECS[key]
    assert spec.meaning.endswith(".")
    assert bool(spec.label) == (key not in FLOORS)
    assert bool(spec.row) == (spec.holder != "contract")  # the report has a table of contracts


@pytest.mark.parametrize("key", SPECS)
def test_every_key_has_its_judge(key: str) -> None:
    assert key in judge.RULES or key in PRICED
    assert key in RULES or key in FLOORS
    assert key in LOOSER or key in FLOORS


@pytest.mark.parametrize("key", [k for k, s in SPECS.items() if s.holder != "contract"])
def test_the_judge_takes_the_same_value_where_the_plan_is_silent(key: str) -> None:
    folder = Path(inspect.getfile(judge)).parent
    silent = [
        ast.literal_eval(call.args[1])
        for call in ast.walk(ast.parse((folder / f"{key}.py").read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(".rule")
    ]
    assert silent == [SPECS[key].default]


@pytest.mark.parametrize("key", [f.name for f in dataclasses.fields(ContractRules)])
def test_a_contract_may_set_what_the_centre_does_or_nothing(key: str) -> None:
    own, for_all = (typing.get_type_hints(kind)[key] for kind in (Contract, Rules))
    assert own == for_all | None
    assert getattr(ContractRules(), key) is None


def test_defaults_are_those_of_the_rules_files() -> None:
    assert {f.name: getattr(Rules(), f.name) for f in dataclasses.fields(Rules)} == {
        key: spec.default for key, spec in SPECS.items() if spec.holder != "contract"
    }


def test_a_key_without_a_field_is_named() -> None:
    with pytest.raises(TypeError, match="Rules and the rules' files differ in: max_sundays"):
        refuse_missing_keys(Rules, {f.name for f in dataclasses.fields(Rules)} | {"max_sundays"})


def test_every_file_of_a_rule_is_listed() -> None:
    folder = Path(inspect.getfile(listed)).parent
    files = {p.stem for p in folder.glob("*.py") if "RuleSpec[" in p.read_text(encoding="utf-8")}
    files -= {"spec", "rule", "rules"}
    assert files == {rule.__module__.rpartition(".")[2] for rule in (*WORK, *FAMILY, *SHIFT)}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", SHIFT)
def test_rules_of_times_bar_the_shifts_that_plain_arithmetic_finds_broken(kind: type, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rules = dataclasses.replace(FREE, rest_min=660, max_start_spread_min=240)
    contract = Contract("full", ("eight", "four", "lunch"), max_h_week=24)
    problem = centre(person(leave_h=4.0), rules=rules, contract=contract)
    rule = kind.of(problem, problem.staff[0])
    of_day = [[make_cell(problem, s, "calls", ()) for s in problem.shifts if s.day == d] for d in range(7)]
    times = [
        ShiftTimes.of([c.shift for c in cells], problem.day_of_slot, problem.grid.minute_of_day) for cells in of_day
    ]
    found = set()
    for day in range(7):
        others = [d for d in range(7) if d != day and rng.random() < 0.5]
        mine = [of_day[d][int(rng.integers(len(of_day[d])))] for d in others]
        if rule.broken(mine):
            continue
        worked = ShiftTimes.of([c.shift for c in mine], problem.day_of_slot, problem.grid.minute_of_day)
        barred = rule.bars(worked, times[day])
        for i, cell in enumerate(of_day[day]):
            broken = rule.broken(sorted([*mine, cell], key=lambda c: c.shift.start))
            assert {key for key, held in barred.items() if held[i]} == set(broken)
            found |= {bool(broken)}
    assert found


@pytest.mark.parametrize(("least", "slot", "slots"), [(0, 60, 1), (0, 15, 1), (60, 60, 1), (61, 60, 2), (660, 15, 44)])
def test_two_shifts_never_touch(least, slot, slots):
    """Shifts that touch would be one in activity.csv."""
    assert rest_slots(least, slot) == slots
