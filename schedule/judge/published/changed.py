"""Changes against a plan that is kept: counted again from the rows of that plan and the activity."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ..inputs import blank
from .roster import paid_shifts
from .run import Fault, Found, Published, keys

DEFAULT_HOURS, LEAST = 4.0, 80.0
"""Hours of wage that a changed day costs where plan.toml is silent, and the least price."""
Times = tuple[float, float] | None


def change_price(run: Published) -> float:
    """Return the price of a changed day."""
    given = run.raw.get("costs", {})
    return float(given["change"]) if "change" in given else max(DEFAULT_HOURS * float(given.get("cost_h", 20.0)), LEAST)


def changes(run: Published) -> dict[tuple[str, dt.date], tuple[Times, Times]]:
    """Return (agent, date) → times of the earlier plan and of this one, in real minutes, where they differ."""
    rows, clock = run.inputs.get("kept"), run.asked.clock
    now = {(agent, w.date): (w.start, w.end) for agent, mine in paid_shifts(run).items() for w in mine}
    employed = {w.person.id for w in run.plan.weeks.values() if any(w.employed(date) for date in run.asked.dates)}
    out = {}
    for row in [] if rows is None else rows.to_dict("records"):
        key = str(row["agent"]).strip(), dt.date.fromisoformat(str(row["date"]).strip()[:10])
        was = None if blank(row["start"]) else (clock.minute(row["start"]), clock.minute(row["end"]))
        if key[0] in employed and was != now.get(key):
            out[key] = was, now.get(key)
    return out


def changed(run: Published) -> Found:
    """Ensures that changed_days.csv and the summary tell the very days that differ from the plan that is kept."""
    told: Any = run.summary.get("kept")
    if run.inputs.get("kept") is None:
        if told is not None:
            yield Fault(None, "summary.json tells of a plan that is kept, and inputs has no kept.csv")
        return
    want = changes(run)
    columns = ("agent", "date", "was_start", "was_end", "start", "end")
    have = {(a, d): (_times(*was), _times(*now)) for a, d, *rest in keys(run.tables["changed_days"], columns)
            for was, now in [(rest[:2], rest[2:])]}  # fmt: skip
    for key in sorted(set(want) ^ set(have)):
        word = "lacks" if key in want else "should not name"
        yield Fault(None, f"changed_days.csv {word} {key[0]} on {key[1]}")
        return
    for key, times in want.items():
        if times != have[key]:
            yield Fault(None, f"changed_days.csv tells other times of {key[0]} on {key[1]} than the plans have")
            return
    counts = {"changed_days": len(want), "changed_people": len({agent for agent, _ in want})}
    for name, value in counts.items():
        if not isinstance(told, dict) or told.get(name) != value:
            yield Fault(None, f"kept.{name} is not {value}, as recounted")
            return


def _times(start: float, end: float) -> Times:
    """Return times; None where they are blank."""
    return None if start != start else (start, end)
