"""The second opinion on the small centre: right as it was published, wrong when anything is altered."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from forger import Forger
from planting import (
    Planted,
    appended,
    both,
    bound_above,
    calendar,
    cell,
    double,
    drop,
    text,
    where,
    without_event,
)
from typer.testing import CliRunner

from busyhour.app.cli.main import app
from busyhour.app.finished import verdict_of
from busyhour.app.folders.manifest import FILE
from busyhour.schedule.judge.published import service

RUN = Path("runs") / "2026-10-19"
DAY = where(period="day")

PLANTED = (
    Planted("files", "files", "report.html is not the file", appended("report.html"), signed=False),
    Planted("wages", "cost", "cost_wages is", text("inputs/plan.toml", "cost_h = 20", "cost_h = 19")),
    Planted("roster", "roster", "is missing", drop("roster")),
    Planted("coverage", "coverage", "stands 2 times", double("coverage")),
    Planted("service", "service", "simulated of calls", both(*(cell("service", c, lambda x: x - 0.02, DAY)
            for c in ("simulated", "ci_lo", "ci_hi")))),
    Planted("bound", "summary", "the bound", bound_above),
    Planted("calendar", "calendars", "lacks the shift", calendar(without_event)),
)  # fmt: skip


def copied(planned: Path, folder: Path) -> Forger:
    """Return a forger of a copy of the finished run."""
    return Forger(Path(shutil.copytree(planned / RUN, folder / "run")))


def told(run: Path) -> list[str]:
    """Return what the second opinion finds wrong."""
    return [str(v) for v in verdict_of(run).violations]


def test_an_unaltered_run_is_right(planned: Path) -> None:
    """Everything that was published follows from activity and inputs; nothing is left out of the comparison."""
    verdict = verdict_of(planned / RUN)
    assert (told(planned / RUN), [n for n in verdict.notes if "contract" not in n]) == ([], [])


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_a_fault_is_told_in_one_sentence(planted: Planted, planned: Path, tmp_path: Path) -> None:
    """New hashes hide nothing; tests of many more faults are slow."""
    forger = copied(planned, tmp_path)
    planted.edit(forger)
    if planted.signed:
        forger.sign(inputs=planted.inputs)
    assert len(found := told(forger.run)) == 1, found
    assert found[0].startswith(f"{planted.rule}: ")
    assert planted.words in found[0]


@pytest.mark.slow
def test_files_of_others_and_a_run_without_a_manifest_are_notes(planned: Path, tmp_path: Path) -> None:
    """A planner's own notes in the folder break no rule."""
    run = copied(planned, tmp_path).run
    (run / "notes.txt").write_text("call Ann\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["check", str(run)])
    assert (result.exit_code, "note: notes.txt is not of busyhour" in result.output) == (0, True)
    (run / FILE).unlink()
    assert any(FILE in note for note in verdict_of(run).notes)
    shutil.rmtree(run / "calendars")
    assert (told(run), "calendars is not there" in verdict_of(run).notes) == ([], True)


@pytest.mark.slow
def test_what_rests_on_a_wrong_table_is_not_compared(planned: Path, tmp_path: Path) -> None:
    """One sentence for the cause, a note for what could not be asked."""
    forger = copied(planned, tmp_path)
    forger.cell("volume", "calls", lambda x: x + 1)
    forger.sign()
    (note,) = [n for n in verdict_of(forger.run).notes if n.startswith("not compared")]
    assert "requirement, curve, coverage" in note
    result = CliRunner().invoke(app, ["check", str(forger.run)])
    assert (result.exit_code, result.output.count("volume: ")) == (7, 1)


@pytest.mark.slow
def test_large_desks_are_simulated_in_part(planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance does not make a right run wrong; a service that is far off is told, and so is an interval too wide."""
    monkeypatch.setattr(service, "MOST_CALLS", 1e5)
    assert told(planned / RUN) == []
    for number, columns in enumerate((("simulated", "ci_lo", "ci_hi"), ("ci_lo",))):
        forger = copied(planned, tmp_path / str(number))
        for column in columns:
            forger.cell("service", column, lambda x: x - 0.2, DAY)
        forger.sign()
        assert len(found := told(forger.run)) == 1
        assert found[0].startswith("service: ")


def test_the_simulation_may_be_left_out(planned: Path, tmp_path: Path) -> None:
    """The rest is compared all the same, in less time."""
    forger = copied(planned, tmp_path)
    for column in ("simulated", "ci_lo", "ci_hi"):
        forger.cell("service", column, lambda x: x + 0.02, DAY)
    forger.sign()
    assert verdict_of(forger.run, simulate=False).passed
