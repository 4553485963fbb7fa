"""What a batch tells of its sites: odd exports, other dates, late forecasts, numbers of the planner; and no names."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from tiny_batch import TODAY, Engines, drive, make, rows

from busyhour.app.batch.task import Answer
from busyhour.app.store import schema


@pytest.mark.slow
def test_a_first_day_on_another_weekday_is_told(tmp_path: Path, quick: Engines) -> None:
    """The site says on which day its weeks begin, at once and again when it is tried again."""
    quick()
    path = make(tmp_path / "b", {"first = 1  ": "first = 2026-12-08  "}, weeks=1)
    told = "2026-12-08 is a tuesday, weeks of this site start on monday. Set first in [site.north]"
    for options in ({}, {"resume": True, "retry": True}):
        ended = drive(path, **options)
        assert ended.status.code == 8
        assert told in ended.status.sites[0].message


def two_queues(path: Path, lost_days: int, every: int = 1) -> None:
    """Give the south a second queue whose calls end `lost_days` days before those of the first.

    `every`: only each so manieth of its days has rows.
    """
    site = path.parent / "sites" / "south"
    plan = (site / "plan.toml").read_text(encoding="utf-8")
    goal = "[queue.sales]\nhandle_s = 300\n[queue.sales.goal]\nlevel = 0.8\nwithin_s = 20\n"
    (site / "plan.toml").write_text(plan.replace("[shift.full]", goal + "[shift.full]"), encoding="utf-8")
    header, *lines = (site / "calls.csv").read_text(encoding="utf-8").splitlines()
    days = sorted({line[:10] for line in lines})
    kept = set(days[: len(days) - lost_days][::-every])
    sales = [f"sales,{line}" for line in lines if line[:10] in kept]
    text = "\n".join([f"queue,{header}", *(f"calls,{line}" for line in lines), *sales])
    (site / "calls.csv").write_text(text + "\n", encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("calls", ["store", "files"])
@pytest.mark.parametrize(("lost_days", "every", "told"), [(9, 1, True), (9, 12, False)])
def test_a_queue_that_the_exports_lost_is_told(
    tmp_path: Path, quick: Engines, calls: str, lost_days: int, every: int, told: bool
) -> None:
    """Its calls end while others go on; one whose days were always far apart has not vanished."""
    quick()
    path = make(tmp_path / "b", {'# calls = "store" ': f'calls = "{calls}" #'}, weeks=1)
    two_queues(path, lost_days, every)
    south = drive(path).status.sites[1]
    said = "the calls of queue sales end on 2026-11-16, 9 open days before 2026-11-30. Bring the missing exports."
    assert south.message == (said if told else "")
    if told:
        text = path.read_text(encoding="utf-8").replace('# on_late = "fail" ', 'on_late = "warn" #')
        path.write_text(text, encoding="utf-8")
        ended = drive(path)
        assert (ended.status.code, ended.status.sites[1].remark) == (0, said.partition(". ")[0])


@pytest.mark.slow
def test_an_export_that_shrinks_is_told(tmp_path: Path, quick: Engines) -> None:
    """Rows that are known stay, nothing is planned anew; summary, page and log say so."""
    quick()
    path = make(tmp_path / "b", weeks=1)
    drive(path)
    calls = path.parent / "sites" / "south" / "calls.csv"
    lines = calls.read_text(encoding="utf-8").splitlines()
    calls.write_text("\n".join(lines[:-20]) + "\n", encoding="utf-8")
    ended = drive(path)
    assert ended.status.counts["unchanged"] == 2
    told = "the export has shrunk from 800 to 780 rows; rows taken before stay"
    assert ended.status.summary()["remarks"] == [{"site": "south", "remark": told}]
    assert told in ended.page.read_text(encoding="utf-8")
    assert told in (ended.page.parent / "batch.log").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_site_with_another_date_is_told(tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is still yesterday there: the day counts as over all the same, and the page says so."""
    quick()
    path = make(tmp_path / "b", weeks=1)

    class Now(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Now:
            return cls(2026, 11, 30, 2, 30, tzinfo=tz)

    monkeypatch.setattr("busyhour.app.batch.recording.dt", SimpleNamespace(datetime=Now, timedelta=dt.timedelta))
    monkeypatch.setattr("busyhour.app.batch.recording.today_at", lambda zone: TODAY - dt.timedelta(days=1))
    remark = drive(path).status.sites[0].remark
    assert remark.startswith("the day of the run is 2026-11-30, at the site it is 2026-11-29: so the day before it")


@pytest.mark.slow
def test_a_message_keeps_no_name(tmp_path: Path, quick: Engines) -> None:
    """A contradiction names people: the log tells them, the store, the page and the summary do not."""
    told = "These cannot hold together: contract.full: rest_min (Agent 00, n01 and 3 more)."
    quick(lambda t: Answer(t.unit, t.attempt, "failed", 4, told) if (t.site, t.step) == ("north", "plan") else None)
    path = make(tmp_path / "b", weeks=1)
    ended = drive(path)
    place = ended.page.parent
    kept = [
        ended.status.sites[0].message,
        *(p.read_text(encoding="utf-8") for p in place.iterdir() if p.name != "batch.log"),
    ]
    assert all("rest_min (somebody, somebody and 3 more); batch.log tells more." in text for text in kept[:1])
    assert not any(name in text for text in kept for name in ("Agent 00", "n01"))
    assert "Agent 00, n01" in (place / "batch.log").read_text(encoding="utf-8")
    for table in schema.metadata.sorted_tables:
        assert not any("Agent 00" in str(row) or "n01" in str(row) for row in rows(path, table)), table.name


@pytest.mark.slow
def test_numbers_of_the_planner_are_an_event_once(tmp_path: Path, quick: Engines) -> None:
    """New overrides are told with their digest before the plan that rests on them."""
    quick()
    path = make(tmp_path / "b", weeks=1)
    drive(path)
    file = path.parent / "sites" / "south" / "overrides.csv"
    for factor in (1.1, 1.2):
        file.write_text(f"start,end,factor\n2026-12-07T08:00,2026-12-07T18:00,{factor}\n", encoding="utf-8")
        drive(path)
    said = [row for row in rows(path, schema.event) if row.what in ("overrode", "planned") and row.site == 2]
    assert [row.what for row in said[1:]] == ["overrode", "planned"] * 2
    told = json.loads(said[-2].detail)
    assert told["sha256"] == json.loads(said[-1].detail)["inputs"]["overrides.csv"]


@pytest.mark.slow
def test_a_forecast_made_late_is_scored_at_once(tmp_path: Path, quick: Engines) -> None:
    """A batch of a Thursday comes after that of the next Monday: the Thursday is scored by its lead."""
    quick()
    path, thursday = make(tmp_path / "b", weeks=1), TODAY - dt.timedelta(days=4)
    for day in (TODAY - dt.timedelta(days=7), TODAY):
        drive(path, as_of=day)
    assert (1, str(thursday)) not in {(row.lead, row.day) for row in rows(path, schema.score)}
    drive(path, as_of=thursday)
    assert (1, str(thursday)) in {(row.lead, row.day) for row in rows(path, schema.score)}
