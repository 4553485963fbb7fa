"""Predict: calls, handle times, and the service that a given staffing would give.

`forecast` and `backtest` take a table of calls; they are loaded at their first use.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # our matrices are small: more threads only wait for each other

if TYPE_CHECKING:
    from .backtesting.rolling import scores
    from .on_data_frames import backtest, forecast
    from .period_totals import totals

__all__ = ["backtest", "forecast", "scores", "totals"]


def __getattr__(name: str) -> Any:
    """Load the public functions; nothing heavy is imported before the first use."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import on_data_frames, period_totals
    from .backtesting import rolling

    return {"scores": rolling.scores, "totals": period_totals.totals}.get(name) or getattr(on_data_frames, name)
