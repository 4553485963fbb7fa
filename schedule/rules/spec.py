"""A key of a rule: its facts for schema, messages, report and manual."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from ...forecast.errors import InputError
from .views import AgentView, ProblemView

T = TypeVar("T")


@dataclass(frozen=True)
class RuleSpec(Generic[T]):
    """One key of ``[rules]`` or ``[contract.NAME]``; its rule's automaton, arithmetic and rows stand in the same file.

    Parameters
    ----------
    key
        Name in plan.toml; the judge and explain.csv use it too.
    default
        Value where plan.toml is silent.
    loosest
        Value that never binds, also if a contract sets it (there None means: as in ``[rules]``).
    meaning
        Sentence of the manual.
    label
        Words of a sentence: "held back by …"; "" = one shift more never breaks the rule.
    row
        Words of the report's table of rules; "" = the report tells it in another table.
    holder
        Who sets it: ``everybody`` (only ``[rules]``), ``either``, or ``contract`` (only ``[contract.NAME]``).
    low, high
        Range of the number, or of each number of a table; None = any.
    counted
        What the numbers of a table count, for the message about the range.
    mend
        How a contradiction is mended: ``raise`` or ``lower`` the number, ``ease`` what is no number; "" = by no value
        tried in turn: it cannot be mended, or `diagnose` computes the value.
    step
        Numbers that are lowered stay multiples of it.
    unset
        The report's value where the default asks for nothing; "" = the report leaves the row out.
    families
        Returns (rest of the key, names) of the shift families that a value names.
    not_above
        Key whose value must not be less, and what is wrong where it is.
    """

    key: str
    default: T
    loosest: T
    meaning: str
    label: str
    row: str = ""
    holder: Literal["everybody", "either", "contract"] = "either"
    low: int | None = None
    high: int | None = None
    counted: str = ""
    mend: Literal["raise", "lower", "ease", ""] = ""
    step: int = 1
    unset: str = ""
    families: Callable[[Any], Iterable[tuple[str, Iterable[str]]]] = lambda value: ()
    not_above: tuple[str, str] | None = None

    @property
    def silent(self) -> bool:
        """Whether the rule never binds without an entry in plan.toml."""
        return self.holder != "contract" and (self.default is None or self.default == self.loosest)

    def of(self, problem: ProblemView, agent: AgentView) -> T:
        """Return the person's value: the contract's own, else that for everybody."""
        if self.holder == "everybody":
            value: T = getattr(problem.rules, self.key)
        else:
            value = problem.contracts[agent.contract].rule(self.key, problem.rules)
        return value

    def easier(self, value: int) -> range:
        """Return the easier numbers in turn, the nearest first."""
        if self.mend == "raise" and self.high is not None:
            return range(value + 1, self.high + 1)
        if self.mend == "lower" and self.low is not None:
            return range((value - 1) // self.step * self.step, self.low - 1, -self.step)
        return range(0)

    def refuse_out_of_range(self, value: Any, table: str) -> None:
        """Raise `InputError` where `value` lies outside the range; `table` is the table of plan.toml."""
        if value is None or self.low is None or self.high is None:
            return
        of_table = isinstance(value, Mapping)
        numbers = {f".{name}": n for name, n in value.items()} if of_table else {"": value}
        for name, number in numbers.items():
            if not self.low <= number <= self.high:
                what = f"Expected {self.counted or self.key} between {self.low} and {self.high}"
                raise InputError(what, column=f"{table}.{self.key}{name}", value=number)
