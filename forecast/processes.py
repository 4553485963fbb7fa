"""Forecasts of several queues, one by one or in processes beside each other."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context

import pandas as pd

from .errors import InputError
from .predict_queue import QueueForecast, QueueOptions, forecast_queue
from .progress import Watch

TICK_S = 0.2
"""Seconds between two looks at a stop while processes work: five looks a second, as `Watch` asks for."""


def forecast_queues(
    parts: Mapping[str, pd.DataFrame], options: Mapping[str, QueueOptions], watch: Watch, processes: int
) -> dict[str, QueueForecast | InputError]:
    """Return the forecast of each queue, or the error for which there is none.

    Parameters
    ----------
    parts, options
        Per queue its rows of the table ``calls``, and what is to be forecast.
    processes
        Queues are forecast in so many processes beside each other.

    Raises
    ------
    Stopped
        If the user stopped the run.
    """
    run = _in_processes if processes > 1 and len(parts) > 1 else _one_by_one
    return run(parts, options, watch, processes)


def _forecast_or_error(
    queue: str, rows: pd.DataFrame, options: QueueOptions, watch: Watch
) -> QueueForecast | InputError:
    """Return the forecast of one queue, or why there is none, so that the other queues go on."""
    try:
        return forecast_queue(queue, rows, options, watch)
    except InputError as error:
        return error


def _without_watch(queue: str, rows: pd.DataFrame, options: QueueOptions) -> QueueForecast | InputError:
    """Forecast one queue in a process of its own, where nobody watches."""
    return _forecast_or_error(queue, rows, options, Watch())


def _one_by_one(
    parts: Mapping[str, pd.DataFrame], options: Mapping[str, QueueOptions], watch: Watch, _: int
) -> dict[str, QueueForecast | InputError]:
    out = {}
    for queue, rows in parts.items():
        watch.raise_if_stopped()
        out[queue] = _forecast_or_error(queue, rows, options[queue], watch)
    return out


def _in_processes(
    parts: Mapping[str, pd.DataFrame], options: Mapping[str, QueueOptions], watch: Watch, processes: int
) -> dict[str, QueueForecast | InputError]:
    """Forecast queues in processes of their own; a queue whose process dies takes no other queue with it."""
    out = _in_a_pool(parts, options, watch, processes)
    for queue in [q for q in parts if q not in out]:  # in the pool when it broke: each once more, alone
        again = _in_a_pool({queue: parts[queue]}, options, watch, 1)
        out |= again or {queue: InputError(f"the process that forecast queue {queue!r} died", mend="Leave it out")}
    return {queue: out[queue] for queue in parts}


def _in_a_pool(
    parts: Mapping[str, pd.DataFrame], options: Mapping[str, QueueOptions], watch: Watch, processes: int
) -> dict[str, QueueForecast | InputError]:
    """Return the forecasts that ended before the pool broke, if it did; a stop ends the processes at once."""
    out: dict[str, QueueForecast | InputError] = {}
    waiting: dict[Future[QueueForecast | InputError], str] = {}
    older = set(active_children())
    pool = ProcessPoolExecutor(min(processes, len(parts)), mp_context=get_context("spawn"), initializer=_ignore_ctrl_c)
    try:
        with _ctrl_c_held_back():
            waiting = {pool.submit(_without_watch, queue, rows, options[queue]): queue for queue, rows in parts.items()}
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


def _ignore_ctrl_c() -> None:
    """Leave Ctrl-C to the process that waits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Hold Ctrl-C back while processes start, which they inherit; a Ctrl-C of the meantime is heard afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
