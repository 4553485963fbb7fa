"""Which shifts a person may work at all."""

from __future__ import annotations

from ..problem.shifts import Shift
from .views import AgentView, ProblemView


def may_work(problem: ProblemView, agent: AgentView, shift: Shift) -> bool:
    """Whether contract, availability, leave, last week's rest and fixed shifts let `agent` work `shift`."""
    return (
        shift.family in problem.contracts[agent.contract].shifts
        and agent.free(shift)
        and all(fixed.allows(shift) for fixed in agent.fixed)
    )


def days_open_to(problem: ProblemView, agent: AgentView) -> set[int]:
    """Return the days with some shift that `agent` may work."""
    return {s.day for s in problem.shifts if may_work(problem, agent, s)}
