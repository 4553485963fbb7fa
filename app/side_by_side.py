"""Several runs beside each other, each in a process of its own."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from ..forecast.progress import Stopped, Watch

TICK_S = 0.2
"""Seconds between two looks at a stop while processes work."""

Given = TypeVar("Given")
Found = TypeVar("Found")


def each_alone(work: Callable[[Given, Watch], Found], given: Sequence[Given], watch: Watch) -> list[Found | Exception]:
    """Do `work` on each of several inputs, and return in their order what is found, or the error that ended a work.

    So no error costs what the others found. A stop reaches every process: each hands over what it has, and `Stopped`
    stands for a work that had nothing yet. One input needs no process, and its error is raised.

    Parameters
    ----------
    work
        A function of a module, so that other processes find it.
    """
    if len(given) == 1:
        return [work(given[0], watch)]
    context = get_context("spawn")
    stop = context.RawValue(ctypes.c_bool, False)  # an event waits for processes that sleep on it, also for dead ones
    count = min(len(given), os.cpu_count() or 1)
    with ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(stop,)) as pool:
        try:
            with _deaf():
                futures = [pool.submit(_alone, work, one) for one in given]
                watch.keeps.set()
            waiting: set[Future[Found]] = set(futures)
            while waiting:
                done, waiting = wait(waiting, timeout=TICK_S, return_when=FIRST_COMPLETED)
                stop.value = watch.stopped
                if done:
                    watch.tell("scenarios", f"{len(futures) - len(waiting)} of {len(futures)} ended")
        finally:
            stop.value = True  # where a second Ctrl-C ends the wait, the processes must not work on
    return [_error_of(future, watch) or future.result() for future in futures]


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Let processes that begin meanwhile never hear Ctrl-C, nor what a closing terminal sends.

    Both reach all processes of a terminal, and would kill those that still import.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _error_of(future: Future[Found], watch: Watch) -> Exception | None:
    """Return what ended a work without a result."""
    error = future.exception()
    if isinstance(error, BrokenProcessPool) and watch.stopped:  # killed by the signal that asked
        return Stopped()
    if error is not None and not isinstance(error, Exception):
        raise error
    return error


_stop = threading.Event()
"""Of this process: set when the process that waits asks to stop."""


def _begin(asked: ctypes.c_bool) -> None:
    """Leave Ctrl-C to the process that waits, where `_deaf` cannot, and hear when it asks to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def hear() -> None:
        while not asked.value:
            time.sleep(TICK_S)
        _stop.set()

    threading.Thread(target=hear, daemon=True).start()


def _alone(work: Callable[[Given, Watch], Found], given: Given) -> Found:
    """Work in a process of its own, where nobody watches."""
    return work(given, Watch(stop=_stop))
