"""The manifest tells what busyhour wrote from what others did."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from busyhour.app.folders.manifest import FILE, Manifest
from busyhour.forecast.errors import InputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "staff.csv").write_text("agent\n", encoding="utf-8")
    (tmp_path / "summary.json").write_text("{}", encoding="utf-8")
    (tmp_path / FILE).write_text(Manifest.of(tmp_path, wages=False).text, encoding="utf-8")
    return tmp_path


def test_the_same_again(folder: Path) -> None:
    read = Manifest.read(folder)
    assert read == Manifest.of(folder, wages=False)
    assert read is not None and sorted(read.files) == ["inputs/staff.csv", "summary.json"]
    assert read.differences(folder) == {}


def test_added_changed_and_missing_files(folder: Path) -> None:
    read = Manifest.read(folder)
    assert read is not None
    (folder / "inputs" / "thesis.txt").write_text("mine", encoding="utf-8")
    (folder / "inputs" / "staff.csv").write_text("agent\nA\n", encoding="utf-8")
    (folder / "summary.json").unlink()
    (folder / ".DS_Store").write_bytes(b"\x00")
    assert read.differences(folder) == {
        "inputs/staff.csv": "changed",
        "inputs/thesis.txt": "added",
        "summary.json": "missing",
    }


def test_a_link_is_never_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "thesis.txt").write_text("mine", encoding="utf-8")
    (folder / "link").symlink_to(elsewhere)
    assert sorted(Manifest.of(folder).files) == ["inputs/staff.csv", "link", "summary.json"]


def test_no_manifest_and_another_product(tmp_path: Path) -> None:
    assert Manifest.read(tmp_path) is None
    (tmp_path / FILE).write_text('{"product": "other"}', encoding="utf-8")
    assert Manifest.read(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"product": "busyhour"}', '{"product": "busyhour", "files": []}'])
def test_a_damaged_manifest_is_one_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"manifest\.json: not a manifest of busyhour"):
        Manifest.read(tmp_path)


@pytest.mark.parametrize("name", ["../thesis.txt", "inputs/../../thesis.txt", "/thesis.txt", "", "."])
def test_a_manifest_that_leads_out_of_its_folder_is_damaged(tmp_path: Path, name: str) -> None:
    """Nobody's list makes busyhour remove files elsewhere."""
    (tmp_path / FILE).write_text(Manifest({name: "0"}, "1").text, encoding="utf-8")
    with pytest.raises(InputError, match="not a manifest of busyhour"):
        Manifest.read(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="names that only others allow")
def test_names_that_other_systems_do_not_know(tmp_path: Path) -> None:
    for name in ("calls 10:30.csv", "a\\b.csv", os.fsdecode(b"z\xfcrich.csv"), "c..csv"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / FILE).write_text(Manifest.of(tmp_path).text, encoding="utf-8")
    read = Manifest.read(tmp_path)
    assert read is not None
    assert read.differences(tmp_path) == {}
