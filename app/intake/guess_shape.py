"""The shape of a table, guessed: a matrix, columns for each queue, a row for each figure, or no header at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from .body import total_of
from .by_queue import are_figures, rows_by_queue, rows_of_figures
from .date_words import WEEKDAY
from .dates import HOLDS_DATE
from .merge import Notes
from .values import SHARE
from .wide import lengthened, spread_over
from .words import TWICE, plain, recognised, split_name

LEAST_QUEUES = 2
"""Queues with columns of their own, at least, by which a table shows that shape."""
TOLD, LEAST_ROWS = 0.2, 100
"""Share from which, from 0 to 1, and rows from which parts and other queues are told apart by their variance."""
TOP = 20
"""Names that a reason lists, at most."""
_NUMBER = r"[+-]?[\d.,' ]*\d"
_CLOCK = r"\d{1,2}[:hH.]\d{2}(?::\d{2})?(?:\s*[ap]\.?\s*m\.?)?(?:\s*[-–].*)?"


def shaped(
    cells: pd.DataFrame, path: Path, reasons: list[str], doubts: list[str]
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return a table as one row per queue and interval, and the keys that say its shape."""
    header = list(cells.columns)
    found = recognised(header)
    if (spread := spread_over(header)) is not None:
        cells, _ = lengthened(cells, spread[0], path, Notes(), queue=found.columns.get("queue"))
        named = "times of day" if spread[0] == "day" else "dates"
        reasons.append(f"a matrix: {len(spread[1])} columns are {named}, {spread[1][0]!r} to {spread[1][-1]!r}")
        return cells, {"one_row": spread[0]}
    if found.metric is not None and found.value is not None and are_figures(cells[found.metric]):
        cells, _ = rows_of_figures(cells, found.metric, found.value, path)
        reasons.append(f"a row holds one figure: {found.metric!r} says which, {found.value!r} holds it")
        return cells, {"one_row": "figure", "figure_column": found.metric, "value_column": found.value}
    if found.columns:  # names that stand for themselves belong to no queue of their own
        return cells, {}
    queues = _by_names(header) or _by_values(cells, reasons, doubts)
    if not queues:
        return cells, {}
    told = ", ".join(map(repr, list(queues)[:TOP]))
    reasons.append(f"each queue has columns of its own: {told}")
    cells, _ = rows_by_queue(cells, queues, path)
    return cells, {"queue_columns": queues}


def _by_names(header: list[str]) -> dict[str, Mapping[str, str]]:
    """Return the columns of each queue by names such as "Sales Offered", where several queues have calls."""
    queues: dict[str, dict[str, str]] = {}
    for name in header:
        parts = split_name(name)
        if parts is not None:
            queues.setdefault(parts[0], {}).setdefault(parts[1], name)
    known: dict[str, Mapping[str, str]] = {name: columns for name, columns in queues.items() if "offered" in columns}
    return known if len(known) >= LEAST_QUEUES else {}


def _by_values(cells: pd.DataFrame, reasons: list[str], doubts: list[str]) -> dict[str, str]:
    """Return the columns of whole numbers that no name explains: each may be the calls of a queue, which is asked.

    Where one may be a part of another, as calls answered are of those offered, none is taken.
    """
    found = recognised(list(cells.columns))
    used = {found.start, found.date, found.time, found.end, *found.columns.values()}
    if not used - {None}:
        return {}
    names = [n for n in cells.columns if n not in used and not TWICE.search(n)]
    free = [n for n in names if cells[n].ne("").any() and _whole(cells[n]).all()]
    if any(plain(name).rstrip(".") in WEEKDAY for name in free):
        doubts.append("columns are named by weekdays, and a forecast needs the date of each; bring a row per interval")
        return {}
    numbers = cells[free].apply(pd.to_numeric, errors="coerce").fillna(0.0)
    totals = [name for name in free if total_of(name) and len(free) > LEAST_QUEUES]
    queues = [name for name in free if name not in totals]
    if len(queues) < LEAST_QUEUES:
        return {}
    parts = [(a, b) for a in queues for b in queues if a != b and _may_be_part(numbers[a], numbers[b])]
    if parts:
        doubts.append(
            f"columns: {parts[0][0]!r} may be a part of {parts[0][1]!r}, as answered is of offered; if they are the "
            "calls of two queues, write [intake.queue_columns], if one is offered, [intake.columns] offered"
        )
        return {}
    if totals:
        reasons.append(f"not used: {', '.join(map(repr, totals))}, the total of the queues")
    doubts.append(
        f"queue_columns: {', '.join(map(repr, queues[:TOP]))} are taken as queues with their calls; "
        "if they are not, map offered in [intake.columns]"
    )
    return {name: name for name in queues}


def _may_be_part(part: pd.Series, whole: pd.Series) -> bool:
    """Whether one column may count some of the calls of another, rather than other calls that come alike.

    It is never above the other. A part with the share r leaves a variance of about r (1 - r) for each call of the
    whole, other calls r (1 + r): from shares of `TOLD` and `LEAST_ROWS` rows on the two are told apart.
    """
    if (part > whole).any():
        return False
    share = float(part.sum() / max(whole.sum(), 1.0))
    left = float(((part - share * whole) ** 2).sum() / max(share * whole.sum(), 1e-9))
    return share < TOLD or len(part) < LEAST_ROWS or left < 1.0


def _whole(text: pd.Series) -> pd.Series:
    return text.str.fullmatch(r"\d+(?:\.0+)?") | (text == "")


def headless(cells: pd.DataFrame, reasons: list[str], doubts: list[str]) -> dict[str, Any]:
    """Return the keys date_column, time_column and columns of a table without names, by its values; all are asked."""
    rest = list(cells.columns)
    filled = {name: cells[name][cells[name] != ""] for name in rest}
    dated = next((n for n in rest if len(filled[n]) and filled[n].str.contains(HOLDS_DATE).mean() > 0.5), None)
    if dated is None:
        doubts.append("no header, and no column holds dates; map the columns by number in [intake.columns]")
        return {}
    rest.remove(dated)
    keys: dict[str, Any] = {}
    columns: dict[str, str] = {}
    timed = next((n for n in rest if len(filled[n]) and filled[n].str.fullmatch(_CLOCK).all()), None)
    if timed is not None and not filled[dated].str.contains(":", regex=False).any():
        rest.remove(timed)
        keys |= {"date_column": dated, "time_column": timed}
    else:
        columns["start"] = dated
    texts = [n for n in rest if len(filled[n]) and not filled[n].str.fullmatch(f"{_NUMBER}|{_CLOCK}|{SHARE}").any()]
    if texts:
        columns["queue"] = texts[0]
    whole = [n for n in rest if n not in texts and len(filled[n]) and _whole(filled[n]).all()]
    if whole:
        columns["offered"] = whole[0]
    told = ", ".join(f"column {theirs} as {ours}" for ours, theirs in columns.items() if ours != "start")
    doubts.append(f"columns: the file has no header; by the values {told or 'no column'} is taken; check each")
    reasons.append(f"columns are numbered from the left: 1 to {len(cells.columns)}")
    return {**keys, "columns": columns}
