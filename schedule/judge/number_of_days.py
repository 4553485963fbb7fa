"""The judge's rules of a contract's days."""

from __future__ import annotations

from .week import Found, Week


def max_days(week: Week) -> Found:
    """Ensures no more days worked than the contract's most, less those of leave."""
    most = week.most_days - week.leave_days
    if len(week.dates) > most:
        yield None, f"{len(week.dates)} days worked, most {most} ({week.leave_days} days of leave)"


def min_days(week: Week) -> Found:
    """Ensures the contract's least days, less those on which the person is gone."""
    least = int(week.person.contract.get("min_days", 0)) - week.gone_days
    if not any(week.employed(d) for d in week.asked.dates):
        return
    if len(week.dates) < least:
        yield None, f"{len(week.dates)} days worked, least {least}"
