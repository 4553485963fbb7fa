"""Bad input on the command line: one clear message, the right exit code, earlier results untouched."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from busyhour.app import files as store
from busyhour.app.cli.main import app
from busyhour.forecast.progress import Watch
from busyhour.schedule.cover.result import Cover
from busyhour.schedule.optimise.status import Solved, Status, Stop
from busyhour.schedule.people.named_plan import NamedPlan, ProvenPrices
from busyhour.schedule.plan import decide, searches
from busyhour.schedule.problem.problem import ScheduleProblem

RUN = Path("runs") / "2026-10-19"


def busyhour(*args: str | Path) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(app, [str(a) for a in args])


def started(folder: Path) -> subprocess.Popen[str]:
    """Start a plan in a process of its own; its progress comes on standard error."""
    command = [sys.executable, "-m", "busyhour.app.cli", "plan", str(folder)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


def fingerprint(folder: Path) -> dict[str, bytes]:
    """Return every file below `folder` with its bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def folder(planned: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the planned centre whose run must survive the test unchanged."""
    copy = tmp_path / "small"
    shutil.copytree(planned, copy)
    before = fingerprint(copy / RUN)
    yield copy
    assert fingerprint(copy / RUN) == before
    assert not [p for p in copy.rglob("*") if store.TEMPORARY in p.name]


def rewrite(path: Path, old: str, new: str) -> None:
    """Replace one text of a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def in_plan(old: str, new: str) -> Callable[[Path], None]:
    """Return a fault that edits plan.toml."""
    return lambda folder: rewrite(folder / "plan.toml", old, new)


def append(name: str, text: str) -> Callable[[Path], None]:
    """Return a fault that appends rows to a file (made with its header if absent)."""

    def fault(folder: Path) -> None:
        path = folder / name
        header = "" if path.exists() else "agent,start,end,kind\n"
        with path.open("a", encoding="utf-8") as file:
            file.write(header + text)

    return fault


def repeat_first_row(name: str) -> Callable[[Path], None]:
    """Return a fault that repeats the first data row of a file at its end."""

    def fault(folder: Path) -> None:
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        append(name, lines[1] + "\n")(folder)

    return fault


def nobody_is_available(folder: Path) -> None:
    """Give everybody a window in which no shift fits."""
    agents = pd.read_csv(folder / "staff.csv").agent
    rows = [(a, f"2026-10-{d}T09:00", f"2026-10-{d}T10:00", "available") for a in agents for d in range(19, 24)]
    pd.DataFrame(rows, columns=["agent", "start", "end", "kind"]).to_csv(folder / "availability.csv", index=False)


def handle_times_in_ms(folder: Path) -> None:
    """Give handle times in milliseconds where seconds are expected."""
    calls = pd.read_csv(folder / "calls.csv")
    calls.assign(handle_s=300_000).to_csv(folder / "calls.csv", index=False)


def as_bomb(folder: Path) -> None:
    """Make calls.xlsx a small file that declares a huge sheet."""
    rewrite(folder / "plan.toml", "[opening]", '[intake]\nfiles = ["calls.xlsx"]\n[opening]')
    with zipfile.ZipFile(folder / "calls.xlsx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)


FAULTS: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    "missing file": (lambda f: (f / "calls.csv").unlink(), ("calls.csv",)),
    "unknown key": (
        in_plan("days_off_together", "days_of_together"),
        ("unknown key", "Did you mean 'days_off_together'"),
    ),
    "wrong units": (handle_times_in_ms, ("handle", "unit")),
    "no handle time": (in_plan("handle_s = ", "# handle_s = "), ("plan.toml", "queue.calls.handle_s", "unknown")),
    "text in a number column": (
        append("calls.csv", "2026-10-16T17:00,many\n"),
        ("calls.csv", "row", "offered", "many"),
    ),
    "duplicate interval": (repeat_first_row("calls.csv"), ("calls.csv", "row", "2026-08-24")),
    "agent twice": (repeat_first_row("staff.csv"), ("staff.csv", "row 12", "a0")),
    "break longer than its shift": (
        in_plan("paid = false\nduration_min = 30", "duration_min = 900"),
        ("break is longer than its shift",),
    ),
    "windows that overlap": (
        in_plan(
            "latest_min = 240",
            "latest_min = 240\n[[shift.full.break]]\nduration_min = 30\nearliest_min = 240\nlatest_min = 300",
        ),
        ("break windows overlap",),
    ),
    "availability excludes everyone": (nobody_is_available, ("availability.csv", "nobody")),
    "goal above 1": (in_plan("level = 0.8", "level = 1.8"), ("queue.calls.goal.level", "80 % is 0.8")),
    "week without history": (in_plan("week = 2026-10-19", "week = 2026-08-17"), ("history",)),
    "week on the wrong weekday": (in_plan("week = 2026-10-19", "week = 2026-10-20"), ("tuesday", "monday")),
    "xlsx bomb": (as_bomb, ("calls.xlsx",)),
    "unknown contract": (append("staff.csv", "a99,New,T1,ful\n"), ("staff.csv", "row 12", "Did you mean 'full'")),
    "unknown agent on leave": (
        append("leave.csv", "zz,2026-10-19T00:00,2026-10-20T00:00,vacation\n"),
        ("leave.csv", "row 2", "zz"),
    ),
    "unknown model": (in_plan('model = "weekday_mean"', 'model = "weekday_meen"'), ("weekday_mean",)),
    "empty calls": (lambda f: (f / "calls.csv").write_text("", encoding="utf-8"), ("calls.csv", "empty")),
    "not UTF-8": (lambda f: (f / "staff.csv").write_bytes(b"agent,contract\n\xff\xfe,full\n"), ("staff.csv", "UTF-8")),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_input_says_where_and_changes_nothing(folder: Path, fault: str) -> None:
    """Exit code 3, a message that names the place, no traceback."""
    break_it, says = FAULTS[fault]
    break_it(folder)
    result = busyhour("plan", folder, "--quiet")
    assert result.exit_code == 3, result.output
    for text in says:
        assert text in result.output, result.output
    assert "Traceback" not in result.output


def test_contradicting_rules_name_rule_people_and_repair(folder: Path) -> None:
    """Exit code 4 with the smallest change that frees it."""
    rewrite(folder / "plan.toml", "[contract.part]", "min_days = 5\n[contract.part]")
    append("availability.csv", "".join(f"a0,2026-10-{d}T00:00,2026-10-{d}T23:59,unavailable\n" for d in (19, 20, 21)))(
        folder
    )
    result = busyhour("plan", folder, "--quiet")
    assert result.exit_code == 4, result.output
    assert "a0" in result.output
    assert "min_days" in result.output
    assert "Smallest change" in result.output


@pytest.mark.slow
def test_a_full_disk_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own words, and the earlier run stays."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(store.os, "fsync", full)
    result = busyhour("plan", folder, "--quiet")
    assert result.exit_code == 1
    assert os.strerror(errno.ENOSPC) in result.output
    assert "Traceback" not in result.output


def test_usage_errors_exit_2() -> None:
    """An unknown option is a usage error."""
    assert busyhour("plan", "--no-such-option").exit_code == 2


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_killed_run_leaves_no_torn_file(planned: Path, tmp_path: Path) -> None:
    """SIGKILL in the middle: the earlier run stays whole and the next run is clean."""
    folder = tmp_path / "small"
    shutil.copytree(planned, folder)
    before = fingerprint(folder / RUN)
    with started(folder) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if " publish " in line:
                break
        while process.poll() is None and not any((folder / "runs").glob(f"*{store.TEMPORARY}*")):
            time.sleep(0.01)
        process.kill()
        process.stderr.read()
    assert {"summary.json", "activity.csv"} <= set(fingerprint(folder / RUN)) or fingerprint(folder / RUN) == before
    result = busyhour("plan", folder, "--quiet")
    assert result.exit_code == 0, result.output
    assert not [p for p in folder.rglob("*") if store.TEMPORARY in p.name]


@pytest.mark.parametrize(("why", "code"), [("user", 130), ("time", 6)])
def test_an_empty_plan_never_replaces_another(
    folder: Path, monkeypatch: pytest.MonkeyPatch, why: str, code: int
) -> None:
    """Ended before anybody had a shift, a run publishes nothing: the earlier plan stays, and the code tells why."""

    def ended(problem: ScheduleProblem, *, watch: Watch, **_: object) -> NamedPlan:
        if why == "user":
            watch.stop.set()
        nothing = ProvenPrices(np.zeros((1, 1)), np.zeros(0), None)
        solved = Solved(Status.FEASIBLE, 1.0, stopped=Stop(why), cut=why == "time")
        return NamedPlan({a.id: () for a in problem.staff}, solved, nothing)

    monkeypatch.setattr(decide, "solve_named", ended)
    monkeypatch.setattr(decide, "exchanged", lambda _, plan, **__: plan)
    result = busyhour("plan", folder, "--quiet")
    assert result.exit_code == code, result.output
    assert why == "user" or "--time-limit" in result.output


def test_no_time_for_any_shifts_without_names_exits_6(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "staff.csv").unlink()
    monkeypatch.setattr(searches, "solve_cover", lambda *_, **__: Cover((), Solved(Status.NONE, stopped=Stop.TIME)))
    result = busyhour("plan", folder, "--quiet")
    assert result.exit_code == 6, result.output
    assert "--time-limit" in result.output


def test_stages_say_what_they_cannot_do(tmp_path: Path) -> None:
    """A curve that would overwrite its requirement is refused; offsets without a zone are told to be wall clock."""
    volume = tmp_path / "volume.csv"
    volume.write_text("start,calls,handle_s,queue\n2026-03-02T09:00+01:00,50,300,calls\n", encoding="utf-8")
    refused = busyhour("require", volume, "--goal", "80/20", "--out", tmp_path / "curve.csv", "--quiet")
    assert refused.exit_code == 3
    assert "another name" in refused.output
    more = ("--interval", "30", "--goal", "80/20", "--out", tmp_path / "r.csv", "--quiet")
    done = busyhour("require", volume, *more)
    assert done.exit_code == 0
    assert "wall clock" in done.output
    volume.write_text("start,calls,handle_s,queue\n2026-03-02T09:00,50,0,calls\n", encoding="utf-8")
    zero = busyhour("require", volume, *more)
    assert zero.exit_code == 3
    assert "volume.csv, row 2, column handle_s" in zero.output


def test_require_takes_a_goal_per_queue_and_caps(tmp_path: Path) -> None:
    """NAME=80/20 for one queue, the others by the goal for all; caps hold for every queue."""
    rows = [f"2026-03-02T09:00,50,300,120,{queue}" for queue in ("calls", "vip")]
    volume, out = tmp_path / "volume.csv", tmp_path / "r.csv"
    volume.write_text("start,calls,handle_s,patience_s,queue\n" + "\n".join(rows) + "\n", encoding="utf-8")
    call = ("require", volume, "--out", out, "--quiet", "--interval", "30", "--goal", "70/20")

    def agents(*more: str) -> list[int]:
        assert busyhour(*call, *more).exit_code == 0
        return [int(line.split(",")[4]) for line in out.read_text(encoding="utf-8").splitlines()[1:] if ",1," in line]

    same, dear, capped = agents(), agents("--goal", "vip=90/10"), agents("--max-abandon", "0.01", "--min-agents", "3")
    assert same[0] == same[1] == dear[0] < dear[1]
    assert capped[0] > same[0]
    assert busyhour(*call, "--goal", "sales=80/20").exit_code == 3
