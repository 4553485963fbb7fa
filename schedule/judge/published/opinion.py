"""The second opinion on a whole run: which question rests on which, and one sentence for each that fails."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ....forecast.errors import InputError
from ..check import Violation
from . import beyond, changed, doing, few_hours, missed, money, requirement, roster, service, short, summary, volume
from .expected import Expected
from .run import Fault, Published

NUDGE = 1e-6
"""Share of the calls that rounding may have taken or added."""

RULES_OF_PLAN = "rules"
"""Stands for the rules of the plan itself: the judge's verdict on the activity."""


UNPAID = "the run was published without wages: its costs cannot be counted again"


@dataclass(frozen=True)
class Question:
    """One thing to find out.

    Parameters
    ----------
    name
        Known to questions that rest on it.
    rule
        Word of its violations: the table or figure that is wrong.
    find
        Yields what is wrong.
    rests_on
        Questions without whose answer this one makes no sense: a count against a wrong table finds the same fault
        again.
    money
        Whether it asks for wages or costs, which a run may leave out.
    """

    name: str
    rule: str
    find: Callable[[Opinion], Iterable[Fault]]
    rests_on: tuple[str, ...] = ()
    money: bool = False


@dataclass(frozen=True, eq=False)
class Opinion:
    """A run and what it should be."""

    run: Published = field(repr=False)

    @cached_property
    def expected(self) -> Expected:
        """Requirement, curves and needs made anew; made once, when they are asked for.

        Files round the calls to six decimals. Where one call in a million decides whether one head more is needed, the
        planner may have seen it the other way: calls a millionth fewer or more are tried where the tables differ.
        """
        first = Expected.of(self.run)
        if self.run.requirement is None and self._differs(first):
            for factor in (1.0 - NUDGE, 1.0 + NUDGE):
                other = Expected.of(self.run, factor)
                if not self._differs(other):
                    return other
        return first

    def _differs(self, expected: Expected) -> bool:
        questions = (requirement.requirement, requirement.curve, requirement.coverage)
        return any(True for find in questions for _ in find(self.run, expected))


PLAN = (RULES_OF_PLAN, "identity", "leave", "doing", "ids", "roster")

QUESTIONS = (
    Question("identity", "summary", lambda o: summary.identity(o.run)),
    Question("labels", "summary", lambda o: summary.labels(o.run), ("identity",)),
    Question("leave", "leave", lambda o: doing.leave(o.run), (RULES_OF_PLAN, "identity")),
    Question("doing", "activity", lambda o: doing.doing(o.run), (RULES_OF_PLAN,)),
    Question("ids", "activity", lambda o: doing.ids(o.run), (RULES_OF_PLAN,)),
    Question("roster", "roster", lambda o: roster.roster(o.run), (RULES_OF_PLAN, "doing")),
    Question("volume", "volume", lambda o: volume.volume(o.run), ("identity",)),
    Question("past", "past_weeks", lambda o: volume.past(o.run)),
    Question("requirement", "requirement", lambda o: requirement.requirement(o.run, o.expected), ("volume",)),
    Question("curve", "curve", lambda o: requirement.curve(o.run, o.expected), ("volume", "requirement")),
    Question(
        "coverage", "coverage", lambda o: requirement.coverage(o.run, o.expected), (*PLAN, "requirement", "curve")
    ),
    Question("cover", "cover", lambda o: roster.cover(o.run), (*PLAN, "coverage")),
    Question("open", "open_shifts", lambda o: short.open_shifts(o.run)),
    Question("reasons", "open_reasons", lambda o: short.open_reasons(o.run), ("open",)),
    Question("explain", "explain", lambda o: short.explain(o.run, o.expected), ("coverage",)),
    Question("service", "service", lambda o: service.service(o.run, o.expected), ("coverage",)),
    Question("periods", "summary", lambda o: beyond.periods(o.run, o.expected), ("identity", "coverage")),
    Question("simulation", "service", lambda o: service.simulation(o.run), ("identity", "service")),
    Question("promised", "service", lambda o: service.promised(o.run), ("simulation",)),
    Question("figures", "summary", lambda o: summary.figures(o.run, o.expected), ("identity", "coverage", "reasons")),
    Question("missed", "summary", lambda o: missed.missed(o.run), ("identity", "service", "simulation")),
    Question("changed", "changed_days", lambda o: changed.changed(o.run), PLAN),
    Question("few_hours", "summary", lambda o: few_hours.few_hours(o.run), (*PLAN, "coverage")),
    Question("services", "summary", lambda o: summary.services(o.run), ("identity", "simulation")),
    Question("cost", "cost", lambda o: money.cost(o.run, o.expected), ("identity", "coverage"), money=True),
    Question("explained", "explain", lambda o: short.explained_costs(o.run), ("explain", "cost"), money=True),
    Question("reasoned", "open_reasons", lambda o: short.reason_costs(o.run), ("reasons", "cost"), money=True),
    Question("outcome", "summary", lambda o: summary.outcome(o.run), ("identity", "figures", "cost")),
)
"""In the order in which they are asked."""


def second_opinion(
    run: Published, before: Mapping[str, bool], more: Sequence[Question] = (), without: Collection[str] = ()
) -> tuple[list[Violation], list[str]]:
    """Ask every question about a published run, and `more`.

    Parameters
    ----------
    before
        What is known already: question → whether its answer is right.
    without
        Questions not to ask; those that rest on them are asked.

    Returns
    -------
    tuple
        A violation per question that failed, and a note on the tables that were not compared.
    """
    opinion, good = Opinion(run), dict(before)
    wrong: list[Violation] = []
    left: list[str] = []
    for q in (q for q in (*QUESTIONS, *more) if q.name not in without):
        if q.money and not run.wages:
            good[q.name] = True
            continue
        if not all(good.get(name, True) for name in q.rests_on):
            good[q.name] = False
            left.append(q.rule)
            continue
        try:
            faults = list(q.find(opinion))
        except InputError as error:
            faults = [Fault(None, f"{q.rule} cannot be compared: {error}")]
        good[q.name] = not faults
        if faults:
            wrong.append(_violation(run, q.rule, faults))
    told = ", ".join(dict.fromkeys(left))
    notes = [f"not compared, for what it rests on is wrong: {told}"] if left else []
    return wrong, notes if run.wages else [*notes, UNPAID]


def _violation(run: Published, rule: str, faults: list[Fault]) -> Violation:
    """Tell the first of several faults, and how many there are."""
    first = faults[0]
    start = "" if first.start is None else run.asked.clock.text(first.start)
    more = f" ({len(faults) - 1} more like it)" if len(faults) > 1 else ""
    return Violation(rule, "", start, first.text + more)
