"""What a manager asks of a hiring plan: what waiting, the limits, leavers and single people are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...forecast.progress import Watch
from ...schedule.hiring.answers import (
    Answer,
    Asked,
    changed,
    fewer_leave,
    lowest,
    one_head_more,
    one_head_trained,
    same_plan,
    waiting,
    without_limits,
)
from ...schedule.hiring.plan import HiringPlan
from ...schedule.hiring.problem import HiringProblem


@dataclass(frozen=True)
class Question:
    """A change whose worth is asked.

    Parameters
    ----------
    what
        The change, as a short clause.
    problem
        The hiring problem with it.
    keeps_plan
        Whether the plan stays as it is. So for single people: two plans differ by more than one head is worth.
    looser
        Whether the plan is still possible, so that the change cannot cost anything.
    """

    what: str
    problem: HiringProblem
    keeps_plan: bool = False
    looser: bool = False


def questions_of(problem: HiringProblem) -> list[Question]:
    """Return what is asked of each plan of `problem`."""
    out = [Question("deciding nothing for a month", waiting(problem))]
    out += [Question(what, other, looser=True) for what, other in without_limits(problem)]
    for kind in problem.kinds:
        if kind.staff:
            more = one_head_more(problem, kind.name)
            out.append(Question(f"one experienced head more of {kind.name}", more, keeps_plan=True))
    for i, way in enumerate(problem.transfers):
        what = f"one head of {way.source} trained for {way.target} today"
        out.append(Question(what, one_head_trained(problem, i), keeps_plan=True))
    out.append(Question("leaving lower by one point a month", fewer_leave(problem)))
    return out


def answers_of(
    questions: Sequence[Question], problem: HiringProblem, plan: HiringPlan, watch: Watch, asked: Asked
) -> tuple[Answer, ...]:
    """Return the answers, in order; those that a stop or the end of the time left open are missing.

    Parameters
    ----------
    watch
        With the time limit of all answers.
    asked
        How each plan is searched.
    """
    quiet, out = Watch(stop=watch.stop, keeps=watch.keeps), list[Answer]()
    for i, question in enumerate(questions):
        if watch.stopped or watch.time_is_up:
            break
        watch.tell("answers", question.what, share=i / len(questions))
        if question.keeps_plan:
            out.append(same_plan(problem, plan, question.what, question.problem))
            continue
        found = changed(problem, plan, question.what, question.problem, quiet, asked)
        if watch.stopped:
            break  # a plan that was cut short tells nothing
        if found.saves < 0 and question.looser:  # the plan itself is still possible, and cheaper than the one found
            missing = float(sum(g.missing.sum() for g in plan.groups.values()))
            most = None if found.at_most is None else max(0.0, found.at_most)
            found = replace(found, saves=0.0, at_least=0.0, at_most=most, missing_h=missing,
                            lowest=lowest(problem, plan))  # fmt: skip
        out.append(found)
    return tuple(out)
