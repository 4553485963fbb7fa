"""Hiring plans: gaps, promises and a contest of re-planned months: ``python -m benchmarks.hiring``.

``--parts gap,promise,contest`` picks parts, ``--months --groups --scenarios`` another size, ``--paths`` fewer paths.
All instances are made by `benchmarks.hiring_cases` from seeds. Decidable cost is cost less the expected wages of
today's people; savings of the contest are shares of the total cost, paired path by path.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np

from benchmarks.hiring_cases import SETTINGS, made, on_mean
from benchmarks.hiring_lives import Class, Lives, Policy, fill_next_month, firm
from busyhour.forecast.progress import Event, Watch
from busyhour.schedule.hiring.case import Case
from busyhour.schedule.hiring.model import Grid
from busyhour.schedule.hiring.plan import HiringPlan
from busyhour.schedule.hiring.problem import HiringProblem
from busyhour.schedule.hiring.result import decisions_of
from busyhour.schedule.hiring.rule import HireUpTo, fill
from busyhour.schedule.hiring.simulate import simulate
from busyhour.schedule.hiring.solve import Search, plan_hires
from busyhour.schedule.hiring.supply import Supply

SIZES = ((24, 5, 200), (36, 12, 1))
"""Months, groups, scenarios."""
WHOLE_MONTHS = 3
"""Months of whole heads in a re-plan: what is firm starts before."""


def gaps(asked: argparse.Namespace) -> Iterator[str]:
    """Yield the gap of each size and setting, and the seconds to the first plan."""
    yield "| months x groups x scenarios | setting | decidable cost | gap of it | gap of total | first plan | seconds |"
    yield "|---|---|---|---|---|---|---|"
    for months, groups, scenarios in [(asked.months, asked.groups, asked.scenarios)] if asked.months else SIZES:
        for setting in asked.settings:
            problem, _ = made(asked.seed, months, groups, scenarios, setting)
            began = time.monotonic()
            first = FirstPlan(began)
            plan = plan_hires(
                problem, watch=Watch(show=first.hear), time_limit_s=asked.seconds, gap=asked.gap, seed=1,
                threads=asked.threads,
            )  # fmt: skip
            cost, bound = plan.solved.cost or 0.0, plan.solved.bound
            of_cost = "no bound" if bound is None else f"{100 * (cost - bound) / max(abs(bound), 1.0):.2f} %"
            of_total = "no bound" if bound is None else f"{100 * (cost - bound) / plan.total:.2f} %"
            yield (
                f"| {months} x {groups} x {scenarios} | {setting} | {cost:,.0f} | {of_cost} | {of_total} "
                f"| {first.told} | {time.monotonic() - began:.0f} |"
            )


@dataclass
class FirstPlan:
    """Hears when there is a plan, which is told by its cost."""

    began: float
    seconds: float | None = None

    def hear(self, event: Event) -> None:
        """Take the time of the first event with a cost."""
        if self.seconds is None and event.best is not None:
            self.seconds = time.monotonic() - self.began

    @property
    def told(self) -> str:
        """The seconds in words."""
        return "never" if self.seconds is None else f"{self.seconds:.1f} s"


def promises(asked: argparse.Namespace) -> Iterator[str]:
    """Yield how far the frozen plan comes true on fresh paths."""
    yield "| setting | plan | promised total | realised | error | of decidable | probabilities inside |"
    yield "|---|---|---|---|---|---|---|"
    for setting in asked.settings:
        months, groups, scenarios = (asked.months, asked.groups, asked.scenarios) if asked.months else SIZES[0]
        problem, law = made(asked.seed, months, groups, scenarios, setting)
        fresh, _ = law.fresh(asked.promise_paths, asked.seed + 77)
        for name, planned in (("scenarios", problem), ("mean", on_mean(problem))):
            plan = plan_hires(planned, time_limit_s=asked.seconds, gap=asked.gap, threads=asked.threads)
            found = simulate(problem, plan, demand=fresh, seed=asked.seed)
            met = np.array([g.probability for g in plan.groups.values()])
            inside = ((met >= found.interval[0]) & (met <= found.interval[1])).mean()
            error = found.cost.mean() - plan.total
            half = 1.96 * found.cost.std() / np.sqrt(len(found.cost))
            yield (
                f"| {setting} | {name} | {plan.total:,.0f} | {found.cost.mean():,.0f} ± {half:,.0f} "
                f"| {100 * error / plan.total:+.2f} % | {100 * error / (plan.solved.cost or 1.0):+.2f} % "
                f"| {100 * inside:.0f} % |"
            )


def by_rule(rule: HireUpTo) -> Policy:
    """Return the policy that fills up to the rule's level."""

    def decide(problem: HiringProblem) -> list[Class]:
        case = Case.of(problem)
        return firm(problem, case, fill(case, rule)) if case.supply.options else []

    return decide


def by_next_month(problem: HiringProblem) -> list[Class]:
    """Hire to next month's gap."""
    case = Case.of(problem)
    return firm(problem, case, fill_next_month(case)) if case.supply.options else []


def by_optimiser(rule: HireUpTo, asked: argparse.Namespace) -> Policy:
    """Return the policy that plans anew by the programme."""

    search = Search(WHOLE_MONTHS, rule, Grid(points=10, rounds=2))

    def decide(problem: HiringProblem) -> list[Class]:
        supply = Supply.of(problem)
        if not supply.options:
            return []
        plan: HiringPlan = plan_hires(
            problem, time_limit_s=asked.replan_seconds, gap=0.003, search=search,
            threads=1 if asked.workers > 1 else asked.threads,
        )  # fmt: skip
        return firm(problem, Case.of(problem), decisions_of(supply, plan))

    return decide


@dataclass(frozen=True)
class Contest:
    """Paths that all policies live through: the same instance, the same chance.

    Parameters
    ----------
    asked, setting
        The instance.
    seed
        Of demand paths and of chance.
    paths
        How many.
    """

    asked: argparse.Namespace
    setting: str
    seed: int
    paths: int

    def costs(self, policy: str, rule: HireUpTo) -> np.ndarray:
        """Return the cost of each path under a policy of `POLICIES`, several processes beside each other."""
        workers = min(self.asked.workers, self.paths)
        jobs = [(self, policy, rule, range(i, self.paths, workers)) for i in range(workers)]
        out = np.zeros(self.paths)
        if workers == 1:
            found = [lived(jobs[0])]
        else:
            with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
                found = list(pool.map(lived, jobs))
        for job, costs in zip(jobs, found, strict=True):
            out[list(job[3])] = costs
        return out


def lived(job: tuple[Contest, str, HireUpTo, range]) -> list[float]:
    """Return the costs of some paths of a contest under a policy."""
    told, policy, rule, mine = job
    asked = told.asked
    months, groups = (asked.months, asked.groups) if asked.months else SIZES[0][:2]
    problem, law = made(asked.seed, months, groups, 2, told.setting)
    lives, decide = Lives(problem), POLICIES[policy](rule, asked)
    demand, levels = law.fresh(told.paths, told.seed)
    out = []
    for i in mine:

        def known(t: int, own: np.ndarray = levels[i]) -> np.ndarray:
            return law.draw(asked.replan_scenarios, told.seed + 4000 + t, t, own[:, t - 1] if t else None)

        out.append(lives.live(demand[i], known, decide, told.seed + 5000 + i).cost)
    return out


POLICIES: dict[str, Callable[[HireUpTo, argparse.Namespace], Policy]] = {
    "next month's gap": lambda rule, asked: by_next_month,
    "tuned rule": lambda rule, asked: by_rule(rule),
    "untuned rule": lambda rule, asked: by_rule(HireUpTo()),
    "programme, re-planned": by_optimiser,
}


def contest(asked: argparse.Namespace) -> Iterator[str]:
    """Yield savings of re-planned policies against hiring to next month's gap, and of the programme against each."""
    yield "| setting | policy | total cost | below next month's gap | the programme below the policy | seconds |"
    yield "|---|---|---|---|---|---|"
    for setting in asked.settings:
        began = time.monotonic()
        rule = best_rule(Contest(asked, setting, asked.seed + 500, asked.tuning_paths))
        yield f"| {setting} | tuning: level {rule.buffer:g}, look {rule.look} | | | | {time.monotonic() - began:.0f} |"
        fresh, found, seconds = Contest(asked, setting, asked.seed + 900, asked.paths), {}, {}
        for name in POLICIES:
            began = time.monotonic()
            found[name] = fresh.costs(name, rule)
            seconds[name] = time.monotonic() - began
        base, best = found["next month's gap"], found["programme, re-planned"]
        for name, cost in found.items():
            yield (
                f"| {setting} | {name} | {cost.mean():,.0f} | {paired(base, cost, base)} | {paired(cost, best, base)} "
                f"| {seconds[name]:.0f} |"
            )


def paired(dear: np.ndarray, cheap: np.ndarray, base: np.ndarray) -> str:
    """Return the mean saving as a percentage of the mean of `base`, and its 95 % interval."""
    saving = 100 * (dear - cheap) / base.mean()
    return f"{saving.mean():+.2f} ± {1.96 * saving.std(ddof=1) / np.sqrt(len(saving)):.2f} %"


def best_rule(tuning: Contest) -> HireUpTo:
    """Return the rule that costs least on the tuning paths: first the look, then the level, then finer levels."""
    known: dict[HireUpTo, float] = {}

    def cost(rule: HireUpTo) -> float:
        if rule not in known:
            known[rule] = float(tuning.costs("tuned rule", rule).mean())
        return known[rule]

    best = min((HireUpTo(1.0, look) for look in (0, 1, 2, 3)), key=cost)
    best = min((HireUpTo(b, best.look) for b in (0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15)), key=cost)
    best = min((HireUpTo(best.buffer, look) for look in (0, 1, 2, 3)), key=cost)
    return min((HireUpTo(round(best.buffer + s, 4), best.look) for s in (-0.025, 0.0, 0.025)), key=cost)


PARTS = {"gap": gaps, "promise": promises, "contest": contest}


def main() -> None:
    """Measure the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default="gap,promise,contest", help="comma-separated")
    parser.add_argument("--settings", default=",".join(SETTINGS), type=lambda text: text.split(","))
    parser.add_argument("--months", type=int, default=0, help="one size in the place of the usual ones")
    parser.add_argument("--groups", type=int, default=5)
    parser.add_argument("--scenarios", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each plan")
    parser.add_argument("--gap", type=float, default=0.001)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--paths", type=int, default=200, help="of the contest")
    parser.add_argument("--tuning-paths", type=int, default=40)
    parser.add_argument("--promise-paths", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2, help="processes of the contest")
    parser.add_argument("--replan-scenarios", type=int, default=20)
    parser.add_argument("--replan-seconds", type=float, default=5.0)
    asked = parser.parse_args()
    for part in asked.parts.split(","):
        for text in PARTS[part](asked):
            print(text, flush=True)


if __name__ == "__main__":
    main()
