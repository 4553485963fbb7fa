"""The pure work of a worker: a task's folder becomes a forecast or a run; no store, no password, no other folder."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...forecast.progress import Event, Stopped, Watch
from ..cli.console import Console
from ..cli.exit_codes import DONE, INTERNAL, STOPPED
from ..cli.progress_board import Board
from ..config.agreed import read_plan
from ..config.plan_toml import merged
from ..faults import code_and_words, code_of, in_one_line
from ..folders.swap import work_folder
from ..gap import shortfall
from ..inputs import Inputs, RunOptions
from ..publish.folder import RunFolder, publish
from ..publish.summary import summarise
from ..run import plan, predict
from .ready import read_forecast, read_last_week, write_forecast
from .task import Answer, State, Task

MORE_TIME = "Give it more with time_limit_s of [solve]."
ONE_THREAD: dict[str, Any] = {"solve": {"threads": 1}}


def run_task(task: Task, watch: Watch | None = None) -> Answer:
    """Do a task and tell what became of it; whatever goes wrong costs this task only."""
    began, eye = time.monotonic(), watch or Watch()
    state: State = "done"
    summary: Mapping[str, Any] = {}
    try:
        code, message, summary = _forecast(task, eye) if task.step == "forecast" else _plan(task, eye)
    except Exception as error:  # noqa: BLE001 - nothing lies behind but the ledger, and other sites wait
        code, words = code_and_words(error, "", MORE_TIME)
        message = in_one_line(words)
        state = "lost" if code in (INTERNAL, STOPPED) else "failed"
    return Answer(
        task.unit,
        task.attempt,
        state,
        code,
        message,
        task.staging if state == "done" else None,
        summary,
        time.monotonic() - began,
        peak_mb(),
    )


def peak_mb() -> float:
    """Return the most memory that this process has used, MB (10⁶ bytes)."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 1e6
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def _forecast(task: Task, watch: Watch) -> tuple[int, str, Mapping[str, Any]]:
    """Forecast the calls of all weeks into the task's folder."""
    inputs = Inputs.from_folder(task.inputs, _options(task), watch)
    predicted = predict(inputs, watch, task.weeks * inputs.horizon.days)
    watch.raise_if_stopped()
    with work_folder(task.staging) as place:
        write_forecast(predicted, place)
        place.rename(task.staging)
    return DONE, "", {}


def _plan(task: Task, watch: Watch) -> tuple[int, str, Mapping[str, Any]]:
    """Plan a week into the task's folder; a plan that was stopped half-way is worth nothing to a batch."""
    board = Board(Console(stderr=True), quiet=True, wages=task.wages)

    def show(event: Event) -> None:
        board.show(event)
        watch.show(event if task.wages else replace(event, best=None, bound=None))

    eye = replace(watch, show=show)
    inputs = Inputs.from_folder(task.inputs, _options(task), eye)
    ready = None if task.forecast is None else read_forecast(task.forecast, inputs.grid)
    outcome = plan(inputs, eye, ready)
    if outcome.stopped:
        raise Stopped
    before = read_last_week(task.inputs)
    sink = RunFolder(task.staging, task.wages, lambda: board.log, task.papers, task.published, before)
    where, told = publish(outcome, sink, eye)
    if where != task.staging:
        raise FileExistsError(f"{task.staging} is there already; the run went to {where}")
    summary = {**told, **summarise(outcome), "notes": told["notes"]}
    return code_of(summary), shortfall(told), summary  # what the task must not tell of money is in `summary` alone


def _options(task: Task) -> RunOptions:
    """Return what the task asks for beside its files; one thread, so that every machine makes the same plan."""
    threads = read_plan(task.inputs, task.scenario, task.plan)[0].solve.threads
    asked = merged(task.plan, ONE_THREAD) if threads > 1 else task.plan
    return RunOptions(dt.date.fromisoformat(task.week), task.scenario, previous=task.previous, plan=asked)
