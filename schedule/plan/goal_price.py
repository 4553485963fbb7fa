"""The price of a goal: what one call more, and one point of service more, costs a week of shifts without names."""

from __future__ import annotations

from dataclasses import replace

from ...forecast.progress import Watch
from ..cover.frame import CoverFrame
from ..cover.model import build
from ..cover.part import whole_week
from ..optimise.solver import solve
from ..problem.problem import Demand, ScheduleProblem

STAGE = "price"


def point_prices(problem: ScheduleProblem, watch: Watch) -> dict[str, float]:
    """Return queue → money for one point of service more in all periods of its goal, by the dual prices of the week.

    The week's linear relaxation has tenths of shifts and of heads: its prices are those of many people, right at the
    margin and free of the steps that whole shifts make. A goal per interval has no such price, nor has a relaxation
    that time or the user has ended: those queues are left out.

    Parameters
    ----------
    problem
        Who is on staff plays no part.
    """
    frame = CoverFrame(replace(problem, staff=()))
    model = build(frame, whole_week(frame), for_bound=True)
    answer = solve(model.program, watch=watch.aside(), stage=STAGE, relax=True, text="relaxation")
    if not answer.duals:
        return {}
    return {
        d.queue: sum(
            max(0.0, answer.duals.get(f"goal_{q}_{k}", 0.0)) * _calls_of_a_point(d, k) for k in range(len(d.periods))
        )
        for q, d in enumerate(problem.demands)
        if not d.by_interval
    }


def _calls_of_a_point(demand: Demand, number: int) -> float:
    """Return the calls in time by which a goal one point higher asks for more of a period."""
    return float(demand.calls[demand.periods[number]].sum()) / 100.0
