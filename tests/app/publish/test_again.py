"""The papers of a finished run are written again; what others wrote stays."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_runs import page, whole
from typer.testing import CliRunner

from busyhour.app.cli.main import app
from busyhour.app.finished import write_papers
from busyhour.app.folders.manifest import Manifest
from busyhour.app.outcome import Outcome
from busyhour.app.publish import papers
from busyhour.app.publish.folder import RunFolder, publish
from busyhour.forecast.errors import InputError

pytestmark = pytest.mark.slow  # each writes papers again

RUN = Path("runs") / "2026-10-19"


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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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
