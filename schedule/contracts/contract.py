"""The contract between a client and a vendor: parties, goals, exclusions, locked forecast, money, termination."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ...forecast.calendar.grid import known_zone
from ...forecast.errors import InputError
from .goal import UNITS, Goal
from .ladder import Ladder, holds
from .lock import Lock, Locked, Relaxed
from .terms import Critical, EarnBack, Gate, Money, Termination

__all__ = [
    "Contract", "Critical", "EarnBack", "Exclusion", "Gate", "Goal", "Ladder", "Lock", "Locked", "Money", "Relaxed",
    "Termination",
]  # fmt: skip

DAY_MIN = 1440
MOST_SECONDS = 366 * 86400


@dataclass(frozen=True)
class Exclusion:
    """A time that does not count.

    Parameters
    ----------
    clause
        Clause of the contract that excludes it.
    start, end
        From `start` to before `end`, in local time; a bare date as `end` is that day inclusive. An interval that the
        time touches is left out whole.
    reason
        ``outage``, ``force_majeure``, ``client_staffing`` (the client dictates the head count), ``ramp_up`` or
        ``other``.
    queues, goals
        Queues and goals for which it holds; without them: all.
    note
        What happened, for the page.
    """

    clause: str
    start: dt.datetime | dt.date
    end: dt.datetime | dt.date
    reason: Literal["outage", "force_majeure", "client_staffing", "ramp_up", "other"] = "other"
    queues: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    note: str = ""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        if not self.clause.strip():
            raise InputError("an exclusion without clause", column="clause", mend="Name the clause that excludes it")
        if self.span[0] >= self.span[1]:
            mend = "The end lies after the start"
            raise InputError("an exclusion that ends before it begins", column="end", value=str(self.end), mend=mend)

    @property
    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """Wall clock of the first moment, and of the first moment after."""
        begin, end = self.start, self.end
        if not isinstance(begin, dt.datetime):
            begin = dt.datetime.combine(begin, dt.time())
        if not isinstance(end, dt.datetime):
            end = dt.datetime.combine(end + dt.timedelta(days=1), dt.time())
        if begin.tzinfo is not None or end.tzinfo is not None:
            mend = "Write local time of the contract's zone, without an offset"
            raise InputError("a time with an offset", column="start", value=str(self.start), mend=mend)
        return begin, end


@dataclass(frozen=True)
class Contract:
    """A contract on service.

    Parameters
    ----------
    name
        Name of the contract.
    queues
        Queues under the contract.
    goals
        The goals, in the order of the page.
    client, vendor
        The parties.
    zone
        Time zone whose clock the contract means; None = wall clock as written.
    interval_min
        Length of an interval of the contract, min. Shorter intervals of a file are added up.
    other_queues
        Queues that files may hold and that are not under the contract; a queue named nowhere is an error.
    begins
        First day of the contract; earlier calls do not count. None = all calls count.
    exclusions
        Times that do not count.
    lock
        The locked forecast; None = the volume gives no relief.
    money
        None = nothing is paid or lost.
    termination
        None = no right to end it.
    note
        Printed on the page, for example what is made up.
    """

    name: str
    queues: tuple[str, ...]
    goals: tuple[Goal, ...]
    client: str = ""
    vendor: str = ""
    zone: str | None = None
    interval_min: int = 30
    other_queues: tuple[str, ...] = ()
    begins: dt.date | None = None
    exclusions: tuple[Exclusion, ...] = ()
    lock: Lock | None = None
    money: Money | None = None
    termination: Termination | None = None
    note: str = ""
    _by_name: Mapping[str, Goal] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {goal.name: goal for goal in self.goals})
        if self.zone is not None:
            known_zone(self.zone)
        if not 0 < self.interval_min <= DAY_MIN or DAY_MIN % self.interval_min:
            mend = "Use 5, 10, 15, 30 or 60"
            raise InputError("does not divide a day", column="interval_min", value=self.interval_min, mend=mend)
        self._check_names()
        self._check_weights()
        self._check_levels()
        self._check_termination()
        self._check_lock()

    def goal(self, name: str) -> Goal:
        """Return the goal of this name."""
        return self._by_name[name]

    def queues_of(self, goal: Goal) -> tuple[str, ...]:
        """Return the queues that `goal` counts together."""
        return goal.queues or self.queues

    def _check_names(self) -> None:
        """Refuse a contract without queue or goal, and names that nothing has."""
        if not self.queues:
            raise InputError("no queue", column="queues", mend='Name them: queues = ["Sales"]')
        if not self.goals:
            raise InputError("no goal", column="goal", mend="Add a [goal.NAME]")
        if both := set(self.queues) & set(self.other_queues):
            mend = "A queue is under the contract or not: keep it in one list"
            raise InputError("a queue in both lists", column="other_queues", value=sorted(both)[0], mend=mend)
        wanted: list[tuple[str, str]] = []
        for i, exclusion in enumerate(self.exclusions):
            wanted += [(f"exclusion.{i + 1}.goals", name) for name in exclusion.goals]
        lock, money, end = self.lock, self.money, self.termination
        wanted += [("lock.relaxed.goal", r.goal) for r in (lock.relaxed if lock else ())]
        for key in ("critical", "gates", "earn_back") if money else ():
            wanted += [(f"money.{key}.goal", one.goal) for one in getattr(money, key)]
        wanted += [("termination.goals", name) for name in (end.goals if end else ())]
        for key, name in wanted:
            if name not in self._by_name:
                raise InputError("unknown goal", column=key, value=name, mend=f"One of {', '.join(self._by_name)}")
        queues = [(f"goal.{g.name}.queues", q) for g in self.goals for q in g.queues]
        queues += [(f"exclusion.{i + 1}.queues", q) for i, e in enumerate(self.exclusions) for q in e.queues]
        for key, name in queues:
            if name not in self.queues:
                raise InputError("unknown queue", column=key, value=name, mend=f"One of {', '.join(self.queues)}")

    def _check_weights(self) -> None:
        """Refuse weights that do not add up, and goals with money that are measured on another span than money is."""
        total = sum(goal.weight for goal in self.goals)
        if total and abs(total - 1) > 1e-6:
            shown = " + ".join(f"{goal.weight:g} ({goal.name})" for goal in self.goals if goal.weight)
            mend = f"Weights add up to 1: {shown}"
            raise InputError("weights do not add up", column="goal.weight", value=round(total, 6), mend=mend)
        if self.money is None:
            return
        if self.termination is not None and self.termination.period != self.money.period:
            mend = f'Write period = "{self.money.period}", as in [money]'
            raise InputError("money and termination have different periods", column="termination.period",
                             value=self.termination.period, mend=mend)  # fmt: skip
        if not total:
            raise InputError("money hangs on no goal", column="goal.weight", mend="Give weights that add up to 1")
        paid = {g.name: "its weight" for g in self.goals if g.weight}
        for key in ("critical", "gates", "earn_back"):
            paid |= {one.goal: f"money.{key}" for one in getattr(self.money, key)}
        for name, why in paid.items():
            if (unit := self.goal(name).unit) != self.money.period:
                mend = (
                    f'{why} settles by {self.money.period}: write unit = "{self.money.period}", with parts and '
                    "aggregation if each of its parts matters"
                )
                raise InputError(
                    "measured on another span than money", column=f"goal.{name}.unit", value=unit, mend=mend
                )

    def _check_levels(self) -> None:
        """Refuse levels that no figure of their goal can have, and terms that turn a goal round."""
        money, lock = self.money, self.lock
        levels = [(f"goal.{g.name}.ladder.rungs", g, f) for g in self.goals if g.ladder for f, _ in g.ladder.rungs]
        for key in ("critical", "earn_back") if money else ():
            levels += [(f"money.{key}.level", self.goal(one.goal), one.level) for one in getattr(money, key)]
        levels += [("lock.relaxed.level", self.goal(r.goal), r.level) for r in (lock.relaxed if lock else ())]
        for key, goal, level in levels:
            if not 0 <= level <= (1 if goal.is_share else MOST_SECONDS):
                mend = "A share: 73 % is 0.73" if goal.is_share else "Seconds, like 30"
                raise InputError(f"no figure that goal {goal.name} can have", column=key, value=level, mend=mend)
        if money is None:
            return
        for back in money.earn_back:
            if not holds(back.level, self.goal(back.goal).wanted, self.goal(back.goal).way):
                mend = f"A level at least as good as the goal's own, {self.goal(back.goal).wanted:g}"
                raise InputError("a missed period would earn malus back", column="money.earn_back.level",
                                 value=back.level, mend=mend)  # fmt: skip
        for failure in money.critical:
            goal = self.goal(failure.goal)
            if not holds(goal.wanted, failure.level, goal.way):
                mend = f"A level no better than the goal's own, {goal.wanted:g}"
                raise InputError("a goal that is met would fail critically", column="money.critical.level",
                                 value=failure.level, mend=mend)  # fmt: skip
        names = [back.goal for back in money.earn_back]
        for name in names:
            if names.count(name) > 1:
                mend = "Keep one of them: malus comes back once"
                raise InputError("two rules give one malus back", column="money.earn_back.goal", value=name, mend=mend)

    def _check_termination(self) -> None:
        """Refuse a rule of termination without a goal that can miss its period, and goals that outlast it."""
        if (rule := self.termination) is None:
            return
        for name in rule.goals:
            if UNITS.index(self.goal(name).unit) > UNITS.index(rule.period):
                mend = f'One miss would count in each {rule.period}: write period = "{self.goal(name).unit}"'
                raise InputError("measured on a longer span than termination counts", column="termination.goals",
                                 value=name, mend=mend)  # fmt: skip
        if not rule.goals and all(g.unit != rule.period for g in self.goals):
            mend = "Name goals, or a period on which a goal is measured"
            raise InputError("no goal is measured on the period of termination", column="termination.period",
                             value=rule.period, mend=mend)  # fmt: skip

    def _check_lock(self) -> None:
        """Refuse a consequence of the lock that a goal cannot have."""
        if self.lock is None:
            return
        for goal in (g for g in self.goals if g.counted):
            if self.lock.consequence == "surplus" and goal.metric == "asa":
                mend = 'Which calls are surplus cannot be told for a mean wait: write consequence = "exclude"'
                raise InputError("no surplus of a mean", column="lock.consequence", value="surplus", mend=mend)
        for relaxed in self.lock.relaxed:
            goal = self.goal(relaxed.goal)
            if goal.unit != self.lock.granularity or goal.aggregation != "volume":
                mend = f'Its unit must be that of the lock ({self.lock.granularity}), and its aggregation "volume"'
                raise InputError("this goal cannot be relaxed", column="lock.relaxed.goal", value=goal.name, mend=mend)
