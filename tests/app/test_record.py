"""Recording a planner's folder: calls, scores, plans against what came; and what the store tells of it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from busyhour.app.cli.main import app
from busyhour.app.own_runs import identity_of
from busyhour.app.store.open import open_store
from busyhour.app.store.schema import event, forecast, metadata, outcome, publication, run, score, snapshot
from busyhour.forecast.tables import read_text_csv

pytestmark = pytest.mark.slow
WEEK = dt.date(2026, 10, 19)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every day of the tests be over, whatever the clock of the machine shows."""
    monkeypatch.setattr("busyhour.app.record.today_at", lambda zone: dt.date(2026, 12, 1))


@pytest.fixture
def desk(planned: Path, tmp_path: Path) -> Path:
    """A copy of the small centre with its finished run."""
    return Path(shutil.copytree(planned, tmp_path / "desk"))


def busyhour(*words: str, code: int = 0) -> str:
    """Run a command and return what it prints."""
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 else result.output


def came(desk: Path, days: int = 5, *, more: float = 1.3, within_s: float = 20.0, last: str = "") -> None:
    """Let the calls of the planned week come: `more` times the forecast, handled in 330 s, 70 % answered in time."""
    volume = pd.read_csv(desk / "runs" / "2026-10-19" / "volume.csv")
    volume = volume[volume["start"] < str(WEEK + days * DAY)]
    offered = (volume["calls"] * more).round()
    rows = pd.DataFrame(
        {
            "start": volume["start"].str[:16], "offered": offered, "answered": (0.9 * offered).round(),
            "handle_s": 330.0, "answered_in": (0.7 * offered).round(), "within_s": within_s,
        }
    )  # fmt: skip
    past = pd.read_csv(desk / "calls.csv")
    past = past[past["start"] < str(WEEK)]
    pd.concat([past, rows]).to_csv(desk / "calls.csv", index=False)
    if last:
        (desk / "calls.csv").write_text((desk / "calls.csv").read_text(encoding="utf-8") + last, encoding="utf-8")


def table(desk: Path, which: sa.Table) -> pd.DataFrame:
    """Return a table of the folder's store."""
    with open_store("sqlite:///busyhour.db", base=desk) as store, store.read() as c:
        return pd.read_sql(sa.select(which), c)


def test_a_folder_is_recorded_whole(desk: Path) -> None:
    busyhour("record", str(desk), "--as-of", "2026-10-19")
    assert table(desk, publication)["week"].tolist() == ["2026-10-19"]
    kept = table(desk, forecast)
    assert kept.groupby("lead").size().to_dict() == {0: 80, 1: 16}  # leads 7 and 28 fall on Sundays, which are closed
    assert table(desk, score).empty

    came(desk)
    told = json.loads(busyhour("record", str(desk), "--as-of", "2026-10-24", "--json"))
    assert told["scored"] == [str(WEEK + i * DAY) for i in range(5)]
    assert told["against"] == told["scored"]
    assert told["known_until"] == "2026-10-23"
    assert told["notes"] == []
    volume, service = (pd.read_csv(desk / "runs" / "2026-10-19" / f"{n}.csv") for n in ("volume", "service"))
    found = table(desk, outcome).set_index("day")
    for day, part in volume.groupby(volume["start"].str[:10]):
        one, offered = found.loc[day], (part["calls"] * 1.3).round()
        planned = service[(service["period"] == "day") & (service["start"].str[:10] == day)]["simulated"].item()
        assert one["calls_planned"] == pytest.approx(part["calls"].sum())
        assert one["calls_actual"] == offered.sum()
        assert one["handle_planned_s"] == pytest.approx(300.0)
        assert one["handle_actual_s"] == pytest.approx(330.0)
        assert one["service_planned"] == pytest.approx(planned)
        assert one["service_actual"] == pytest.approx((0.7 * offered).round().sum() / offered.sum())
        parts = one[["gap_volume", "gap_handle", "gap_other"]].sum()
        assert parts == pytest.approx(one["service_actual"] - one["service_planned"], abs=1e-12)
        assert one["gap_volume"] < -0.02  # a third more calls
        assert one["gap_handle"] < 0.0  # and longer ones


def test_the_same_again_changes_nothing(desk: Path) -> None:
    busyhour("record", str(desk), "--as-of", "2026-10-19")
    came(desk)
    first = busyhour("record", str(desk), "--as-of", "2026-10-24")
    before = {name: table(desk, which) for name, which in metadata.tables.items()}
    second = busyhour("record", str(desk), "--as-of", "2026-10-24")
    assert "5 days scored" in first
    assert "no new calls; calls until 2026-10-23" in second
    for name, which in metadata.tables.items():
        after = table(desk, which)
        if name == "snapshot":
            assert after.drop(columns="at_s").equals(before[name].drop(columns="at_s"))
        else:
            assert after.equals(before[name]), name


def test_a_corrected_export_scores_its_days_alone(desk: Path) -> None:
    busyhour("record", str(desk), "--as-of", "2026-10-19")
    came(desk)
    busyhour("record", str(desk), "--as-of", "2026-10-24")
    scores, outcomes = table(desk, score), table(desk, outcome)
    path = desk / "calls.csv"
    text = pd.read_csv(path)
    text.loc[text["start"].str.startswith("2026-10-21T1"), "offered"] += 4
    text.to_csv(path, index=False)
    told = json.loads(busyhour("record", str(desk), "--as-of", "2026-10-24", "--json"))
    assert (told["scored"], told["against"]) == (["2026-10-21"], ["2026-10-21"])
    assert told["taken"][0]["corrected"] == 14
    for before, after in ((scores, table(desk, score)), (outcomes, table(desk, outcome))):
        differ = (before != after).any(axis=1) & ~(before.isna() & after.isna()).all(axis=1)
        assert set(before["day"][differ]) == {"2026-10-21"}


@pytest.mark.parametrize("threshold", [30.0, np.nan])
def test_service_is_never_guessed(desk: Path, threshold: float) -> None:
    """Counted with another threshold than the goal's, or with an unknown one, the service of a day is unknown."""
    busyhour("record", str(desk), "--as-of", "2026-10-19")
    came(desk, 1, within_s=threshold)
    busyhour("record", str(desk), "--as-of", "2026-10-24")
    (one,) = table(desk, outcome).to_dict("records")
    assert np.isnan([one["service_actual"] or np.nan, one["gap_other"] or np.nan]).all()
    assert one["gap_volume"] + one["gap_handle"] < 0


def test_a_day_with_an_unknown_interval_is_held_against_nothing(desk: Path) -> None:
    busyhour("record", str(desk), "--as-of", "2026-10-19")
    came(desk, 2)
    path = desk / "calls.csv"
    rows = pd.read_csv(path)
    rows[rows["start"] != "2026-10-20T12:00"].to_csv(path, index=False)
    told = json.loads(busyhour("record", str(desk), "--as-of", "2026-10-24", "--json"))
    assert told["scored"] == [str(WEEK + i * DAY) for i in range(5)]
    found = table(desk, outcome).set_index("day")
    assert found.loc["2026-10-19", "calls_actual"] > 0
    assert found.loc["2026-10-20":, "calls_actual"].isna().all()
    assert table(desk, score).set_index(["lead", "day"]).loc[(0, "2026-10-20"), ["n", "unknown"]].tolist() == [15, 1]


def test_a_run_that_is_gone_is_told(desk: Path) -> None:
    busyhour("record", str(desk), "--as-of", "2026-10-19")
    shutil.move(desk / "runs", desk / "away")
    (desk / "runs" / "2026-10-19").mkdir(parents=True)
    shutil.copy(desk / "away" / "2026-10-19" / "volume.csv", desk / "runs" / "2026-10-19")
    came(desk, 1)
    told = json.loads(busyhour("record", str(desk), "--as-of", "2026-10-24", "--json"))
    assert told["against"] == []
    assert told["notes"] == [
        "the run that stood on 2026-10-19 is no longer in runs/2026-10-19: its service is not compared"
    ]


def test_a_run_is_known_again_after_its_papers_are_made_anew(desk: Path) -> None:
    place = desk / "runs" / "2026-10-19"
    summary = json.loads((place / "summary.json").read_text(encoding="utf-8"))
    before = identity_of(place, summary)
    busyhour("record", str(desk), "--as-of", "2026-10-19")
    busyhour("report", str(place), "--no-wages")
    assert identity_of(place, summary) == before
    busyhour("record", str(desk), "--as-of", "2026-10-20")
    assert len(table(desk, run)) == 1


def test_exports_are_taken_once_each_and_the_later_one_counts(desk: Path, edit_desk: None) -> None:
    """Files of the night before stay where they are; a file that overlaps another corrects it."""
    rows = pd.read_csv(desk / "calls.csv")
    (desk / "calls.csv").rename(desk / "calls-1.csv")
    busyhour("record", str(desk), "--as-of", "2026-10-19")
    late = rows[rows["start"] >= "2026-10-14"].assign(
        offered=lambda f: f["offered"] + (f["start"] == "2026-10-16T10:00")
    )
    late.to_csv(desk / "calls-2.csv", index=False)
    told = json.loads(busyhour("record", str(desk), "--as-of", "2026-10-19", "--json"))
    assert [(t["file"], t["added"], t["corrected"]) for t in told["taken"]] == [("calls-2.csv", 0, 1)]


@pytest.fixture
def edit_desk(desk: Path) -> None:
    """Let the desk read every file whose name begins with calls."""
    path = desk / "plan.toml"
    path.write_text('[intake]\nfiles = ["calls-*.csv"]\n' + path.read_text(encoding="utf-8"), encoding="utf-8")


def test_calls_of_days_to_come_are_refused(desk: Path) -> None:
    came(desk, 1, last="2027-01-04T10:00,5,5,300,5,20\n")
    output = busyhour("record", str(desk), code=3)
    assert "calls of days to come" in output
    assert "2027-01-04" in output


def test_planning_reads_a_store_and_never_makes_or_writes_one(desk: Path) -> None:
    (desk / "plan.toml").write_text(
        (desk / "plan.toml").read_text(encoding="utf-8").replace("gap = 0.05", "gap = 0.5"), encoding="utf-8"
    )
    busyhour("plan", str(desk), "--out", str(desk / "first"), "--quiet")
    assert not (desk / "busyhour.db").exists()
    assert not (desk / "first" / "last_week.csv").exists()
    busyhour("record", str(desk), "--as-of", "2026-10-19")
    came(desk)
    busyhour("record", str(desk), "--as-of", "2026-10-24")
    events = table(desk, event)
    busyhour("plan", str(desk), "--week", "2026-10-26", "--out", str(desk / "second"), "--quiet")
    assert table(desk, event).equals(events)
    rows = read_text_csv(desk / "second" / "last_week.csv")
    assert rows["date"].tolist() == [str(WEEK + i * DAY) for i in range(5)]
    assert (rows["actual"].astype(float) > rows["calls"].astype(float)).all()
    assert rows["gap_volume"].astype(float).max() < 0
    assert 'id="last_week"' in (desk / "second" / "report.html").read_text(encoding="utf-8")
    busyhour("check", str(desk / "second"))
    (desk / "busyhour.db").write_bytes(b"no database at all, but long enough to be looked at as one")
    output = busyhour("plan", str(desk), "--week", "2026-10-26", "--out", str(desk / "third"), "--quiet")
    assert output == ""
    summary = json.loads((desk / "third" / "summary.json").read_text(encoding="utf-8"))
    assert any("what came last week is not told" in note for note in summary["notes"])


def test_accuracy_is_told_as_table_file_and_page(desk: Path) -> None:
    busyhour("record", str(desk), "--as-of", "2026-10-19")
    output = busyhour("accuracy", str(desk), code=3)
    assert "no forecast has come due yet" in output
    came(desk)
    busyhour("record", str(desk), "--as-of", "2026-10-24")
    rows = json.loads(busyhour("accuracy", str(desk), "--by", "lead,weekday", "--json", "--out", str(desk / "a.csv")))
    assert [(r["lead"], r["weekday"]) for r in rows][:2] == [(0, "Monday"), (0, "Tuesday")]
    assert rows[0]["bias"] < -0.1
    assert len(read_text_csv(desk / "a.csv")) == len(rows)
    page = (desk / "a.html").read_text(encoding="utf-8")
    for name in ("chart-leads", "chart-gap"):
        assert name in page
    assert busyhour("accuracy", str(desk)).split()[:4] == ["lead", "intervals", "unknown", "calls"]
    assert "unknown word" in busyhour("accuracy", str(desk), "--by", "hour", code=3)


def test_accuracy_of_a_folder_without_a_store_is_one_sentence(desk: Path) -> None:
    assert "nothing is recorded yet" in busyhour("accuracy", str(desk), code=3)
    assert not (desk / "busyhour.db").exists()
    assert "plan.toml: file not found" in busyhour("record", str(desk / "nowhere"), code=3)


def test_a_day_that_is_recorded_late_is_scored_at_once(desk: Path) -> None:
    busyhour("record", str(desk), "--as-of", "2026-10-19")
    came(desk)
    busyhour("record", str(desk), "--as-of", "2026-10-24")
    told = json.loads(busyhour("record", str(desk), "--as-of", "2026-10-21", "--json"))
    assert told["scored"] == ["2026-10-21"]
    kept = table(desk, score)
    assert kept[kept["lead"] == 1]["day"].tolist() == ["2026-10-19", "2026-10-21"]


def test_a_snapshot_of_the_day_is_kept_by_lead(desk: Path) -> None:
    busyhour("record", str(desk), "--as-of", "2026-10-20")
    starts = pd.to_datetime(table(desk, forecast).query("lead == 7")["start_s"], unit="s", utc=True)
    assert set(starts.dt.tz_convert("Europe/Berlin").dt.date) == {dt.date(2026, 10, 26)}
    assert (table(desk, snapshot)["kind"] == "nightly").sum() == 1
