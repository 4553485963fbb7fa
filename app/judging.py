"""The judge's verdict on a plan, from its activity and the plain texts of the inputs alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from ..schedule.judge.check import Verdict, Violation, read_plan, verdict_on
from ..schedule.judge.counts import check_coverage, wages_between

TEXTS = ("staff", "availability", "leave", "fixed", "special_days", "previous_activity")
"""Tables that the judge reads."""


def judged(
    activity: pd.DataFrame,
    plan: Mapping[str, Any],
    texts: Mapping[str, pd.DataFrame],
    week: dt.date,
    *,
    coverage: pd.DataFrame | None = None,
    wages: float | None = None,
) -> Verdict:
    """Return the judge's verdict on an activity table, from the inputs alone.

    A `coverage` is compared with the judge's own count of heads, `wages` with its own sum; the sum lies between two
    values where shifts of families with different pay look the same.

    Parameters
    ----------
    texts
        Those of the tables `TEXTS` that there are, all cells as text.
    """
    asked = {"plan": plan, **{name: texts.get(name) for name in TEXTS}, "week": week}
    read = read_plan(activity, asked)
    verdict = verdict_on(read)
    wrong: list[Violation] = []
    if coverage is not None:
        wrong += check_coverage(read, coverage)
    if wages is not None and verdict.passed:
        least, most = wages_between(read)
        cents = 0.005 * max(1, verdict.shifts)
        if not least - cents <= wages <= most + cents:
            told = f"{least:,.2f}" if most - least < cents else f"{least:,.2f} to {most:,.2f}"
            wrong.append(Violation("wages", "", "", f"the plan says {wages:,.2f}, recounted {told}"))
    return replace(verdict, violations=(*verdict.violations, *wrong))
