"""Queueing: from calls and agents to service, and back. Names load when first used: compiled code is slow to import."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .curve import Curve
    from .erlang import erlang_b, erlang_c
    from .forward import DayStaffing, staff_day
    from .laws import Empirical, Exponential, Lognormal
    from .measures import Performance, performance
    from .mend import Repaired, repair
    from .mixing import service_curve
    from .moving import Transient, transient
    from .required import required_agents
    from .simulation import Simulation, simulate
    from .table import AgentsTable
    from .targets import ServiceGoal

# Compiled code is cached in the user's cache folder, never beside the installed modules: what an uninstall leaves
# behind there would stand in the way of the next installation.
_CACHE = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME") or Path.home() / ".cache"
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(_CACHE) / "busyhour"))

__all__ = [
    "AgentsTable",
    "Curve",
    "DayStaffing",
    "Empirical",
    "Exponential",
    "Lognormal",
    "Performance",
    "Repaired",
    "ServiceGoal",
    "Simulation",
    "Transient",
    "erlang_b",
    "erlang_c",
    "performance",
    "repair",
    "required_agents",
    "service_curve",
    "simulate",
    "staff_day",
    "transient",
]

_HOMES = {
    "AgentsTable": "table",
    "Curve": "curve",
    "DayStaffing": "forward",
    "Empirical": "laws",
    "Exponential": "laws",
    "Lognormal": "laws",
    "Performance": "measures",
    "Repaired": "mend",
    "ServiceGoal": "targets",
    "Simulation": "simulation",
    "Transient": "moving",
    "erlang_b": "erlang",
    "erlang_c": "erlang",
    "performance": "measures",
    "repair": "mend",
    "required_agents": "required",
    "service_curve": "mixing",
    "simulate": "simulation",
    "staff_day": "forward",
    "transient": "moving",
}


def __getattr__(name: str) -> object:
    """Import a name of `__all__` from its file."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value
