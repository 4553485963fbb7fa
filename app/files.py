"""Files that are whole or not there: everything is written under a temporary name, then renamed."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from ..forecast.errors import InputError
from ..forecast.text import guarded

TEMPORARY = ".busyhour-tmp"
REPLACED = ".replaced"
LOCK_S = 10.0
"""Nobody else holds the lock of a new name: where it is not had at once, no lock can be made there."""


def write_atomic(path: Path, content: str | bytes) -> Path:
    """Write a file so that readers see the old content or the new one, never a part; returns `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}{TEMPORARY}")
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def csv_text(frame: pd.DataFrame) -> str:
    """Return a table as our CSV: comma, header, ISO 8601 times with their offset, six decimals at most.

    A text that a spreadsheet would take for a formula is `guarded` by an apostrophe, which `read_text_csv` takes off.
    """
    out = frame.copy()
    for name in out.columns:
        column = out[name]
        if isinstance(column.dtype, pd.DatetimeTZDtype) or pd.api.types.is_datetime64_dtype(column):
            out[name] = [None if t is pd.NaT else t.isoformat(timespec="minutes") for t in column]
        elif pd.api.types.is_float_dtype(column):
            out[name] = column.round(6)
        elif not pd.api.types.is_numeric_dtype(column):
            out[name] = [guarded(cell) if isinstance(cell, str) else cell for cell in column]
    return out.to_csv(index=False, lineterminator="\n")


def write_csv(path: Path, frame: pd.DataFrame) -> Path:
    """Write a table with `csv_text`, atomically."""
    return write_atomic(path, csv_text(frame))


def _sweep(out: Path) -> None:
    """Remove what a killed run left beside `out`, and put back a run that it had set aside."""
    for lock in out.parent.glob(f".{out.name}.*{TEMPORARY}.lock"):
        work = lock.with_name(lock.name.removesuffix(".lock"))
        with contextlib.suppress(Timeout):
            with FileLock(lock, timeout=0):
                aside = work.with_name(work.name + REPLACED)
                if aside.exists() and not out.exists():
                    aside.rename(out)
                shutil.rmtree(aside, ignore_errors=True)
                shutil.rmtree(work, ignore_errors=True)
            lock.unlink(missing_ok=True)


def refuse_foreign(out: Path) -> None:
    """Raise `InputError` where no run can be written to `out`: something else is there, or nobody may write."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / "summary.json").exists())):
        raise InputError(f"{out} exists and is not a run folder", mend="Name another folder with --out")
    there = next(p for p in (out, *out.absolute().parents) if p.exists())
    if not os.access(there if there != out else out.absolute().parent, os.W_OK):
        raise InputError(f"{there} may not be written to", mend="Change its permissions or name a folder with --out")


@contextlib.contextmanager
def run_folder(out: Path) -> Iterator[Path]:
    """Give an empty folder to write a run into; on success it replaces `out`, on any error `out` stays as it was.

    Two runs into the same `out` do not mix: each has a folder of its own and the last to finish stays. A folder
    that is not a run of ours is never replaced.

    Raises
    ------
    InputError
        If `out` exists and is not a run folder.
    """
    refuse_foreign(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    _sweep(out)
    work = out.with_name(f".{out.name}.{uuid.uuid4().hex}{TEMPORARY}")
    lock = FileLock(work.with_name(work.name + ".lock"), timeout=LOCK_S)
    with lock:
        work.mkdir()
        try:
            yield work
            aside = work.with_name(work.name + REPLACED)
            if out.exists():
                out.rename(aside)
            try:
                work.rename(out)
            except OSError:
                if aside.exists() and not out.exists():
                    aside.rename(out)
                raise
            shutil.rmtree(aside, ignore_errors=True)
        finally:
            shutil.rmtree(work, ignore_errors=True)
            Path(lock.lock_file).unlink(missing_ok=True)
