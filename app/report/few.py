"""Who got no shift, or fewer hours than the contract asks, and why."""

from __future__ import annotations

from .figures import number
from .run import Run
from .tables import TextTable, table


def few_table(run: Run) -> TextTable | None:
    """Return the people of ``few_hours`` in summary.json, those without a shift first; None where there is none."""
    entries = sorted(run.summary.get("few_hours") or (), key=lambda e: (e["shifts"] > 0, e["paid_h"] - e["asked_h"]))
    rows = [
        (run.name(e["agent"]), run.team(e["agent"]), number(e["shifts"]),
         *(number(e[k], 1) for k in ("paid_h", "asked_h")), e["reason"])
        for e in entries
    ]  # fmt: skip
    note = "Asked: the contract's least hours, less those credited for leave. Each shift of the contract was tried."
    columns = "Who|Team|Shifts#|Paid h#|Asked h#|What is in the way of one more shift"
    caption = "No shift, or fewer hours than asked"
    return table(caption, columns, rows, note, file="summary.json") if rows else None
