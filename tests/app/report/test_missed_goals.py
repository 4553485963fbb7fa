"""Missed goals in the report: first line, cards, chart, table, workbook; and what is said where nobody knows."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from busyhour.app.finished import figures_of, side_by_side
from busyhour.app.publish.excel import workbook
from busyhour.app.report import page as report
from busyhour.app.report.axis import TimeAxis
from busyhour.app.report.cards import cards
from busyhour.app.report.charts import service_level
from busyhour.app.report.run import Run, read_run
from busyhour.app.report.series import simulated_rows, staffing_rows
from busyhour.app.report.summary import read_summary
from busyhour.app.report.tables import missed_table
from busyhour.forecast.errors import InputError

MISSED = [
    {"queue": "calls", "period": "day", "start": "2026-11-04T00:00:00+01:00", "goal": 0.8, "simulated": 0.789,
     "ci_lo": 0.785, "ci_hi": 0.793, "is_floor": False},
    {"queue": "chat", "period": "interval", "start": "2026-11-02T08:00:00+01:00", "goal": 0.5, "simulated": 0.41,
     "ci_lo": 0.39, "ci_hi": 0.43, "is_floor": True},
]  # fmt: skip
LINES = ["Goal missed: calls Wed 78.9 % of 80", "Floor missed in 1 half-hour, worst chat Mon 08:00 41 % of 50"]


@pytest.fixture(scope="module")
def base(shared_run: Path) -> Run:
    """A run of three days and two queues, read once."""
    return read_run(shared_run)


def told(base: Run, missed: list[dict[str, Any]], **more: Any) -> Run:
    """Return a run whose summary tells what it misses, with an offer of no shift."""
    floors = [m for m in missed if m["is_floor"]]
    summary = dict(base.summary) | {
        "goals_missed": missed, "floor_missed_intervals": len(floors), "floor_missed_worst": (floors or [None])[0],
        "interval_min": 30, "grid_min": 15, "simulation": {"runs": 256, "seconds": 1.0, "half_width": 0.005},
        "below_floor_agent_hours": 0.0, "below_floor_slots": 0, "below_floor_worst": None, "open_shifts": 0,
        "asked_gap": 0.01, **more,
    }  # fmt: skip
    return dataclasses.replace(base, summary=summary)


def with_service(base: Run, service: pd.DataFrame) -> Run:
    """Return a run with another service.csv."""
    times = pd.to_datetime(service["start"], utc=True).dt.tz_convert(base.zone)
    return dataclasses.replace(base, tables={**base.tables, "service": service.assign(start=times)})


def drawn(run: Run) -> dict[str, Any]:
    """Return the chart of the service level."""
    axis = TimeAxis.of(run)
    return service_level(run, axis, staffing_rows(run, axis))


def card(run: Run, title: str) -> Mapping[str, str]:
    """Return a card of the report by its title."""
    return next(vars(c) for c in cards(run, wages=True) if c.title == title)


def test_the_first_screen_of_the_report_names_what_is_missed(base: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "charts", lambda *_: {})  # other tests draw them
    monkeypatch.setattr(report, "_bundle", str)
    html = report.page(told(base, MISSED, gap=0.02, stopped="time"), wages=True)
    main = html.partition('<main id="main">')[2]
    assert main.strip().startswith('<section class="verdict warn" aria-label="Verdict" role="alert">')
    body = re.sub(r"<[^>]+>", "\n", main.partition(">")[2])
    shown = [line for line in map(str.strip, body.splitlines()) if line]
    assert shown[1].endswith("within 2.00\u00a0% of the cheapest.")  # after the sign for the eye
    assert shown[2:4] == [f"{line}." for line in LINES]
    assert "stopped by time, asked gap not reached" in html


def test_no_card_is_good_news_while_a_goal_is_missed(base: Run) -> None:
    run = told(base, MISSED)
    assert card(run, "Below the floor")["tone"] == "warn"
    assert "worst chat Mon 08:00 41 % of 50" in card(run, "Below the floor")["note"]
    assert (card(run, "Open shifts")["value"], card(run, "Open shifts")["tone"]) == ("0", "warn")
    assert "goals are missed" in card(run, "Open shifts")["note"]
    met = told(base, [])
    assert [card(met, title)["tone"] for title in ("Below the floor", "Open shifts")] == ["good", "good"]


def test_heads_that_the_curve_asks_are_no_proof_of_a_floor(base: Run) -> None:
    """Enough heads by the curve, and nothing simulated: no green tick."""
    run = told(base, [], simulation=None, floor_missed_intervals=None)
    assert card(run, "Below the floor")["tone"] == ""
    assert card(run, "Below the floor")["note"].startswith("not simulated")
    assert card(run, "Open shifts")["tone"] == ""


def test_a_queue_that_was_not_simulated_says_so(base: Run) -> None:
    unknown = base.tables["service"].assign(simulated=float("nan"), ci_lo=float("nan"), ci_hi=float("nan"))
    run = told(with_service(base, unknown), [], simulation=None, floor_missed_intervals=None)
    found = card(run, "Service level, calls")
    assert found["note"] == "not simulated · goal 80/20 by day"
    assert found["tone"] == ""


def test_a_goal_by_interval_is_judged_by_intervals_and_one_by_week_by_the_week(base: Run) -> None:
    service = base.tables["service"]
    day = service[(service["queue"] == "calls") & (service["period"] == "day")].iloc[[0]]
    low, high = ({"simulated": x, "ci_lo": x - 0.01, "ci_hi": x + 0.01} for x in (0.6, 0.9))
    extra = [
        day.assign(period="interval", start=pd.Timestamp(f"2026-11-02T{h:02d}:00+01:00"), **x)
        for h, x in ((8, low), (9, high))
    ]
    week = day.assign(period="week", **high)
    days = service[service["period"] == "day"].assign(**low)
    run = with_service(base, pd.concat([days, week, *extra]))
    words = {}
    for basis in ("interval", "week", "day"):
        goals = {"calls": f"80/20 of offered by {basis}", "chat": "70/60 of offered by day"}
        words[basis] = card(told(run, [], goals=goals), "Service level, calls")["note"].partition(" · ")[2]
    assert words == {
        "interval": "1 of 2 intervals at or above the goal",
        "week": "above the goal",
        "day": "0 of 3 days at or above the goal",
    }


def test_the_chart_shows_band_expectation_floor_and_what_is_missed(base: Run) -> None:
    rows = pd.DataFrame({
        "queue": "calls", "period": "interval", "start": ["2026-11-02T08:00+01:00", "2026-11-02T08:30+01:00"],
        "goal": 0.8, "floor": 0.5, "expected": [0.52, 0.7], "simulated": [0.41, 0.69], "ci_lo": [0.39, 0.67],
        "ci_hi": [0.43, 0.71],
    })  # fmt: skip
    rows["start"] = pd.to_datetime(rows["start"])
    run = told(with_service(base, pd.concat([base.tables["service"], rows])), MISSED)
    axis = TimeAxis.of(run)
    found = simulated_rows(run, axis)
    assert [(r["floor"], r["below"], r["ci_lo"], r["x2"] - r["left"]) for r in found] == [
        (0.5, 1, 0.39, 2),
        (0.5, 0, 0.67, 2),
    ]
    spec = drawn(run)
    assert spec["datasets"]["simulated"] == found
    for name in ("simulated, 95 %", "missed", "expected", "floor", "goal"):
        assert f"'{name}'" in json.dumps(spec["layer"])
    assert card(run, "Below the floor")["value"] == "1 of 2"


def test_without_a_simulation_the_chart_shows_what_is_expected(base: Run) -> None:
    run = told(base, [], simulation=None)
    spec = drawn(run)
    assert "simulated" not in spec["datasets"]
    assert "'missed'" not in json.dumps(spec["layer"])


def test_every_miss_stands_in_a_table_and_the_workbook(base: Run) -> None:
    run = told(base, MISSED)
    table = missed_table(run)
    assert table is not None
    assert [row[:5] for row in table.rows] == [
        ("calls", "Wed 4 Nov", "goal", "80.0\u00a0%", "78.9 %"),
        ("chat", "Mon 2 Nov 08:00", "floor", "50.0\u00a0%", "41.0 %"),
    ]
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook(run, wages=False)))
    first = [row[0] for row in book.get_sheet_by_name("Summary").to_python()]
    assert first[1:3] == LINES
    assert missed_table(told(base, [])) is None


def test_runs_side_by_side_tell_what_they_miss(base: Run, tmp_path: Path) -> None:
    for name, run in (("older", base), ("newer", told(base, MISSED))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "summary.json").write_text(json.dumps(run.summary), encoding="utf-8")
    shown = side_by_side([tmp_path / "newer", tmp_path / "older"]).set_index("figure").loc["goals_missed"]
    assert list(shown) == ["1", ""]  # a run of an earlier version does not tell
    assert figures_of([tmp_path / "newer"])["goals_missed"][0] == MISSED


def test_an_open_gap_is_told_in_words_that_agree_with_its_figure(base: Run) -> None:
    run = told(base, [], gap=0.010004, stopped="time")
    found = card(run, "Proven gap")
    assert (found["value"], found["tone"]) == ("1.01\u00a0%", "warn")
    assert "the asked gap of 1 % is not reached" in found["note"]
    for wages, money in ((True, True), (False, False)):
        note = next(c.note for c in cards(run, wages=wages) if c.title == "Proven gap")
        assert ("EUR" in note) == money
    assert card(told(base, [], gap=0.01), "Proven gap")["tone"] == ""


@pytest.mark.parametrize("damage", [{"start": "soon"}, {"goal": "high"}, {"is_floor": 1}, {"period": "year"}])
def test_a_damaged_entry_is_one_clear_error(base: Run, tmp_path: Path, damage: dict[str, Any]) -> None:
    path = tmp_path / "summary.json"
    path.write_text(json.dumps(told(base, [MISSED[0] | damage]).summary), encoding="utf-8")
    with pytest.raises(InputError, match=r"goals_missed\.0\."):
        read_summary(path)
