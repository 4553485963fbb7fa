"""Decimal sign and units of columns, recognised by names and values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...forecast.errors import InputError
from .marks import decimal_of
from .merge import COUNTS
from .units import LEAST_MEAN_S, LEAST_USUAL_S, MOST_MEAN_S
from .values import SECONDS, is_duration

TIMES = ("handle_s", "talk_s", "hold_s", "acw_s", "wait_s")
_NAMED = {
    "ms": re.compile(r"\bms\b|millisec", re.IGNORECASE),
    "min": re.compile(r"\bmin\b|minutes", re.IGNORECASE),
    "h": re.compile(r"\bh\b(?![\]:])|_h$|\bhours?\b|_hours$|\bstunden\b|\bstd\b", re.IGNORECASE),
}
_SECONDS = re.compile(r"\bs\b|\bsec|_s$|seconds|sekunden", re.IGNORECASE)


def measured(
    cells: pd.DataFrame, columns: Mapping[str, str], reasons: list[str], doubts: list[str], *, each_call: bool = False
) -> dict[str, Any]:
    """Return the keys decimal, thousands, units and totals that fit, each told in `reasons` or `doubts`.

    Parameters
    ----------
    cells, columns
        Text cells, and per column of ``calls`` the file's.
    each_call
        Whether a row is a call: then times are those of the call.
    """
    keys: dict[str, Any] = {}
    numeric = [t for o, t in columns.items() if o not in ("queue", "start")]
    comma = any(cells[t].str.fullmatch(r"\d+,\d{1,2}|\d+,\d{4,}").any() for t in numeric)
    if comma:
        keys["decimal"] = ","
        reasons.append("decimal comma: numbers like 1,5")
    elif any(_points_part_thousands(cells[t], t, reasons, doubts) for o, t in columns.items() if o in COUNTS):
        keys["thousands"] = "."
        comma = True
    units: dict[str, str] = {}
    totals: list[str] = []
    calls = _number(cells, columns.get("answered") or columns.get("offered"), comma)
    if each_call:
        calls = pd.Series(1.0, index=cells.index)
    for ours in (t for t in TIMES if t in columns):
        theirs = columns[ours]
        unit, total, why = _unit(theirs, cells[theirs], _number(cells, theirs, comma), calls)
        if unit is None:
            doubts.append(f"units: {theirs!r} may be in several units, {why}; write {ours} in [intake.units]")
        elif unit != "s":
            units[ours] = unit
        total = total and not each_call
        if total:
            totals.append(ours)
        what = "of a call" if each_call else "a total" if total else "a mean per call"
        if unit is not None:
            reasons.append(f"{theirs!r} is in {unit}, {what}: {why}")
    return keys | ({"units": units} if units else {}) | ({"totals": tuple(totals)} if totals else {})


def _points_part_thousands(text: pd.Series, name: str, reasons: list[str], doubts: list[str]) -> bool:
    """Whether the points of a column of calls part thousands; what cannot be told is a doubt."""
    try:
        points = decimal_of(text, whole=True, believed=None, column=name) == ","
    except InputError as error:
        doubts.append(f"thousands: {error}")
        return False
    if points:
        example = next(cell for cell in text if "." in cell)
        reasons.append(f"{name!r}: points part thousands, {example} is {example.replace('.', '')}")
    return points


def _number(cells: pd.DataFrame, name: str | None, comma: bool) -> pd.Series:
    if name is None:
        return pd.Series(float("nan"), index=cells.index)
    text = cells[name].str.replace(".", "").str.replace(",", ".") if comma else cells[name]
    return pd.to_numeric(text, errors="coerce").astype("float64")


def _unit(name: str, text: pd.Series, values: pd.Series, calls: pd.Series) -> tuple[str | None, bool, str]:
    """Return the unit (None where two fit alike), whether the column holds totals, and why."""
    total = bool(re.search(r"\btotal|\bsum\b|gesamt", name, re.IGNORECASE))
    written = next((cell for cell in text.unique() if is_duration(cell)), None)
    if written is not None:
        return "hms", total, "written like H:MM:SS" if ":" in written else f"written like {written}"
    for named, words in _NAMED.items():
        if words.search(name):
            return named, total, "its name says so"
    known = values.notna() & (calls > 0)
    if not known.any():
        return "s", total, "nothing to measure, seconds assumed"
    mean, per_call = float(values[known].mean()), float(values[known].sum() / calls[known].sum())
    if total or _SECONDS.search(name):
        size = per_call if total else mean
        small = _small(size)
        likely = next((u for u in ("s", "ms") if _believed(size, u)), small)
        unit: str | None = likely if likely is None or _believed(size, likely) else "s"
        return unit, total, f"its name, and {_told(size, unit)} per call"
    steadier = _varies(values[known] / calls[known]) < _varies(values[known])
    if steadier and LEAST_MEAN_S <= per_call <= MOST_MEAN_S:
        return "s", True, f"it grows with the calls, {per_call:.0f} s for each"
    unit = "ms" if mean > MOST_MEAN_S else _small(mean) if 0 < mean < LEAST_MEAN_S else "s"
    return unit, False, f"{_told(mean, unit)} per call"


def _small(size: float) -> str | None:
    """Return the unit of a mean below 5: min, h or d as is usual for a call; None where two of them are."""
    usual = [u for u in ("min", "h", "d") if LEAST_USUAL_S <= size * SECONDS[u] <= MOST_MEAN_S]
    if len(usual) > 1:
        return None
    return usual[0] if usual else "d" if _believed(size, "d") else "min"


def _believed(size: float, unit: str) -> bool:
    return LEAST_MEAN_S <= size * SECONDS[unit] <= MOST_MEAN_S


def _told(size: float, unit: str | None) -> str:
    """Return a mean in seconds; by every unit that fits where none is taken."""
    fits = ("min", "h", "d") if unit is None else (unit,)
    return " or ".join(f"{size * SECONDS[u]:.0f} s" + f" (in {u})" * (unit is None) for u in fits)


def _varies(values: pd.Series) -> float:
    """Return the coefficient of variation; infinite for fewer than three values or a zero mean."""
    return float(values.std() / values.mean()) if len(values) > 2 and values.mean() > 0 else float("inf")
