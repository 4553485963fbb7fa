"""Files are whole or not there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from busyhour.app import files as store
from busyhour.app.files import csv_text, write_atomic


def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_atomic(tmp_path / "a.csv", "old")

    def full(_: int) -> None:
        raise OSError("disk is full")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(OSError, match="disk is full"):
        write_atomic(path, "new")
    assert [p.read_text(encoding="utf-8") for p in tmp_path.iterdir()] == ["old"]


def test_the_longest_names_are_written(tmp_path: Path) -> None:
    """A temporary name is not longer than the name it stands for."""
    path = tmp_path / ("x" * 251 + ".csv")
    assert write_atomic(path, "1").read_text(encoding="utf-8") == "1"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file is written where the link leads to."""
    (tmp_path / "real").mkdir()
    link = tmp_path / "out.csv"
    link.symlink_to(tmp_path / "real" / "volume.csv")
    write_atomic(link, "1")
    assert link.is_symlink()
    assert (tmp_path / "real" / "volume.csv").read_text(encoding="utf-8") == "1"


def test_csv_writes_offsets_and_blanks() -> None:
    """Times carry their offset, unknown is blank, zero is zero."""
    frame = pd.DataFrame(
        {
            "start": pd.to_datetime(["2026-10-25T02:30+01:00"]).tz_convert("Europe/Berlin"),
            "a": [float("nan")],
            "b": [0.0],
        }
    )
    assert csv_text(frame) == "start,a,b\n2026-10-25T02:30+01:00,,0.0\n"
