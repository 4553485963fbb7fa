"""Where outputs may go: tried before the work begins, so that no result is lost for want of a place."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...forecast.errors import InputError
from ..files import TEMPORARY
from .locks import held
from .manifest import Manifest
from .swap import foreign, settled

ELSEWHERE = "Name another place with --out"
LONGEST_ENDING = "-stopped-999"
"""A run may go beside its place under the name with such an ending: there must be room for one."""
LONGEST_INSIDE = Path("inputs") / "previous_activity.csv"
"""The longest path within a run folder that is known before planning."""


def followed(out: Path) -> Path:
    """Return `out` with its link followed, and with a name of its own.

    Raises
    ------
    InputError
        If nothing can have that name.
    """
    try:
        place = out.resolve() if out.is_symlink() or out.name in ("", "..") else out
        str(place.resolve()).encode()  # run.log and summary.json tell the name
        place.exists()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a name that is too long or holds a NUL
        raise _refused(f"nothing can have this name, or it cannot be reached: {error}", out) from error
    return place


def folder_to_write(out: Path, inputs: Iterable[Path] = ()) -> Path:
    """Return the folder that `out` names, its link followed, where a run can be written there.

    Parameters
    ----------
    inputs
        Files and folders that the run is made from: `out` may neither be nor hold one of them.

    Raises
    ------
    InputError
        If `out` is a file, holds what busyhour did not write, is or holds an input, lies in a run folder, or if
        nothing can be written there.
    """
    place = followed(out)
    settled(place)
    if place.exists() and not place.is_dir():
        raise _refused("this is a file, not a folder", place)
    for path in inputs:
        if _is_or_holds(place, path):
            raise _refused(f"this folder is, or holds, an input: {path.name}", place)
    _refuse_inside_run(place.parent)
    if why := foreign(place):
        raise InputError(why, mend="Move the folder or what others put there away, or name another one with --out")
    if os.path.ismount(place):
        raise _refused("the top of a disk cannot be replaced", place)
    if place.exists():
        _refuse_locked_up(place)
    with _trial(place) as trial:
        (trial.with_name(trial.name + LONGEST_ENDING) / LONGEST_INSIDE).parent.mkdir(parents=True)
        (trial.with_name(trial.name + LONGEST_ENDING) / LONGEST_INSIDE).write_bytes(b"x")
        with held(trial.with_name(TEMPORARY), 1.0):
            pass
    return place


def file_to_write(out: Path, inputs: Iterable[Path | None] = ()) -> Path:
    """Return the file that `out` names, its link followed, where it can be written.

    Parameters
    ----------
    inputs
        Files that the output is made from, None for those not given.

    Raises
    ------
    InputError
        If `out` is a folder or no plain file, is an input, lies in a run folder, or cannot be written.
    """
    place = followed(out)
    if place.is_dir():
        raise _refused("this is a folder, not a file", place)
    if place.exists() and not place.is_file():
        raise _refused("this is no plain file", place)
    for path in inputs:
        if path is not None and _same(place, path):
            raise _refused(f"this file is an input, {path.name}", place)
    _refuse_inside_run(place.parent)
    if place.exists():
        _refuse_locked_up(place)
    with _trial(place) as trial:
        trial.write_bytes(b"x")
    return place


def _is_or_holds(place: Path, path: Path) -> bool:
    return _same(place, path) or any(_same(place, parent) for parent in path.resolve().parents)


def _same(a: Path, b: Path) -> bool:
    """Whether two paths name one thing, on systems that ignore case too."""
    with contextlib.suppress(OSError):
        if a.exists() and b.exists():
            return a.samefile(b)
    return a.resolve() == b.resolve()


def _refuse_inside_run(folder: Path) -> None:
    """Raise `InputError` where `folder` is a run folder or lies in one: nothing is added to finished runs."""
    for parent in (folder.resolve(), *folder.resolve().parents):
        found = None
        with contextlib.suppress(InputError, OSError):  # other programs have files of this name too
            found = Manifest.read(parent)
        if found is not None:
            raise _refused("a finished run is there, and nothing is added to it", parent)


def _refuse_locked_up(place: Path) -> None:
    """Raise `InputError` where what is at `place` is protected or belongs to others who alone may replace it."""
    if not os.access(place, os.W_OK):
        raise InputError(f"{place} may not be written to", mend="Change its permissions or name another with --out")
    if sys.platform != "win32":
        parent, owners = place.absolute().parent.stat(), (0, place.stat().st_uid)
        if parent.st_mode & stat.S_ISVTX and os.geteuid() not in (*owners, parent.st_uid):
            raise InputError(f"{place} belongs to somebody else, who alone may replace it", mend=ELSEWHERE)


@contextlib.contextmanager
def _trial(place: Path) -> Iterator[Path]:
    """Give a path like `place` in a temporary folder beside it, to be tried; what fails there fails at `place`."""
    try:
        above = place.absolute().parent
        top = next(p for p in (above, *above.parents) if p.exists() or p.is_symlink())
        if not top.is_dir():
            raise _refused(f"nothing can be written below {top}, which is a file", place)
        folder = top / f".{uuid.uuid4().hex}{TEMPORARY}"
        folder.mkdir()
        try:
            trial = folder / place.absolute().relative_to(top)
            trial.parent.mkdir(parents=True, exist_ok=True)
            yield trial
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except PermissionError:
        raise InputError(f"{top} may not be written to", mend="Change its permissions or name another place") from None
    except (OSError, NotImplementedError) as error:  # the latter of file systems without locks
        raise _refused(f"cannot be written: {error}", place) from error


def _refused(what: str, place: Path) -> InputError:
    return InputError(what, value=str(place), mend=ELSEWHERE)
