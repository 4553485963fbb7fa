"""Columns of an export by the column of the table ``calls`` that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError
from .mapping import ALIASES, CALL_MARKS, OURS, Layout
from .names import find_column, folded, nearest

Theirs = dict[str, list[str] | float]


def pick(expression: str, header: Sequence[str]) -> list[str] | None:
    """Return the columns that an expression of `Intake.columns` adds up, or None when no alternative is wholly there.

    Examples
    --------
    >>> pick("talk + hold | handle", ["Handle", "Talk", "Hold"])
    ['Talk', 'Hold']
    """
    whole = find_column(expression.strip(), header)
    if whole is not None:
        return [whole]
    for alternative in expression.split("|"):
        terms = [find_column(term.strip(), header) for term in alternative.split("+")]
        if all(t is not None for t in terms):
            return [t for t in terms if t is not None]
    return None


def mapped(layout: Layout, header: Sequence[str], file: Path) -> Theirs:
    """Return per column of ``calls`` the file's columns to add up, or a literal number, for all that the file holds.

    Raises
    ------
    InputError
        If a column that the planner named is not in the file (the nearest is offered), or start or offered is missing.
    """
    out: Theirs = {}
    for ours, expression in layout.columns.items():
        if expression.startswith("=") and expression not in header:
            out[ours] = _literal(ours, expression)
            continue
        found = pick(expression, header)
        if found is not None:
            out[ours] = found
        elif ours not in layout.optional:
            first = expression.split("|")[0].split("+")[0].strip()
            raise InputError(
                f"column {expression!r} for {ours} is not in the file",
                file=file,
                value=", ".join(header),
                mend=nearest(first, header),
            )
    for name in header:
        ours = ALIASES.get(folded(name), folded(name).replace(" ", "_"))
        known = ours in OURS and ours not in layout.columns and ours not in CALL_MARKS
        if known and not _taken(name, out) and (name == ours or ours not in out):
            out[ours] = [name]
    counted = layout.one_row in ("call", "event")
    for needed in ("start", *([] if counted else ["offered"])):
        if needed not in out and not (needed == "start" and layout.date_column):
            raise InputError(
                f"column {needed!r} is missing",
                file=file,
                value=", ".join(header),
                mend=f'Map it in plan.toml: [intake.columns] {needed} = "..." (busyhour init --calls guesses it)',
            )
    for name in filter(None, (layout.date_column, layout.time_column)):
        if find_column(name, header) is None:
            raise InputError(
                f"column {name!r} is not in the file", file=file, value=", ".join(header), mend=nearest(name, header)
            )
    return out


def queue_column(layout: Layout, header: Sequence[str]) -> str | None:
    """Return the column of a header that names the queue; None where there is none."""
    if "queue" in layout.columns:
        return next(iter(pick(layout.columns["queue"], header) or ()), None)
    return next((name for name in header if ALIASES.get(folded(name), folded(name)) == "queue"), None)


def _literal(ours: str, expression: str) -> float:
    try:
        return float(expression[1:])
    except ValueError:
        raise InputError(
            "not a number", column=f"intake.columns.{ours}", value=expression, mend="A literal is written like =20"
        ) from None


def _taken(name: str, found: Theirs) -> bool:
    return any(isinstance(theirs, list) and name in theirs for theirs in found.values())


def added(frame: pd.DataFrame, theirs: list[str] | float, read: Callable[..., pd.Series], file: Path) -> pd.Series:
    """Return the sum of the file's columns read by ``read(text, column=…, file=…)``; unknown where one is unknown."""
    if isinstance(theirs, float):
        return pd.Series(theirs, index=frame.index)
    return reduce(lambda a, b: a + b, [read(frame[name], column=name, file=file) for name in theirs])
