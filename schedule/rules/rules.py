"""Rules that hold for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...forecast.errors import InputError

RANGES: Mapping[str, tuple[int, int]] = {
    "rest_min": (0, 2880),
    "max_run_days": (1, 14),
    "min_run_days": (1, 7),
    "min_run_off_days": (1, 7),
    "days_off_together": (0, 7),
    "max_weekends": (0, 10),
}


def refuse_out_of_range(holder: object, key: str) -> None:
    """Raise `InputError` where a rule that `holder` has lies outside its range; `key` is the table of plan.toml."""
    for name, (low, high) in RANGES.items():
        value = getattr(holder, name, None)
        if value is not None and not low <= value <= high:
            raise InputError(f"Expected {name} between {low} and {high}", column=f"{key}.{name}", value=value)
    for family, most in (getattr(holder, "max_shifts", None) or {}).items():
        if not 0 <= most <= 7:
            raise InputError("Expected shifts between 0 and 7", column=f"{key}.max_shifts.{family}", value=most)


@dataclass(frozen=True)
class Rules:
    """People's rules; all are hard.

    Parameters
    ----------
    rest_min
        Least minutes between the end of a shift and the start of the same person's next.
    max_run_days
        Most days worked in a row, last week's counted.
    min_run_days
        Least days worked in a row, last week's counted; a run that goes on into the next week is never too short.
    min_run_off_days
        Least days off in a row, last week's counted; a run that goes on into the next week is never too short.
    days_off_together
        Length of one run of days off that everybody gets inside the week (closed days count as off); 0 = no rule.
    max_weekends
        Most weekends worked of the planned week and the week before together; None = no rule.
    whole_weekends
        Whether a weekend is worked on both days or on none, where both are open.
    not_next_day
        Shift family → families that may not follow on the next day.
    max_shifts
        Shift family → most shifts of it that a person works in the week.
    max_start_spread_min
        Most minutes between a person's earliest and latest start of the week; None = only priced (`Costs.steady_h`).
    """

    rest_min: int = 660
    max_run_days: int = 6
    min_run_days: int = 1
    min_run_off_days: int = 1
    days_off_together: int = 2
    max_weekends: int | None = None
    whole_weekends: bool = False
    not_next_day: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_shifts: Mapping[str, int] = field(default_factory=dict)
    max_start_spread_min: int | None = None

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        refuse_out_of_range(self, "rules")
