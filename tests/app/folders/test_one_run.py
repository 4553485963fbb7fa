"""A run folder is read as one run."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from small_runs import make, told

from busyhour.app.files import TEMPORARY
from busyhour.app.finished import table_of, verdict_of
from busyhour.app.folders import swap
from busyhour.app.folders.manifest import Manifest
from busyhour.app.folders.one_run import one_run, seen_once
from busyhour.app.folders.swap import settled
from busyhour.forecast.errors import InputError

RUN = Path("runs") / "2026-10-19"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="a user who may write anywhere")
def test_reading_needs_no_right_to_write(tmp_path: Path) -> None:
    """A run that a kill left aside is read where it lies; a run in its place as ever."""
    run = make(tmp_path / "a" / "run", "1")
    aside = run.with_name(f".run.{'0' * 32}{TEMPORARY}{swap.REPLACED}")
    for place in (run, aside):
        if place == aside:
            run.rename(aside)
        (tmp_path / "a").chmod(0o555)
        try:
            with one_run(run) as copy:
                assert told(copy) == "1"
            assert place.exists()
        finally:
            (tmp_path / "a").chmod(0o755)


def test_reading_is_tried_again_where_a_run_took_the_place(tmp_path: Path) -> None:
    """An error, or a mixture, counts only where the folder is still the same."""
    out, seen = make(tmp_path / "run", "1"), []

    def read(folder: Path) -> str:
        seen.append((folder / "table0.csv").read_text(encoding="utf-8"))
        if len(seen) == 1:
            make(out, "2")
        if len(seen) == 2:
            make(out, "3", files=1)
            raise FileNotFoundError("table2.csv")
        return seen[-1]

    assert seen_once(out, read) == "3"
    with pytest.raises(InputError, match="not a run folder"):
        seen_once(tmp_path / "none", read)
    assert settled(tmp_path / "none") == tmp_path / "none"


def test_readers_of_finished_runs_read_one_run(planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another run takes the place, tables of the two are never mixed."""
    run, other = tmp_path / "run", tmp_path / "other"
    for folder in (run, other):
        shutil.copytree(planned / RUN, folder)
    (other / "activity.csv").write_text("agent,start,end,activity,queue\n", encoding="utf-8")
    (other / "manifest.json").write_text(Manifest.of(other).text, encoding="utf-8")
    copyfile = shutil.copyfile
    swaps: list[str] = []

    def swapped(source: Any, target: Any, **kwargs: Any) -> Any:
        if not swaps and Path(source).name == "activity.csv":
            swaps.append("once")
            run.rename(tmp_path / "aside")
            other.rename(run)
        return copyfile(source, target, **kwargs)

    monkeypatch.setattr(shutil, "copyfile", swapped)
    assert table_of(run, "activity").empty
    assert swaps
    assert verdict_of(tmp_path / "aside").passed


def test_a_run_that_cannot_be_copied_is_one_error_of_its_file(tmp_path: Path) -> None:
    """A loop of links and a pipe in the folder are told with their names, not as faults of busyhour."""
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(InputError, match="cannot be reached"), one_run(tmp_path / "a"):
        pass
    if sys.platform != "win32":
        run = make(tmp_path / "run")
        os.mkfifo(run / "pipe")
        with pytest.raises(InputError, match=r"^pipe: the run cannot be read: .*named pipe"), one_run(run):
            pass
