"""What a manager asks of a hiring plan: what waiting, the limits, leavers and single people are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...forecast.progress import Watch
from ...schedule.hiring.answers import (
    Answer,
    Asked,
    Missed,
    changed,
    fewer_leave,
    lowest,
    missed,
    one_head_more,
    one_head_trained,
    same_plan,
    small_steps,
    waiting,
    without_limits,
)
from ...schedule.hiring.plan import HiringPlan
from ...schedule.hiring.problem import HiringProblem

LIMIT, STEP = "limit", "step"


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
    eases
        ``limit`` where a limit is dropped, ``step`` where one is eased by a step, else blank: the plan is then still
        possible, so that the change cannot cost anything.
    """

    what: str
    problem: HiringProblem
    keeps_plan: bool = False
    eases: str = ""


def questions_of(problem: HiringProblem, plan: HiringPlan, wanted: float) -> list[Question]:
    """Return what is asked of `plan`; steps that ease a limit only where a month stays below the `wanted` chance."""
    out = [Question("deciding nothing for a month", waiting(problem))]
    out += [Question(what, other, eases=LIMIT) for what, other in without_limits(problem)]
    if lowest(problem, plan) < wanted:
        out += [Question(what, other, eases=STEP) for what, other in small_steps(problem)]
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
        if found.saves < 0 and question.eases:  # the plan itself is still possible, and cheaper than the one found
            missing = float(sum(g.missing.sum() for g in plan.groups.values()))
            most = None if found.at_most is None else max(0.0, found.at_most)
            found = replace(found, saves=0.0, at_least=0.0, at_most=most, missing_h=missing,
                            lowest=lowest(problem, plan))  # fmt: skip
        out.append(found)
    return tuple(out)


def missed_by(
    questions: Sequence[Question], answers: Sequence[Answer], problem: HiringProblem, plan: HiringPlan, wanted: float
) -> Missed | None:
    """Return which limits keep a month below the `wanted` chance, and the cheapest relief, from what was answered.

    A stop or the end of the time leaves questions without an answer: the result tells that too.
    """
    found = {
        eases: [a for q, a in zip(questions, answers, strict=False) if q.eases == eases] for eases in (LIMIT, STEP)
    }
    tried = {eases: len(found[eases]) == sum(q.eases == eases for q in questions) for eases in found}
    return missed(lowest(problem, plan), wanted, found[LIMIT], found[STEP], all_limits=tried[LIMIT],
                  all_steps=tried[STEP])  # fmt: skip
