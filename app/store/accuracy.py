"""How good forecasts were over any span: figures from sums of scores, never averages of shares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Date, Integer, case, cast, func, select
from sqlalchemy.sql.elements import ColumnElement

from ...forecast.errors import InputError
from .schema import queue
from .schema import score as scored
from .schema import site as sites
from .scores import SUMS

BY = ("lead", "queue", "site", "week", "weekday", "model")
"""What accuracy may be told by."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIGURES = (
    "intervals", "unknown", "calls", "wape", "bias", "rmse", "coverage_80", "skill", "model_wape", "overrides_value",
    "handle_wape", "handle_bias",
)  # fmt: skip
"""Columns of accuracy after those of `BY`."""


def accuracy(
    c: Connection, by: Sequence[str] = ("lead",), since: dt.date | None = None, site: int | None = None
) -> pd.DataFrame:
    """Return how good the forecasts were, from sums of scores alone.

    Parameters
    ----------
    by
        Any of `BY`; a week is told by its Monday. Without the lead, forecasts of all leads are added up.
    since
        First day that counts; None = all.
    site
        Its id; None = all sites.

    Returns
    -------
    pandas.DataFrame
        The columns `by` and `FIGURES`, in the order of `by`. NaN = unknown.

    Raises
    ------
    InputError
        If `by` holds something else, or something twice.
    """
    for i, name in enumerate(by):
        if name not in BY or name in by[:i]:
            what = "unknown word" if name not in BY else "twice"
            raise InputError(what, column="--by", value=name, mend=f"Some of {', '.join(BY)}, each once")
    keys = _keys(c, by)
    asked = select(*(column.label(name) for name, column in keys.items()), *_sums()).group_by(*keys.values())
    if since is not None:
        asked = asked.where(scored.c.day >= since.isoformat())
    if site is not None:
        asked = asked.where(scored.c.queue.in_(select(queue.c.id).where(queue.c.site == site)))
    result = c.execute(asked)
    return figures(_told(c, pd.DataFrame(result.all(), columns=list(result.keys())), by), by)


def _keys(c: Connection, by: Sequence[str]) -> dict[str, ColumnElement[Any]]:
    """Return the columns to sum by: queue and lead always, since rows lie in their order and need no sorting then."""
    day: ColumnElement[Any] = scored.c.day
    if c.dialect.name == "sqlite":
        monday, weekday = func.date(day, "weekday 0", "-6 days"), (cast(func.strftime("%w", day), Integer) + 6) % 7
    else:
        date = cast(day, Date)
        monday = func.to_char(func.date_trunc("week", date), "YYYY-MM-DD")
        weekday = cast(func.extract("isodow", date), Integer) - 1
    more = {"week": monday, "weekday": weekday, "model": scored.c.model}
    keys: dict[str, ColumnElement[Any]] = {"number": scored.c.queue, "lead": scored.c.lead}
    return keys | {name: column for name, column in more.items() if name in by}


def _told(c: Connection, table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return sums by queue and lead as sums by the words of `by`."""
    known = select(queue.c.id, queue.c.name, sites.c.name).join(sites, queue.c.site == sites.c.id)
    names = {number: told for number, *told in c.execute(known)}
    for i, word in enumerate(("queue", "site")):
        if word in by:
            table[word] = [names[number][i] for number in table["number"]]
    sums = table.drop(columns=["number", *({"lead"} - set(by))])
    words: list[str] = list(by)
    if not words and len(sums):
        return sums.sum(min_count=1).to_frame().T
    return sums.groupby(words, as_index=False, dropna=False).sum(min_count=1) if words else sums


def _sums() -> list[ColumnElement[Any]]:
    """Return the sums of all columns, and of the intervals and calls behind figures that some days do not have."""
    s = scored.c
    banded, modelled = s.inside_80.is_not(None), s.model_abs.is_not(None)
    return [
        *(func.sum(s[name]).label(name) for name in SUMS),
        func.sum(case((banded, s.n), else_=0)).label("banded_n"),
        func.sum(case((modelled, s.actual), else_=0.0)).label("model_actual"),
        func.sum(case((modelled, s.abs_error), else_=0.0)).label("model_own"),
    ]


def figures(sums: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return the figures that follow from sums of scores.

    WAPE = Σ|error| / Σcalls; bias = Σerror / Σcalls, + is too high; ``skill`` = 1 − Σ|error| / Σ|error of last week's
    day|; ``coverage_80`` is the share of intervals inside the 80 % band; ``overrides_value`` is Σ|error| of the model −
    Σ|error| with the planner's numbers, in calls: + where overriding helped.
    """
    x = {name: pd.to_numeric(sums[name]).to_numpy(dtype=float) for name in sums if name not in (*BY, "day")}

    def per(above: np.ndarray, below: np.ndarray) -> np.ndarray:
        return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0))

    table = pd.DataFrame(
        {
            **{name: sums[name] for name in by},
            "intervals": x["n"].astype(int), "unknown": x["unknown"].astype(int), "calls": x["actual"],
            "wape": per(x["abs_error"], x["actual"]), "bias": per(x["error"], x["actual"]),
            "rmse": np.sqrt(per(x["squared_error"], x["n"])),
            "coverage_80": per(x["inside_80"], x["banded_n"]),
            "skill": 1 - per(x["own_abs"], x["naive_abs"]),
            "model_wape": per(x["model_abs"], x["model_actual"]),
            "overrides_value": x["model_abs"] - x["model_own"],
            "handle_wape": per(x["handle_abs"], x["handle_actual"]),
            "handle_bias": per(x["handle_error"], x["handle_actual"]),
        }
    )  # fmt: skip
    table = table.sort_values(list(by), ignore_index=True) if len(by) else table
    if "weekday" in by:
        table["weekday"] = [WEEKDAYS[int(day)] for day in table["weekday"]]
    return table
