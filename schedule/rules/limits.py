"""A contract's limits of one person's week."""

from __future__ import annotations

from dataclasses import dataclass

from .views import AgentView, ProblemView


@dataclass(frozen=True)
class Limits:
    """The contract's limits of one agent's week, after leave."""

    min_h: float
    max_h: float
    min_days: int
    max_days: int


def limits_of(problem: ProblemView, agent: AgentView) -> Limits:
    """Return the agent's contract less the credit for leave; nothing falls below 0.

    Days without employment lower the minimum alone: who leaves on Friday may work Monday to Friday.
    """
    contract = problem.contracts[agent.contract]
    return Limits(
        max(0.0, contract.min_h_week - agent.leave_h - agent.unemployed_h),
        max(0.0, contract.max_h_week - agent.leave_h),
        max(0, contract.min_days - agent.leave_days - agent.unemployed_days),
        max(0, contract.max_days - agent.leave_days),
    )
