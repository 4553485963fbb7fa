"""Planning again each month: the workforce lives on by chance, and only what is firm is carried out."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .case import Case
from .check import checked
from .cohort import of_today, plain
from .days import Days
from .flow import Flow, class_flow
from .problem import Head, HiringProblem, Kind, Months
from .recourse import settle
from .result import next_planning
from .simulate import arrivals
from .supply import Decisions, classes_of, mentors
from .worth import end_value, progress

Class = tuple[str, dt.date, int]
"""Kind's name, first day, people."""
Policy = Callable[[HiringProblem], list[Class]]
"""What decides each month: from the problem as it stands to the classes that are held."""


@dataclass(frozen=True)
class Lived:
    """What one path came to.

    Parameters
    ----------
    cost
        Money over all months, the worth of people hired taken off at the end.
    missing
        Hours missing.
    hired
        People who started.
    """

    cost: float
    missing: float
    hired: int


@dataclass
class Team:
    """People who started on the same day, on one path."""

    flow: Flow
    since: dt.date | None
    until: dt.date | None
    heads: int
    luck: float
    hired: bool


class Lives:
    """Lives of one workforce, planned anew on the first day of each month.

    Parameters
    ----------
    problem
        As of the first day of its first month, without transfers.
    """

    def __init__(self, problem: HiringProblem) -> None:
        self.problem, self.case, self.days = problem, Case.of(checked(problem)), Days.of(problem.months)
        self.numbers = {k.name: i for i, k in enumerate(problem.kinds)}
        self.staff = _teams_today(problem, self.days)
        self.flows: dict[tuple[int, dt.date], Flow] = {}

    def flow(self, number: int, start: dt.date) -> Flow:
        """Return the flow of a class, made once."""
        if (number, start) not in self.flows:
            self.flows[number, start] = class_flow(self.problem, self.days, number, start)
        return self.flows[number, start]

    def live(self, demand: np.ndarray, forecast: Callable[[int], np.ndarray], policy: Policy, seed: int) -> Lived:
        """Let one path live.

        Parameters
        ----------
        demand
            Hours of work that come true, shape (G, T).
        forecast
            Month t → scenarios of demand as they are known at its beginning, shape (S, G, T).
        policy
            What decides; the classes that it gives are held.
        seed
            Of chance: the same for all policies that are compared.
        """
        problem, case, rng = self.problem, self.case, np.random.default_rng(seed)
        teams = [replace(x, luck=float(rng.standard_normal())) for x in self.staff]
        coming = list(problem.given)
        cost = missing = 0.0
        hired = 0
        for t, as_of in enumerate(problem.months.starts()[:-1]):
            coming += policy(state(problem, t, forecast(t), teams, coming))
            begins = [c for c in coming if self.days.month(c[1]) == t]
            coming = [c for c in coming if c not in begins]
            for place, (name, start, people) in enumerate(begins):
                number = self.numbers[name]
                chance = np.random.default_rng([seed, number, as_of.toordinal(), place])
                heads = int(arrivals(chance, problem.rules.drop_out, people, 1)[0])
                team = Team(self.flow(number, start), start, None, heads, float(chance.standard_normal()), True)
                teams.append(team)
                cost += heads * problem.kinds[number].hire_cost
                hired += heads
            presence, wages = _month(case, teams, t, rng)
            cost += wages
            for g, group in enumerate(problem.groups):
                work = case.mixing[g][t].work(presence[list(case.pools[g])])
                found = settle(group.recourse, work, case.contract[g, t], demand[g, t])
                cost += float(found.cost)
                missing += float(found.short + found.lost)
        for team in teams:
            if team.since is not None and team.hired:
                kind = problem.kinds[team.flow.kind]
                age = float(self.days.begin[-1] - self.days.number(team.since))
                cost -= team.heads * end_value(problem, kind) * progress(kind, age)
        return Lived(cost, missing, hired)


def _teams_today(problem: HiringProblem, days: Days) -> list[Team]:
    """Return today's people, those of one day together, without their luck."""
    out = []
    for number, kind in enumerate(problem.kinds):
        counted = Counter(plain(kind, problem.as_of, h) for h in kind.staff).items()
        for head, heads in sorted(counted, key=lambda item: (str(item[0].since), str(item[0].until))):
            flow = Flow.of(number, kind, of_today(kind, days, problem.as_of, head))
            out.append(Team(flow, head.since, head.until, heads, 0.0, False))
    return out


def _month(case: Case, teams: list[Team], t: int, rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """Let month `t` pass: return the hours of presence by pool and the wages; `teams` shrink."""
    presence = np.zeros(len(case.supply.pools))
    wages = 0.0
    for team in teams:
        flow = team.flow
        after = int(rng.binomial(team.heads, flow.stay[t]))
        there, team.heads = (team.heads + after) / 2.0, after
        noise = case.problem.kinds[flow.kind].learning.noise * team.luck
        presence[case.supply.pool_of[flow.kind]] += there * (flow.work_h[t] + noise * flow.noisy_h[t])
        wages += there * flow.wages[t]
    return np.maximum(presence - _trainers(case, teams, t), 0.0), wages


def _trainers(case: Case, teams: list[Team], t: int) -> np.ndarray:
    """Return the hours of presence that trainers and companions of hired teams are away in month `t`, by pool."""
    out = np.zeros(len(case.supply.pools))
    for team in teams:
        if team.hired and team.since is not None:
            problem, kind = case.problem, case.problem.kinds[team.flow.kind]
            count = classes_of(problem.rules, team.heads)
            mentor, off = mentors(problem, kind, case.supply.days, team.since, team.heads, count)
            if mentor is not None:
                out[case.supply.pool_of[mentor]] += off[t]
    return out


def state(
    problem: HiringProblem, t: int, scenarios: np.ndarray, teams: list[Team], coming: list[Class]
) -> HiringProblem:
    """Return `problem` as it stands on the first day of month `t`."""
    first = problem.months.starts()[t]
    kinds = []
    for i, kind in enumerate(problem.kinds):
        staff = tuple(Head(x.since, x.until) for x in teams if x.flow.kind == i for _ in range(x.heads))
        kinds.append(replace(kind, paid_h=kind.paid_h[t:], present=kind.present[t:], staff=staff))
    groups = tuple(
        replace(
            g,
            demand=scenarios[:, i, t:],
            recipes=tuple(replace(r, ratio=r.ratio[t:]) for r in g.recipes),
            contract_h=None if g.contract_h is None else g.contract_h[t:],
        )
        for i, g in enumerate(problem.groups)
    )
    rules = replace(
        problem.rules,
        rooms=problem.rules.rooms if np.ndim(problem.rules.rooms) == 0 else np.asarray(problem.rules.rooms)[t:],
        recruits=problem.rules.recruits
        if np.ndim(problem.rules.recruits) == 0
        else np.asarray(problem.rules.recruits)[t:],
        frozen=tuple(m - t for m in problem.rules.frozen if m >= t),
    )
    return replace(
        problem, as_of=first, months=Months(first, problem.months.count - t), kinds=tuple(kinds), groups=groups,
        rules=rules, given=tuple(coming),
    )  # fmt: skip


def firm(problem: HiringProblem, case: Case, made: Decisions) -> list[Class]:
    """Return the classes of `made` that have to be decided before the next planning."""
    out = []
    lead = dt.timedelta(days=round(7 * problem.rules.lead_weeks))
    for option, heads, classes in zip(case.supply.options, made.heads, made.classes, strict=True):
        count, people = max(1, round(classes)), round(heads)
        if people > 0 and option.start - lead < next_planning(problem.as_of):
            sizes = [people * (i + 1) // count - people * i // count for i in range(count)]
            out += [(_name(problem.kinds, option.kind), option.start, n) for n in sizes if n]
    return out


def _name(kinds: tuple[Kind, ...], number: int) -> str:
    return kinds[number].name
