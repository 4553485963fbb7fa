"""`contract.toml`: what is amiss is one error with its key and the way to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_bank import COPY

from busyhour.app.config.contract_toml import contract_of
from busyhour.forecast.errors import InputError

GOAL = """
name = "Desk"
queues = ["desk"]
[goal.service]
metric = "service_level"
level = 0.70
within_s = 20
definition = "offered"
"""
MONEY = "[money]\nfee = 1000\nat_risk = 0.1\n"


def read(tmp_path: Path, text: str) -> object:
    path = tmp_path / "contract.toml"
    path.write_text(text, encoding="utf-8")
    return contract_of(path)


def test_the_sample_is_a_contract() -> None:
    """The bank's contract can be read, and its weights add up."""
    sample = contract_of(COPY)
    assert sum(goal.weight for goal in sample.goals) == pytest.approx(1.0)
    assert sample.money is not None and sample.termination is not None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (GOAL.replace("within_s", "within"), r"key goal\.service\.within: unknown key.*Did you mean 'within_s'"),
        (GOAL.replace('definition = "offered"\n', ""), "a goal without denominator.*one of offered, answered"),
        (GOAL.replace("offered", "oferred"), "unknown definition"),
        (GOAL.replace("0.70", "70"), "Expected level between 0 and 1.*70 % is 0.7"),
        (GOAL.replace("0.70", '"70 %"'), "not a number"),
        (GOAL.replace("service_level", "sl"), r"key goal\.service\.metric"),
        (GOAL + "short_s = 5\n", "short_s counts nothing here"),
        (GOAL + 'aggregation = "share"\npart = "day"\n', "share goes with aggregation = share"),
        (GOAL + 'aggregation = "mean"\npart = "month"\n', "parts are missing"),
        (GOAL + "weight = 0.5\n", r"weights do not add up \(got 0\.5\)"),
        (GOAL + MONEY, "money hangs on no goal"),
        (GOAL + "weight = 1.0\n[goal.service.ladder]\nrungs = [[0.6, 0], [0.7, -1]]\notherwise = -1\n", "out of order"),
        (GOAL + "weight = 1.0\n[goal.service.ladder]\nrungs = [[0.7, 0]]\n", "steps say what lies below"),
        (GOAL + 'weight = 1.0\nunit = "day"\n' + MONEY, "measured on another span than money"),
        (GOAL + "weight = 1.0\n" + MONEY + '[[money.gates]]\ngoal = "quality"\n', "unknown goal"),
        (GOAL + '[[exclusion]]\nclause = "9"\nstart = 2026-03-02\nend = 2026-03-01\n', "ends before it begins"),
        (GOAL + '[[exclusion]]\nclause = " "\nstart = 2026-03-02\nend = 2026-03-02\n', "without clause"),
        (GOAL + "[termination]\nmissed = 4\nof = 3\n", "missed ≤ of"),
        (GOAL + '[lock]\nclause = "6"\nband = 0.1\nconsequence = "exclude"\n', "forecast"),
        (GOAL.replace('queues = ["desk"]', "queues = []"), "no queue"),
        ('name = "Desk"\nqueues = ["desk"]\ngoal = 3\n', "not a table"),
        ('name = "Desk"\nqueues = ["desk"]\n', "no goal"),
        (GOAL.replace('name = "Desk"', 'name = "Desk"\nzone = "Mars/City"'), "zone"),
        (GOAL.replace("level = 0.70", "level = true"), "not a number"),
        (GOAL + "x = [1\n", "contract.toml"),
    ],
)
def test_each_mistake_is_told(tmp_path: Path, text: str, what: str) -> None:
    """The message names the file."""
    with pytest.raises(InputError, match=what) as error:
        read(tmp_path, text)
    assert "contract.toml" in str(error.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """Not a traceback."""
    with pytest.raises(InputError, match=r"contract\.toml"):
        contract_of(tmp_path / "contract.toml")
