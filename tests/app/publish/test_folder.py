"""A run folder is published whole, with the papers that can be written, and never over what others wrote."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from small_runs import page, whole
from xlsxwriter.exceptions import FileSizeError

from busyhour.app.finished import summary_of, write_papers
from busyhour.app.folders.manifest import Manifest
from busyhour.app.outcome import Outcome
from busyhour.app.publish import papers
from busyhour.app.publish.folder import RunFolder, publish, usual_place
from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Watch

RUN = Path("runs") / "2026-10-19"


ALL = {"report.html", "schedule.xlsx", "calendars", "sheets.html"}


def events(file: Path) -> dict[str, Any]:
    return {str(e["uid"]): e for e in Calendar.from_ical(file.read_bytes()).walk("VEVENT")}


def full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def too_big(*_: object, **__: object) -> None:
    raise FileSizeError("Filesize would require ZIP64 extensions")


def torn(*_: object, **__: object) -> None:
    raise ValueError("no chart can be drawn")


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("writer", "paper", "fault", "says"),
    [
        ("write_report", "report.html", full_disk, "No space left"),
        ("write_report", "report.html", torn, "no chart can be drawn"),
        ("write_workbook", "schedule.xlsx", too_big, "ZIP64"),
        ("write_calendars", "calendars", full_disk, "No space left"),
        ("write_sheets", "sheets.html", full_disk, "No space left"),
    ],
)
def test_a_paper_that_cannot_be_written_is_left_out(
    outcome: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str, paper: str, fault: Any, says: str
) -> None:
    """The tables are published; summary and log say which paper is missing, why, and how to make it."""
    with monkeypatch.context() as patch:
        patch.setattr(papers, writer, fault)
        run, summary = publish(outcome, RunFolder(tmp_path / "run"))
    (note,) = [n for n in summary["notes"] if "left out" in n]
    assert paper in note and says in note and f"busyhour report {run}" in note
    assert summary_of(run) == json.loads(json.dumps(summary))
    assert note in (run / "run.log").read_text(encoding="utf-8")
    assert {p.name for p in run.iterdir()} & ALL == ALL - {paper}
    assert (run / "roster.csv").exists()
    whole(run)
    assert write_papers(run, wages=True) == run / "report.html"
    assert {p.name for p in run.iterdir()} & ALL == ALL
    assert paper.split("/")[0] in {n.split("/")[0] for n in whole(run).files}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("writer", ["write_csv", "write_inputs", "_write_summary"])
def test_tables_summary_and_inputs_are_not_optional(
    outcome: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    run, _ = publish(outcome, RunFolder(tmp_path / "run"))
    before = whole(run)
    monkeypatch.setattr(f"busyhour.app.publish.folder.{writer}", full_disk)
    with pytest.raises(OSError, match="No space left"):
        publish(outcome, RunFolder(run))
    assert whole(run) == before
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_after_ctrl_c_papers_get_a_few_seconds(
    outcome: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not begun by then is left out, whether the stop came while planning or while papers were written."""
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])

    def slow(run: Path, **_: object) -> Path:
        clock[0] += 6.0
        return page(run)

    monkeypatch.setattr(papers, "write_report", slow)
    stopped, _ = publish(replace(outcome, stopped=True), RunFolder(tmp_path / "stopped"))
    assert {p.name for p in stopped.iterdir()} & ALL == {"calendars", "sheets.html", "report.html"}
    watch = Watch()

    def stopping(run: Path, **_: object) -> Path:
        watch.stop.set()
        return page(run)

    monkeypatch.setattr(papers, "write_sheets", stopping)
    late, summary = publish(outcome, RunFolder(tmp_path / "late"), watch)
    assert (late / "schedule.xlsx").exists() is False
    assert any("schedule.xlsx (the run was stopped)" in note for note in summary["notes"])
    assert summary["stopped"] != "user"
    whole(late)


@pytest.mark.usefixtures("calendars")
def test_calendars_that_take_too_long_after_ctrl_c_are_left_out_whole(
    outcome: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the people with a calendar, the others without one, would be worse than none."""
    clock = [0.0]

    def ticking() -> float:
        clock[0] += 1.0
        return clock[0]

    monkeypatch.setattr(papers.time, "monotonic", ticking)
    run, summary = publish(replace(outcome, stopped=True), RunFolder(tmp_path / "run"))
    assert any("calendars (the run was stopped)" in note for note in summary["notes"])
    assert not (run / "calendars").exists()
    whole(run)


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_folder_that_changes_while_planning_stays(outcome: Outcome, tmp_path: Path) -> None:
    """The run goes beside it, which is told."""
    run, _ = publish(outcome, RunFolder(tmp_path / "run"))
    (run / "schedule.xlsx").write_bytes(b"edited by hand")
    where, summary = publish(outcome, RunFolder(run))
    assert where == tmp_path / "run-2"
    assert any("schedule.xlsx was changed" in n and str(where) in n for n in summary["notes"])
    assert (run / "schedule.xlsx").read_bytes() == b"edited by hand"
    whole(where)


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_stopped_run_replaces_stopped_runs_only(outcome: Outcome, tmp_path: Path) -> None:
    """A finished run of that name stays too."""
    stopped = replace(outcome, stopped=True)
    publish(outcome, RunFolder(tmp_path / "run"))
    assert publish(stopped, RunFolder(tmp_path / "run"))[0] == tmp_path / "run-stopped"
    assert publish(stopped, RunFolder(tmp_path / "run"))[0] == tmp_path / "run-stopped"
    publish(outcome, RunFolder(tmp_path / "run-stopped"))
    where, summary = publish(stopped, RunFolder(tmp_path / "run"))
    assert where == tmp_path / "run-stopped-2"
    assert any("is finished, this one was stopped" in n for n in summary["notes"])
    assert publish(outcome, RunFolder(where))[0] == where


@pytest.mark.slow
@pytest.mark.usefixtures("calendars")
def test_calendars_are_continued_even_when_a_run_between_left_them_out(
    outcome: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The revisions of earlier calendars are kept until new ones are written."""
    run, _ = publish(outcome, RunFolder(tmp_path / "run"))
    file = next((run / "calendars").iterdir())
    other = shutil.copytree(run, tmp_path / "other")
    text = file.read_bytes().replace(b"SEQUENCE:0", b"SEQUENCE:7")
    (other / "calendars" / file.name).write_bytes(text.replace(b"SUMMARY:Small", b"SUMMARY:Once"))
    (other / "manifest.json").write_text(Manifest.of(other).text, encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(papers, "write_calendars", full_disk)
        publish(outcome, RunFolder(other))
    assert not (other / "calendars").exists()
    write_papers(other, wages=True)
    assert {e["sequence"] for e in events(other / "calendars" / file.name).values()} == {8}
    assert not (other / "earlier").exists()
    whole(other)


GARBAGE = {
    "nothing": b"",
    "noise": bytes(range(256)),
    "half a file": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a@busyhour\r\nDTSTART:2026",
    "another encoding": "BEGIN:VCALENDAR\r\nSUMMARY:Zürich\r\nEND:VCALENDAR\r\n".encode("utf-16"),
    "a strange revision": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a@busyhour\r\nDTSTART:20261019T090000\r\n"
    b"DTEND:20261019T100000\r\nSEQUENCE:many\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "somebody's own event": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a@example.org\r\nDTSTART:20261019T090000\r\n"
    b"DTEND:20261019T100000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "an event without a time": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a@busyhour\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
}


@pytest.mark.slow
@pytest.mark.usefixtures("calendars")
def test_a_torn_calendar_of_the_earlier_run_is_a_note(outcome: Outcome, tmp_path: Path) -> None:
    """Nobody loses a plan to a file that only helps; nobody else's events are cancelled."""
    run, _ = publish(outcome, RunFolder(tmp_path / "run"))
    files = sorted((run / "calendars").iterdir())
    for file, content in zip(files, GARBAGE.values(), strict=False):
        file.write_bytes(content)
    (run / "manifest.json").write_text(Manifest.of(run).text, encoding="utf-8")
    where, summary = publish(outcome, RunFolder(run))
    assert where == run
    begun = [n for n in summary["notes"] if "is begun anew" in n]
    assert 3 <= len(begun) <= len(GARBAGE)
    for file in files:
        assert all(e.get("status") != "CANCELLED" for e in events(file).values())
    whole(run)


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_torn_summary_or_manifest_of_the_earlier_run_loses_nothing(outcome: Outcome, tmp_path: Path) -> None:
    """The run goes beside, whether it was stopped or not."""
    run, _ = publish(outcome, RunFolder(tmp_path / "run"))
    torn_ones = [
        ("summary.json", b"[]"),
        ("summary.json", b"\xff\xfe"),
        ("manifest.json", b"{"),
        ("manifest.json", b""),
    ]
    for i, (name, content) in enumerate(torn_ones):
        copy = tmp_path / str(i)
        shutil.copytree(run, copy)
        (copy / name).write_bytes(content)
        where, summary = publish(replace(outcome, stopped=i % 2 == 1), RunFolder(copy))
        assert where == tmp_path / f"{i}{'-stopped' if i % 2 else '-2'}"
        assert any(str(where) in n for n in summary["notes"])
        assert (copy / name).read_bytes() == content


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_link_to_a_run_stays_a_link(outcome: Outcome, tmp_path: Path) -> None:
    """The run behind the link is replaced, by plans and reports."""
    publish(outcome, RunFolder(tmp_path / "disk" / "run"))
    (tmp_path / "run").symlink_to(tmp_path / "disk" / "run")
    where, _ = publish(outcome, RunFolder(tmp_path / "run"))
    write_papers(tmp_path / "run", wages=True)
    assert (tmp_path / "run").is_symlink()
    assert where == (tmp_path / "disk" / "run").resolve()
    assert [p.name for p in (tmp_path / "disk").iterdir()] == ["run"]


def test_a_scenario_whose_name_leads_elsewhere(outcome: Outcome, tmp_path: Path) -> None:
    inputs = replace(outcome.inputs, arguments={"scenario": "../../up"})
    with pytest.raises(InputError, match="--out"):
        usual_place(tmp_path, inputs)
    assert inputs.week == dt.date(2026, 10, 19)
