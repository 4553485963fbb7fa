"""Programs outside Python that some tests run: a browser, LibreOffice, PostgreSQL."""

from __future__ import annotations

import os
import shutil

import pytest

MUST = "BUSYHOUR_NEEDS_PROGRAMS"
"""Set where a missing program is a failure."""


def missing(what: str) -> None:
    """Skip a test, or let it fail where every program must be there."""
    if os.environ.get(MUST):
        pytest.fail(f"{what} is missing, though {MUST} is set")
    pytest.skip(f"{what} is not installed")


def program(what: str, *names: str) -> str:
    """Return the path of the first of these names that is installed; skip the test where none is."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        missing(what)
    return str(found)


def chromium() -> str:
    """Return the browser's program."""
    return program("Chromium", "chromium", "chromium-browser", "google-chrome")


def libreoffice() -> str:
    """Return the office's program."""
    return program("LibreOffice", "soffice", "libreoffice")
