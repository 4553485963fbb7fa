"""Overtime: each shift of the plan half an hour or more longer, as tables of plan.toml that the judge reads, too."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...forecast.calendar.grid import WEEKDAYS
from ...schedule.problem.shift_families import DAY_MIN, minute_of

STEP_MIN = 30
"""Minutes by which overtime grows, above 0."""
MOST_MIN = 240
"""Most minutes of overtime that may be offered, a whole number of steps."""


@dataclass(frozen=True)
class Overtime:
    """Shift families that are longer ones of others.

    Attributes
    ----------
    tables
        Tables laid over plan.toml: the longer families, and the contracts that may work them.
    base
        Longer family → the family of which it is one, and how many minutes before it the longer one begins.
    """

    tables: Mapping[str, Any] = field(default_factory=dict)
    base: Mapping[str, tuple[str, int]] = field(default_factory=dict)


def offered_minutes(most: int) -> tuple[int, ...]:
    """Return the minutes of overtime that are offered, up to `most`."""
    return tuple(range(STEP_MIN, most + 1, STEP_MIN))


def overtime_of(
    plan: Mapping[str, Any], minutes: Sequence[int], only: Collection[str] | None = None, day: str | None = None
) -> Overtime:
    """Return the longer families of a plan: the same shift with more work at its end, or at its begin.

    Pauses stay where they are, hours and rest are limited as by any shift. A family that a rule names has none: the
    rule would not hold for the longer one.

    Parameters
    ----------
    plan
        The plain dict of plan.toml.
    minutes
        How much longer.
    only
        Names of those wanted; None = all.
    day
        Weekday on which alone they may be worked, beside the days that the plan tells already; None = any day.
    """
    families = {name: table for name, table in plan.get("shift", {}).items() if isinstance(table, Mapping)}
    contracts = plan.get("contract", {})
    ruled = _names_in([{**plan, "shift": {}, "contract": {}}, *({**c, "shifts": ()} for c in contracts.values())])
    longer: dict[str, dict[str, Any]] = {}
    base: dict[str, tuple[str, int]] = {}
    for name, table in families.items():
        if name in ruled or _is_longer(name, families):
            continue
        for by in minutes:
            for new, other, before in (
                (f"{name}+{by}", _stays(table, by), 0), (f"{by}+{name}", _comes(table, by), by)
            ):  # fmt: skip
                if other is not None and _is_same(families.get(new), other) and (only is None or new in only):
                    there = families.get(new, {}).get("days", ())
                    days = other.get("days", WEEKDAYS) if day is None else dict.fromkeys([*there, day])
                    longer[new], base[new] = {**other, "days": list(days)}, (name, before)
    may = {
        name: {"shifts": list(dict.fromkeys([*c["shifts"], *own]))}
        for name, c in contracts.items()
        if (own := [new for new, (old, _) in base.items() if old in c.get("shifts", ())])
    }
    return Overtime({"shift": longer, "contract": may}, base) if may else Overtime()


def _stays(table: Mapping[str, Any], by: int) -> dict[str, Any] | None:
    """Return a family with so many minutes more at its end; None where nobody may work for so long."""
    paid = table["paid_min"] + by
    return {**table, "paid_min": paid} if paid < DAY_MIN else None


def _comes(table: Mapping[str, Any], by: int) -> dict[str, Any] | None:
    """Return a family that begins so many minutes earlier; None where it would begin the day before."""
    first, last = (minute_of(str(table[key]), column=key) - by for key in ("start_from", "start_to"))
    step = int(table.get("step_min", STEP_MIN))
    first += -(first // step) * step if first < 0 else 0
    if first > last or table["paid_min"] + by >= DAY_MIN:
        return None
    breaks = [
        {**b, "earliest_min": b["earliest_min"] + by, "latest_min": b["latest_min"] + by}
        for b in table.get("break", ())
    ]
    times = {key: f"{at // 60:02d}:{at % 60:02d}" for key, at in (("start_from", first), ("start_to", last))}
    return {**table, **times, "paid_min": table["paid_min"] + by, **({"break": breaks} if breaks else {})}


def _is_same(there: Mapping[str, Any] | None, longer: Mapping[str, Any]) -> bool:
    """Whether a name is free, or that of the same longer family on other days."""
    own, other = ({k: v for k, v in (table or {}).items() if k != "days"} for table in (there, longer))
    return there is None or own == other


def _is_longer(name: str, families: Collection[str]) -> bool:
    """Whether a family is a longer one of another: overtime is not prolonged again."""
    parts = name.split("+")
    return any(p.isdecimal() for p in (parts[0], parts[-1])) and any(
        "+".join(part) in families for part in (parts[:-1], parts[1:])
    )


def _names_in(value: Any) -> set[str]:
    """Return every text and key in a plain value."""
    if isinstance(value, Mapping):
        return set(value).union(*map(_names_in, value.values()))
    if isinstance(value, list | tuple):
        return set().union(*map(_names_in, value))
    return {value} if isinstance(value, str) else set()
