"""The judge's rules of one person's week, one file a rule, under the key of plan.toml or the file that sets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .days_off_together import days_off_together
from .fixed import fixed
from .hours import max_h_week
from .max_run_days import max_run_days
from .max_shifts import max_shifts
from .max_start_spread_min import max_start_spread_min
from .max_weekends import max_weekends
from .min_run_days import min_run_days
from .min_run_off_days import min_run_off_days
from .not_next_day import not_next_day
from .number_of_days import max_days, min_days
from .presence import availability, employment, leave, one_shift_a_day, skills
from .rest_min import rest_min
from .week import Found, Week
from .whole_weekends import whole_weekends

PEOPLE: Mapping[str, Callable[[Week], Found]] = {
    "one_shift_a_day": one_shift_a_day,
    "rest_min": rest_min,
    "max_h_week": max_h_week,
    "max_days": max_days,
    "min_days": min_days,
    "max_run_days": max_run_days,
    "days_off_together": days_off_together,
    "max_start_spread_min": max_start_spread_min,
    "availability": availability,
    "leave": leave,
    "employment": employment,
    "skills": skills,
    "min_run_days": min_run_days,
    "min_run_off_days": min_run_off_days,
    "max_weekends": max_weekends,
    "whole_weekends": whole_weekends,
    "not_next_day": not_next_day,
    "max_shifts": max_shifts,
    "fixed": fixed,
}
"""Every rule by its name in a violation."""
