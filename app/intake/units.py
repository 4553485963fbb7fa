"""Means from totals, and a refusal of handle times that can only be in wrong units."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError
from .mapping import Layout

LEAST_MEAN_S, MOST_MEAN_S = 5.0, 3600.0
"""Mean handle times that are believed, seconds: no centre talks less than 5 s or more than an hour on average."""


def means(columns: Mapping[str, pd.Series], name: str, layout: Layout) -> pd.Series:
    """Return a time column per call: totals are divided by the calls answered; unknown where none is answered."""
    values = columns[name]
    calls = columns["answered"] if "answered" in columns else columns["offered"]
    if name in layout.totals:
        values = values / calls.where(calls > 0)
    return values.where(~((values == 0) & (calls == 0)))


def refuse_wrong_units(calls: pd.DataFrame, layout: Layout, file: Path) -> None:
    """Raise `InputError`, with the unit that would fit, when the mean handle time lies below 5 s or above an hour."""
    if "handle_s" not in calls:
        return
    weight = calls["answered"].fillna(calls["offered"]) if "answered" in calls else calls["offered"]
    known = calls["handle_s"].notna() & (weight > 0)
    if not known.any():
        return
    mean = float((calls["handle_s"] * weight)[known].sum() / weight[known].sum())
    if LEAST_MEAN_S <= mean <= MOST_MEAN_S:
        return
    raise InputError(
        "wrong units: the mean handle time would be outside 5 s to 1 h",
        file=file,
        column="handle_s",
        value=f"{mean:.6g} s",
        mend=_fitting(calls["handle_s"][known], weight[known], mean, layout),
    )


def _fitting(handle: pd.Series, weight: pd.Series, mean: float, layout: Layout) -> str:
    def fits(value: float) -> bool:
        return LEAST_MEAN_S <= value <= MOST_MEAN_S

    unit = layout.unit("handle_s")
    names = [n for n in ("handle_s", "talk_s", "hold_s", "acw_s") if n in layout.columns] or ["handle_s"]
    ways: list[str] = []
    if unit == "s" and fits(mean / 1000):
        ways.append(_units_key(names, "ms"))
    if "handle_s" not in layout.totals and fits(float(handle.sum() / weight.sum())):
        ways.append(f"totals = [{', '.join(repr(n) for n in names)}]".replace("'", '"'))
    if unit == "s" and fits(mean * 60):
        ways.append(_units_key(names, "min"))
    if unit == "ms" and fits(mean * 1000):
        ways.append(_units_key(names, "s"))
    return (
        f"Set {' or '.join(ways)} in [intake]"
        if ways
        else "Check which column holds the handle time and its unit (intake.units, intake.totals)"
    )


def _units_key(names: list[str], unit: str) -> str:
    return "units = { " + ", ".join(f'{n} = "{unit}"' for n in names) + " }"
