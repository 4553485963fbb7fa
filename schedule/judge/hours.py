"""The judge's rules of a contract's paid hours."""

from __future__ import annotations

from .week import Found, Week


def max_h_week(week: Week) -> Found:
    """Ensures no more paid hours than the contract's most, less those credited for leave."""
    most = float(week.person.contract["max_h_week"]) - week.leave_days * week.day_h
    if week.paid_h > most + 1e-6:
        yield None, f"{week.paid_h:g} h paid, most {most:g} ({week.leave_days} days of leave)"


def below_contract(week: Week) -> str:
    """Tell how far the paid hours lie below the contract's least; "" where they do not. It is priced, not forbidden."""
    least = week.least_h if any(week.employed(d) for d in week.asked.dates) else 0.0
    return f"{week.person.id}: {week.paid_h:g} h paid, contract asks {least:g}" if week.paid_h < least - 1e-6 else ""
