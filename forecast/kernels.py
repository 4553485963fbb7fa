"""How kernels are compiled, and where what the compiler makes is kept: by the text of all files that hold kernels."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

from numba import config, njit

HOUSE = Path(__file__).parents[1]
ROOMS = ("forecast", "schedule")
MARKS = (b"kernels import", b"compiling import")
"""One of these stands in every file that holds kernels."""


def kernel_texts() -> dict[str, bytes]:
    """Return the files that hold kernels, by their place below the rooms' folder, and this one."""
    paths = [path for room in ROOMS for path in sorted((HOUSE / room).rglob("*.py"))]
    texts = {path.relative_to(HOUSE).as_posix(): path.read_bytes() for path in paths}
    own = Path(__file__).relative_to(HOUSE).as_posix()
    return {place: text for place, text in texts.items() if place == own or any(mark in text for mark in MARKS)}


def cache_folder() -> Path:
    """Return the folder for machine code: the user's, or that of NUMBA_CACHE_DIR, by the kernels' present text.

    The compiler builds kernels into those that call them, but looks for changes in the caller's file only: in one
    folder for all versions a caller would go on with the older text of what it calls. Nothing is kept beside the
    installed modules, where what an uninstall leaves behind would stand in the way of the next installation.
    """
    digest = hashlib.sha256()
    for place, text in kernel_texts().items():
        digest.update(place.encode() + b"\0" + text + b"\0")
    home = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("NUMBA_CACHE_DIR") or Path(home) / "busyhour") / digest.hexdigest()[:16]


config.CACHE_DIR = str(cache_folder())

kernel: Any = njit(cache=True, nogil=True)
"""Decorator of a kernel: compiled when it is first called, and kept on disk."""
inlined: Any = njit(cache=True, nogil=True, inline="always")
"""The same for a short kernel that is copied into its callers."""
as_numpy: Any = njit(cache=True, error_model="numpy")
"""The same for a kernel that divides by zero as numpy does."""
