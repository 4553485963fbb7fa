"""Signals that ask to stop: Ctrl-C, and what a system sends when it wants the process to end."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

Handler = Callable[[int, FrameType | None], object]

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
"""Ctrl-C; the wish of a service manager or batch system; a terminal that closes; Ctrl-Break on Windows."""


def handle(handler: Handler) -> dict[signal.Signals, Any]:
    """Call `handler` on each of the signals; returns what handled them before.

    A signal that is ignored stays ignored: `nohup` ignores SIGHUP, a shell Ctrl-C for what runs in the background.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}
    heard = {number: was for number, was in before.items() if was not in (signal.SIG_IGN, None)}
    for number in heard:
        signal.signal(number, handler)
    return heard


@contextlib.contextmanager
def handled(handler: Handler) -> Iterator[None]:
    """Call `handler` on each of the signals meanwhile."""
    before = handle(handler)
    try:
        yield
    finally:
        for number, was in before.items():
            signal.signal(number, was)
