"""Calibrations kept from look to look: the same where nothing has changed, and none where anything has."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from watched_days import office_history

from busyhour.app.today.kept_calibration import KEPT_S, keep, kept, name_of, user_folder
from busyhour.forecast.intraday.calibration import Calibration
from busyhour.forecast.intraday.change_tests import Limits
from busyhour.forecast.intraday.law import Law
from busyhour.forecast.intraday.seen import Meter, Visible

MADE = Calibration(
    "calls", 30, dt.date(2026, 3, 27), 1.0, 5, Law(1.1, 0.9, 0.31, 101.0), Limits((3.1, 3.2), (4.1, 1 / 3)),
    Visible(0.3, float("inf"), 160.0, (-0.3, 0.3), (0.5, 0.95)), Meter(1.0, 50, 5, 9), (dt.date(2026, 2, 2),),
)  # fmt: skip


def test_what_is_kept_is_found_as_it_was(tmp_path: Path) -> None:
    """To the last bit; under another name there is nothing."""
    keep(tmp_path / "new", "a", MADE)
    assert kept(tmp_path / "new", "a") == MADE
    assert kept(tmp_path / "new", "b") is None


@pytest.mark.parametrize(
    "damage", [lambda t: t[:-9], lambda t: t.replace("3.1", "9.1"), lambda t: "", lambda t: "x\n{}"]
)
def test_a_damaged_file_is_none(tmp_path: Path, damage: object) -> None:
    """A file that broke off, or that somebody changed, is learnt anew."""
    keep(tmp_path, "a", MADE)
    path = tmp_path / "a.json"
    path.write_text(damage(path.read_text()))  # type: ignore[operator]
    assert kept(tmp_path, "a") is None


def test_the_name_tells_all_that_is_learnt_from() -> None:
    """Another call, handle time, calendar, quiet day, rate or seed has another name; the same things the same one."""
    history = office_history(days=10)
    quiet = history.dates
    calls = history.calls.copy()
    calls[tuple(np.argwhere(np.isfinite(calls))[0])] += 1.0
    names = [
        name_of(one, days, rate, seed)
        for one, days, rate, seed in (
            (history, quiet, 1.0, 1),
            (replace(history, calls=calls), quiet, 1.0, 1),
            (replace(history, handle_s=history.handle_s + 1.0), quiet, 1.0, 1),
            (replace(history, closures=(quiet[3],)), quiet, 1.0, 1),
            (replace(history, calendar=replace(history.calendar, country="DE")), quiet, 1.0, 1),
            (history, quiet[1:], 1.0, 1),
            (history, quiet, 2.0, 1),
            (history, quiet, 1.0, 2),
        )
    ]
    assert len(set(names)) == len(names)
    assert names[0] == name_of(office_history(days=10), quiet[::-1], 1.0, 1)


def test_what_nobody_has_used_for_long_goes(tmp_path: Path) -> None:
    """Each day has its calibration, and no day comes again."""
    keep(tmp_path, "old", MADE)
    keep(tmp_path, "used", MADE)
    for name in ("old", "used"):
        os.utime(tmp_path / f"{name}.json", (0.0, KEPT_S))
    assert kept(tmp_path, "used") == MADE
    keep(tmp_path, "new", MADE)
    assert sorted(p.stem for p in tmp_path.iterdir()) == ["new", "used"]


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    """The look goes on."""
    (tmp_path / "file").write_text("")
    keep(tmp_path / "file", "a", MADE)
    assert kept(tmp_path / "file", "a") is None


def test_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where programs of the user keep what may go."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    assert user_folder() == tmp_path / "busyhour" / "calibrations"
