"""Lock files that leave nothing behind."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock


@contextlib.contextmanager
def held(path: Path, timeout_s: float) -> Iterator[None]:
    """Hold the lock file `path`, and remove the file at the end.

    Who waits for a lock may get that of a file which its holder has removed meanwhile. The lock counts only where it is
    still that of the file at `path`, and is taken again otherwise; no two processes ever hold the lock of one path.

    Raises
    ------
    OSError
        If no lock file can be made there; `TimeoutError` if others hold the lock for all of `timeout_s`.
    """
    until = time.monotonic() + timeout_s
    while True:
        # Opened before the lock is taken: as long as this file is at `path`, the lock is of this file too.
        own = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        lock = FileLock(path, timeout=max(0.0, until - time.monotonic()), mode=0o666)
        try:
            if sys.platform != "win32":
                with contextlib.suppress(OSError):
                    os.fchmod(own, 0o666)  # who shares the folder must be able to take the lock of a killed run
            lock.acquire()
            if _is_at(own, path):
                try:
                    yield
                finally:
                    if sys.platform != "win32":
                        path.unlink(missing_ok=True)
                return
        finally:
            lock.release()
            os.close(own)
            if sys.platform == "win32":  # there a file that somebody has open cannot be removed, and nothing is lost
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)


def _is_at(file: int, path: Path) -> bool:
    """Whether an open file is the one at `path`."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False
