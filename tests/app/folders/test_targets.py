"""Where outputs may not go is said before the work begins."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from busyhour.app.files import write_atomic
from busyhour.app.folders.swap import put, work_folder
from busyhour.app.folders.targets import file_to_write, folder_to_write
from busyhour.forecast.errors import InputError


def run_at(out: Path) -> Path:
    """Write a small run."""
    with work_folder(out) as work:
        write_atomic(work / "summary.json", "{}")
        return put(work, out)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with two inputs, a run and a link to each."""
    folder = tmp_path / "desk"
    write_atomic(folder / "plan.toml", "")
    write_atomic(folder / "in" / "calls.csv", "")
    run_at(folder / "runs" / "old")
    (tmp_path / "link to desk").symlink_to(folder)
    (tmp_path / "link to run").symlink_to(folder / "runs" / "old")
    (tmp_path / "link to calls").symlink_to(folder / "in" / "calls.csv")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    return folder


def inputs_of(desk: Path) -> tuple[Path, ...]:
    return desk, desk / "plan.toml", desk / "in" / "calls.csv"


REFUSED = {
    "the inputs' folder": ("desk", "holds, an input"),
    "a folder above": (".", "holds, an input"),
    "a link to the inputs": ("link to desk", "holds, an input"),
    "a folder that holds one input": ("desk/in", "holds, an input: calls.csv"),
    "an input": ("desk/in/calls.csv", "a file, not a folder"),
    "a link to an input": ("link to calls", "a file, not a folder"),
    "a folder under a file": ("desk/plan.toml/x/y", "plan.toml, which is a file"),
    "a folder in a run": ("desk/runs/old/mine", "nothing is added to it"),
    "a folder in a linked run": ("link to run/mine", "nothing is added to it"),
    "a loop of links": ("loop", "cannot be reached"),
    "a name too long": ("x" * 250, "cannot be written"),
    "a name no system knows": ("a\0b", "nothing can have this name"),
    "a name that is no text": ("a\udcff", "nothing can have this name"),
    "somebody's folder": ("others", "holds mail.txt"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_folder_is_refused_before_planning(desk: Path, what: str) -> None:
    """One clear error with a mend, and nothing is left behind."""
    name, says = REFUSED[what]
    write_atomic(desk.parent / "others" / "mail.txt", "dear")
    before = sorted(str(p) for p in desk.parent.rglob("*"))
    with pytest.raises(InputError, match=says) as caught:
        folder_to_write(desk.parent / name, inputs_of(desk))
    assert "--out" in str(caught.value)
    assert sorted(str(p) for p in desk.parent.rglob("*")) == before


def test_folders_that_may_be_written(desk: Path) -> None:
    """A link is followed; a place below folders that are not there yet, or beside inputs, is fine."""
    (desk.parent / "manifest.json").write_text('{"name": "an app of somebody"}', encoding="utf-8")
    inputs = inputs_of(desk)
    assert folder_to_write(desk.parent / "link to run", inputs) == (desk / "runs" / "old").resolve()
    for free in (desk / "runs" / "new", desk / "a" / "b" / "c"):
        assert folder_to_write(free, inputs) == free
        assert not free.exists()
    assert not (desk / "a").exists()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("desk", "a folder, not a file"),
        ("desk/in/calls.csv", "an input"),
        ("link to calls", "an input"),
        ("desk/plan.toml/x.csv", "which is a file"),
        ("desk/runs/old/service.csv", "nothing is added"),
        ("x" * 300, "File name too long|cannot"),
        ("loop", "cannot be reached"),
        ("", "a folder, not a file"),
    ],
)
def test_a_file_is_refused_before_the_work(desk: Path, name: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        file_to_write(desk.parent / name, (*inputs_of(desk), None))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
def test_a_pipe_is_no_place(tmp_path: Path) -> None:
    """A rename would take the place of what is no plain file, such as a device."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="no plain file"):
        file_to_write(tmp_path / "pipe")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="a user who may write anywhere")
def test_rights_are_tried(tmp_path: Path) -> None:
    run_at(tmp_path / "closed" / "run")
    path = write_atomic(tmp_path / "mine.csv", "")
    path.chmod(0o444)
    with pytest.raises(InputError, match="may not be written to"):
        file_to_write(path)
    (tmp_path / "closed").chmod(0o555)
    try:
        for place in (tmp_path / "closed" / "run", tmp_path / "closed" / "new"):
            with pytest.raises(InputError, match="may not be written to"):
                folder_to_write(place)
    finally:
        (tmp_path / "closed").chmod(0o755)


def test_missing_rights_of_a_parent_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for a user who may write anywhere: the system says no to a new name."""

    def denied(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "denied", str(path))

    monkeypatch.setattr(Path, "mkdir", denied)
    with pytest.raises(InputError, match="may not be written to"):
        folder_to_write(tmp_path / "run")
