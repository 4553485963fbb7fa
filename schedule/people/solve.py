"""Shifts, breaks and days off of named people, chosen together: a bound first, then plans that become ever better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np

from ...forecast.progress import Watch
from ..problem.problem import ScheduleProblem
from .finish import Finish
from .named_plan import NamedPlan
from .params import MovesParams, PeopleParams
from .people_search import PeopleSearch
from .tiny_problem import tiny_problem


def solve_named(
    problem: ScheduleProblem,
    *,
    watch: Watch,
    time_limit_s: float,
    gap: float = 0.001,
    seed: int = 1,
    threads: int = 1,
    steps: int | None = None,
    start: NamedPlan | None = None,
    own_prices: Mapping[str, np.ndarray] | None = None,
    params: PeopleParams | None = None,
) -> NamedPlan:
    """Choose everybody's shifts, breaks and days off at least cost, within every rule of people.

    People of several queues may change queue within a shift: each slot splits its heads over the queues at the highest
    worth. Ten parameters, of which three are needed: the rest are the options of a run.

    Parameters
    ----------
    watch
        Told of progress; a stop ends the work within a second with the best plan so far.
    time_limit_s
        Seconds for all of it.
    gap
        Relative gap to the proven bound at which to stop.
    seed
        With one thread: same seed, same plan, unless time has cut the search short (`Solved.stopped` says so then).
    threads
        With two or more the bound is raised beside the search for plans; once it rises no more, another plan is
        searched for from other chances. How far the one is when the other looks is chance: plans differ then.
    steps
        Steps of one annealing, after which a search ends that is asked for no more, also with time left: a repair, a
        trial. None = the search ends only when the gap is reached or proven, or time is up.
    start
        A plan of this week: the search goes on from it, with its prices, and without `steps` tries other starts after
        it. Their bound must hold for `problem` too; with a bound of None it is proven anew, from these prices.
    own_prices
        Agent → money that each of ``problem.shifts`` costs beyond wage and wishes when this agent works it, infinite =
        may not work it, shape (shifts,). Agents that are absent have none.
    params
        Parameters of the search; None = the usual ones.

    Raises
    ------
    Infeasible
        If somebody's rules contradict each other.
    SolverFault
        If `own_prices` leave somebody no week.
    NothingFound
        If the search was stopped, or time was up, before everybody had a week.
    """
    compile_kernels()
    params = params or PeopleParams()
    search = PeopleSearch(problem, watch, time_limit_s, gap, seed, start, own_prices, params)
    return search.run(threads, steps)


@cache
def compile_kernels() -> None:
    """Compile all kernels before any clock runs: seconds on the very first use, nothing after that."""
    problem = tiny_problem()
    steady = replace(problem, rules=replace(problem.rules, max_start_spread_min=0), staff=problem.staff[:1])
    params = PeopleParams(moves=MovesParams(moves=1, chunk=1))
    for tiny in (problem, steady):
        search = PeopleSearch(tiny, Watch(), 600.0, 0.0, 1, None, None, params)
        search.run(threads=1, steps=4)
        compiled = search.tries.begin(lambda: False)
        search.tries.round([compiled], 1, None, 600.0, lambda text: None)
        Finish(compiled).run()
