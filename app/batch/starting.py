"""An engine that starts beside other work: in a thread of its own, closed by itself where it comes too late."""

from __future__ import annotations

import threading
from collections.abc import Callable

from .task import Engine

CLOSE_S = 2.5
"""Seconds that whoever ends a batch waits for an engine that is still starting."""


class Starting:
    """An engine on its way.

    Parameters
    ----------
    engine
        Makes the engine, which is then entered; both in a thread of their own, which keeps no process alive.
    """

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._make = engine
        self._engine: Engine | None = None
        self._error: BaseException | None = None
        self._up, self._over = False, False
        self._ended, self._one_at_a_time = threading.Event(), threading.Lock()
        threading.Thread(target=self._start, name="start of the engine", daemon=True).start()

    def engine(self, timeout_s: float = 0.0) -> Engine | None:
        """Return the engine once it is up; None where it is not within `timeout_s` seconds.

        Raises
        ------
        EngineFault
            If it cannot start; and whatever else went wrong there.
        """
        if not self._ended.wait(timeout_s):
            return None
        if self._error is not None:
            raise self._error
        return self._engine

    def close(self) -> None:
        """Close the engine, now or, where it is still starting, as soon as it is up; waits `CLOSE_S` at most."""
        with self._one_at_a_time:
            self._over, up, engine = True, self._up, self._engine
        if engine is None or up:
            if engine is not None:
                engine.close()
            return
        engine.stop()  # who starts workers gives up
        self._ended.wait(CLOSE_S)

    def _start(self) -> None:
        try:
            engine = self._make()
            with self._one_at_a_time:
                self._engine = engine
                if self._over:
                    return
            engine.__enter__()
            with self._one_at_a_time:
                self._up = not self._over
            if not self._up:
                engine.close()
        except BaseException as error:  # noqa: BLE001 - raised where the engine is asked for
            self._error = error
        finally:
            self._ended.set()
