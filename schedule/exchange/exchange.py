"""Who takes whose shift: the shifts of a plan, each on one queue, are dealt out again by integer programmes."""

from __future__ import annotations

from dataclasses import replace

from ...forecast.progress import Watch
from ..optimise.status import Status, Stop
from ..people.named_plan import NamedPlan
from ..problem.problem import ScheduleProblem
from .params import ExchangeParams
from .result import roster_of
from .solve import solve_roster

GAP = 1e-3
"""Relative gap at which the exchange ends: a tenth of the gap that a plan is asked for unless set."""


def dealable(problem: ScheduleProblem) -> bool:
    """Whether the staff is small enough for its shifts to be dealt out again."""
    return len(problem.staff) <= ExchangeParams().most_people


def exchanged(
    problem: ScheduleProblem, plan: NamedPlan, *, watch: Watch, time_limit_s: float, seed: int, threads: int
) -> NamedPlan:
    """Return `plan`, or a cheaper one in which people have exchanged shifts and needless ones are left out.

    Raises
    ------
    Infeasible
        See `solve_roster`.
    """
    shifts = [p for mine in plan.assigned.values() for p in mine]
    if any(p.moves for p in shifts) or not dealable(problem):
        return plan
    dealt = solve_roster(
        problem, shifts, watch=watch, time_limit_s=time_limit_s, gap=GAP, seed=seed, threads=threads,
        start=plan.assigned,
    )  # fmt: skip
    known = plan.solved
    if dealt.solved.cut and known.stopped == Stop.GAP:
        known = replace(known, stopped=Stop.TIME)  # more time might have found other exchanges
    if dealt.solved.status == Status.NONE or known.cost is None:
        return replace(plan, solved=known)
    seconds = known.seconds + dealt.solved.seconds
    better = roster_of(problem, dealt.assigned, replace(known, seconds=seconds)).solved
    if better.cost is None or better.cost >= known.cost:
        return replace(plan, solved=known)
    return replace(plan, assigned=dealt.assigned, solved=better)
