"""A small hiring outcome with made-up figures: one group, two contracts, six months, forty demand scenarios."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd

from busyhour.app.hiring.config import HiringFile
from busyhour.app.hiring.outcome import HiringOutcome, Matter
from busyhour.app.hiring.state import KindState, State
from busyhour.schedule.hiring.plan import HiringPlan
from busyhour.schedule.hiring.problem import (
    ClassRules,
    Group,
    Head,
    HiringProblem,
    Kind,
    Learning,
    Months,
    Recipe,
)
from busyhour.schedule.hiring.solve import plan_hires

AS_OF = dt.date(2026, 10, 1)
LEAVE = np.array([0.06] + [0.05] * 3 + [0.035] * 3 + [0.025] * 5 + [0.018])
SPEED = np.array([0.55, 0.72, 0.84, 0.92, 0.97, 1.0])


def small_problem(need: float = 3400.0, **rules: object) -> HiringProblem:
    """Return a desk of 26 people whose need grows by a tenth within six months."""
    months = Months(AS_OF, 6)
    learning = Learning(5.0, 0.1, LEAVE, SPEED)

    def kind(contract: str, week: float, people: int) -> Kind:
        staff = (*(Head(None) for _ in range(people - 1)), Head(dt.date(2026, 6, 1)))
        return Kind(f"desk/{contract}", "desk", contract, np.full(6, week * 4.35), np.full(6, 0.82), 20.0, 6700.0,
                    learning, staff)  # fmt: skip

    rng = np.random.default_rng(5)
    level = need * np.linspace(1.0, 1.1, 6) * np.exp(0.03 * rng.standard_normal((40, 6)).cumsum(axis=1))
    recipes = (
        Recipe("as today", {"full": 0.82, "part": 0.18}, np.full(6, 1.1)),
        Recipe("full only", {"full": 1.0}, np.full(6, 1.2)),
    )
    return HiringProblem(
        AS_OF, months, (Group("desk", level, recipes),), (kind("full", 40.0, 18), kind("part", 20.0, 8)),
        ClassRules(least=2, most=8, lead_weeks=4.0, **rules),  # type: ignore[arg-type]
    )  # fmt: skip


@cache
def small_plan() -> tuple[HiringProblem, HiringPlan]:
    """Return the small problem and a plan of it."""
    problem = small_problem()
    return problem, plan_hires(problem, time_limit_s=300.0, gap=0.05)


def small_outcome(**more: object) -> HiringOutcome:
    """Return an outcome of the small problem."""
    problem, plan = small_plan()
    kinds = {k.name: KindState(k.group, k.contract, k.cost_h, k.staff) for k in problem.kinds}
    spells = pd.DataFrame({"hired": pd.to_datetime([None]), "left": pd.to_datetime([None])})
    state = State(AS_OF, {"desk": ("calls",)}, kinds, (), spells)
    loss = pd.DataFrame({"group": ["desk"], "week": ["typical"], "recipe": ["as today"], "ratio": [1.1]})
    matter = Matter("people.fails", "share of a class that fails", "0.1", "0.05", "0.15", (-1.0, 2.0), (-800.0, 950.0))
    given: dict[str, object] = {"matters": (matter,), "notes": ("made up",)} | more
    return HiringOutcome(
        HiringFile(), state, problem, plan, {"desk": np.full(6, 2400.0)}, {"desk": 0.06}, loss, "Desk", "EUR", **given  # type: ignore[arg-type]
    )  # fmt: skip
