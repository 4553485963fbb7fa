"""The pure work of a worker: a forecast of several weeks, plans that take their part, one sentence per fault."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from busyhour.app.batch import work
from busyhour.app.batch.ready import read_forecast
from busyhour.app.batch.task import Task
from busyhour.app.batch.work import run_task
from busyhour.app.faults import in_one_line
from busyhour.app.finished import verdict_of
from busyhour.app.folders.manifest import Manifest
from busyhour.app.inputs import Inputs, RunOptions
from busyhour.app.run import predict
from busyhour.forecast.progress import Event, Watch
from busyhour.schedule.optimise.status import Infeasible, NothingFound, Refused

WEEK, NEXT = "2026-10-19", "2026-10-26"


def task(centre: Path, step: str = "plan", week: str = WEEK, **more: object) -> Task:
    """Return a task on the small centre."""
    staging = centre.parent / f"staging-{step}-{week}"
    return Task(7, 1, "small", step, week, centre, staging, **more)  # type: ignore[arg-type]


def test_a_forecast_of_two_weeks_gives_each_its_part(centre: Path) -> None:
    """Each part is on its week's grid, with what it rests on; together they are the whole."""
    answer = run_task(task(centre, "forecast", weeks=2))
    assert (answer.state, answer.code, answer.message, answer.summary) == ("done", 0, "", {})
    assert answer.folder is not None and answer.peak_mb > 50 and answer.seconds > 0
    inputs = [Inputs.from_folder(centre, RunOptions(dt.date.fromisoformat(week))) for week in (WEEK, NEXT)]
    whole = predict(inputs[0], Watch(), 14)
    parts = [read_forecast(answer.folder, one.grid) for one in inputs]
    assert [len(p.volume) for p in parts] == [len(whole.volume) // 2] * 2
    both = pd.concat([p.volume for p in parts], ignore_index=True)
    for name in ("calls", "q0.1", "q0.9", "model_calls"):
        np.testing.assert_allclose(both[name], whole.volume[name], atol=1e-6)
    assert both["start"].equals(whole.volume["start"])
    for part, one in zip(parts, inputs, strict=True):
        assert part.volume["start"].between(one.grid.first, one.grid.end, inclusive="left").all()
        assert len(part.parts) == len(part.volume)
        assert len(part.past) == len(whole.past) and len(part.history) == len(whole.history)


@pytest.mark.slow
def test_a_plan_of_a_ready_forecast_holds_against_the_second_opinion(centre: Path) -> None:
    """The run of the second week, after the first, is whole; without wages nothing tells any."""
    ready = run_task(task(centre, "forecast", weeks=2)).folder
    first = run_task(task(centre, forecast=ready))
    assert (first.state, first.code) == ("done", 0), first.message
    told: list[Event] = []
    second = run_task(
        task(centre, week=NEXT, forecast=ready, previous=first.folder, papers=("report",)), Watch(told.append)
    )
    assert second.folder is not None
    assert second.summary["cost"] > 0 and second.summary["week"] == NEXT
    shown = json.loads((second.folder / "summary.json").read_text(encoding="utf-8"))
    assert shown["cost"] is None and shown["wages_shown"] is False
    assert {e.stage for e in told} >= {"read", "people"} and all(e.best is None and e.bound is None for e in told)
    manifest = Manifest.read(second.folder)
    assert manifest is not None and not manifest.differences(second.folder)
    assert (second.folder / "report.html").is_file()
    assert not {"schedule.xlsx", "sheets.html", "calendars"} & {p.name for p in second.folder.iterdir()}
    assert (second.folder / "inputs" / "previous_activity.csv").is_file()
    for folder in (first.folder, second.folder):
        assert folder is not None and verdict_of(folder).passed, [str(v) for v in verdict_of(folder).violations]


@pytest.mark.slow
def test_a_plan_forecasts_where_nothing_is_ready(centre: Path) -> None:
    """The same week from its own forecast, and calendars that go on from those published."""
    first = run_task(task(centre, wages=True))
    assert first.folder is not None
    assert json.loads((first.folder / "summary.json").read_text(encoding="utf-8"))["cost"] == first.summary["cost"]
    published = first.folder.rename(centre.parent / "published")
    again = run_task(task(centre, published=published))
    assert again.folder is not None
    ics = [next((run / "calendars").glob("*.ics")).read_bytes() for run in (published, again.folder)]
    assert b"SEQUENCE" in ics[1] and not (again.folder / "earlier").exists()


def test_bad_input_costs_the_task_only(centre: Path, edit: Callable[[str, str], None]) -> None:
    """The code and the one sentence of the command line."""
    edit("level = 0.8", "level = 1.8")
    answer = run_task(task(centre))
    assert (answer.state, answer.code, answer.folder) == ("failed", 3, None)
    assert "plan.toml" in answer.message and "level" in answer.message and "\n" not in answer.message


@pytest.mark.parametrize(
    ("error", "state", "code", "says"),
    [
        (Infeasible(["a", "b"], ["drop a"]), "failed", 4, "These cannot hold together: a; b."),
        (NothingFound("x"), "failed", 6, "Time was up before there was a plan. Give it more with time_limit_s"),
        (Refused(["a shift of 30 h"]), "failed", 7, "a shift of 30 h"),
        (MemoryError(), "lost", 1, "not enough memory"),
        (OSError(28, "No space left on device"), "lost", 1, "No space left"),
        (KeyError("odd"), "lost", 1, "a fault of busyhour: KeyError: 'odd'. Report it with"),
        (FileNotFoundError(2, "No such file", "/gone"), "failed", 3, "/gone: No such file."),
    ],
)
def test_each_error_has_its_code_and_one_sentence(
    centre: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, state: str, code: int, says: str
) -> None:
    """What would come again has failed; what another try may mend is lost."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(work, "plan", fail)
    answer = run_task(task(centre))
    assert (answer.state, answer.code) == (state, code), answer.message
    assert says in answer.message and "\n" not in answer.message
    if "Report it with" in answer.message:
        Path(answer.message.partition("Report it with ")[2].rstrip(".")).unlink()


def test_a_stop_is_no_fault(centre: Path) -> None:
    """The attempt of a task that was stopped does not count."""
    watch = Watch()
    watch.stop.set()
    answer = run_task(task(centre), watch)
    assert (answer.state, answer.code) == ("lost", 130)


def test_one_thread_on_every_machine(centre: Path, edit: Callable[[str, str], None]) -> None:
    """With more threads plans depend on the machine; a plan that asks for one is left as it is."""
    assert work._options(task(centre)).plan == {}
    edit("gap = 0.05", "gap = 0.05\nthreads = 4")
    given = {"solve": {"seed": 3}}
    assert work._options(task(centre, plan=given)).plan == {"solve": {"seed": 3, "threads": 1}}


def test_lists_become_one_line() -> None:
    """A conflict and its repair are read as a sentence."""
    words = "These cannot hold together:\n  - a\n  - b\nSmallest change that frees it:\n  - c"
    assert in_one_line(words) == "These cannot hold together: a; b. Smallest change that frees it: c"
    assert in_one_line("one") == "one"
