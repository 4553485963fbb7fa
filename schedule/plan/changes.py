"""What a plan changes of the earlier one that it is to keep: who, when, from what to what, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..problem.problem import ScheduleProblem
from ..problem.staff import Agent, Kept
from .decision import Decision


@dataclass(frozen=True)
class ChangedDay:
    """A day of one person that differs from the earlier plan; a start of None = a day off.

    Attributes
    ----------
    forced
        Whether the person can no longer work what the earlier plan has, whatever the rest of the week.
    """

    agent: str
    day: int
    was: Kept
    start: int | None
    end: int | None
    forced: bool


def changed_days(found: Decision) -> tuple[ChangedDay, ...]:
    """Return what a plan changes of the earlier one, by person and day."""
    out = []
    for agent in found.problem.staff:
        on_day = {p.shift.day: p.shift for p in found.assigned.get(agent.id, ())}
        for kept in agent.kept:
            now = on_day.get(kept.day)
            if kept.changed(now):
                start, end = (None, None) if now is None else (now.start, now.end)
                forced = _forced(found.problem, agent, kept)
                out.append(ChangedDay(agent.id, kept.day, kept, start, end, forced))
    return tuple(out)


def _forced(problem: ScheduleProblem, agent: Agent, kept: Kept) -> bool:
    """Whether `agent` can no longer work `kept`."""
    if kept.start is None:
        return any(f.day == kept.day and f.what != "off" for f in agent.fixed)
    families = problem.contracts[agent.contract].shifts
    same = (s for s in problem.shifts if s.day == kept.day and s.family in families and not kept.changed(s))
    return not any(agent.free(s) and all(f.allows(s) for f in agent.fixed) for s in same)


def changes_table(found: Decision) -> pd.DataFrame:
    """Return changed_days.csv: agent, date, the shifts of the earlier plan and of this one, and whether forced."""
    grid = found.problem.grid

    def time(slot: float | None) -> pd.Timestamp | None:
        return None if slot is None else grid.first + pd.Timedelta(minutes=slot * grid.minutes)

    rows = [
        {
            "agent": c.agent, "date": grid.dates[c.day], "was_start": time(c.was.start), "was_end": time(c.was.end),
            "start": time(c.start), "end": time(c.end), "forced": int(c.forced),
        }
        for c in changed_days(found)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["agent", "date", "was_start", "was_end", "start", "end", "forced"])
    kind = pd.Series([grid.first]).dtype
    return table.astype(dict.fromkeys(("was_start", "was_end", "start", "end"), kind) | {"forced": "int64"})
