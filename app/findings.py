"""Findings about the calls that a planner must see on the screen, not only in a table: a sentence each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

MOST_EACH = 3
"""Findings of one kind that are told one by one, at least 1; of more the first are, and the rest is counted."""
LEFT_OUT = "not learnt from"
"""Words of the finding of another level whose days are left out."""


def loud_findings(quality: pd.DataFrame, history: pd.DataFrame, first: pd.Timestamp) -> list[str]:
    """Return what changes a plan unseen: calls while closed, holidays planned as open, days left out.

    Parameters
    ----------
    quality, history
        Tables of a forecast: findings, and the calls as it saw them (NaN = not known).
    first
        Start of the planned days.
    """
    rows = [{str(k): v for k, v in r.items()} for r in quality.to_dict("records")]
    loud: dict[str, Callable[[dict[str, Any]], bool]] = {
        "closed_calls": lambda r: True,
        "hours": lambda r: True,
        "holiday": lambda r: pd.Timestamp(r["start"]) >= first,  # those before were shut, or learnt
        "unseen": lambda r: True,
        "level_shift": lambda r: LEFT_OUT in r["action"],
    }
    told = [
        line
        for kind, is_loud in loud.items()
        for line in _told(kind, [r for r in rows if r["kind"] == kind and is_loud(r)])
    ]
    return told + _unknown(history)


def _told(kind: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the findings of one kind, the first of them by name; a holiday of several queues is one."""
    lines = []
    for r in rows:
        where = f"{pd.Timestamp(r['start']).date()}" if kind == "holiday" else str(r["queue"])
        lines.append(f"{where}: {r['what']}; {r['action']}")
    lines = list(dict.fromkeys(lines))
    yield from lines[:MOST_EACH]
    if len(lines) > MOST_EACH:
        yield f"{len(lines) - MOST_EACH} more findings of this kind: see the report, Data quality"


def _unknown(history: pd.DataFrame) -> list[str]:
    """Tell the share of open intervals whose calls are not known; of many queues all together."""
    if "calls" not in history or history.empty:
        return []
    missing = history["calls"].isna()
    if not missing.any():
        return []
    share = f"{missing.sum():,} of {len(history):,} open intervals ({100 * missing.mean():.1f} %)"
    queues = history.loc[missing, "queue"].nunique()
    where = f"in {queues} queues " if queues > 1 else ""
    return [f"{where}{share} of the history have no known calls and are left out: see the report, Data quality"]
