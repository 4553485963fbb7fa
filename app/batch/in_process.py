"""The engine without workers: one task after the other in a thread of this process."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from ...forecast.progress import Event, Watch
from ..cli.exit_codes import INTERNAL, STOPPED
from .task import Answer, Task, Tell, Told, stopped, too_long
from .work import run_task

HERE = "this process"
CLOSE_S = 3.0
"""Seconds that a task has to end after a stop; its thread never keeps the process alive."""


def _silent(told: Told) -> None:
    """Tell nobody."""


@dataclass
class InProcess:
    """One task at a time, beside the thread that waits for answers, which hears signals.

    A task that takes longer than it may is told to stop, but neither that nor its memory can be enforced here.

    Parameters
    ----------
    tell
        Called with progress.
    """

    tell: Tell = _silent
    _answers: queue.Queue[Answer] = field(default_factory=queue.Queue)
    _stopped: bool = False
    _watch: Watch | None = None
    _thread: threading.Thread | None = None

    @property
    def places(self) -> int:
        """Whether another task may be begun: 1, or 0 after a stop."""
        return 0 if self._stopped else 1

    def submit(self, task: Task) -> None:
        """Begin a task when the one before is done."""
        if self._stopped:
            self._answers.put(stopped(task))
            return

        def show(event: Event) -> None:
            self.tell(Told(task.unit, event, HERE))

        before, watch = self._thread, Watch(show)
        self._watch = watch

        def work() -> None:
            if before is not None:
                before.join()
            timer = threading.Timer(task.timeout_s, watch.stop.set)
            timer.daemon = True
            timer.start()
            began = time.monotonic()
            answer = replace(run_task(task, watch), worker=HERE)
            timer.cancel()
            if answer.code == STOPPED and not self._stopped and time.monotonic() - began >= task.timeout_s:
                answer = replace(answer, code=INTERNAL, message=too_long(task))
            self._answers.put(answer)

        self._thread = threading.Thread(target=work, name=f"unit {task.unit}", daemon=True)
        self._thread.start()

    def answers(self, timeout_s: float) -> Sequence[Answer]:
        """Wait until a task is answered, at most `timeout_s` seconds, and return all that were since the last call."""
        found: list[Answer] = []
        try:
            found.append(self._answers.get(timeout=timeout_s))
            while True:
                found.append(self._answers.get_nowait())
        except queue.Empty:
            return found

    def stop(self) -> None:
        """Begin nothing more and tell the task at work to stop."""
        self._stopped = True
        if self._watch is not None:
            self._watch.stop.set()

    def close(self) -> None:
        """Stop, and wait a little for the task at work."""
        self.stop()
        if self._thread is not None:
            self._thread.join(CLOSE_S)

    def __enter__(self) -> Self:
        """There is nothing to start."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()
