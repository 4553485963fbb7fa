"""Seconds that each stage of a plan has taken."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping

SEARCH = ("lp", "pricing", "descent", "exchange", "repair")
"""Stages of the search for a plan."""


def searched_s(stages: Mapping[str, float]) -> float:
    """Return the seconds that the search for a plan has taken."""
    return sum(stages.get(name, 0.0) for name in SEARCH)


@contextlib.contextmanager
def timed(stages: dict[str, float], name: str) -> Iterator[None]:
    """Add the seconds of a block to a stage."""
    began = time.monotonic()
    yield
    stages[name] = stages.get(name, 0.0) + time.monotonic() - began
