"""The versions that a result depends on."""

from __future__ import annotations

import importlib.metadata
import platform

LIBRARIES = ("busyhour", "pulp", "highspy", "statsmodels", "pandas", "numpy", "scipy", "numba")


def versions() -> dict[str, str]:
    """Return the versions of Python, of busyhour and of the libraries that a plan depends on."""
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in LIBRARIES}
