"""What is in a planner's files and nobody reads is told, a misspelt column above all."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.fuzz_desk import write_desk
from busyhour.app.inputs import Inputs
from busyhour.app.inputs.arguments import read_arguments
from busyhour.app.inputs.folder import unused
from busyhour.app.inputs.requirement import read_curves
from busyhour.forecast.errors import InputError


def test_a_misspelt_column_is_told(tmp_path: Path) -> None:
    desk = write_desk(tmp_path / "desk")
    assert not [note for note in Inputs.from_folder(desk).notes if "column" in note]
    staff = desk / "staff.csv"
    staff.write_text(staff.read_text(encoding="utf-8").replace("skills", "skils"), encoding="utf-8")
    assert "column 'skils' of staff.csv is not used: is it 'skills'?" in Inputs.from_folder(desk).notes


def test_unknown_kinds_of_leave_are_told() -> None:
    rows = pd.DataFrame({"agent": ["a", "b"], "kind": ["holliday", "sick"], "by": ["x", "y"]})
    assert unused("leave.csv", rows) == [
        "column 'by' of leave.csv is not used",
        "kinds of leave beside vacation, sick, training, other: holliday",
    ]


def test_a_wish_given_twice_is_refused(tmp_path: Path) -> None:
    desk = write_desk(tmp_path / "desk")
    wishes = desk / "wishes.csv"
    wishes.write_text(wishes.read_text(encoding="utf-8") + "a0,2026-10-19,early,3\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"^wishes\.csv, row 4: wish twice: same agent and date and pattern as row 2"):
        Inputs.from_folder(desk)


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "not JSON"), ("[]", "not a JSON object"), ("{}", "key 'week' is missing"),
     ('{"week": "soon"}', "key 'week' cannot be read (got 'soon')"), ('{"week": "0001-01-01"}', "year outside"),
     ('{"week": "2026-10-19", "scenario": 3}', "key 'scenario' cannot be read"),
     ('{"week": "2026-10-19", "overrides": []}', "key 'overrides' cannot be read")],
)  # fmt: skip
def test_damaged_arguments_are_one_clear_error(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "arguments.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"^arguments\.json") as error:
        read_arguments(path)
    assert told in str(error.value)


def test_a_curve_that_loses_more_calls_than_come_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "curve.csv"
    path.write_text(
        "queue,start,agents,calls,answered_in,abandoned,occupancy\n"
        "calls,2026-10-19T09:00,1,30,20,5,0.9\ncalls,2026-10-19T09:00,2,30,25,4107,0.8\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=r"^curve\.csv, row 3, column abandoned: more than the 30 calls of its row"):
        read_curves(path, ["calls"], None)
