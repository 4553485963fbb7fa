"""Outputs are whole or not there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from busyhour.app.files import TEMPORARY, csv_text, run_folder, write_atomic
from busyhour.forecast.errors import InputError


def leftovers(folder: Path) -> list[Path]:
    """Return temporary names below `folder`."""
    return [p for p in folder.rglob("*") if TEMPORARY in p.name]


def test_a_failing_run_leaves_the_earlier_one(tmp_path: Path) -> None:
    """An error inside changes nothing outside."""
    out = tmp_path / "run"
    with run_folder(out) as work:
        write_atomic(work / "summary.json", "first")
    with pytest.raises(OSError, match="disk is full"), run_folder(out) as work:
        write_atomic(work / "summary.json", "second")
        raise OSError("disk is full")
    assert (out / "summary.json").read_text(encoding="utf-8") == "first"
    assert not leftovers(tmp_path)


def test_a_rerun_replaces_the_whole_folder(tmp_path: Path) -> None:
    """Files of the earlier run do not stay behind."""
    out = tmp_path / "run"
    with run_folder(out) as work:
        write_atomic(work / "summary.json", "1")
        write_atomic(work / "old.csv", "x")
    with run_folder(out) as work:
        write_atomic(work / "summary.json", "2")
    assert sorted(p.name for p in out.iterdir()) == ["summary.json"]


def test_two_runs_at_once_do_not_mix(tmp_path: Path) -> None:
    """Each writes a folder of its own; the last to finish stays whole."""
    out = tmp_path / "run"
    with run_folder(out) as a:
        write_atomic(a / "summary.json", "a")
        with run_folder(out) as b:
            write_atomic(b / "summary.json", "b")
            write_atomic(b / "only-b.csv", "b")
        assert (out / "only-b.csv").exists()
    assert sorted(p.name for p in out.iterdir()) == ["summary.json"]
    assert not leftovers(tmp_path)


def test_a_killed_run_is_swept_by_the_next(tmp_path: Path) -> None:
    """A process that dies leaves no torn file under a final name, and the next run cleans up."""
    out = tmp_path / "run"
    code = (
        "import os, sys; from pathlib import Path; from busyhour.app.files import run_folder, write_atomic\n"
        f"with run_folder(Path({str(out)!r})) as w:\n"
        "    write_atomic(w / 'summary.json', 'half')\n    os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert not out.exists()
    assert leftovers(tmp_path)
    with run_folder(out) as work:
        write_atomic(work / "summary.json", "whole")
    assert (out / "summary.json").read_text(encoding="utf-8") == "whole"
    assert not leftovers(tmp_path)


def test_a_foreign_folder_is_never_replaced(tmp_path: Path) -> None:
    """Only an empty folder or a run of ours may be replaced."""
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(InputError, match="not a run folder"), run_folder(tmp_path):
        pass
    assert (tmp_path / "holiday.jpg").exists()


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
