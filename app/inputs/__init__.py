"""What a run reads: a planner's folder or a Python user's tables, taken whole before anything is planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .inputs import Inputs
    from .options import RunOptions

__all__ = ["Inputs", "RunOptions"]


def __getattr__(name: str) -> object:
    """Import what is asked for when it is first used: `Inputs` brings all that plans, which batches seldom need."""
    if name == "Inputs":
        from .inputs import Inputs

        return Inputs
    if name == "RunOptions":
        from .options import RunOptions

        return RunOptions
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
