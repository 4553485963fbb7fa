"""From calls and a calendar to the volume table of a planned week."""

from __future__ import annotations

import datetime as dt
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import active_children, get_context

import pandas as pd

from .backtesting.race import ORIGINS
from .calendar.calendars import Calendar
from .calendar.grid import Grid
from .calls.arrange import by_queue
from .calls.findings import table
from .calls.history import Note
from .errors import InputError
from .overrides import Override, overridden, overrides_of
from .progress import Watch
from .queue_forecast import QueueAsk, QueueForecast, forecast_queue

TICK_S = 0.2


@dataclass(frozen=True)
class Forecast:
    """A forecast and all that it rests on.

    Attributes
    ----------
    volume
        Table ``volume``: one row per queue and open interval with mean, quantiles, handle time, patience, model, and
        ``model_calls``, the mean before overrides.
    backtest
        Per queue and model how many past origins it ran over, the errors there (see `score.Score`), seconds, and
        ``chosen`` 1 or 0; an average of two models is named after both (``factor+two_stage``).
    history
        ``queue, start, calls, handle_s`` on the forecast's intervals; NaN = missing, closed intervals absent.
    quality
        ``queue, start, end, kind, what, action``: what was odd in the history and what was done.
    handle_backtest
        Per queue and model of handle time its errors over past origins, weighted by calls: ``wape, bias, rmse_s,
        day_wape, origins``, and ``chosen`` 1 or 0; no rows where the history has no handle times.
    parts
        ``queue, start`` and the parts `models.PARTS` that add up to the calls of `volume`.
    days
        ``queue, date, calls, q…``: the models' totals of open days, before overrides and before a running day's calls.
    past
        ``queue, origin, start, actual, calls, q…``: what the chosen model would have forecast from past origins.
    failed
        Queues that could not be forecast and are in no table, with the reason.
    """

    volume: pd.DataFrame
    backtest: pd.DataFrame
    history: pd.DataFrame
    quality: pd.DataFrame
    handle_backtest: pd.DataFrame
    parts: pd.DataFrame
    days: pd.DataFrame
    past: pd.DataFrame
    failed: Mapping[str, InputError] = field(default_factory=dict)


def forecast(
    calls: pd.DataFrame,
    grid: Grid,
    calendar: Calendar,
    *,
    models: Mapping[str, str] | str = "auto",
    handle_s: Mapping[str, float | None] | None = None,
    patience_s: Mapping[str, float | None] | None = None,
    overrides: pd.DataFrame | Sequence[Override] | None = None,
    watch: Watch | None = None,
    origins: int = ORIGINS,
    running: bool = False,
    processes: int = 1,
) -> Forecast:
    """Forecast the calls and handle times of every queue on `grid`.

    Only calls before the grid's first day are used. With the model ``auto`` a queue takes the model of the
    least weighted quantile loss over past origins with the same lead, or the average of the two best (`race.race`).

    Parameters
    ----------
    calls
        Table ``calls``; ``start`` may be finer than the grid's interval.
    grid
        The days to forecast.
    calendar
        Opening hours, holidays, special days; its zone must be the grid's.
    models
        Model for all queues, or by queue (``auto`` where a queue is not named).
    handle_s
        Per queue the handle time used where the history has none.
    patience_s
        Per queue the mean patience, infinite = callers wait for ever; None = as the history tells, and for ever
        where it cannot tell. What is used and how it stands against the history goes into `quality`.
    overrides
        The planner's own numbers, rows of the table ``overrides`` (see `overrides.overrides_of`).
    watch
        Progress and stop.
    origins
        Past origins of the race.
    running
        Whether the grid's first day has begun: its calls are taken as what has come so far, and the rest of the day is
        forecast given it, as far as past days say that this helps.
    processes
        Queues are forecast in so many processes beside each other; each imports the main module anew, so a script
        needs ``if __name__ == "__main__"``.

    Raises
    ------
    InputError
        If the history is absent, too short or all zero, a count is negative, a model or country is unknown,
        a handle time is known nowhere, or an override is wrong (see `overrides.overridden`).
    Stopped
        If the user stopped the run.
    """
    if grid.zone != calendar.zone:
        raise ValueError(f"grid in {grid.zone}, calendar in {calendar.zone}")
    watch = watch or Watch()
    before = grid.first_date + dt.timedelta(days=running)
    parts = by_queue(calls, calendar, before=before)
    wanted = models if isinstance(models, Mapping) else dict.fromkeys(parts, models)
    for queue in wanted:
        if queue not in parts:
            raise InputError(
                f"queue {queue!r} has no calls before {before}",
                column=f"queue.{queue}",
                mend=f"The calls hold {', '.join(parts)}",
            )
    asks = {
        queue: QueueAsk(
            grid,
            calendar,
            wanted.get(queue, "auto"),
            (handle_s or {}).get(queue),
            (patience_s or {}).get(queue),
            origins,
            running,
        )
        for queue in parts
    }
    run = _beside_each_other if processes > 1 and len(parts) > 1 else _one_by_one
    found = run(parts, asks, watch, processes)
    failed = {queue: one for queue, one in found.items() if isinstance(one, InputError)}
    told = [one for one in found.values() if isinstance(one, QueueForecast)]
    if not told:
        raise next(iter(failed.values()))
    seen_until = max((one.seen_until for one in told if one.seen_until is not None), default=None)
    volume = _joined(told, "volume")
    volume["model_calls"] = volume["calls"]
    notes = [note for one in told for note in one.notes]
    pieces = _joined(told, "parts")
    if overrides is not None:
        if isinstance(overrides, pd.DataFrame):
            overrides = overrides_of(overrides, zone=grid.zone, minutes=grid.minutes)
        mine = [one for one in overrides if one.queue not in failed]
        volume, said = overridden(volume, mine, grid, now=seen_until)
        notes += said
        pieces["override"] += (volume["calls"] - volume["model_calls"]).to_numpy()
    notes += [Note(queue, grid.first, grid.end, "failed", str(e), "left out") for queue, e in failed.items()]
    return Forecast(
        volume,
        _joined(told, "backtest"),
        _joined(told, "history"),
        table(notes),
        _joined(told, "handle_backtest"),
        pieces,
        _joined(told, "days"),
        _joined(told, "past"),
        failed,
    )


def _joined(told: Sequence[QueueForecast], name: str) -> pd.DataFrame:
    """Return one table of all queues."""
    tables: list[pd.DataFrame] = [getattr(one, name) for one in told]
    return pd.concat([t for t in tables if len(t)] or tables[:1], ignore_index=True)


def _answer(queue: str, rows: pd.DataFrame, ask: QueueAsk, watch: Watch) -> QueueForecast | InputError:
    """Return the forecast of one queue, or why there is none, so that the other queues go on."""
    try:
        return forecast_queue(queue, rows, ask, watch)
    except InputError as error:
        return error


def _alone(queue: str, rows: pd.DataFrame, ask: QueueAsk) -> QueueForecast | InputError:
    """Answer in a process of its own, where nobody watches."""
    return _answer(queue, rows, ask, Watch())


def _one_by_one(
    parts: Mapping[str, pd.DataFrame], asks: Mapping[str, QueueAsk], watch: Watch, _: int
) -> dict[str, QueueForecast | InputError]:
    out = {}
    for queue, rows in parts.items():
        watch.raise_if_stopped()
        out[queue] = _answer(queue, rows, asks[queue], watch)
    return out


def _beside_each_other(
    parts: Mapping[str, pd.DataFrame], asks: Mapping[str, QueueAsk], watch: Watch, processes: int
) -> dict[str, QueueForecast | InputError]:
    """Forecast queues in processes of their own; a queue whose process dies takes no other queue with it."""
    out = _pooled(parts, asks, watch, processes)
    for queue in [q for q in parts if q not in out]:  # who was in the pool when it broke: each once more, alone
        again = _pooled({queue: parts[queue]}, asks, watch, 1)
        out |= again or {queue: InputError(f"the process that forecast queue {queue!r} died", mend="Leave it out")}
    return {queue: out[queue] for queue in parts}


def _pooled(
    parts: Mapping[str, pd.DataFrame], asks: Mapping[str, QueueAsk], watch: Watch, processes: int
) -> dict[str, QueueForecast | InputError]:
    """Return the answers that came before the pool broke, if it did; a stop ends the processes at once."""
    out: dict[str, QueueForecast | InputError] = {}
    waiting: dict[Future[QueueForecast | InputError], str] = {}
    older = set(active_children())
    pool = ProcessPoolExecutor(min(processes, len(parts)), mp_context=get_context("spawn"), initializer=_deaf)
    try:
        with _held_back():
            waiting = {pool.submit(_alone, queue, rows, asks[queue]): queue for queue, rows in parts.items()}
        while waiting:
            watch.raise_if_stopped()
            for future in wait(waiting, timeout=TICK_S, return_when=FIRST_COMPLETED).done:
                queue = waiting.pop(future)
                out[queue] = future.result()
                watch.tell("forecast", queue, share=len(out) / len(parts))
    except BrokenProcessPool:
        return out
    finally:
        if waiting:
            for process in set(active_children()) - older:
                process.terminate()
        pool.shutdown(cancel_futures=True)
    return out


def _deaf() -> None:
    """Leave Ctrl-C to the process that waits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _held_back() -> Iterator[None]:
    """Hold Ctrl-C back while processes start, which they inherit; what came meanwhile is heard afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
