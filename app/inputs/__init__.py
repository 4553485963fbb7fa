"""What a run reads: a planner's folder or a Python user's tables, taken whole before anything is planned."""

from .inputs import Inputs
from .options import RunOptions

__all__ = ["Inputs", "RunOptions"]
