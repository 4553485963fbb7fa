"""Findings that must be seen: calls while closed, holidays planned as open, days left out, each with its share."""

from __future__ import annotations

import pandas as pd

from busyhour.app.findings import MOST_EACH, loud_findings

FIRST = pd.Timestamp("2026-12-21", tz="Europe/Berlin")
COLUMNS = ["queue", "start", "end", "kind", "what", "action"]


def quality(*rows: tuple[str, str, str, str, str]) -> pd.DataFrame:
    """Return findings (queue, date, kind, what, action)."""
    made = [(q, pd.Timestamp(d, tz="Europe/Berlin"), None, kind, what, action) for q, d, kind, what, action in rows]
    return pd.DataFrame(made, columns=COLUMNS)


def history(known: int, missing: int = 0) -> pd.DataFrame:
    return pd.DataFrame({"queue": "calls", "calls": [1.0] * known + [float("nan")] * missing})


def test_nothing_is_told_of_clean_calls() -> None:
    assert loud_findings(quality(), history(10), FIRST) == []


def test_calls_while_closed_and_unknown_intervals_are_told_with_their_share() -> None:
    what = "412 calls (3.2 %) in 56 intervals outside the opening hours"
    told = loud_findings(quality(("calls", "2026-10-05", "closed_calls", what, "left out")), history(98, 2), FIRST)
    assert told == [
        f"calls: {what}; left out",
        "2 of 100 open intervals (2.0 %) of the history have no known calls and are left out: "
        "see the report, Data quality",
    ]


def test_a_holiday_planned_as_open_is_told_once_and_past_ones_are_not() -> None:
    planned = ("2026-12-25", "holiday", "Christmas Day", "planned as open; to shut it, write closed = 1")
    found = quality(
        ("calls", *planned), ("chat", *planned), ("calls", "2026-05-01", "holiday", "no calls on Labour Day", "closed")
    )
    assert loud_findings(found, history(1), FIRST) == [
        "2026-12-25: Christmas Day; planned as open; to shut it, write closed = 1"
    ]


def test_days_on_another_level_are_told_only_where_they_are_left_out() -> None:
    rows = [
        ("calls", "2026-03-01", "level_shift", "+80 % calls a day from 2026-03-01 on", "not learnt from: far off"),
        ("calls", "2026-06-01", "level_shift", "+9 % calls a day from 2026-06-01 on", "kept: the level follows"),
    ]  # fmt: skip
    assert [line[:12] for line in loud_findings(quality(*rows), history(1), FIRST)] == ["calls: +80 %"]


def test_of_many_findings_of_a_kind_the_rest_is_counted() -> None:
    rows = [(f"q{i}", "2026-10-05", "closed_calls", f"{i} calls", "left out") for i in range(MOST_EACH + 2)]
    told = loud_findings(quality(*rows), history(1), FIRST)
    assert len(told) == MOST_EACH + 1
    assert told[-1].startswith("2 more findings")
