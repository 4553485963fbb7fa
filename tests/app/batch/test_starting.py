"""An engine that starts beside other work is closed in any case, and its faults come to who asks for it."""

from __future__ import annotations

import threading
from typing import Self

import pytest
from tiny_batch import Quick

from busyhour.app.batch.starting import Starting
from busyhour.app.batch.task import EngineFault


class Slow(Quick):
    """Is up once `go` is set; tells whether it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.go, self.closed = threading.Event(), threading.Event()

    def __enter__(self) -> Self:
        self.go.wait()
        return self

    def stop(self) -> None:
        self.go.set()

    def close(self) -> None:
        self.closed.set()


def test_others_work_until_it_is_up() -> None:
    """None while it starts; the engine afterwards, closed once."""
    slow = Slow()
    starting = Starting(lambda: slow)
    assert starting.engine() is None and starting.engine(0.01) is None
    slow.go.set()
    assert starting.engine(10.0) is slow and not slow.closed.is_set()
    starting.close()
    assert slow.closed.is_set()


def test_one_that_comes_late_is_told_to_stop_and_closes_itself() -> None:
    """Nobody asks for it any more."""
    slow = Slow()
    starting = Starting(lambda: slow)
    while starting._engine is None:  # it is being made
        pass
    starting.close()
    assert slow.closed.wait(10.0)


def test_a_fault_is_raised_where_the_engine_is_asked_for() -> None:
    """As if it had been started there."""

    def nobody() -> Quick:
        raise EngineFault("nobody is there.")

    starting = Starting(nobody)
    with pytest.raises(EngineFault, match="nobody is there"):
        starting.engine(10.0)
    starting.close()
