"""A look published: tables, messages as lines, a page, and the folder that it takes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import vl_convert
from fixed_watch import CALLS_SERVICE, FixedWatch, Looker, look, up
from tiny_day import at, live, tiny_week

from busyhour.app.today.look import TodayOptions
from busyhour.app.today.notify import read_lines
from busyhour.app.today.page import charts
from busyhour.app.today.publish import publish, said_before
from busyhour.app.today.tables_of_day import summary_of_look, today_table, verdict
from busyhour.forecast.progress import Watch


def test_the_published_folder(tmp_path: Path) -> None:
    """Tables as declared, messages as lines, a page with one verdict; the next look takes its place."""
    found = look(tmp_path, fixed=FixedWatch(1.6, (up(),)))
    where, summary = publish(found, tmp_path / "out", found.messages, None, wages=True)
    assert sorted(p.name for p in where.iterdir()) == [
        "actions.csv", "changes.csv", "manifest.json", "messages.jsonl", "report.html", "summary.json", "today.csv"
    ]  # fmt: skip
    rows = pd.read_csv(where / "today.csv")
    assert list(rows["came"].notna()) == [True] * 4 + [False] * 12
    assert rows["service_came"][:4].tolist() == [0.9] * 4
    assert (rows["simulated_low"][4:] <= rows["simulated_high"][4:]).all()
    assert json.loads((where / "summary.json").read_text(encoding="utf-8")) == summary
    assert summary["kind"] == "today"
    assert summary["queues"]["sales"]["state"] == found.queues["sales"].chance.state
    page = (where / "report.html").read_text(encoding="utf-8")
    assert verdict(found).split(":")[0] in page
    assert "Made up." in page
    assert read_lines(where / "messages.jsonl") == tuple(replace(m, stake=round(m.stake, 1)) for m in found.messages)
    again, _ = publish(found, tmp_path / "out", found.messages, None, wages=True)
    assert again == where
    assert said_before(where, "2026-10-20", at("10:00"))
    assert said_before(where, "2026-10-20", at("09:30")) == ()  # a look that goes back in time
    assert said_before(where, "2026-10-21", at("10:00")) == ()


@pytest.mark.slow
def test_the_charts_can_be_drawn(tmp_path: Path) -> None:
    """Every expression and encoding of the picture compiles."""
    found = look(tmp_path, fixed=FixedWatch(1.6, (up(),)))
    for spec in charts(found, today_table(found)).values():
        assert vl_convert.vegalite_to_vega(spec)["marks"]


def test_what_others_put_there_stays(tmp_path: Path) -> None:
    """A folder with foreign files is not replaced; the day goes beside it."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "own.txt").write_text("mine", encoding="utf-8")
    where, summary = publish(look(tmp_path), out, (), None, wages=True)
    assert where == tmp_path / "out-2"
    assert any("this day is in" in note for note in summary["notes"])


def test_tables_sum_quarters_to_the_forecasts_interval(tmp_path: Path) -> None:
    """Quarters of actuals are told by half-hours; a half-known one is blank."""
    path = live(tmp_path / "live.csv", "09:45", minutes=15, columns=CALLS_SERVICE)
    week = tiny_week(tmp_path)
    found = Looker(week, TodayOptions((path,), now="2026-10-20T09:45")).look(Watch())
    rows = today_table(found)
    assert len(rows) == 16
    assert rows["came"][:3].tolist() == [30.0] * 3
    assert rows["came"][3:].isna().all()
    assert rows["calls_now"].sum() == pytest.approx(found.queues["sales"].now.outlook.calls.sum())
    assert summary_of_look(found)["interval_min"] == found.day.interval_min
