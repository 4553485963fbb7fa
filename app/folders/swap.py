"""A run folder takes the place of an earlier one, whole or not at all, and never of what others wrote."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from ...forecast.errors import InputError
from ..files import TEMPORARY, write_atomic
from .exchange import exchange
from .locks import held
from .manifest import FILE as MANIFEST
from .manifest import LEFT_BY_SYSTEMS, Manifest

REPLACED = ".replaced"
LOCK = ".lock"
LOCK_S = 30.0
"""Seconds to wait for a folder's lock: others hold the lock while they compare files and rename, a second or two."""
LONGEST_NAME = 100
"""Bytes of a folder's name that temporary names beside the folder begin with: they are longer than the name."""


@contextlib.contextmanager
def work_folder(out: Path) -> Iterator[Path]:
    """Give an empty folder beside `out` to write a run into; at the end it is removed, unless `put` took it.

    What killed runs left beside `out` is swept before.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    sweep(out)
    work = out.with_name(f".{_short(out)}.{uuid.uuid4().hex}{TEMPORARY}")
    with held(_beside(work, LOCK), LOCK_S):
        work.mkdir()
        try:
            yield work
        finally:
            _discard(work, out)


def sweep(out: Path) -> None:
    """Remove what killed runs left beside `out`, and put back a run that one of them had set aside."""
    with contextlib.suppress(OSError), locked(out):  # sweeping is tidiness: a lock that cannot be had stops nothing
        _sweep(out)


def locked(out: Path) -> contextlib.AbstractContextManager[None]:
    """Hold the lock of the run folder `out`, in which folders are swept and renamed."""
    return held(out.with_name(f".{_short(out)}{TEMPORARY}{LOCK}"), LOCK_S)


def put(
    work: Path,
    out: Path,
    *,
    wages: bool = True,
    beside: str = "",
    last: Callable[[Path, str], None] = lambda place, why: None,
    keeps: Callable[[Path], str] | None = None,
) -> Path:
    """Let the run in `work` take the place of the earlier run `out`, or go beside it, and return its place.

    The run goes to ``NAME-2``, ``NAME-3``, … where `out` holds what others wrote (see `foreign`), or where `out` cannot
    be replaced. Nothing fails once the run has its place, not even on a second Ctrl-C.

    Parameters
    ----------
    wages
        Whether the run holds wages.
    beside
        A word for the name beside `out`, as in ``NAME-stopped``.
    last
        Called with the place, and why that is not `out`, before the manifest is written.
    keeps
        Says why the run in a place stays although busyhour wrote it; "" = it may be replaced.

    Raises
    ------
    OSError
        If the run can be written nowhere; `out` is as it was.
    """
    why = ""
    own = work.stat().st_ino
    for place in places(out, beside):
        try:
            with locked(place):
                _sweep(place)
                if stays := foreign(place) or (keeps(place) if keeps else ""):
                    why = why or stays
                    continue
                last(place, why)
                write_atomic(work / MANIFEST, Manifest.of(work, wages=wages).text)
                _replace(work, place)
                return place
        except OSError as error:
            if not place.exists() and not isinstance(error, TimeoutError):
                raise
            why = why or f"{place} cannot be replaced: {error.strerror or error}"
        except KeyboardInterrupt:
            if place.exists() and place.stat().st_ino == own:
                return place
            raise
    raise OSError(f"there is no free name beside {out}")


def places(out: Path, beside: str = "") -> Iterator[Path]:
    """Yield where a run may go: `out`, then names beside it."""
    yield out
    first = [f"{out.name}-{beside}"] if beside else []
    numbered = (f"{first[0] if first else out.name}-{n}" for n in range(2, 1000))
    yield from (out.with_name(name) for name in itertools.chain(first, numbered))


def foreign(out: Path) -> str:
    """Say why `out` must not be replaced: it holds what busyhour did not write; "" where it may be.

    A missing or empty folder may be, and a run whose files are those that its manifest lists, or fewer.
    """
    if not out.exists() and not out.is_symlink():
        return ""
    if not out.is_dir() or out.is_symlink():
        return f"{out} is not a folder"
    names = sorted(p.name for p in out.iterdir() if p.name not in LEFT_BY_SYSTEMS)
    if not names:
        return ""
    try:
        manifest = Manifest.read(out)
    except InputError:
        return f"{out} has a damaged {MANIFEST}: what others put there cannot be told"
    if manifest is None:
        if "summary.json" in names:
            return f"{out} has no {MANIFEST}: it is of an older version, and what others put there cannot be told"
        return f"{out} is not a run folder: it holds {names[0]}{_more(names)}"
    found = manifest.foreign(out)
    if not found:
        return ""
    first, what = next(iter(found.items()))
    word = "was put there by others" if what == "added" else "was changed after busyhour wrote it"
    return f"{out}: {first} {word}{_more(list(found))}"


def settled(out: Path) -> Path:
    """Return the folder in which the run `out` can be read: put back where a kill left the run set aside."""
    if out.exists() or not any(name.endswith(REPLACED) for name in _left(out)):
        return out
    with contextlib.suppress(OSError), locked(out):
        _sweep(out)
    aside = [out.with_name(name) for name in _left(out) if name.endswith(REPLACED)]
    return aside[0] if aside and not out.exists() else out


def _replace(work: Path, out: Path) -> None:
    """Let `work` take the place of `out`, which may not exist; what `out` was is removed."""
    if not (out / MANIFEST).exists():
        for path in out.iterdir() if out.exists() else ():
            if path.name in LEFT_BY_SYSTEMS:
                path.unlink()
        with contextlib.suppress(FileNotFoundError):
            out.rmdir()  # fails where it is not empty after all
        work.rename(out)
    elif exchange(work, out):
        _discard(work, out)
    else:
        aside = _beside(work, REPLACED)
        out.rename(aside)
        try:
            work.rename(out)
        except OSError:
            aside.rename(out)
            raise
        _discard(aside, out)


def _sweep(out: Path) -> None:
    """Remove what killed runs left beside `out`, and put back a run that one of them had set aside."""
    bases = {re.sub(rf"({re.escape(REPLACED)}|{re.escape(LOCK)})$", "", name) for name in _left(out)}
    for work in (out.with_name(name) for name in sorted(bases)):
        with contextlib.suppress(OSError), held(_beside(work, LOCK), 0.0):  # a live run holds the lock of its folder
            aside = _beside(work, REPLACED)
            if aside.exists() and not out.exists():
                aside.rename(out)
            _discard(aside, out)
            _discard(work, out)


def _left(out: Path) -> list[str]:
    """Return the temporary names that runs into `out` have made and not removed."""
    name = re.compile(
        rf"\.{re.escape(_short(out))}\.[0-9a-f]{{32}}{re.escape(TEMPORARY)}"
        rf"({re.escape(REPLACED)}|{re.escape(LOCK)})?"
    )
    return [p.name for p in out.parent.iterdir() if name.fullmatch(p.name)] if out.parent.is_dir() else []


def _discard(folder: Path, out: Path) -> None:
    """Remove a replaced or unfinished run; a run into which others put something meanwhile is kept beside `out`."""
    with contextlib.suppress(OSError):
        if not folder.exists():
            return
        if _is_ours(folder):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            folder.rename(next(p for p in places(out, "kept") if not p.exists()))


def _is_ours(folder: Path) -> bool:
    """Whether a temporary folder holds a run as busyhour wrote it, or an unfinished one, which has no manifest yet."""
    try:
        manifest = Manifest.read(folder)
    except InputError:
        return False
    return manifest is None or not manifest.foreign(folder)


def _short(out: Path) -> str:
    """Return a folder's name, or its beginning and hash where temporary names would be too long."""
    name = out.name.encode(errors="surrogateescape")
    if len(name) <= LONGEST_NAME:
        return out.name
    return name[: LONGEST_NAME // 2].decode(errors="ignore") + hashlib.sha256(name).hexdigest()[:16]


def _beside(work: Path, ending: str) -> Path:
    return work.with_name(work.name + ending)


def _more(names: list[str]) -> str:
    return f", and {len(names) - 1} more" if len(names) > 1 else ""
