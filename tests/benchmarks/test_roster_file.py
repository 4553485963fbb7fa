"""The reader of the public roster instances: a whole file, and one error for each planted fault."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.roster_file import read_problem
from benchmarks.rostering import main
from busyhour.forecast.errors import InputError
from busyhour.schedule.periods.problem import Need, PeriodPerson, PeriodProblem, ShiftType, ShiftWish

TEXT = """# A comment
SECTION_HORIZON
14
SECTION_SHIFTS
E,480,
L,600,E
SECTION_STAFF
Ann,E=14|L=3,4320,3360,5,2,2,1
Bob,E=4,2400,0,5,1,1,2
SECTION_DAYS_OFF
Ann,0,13
SECTION_SHIFT_ON_REQUESTS
Ann,2,E,2
SECTION_SHIFT_OFF_REQUESTS
Bob,3,L,1.5
SECTION_COVER
0,E,2,100,1
0,L,1,100,1
"""


def _file(folder: Path, old: str = "", new: str = "") -> Path:
    """Write the instance with a fault planted in the place of `old`."""
    assert TEXT.count(old) == 1 or not old
    path = folder / "wrong.txt"
    path.write_text(TEXT.replace(old, new) if old else TEXT, encoding="utf-8")
    return path


def test_a_file_becomes_the_problem_that_it_tells(tmp_path):
    ann = PeriodPerson("Ann", {"E": 14, "L": 3}, 3360, 4320, 5, 2, 2, 1, frozenset({0, 13}))
    bob = PeriodPerson("Bob", {"E": 4}, 0, 2400, 5, 1, 1, 2)
    assert read_problem(_file(tmp_path)) == PeriodProblem(
        14,
        (ShiftType("E", 480), ShiftType("L", 600, frozenset({"E"}))),
        (ann, bob),
        (Need(0, "E", 2, 100, 1), Need(0, "L", 1, 100, 1)),
        (ShiftWish("Ann", 2, "E", 2), ShiftWish("Bob", 3, "L", 1.5, wanted=False)),
        frozenset({5, 12}),
    )


@pytest.mark.parametrize(
    ("old", "new", "section", "row", "column"),
    [
        ("SECTION_HORIZON\n14\n", "", "HORIZON", None, None),
        ("E,480,\nL,600,E\n", "", "SHIFTS", None, None),
        ("SECTION_COVER\n0,E,2,100,1\n0,L,1,100,1\n", "", "COVER", None, None),
        ("SECTION_STAFF", "SECTION_STAF", "STAFF", 7, None),
        ("# A comment", "14", "first section", 1, None),
        ("\n14\n", "\nfourteen\n", "HORIZON", 3, "days"),
        ("\n14\n", "\n0\n", "HORIZON", 3, "days"),
        ("E,480,", "E,0,", "SHIFTS", 5, None),
        ("E,480,", "E", "SHIFTS", 5, "minutes"),
        ("E,480,", ",480,", "SHIFTS", 5, "shift"),
        ("L,600,E", "L,600,E|X", "SHIFTS", 6, "cannot follow"),
        ("L,600,E", "E,600,", "SHIFTS", 6, None),
        ("E=14|L=3", "E=14|X=3", "STAFF", 8, "max shifts"),
        ("E=14|L=3", "E=14|E=3", "STAFF", 8, None),
        ("E=14|L=3", "E", "STAFF", 8, "max shifts"),
        ("4320,3360", "4320,x", "STAFF", 8, "min minutes"),
        ("4320,3360", "4320,5000", "STAFF", 8, None),
        ("4320,3360", "4320,-1", "STAFF", 8, "min minutes"),
        ("5,2,2,1", "2,5,2,1", "STAFF", 8, None),
        ("5,2,2,1", "5,2,2", "STAFF", 8, "max weekends"),
        ("Bob,E=4", "Ann,E=4", "STAFF", 9, None),
        ("Ann,0,13", "Eve,0,13", "DAYS_OFF", 11, "employee"),
        ("Ann,0,13", "Ann,0,14", "DAYS_OFF", 11, "day"),
        ("Ann,2,E,2", "Eve,2,E,2", "SHIFT_ON_REQUESTS", 13, "employee"),
        ("Ann,2,E,2", "Ann,2,X,2", "SHIFT_ON_REQUESTS", 13, "shift"),
        ("Ann,2,E,2", "Ann,2,E,nan", "SHIFT_ON_REQUESTS", 13, "weight"),
        ("Bob,3,L,1.5", "Bob,99,L,1.5", "SHIFT_OFF_REQUESTS", 15, "day"),
        ("Bob,3,L,1.5", "Bob,3,L", "SHIFT_OFF_REQUESTS", 15, "weight"),
        ("0,E,2,100,1", "0,E,two,100,1", "COVER", 17, "requirement"),
        ("0,E,2,100,1", "0,E,2,-5,1", "COVER", 17, "weight for under"),
        ("0,L,1,100,1", "0,X,1,100,1", "COVER", 18, "shift"),
        ("0,L,1,100,1", "0,E,1,100,1", "COVER", 18, None),
    ],
)
def test_each_planted_fault_is_told_once_and_where(tmp_path, old, new, section, row, column):
    with pytest.raises(InputError) as told:
        read_problem(_file(tmp_path, old, new))
    assert (told.value.row, told.value.column) == (row, column)
    assert str(told.value).startswith("wrong.txt")
    assert section in str(told.value)


def test_days_off_on_two_lines_are_all_free(tmp_path):
    problem = read_problem(_file(tmp_path, "Ann,0,13", "Ann,0\nAnn,13,"))
    assert problem.people[0].days_off == {0, 13}


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "wrong.txt"
    path.write_bytes(b"SECTION_HORIZON\n\xff\xfe")
    with pytest.raises(InputError, match=r"wrong\.txt: not a text file"):
        read_problem(path)


@pytest.mark.parametrize(("fault", "word"), [("E,480,L", "may follow"), ("E,48x,", "wrong.txt, row 5")])
def test_the_command_ends_with_one_line_and_code_3(tmp_path, monkeypatch, capsys, fault, word):
    monkeypatch.setattr(sys, "argv", ["rostering", str(_file(tmp_path, "E,480,", fault)), "--time-limit", "5"])
    monkeypatch.setattr("signal.signal", lambda *_: None)  # Ctrl-C stays as it is for the tests that follow
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert word in told[0]
