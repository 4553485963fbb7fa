"""The last boundary: one line, the right code, and true words about what stands, whatever a command raises."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from busyhour.app.cli.command import places, told
from busyhour.app.files import write_atomic
from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Stopped


def run(work: Callable[[], int | None]) -> Result:
    """Run `work` as a command."""
    app = typer.Typer()

    @app.command()
    @told
    def command() -> int | None:
        """Do the work."""
        return work()

    return CliRunner().invoke(app, [])


def raising(error: BaseException) -> Callable[[], None]:
    """Return work that fails."""

    def work() -> None:
        raise error

    return work


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which details of errors are kept."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("wrong"), 3),
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES), "calls.csv"), 3),
        (IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), "calls.csv"), 3),
        (OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), "x" * 300), 3),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), 1),
        (MemoryError(), 1),
        (RecursionError("maximum recursion depth exceeded"), 1),
        (ZeroDivisionError("division by zero"), 1),
        (SystemExit(0), 1),
        (Stopped(), 130),
        (KeyboardInterrupt(), 130),
    ],
    ids=lambda x: type(x).__name__,
)
def test_every_error_is_one_line_and_a_code(error: BaseException, code: int) -> None:
    result = run(raising(error))
    assert result.exit_code == code, result.output
    assert len(result.output.splitlines()) == 1
    assert result.output.startswith("busyhour: ")
    assert "Traceback" not in result.output


def test_an_internal_error_keeps_where_it_stood(kept: Path) -> None:
    """The line names a file that shows each call."""
    result = run(raising(ValueError("two\nlines")))
    assert "ValueError: two lines" in result.output
    (path,) = re.findall(r"Report it with (\S+\.txt)", result.output)
    assert "in work" in Path(path).read_text(encoding="utf-8")


def test_an_interruption_inside_compiled_code_is_a_stop() -> None:
    """Compiled code turns an interruption into an error of its own."""

    def work() -> None:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as stop:
            raise SystemError("returned a result with an exception set") from stop

    assert run(work).exit_code == 130


@pytest.mark.parametrize("error", [ValueError("printing"), KeyboardInterrupt(), MemoryError(), OSError(5, "gone")])
def test_what_was_written_is_never_called_untouched(tmp_path: Path, error: BaseException) -> None:
    """An error after writing says what stands, a new file or one replaced."""
    for name in ("old.csv", "new.csv"):
        out = tmp_path / name
        if name == "old.csv":
            out.write_text("before", encoding="utf-8")

        def work(out: Path = out) -> None:
            places.may_write(out, tmp_path / "curve.csv")
            write_atomic(out, "after")
            raise error

        result = run(work)
        assert "untouched" not in result.output
        assert f"each file whole: {out}." in result.output.replace("\n", "")


def test_before_anything_is_written_earlier_results_stand(tmp_path: Path) -> None:
    out = tmp_path / "old.csv"
    out.write_text("before", encoding="utf-8")

    def work() -> None:
        places.may_write(out)
        raise ValueError("before writing")

    assert "Earlier results are untouched" in run(work).output
