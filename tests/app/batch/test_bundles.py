"""Folders travel as zip files; whatever would land elsewhere, or is no plain file, is refused whole."""

from __future__ import annotations

import io
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from busyhour.app.batch import bundles
from busyhour.app.batch.bundles import packed, unpacked
from busyhour.forecast.errors import InputError


def zipped(*names: str, mode: int = stat.S_IFREG | 0o644) -> bytes:
    """Return a zip file with members of these very names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        for name in names:
            info = zipfile.ZipInfo("x")
            info.filename, info.external_attr = name, mode << 16
            bundle.writestr(info, b"content")
    return out.getvalue()


def test_folders_arrive_as_they_left(tmp_path: Path) -> None:
    """Content, sub-folders and modes are kept; each folder lies under its name."""
    source = tmp_path / "site"
    (source / "calls").mkdir(parents=True)
    (source / "plan.toml").write_text("secret", encoding="utf-8")
    (source / "plan.toml").chmod(0o600)
    (source / "calls" / "März 10:00.csv").write_bytes(b"\x00\xff" * 1000)
    unpacked(packed({"inputs": source, "previous": source / "calls"}), tmp_path / "there")
    there = tmp_path / "there"
    assert {p.relative_to(there).as_posix() for p in there.rglob("*") if p.is_file()} == {
        "inputs/plan.toml",
        "inputs/calls/März 10:00.csv",
        "previous/März 10:00.csv",
    }
    assert (there / "previous" / "März 10:00.csv").read_bytes() == b"\x00\xff" * 1000
    if sys.platform != "win32":
        assert stat.S_IMODE((there / "inputs" / "plan.toml").stat().st_mode) == 0o600
    unpacked(packed({"": source / "calls"}), tmp_path / "run")
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["März 10:00.csv"]


@pytest.mark.parametrize(
    "name",
    ["../evil", "a/../../evil", "/etc/evil", "a\\..\\evil", "C:/evil", "C:evil", "a//b", "./a", "a/.", "\\\\h\\s\\x"],
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    """Nothing at all is written, not even the members before."""
    with pytest.raises(InputError, match=r"leads out of its folder|no plain file"):
        unpacked(zipped("good", name), tmp_path / "there")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    """Links, folders, a name that comes twice (on systems that ignore case, too), damage, sizes beyond all sense."""
    for bundle, says in (
        (zipped("link", mode=stat.S_IFLNK | 0o777), "no plain file"),
        (zipped("folder/"), "no plain file"),
        (zipped("Name", "nAME"), "twice"),
        (b"no zip file", "not a bundle"),
        (zipped("a").replace(b"content", b"kontent"), "not a bundle"),
    ):
        with pytest.raises(InputError, match=says):
            unpacked(bundle, tmp_path / "there")
    assert list(tmp_path.iterdir()) == []


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The declared sizes and the number of files are looked at before anything is unpacked."""
    monkeypatch.setattr(bundles, "MOST_BYTES", 13)
    with pytest.raises(InputError, match="GB"):
        unpacked(zipped("a", "b"), tmp_path / "there")
    monkeypatch.setattr(bundles, "MOST_FILES", 1)
    with pytest.raises(InputError, match="more than 1 files"):
        unpacked(zipped("a", "b"), tmp_path / "there")
