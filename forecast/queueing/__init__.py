"""Queueing: from calls and agents to service, and back. Names load when first used: compiled code is slow to import."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .curve.curve import Curve
    from .curve.making import service_curve
    from .formulas.erlang import erlang_b, erlang_c
    from .formulas.performance import Performance, performance
    from .formulas.time_laws import Empirical, Exponential, Lognormal
    from .goal.required import required_agents
    from .goal.table import AgentsTable
    from .goal.targets import ServiceGoal
    from .moving.fewest_agents import DayStaffing, staff_day
    from .moving.transient import Transient, transient
    from .simulation.extra_staff import Repaired, repair
    from .simulation.simulation import Simulation, simulate

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
    "AgentsTable": "goal.table",
    "Curve": "curve.curve",
    "DayStaffing": "moving.fewest_agents",
    "Empirical": "formulas.time_laws",
    "Exponential": "formulas.time_laws",
    "Lognormal": "formulas.time_laws",
    "Performance": "formulas.performance",
    "Repaired": "simulation.extra_staff",
    "ServiceGoal": "goal.targets",
    "Simulation": "simulation.simulation",
    "Transient": "moving.transient",
    "erlang_b": "formulas.erlang",
    "erlang_c": "formulas.erlang",
    "performance": "formulas.performance",
    "repair": "simulation.extra_staff",
    "required_agents": "goal.required",
    "service_curve": "curve.making",
    "simulate": "simulation.simulation",
    "staff_day": "moving.fewest_agents",
    "transient": "moving.transient",
}


def __getattr__(name: str) -> object:
    """Import a name of `__all__` from its file."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value
