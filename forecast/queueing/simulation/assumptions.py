"""Assumptions of a simulation besides staffing, calls and goals, the same for `simulate` and `repair`."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...calendar.grid import WEEKDAYS
from ...errors import InputError
from ..formulas.time_laws import Exponential, TimeLaw
from .attendance import Absent

Laws = TimeLaw | Mapping[str, TimeLaw]


@dataclass(frozen=True)
class Assumptions:
    """Assumptions of a simulation; `simulate` tells their meaning and their usual values.

    Attributes
    ----------
    interval_min
        Minutes of the volume's intervals, above 0.
    report_min
        Minutes of the intervals that are reported, a multiple of `interval_min`; None = `interval_min`.
    week_start
        Weekday on which weeks begin, in small letters.
    absent
        Share of heads that stay away unplanned, 0 to 1: one number, or by date, weekday or ``default``.
    handle, patience
        Laws of handle times and of patience, one or per queue; None = exponential.
    seed
        Any whole number.
    parts
        Queue → first days of the parts that are reported under the basis of its goal.
    """

    interval_min: int
    report_min: int | None
    week_start: str
    absent: Absent
    handle: Laws | None
    patience: Laws | None
    seed: int
    parts: Mapping[str, Sequence[dt.date]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.interval_min > 0:
            raise InputError("Expected interval_min > 0", column="interval_min", value=self.interval_min)
        if self.report_min is not None and (self.report_min <= 0 or self.report_min % self.interval_min):
            mend = f"{2 * self.interval_min} or {6 * self.interval_min}, for example"
            raise InputError(f"not a multiple of {self.interval_min} minutes", column="report_min",
                             value=self.report_min, mend=mend)  # fmt: skip
        if self.week_start not in WEEKDAYS:
            raise InputError("unknown weekday", column="week_start", value=self.week_start,
                             mend=f"One of {', '.join(WEEKDAYS)}")  # fmt: skip

    @property
    def interval_s(self) -> float:
        """Seconds of the volume's intervals."""
        return self.interval_min * 60.0

    @property
    def report_s(self) -> float | None:
        """Seconds of the intervals that are reported; None = as the volume has them."""
        if self.report_min is None or self.report_min == self.interval_min:
            return None
        return self.report_min * 60.0

    def handle_law(self, queue: str) -> TimeLaw:
        """Return the law of handle times of a queue; only its shape counts."""
        return _law(self.handle, queue, "handle")

    def patience_law(self, queue: str) -> TimeLaw:
        """Return the law of patience of a queue; its mean counts where the volume tells none."""
        return _law(self.patience, queue, "patience")


def _law(laws: Laws | None, queue: str, column: str) -> TimeLaw:
    """Return the law of a queue; without any laws an exponential law of infinite mean."""
    law = laws.get(queue) if isinstance(laws, Mapping) else laws
    if law is None and laws is not None:
        raise InputError(f"no law for queue {queue!r}", column=column, mend="Give one law, or one per queue")
    return Exponential(math.inf) if law is None else law
