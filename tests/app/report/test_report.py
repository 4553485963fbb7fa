"""The report: complete, offline, honest about what is missing, silent about wages when asked."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from programs import chromium

from busyhour.app.report.axis import TimeAxis
from busyhour.app.report.cards import cards, occupancy
from busyhour.app.report.charts import charts, picture
from busyhour.app.report.gantt import gantt, stretches
from busyhour.app.report.page import embedded, page, write_report
from busyhour.app.report.run import read_run
from busyhour.app.report.series import heat_columns, history_rows, staffing_rows
from busyhour.app.report.service_cards import verdict
from busyhour.app.report.tables import backtest_table, hidden_money
from busyhour.forecast.errors import InputError

MONEY = ("31.37", "27.77", "29.99", "9876", "9\u202f876", "9754", "9\u202f754", "9866", "87.65", "45.67", "€", "EUR")


@pytest.fixture(scope="module")
def page_file(shared_run: Path) -> Path:
    """The report with wages."""
    return write_report(shared_run)


@pytest.fixture(scope="module")
def html(page_file: Path) -> str:
    """Its text."""
    return page_file.read_text(encoding="utf-8")


def without_bundle(html: str) -> str:
    """The page without its longest script, which is the chart library."""
    scripts = re.findall(r"<script>(.*?)</script>", html, flags=re.S)
    return html.replace(max(scripts, key=len), "")


def test_page_holds_every_section_and_escapes_names(html: str) -> None:
    assert 'lang="en"' in html
    assert "Test &lt;centre&gt; &amp; sons" in html
    assert "<centre>" not in html
    assert "People and wages are made up." in html
    found = set(re.findall(r'<section id="(\w+)"', html))
    of_plan = {"service", "staffing", "balance", "people", "open", "short", "rules", "data", "origin"}
    assert found == of_plan | {"forecast", "parts", "accuracy"}
    assert "cannot be shown" not in html
    for text in ("seasonal (chosen)", "4 intervals missing", "nobody with skill calls is free", "11:00 h", "ab" * 32):
        assert text in html


def test_page_asks_the_network_for_nothing_and_runs_only_its_own_scripts(html: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert "default-src 'none'" in policy[1].replace("&#39;", "'")
    scripts = re.findall(r"<script>(.*?)</script>", html, flags=re.S)
    assert len(scripts) == 3
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert digest in policy[1].replace("&#43;", "+")
    rest = without_bundle(html)
    assert not re.search(r"""(?:src|href)=["'](?!#)""", rest)
    assert "http" not in rest.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    assert "url(" not in rest


@pytest.mark.slow
def test_no_wages_leaves_no_money_in_page_or_data(html: str, small_run: Path) -> None:
    shown, hidden = without_bundle(html), without_bundle(page(read_run(small_run), wages=False))
    for text in ("27.77", "29.99", "9\u202f876", "87.65", "€"):
        assert text in shown
    for text in MONEY:
        assert text not in hidden
    assert "Proven gap" in hidden
    assert not [c for c in cards(read_run(small_run), wages=False) if "Cost" in c.title]


def test_amounts_in_explanations_are_masked_without_wages() -> None:
    told = "One more person on full@0700 (07:00-15:30) costs 321.09 for 1.5 h."
    masked = hidden_money(pd.DataFrame({"queue": ["calls"], "detail": [told], "cost_one_more": [321.09]}))
    assert list(masked.columns) == ["queue", "detail"]
    assert masked["detail"].item() == told.replace("321.09", "…")


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ({"activity.csv", "roster.csv"}, ["volume.csv", "coverage.csv", "service.csv", "explain.csv", "backtest.csv"]),
        ({"requirement.csv", "coverage.csv"}, ["volume.csv", "activity.csv", "open_shifts.csv", "quality.csv"]),
    ],
)
def test_absent_files_are_named_instead_of_failing(small_run: Path, kept: set[str], said: list[str]) -> None:
    for file in small_run.glob("*.csv"):
        if file.name not in kept:
            file.unlink()
    shutil.rmtree(small_run / "inputs")
    text = page(read_run(small_run), wages=True)
    for name in said:
        assert f"This run has no {name}" in text


@pytest.mark.slow
def test_anonymous_plan_is_shown_by_shift(make_run: Callable[..., Path]) -> None:
    run = read_run(make_run(people=False, days=1))
    assert "an anonymous plan" in page(run, wages=True)
    found = gantt(run)
    assert found is not None
    assert len(found["people"]) == 12


def test_folder_without_summary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a run folder"):
        write_report(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("week", "slots"), [("2026-10-19", 100), ("2026-03-23", 92)])
def test_clock_change_day_has_its_true_length(make_run: Callable[..., Path], week: str, slots: int) -> None:
    run = read_run(make_run(week=week, days=7, hours=(0, 24)))
    axis = TimeAxis.of(run)
    _, first, end = axis.days[-1]
    assert end - first == slots
    assert len(heat_columns(axis)) == max(96, slots)
    assert len(staffing_rows(run, axis)) == 2 * (6 * 96 + slots)
    found = gantt(run)
    assert found is not None
    assert found["days"][-1]["hi"] - found["days"][-1]["lo"] == 15 * slots


def test_repeated_hour_stands_after_its_first_passage(make_run: Callable[..., Path]) -> None:
    columns = heat_columns(TimeAxis.of(read_run(make_run(week="2026-10-19", days=7, hours=(0, 24)))))
    at = columns.index("02:00")
    assert columns[at : at + 9] == [
        *("02:00", "02:15", "02:30", "02:45"),
        *("02:00+01:00", "02:15+01:00", "02:30+01:00", "02:45+01:00"),
        "03:00",
    ]


def test_closed_nights_take_no_room_on_the_axis(shared_run: Path) -> None:
    axis = TimeAxis.of(read_run(shared_run))
    assert [(a, b) for _, a, b in axis.days] == [(0, 56), (56, 112), (112, 168)]
    week, first, *_ = axis.views()
    assert (week["lo"], week["hi"]) == (0, 168)
    assert first["labels"]["0"] == "07:00"


def test_history_lies_on_the_same_weekday_and_time(shared_run: Path) -> None:
    run = read_run(shared_run)
    rows = history_rows(run, TimeAxis.of(run))
    assert {r["week"] for r in rows} == {1, 2, 3, 4, 5}
    past = run.tables["history"]
    tuesday = past[(past["queue"] == "calls") & (past["start"] == pd.Timestamp("2026-10-27T09:00+01:00"))]
    assert [r["calls"] for r in rows if (r["queue"], r["week"], r["x"]) == ("calls", 1, 56 + 8 + 1)] == list(
        tuesday["calls"]
    )


@pytest.mark.slow
def test_charts_draw_as_pictures(make_run: Callable[..., Path]) -> None:
    run = read_run(make_run(days=1))
    specs = charts(run, TimeAxis.of(run))
    of_forecast = ["forecast", "parts", "past_week", "misses"]
    assert list(specs) == ["service", *of_forecast, "staffing", "service_level", "over", "under"]
    assert picture(specs["staffing"], scale=1)[:8] == b"\x89PNG\r\n\x1a\n"


def test_shifts_are_cut_at_gaps_and_roster_starts_and_leave_is_apart(small_run: Path) -> None:
    day = "2026-11-02"
    rows = [
        ("A", f"{day}T07:00", f"{day}T11:00", "phone", "calls"),
        ("A", f"{day}T11:00", f"{day}T15:00", "phone", "chat"),
        ("A", f"{day}T15:00", f"{day}T16:00", "leave", ""),
        ("A", f"{day}T18:00", f"{day}T19:00", "meeting", ""),
    ]
    pd.DataFrame(rows, columns=["agent", "start", "end", "activity", "queue"]).to_csv(
        small_run / "activity.csv", index=False
    )
    shifts = [
        ("A", day, "early", f"{day}T07:00", f"{day}T11:00", 240),
        ("A", day, "late", f"{day}T11:00", f"{day}T15:00", 240),
    ]
    columns = ["agent", "date", "pattern", "start", "end", "paid_min"]
    pd.DataFrame(shifts, columns=columns).to_csv(small_run / "roster.csv", index=False)
    found = list(stretches(read_run(small_run)))
    assert [(s.pattern, s.queue, s.paid_min) for s in found] == [
        ("early", "calls", 240),
        ("late", "chat", 240),
        ("leave", "", None),
        ("", "", None),
    ]
    assert [s.is_leave for s in found] == [False, False, True, False]


def test_the_floor_of_the_errors_stands_beside_them_where_the_run_has_it(make_run: Callable[..., Path]) -> None:
    folder = make_run()
    before = backtest_table(read_run(folder))
    file = folder / "backtest.csv"
    pd.read_csv(file).assign(floor=0.0234).to_csv(file, index=False)
    after = backtest_table(read_run(folder))
    assert before is not None and after is not None
    assert "Noise floor" not in str(before) and "chance alone" not in before.note
    assert "Noise floor" in str(after) and "2.3" in after.rows[0][3] and "chance alone" in after.note


def test_over_and_under_are_summed_apart(small_run: Path) -> None:
    summary = json.loads((small_run / "summary.json").read_text(encoding="utf-8"))
    for key in ("over_agent_hours", "under_agent_hours"):
        del summary[key]
    (small_run / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    run = read_run(small_run)
    found = {c.title: c.value for c in cards(run, wages=True)}
    coverage = run.tables["coverage"]
    assert found["Over-staffed"] == f"{coverage['over'].sum() / 4:.1f} h"
    assert found["Under-staffed"] == f"{coverage['under'].sum() / 4:.1f} h"


def test_occupancy_is_work_over_time_of_those_present(shared_run: Path) -> None:
    run = read_run(shared_run)
    volume, coverage = run.tables["volume"], run.tables["coverage"]
    kept = coverage.assign(start=coverage["start"].dt.floor("30min")).groupby(["queue", "start"])["abandon_rate"].mean()
    work = 0.0
    for queue, start, calls, handle in zip(*(volume[c] for c in ("queue", "start", "calls", "handle_s")), strict=True):
        work += calls * handle * (1 - kept[queue, start])
    assert occupancy(run) == pytest.approx(work / (coverage["on_phone"].sum() * 900 * 0.9))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.81, 0.83, "above"), (0.78, 0.8, "within"), (0.7, 0.79, "below"), (None, None, "not simulated")],
)
def test_verdict_follows_the_interval(low: float | None, high: float | None, words: str) -> None:
    assert words in verdict(0.8, low, high)[0]


def test_embedded_data_cannot_close_its_script() -> None:
    text = embedded({"name": "</script><script>alert(1)</script>\u2028"})
    assert "<" not in text
    assert "\u2028" not in text
    assert json.loads(text) == {"name": "</script><script>alert(1)</script>\u2028"}


@pytest.mark.slow
def test_page_draws_without_errors_in_a_browser(page_file: Path, tmp_path: Path) -> None:
    browser = chromium()
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    flags += [
        f"--user-data-dir={tmp_path / 'profile'}",
        "--enable-logging=stderr",
        "--v=0",
        "--virtual-time-budget=9000",
    ]
    command = [browser, *flags, "--dump-dom", page_file.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    dom, log = done.stdout.decode("utf-8"), done.stderr.decode("utf-8", errors="replace")
    assert "CONSOLE" not in log
    assert 'data-ready="1"' in dom
    assert len(re.findall(r'<svg[^>]*class="marks"', dom)) == 9
    assert dom.count('class="g-row"') == 12
    assert "@Ada" in dom
