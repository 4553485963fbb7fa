"""Calibrations of the alarms, kept between looks under the name of all that they are learnt from."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import sys
import time
from collections.abc import Collection
from contextlib import suppress
from functools import cache
from pathlib import Path

from ...forecast.calls.history import History
from ...forecast.intraday.calibration import Calibration
from ...forecast.intraday.params import PARAMS
from ..files import write_atomic
from ..versions import versions

FORECAST = Path(__file__).parents[2] / "forecast"
"""The room whose code learns a calibration."""
KEPT_S = 30 * 86_400
"""Seconds after its last use for which a calibration is kept, above 0: that of a day serves on that day alone."""


def user_folder() -> Path:
    """Return the folder of the user's cache in which calibrations are kept; nothing is lost with it."""
    home = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "busyhour" / "calibrations"


def name_of(history: History, quiet: Collection[dt.date], alarms_per_week: float, seed: int) -> str:
    """Return the name of a calibration: a digest of the calls, the settings, the code and the versions of libraries.

    Parameters
    ----------
    history, quiet, alarms_per_week, seed
        As `day_watch` takes them.
    """
    digest = hashlib.sha256(_code())
    told = (history.queue, history.minutes, history.first_date, history.calendar, history.closures,
            sorted(quiet), alarms_per_week, seed, PARAMS)  # fmt: skip
    digest.update(repr(told).encode())
    waits = {} if history.waits is None else history.waits.arrays()
    own = {name: getattr(history, name) for name in ("open", "calls", "handle_s", "answered")}
    for name, values in {**own, **waits}.items():
        digest.update(repr((name, values.shape, values.dtype.str)).encode() + values.tobytes())
    return digest.hexdigest()


@cache
def _code() -> bytes:
    """Return a digest of the code that learns, and of the versions of what that rests on."""
    digest = hashlib.sha256(repr(sorted(versions().items())).encode())
    for path in sorted(FORECAST.rglob("*.py")):
        digest.update(path.relative_to(FORECAST).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.digest()


def kept(folder: Path, name: str) -> Calibration | None:
    """Return a calibration that was kept under a name; None where there is none, or its file is damaged."""
    path = folder / f"{name}.json"
    try:
        seal, _, text = path.read_text(encoding="utf-8").partition("\n")
        found = Calibration.from_json(text) if seal == _seal(text) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    with suppress(OSError):
        os.utime(path)  # used today
    return found


def keep(folder: Path, name: str, calibration: Calibration) -> None:
    """Keep a calibration, and delete those that nobody has used for long; where that cannot be done nothing is kept."""
    text = calibration.to_json()
    with suppress(OSError):
        write_atomic(folder / f"{name}.json", f"{_seal(text)}\n{text}")
        for path in folder.glob("*.json"):
            if path.stat().st_mtime < time.time() - KEPT_S:
                path.unlink(missing_ok=True)


def _seal(text: str) -> str:
    """Return what tells that a text is whole."""
    return hashlib.sha256(text.encode()).hexdigest()
