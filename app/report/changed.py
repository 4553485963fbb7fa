"""What was changed of an earlier plan that is kept: who, when, from what to what, and what keeping costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from .figures import money, number, percent
from .run import Run
from .tables import TextTable, table

OFF = "off"


def changed_table(run: Run) -> TextTable | None:
    """Return the days that differ from the earlier plan; None where no plan is kept."""
    kept, rows = run.summary.get("kept"), run.tables.get("changed_days")
    if not kept or rows is None:
        return None
    cells = [
        (run.name(r["agent"]), f"{r['date']:%a %Y-%m-%d}", shift(r["was_start"], r["was_end"]),
         shift(r["start"], r["end"]), "cannot stay" if r["forced"] else "pays")
        for r in rows.to_dict("records")
    ]  # fmt: skip
    return table("Changed days", "Who|When|Was|Now|Why", cells, kept_words(kept, run.currency), file="changed_days.csv")


def shift(start: Any, end: Any) -> str:
    """Return the times of a shift; "off" without one.

    Examples
    --------
    >>> shift(pd.Timestamp("2026-11-16T08:00"), pd.Timestamp("2026-11-16T16:00")), shift(pd.NaT, pd.NaT)
    ('08:00–16:00', 'off')
    """
    return OFF if pd.isna(start) else f"{start:%H:%M}–{end:%H:%M}"


def kept_words(kept: Mapping[str, Any], currency: str) -> str:
    """Return a sentence or two on what was changed of the plan that is kept, and what keeping it costs at most."""
    days, people, forced = (int(kept[key]) for key in ("changed_days", "changed_people", "forced_days"))
    told = f"{number(days)} of {number(kept['known_days'])} days of {number(people)} people changed"
    told = f"{told}, {number(forced)} of them cannot stay." if days else "No day of the earlier plan changed."
    if kept["price_of_changes"] is not None:
        each = money(kept["change_price"], currency)
        told += f" Changes are priced {money(kept['price_of_changes'], currency)}, {each} a day: no wages."
    share = kept["keeping_costs_at_most_share"]
    if share is None:
        return told
    most = kept["keeping_costs_at_most"]
    amount = "" if most is None else f"{money(most, currency)} or "
    return f"{told} Without that price the plan costs at most {amount}{percent(share, 2)} more than any free one."
