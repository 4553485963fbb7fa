"""Looks at the tiny Tuesday whose watch has seen what a test wants."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tiny_day import live, tiny_week

from busyhour.app.today.look import DayLooker, TodayLook, TodayOptions
from busyhour.app.today.planned_day import PlannedWeek
from busyhour.app.today.watched import Watches
from busyhour.forecast.intraday.seen import Alarm, Over, Seen
from busyhour.forecast.progress import Watch

CALLS_SERVICE = ("start", "offered", "answered", "answered_in", "within_s", "handle_s")


class FixedWatch:
    """A watch over a day that has seen what a test wants."""

    visible = meter = None

    def __init__(
        self, factor: float = 1.0, alarms: tuple[Alarm, ...] = (), overs: tuple[Over, ...] = (), handle: float = 1.0
    ) -> None:
        self.factor, self.alarms, self.overs, self.handle = factor, alarms, overs, handle

    def look(self, date: object, calls: np.ndarray, handle: np.ndarray | None, answered: np.ndarray | None) -> Seen:
        """Return the day with all that is to come multiplied by the factor."""
        usual = np.where(np.isfinite(calls), np.nan_to_num(calls), 30.0)
        mean = np.where(np.isfinite(calls), usual, usual * self.factor)
        low, high = (np.where(np.isfinite(calls), mean, mean + d) for d in (-8.0, 8.0))
        return Seen(mean, low, high, usual, self.alarms, self.overs, self.handle, self.handle - 0.1, self.handle + 0.1)


class FixedWatches(Watches):
    """Watches of which a test has made the only one."""

    fixed: FixedWatch | None = None

    def learnt(self, actuals: object, queue: str, watch: Watch) -> object:  # type: ignore[override]
        """Return the watch that the test has made."""
        return "no alarms: made up" if self.fixed is None else self.fixed


class Looker(DayLooker):
    """Looks with a watch that a test has made."""

    def __init__(self, week: PlannedWeek, options: TodayOptions, fixed: FixedWatch | None = None) -> None:
        super().__init__(week, options)
        self.watches = FixedWatches(week, self.events, options.alarms_per_week, self.seed)
        self.watches.fixed = fixed


def look(
    place: Path, until: str = "10:00", *, people: int = 8, fixed: FixedWatch | None = None, **options: object
) -> TodayLook:
    """Look at the tiny Tuesday as of a time of day."""
    return Looker(tiny_week(place, people=people), given(place, until, **options), fixed).look(Watch())


def given(place: Path, until: str, **options: object) -> TodayOptions:
    """Return options of a look whose actuals reach to a time of day."""
    path = live(place / "live.csv", until, columns=CALLS_SERVICE)
    return TodayOptions((path,), **({"now": f"2026-10-20T{until}"} | options))  # type: ignore[arg-type]


def up(size: float = 0.6) -> Alarm:
    """Return an alarm of more calls since 09:30, known at 10:00."""
    return Alarm("volume", "up", 19, 19, size, size - 0.2, size + 0.2, 5.0, 3.5)
