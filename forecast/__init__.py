"""Predict: calls, handle times, and the service that a given staffing would give.

`forecast` and `backtest` answer from a table of calls; they are loaded when first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .frames import backtest, forecast
    from .rolling import scores

__all__ = ["backtest", "forecast", "scores"]


def __getattr__(name: str) -> Any:
    """Load a public function; nothing heavy is imported before it is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import frames, rolling

    return getattr(rolling if name == "scores" else frames, name)
