"""`busyhour init` makes a whole folder or none."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from busyhour.app import starter
from busyhour.app.files import write_atomic
from busyhour.app.starter import write_starter
from busyhour.forecast.errors import InputError

NAMES = ["availability.csv", "calls.csv", "leave.csv", "plan.toml", "staff.csv", "wishes.csv"]


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_new_folder_an_empty_one_and_a_link(tmp_path: Path) -> None:
    """The folder behind a link is filled."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "behind")
    for folder in (tmp_path / "new" / "desk", tmp_path / "empty", tmp_path / "link"):
        write_starter(folder)
        assert names(folder) == NAMES
    assert (tmp_path / "link").is_symlink()


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A half folder would be refused by the next `init`."""

    def filling(path: Path, content: str | bytes) -> Path:
        if path.name == "leave.csv":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write_atomic(path, content)

    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "new", tmp_path / "empty"):
        with monkeypatch.context() as patch:
            patch.setattr(starter, "write_atomic", filling)
            with pytest.raises(OSError, match="No space left"):
                write_starter(folder)
        assert folder.name == "empty" or not folder.exists()
        write_starter(folder)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("file", "is not empty"),
        ("file/desk", "which is a file"),
        ("full", "is not empty"),
        ("loop", "cannot be reached"),
        ("x" * 300, "cannot be reached"),
        ("run/desk", "nothing is added to it"),
    ],
)
def test_places_that_are_refused(tmp_path: Path, name: str, says: str) -> None:
    """One error, and nothing is made."""
    write_atomic(tmp_path / "file", "x")
    write_atomic(tmp_path / "full" / "x", "x")
    write_atomic(
        tmp_path / "run" / "manifest.json", '{"product": "busyhour", "version": "", "files": {}, "wages": true}'
    )
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match=says):
        write_starter(tmp_path / name)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_export_with_the_name_of_another_file(tmp_path: Path) -> None:
    """The example would take its place without a word."""
    export = write_atomic(tmp_path / "Staff.csv", "start,offered\n2026-08-31T09:00,12\n2026-08-31T09:30,9\n")
    with pytest.raises(InputError, match=r"Staff\.csv: another file of the folder has this name"):
        write_starter(tmp_path / "desk", export)
    assert not (tmp_path / "desk").exists()
    mine = export.rename(tmp_path / "calls.csv")
    write_starter(tmp_path / "desk", mine)
    assert (tmp_path / "desk" / "calls.csv").read_bytes() == mine.read_bytes()
