"""A forger leaves most of a run as it was: what was read and simulated once is remembered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest

from busyhour.app.check import read
from busyhour.schedule.judge.published import expected, service


def _key(value: Any) -> str:
    if isinstance(value, pd.DataFrame):
        return hashlib.sha256(value.to_csv().encode()).hexdigest()
    return repr(value) if not isinstance(value, dict) else repr({k: str(v) for k, v in value.items()})


def remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a pure function that answers the same question once: most faults leave the calls as they are."""
    known: dict[str, Any] = {}

    def asked(*args: Any, **named: Any) -> Any:
        key = "|".join(map(_key, (*args, *named.items())))
        if key not in known:
            known[key] = function(*args, **named)
        return known[key]

    return asked


@pytest.fixture(scope="package", autouse=True)
def _quicker() -> Iterator[None]:
    """Answer each question about calls and cells once; the functions have no state, and keys hold all they read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "simulate", remembered(service.simulate))
        patch.setattr(expected, "require", remembered(expected.require))
        patch.setattr(read, "typed", remembered(read.typed))
        yield
