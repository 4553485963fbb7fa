"""Days replayed: from a run folder and what came to parts, page and summary."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from busyhour.app.cli.main import app
from busyhour.app.today.replay import Replay, ReplayOptions, replay
from busyhour.app.today.replay_accuracy import accuracy
from busyhour.app.today.replay_words import beside, facts, headline, steps
from busyhour.forecast.errors import InputError
from busyhour.forecast.tables import read_text_csv

MONDAY = dt.date(2026, 11, 2)
GONE = ("A002", "A004", "A005")
"""Agents who serve calls."""


@pytest.fixture
def run(small_run: Path) -> Path:
    """A run folder of three days and two queues, with what it was asked for."""
    (small_run / "inputs" / "arguments.json").write_text(json.dumps({"week": str(MONDAY)}), encoding="utf-8")
    return small_run


def actuals(
    run: Path, *, more: float = 1.0, longer: float = 1.0, days: int = 1, served: float = 0.7, step: int = 30
) -> Path:
    """Write what came on the first days of a run: the forecast times `more`, `served` of it in time; whole calls."""
    volume = pd.read_csv(run / "volume.csv")
    volume = volume[volume["start"] < str(MONDAY + dt.timedelta(days=days))]
    parts = 30 // step
    rows = volume.loc[volume.index.repeat(parts)].reset_index(drop=True)
    at = pd.to_datetime(rows["start"].str[:16]) + pd.to_timedelta(np.arange(len(rows)) % parts * step, unit="min")
    so_far = np.floor(np.cumsum(rows["calls"].to_numpy()) * more / parts + 1e-6)

    def whole(share: float) -> np.ndarray:
        return np.diff(np.floor(share * so_far + 1e-6), prepend=0.0)

    table = pd.DataFrame(
        {
            "queue": rows["queue"], "start": at.dt.strftime("%Y-%m-%dT%H:%M"), "offered": whole(1.0),
            "answered": whole(0.9), "answered_in": whole(served), "handle_s": 180.0 * longer,
            "within_s": np.where(rows["queue"] == "calls", 20.0, 60.0),
        }
    )  # fmt: skip
    path = run.parent / "actuals.csv"
    table.to_csv(path, index=False)
    return path


def states(run: Path, *, without: tuple[str, ...] = ()) -> Path:
    """Write the states of a day as planned, but for agents who never came."""
    rows = pd.read_csv(run / "activity.csv")
    rows = rows[(rows["start"].str[:10] == str(MONDAY)) & ~rows["agent"].isin(without)]
    words = {"phone": "Ready", "break": "Pause", "lunch": "Meal"}
    table = pd.DataFrame({"agent": rows["agent"], "start": rows["start"], "end": rows["end"],
                          "state": rows["activity"].map(words)})  # fmt: skip
    path = run.parent / "states.csv"
    table.to_csv(path, index=False)
    return path


def events(run: Path, text: str) -> Path:
    """Write a log of events."""
    path = run.parent / "events.csv"
    path.write_text(f"start,end,queue,kind,note\n{text}\n", encoding="utf-8")
    return path


def busyhour(*words: str | Path, code: int = 0) -> str:
    """Run a command and return what it prints."""
    result = CliRunner().invoke(app, [str(w) for w in words])
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 else result.output


def replayed(run: Path, path: Path, **options: object) -> Replay:
    """Return the replay of a run."""
    return replay(run, [path], ReplayOptions(**options))  # type: ignore[arg-type]


def test_the_parts_sum_from_the_goal_to_what_came(run: Path) -> None:
    found = replayed(run, actuals(run, more=1.2, longer=1.1), states=states(run, without=GONE))
    assert [(one.queue, one.date) for one in found.days] == [("calls", MONDAY), ("chat", MONDAY)]
    for one in found.days:
        told = steps(one)
        assert [s.name for s in told] == [
            "goal", "surplus", "volume", "handle_time", "staff", "fit", "expected", "rest", "measured"
        ]  # fmt: skip
        changes = sum(s.value for s in told if s.name not in ("goal", "expected", "measured"))
        assert one.goal.level + changes == pytest.approx(one.measured, abs=1e-12)
        assert one.measured == pytest.approx(0.7, abs=0.005)
        assert one.parts.shares["volume"] < -0.01
        assert one.parts.shares["handle_time"] < -0.001
    calls, chat = found.days
    assert calls.parts.shares["staff"] < 0.0
    assert calls.presence is chat.presence
    assert calls.presence is not None
    assert calls.presence.absent == GONE


@pytest.mark.parametrize(("served", "is_chance"), [(0.79, True), (0.6, False)])
def test_a_small_gap_is_chance(run: Path, served: float, is_chance: bool) -> None:
    (one, _) = replayed(run, actuals(run, served=served)).days
    assert one.gap_is_chance is is_chance
    assert ("a gap of this size is within chance" in headline(one)) is is_chance


def test_without_states_absence_is_not_told_apart(run: Path) -> None:
    (one, _) = replayed(run, actuals(run)).days
    assert "staff" not in one.parts.shares
    assert one.presence is None
    assert one.intervals["heads_came"].isna().all()


def test_actuals_of_five_minutes_say_the_same(run: Path) -> None:
    coarse = replayed(run, actuals(run, more=1.1)).days[0]
    fine = replayed(run, actuals(run, more=1.1, step=5)).days[0]
    assert fine.parts.shares == pytest.approx(coarse.parts.shares, abs=1e-6)
    assert fine.measured == pytest.approx(coarse.measured)


def test_service_that_is_counted_otherwise_is_unknown(run: Path) -> None:
    path = actuals(run)
    text = pd.read_csv(path).assign(within_s=30.0)
    text.to_csv(path, index=False)
    (one, _) = replayed(run, path).days
    assert np.isnan(one.measured)
    assert not one.gap_is_chance
    assert not one.rest_is_chance
    assert "do not tell the service within 20 s" in headline(one)
    assert [s.name for s in steps(one)][-1] == "expected"
    assert "{" not in "".join(facts([one]))


def test_every_whole_day_is_replayed_and_others_are_told(run: Path) -> None:
    path = actuals(run, days=3)
    text = pd.read_csv(path)
    gone = (text["start"] == "2026-11-03T10:00") & (text["queue"] == "calls")
    text[~gone].to_csv(path, index=False)
    found = replayed(run, path)
    assert [(one.queue, one.date.day) for one in found.days] == [
        ("calls", 2), ("chat", 2), ("chat", 3), ("calls", 4), ("chat", 4)
    ]  # fmt: skip
    assert any("left out" in note and "2026-11-03 10:00" in note for note in found.notes)
    alone = replayed(run, path, date=dt.date(2026, 11, 4))
    assert {one.date.day for one in alone.days} == {4}


def test_half_a_day_is_refused(run: Path) -> None:
    path = actuals(run)
    text = pd.read_csv(path)
    text[text["start"] < "2026-11-02T12:00"].to_csv(path, index=False)
    with pytest.raises(InputError, match=r"not whole.*12:00"):
        replayed(run, path)


def test_other_days_and_queues_are_refused(run: Path) -> None:
    path = actuals(run)
    text = pd.read_csv(path)
    text.assign(start=text["start"].str.replace("2026-11-02", "2025-11-03")).to_csv(path, index=False)
    with pytest.raises(InputError, match="no day of the plan is in the actuals"):
        replayed(run, path)
    text.assign(queue="sales").to_csv(path, index=False)
    with pytest.raises(InputError):
        replayed(run, path)
    path.write_text("queue,start,offered\n", encoding="utf-8")
    for date in (None, MONDAY):
        with pytest.raises(InputError, match="no day of the plan is in the actuals"):
            replayed(run, path, date=date)
    with pytest.raises(InputError, match="does not hold 2026-12-01"):
        replayed(run, actuals(run), date=dt.date(2026, 12, 1))


def test_a_day_without_calls_has_nothing_to_explain(run: Path) -> None:
    with pytest.raises(InputError, match="no call"):
        replayed(run, actuals(run, more=0.0))


def test_an_event_stands_beside_what_moved_meanwhile(run: Path) -> None:
    path = actuals(run)
    text = pd.read_csv(path)
    spike = text["start"].between("2026-11-02T10:00", "2026-11-02T11:30")
    text.loc[spike, ["offered", "answered", "answered_in"]] *= 2
    text.to_csv(path, index=False)
    log = events(run, "2026-11-02T10:00,2026-11-02T12:00,calls,mailing,to all customers")
    calls, chat = replayed(run, path, events=log).days
    (told,) = beside(calls)["volume"]
    assert told.startswith("mailing – to all customers (10:00–12:00): calls +")
    assert chat.events == ()
    assert "mailing" in next(s.note for s in steps(calls) if s.name == "volume")


def test_accuracy_is_counted(run: Path) -> None:
    """A tenth more calls than forecast in each interval."""
    found = accuracy(replayed(run, actuals(run, more=1.1)).days[0].intervals)
    assert found.wape == pytest.approx(1 - 1 / 1.1, abs=0.02)
    assert found.bias == pytest.approx(1 / 1.1 - 1, abs=0.002)
    assert found.handle_bias == pytest.approx(0.0)
    assert found.floor > 0.1
    assert 0.0 <= found.inside <= 1.0


@pytest.mark.slow
def test_the_parts_are_checked_by_simulation_where_asked(run: Path) -> None:
    (one, _) = replayed(run, actuals(run, more=1.2), check=True).days
    assert one.checked is not None
    for name, share in one.parts.shares.items():
        assert share == pytest.approx(one.checked.parts.shares[name], abs=0.01 + 4 * one.checked.errors[name])


def test_the_command_writes_its_folder(run: Path) -> None:
    before = {p: p.read_bytes() for p in run.rglob("*") if p.is_file()}
    path, log = actuals(run, more=1.2), events(run, "2026-11-02T10:00,2026-11-02T12:00,,storm,")
    asked = ("replay", run, "--actuals", path, "--states", states(run, without=GONE), "--events", log)
    out = busyhour(*asked)
    place = run.parent / "run-replay-2026-11-02"
    assert re.search(r"calls, Mon 2 Nov: (69\.9|70\.0|70\.1).% in 20 s instead of 80.%, \d+\.\d points short", out)
    assert {p.name for p in place.iterdir()} == {
        "parts.csv", "intervals.csv", "adherence.csv", "summary.json", "report.html", "manifest.json"
    }  # fmt: skip
    assert before == {p: p.read_bytes() for p in run.rglob("*") if p.is_file()}
    summary = json.loads((place / "summary.json").read_text(encoding="utf-8"))
    assert summary["kind"] == "replay"
    for day in summary["days"]:
        assert day["goal"] + sum(day["parts"].values()) == pytest.approx(day["measured"])
    page = (place / "report.html").read_text(encoding="utf-8")
    for words in ("From the goal to what came", "band of chance", "storm", "Adherence and conformance", "Name 2"):
        assert words in page
    assert "31.37" not in page  # wages
    assert "://" not in page.partition("<script")[0]
    people = read_text_csv(place / "adherence.csv")
    assert people["agent"].iloc[0] == "A002"
    again = json.loads(busyhour(*asked, "--json"))
    assert again["days"] == summary["days"]


def test_the_command_keeps_what_others_wrote(run: Path) -> None:
    place = run.parent / "mine"
    place.mkdir()
    (place / "notes.txt").write_text("mine", encoding="utf-8")
    out = busyhour("replay", run, "--actuals", actuals(run), "--out", place, code=3)
    assert "notes.txt" in out
    assert [p.name for p in place.iterdir()] == ["notes.txt"]
    out = busyhour("replay", run, "--actuals", actuals(run), "--out", run, code=3)
    assert (run / "activity.csv").exists()


@pytest.mark.slow
def test_unknown_states_and_dates_are_asked_for(run: Path) -> None:
    path = states(run)
    path.write_text(path.read_text(encoding="utf-8").replace("Pause", "Aux 7"), encoding="utf-8")
    out = busyhour("replay", run, "--actuals", actuals(run), "--states", path, code=3)
    assert "Aux 7" in out
    asked = ("replay", run, "--actuals", actuals(run), "--states", path, "--state", "Aux 7=break", "--quiet")
    assert busyhour(*asked) == ""
    assert "not a date" in busyhour("replay", run, "--actuals", actuals(run), "--date", "monday", code=3)
