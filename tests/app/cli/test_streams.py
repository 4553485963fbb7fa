"""Screens that are gone, full or simple: no plan and no exit code is lost to them."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from busyhour.app.cli.streams import Forgiving

RUN = Path("runs") / "2026-10-19"
posix = pytest.mark.skipif(sys.platform == "win32", reason="file numbers of POSIX")
full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")


def shell(command: str, *args: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line through a shell; ``$BUSYHOUR`` stands for the program."""
    program = f'"{sys.executable}" -m busyhour.app.cli'
    return subprocess.run(
        ["sh", "-c", command.replace("BUSYHOUR", program), "sh", *map(str, args)],
        capture_output=True, text=True, check=False, timeout=300, env={**os.environ, **environment},
    )  # fmt: skip


def test_a_stream_without_a_reader_takes_everything() -> None:
    """The first error is kept, later writes are dropped, and neither they nor closing raise."""
    out, into = os.pipe()
    os.close(out)
    with io.FileIO(into, "w") as pipe:
        raw = Forgiving(pipe)
        with io.TextIOWrapper(io.BufferedWriter(raw), encoding="ascii", errors="backslashreplace") as text:
            for _ in range(3):
                text.write("Zoë\n")
                text.flush()
    assert raw.failed is not None
    assert raw.failed.errno == errno.EPIPE


@posix
@pytest.mark.parametrize("screens", ["| head -c 1 >/dev/null", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_help_without_readers(screens: str) -> None:
    """Closed pipes and closed screens: the code is as if printed, and nothing is said on the way out."""
    done = shell(f"(BUSYHOUR --help; echo code $? >&3) 3>&2 {screens}")
    assert done.stderr == "code 0\n"


@full
def test_a_full_disk_behind_the_screen_is_said() -> None:
    """Somebody waits for what cannot be written: one line, and no longer code 0."""
    done = shell("BUSYHOUR --help >/dev/full")
    assert done.returncode == 1
    assert os.strerror(errno.ENOSPC) in done.stderr
    assert len(done.stderr.splitlines()) == 1


@posix
@pytest.mark.slow
@pytest.mark.parametrize("screens", ["2>&1 | head -1", ">&-", "2>/dev/full", "<&- >&- 2>&-"])
def test_a_plan_is_published_without_readers(planned: Path, tmp_path: Path, screens: str) -> None:
    folder = tmp_path / "small"
    shutil.copytree(planned, folder)
    shutil.rmtree(folder / RUN)
    done = shell(f'(BUSYHOUR plan "$1"; echo code $? >&3) 3>&2 {screens}', folder)
    assert done.stderr.splitlines()[-1] == "code 0", done.stderr
    assert "Traceback" not in done.stderr
    assert "ignored" not in done.stderr
    assert json.loads((folder / RUN / "summary.json").read_text(encoding="utf-8"))["violations"] == 0


@posix
@pytest.mark.slow
def test_a_simple_screen_shows_what_it_can(planned: Path, tmp_path: Path) -> None:
    """Characters that a screen does not know are spelt out."""
    folder = tmp_path / "small"
    shutil.copytree(planned, folder)
    rewritten = (folder / "plan.toml").read_text(encoding="utf-8").replace('name = "Small"', 'name = "Köln – 東京"')
    (folder / "plan.toml").write_text(rewritten, encoding="utf-8")
    done = shell('BUSYHOUR plan "$1"', folder, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert r"K\xf6ln \u2013" in done.stdout
