"""Several hiring runs beside each other, each in a process of its own."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from multiprocessing.synchronize import Event

from ...forecast.errors import InputError
from ...forecast.progress import Watch
from .outcome import HiringOutcome
from .run import HiringInputs, hire

TICK_S = 0.2
"""Seconds between two looks at a stop while processes work."""


def hire_all(given: Sequence[HiringInputs], watch: Watch) -> list[HiringOutcome]:
    """Plan each of several inputs, and return the outcomes in their order.

    A stop reaches every process: each hands over the plan that it has.

    Raises
    ------
    InputError
        What the first run raises whose inputs contradict each other.
    Stopped, NothingFound
        If a run ended before there was any plan.
    """
    if len(given) == 1:
        return [hire(given[0], watch)]
    context = get_context("spawn")
    stop = context.Event()
    count = min(len(given), os.cpu_count() or 1)
    with ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(stop,)) as pool:
        futures = [pool.submit(_alone, one) for one in given]
        watch.keeps.set()
        waiting: set[Future[HiringOutcome | InputError]] = set(futures)
        while waiting:
            done, waiting = wait(waiting, timeout=TICK_S, return_when=FIRST_COMPLETED)
            if watch.stopped:
                stop.set()
            if done:
                watch.tell("scenarios", f"{len(futures) - len(waiting)} of {len(futures)} planned")
        found = [future.result() for future in futures]
    for one in found:
        if isinstance(one, InputError):
            raise one
    return [one for one in found if isinstance(one, HiringOutcome)]


_stop = threading.Event()
"""Of this process: set when the process that waits asks to stop."""


def _begin(asked: Event) -> None:
    """Leave Ctrl-C to the process that waits, and hear when it asks to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def hear() -> None:
        asked.wait()
        _stop.set()

    threading.Thread(target=hear, daemon=True).start()


def _alone(given: HiringInputs) -> HiringOutcome | InputError:
    """Plan in a process of its own, where nobody watches; an error is handed over, so that the others end first."""
    try:
        return hire(given, Watch(stop=_stop))
    except InputError as error:
        return error
