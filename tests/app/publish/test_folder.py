"""A run folder is published whole, with the papers that can be written, and never over what others wrote."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from typer.testing import CliRunner
from xlsxwriter.exceptions import FileSizeError

from busyhour.app.cli.main import app
from busyhour.app.files import write_atomic
from busyhour.app.finished import summary_of, table_of, verdict_of, write_papers
from busyhour.app.folders.manifest import Manifest
from busyhour.app.outcome import Outcome
from busyhour.app.publish import papers
from busyhour.app.publish.calendar import write_calendars
from busyhour.app.publish.folder import RunFolder, publish, usual_place
from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Watch

RUN = Path("runs") / "2026-10-19"
ALL = {"report.html", "schedule.xlsx", "calendars", "sheets.html"}


def page(run: Path, **_: object) -> Path:
    """Write a page quicker than the report is drawn."""
    path = run / "report.html"
    path.write_text("page", encoding="utf-8")
    return path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers are drawn by other tests; here short ones take their places."""
    monkeypatch.setattr(papers, "write_report", page)
    monkeypatch.setattr(papers, "write_workbook", lambda run, **_: (run / "schedule.xlsx").write_bytes(b"book"))
    monkeypatch.setattr(papers, "write_sheets", lambda run, **_: (run / "sheets.html").write_text("sheets"))
    monkeypatch.setattr(
        papers, "write_calendars", lambda run, **_: write_atomic(run / "calendars" / "a0.ics", "BEGIN:VCALENDAR")
    )


@pytest.fixture
def calendars(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same with real calendars."""
    monkeypatch.setattr(papers, "write_calendars", write_calendars)


def whole(run: Path) -> Manifest:
    """Return the manifest of a run folder that is as busyhour wrote it."""
    manifest = Manifest.read(run)
    assert manifest is not None
    assert manifest.differences(run) == {}
    return manifest


def events(file: Path) -> dict[str, Any]:
    return {str(e["uid"]): e for e in Calendar.from_ical(file.read_bytes()).walk("VEVENT")}


def full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def too_big(*_: object, **__: object) -> None:
    raise FileSizeError("Filesize would require ZIP64 extensions")


def torn(*_: object, **__: object) -> None:
    raise ValueError("no chart can be drawn")


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
@pytest.mark.parametrize("writer", ["write_csv", "_write_inputs", "_write_summary"])
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


@pytest.mark.usefixtures("quick")
def test_report_leaves_what_others_wrote(outcome: Outcome, tmp_path: Path) -> None:
    """A changed paper or table is named, and nothing is touched; notes beside stay, and stay out of the manifest."""
    run, _ = publish(outcome, RunFolder(tmp_path / "run"))
    for name in ("schedule.xlsx", "calendars/a0.ics", "activity.csv"):
        kept = (run / name).read_bytes()
        (run / name).write_bytes(b"edited")
        before = {p: p.read_bytes() for p in run.rglob("*") if p.is_file()}
        done = CliRunner().invoke(app, ["report", str(run)])
        assert done.exit_code == 3
        assert f"{Path(name).name}: changed by hand" in done.output
        assert {p: p.read_bytes() for p in run.rglob("*") if p.is_file()} == before
        (run / name).write_bytes(kept)
    (run / "notes.txt").write_text("mine", encoding="utf-8")
    (run / "report.html").unlink()
    assert CliRunner().invoke(app, ["report", str(run), "--no-wages"]).exit_code == 0
    manifest = Manifest.read(run)
    assert manifest is not None
    assert manifest.differences(run) == {"notes.txt": "added"}
    assert manifest.wages  # still in the tables
    (run / "calendars" / "mine.ics").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.ics: added by hand"):
        write_papers(run, wages=True)
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


@pytest.mark.usefixtures("quick")
def test_report_shows_no_wages_of_a_run_without(
    outcome: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever planned without wages does not get them back by a report."""
    asked = []
    run, _ = publish(outcome, RunFolder(tmp_path / "run", wages=False))

    def write(run: Path, *, wages: bool, **_: object) -> Path:
        asked.append(wages)
        return page(run)

    monkeypatch.setattr(papers, "write_report", write)
    write_papers(run, wages=True)
    assert asked == [False]
    assert not whole(run).wages


def test_report_of_what_is_no_run(planned: Path, tmp_path: Path) -> None:
    """A file, a folder that is not there, a folder of somebody's, an older run: one error each, nothing is made."""
    file, own, old = tmp_path / "afile", tmp_path / "own", tmp_path / "old"
    file.write_text("x", encoding="utf-8")
    own.mkdir()
    shutil.copytree(planned / RUN, old)
    (old / "manifest.json").unlink()
    for target in (file, tmp_path / "none" / "run", own, old, file / "x"):
        for command in ("report", "check", "explain", "compare"):
            done = CliRunner().invoke(app, [command, str(target)])
            if target != old or command == "report":
                assert (done.exit_code, type(done.exception)) == (3, SystemExit), (command, target, done.output)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["afile", "old", "own"]


@pytest.mark.usefixtures("quick")
def test_a_killed_report_leaves_papers_that_the_manifest_lists(
    outcome: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever it ends, nothing there is foreign, and the next report is whole."""
    run, _ = publish(outcome, RunFolder(tmp_path / "run"))
    monkeypatch.setattr(papers, "write_workbook", lambda run, **_: (run / "schedule.xlsx").write_bytes(b"new"))
    monkeypatch.setattr(papers, "write_sheets", lambda run, **_: (run / "sheets.html").write_text("new"))
    for name in ("unlink", "replace", "rename"):
        original: Callable[..., Any] = getattr(Path, name)

        def dying(path: Path, *args: Any, original: Callable[..., Any] = original, **kwargs: Any) -> None:
            original(path, *args, **kwargs)
            if run in (path.parent, Path(args[0]).parent if args else None):
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Path, name, dying)
            with pytest.raises(KeyboardInterrupt):
                write_papers(run, wages=True)
        manifest = Manifest.read(run)
        assert manifest is not None
        assert manifest.foreign(run) == {}
        write_papers(run, wages=True)
        whole(run)
        (run / "schedule.xlsx").write_bytes(b"old")
        (run / "manifest.json").write_text(Manifest.of(run).text, encoding="utf-8")


@pytest.mark.usefixtures("quick")
def test_report_does_not_bring_back_a_run_that_was_replaced(
    outcome: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _ = publish(outcome, RunFolder(tmp_path / "run"))

    def replaced(folder: Path, **_: object) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(papers, "write_report", page)
            publish(outcome, RunFolder(run))

    monkeypatch.setattr(papers, "write_report", replaced)
    with pytest.raises(InputError, match="replaced or changed meanwhile"):
        write_papers(run, wages=False)
    assert whole(run).wages


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


@pytest.fixture
def desk(planned: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the small centre with its run; planning it would fail the test."""
    yield Path(shutil.copytree(planned, tmp_path / "desk"))


def somebodys_folder(desk: Path) -> None:
    """A thesis beside a file that happens to have the name of a run's summary."""
    write_atomic(desk.parent / "mine" / "summary.json", "{}")
    write_atomic(desk.parent / "mine" / "thesis.txt", "x")


REFUSALS: dict[str, tuple[Callable[[Path], object], list[str], str]] = {
    "an edited workbook": (lambda f: (f / RUN / "schedule.xlsx").write_bytes(b"x"), [], "schedule.xlsx was changed"),
    "notes": (lambda f: (f / RUN / "notes.txt").write_text("x"), [], "notes.txt was put there"),
    "a thesis and a summary": (somebodys_folder, ["--out", "{}/../mine"], "no manifest.json"),
    "the folder itself": (lambda f: None, ["--out", "{}"], "holds, an input"),
    "an input": (lambda f: None, ["--out", "{}/calls.csv"], "a file, not a folder"),
    "below a file": (lambda f: None, ["--out", "{}/calls.csv/x"], "which is a file"),
    "last week's run": (
        lambda f: None,
        ["--previous", "{}/runs/2026-10-19", "--out", "{}/runs/2026-10-19"],
        "an input: activity.csv",
    ),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_plan_refuses_before_planning(desk: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Code 3, one error with a mend, and every file is as it was."""
    spoil, options, says = REFUSALS[what]
    spoil(desk)
    before = {p: p.read_bytes() for p in desk.parent.rglob("*") if p.is_file()}

    def never(*_: object) -> None:
        raise AssertionError("planned")

    monkeypatch.setattr("busyhour.app.run.plan", never)
    done = CliRunner().invoke(app, ["plan", str(desk), "--quiet", *(o.format(desk) for o in options)])
    assert done.exit_code == 3, done.output
    assert says in done.output and "--out" in done.output
    assert {p: p.read_bytes() for p in desk.parent.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize(
    ("command", "out"),
    [
        (["require", "volume.csv", "--goal", "80/20"], "volume.csv"),
        (["require", "curve.csv", "--goal", "80/20"], "r.csv"),
        (["forecast", "calls.csv"], "calls.csv"),
        (["forecast", "calls.csv"], "calls.csv/x"),
        (["forecast", "calls.csv"], "."),
        (["forecast", "quality.csv", "--details", "."], "v.csv"),
        (["backtest", "calls.csv", "--origins", "origins.csv"], "origins.csv"),
        (["simulate", "staffing.csv", "volume.csv"], "staffing.csv"),
        (["simulate", "staffing.csv", "volume.csv"], "runs/2026-10-19/service.csv"),
        (["schedule", "--requirement", "r.csv", "--rules", "plan.toml"], "."),
    ],
)
def test_stages_refuse_their_inputs_as_outputs(
    desk: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], out: str
) -> None:
    monkeypatch.chdir(desk)
    for name in ("volume.csv", "staffing.csv", "origins.csv", "curve.csv", "quality.csv"):
        Path(name).write_text("x\n1\n", encoding="utf-8")
    Path("r.csv").write_text("start,agents_phone\n2026-10-19T09:00,1\n", encoding="utf-8")
    before = {p: p.read_bytes() for p in desk.rglob("*") if p.is_file()}
    done = CliRunner().invoke(app, [*command, "--out", out])
    assert done.exit_code == 3, done.output
    assert "--out" in done.output
    assert {p: p.read_bytes() for p in desk.rglob("*") if p.is_file()} == before


def test_readers_of_finished_runs_read_one_run(planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another run takes the place, tables of the two are never mixed."""
    run, other = tmp_path / "run", tmp_path / "other"
    for folder in (run, other):
        shutil.copytree(planned / RUN, folder)
    (other / "activity.csv").write_text("agent,start,end,activity,queue\n", encoding="utf-8")
    (other / "manifest.json").write_text(Manifest.of(other).text, encoding="utf-8")
    copyfile = shutil.copyfile
    swaps: list[str] = []

    def swapped(source: Any, target: Any, **kwargs: Any) -> Any:
        if not swaps and Path(source).name == "activity.csv":
            swaps.append("once")
            run.rename(tmp_path / "aside")
            other.rename(run)
        return copyfile(source, target, **kwargs)

    monkeypatch.setattr(shutil, "copyfile", swapped)
    assert table_of(run, "activity").empty
    assert swaps
    assert verdict_of(tmp_path / "aside").passed
