"""The watch over the calls of each queue: learnt once a day from the days before, asked at every look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.calls.arrange import arranged
from ...forecast.calls.history import History
from ...forecast.errors import InputError
from ...forecast.intraday.seen import Seen
from ...forecast.intraday.watch import DayWatch, day_watch
from ...forecast.progress import Watch
from .actuals import Actuals
from .events import DeskEvent, noisy_days
from .kept_calibration import keep, kept, name_of
from .outlook import override_factor
from .planned_day import PlannedDay, PlannedWeek


class Watches:
    """The watches over the queues of a plan.

    Parameters
    ----------
    week
        The plan, with the calls of the days before.
    events
        The log of known events, whose days calibrate nothing.
    alarms_per_week
        False alarms a week that the desk accepts.
    seed
        Of the changes planted to find what can be seen.
    folder
        Where calibrations are kept from look to look; None = each look learns its own.
    """

    def __init__(
        self,
        week: PlannedWeek,
        events: Sequence[DeskEvent],
        alarms_per_week: float,
        seed: int,
        folder: Path | None = None,
    ) -> None:
        self.week, self.events, self.alarms_per_week, self.seed = week, events, alarms_per_week, seed
        self.folder = folder
        self._learnt: dict[tuple[dt.date, int, str], DayWatch | str] = {}

    def of(self, day: PlannedDay, queue: str) -> DayWatch | None:
        """Return the watch over a queue that has been learnt; None where there is none."""
        found = self._learnt.get((day.date, day.interval_min, queue))
        return None if isinstance(found, str) else found

    def seen(self, actuals: Actuals, watch: Watch) -> tuple[dict[str, Seen | None], list[str]]:
        """Return what the watch over each queue says, None where there is none, and why not.

        Raises
        ------
        Stopped
            If stopped on the way.
        """
        day, notes = actuals.day, list[str]()
        out: dict[str, Seen | None] = {}
        for queue in day.queues:
            key = day.date, day.interval_min, queue
            if key not in self._learnt:
                watch.tell("calibrate", queue)
                self._learnt[key] = self.learnt(actuals, queue, watch)
            own = self._learnt[key]
            if isinstance(own, str):
                notes.append(own)
                out[queue] = None
                continue
            came, factor = actuals.queues[queue], override_factor(day, queue)
            size = 24 * 60 // day.interval_min
            handle = _by_wall(came.handle_s, day.wall, size)
            told = handle if np.isfinite(handle).any() else None
            answered = _by_wall(came.answered, day.wall, size)
            out[queue] = own.look(day.date, _by_wall(came.offered / factor, day.wall, size), told, answered)
            watch.raise_if_stopped()
        return out, notes

    def learnt(self, actuals: Actuals, queue: str, watch: Watch) -> DayWatch | str:
        """Return the watch over a queue, or why there is none."""
        noisy = noisy_days(self.events, queue)
        try:
            history = self.history(actuals, queue)
            quiet = tuple(date for date in history.dates if date not in noisy)
            name = "" if self.folder is None else name_of(history, quiet, self.alarms_per_week, self.seed)
            earlier = None if self.folder is None else kept(self.folder, name)
            found = day_watch(
                history, alarms_per_week=self.alarms_per_week, quiet=quiet, seed=self.seed, kept=earlier, watch=watch
            )
            if self.folder is not None and found.calibration is not earlier:
                keep(self.folder, name, found.calibration)
            return found
        except InputError as error:
            return f"no alarms for queue {queue}: {str(error).rstrip('.')}; the rest of the day is as the plan has it"

    def history(self, actuals: Actuals, queue: str) -> History:
        """Return the days of a queue before the day; those that the actuals tell are as they tell them.

        Raises
        ------
        InputError
            If there are none, or they cannot be used.
        """
        before = actuals.before
        parts = [] if before.empty else [before]
        if self.week.past is not None:
            past = self.week.past
            told = set(zip(before["queue"], before["start"].dt.date, strict=True))
            known = [key in told for key in zip(past["queue"], past["start"].dt.date, strict=True)]
            parts.insert(0, past[~np.array(known, dtype=bool)])
        if not parts:
            raise InputError("the run holds no calls of days before", mend="Add files of earlier days to --actuals")
        rows = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
        rows = rows[(rows["queue"] == queue) & (rows["start"].dt.date < actuals.day.date)]
        return arranged(queue, rows, self.week.calendar, actuals.day.interval_min)


def _by_wall(values: np.ndarray, wall: np.ndarray, size: int) -> np.ndarray:
    """Return values by wall-clock interval of the day, as a history has them: an hour that comes twice as its mean."""
    count = np.bincount(wall, minlength=size)
    total = np.bincount(wall, values, minlength=size)
    return np.asarray(np.divide(total, count, out=np.full(size, np.nan), where=count > 0))
