"""Workers start beside the driver: no place until they are there, faults told where answers are waited for."""

from __future__ import annotations

import threading
from typing import Self

import pytest
from tiny_batch import Quick

from busyhour.app.batch import starting
from busyhour.app.batch.starting import Starting
from busyhour.app.batch.task import EngineFault


class Slow(Quick):
    """An engine that is there once it is let."""

    def __init__(self, let: threading.Event) -> None:
        super().__init__()
        self.let, self.closed = let, threading.Event()

    def __enter__(self) -> Self:
        assert self.let.wait(30)
        return self

    def close(self) -> None:
        self.closed.set()


def test_there_is_no_place_until_the_workers_are_there() -> None:
    let = threading.Event()
    slow = Slow(let)
    with Starting(lambda: slow) as engine:
        assert engine.places == 0
        assert engine.answers(0.01) == []
        let.set()
        while not engine.places:
            engine.answers(0.05)
        assert engine.places == slow.places
    assert slow.closed.is_set()


def test_a_fault_is_told_to_who_waits_for_answers() -> None:
    def nobody() -> Quick:
        raise EngineFault("nobody is there.")

    with Starting(nobody) as engine, pytest.raises(EngineFault, match="nobody is there"):
        while True:
            assert engine.places == 0
            engine.answers(0.05)


def test_an_engine_that_comes_after_the_end_closes_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "CLOSE_S", 0.01)
    let = threading.Event()
    slow = Slow(let)
    with Starting(lambda: slow):
        pass
    assert not slow.closed.is_set()
    let.set()
    assert slow.closed.wait(30)


def test_an_engine_that_starts_is_told_of_the_end() -> None:
    """Workers that nobody waits for any more give up, so that a stop takes no longer while they start."""
    let = threading.Event()
    slow = Slow(let)
    slow.stop = let.set  # type: ignore[method-assign]
    with Starting(lambda: slow) as engine:
        while engine._coming is None:
            engine.answers(0.01)
    assert slow.closed.wait(30)
