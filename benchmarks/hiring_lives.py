"""Planning again each month: the workforce lives on by chance, and only what is firm is carried out."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from busyhour.schedule.hiring.case import Case
from busyhour.schedule.hiring.check import checked
from busyhour.schedule.hiring.cohort import of_today, plain
from busyhour.schedule.hiring.days import Days
from busyhour.schedule.hiring.flow import Flow, class_flow
from busyhour.schedule.hiring.held import classes_of
from busyhour.schedule.hiring.problem import Head, HiringProblem, Months
from busyhour.schedule.hiring.recourse import settle
from busyhour.schedule.hiring.result import next_planning, sizes
from busyhour.schedule.hiring.rule import Filling, first_kind, target
from busyhour.schedule.hiring.simulate import arrivals
from busyhour.schedule.hiring.supply import Decisions, hours_of, mentor_of, mentors
from busyhour.schedule.hiring.tenure import training_days
from busyhour.schedule.hiring.worth import end_value, progress

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
    """People who started on the same day, on one path.

    Parameters
    ----------
    chance
        Of this team alone: the same people leave whatever else is decided, so that policies are compared in pairs.
    """

    flow: Flow
    since: dt.date | None
    until: dt.date | None
    heads: int
    luck: float
    hired: bool
    chance: np.random.Generator


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
        self.staff = _cohorts_today(problem, self.days)
        self.flows: dict[tuple[int, dt.date], Flow] = {}

    def flow(self, number: int, start: dt.date) -> Flow:
        """Return the flow of a class, made once."""
        if (number, start) not in self.flows:
            self.flows[number, start] = class_flow(self.problem, self.days, number, start)
        return self.flows[number, start]

    def teams(self, seed: int) -> list[Team]:
        """Return today's people, with chances of their own."""
        out = []
        for i, (flow, head, heads) in enumerate(self.staff):
            chance = np.random.default_rng([seed, 0, i])
            out.append(Team(flow, head.since, head.until, heads, float(chance.standard_normal()), False, chance))
        return out

    def begin(self, name: str, start: dt.date, people: int, place: int, seed: int) -> Team:
        """Return a class that starts, the `place`-th of its kind and day, with a chance of its own."""
        number = self.numbers[name]
        chance = np.random.default_rng([seed, 1, number, start.toordinal(), place])
        heads = int(arrivals(chance, self.problem.rules.drop_out, people, 1)[0])
        return Team(self.flow(number, start), start, None, heads, float(chance.standard_normal()), True, chance)

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
        problem, case, teams = self.problem, self.case, self.teams(seed)
        coming, begun = list(problem.given), Counter[tuple[str, dt.date]]()
        cost = missing = 0.0
        hired = 0
        for t, as_of in enumerate(problem.months.starts()[:-1]):
            coming += policy(state(problem, t, forecast(t), teams, coming))
            begins = [c for c in coming if self.days.month(c[1]) == t]
            coming = [c for c in coming if c not in begins]
            for name, start, people in begins:
                team = self.begin(name, start, people, begun[name, start], seed)
                begun[name, start] += 1
                teams.append(team)
                cost += team.heads * problem.kinds[team.flow.kind].hire_cost
                hired += team.heads
            presence, wages = pass_month(case, teams, t, as_of)
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


def _cohorts_today(problem: HiringProblem, days: Days) -> list[tuple[Flow, Head, int]]:
    """Return the flows of today's people, those of one day together, and how many they are."""
    out = []
    for number, kind in enumerate(problem.kinds):
        counted = Counter(plain(kind, problem.as_of, h) for h in kind.staff).items()
        for head, heads in sorted(counted, key=lambda item: (str(item[0].since), str(item[0].until))):
            out.append((Flow.of(number, kind, of_today(kind, days, problem.as_of, head)), head, heads))
    return out


def pass_month(case: Case, teams: list[Team], t: int, first: dt.date) -> tuple[np.ndarray, float]:
    """Let month `t`, whose first day is `first`, pass: return hours of presence by pool and wages; `teams` shrink."""
    presence = np.zeros(len(case.supply.pools))
    wages = 0.0
    for team in teams:
        flow = team.flow
        after = int(team.chance.binomial(team.heads, flow.stay[t]))
        there, team.heads = (team.heads + after) / 2.0, after
        noise = case.problem.kinds[flow.kind].learning.noise * team.luck
        presence[case.supply.pool_of[flow.kind]] += there * (flow.work_h[t] + noise * flow.noisy_h[t])
        wages += there * flow.wages[t]
    return presence - _trainers(case, teams, t, first), wages


def _trainers(case: Case, teams: list[Team], t: int, first: dt.date) -> np.ndarray:
    """Return the hours of presence that trainers and companions of teams are away in month `t`, by pool."""
    problem, out = case.problem, np.zeros(len(case.supply.pools))
    nests = training_days(problem.rules.nesting_weeks)
    for team in teams:
        kind = problem.kinds[team.flow.kind]
        busy = dt.timedelta(training_days(kind.learning.training_weeks) + nests)
        mentor = mentor_of(problem, kind.group)
        if team.since is None or team.since + busy <= first or mentor is None:
            continue
        count = classes_of(problem.rules, team.heads)
        off = mentors(problem, kind, case.supply.days, team.since, team.heads, count)
        out[case.supply.pool_of[mentor]] += hours_of(problem.kinds[mentor], off)[t]
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
    due = next_planning(problem.as_of)
    return [
        (problem.kinds[option.kind].name, option.start, n)
        for option, heads, classes in zip(case.supply.options, made.heads, made.classes, strict=True)
        if problem.rules.decide_by(option.start, problem.as_of) < due
        for n in sizes(heads, classes)
    ]


def fill_next_month(case: Case) -> Decisions:
    """Return the classes that close next month's gap, all people and classes on their way counted as experienced.

    The plain rule of a spreadsheet: neither lead nor learning nor leaving is seen. Only the first starts are used.
    """
    supply, filling, want = case.supply, Filling(case), target(case, 1.0)
    month = min(max(0, supply.days.month(case.problem.as_of) + 1), supply.days.months - 1)
    have = np.zeros(len(supply.pools))
    hours = [float(k.paid_h[month] * k.present[month]) for k in case.problem.kinds]
    names = [k.name for k in case.problem.kinds]
    for i, kind in enumerate(case.problem.kinds):
        on_their_way = sum(people for name, _, people in case.problem.given if name == names[i])
        have[supply.pool_of[i]] += hours[i] * (len(kind.staff) + on_their_way)
    starts = sorted({o.start for o in supply.options})
    gaps = []
    for j, option in enumerate(supply.options):
        first = option.kind == first_kind(case.problem, option.kind)
        if first and option.start == starts[0] and hours[option.kind] > 0:
            pool = supply.pool_of[option.kind]
            gap = (want[pool, month] - have[pool]) / hours[option.kind]
            gaps.append((gap * hours[option.kind] / max(1e-9, want[pool, month]), j, gap))
    for _, j, heads in sorted(gaps, reverse=True):
        filling.hire(j, heads)
    return filling.made
