"""What each rostered shift costs in wages, worked out again from the run folder's inputs."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import pandas as pd

from ...forecast.calendar.grid import WEEKDAYS
from ...schedule.problem.costs import Overtime, Premium
from ...schedule.problem.shift_families import minute_of
from ..report.figures import known
from ..report.gantt import Stretch
from ..report.run import Run


def wage(run: Run, agent: str) -> float | None:
    """Return an agent's wage per paid hour: their own, else the contract's, else the centre's; None if unknown."""
    if run.staff is not None and agent in run.staff.index:
        person: dict[Hashable, Any] = run.staff.loc[agent].to_dict()
        if known(person.get("cost_h")):
            return float(person["cost_h"])
        contract = run.plan.get("contract", {}).get(person["contract"], {}).get("cost_h")
        if contract is not None:
            return float(contract)
    centre = run.plan.get("costs", {}).get("cost_h")
    return None if centre is None else float(centre)


def factors(run: Run, shifts: Iterable[Stretch]) -> list[float]:
    """Return the `factor` of each shift."""
    done: dict[tuple[pd.Timestamp, pd.Timestamp, float], float] = {}
    out = []
    for s in shifts:
        key = (s.start, s.end, (s.paid_min or 0) / 60)
        if key not in done:
            done[key] = factor(run, *key)
        out.append(done[key])
    return out


def factor(run: Run, start: pd.Timestamp, end: pd.Timestamp, paid_h: float) -> float:
    """Return the mean over a shift's slots of 1 + the premiums that apply, daily overtime spread over its paid hours.

    Paid hours × this × wage is what the shift costs.
    """
    slots = pd.date_range(start, end, freq=f"{run.slot_min}min", inclusive="left")
    costs = run.plan.get("costs", {})
    total = 0.0
    for premium in (Premium(**p) for p in costs.get("premium", ())):
        low, high = minute_of(premium.start, column="start"), minute_of(premium.end, column="end")
        in_time = (slots.hour * 60 + slots.minute >= low) & (slots.hour * 60 + slots.minute < high)
        on_day = [WEEKDAYS[d] in premium.days for d in slots.day_of_week]
        total += premium.share * float((in_time & on_day).mean())
    if paid_h > 0:
        total += sum(Overtime(**o).extra_h(paid_h) for o in costs.get("overtime", ())) / paid_h
    return 1 + total
