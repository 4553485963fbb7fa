"""What each rostered shift costs in wages, worked out again from the run folder's inputs."""

from __future__ import annotations

import pandas as pd

from ...forecast.grid import WEEKDAYS
from ...schedule.rules import Premium
from ...schedule.shifts import minute_of
from ..report.run import Run


def wage(run: Run, agent: str) -> float | None:
    """Return an agent's wage per paid hour: their own, else their contract's, else the centre's; None if none is known."""
    if run.staff is not None and agent in run.staff.index:
        person = run.staff.loc[agent]
        own = person.get("cost_h")
        if own is not None and pd.notna(own):
            return float(own)
        contract = run.plan.get("contract", {}).get(person["contract"], {}).get("cost_h")
        if contract is not None:
            return float(contract)
    centre = run.plan.get("costs", {}).get("cost_h")
    return None if centre is None else float(centre)


def factor(run: Run, start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Return the mean over a shift's slots of 1 + the premiums that apply; paid hours × this × wage is its cost."""
    slots = pd.date_range(start, end, freq=f"{run.slot_min}min", inclusive="left")
    total = 0.0
    for premium in (Premium(**p) for p in run.plan.get("costs", {}).get("premium", ())):
        low, high = minute_of(premium.start, column="start"), minute_of(premium.end, column="end")
        in_time = (slots.hour * 60 + slots.minute >= low) & (slots.hour * 60 + slots.minute < high)
        on_day = [WEEKDAYS[d] in premium.days for d in slots.weekday]
        total += premium.share * float((in_time & on_day).mean())
    return 1 + total
