"""The list of all rules of people's weeks, and the keys of plan.toml that set them.

A rule is one file of this folder. Here its class stands in one of three lists, and its keys in `Rules` and, where a
contract may set them, in `ContractRules`; all other facts of a key stand in its `RuleSpec`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from .days_off_together import DAYS_OFF_TOGETHER, DaysOffTogether
from .hours import Hours
from .max_run_days import MAX_RUN_DAYS, MaxRunDays
from .max_shifts import MaxShifts
from .max_start_spread_min import MAX_START_SPREAD_MIN, MaxStartSpread
from .max_weekends import MAX_WEEKENDS, MaxWeekends
from .min_run_days import MIN_RUN_DAYS, MinRunDays
from .min_run_off_days import MIN_RUN_OFF_DAYS, MinRunOffDays
from .not_next_day import NotNextDay
from .number_of_days import NumberOfDays
from .rest_min import REST_MIN, RestMin
from .rule import FamilyRule, ShiftRule, WorkRule
from .spec import RuleSpec
from .whole_weekends import WHOLE_WEEKENDS, WholeWeekends

WORK: tuple[type[WorkRule], ...] = (
    NumberOfDays,
    MaxRunDays,
    MinRunDays,
    MinRunOffDays,
    DaysOffTogether,
    MaxWeekends,
    WholeWeekends,
)
"""Rules of days worked."""

FAMILY: tuple[type[FamilyRule], ...] = (NotNextDay, MaxShifts)
"""Rules of shift families by day."""

SHIFT: tuple[type[ShiftRule], ...] = (RestMin, Hours, MaxStartSpread)
"""Rules of times and hours."""

SPECS: Mapping[str, RuleSpec[Any]] = {spec.key: spec for rule in (*WORK, *FAMILY, *SHIFT) for spec in rule.keys}
"""Every key of plan.toml that sets a rule."""


@dataclass(frozen=True)
class Rules:
    """People's rules for everybody, ``[rules]``; all are hard. Each key's meaning stands in the file of its rule."""

    rest_min: int = REST_MIN.default
    max_run_days: int = MAX_RUN_DAYS.default
    min_run_days: int = MIN_RUN_DAYS.default
    min_run_off_days: int = MIN_RUN_OFF_DAYS.default
    days_off_together: int = DAYS_OFF_TOGETHER.default
    max_weekends: int | None = MAX_WEEKENDS.default
    whole_weekends: bool = WHOLE_WEEKENDS.default
    not_next_day: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_shifts: Mapping[str, int] = field(default_factory=dict)
    max_start_spread_min: int | None = MAX_START_SPREAD_MIN.default

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        refuse_out_of_range(self, "rules")


@dataclass(frozen=True, kw_only=True)
class ContractRules:
    """The rules that a contract may set for its people; None = as in ``[rules]``."""

    max_run_days: int | None = None
    min_run_days: int | None = None
    min_run_off_days: int | None = None
    days_off_together: int | None = None
    max_weekends: int | None = None
    whole_weekends: bool | None = None
    not_next_day: Mapping[str, tuple[str, ...]] | None = None
    max_shifts: Mapping[str, int] | None = None

    def rule(self, key: str, rules: Rules) -> Any:
        """Return the contract's own value of a rule, else that of `rules`."""
        own = getattr(self, key)
        return getattr(rules, key) if own is None else own


def refuse_out_of_range(holder: Rules | ContractRules, table: str) -> None:
    """Raise `InputError` where a rule that `holder` sets lies outside its range; `table` is its table of plan.toml."""
    for f in fields(Rules):
        SPECS[f.name].refuse_out_of_range(getattr(holder, f.name, None), table)


def refuse_missing_keys(holder: type, asked: set[str]) -> None:
    """Raise where the fields of `holder` are not the keys that the rules' files ask for: a line was forgotten.

    Raises
    ------
    TypeError
        With the keys that differ.
    """
    differ = asked ^ {f.name for f in fields(holder)}
    if differ:
        raise TypeError(f"{holder.__name__} and the rules' files differ in: {', '.join(sorted(differ))}")


refuse_missing_keys(Rules, {key for key, spec in SPECS.items() if spec.holder != "contract"})
refuse_missing_keys(ContractRules, {key for key, spec in SPECS.items() if spec.holder == "either"})
