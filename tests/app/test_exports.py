"""Which exports of calls are new to a store, and what of them is taken."""

from __future__ import annotations

import calendar
import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from busyhour.app.exports import new_exports
from busyhour.app.inputs.folder import Folder
from busyhour.app.record import _read

PLAN = '[site]\nzone = "UTC"\n[queue.desk.goal]\nlevel = 0.8\nwithin_s = 20\n'
LOG = '[intake]\nfiles = ["*.csv"]\none_row = "call"\n'
NOW = dt.datetime(2026, 3, 3, 9, 40)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the moment be twenty to ten on the second day of the calls."""
    monkeypatch.setattr("busyhour.app.record.today_at", lambda zone: NOW.date())
    monkeypatch.setattr("busyhour.app.record.now_s", lambda: calendar.timegm(NOW.timetuple()))


def folder(place: Path, plan: str = PLAN, **files: str) -> Folder:
    """Write a folder, and read its plan."""
    (place / "plan.toml").write_text(plan, encoding="utf-8")
    for name, text in files.items():
        (place / f"{name}.csv").write_text(text, encoding="utf-8")
    return Folder.read(place)


def digests(place: Path, plan: str) -> set[str]:
    return {one.sha256 for one in new_exports(folder(place, plan), None, ())}


def read(planned: Folder) -> list[tuple[str, float, bool]]:
    """Return what the store is given of each interval of the only export."""
    (export,) = new_exports(planned, None, ())
    rows = _read(planned, export)
    complete = rows["complete"] if "complete" in rows else pd.Series(1.0, rows.index)
    times = rows["start"].dt.strftime("%d %H:%M")
    return [(t, n, c != 0) for t, n, c in zip(times, rows["offered"], complete, strict=True)]


def test_an_export_is_new_where_it_is_read_otherwise(tmp_path: Path) -> None:
    """Totals of days are spread by the shape of another file, and counted per interval of the plan."""
    texts = {"calls": "start,offered\n2026-03-02,48\n", "shape": "time,share\n10:00,0.5\n10:30,0.5\n"}
    plan = PLAN + '[intake]\nday_shape = "shape.csv"\n'
    folder(tmp_path, plan, **texts)
    seen = digests(tmp_path, plan)
    assert digests(tmp_path, plan) == seen
    assert not digests(tmp_path, plan.replace("[site]\n", "[site]\ninterval_min = 15\n")) & seen
    (tmp_path / "shape.csv").write_text("time,share\n10:00,0.4\n10:30,0.6\n", encoding="utf-8")
    assert not digests(tmp_path, plan) & seen


def test_of_a_log_only_hours_between_its_calls_are_zero(tmp_path: Path) -> None:
    """The first day begins before its first call, and the second is not over."""
    first = "start\n2026-03-02 09:12:00\n2026-03-02 10:40:00\n"
    second = "start\n2026-03-03 08:31:00\n2026-03-03 09:35:00\n"
    found = read(folder(tmp_path, PLAN + LOG, a=first, b=second))
    assert found[:4] == [("02 09:00", 1, True), ("02 09:30", 0, True), ("02 10:00", 0, True), ("02 10:30", 1, True)]
    assert found[-3:] == [("03 08:30", 1, True), ("03 09:00", 0, True), ("03 09:30", 1, False)]
    assert [t for t, n, _ in found if n == 0] == ["02 09:30", "02 10:00", "03 09:00"]
