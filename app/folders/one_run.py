"""A run folder read as one run, even while another takes its place; reading writes nothing beside the folder."""

from __future__ import annotations

import contextlib
import functools
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from ...forecast.errors import InputError
from .manifest import FILE as MANIFEST
from .swap import settled
from .targets import followed

T = TypeVar("T")
P = ParamSpec("P")
Identity = tuple[int, int, int, bytes]
TRIES, WAIT_S = 100, 0.05
"""A copy takes milliseconds and runs replace each other after seconds: two tries are many already."""


def seen_once(run: Path, read: Callable[[Path], T]) -> T:
    """Return what `read` finds in the folder of a run; it is called again where another run took the place meanwhile.

    Raises
    ------
    InputError
        If `run` is no folder, or is replaced again and again; else what `read` raises.
    """
    for _ in range(TRIES):
        folder = settled(run)
        before = identity(folder)
        try:
            if before is None:
                mend = "Name the folder that a run was written to"
                raise InputError("not a run folder: it is not there", file=run, mend=mend)
            found = read(folder)
        except (OSError, InputError):
            if identity(settled(run)) == before:
                raise
        else:
            if identity(folder) == before:
                return found
        time.sleep(WAIT_S)
    raise InputError("other runs take its place again and again", file=run, mend="Wait until they are done")


def identity(folder: Path) -> Identity | None:
    """Return what tells the run in `folder` from another that takes its place; None where there is no folder."""
    try:
        stat = folder.stat()
        if not folder.is_dir():
            return None
        manifest = folder / MANIFEST
        return stat.st_dev, stat.st_ino, stat.st_ctime_ns, manifest.read_bytes() if manifest.is_file() else b""
    except (FileNotFoundError, NotADirectoryError):
        return None


@contextlib.contextmanager
def one_run(run: Path) -> Iterator[Path]:
    """Give a copy of a run folder whose files are all of one run; the copy is removed at the end.

    Raises
    ------
    InputError
        As in `seen_once`.
    """
    with tempfile.TemporaryDirectory(prefix="busyhour-") as name:
        place = Path(name) / (followed(run).resolve().name or "run")

        def copy(folder: Path) -> None:
            shutil.rmtree(place, ignore_errors=True)
            try:
                shutil.copytree(folder, place, symlinks=True)
            except shutil.Error as error:  # it lists what could not be copied: source, copy, why
                source, _, why = error.args[0][0]
                what = why.replace(str(source), Path(source).name)
                raise InputError(f"the run cannot be read: {what}", file=source, mend="Move it away") from error

        seen_once(run, copy)
        yield place


def of_one_run(read: Callable[Concatenate[Path, P], T]) -> Callable[Concatenate[Path, P], T]:
    """Let a function whose first argument is a run folder read a copy whose files are all of one run."""

    @functools.wraps(read)
    def reading(run: Path, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with one_run(run) as folder:
            return read(folder, *args, **kwargs)

    return reading
