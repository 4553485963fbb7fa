"""Fixtures of batches: an engine that plans nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tiny_batch import Fault, Quick

from busyhour.app.batch import drive
from busyhour.app.batch.task import Told


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Quick]:
    """Put an engine in the place of workers, with faults by task where asked for."""

    def put(fault: Fault = lambda task: None) -> Quick:
        engine = Quick(fault)
        monkeypatch.setattr(drive, "engine_of", lambda run, tell: engine)
        return engine

    return put


@pytest.fixture
def told() -> list[Told]:
    """What an engine tells."""
    return []
