"""Which mark of a column parts decimals, and which thousands: 1.143 is 1143 calls in Germany."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from ...forecast.errors import InputError

Mark = Literal[".", ","]
OTHER: dict[Mark, Mark] = {".": ",", ",": "."}
NEARBY = 0.2
"""Median of the marked cells as a share of that of the others, above 0, from which the mark may part decimals."""


def decimal_of(
    text: pd.Series, *, whole: bool, believed: Callable[[float], bool] | None, column: str, file: Path | None = None
) -> Mark:
    """Return the mark that parts decimals in a column: a point, unless the column proves that points part thousands.

    A mark before exactly three digits may part thousands. Such a mark does so where no unmarked number reaches 1000
    and the column holds whole numbers, or the figures would be out of place as decimals.

    Parameters
    ----------
    text
        Cells of one column.
    whole
        Whether only whole numbers make sense, as for calls.
    believed
        Whether a figure of the column may be that large; None = any may.
    column, file
        What errors name.

    Raises
    ------
    InputError
        If a cell may be both, like 1.143.

    Examples
    --------
    >>> decimal_of(pd.Series(["766", "925", "1.143"]), whole=True, believed=None, column="Anrufe")
    ','
    >>> decimal_of(pd.Series(["180.5", "175.125"]), whole=False, believed=None, column="AHT")
    '.'
    """
    cells = pd.Series(text.unique(), dtype="str")
    for mark in OTHER:
        marked = cells[cells.str.fullmatch(rf"[+-]?\d[\d{mark}]*") & cells.str.contains(mark, regex=False)]
        if marked.empty or cells.str.contains(OTHER[mark], regex=False).any():
            continue
        if not marked.str.fullmatch(rf"[+-]?[1-9]\d{{0,2}}(?:\{mark}\d{{3}})+").all():
            return "."  # no mark of thousands; numbers with a decimal comma are refused where they are read
        plain = pd.to_numeric(cells[cells.str.fullmatch(r"[+-]?\d+")]).abs()
        parts_thousands = _as_thousands(marked, plain, mark, believed)
        parts_decimals = _as_decimals(marked, plain, mark, believed, whole=whole)
        if marked.str.count(rf"\{mark}").max() > 1 and parts_thousands:
            parts_decimals = False
        if parts_thousands == parts_decimals:
            raise _doubtful(text, str(marked.iloc[0]), mark, column, file)
        return OTHER[mark] if parts_thousands else mark
    return "."


def refuse_thousands(text: pd.Series, *, column: str, file: Path) -> None:
    """Raise `InputError` where points of one of our own tables, which part decimals, seem to part thousands."""
    cells = pd.Series(text.unique(), dtype="str")
    marked = cells[cells.str.fullmatch(r"[1-9]\d{0,2}\.\d{3}")]
    plain = pd.to_numeric(cells[cells.str.fullmatch(r"\d+")])
    if marked.empty or len(marked) + len(plain) < len(cells) or plain.empty:
        return
    if (plain < 1000).all() and not _as_decimals(marked, plain, ".", None, whole=False):
        raise _doubtful(text, str(marked.iloc[0]), ".", column, file)


def _as_thousands(marked: pd.Series, plain: pd.Series, mark: Mark, believed: Callable[[float], bool] | None) -> bool:
    """Whether `mark` may part thousands: then every number from 1000 on has one."""
    values = pd.to_numeric(marked.str.replace(mark, "", regex=False))
    return bool((plain < 1000).all()) and (believed is None or believed(float(values.max())))


def _as_decimals(
    marked: pd.Series, plain: pd.Series, mark: Mark, believed: Callable[[float], bool] | None, *, whole: bool
) -> bool:
    """Whether `mark` may part decimals: not in whole numbers, and not where the marked figures are far smaller."""
    if marked.str.count(rf"\{mark}").max() > 1:
        return False
    if whole:
        return (not len(plain) and mark == ".") or bool((plain >= 1000).any())
    values = pd.to_numeric(marked.str.replace(mark, ".", regex=False)).abs()
    others = plain[plain > 0]
    if len(others):
        return float(values.median()) >= NEARBY * float(np.median(others))
    return believed is None or believed(float(values.median()))


def _doubtful(text: pd.Series, cell: str, mark: Mark, column: str, file: Path | None) -> InputError:
    row = text.index[int(text.eq(cell).to_numpy().argmax())]
    large, small = cell.replace(mark, ""), cell.replace(mark, ".")
    return InputError(
        f"may be {large} or {small}",
        file=file,
        row=int(row),
        column=column,
        value=cell,
        mend=f'Write {large} or {small}0, or set thousands = "{mark}" or decimal = "{mark}" in [intake]',
    )
