"""Places that commands refuse before they work."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from busyhour.app.cli.main import app
from busyhour.app.files import write_atomic

RUN = Path("runs") / "2026-10-19"


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
