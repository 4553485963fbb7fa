"""Papers that are drawn at once, for tests of what becomes of them."""

from __future__ import annotations

import pytest
from small_runs import page

from busyhour.app.files import write_atomic
from busyhour.app.publish import papers
from busyhour.app.publish.calendar import write_calendars


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers are drawn by other tests; here short ones take their places."""
    monkeypatch.setattr(papers, "write_report", page)
    monkeypatch.setattr(papers, "write_workbook", lambda run, **_: (run / "schedule.xlsx").write_bytes(b"book"))
    monkeypatch.setattr(papers, "write_sheets", lambda run, **_: (run / "sheets.html").write_text("sheets"))
    monkeypatch.setattr(
        papers, "write_calendars", lambda run, **_: write_atomic(run / "calendars" / "a0.ics", "BEGIN:VCALENDAR")
    )


@pytest.fixture
def calendars(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same with real calendars."""
    monkeypatch.setattr(papers, "write_calendars", write_calendars)
