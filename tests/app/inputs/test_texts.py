"""Names that are refused wherever they are read, names that look alike, and who may read the copies of inputs."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from busyhour.app.cli.main import app
from busyhour.app.config.plan_toml import plan_of, read_plan
from busyhour.app.files import csv_text
from busyhour.app.inputs import Inputs
from busyhour.app.inputs.snapshot import InputFile, laid_out
from busyhour.app.publish.folder import write_inputs
from busyhour.forecast.errors import InputError

Edit = Callable[[str, str], None]


def table(name: str, text: str) -> Callable[[Path], None]:
    """Return a fault that writes a whole table."""

    def write(folder: Path) -> None:
        (folder / name).write_text(text, encoding="utf-8", newline="")

    return write


def plan_with(old: str, new: str) -> Callable[[Path], None]:
    """Return a fault that edits plan.toml."""

    def rewrite(folder: Path) -> None:
        path = folder / "plan.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return rewrite


def workbook(folder: Path) -> None:
    """Put the calls into a workbook in which a queue's name has a line break."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [["queue", "start", "offered"], ["calls", "2026-10-12 09:00", 4], ["ca\nlls", "2026-10-12 09:30", 4]]:
        sheet.append(row)
    book.save(folder / "calls.xlsx")
    plan_with("[opening]", '[intake]\nfiles = ["calls.xlsx"]\n[opening]')(folder)


STAFF = "agent,name,contract,team,group,skills\na0,Ann,full,t,g,calls\n"
FAULTS: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    "id": (table("staff.csv", STAFF.replace("a0", '"a\n0"')), ("staff.csv, row 2, column agent", r"'a\n0'")),
    "name": (table("staff.csv", STAFF.replace("Ann", '"A\x1b[2Jn"')), ("row 2, column name", r"\x1b[2J")),
    "team": (table("staff.csv", STAFF.replace(",t,", ",\u202et,")), ("column team", "direction of writing")),
    "group": (table("staff.csv", STAFF.replace(",g,", ",g\x85g,")), ("column group", "line break")),
    "kind": (
        table("leave.csv", "agent,start,end,kind\na0,2026-10-20,2026-10-21,\u2028x\n"),
        ("leave.csv, row 2, column kind",),
    ),
    "pattern": (table("fixed.csv", "agent,date,pattern\na0,2026-10-20,fu\x01ll\n"), ("fixed.csv", "pattern")),
    "special day": (
        table("special_days.csv", 'date,name\n2026-10-20,"Fair\r\nday"\n'),
        ("special_days.csv, row 2, column name",),
    ),
    "site": (plan_with('name = "Small"', r'name = "Small\nCentre"'), ("plan.toml, key site.name", r"'Small\nCentre'")),
    "note": (plan_with("[opening]", 'note = """a\nb"""\n[opening]'), ("key site.note", "line break")),
    "queue": (plan_with("[queue.calls", r'[queue."ca\u202Ells"'), (r"queue.ca\u202ells", "direction")),
    "contract": (plan_with("[contract.full]", r'[contract."fu\u0007ll"]'), ("contract", "U+0007")),
    "scenario": (plan_with("[rules]", r'[scenario."a\nb".rules]' + "\n[rules]"), (r"scenario.a\nb",)),
    "family in a list": (plan_with('shifts = ["part"]', r'shifts = ["pa\u2029rt"]'), ("key contract.part.shifts",)),
    "blank name": (plan_with("[contract.part]", '[contract." "]'), ("blank name",)),
    "one name twice": (
        plan_with("[contract.part]", '[contract."full\u00a0"]'),
        ("two keys with one name",),
    ),
    "at sign in a family": (plan_with("[shift.part]", '[shift."p@rt"]'), ("unfit name of a shift family",)),
    "family off": (plan_with("[shift.part]", "[shift.off]"), ("unfit name of a shift family",)),
    "queue in a workbook": (workbook, ("calls.xlsx, row 3, column queue", r"'ca\nlls'")),
    "queue in calls": (
        table("calls.csv", 'queue,start,offered\n"calls",2026-10-12T09:00,4\n"ca\tl\x02",2026-10-12T09:30,4\n'),
        ("calls.csv, row 3, column queue", "U+0002"),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_texts_of_more_than_one_line_are_refused_where_they_stand(centre: Path, fault: str) -> None:
    """Code 3, one line of plain text: file, row or key, what is wrong, the text spelled out."""
    break_it, words = FAULTS[fault]
    break_it(centre)
    result = CliRunner().invoke(app, ["plan", str(centre), "--quiet"])
    assert result.exit_code == 3, result.output
    assert all(word in result.output for word in words), result.output
    assert result.output.strip().isprintable()
    assert not (centre / "runs").exists()


@pytest.mark.slow
def test_tables_and_plans_of_python_users_are_checked_alike(planned: Path) -> None:
    """Halves of characters, which no file can hold, are told like the rest."""
    plan = read_plan(planned)[1]
    calls = pd.read_csv(planned / "calls.csv")
    staff = pd.DataFrame({"agent": ["a", "b"], "name": ["Ann", "B\ud800b"], "contract": "full"})
    with pytest.raises(InputError, match=r"staff.csv, row 3, column name: text holds half a character"):
        Inputs.from_tables(plan, calls=calls, staff=staff)
    other: dict[str, Any] = {**plan, "site": {**plan["site"], "name": "\udfff"}}
    with pytest.raises(InputError, match=r"plan.toml, key site.name: text holds half a character"):
        Inputs.from_tables(other, calls=calls)


def test_exports_may_have_headers_of_two_lines(centre: Path) -> None:
    """What [intake] says of somebody else's file is as that file has it."""
    calls = pd.read_csv(centre / "calls.csv").rename(columns={"offered": "Calls\noffered"})
    calls.to_csv(centre / "calls.csv", index=False)
    plan_with("[opening]", '[intake.columns]\noffered = "Calls\\noffered"\n[opening]')(centre)
    read = Inputs.from_folder(centre)
    assert read.calls is not None and len(read.calls) == len(calls)


def test_a_name_has_one_spelling_in_all_files(centre: Path) -> None:
    """Composed and decomposed accents, odd blanks and a guard before a formula name one contract and one person."""
    plan_with("contract.full]", 'contract."Zoe\u0308 1"]')(centre)
    rows = "agent,name,contract\n'=1+1,Ann,Zoë\u00a01\n -5 ,Bob,Zoë 1\n"
    (centre / "staff.csv").write_text(rows, encoding="utf-8")
    (centre / "wishes.csv").write_text("agent,date,pattern,weight\n'-5,2026-10-20,off,-1\n", encoding="utf-8")
    people = Inputs.from_folder(centre).people
    assert [(a.id, a.contract) for a in people] == [("=1+1", "Zoë 1"), ("-5", "Zoë 1")]
    assert people[1].wishes[0].weight == -1
    (centre / "staff.csv").write_text(f"{rows}=1+1,Cid,Zoë 1\n", encoding="utf-8")
    with pytest.raises(InputError, match="agent twice"):
        Inputs.from_folder(centre)


def test_names_that_look_alike_are_told(centre: Path) -> None:
    """Two people or contracts told apart by case alone are a note of the run."""
    plan_with("[rules]", '[contract.Full]\nshifts = ["full"]\nmax_h_week = 40\n[rules]')(centre)
    (centre / "staff.csv").write_text("agent,contract\nann,full\nAnn,full\n", encoding="utf-8")
    notes = Inputs.from_folder(centre).notes
    assert "two agents have names that look alike: 'ann' and 'Ann'" in notes
    assert "two contracts have names that look alike: 'full' and 'Full'" in notes


def test_a_scenario_is_no_path() -> None:
    """The folder of a run is named after its scenario."""
    with pytest.raises(InputError, match="unfit name"):
        plan_of(b'[queue.q.goal]\nlevel = 0.8\nwithin_s = 20\n[scenario."../x".rules]\n', Path("plan.toml"), "../x")


@pytest.mark.skipif(os.name == "nt", reason="links need rights of their own there")
def test_calls_from_outside_the_folder_need_leave(centre: Path, tmp_path: Path) -> None:
    """A path that leads out, an absolute one and a link that leads out: code 3, or a note where allowed."""
    (centre / "calls.csv").rename(tmp_path / "far.csv")
    (centre / "link.csv").symlink_to(tmp_path / "far.csv")
    before = (centre / "plan.toml").read_text(encoding="utf-8")
    for name in ("../far.csv", str(tmp_path / "far.csv"), "link.csv", "l*.csv"):
        (centre / "plan.toml").write_text(f"[intake]\nfiles = ['{name}']\n{before}", encoding="utf-8")
        result = CliRunner().invoke(app, ["plan", str(centre), "--quiet"])
        assert result.exit_code == 3 and "outside = true in [intake]" in result.output.replace("\n", " ")
        plan_with("[intake]", "[intake]\noutside = true")(centre)
        told = Inputs.from_folder(centre).notes
        assert f"calls are read from outside the folder: {(tmp_path / 'far.csv').resolve()}" in told
    inside = tmp_path / "linked"
    inside.symlink_to(centre)
    (tmp_path / "far.csv").rename(centre / "calls.csv")
    (centre / "plan.toml").write_text(before, encoding="utf-8")
    assert not [note for note in Inputs.from_folder(inside).notes if "outside" in note]


@pytest.mark.skipif(os.name == "nt", reason="no file may be named so there")
def test_a_file_with_an_unfit_name_is_refused_before_planning(centre: Path) -> None:
    (centre / "calls.csv").rename(centre / "ca\x1blls.csv")
    plan_with("[opening]", '[intake]\nfiles = ["*lls.csv"]\n[opening]')(centre)
    with pytest.raises(InputError, match=r"ca\\x1blls.csv, key intake.files: unfit name of a file"):
        Inputs.from_folder(centre)


@pytest.mark.skipif(os.name == "nt", reason="rights of this kind are POSIX's")
def test_copies_of_inputs_are_as_private_as_their_sources(centre: Path, tmp_path: Path) -> None:
    """Plan and people are for the user alone; calls as before; tables that never were files as the plan."""
    (centre / "staff.csv").chmod(0o444)
    (centre / "calls.csv").chmod(0o640)
    read = Inputs.from_folder(centre)
    files = {**read.files, "special_days.csv": InputFile.of_table("special_days.csv", pd.DataFrame({"date": []}))}
    write_inputs(files, {}, tmp_path / "inputs")
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "inputs").iterdir()}
    assert modes.pop("arguments.json") and modes == {
        "plan.toml": 0o600,
        "staff.csv": 0o600,
        "calls.csv": 0o640,
        "special_days.csv": 0o600,
    }
    with laid_out(read.files, centre) as place:
        assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_numbers_are_never_guarded() -> None:
    """Only texts are; a negative number stays one."""
    frame = pd.DataFrame({"a": ["-5", "@x"], "n": [-5, 2], "f": [-0.5, None], "o": pd.Series([-1, "=x"], dtype=object)})
    assert csv_text(frame) == "a,n,f,o\n'-5,-5,-0.5,-1\n'@x,2,,'=x\n"


@pytest.mark.skipif(os.name == "nt", reason="rights of this kind are POSIX's")
def test_an_export_is_copied_as_private_as_it_was(centre: Path, tmp_path: Path) -> None:
    """`init --calls` copies a file that only its user may read, so that nobody else can read the copy."""
    (centre / "calls.csv").chmod(0o600)
    result = CliRunner().invoke(app, ["init", str(tmp_path / "new"), "--calls", str(centre / "calls.csv")])
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE((tmp_path / "new" / "calls.csv").stat().st_mode) == 0o600
