"""Charts in words and short stretches that can be read."""

# ruff: noqa: E501 - sentences of explain.csv and lines of a script stand whole

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from busyhour.app.report.axis import TimeAxis
from busyhour.app.report.charts import charts
from busyhour.app.report.in_words import Described, described
from busyhour.app.report.run import Run, read_run
from busyhour.app.report.short import explain_table


@pytest.fixture(scope="module")
def base(shared_run: Path) -> Run:
    """A run of three days and two queues, read once."""
    return read_run(shared_run)


@pytest.fixture(scope="module")
def words(base: Run) -> dict[str, Described]:
    """Its charts in words."""
    return described(base, TimeAxis.of(base))


def test_every_chart_is_told_in_words(make_run: Callable[..., Path]) -> None:
    run = read_run(make_run(days=1))
    axis = TimeAxis.of(run)
    told = described(run, axis)
    for name in charts(run, axis):
        if name != "service_level":  # nothing is simulated by interval here
            assert told[name].says.endswith("."), name


def test_the_forecast_in_words_is_that_of_the_table(base: Run, words: dict[str, Described]) -> None:
    volume = base.tables["volume"]
    calls = volume[volume["queue"] == "calls"]
    assert f"{calls['calls'].sum():,.0f}".replace(",", "\u202f") in words["forecast"].says
    top = calls.loc[calls["calls"].idxmax()]
    assert f"{top['start']:%H:%M}" in words["forecast"].says
    table = words["forecast"].table
    assert table is not None
    assert len(table.rows) == len(table.days) == 6
    assert [c for c, _ in table.columns][-2:] == ["95 % from", "95 % to"]


def test_over_and_under_by_hour_sum_to_the_coverage(base: Run, words: dict[str, Described]) -> None:
    for what in ("over", "under"):
        table = words[what].table
        assert table is not None
        total = sum(float(cell) for row in table.rows for cell in row[2:] if cell)
        assert total == pytest.approx(base.tables["coverage"][what].sum() / 4, abs=0.05 * len(table.rows) * 14)


def test_the_worst_slot_is_named(base: Run, words: dict[str, Described]) -> None:
    coverage = base.tables["coverage"]
    worst = coverage[coverage["queue"] == "calls"].sort_values("under", ascending=False, kind="stable").iloc[0]
    assert f"{worst['start']:%H:%M}" in words["staffing"].says.partition("chat: ")[0]


def test_a_run_without_files_is_told_nothing(base: Run) -> None:
    empty = dataclasses.replace(base, tables={})
    assert described(empty, TimeAxis.of(empty)) == {}


def explained(base: Run, *rows: tuple[str, str, float, str, float]) -> Run:
    """Return a run of one queue with short stretches (rule, detail, cost, who, gain)."""
    start = pd.Timestamp("2026-11-02T17:00", tz="Europe/Berlin")
    frame = pd.DataFrame(
        [("calls", start, start + pd.Timedelta(hours=2), 2.0, *row) for row in rows],
        columns=["queue", "start", "end", "under", "binding_rule", "detail", "cost_one_more", "who", "gain_h"],
    )
    tables = {k: v[v["queue"] == "calls"] if "queue" in v else v for k, v in base.tables.items()}
    return dataclasses.replace(base, tables={**tables, "explain": frame})


SHIFT = "full8@1330 on 2026-11-02 (1.75 of 2 h there)"


def test_short_stretches_say_when_who_what_cost_and_gain(base: Run) -> None:
    run = explained(
        base,
        ("break_window", "Name 3 (A003) could take the break of 17:15 at 19:00: 0.25 agent-hours less short, for no money.", 0.0, "A003", 0.25),
        ("cost", f"No rule forbids it: Name 4 (A004) is free for {SHIFT} at 168.89; 4 more could come. By the service curve the day's goal holds as it is.", 168.89, "A004", 1.75),
        ("rest_min", f"Nobody is free: 1 of 2 work that day; of the other 1, held back by rest 1. Without rest, 1 could come. One more person on {SHIFT} costs 90.00.", 90.0, "new hire", 1.75),
        ("shifts", "No shift of any contract can be on the phone then.", float("nan"), "", 0.0),
    )  # fmt: skip
    table = explain_table(run, wages=True)
    assert table is not None
    assert [c for c, _ in table.columns] == ["When", "Missing at worst", "Who", "What", "Cost", "Gain"]
    assert [row[2:4] for row in table.rows] == [
        ("Name 3", "take the break of 17:15 at 19:00"),
        ("Name 4", "a shift from 13:30 (full8). The day's goal holds without it"),
        ("one more person", "nobody is free, mostly because of rest; a shift from 13:30 (full8)"),
        ("–", "no shift can be on the phone then: a new shift family would help"),
    ]
    assert [row[5] for row in table.rows] == ["0.25\u00a0h", "1.8\u00a0h", "1.8\u00a0h", "–"]
    assert table.days == ("Mon 2 Nov",) * 4


def test_without_wages_no_cost_stands_there(base: Run) -> None:
    run = explained(base, ("cost", f"No rule forbids it: Ann is free for {SHIFT} at 168.89.", 168.89, "A004", 1.75))
    table = explain_table(run, wages=False)
    assert table is not None
    assert "Cost" not in [c for c, _ in table.columns]
    assert "168" not in str(table)


def test_runs_of_earlier_versions_have_no_gain(base: Run) -> None:
    table = explain_table(base, wages=True)
    assert table is not None
    assert {row[-1] for row in table.rows} == {"–"}
    assert "rest: 11 h of rest" in [row[4] for row in table.rows]
