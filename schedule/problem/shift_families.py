"""Shift families: one paid length and one break structure, at any start of a window."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ...forecast.calendar.grid import WEEKDAYS
from ...forecast.errors import InputError
from ...forecast.ranges import Range, refuse_beyond

DAY_MIN = 1440
RANGES = dict.fromkeys(("paid_min", "step_min"), Range(1, DAY_MIN, "Minutes, at most a day"))
"""Ranges of a shift family's numbers: nobody is paid for more than a day by one shift."""
_WITHIN = Range(0, 2 * DAY_MIN, "Minutes after the start of the shift")
BREAK_RANGES = {
    "duration_min": Range(1, DAY_MIN, "Minutes, at most a day"),
    **dict.fromkeys(("earliest_min", "latest_min", "min_before_min", "min_after_min"), _WITHIN),
}
"""Ranges of a break's numbers: a shift lasts two days at most, a day that is paid and a day that is not."""


def minute_of(text: str, *, column: str) -> int:
    """Read ``HH:MM`` (00:00 to 48:00) as minutes after midnight."""
    hours, _, minutes = text.partition(":")
    if not (hours.isdigit() and minutes.isdigit() and len(minutes) == 2 and int(minutes) < 60 and int(hours) <= 48):
        raise InputError("not a time of day", column=column, value=text, mend="Write it like 07:30")
    return int(hours) * 60 + int(minutes)


@dataclass(frozen=True)
class Break:
    """A break or lunch of a shift family: it starts between `earliest_min` and `latest_min` after the shift's start.

    `min_before_min` and `min_after_min` ask for that much unbroken work before and after it; where the
    windows do not imply them already, the windows are narrowed (see `ShiftFamily.windows`).
    """

    duration_min: int
    earliest_min: int
    latest_min: int
    kind: str = "break"
    paid: bool = True
    min_before_min: int = 0
    min_after_min: int = 0

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        if self.kind not in ("break", "lunch"):
            raise InputError("unknown kind of break", column="kind", value=self.kind, mend="One of break, lunch")
        refuse_beyond(self, BREAK_RANGES)
        if self.latest_min < self.earliest_min:
            raise InputError(
                "window ends before it begins",
                column="latest_min",
                value=self.latest_min,
                mend=f"At least {self.earliest_min}",
            )


@dataclass(frozen=True)
class ShiftFamily:
    """Shifts of one paid length and one break structure, at any start of a window.

    Parameters
    ----------
    name
        The NAME of ``[shift.NAME]``.
    paid_min
        Paid minutes; the length is this plus the unpaid breaks.
    start_from, start_to, step_min
        Wall-clock starts ``HH:MM``, both ends included, every `step_min` minutes.
    days
        Weekdays on which such a shift may start.
    breaks
        In order; their windows may not overlap (a window runs to the latest end of its break).
    """

    name: str
    paid_min: int
    start_from: str
    start_to: str
    step_min: int = 30
    days: tuple[str, ...] = WEEKDAYS
    breaks: tuple[Break, ...] = ()

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        refuse_beyond(self, RANGES, f"shift.{self.name}.")
        for day in self.days:
            if day not in WEEKDAYS:
                raise InputError(
                    "unknown weekday", column=f"shift.{self.name}.days", value=day, mend=f"One of {', '.join(WEEKDAYS)}"
                )
        if minute_of(self.start_to, column=f"shift.{self.name}.start_to") < minute_of(
            self.start_from, column=f"shift.{self.name}.start_from"
        ):
            raise InputError(
                "start_to lies before start_from", column=f"shift.{self.name}.start_to", value=self.start_to
            )
        if self.starts_min[-1] - self.starts_min[0] >= DAY_MIN:  # a start would count on two days
            raise InputError(
                "starts span a day or more", column=f"shift.{self.name}.start_to", value=self.start_to,
                mend="Let start_to lie less than 24 hours after start_from",
            )  # fmt: skip
        self.windows  # noqa: B018 - checks the breaks

    @property
    def length_min(self) -> int:
        """Minutes from start to end, unpaid breaks included."""
        return self.paid_min + sum(b.duration_min for b in self.breaks if not b.paid)

    @cached_property
    def windows(self) -> tuple[tuple[int, int], ...]:
        """Per break the earliest and latest start in minutes after the shift's start, after `min_before`/`min_after`.

        Raises
        ------
        InputError
            When a break does not fit into its shift or two windows overlap.
        """
        out: list[tuple[int, int]] = []
        free_from, need_before = 0, 0
        for k, b in enumerate(self.breaks):
            key = f"shift.{self.name}.break"
            low = max(b.earliest_min, free_from + max(b.min_before_min, need_before))
            later = self.breaks[k + 1].earliest_min if k + 1 < len(self.breaks) else self.length_min
            high = min(b.latest_min, self.length_min - b.duration_min - b.min_after_min)
            if b.duration_min >= self.length_min:
                raise InputError(
                    "break is longer than its shift",
                    column=key,
                    value=b.duration_min,
                    mend=f"The shift lasts {self.length_min} min",
                )
            if not b.paid and b.duration_min > self.paid_min:
                raise InputError(
                    "unpaid break lasts longer than the shift's paid time",
                    column=key,
                    value=b.duration_min,
                    mend=f"At most paid_min, which is {self.paid_min}; paid_min holds all paid minutes of the shift",
                )
            if b.earliest_min < free_from:
                raise InputError(
                    "break windows overlap",
                    column=key,
                    value=f"{b.kind} from minute {b.earliest_min}",
                    mend=f"The break before it may last until minute {free_from}",
                )
            if high < low:
                raise InputError(
                    f"{b.kind} has no legal start",
                    column=key,
                    value=f"{b.earliest_min}-{b.latest_min}",
                    mend=f"It must start between minutes {low} and {high} after the shift's start; widen its window",
                )
            if b.latest_min + b.duration_min > self.length_min:
                raise InputError(
                    "break window runs past the shift's end",
                    column=key,
                    value=b.latest_min,
                    mend=f"Latest start is minute {self.length_min - b.duration_min}",
                )
            if b.latest_min + b.duration_min > later:
                raise InputError(
                    "break windows overlap",
                    column=key,
                    value=f"{b.kind} until minute {b.latest_min + b.duration_min}",
                    mend=f"The next window begins at minute {later}",
                )
            out.append((low, high))
            free_from, need_before = high + b.duration_min, b.min_after_min
        return tuple(out)

    @property
    def starts_min(self) -> range:
        """Wall-clock starts in minutes after midnight."""
        first, last = minute_of(self.start_from, column="start_from"), minute_of(self.start_to, column="start_to")
        return range(first, last + 1, self.step_min)
