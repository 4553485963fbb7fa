"""How kernels are compiled, and where what the compiler makes is kept: by the text of all files that hold kernels."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from types import FunctionType
from typing import Self

from numba import config, njit
from numba.core.caching import InTreeCacheLocator

HOUSE = Path(__file__).parents[1]
ROOMS = ("forecast", "schedule")
MARKS = (b"kernels import", b"compiling import", b"built into kernels")
"""One of these stands in every file that holds kernels, or a constant of theirs."""
OTHERS = tuple(locator + "CacheLocator" for locator in ("UserProvided", "InTree", "UserWide", "IPython", "Zip"))
"""Numba's own locators, in its order, for functions that are not ours."""


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


FOLDER = cache_folder()


class KernelLocator(InTreeCacheLocator):
    """Tells numba where a kernel is kept: by the module's name, so that two installations of one text share it."""

    def __init__(self, function: FunctionType, file: str) -> None:
        super().__init__(function, file)  # type: ignore[no-untyped-call]
        self._cache_path = str(FOLDER / function.__module__)

    @classmethod
    def from_function(cls, function: FunctionType, file: str) -> Self | None:
        """Return a place for kernels of this product; those of others are kept where numba would keep them."""
        ours = function.__module__.startswith(__name__.removesuffix("forecast.kernels"))
        return super().from_function(function, file) if ours else None  # type: ignore[no-untyped-call]


config.CACHE_LOCATOR_CLASSES = ",".join((f"{__name__}.{KernelLocator.__name__}", *OTHERS))  # type: ignore[attr-defined]

kernel = njit(cache=True, nogil=True)
"""Decorator of a kernel: compiled when it is first called, and kept on disk."""
inlined = njit(cache=True, nogil=True, inline="always")
"""The same for a short kernel that is copied into its callers."""
as_numpy = njit(cache=True, error_model="numpy")
"""The same for a kernel that divides by zero as numpy does."""
