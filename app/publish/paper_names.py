"""The papers of a run by their files' names."""

from __future__ import annotations

REPORT, WORKBOOK, CALENDARS, SHEETS = "report.html", "schedule.xlsx", "calendars", "sheets.html"
NAMES = {"report": REPORT, "workbook": WORKBOOK, "calendars": CALENDARS, "sheets": SHEETS}
"""The papers by the names under which they are asked for."""
EARLIER = "earlier"
"""Folder with the calendars of the run before: they tell the revisions, and stay until new calendars are written."""
PAPERS = (CALENDARS, REPORT, SHEETS, WORKBOOK, EARLIER)
