"""Several runs beside each other, each in a process of its own."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from typing import TypeVar

from ..forecast.errors import InputError
from ..forecast.progress import Watch
from ..schedule.optimise.status import Infeasible, Refused

TICK_S = 0.2
"""Seconds between two looks at a stop while processes work."""

Given = TypeVar("Given")
Found = TypeVar("Found")


def each_alone(work: Callable[[Given, Watch], Found], given: Sequence[Given], watch: Watch) -> list[Found]:
    """Do `work` on each of several inputs, and return what is found in their order.

    A stop reaches every process: each hands over what it has. One input needs no process.

    Parameters
    ----------
    work
        A function of a module, so that other processes find it.

    Raises
    ------
    InputError, Infeasible, Refused
        What the first work raises whose inputs contradict each other, once all others have ended.
    Stopped, NothingFound
        If a work ended before there was any plan.
    """
    if len(given) == 1:
        return [work(given[0], watch)]
    context = get_context("spawn")
    stop = context.Event()
    count = min(len(given), os.cpu_count() or 1)
    with ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(stop,)) as pool:
        futures = [pool.submit(_alone, work, one) for one in given]
        watch.keeps.set()
        waiting: set[Future[Found | Exception]] = set(futures)
        while waiting:
            done, waiting = wait(waiting, timeout=TICK_S, return_when=FIRST_COMPLETED)
            if watch.stopped:
                stop.set()
            if done:
                watch.tell("scenarios", f"{len(futures) - len(waiting)} of {len(futures)} planned")
        ended = [future.result() for future in futures]
    for one in ended:
        if isinstance(one, Exception):
            raise one
    return [one for one in ended if not isinstance(one, Exception)]


_stop = threading.Event()
"""Of this process: set when the process that waits asks to stop."""


def _begin(asked: Event) -> None:
    """Leave Ctrl-C to the process that waits, and hear when it asks to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def hear() -> None:
        asked.wait()
        _stop.set()

    threading.Thread(target=hear, daemon=True).start()


def _alone(work: Callable[[Given, Watch], Found], given: Given) -> Found | Exception:
    """Work in a process of its own, where nobody watches; an error is handed over, so that the others end first."""
    try:
        return work(given, Watch(stop=_stop))
    except (InputError, Infeasible, Refused) as error:
        return error
