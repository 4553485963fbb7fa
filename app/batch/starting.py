"""Workers that start while the driver gets the first sites ready."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from .task import Answer, Engine, Task

CLOSE_S = 3.0
"""Seconds for which the end of a batch waits for an engine that is still starting; the engine then closes itself."""


class Starting:
    """An engine that starts in a thread of its own; it has no place until it is there.

    Parameters
    ----------
    make
        Makes the engine; entering what it returns starts the workers.
    """

    def __init__(self, make: Callable[[], Engine]) -> None:
        self._make = make
        self._engine: Engine | None = None
        self._coming: Engine | None = None
        self._fault: BaseException | None = None
        self._closed = False
        self._lock = threading.Lock()
        self._decided = threading.Event()
        self._thread = threading.Thread(target=self._start, name="start of the workers", daemon=True)

    @property
    def places(self) -> int:
        """Workers usable now; 0 while they start, or where they could not: whoever waits for answers hears of that."""
        engine = self._engine
        return 0 if engine is None else engine.places

    def submit(self, task: Task) -> None:
        """Begin a task; there must be a place."""
        assert self._engine is not None
        self._engine.submit(task)

    def answers(self, timeout_s: float) -> Sequence[Answer]:
        """Wait for answers, or for the workers while they start; at most `timeout_s` seconds.

        Raises
        ------
        EngineFault
            If the workers could not be started, or none is left.
        """
        if not self._decided.is_set():
            self._decided.wait(timeout_s)
            return []
        if self._fault is not None:
            raise self._fault
        return [] if self._engine is None else self._engine.answers(timeout_s)

    def stop(self) -> None:
        """Begin nothing more."""
        if self._engine is not None:
            self._engine.stop()

    def close(self) -> None:
        """End the workers; an engine that is not there in time closes itself when it comes."""
        with self._lock:
            self._closed = True
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()
        elif self._coming is not None:
            self._coming.stop()  # whoever starts workers gives up
            self._thread.join(CLOSE_S)

    def __enter__(self) -> Self:
        """Begin to start the workers; return at once."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def _start(self) -> None:
        """Start the engine, in the thread, and leave the engine or what went wrong to the driver."""
        try:
            made = self._make()
            with self._lock:
                self._coming = made
                wanted = not self._closed
            engine = made.__enter__() if wanted else made
        except BaseException as error:  # noqa: BLE001 - nothing is lost: the driver raises the error in its own thread
            self._fault = error
        else:
            with self._lock:
                late = self._closed
                if not late:
                    self._engine = engine
            if late:
                engine.close()
        self._decided.set()
