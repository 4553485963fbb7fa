"""Files that are whole or not there: everything is written under a temporary name, then renamed."""

from __future__ import annotations

import os
import uuid
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..forecast.text import guarded

if TYPE_CHECKING:
    import pandas as pd

TEMPORARY = ".busyhour-tmp"


def write_atomic(path: Path, content: str | bytes) -> Path:
    """Write a file so that readers see the old content or the new one, never a part; returns `path`.

    A link stays: the file is written where the link leads to.
    """
    place = path.resolve() if path.is_symlink() else path
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_name(f".{uuid.uuid4().hex}{TEMPORARY}")  # short, so that long names are no trouble
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(place)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def csv_text(frame: pd.DataFrame) -> str:
    """Return a table as our CSV: comma, header, ISO 8601 times with their offset, six decimals at most.

    A text that a spreadsheet would take for a formula is `guarded` by an apostrophe, which `read_text_csv` takes off.
    """
    import numpy as np  # who writes no table need not wait for these
    import pandas as pd

    out, safe = frame.copy(), cache(guarded)  # thousands of rows share their times and texts: each is made once
    for name in out.columns:
        column = out[name]
        if isinstance(column.dtype, pd.DatetimeTZDtype) or pd.api.types.is_datetime64_dtype(column):
            places, times = pd.factorize(column)  # a missing time has place -1, that of the None
            told = [*(t.isoformat(timespec="minutes") for t in times), None]
            out[name] = np.array(told, dtype=object)[places]
        elif pd.api.types.is_float_dtype(column):
            out[name] = column.round(6)
        elif not pd.api.types.is_numeric_dtype(column):
            out[name] = [safe(cell) if isinstance(cell, str) else cell for cell in column]
    return out.to_csv(index=False, lineterminator="\n")


def write_csv(path: Path, frame: pd.DataFrame) -> Path:
    """Write a table with `csv_text`, atomically."""
    return write_atomic(path, csv_text(frame))
