"""When queues are open in the days after the planned ones, into which the last shifts run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np

from ...forecast.calendar.calendars import Calendar
from ...forecast.calendar.grid import Grid
from ...schedule.problem.shift_families import DAY_MIN
from ..config.schema import Config


def open_after(config: Config, calendar: Calendar, grid: Grid) -> Mapping[str, np.ndarray]:
    """Return queue → whether it is open in the slots of the days after `grid`, as far as a shift may run."""
    longest = max((family.length_min for family in config.shift.values()), default=0)
    last = grid.dates[-1] + dt.timedelta(days=1)
    after = Grid(last, 2 + longest // DAY_MIN, grid.minutes, grid.zone)  # one day more: a day may have 23 hours
    return {queue: calendar.open_mask(after, queue) for queue in config.queue}
