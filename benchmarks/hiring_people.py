"""What people's own rules cost beyond a week without names: ``python -m benchmarks.hiring_people``.

The need of a hiring plan is measured on sample weeks without names. Here a week is scheduled so, and again with as many
of the folder's people, in today's mix of contracts, as can just work these hours, times a slack: everybody with their
contract's hours and days, rest, days off together, but without leave, wishes or availability. What cannot be held is
priced by both alike, so the slack from which the prices are those of the week without names is what the rules of single
people cost.

    python -m benchmarks.hiring_people [FOLDER] [--week DATE] [--slack 1.0,1.02] [--scale 0.1] [--limit SECONDS]
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.hiring_need import scheduled
from busyhour.app.inputs.inputs import Inputs
from busyhour.app.inputs.options import RunOptions
from busyhour.forecast.progress import Watch
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.problem.problem import ScheduleProblem
from busyhour.schedule.problem.staff import Agent


def plain(problem: ScheduleProblem, people: tuple[Agent, ...], hours: float) -> ScheduleProblem:
    """Return `problem` with so many of `people` as can work `hours`, in their mix of contracts, at one wage all day."""
    by_contract: dict[str, list[Agent]] = {}
    for agent in people:
        by_contract.setdefault(agent.contract, []).append(agent)
    ranked = sorted(
        ((i + 0.5) / len(own), agent.id, agent) for own in by_contract.values() for i, agent in enumerate(own)
    )
    staff, can = list[Agent](), 0.0
    for _, _, agent in ranked:
        if can >= hours:
            break
        staff.append(Agent(agent.id, agent.contract, agent.skills, problem.costs.cost_h))
        can += problem.contracts[agent.contract].max_h_week
    if can < hours:
        raise SystemExit(f"all people together can work {can:,.0f} h, {hours:,.0f} are asked for")
    contracts = {name: replace(c, min_h_week=0.0) for name, c in problem.contracts.items()}
    costs = replace(problem.costs, steady_h=0.0, below_contract_h=0.0, premium=())
    return replace(problem, staff=tuple(staff), contracts=contracts, costs=costs)


def rows(asked: argparse.Namespace) -> Iterator[str]:
    """Yield a row for each slack."""
    yield "| week | people | hours they can work | paid hours | prices of what is missed, share of wages | bound |"
    yield "|---|---|---|---|---|---|"
    week = dt.date.fromisoformat(asked.week)
    problem, _, hours = scheduled(asked.folder, week, asked.limit, asked.scale)
    people = Inputs.from_folder(asked.folder, RunOptions(week=week)).people
    for slack in map(float, asked.slack.split(",")):
        named = plain(problem, people, slack * hours)
        found = solve_named(named, watch=Watch(), time_limit_s=asked.limit, gap=0.002)
        paid = sum(p.shift.paid_min for own in found.assigned.values() for p in own) / 60.0
        wages = paid * named.costs.cost_h
        can = sum(named.contracts[a.contract].max_h_week for a in named.staff)
        cost, bound = found.solved.cost or 0.0, found.solved.bound
        proven = "none" if bound is None else f"{bound:,.0f}"
        yield (
            f"| {week} | {len(named.staff)} | {can:,.0f} ({can / hours - 1:+.1%}) | {paid:,.0f} "
            f"({paid / hours - 1:+.1%}) | {(cost - wages) / wages:.2%} | {proven} of {cost:,.0f} |"
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("data/bank"))
    parser.add_argument("--week", default="2003-10-20", help="first day")
    parser.add_argument("--slack", default="1.0,1.01,1.02", help="hours that people can work beside those needed")
    parser.add_argument("--scale", type=float, default=1.0, help="factor on the calls: a smaller desk")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each schedule")
    for text in rows(parser.parse_args()):
        print(text, flush=True)


if __name__ == "__main__":
    main()
