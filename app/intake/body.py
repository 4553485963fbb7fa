"""Rows of a report that are no data: totals, repeated headers and footers; and dates that stand once a block."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from .merge import Notes

_TOTAL = re.compile(
    r"\b(?:(?:sub|grand)[\s-]*)?totals?\b|\b(?:zwischen|gesamt)?summen?\b|\bgesamt(?:ergebnis)?\b|\binsgesamt\b"
    r"|\b(?:averages?|mittelwert|durchschnitt|promedio|moyenne|somme|media|médio|razem|suma|overall|summary|daily)\b"
    r"|\b(?:teil|zwischen)?ergebnis\b|\b(?:sub|eind)?(?:totaal|totale|totalen|totali|totaux)\b|\bcomplessivo\b",
    re.IGNORECASE,
)
"""Words of rows that add others up; no date and no time of day holds one."""
_WORDS = re.compile(r"[^\W\d_]{3,}")
_DIGIT = re.compile(r"\d")
SHOWN = 6
"""Row numbers that a note lists, at most."""


def data_rows(
    cells: pd.DataFrame,
    date: str,
    time: str | None,
    queue: str | None,
    *,
    known: Collection[str] = (),
    file: Path,
    notes: Notes,
) -> pd.DataFrame:
    """Return the rows that are data (`without_totals`), each with its date (`with_dates`)."""
    when = [date] if time is None else [date, time]
    if queue is not None and queue not in when:
        cells = with_queues(cells, queue, file=file, notes=notes)
    cells = without_totals(cells, when, queue, known=known, file=file, notes=notes)
    return cells if time is None else with_dates(cells, date, time, file=file, notes=notes)


def with_queues(cells: pd.DataFrame, queue: str, *, file: Path, notes: Notes) -> pd.DataFrame:
    """Return the rows with the queue of a block, written on its first row alone, on all rows of the block.

    It is written so where most cells are blank and no two that follow each other are filled alike.
    """
    names = cells[queue]
    blank = names == ""
    if len(names) == 0 or blank.iloc[0] or blank.sum() <= len(names) / 2 or (~blank & (names == names.shift())).any():
        return cells
    notes.add("rows", f"{file.name}, column {queue}: a queue stands on the first row of a block alone", "filled down")
    return cells.assign(**{queue: names.where(~blank).ffill()})


def total_of(name: str) -> bool:
    """Whether a name tells of a total."""
    return _TOTAL.search(name) is not None


def is_footer(cells: Sequence[str], above: pd.DataFrame) -> bool:
    """Whether a last row with too few cells is the text below a table, or a total, rather than data cut short.

    A row of one cell is cut short where the cell begins like one above it in its column (digits are alike), or is a
    single word that tells no total; a row of several where its first cell heads whole rows above it.

    Parameters
    ----------
    cells
        The row, stripped.
    above
        The rows above it.

    Examples
    --------
    >>> above = pd.DataFrame({"queue": ["Sales"], "start": ["2026-01-05 08:00"], "offered": ["7"]})
    >>> is_footer(["Report generated 03/02/26", "", ""], above), is_footer(["Sal"], above)
    (True, False)
    """
    filled = [at for at, cell in enumerate(cells) if cell]
    first = cells[filled[0]] if filled else ""
    if _WORDS.search(first) is None:
        return False
    above = above[(above != "").sum(axis=1) > 1]  # lines of text below the table may begin alike
    column = above.iloc[:, filled[0]]
    total = _TOTAL.search(first) is not None
    if len(filled) > 1:
        return total and not bool((above.iloc[:, -1].ne("") & column.eq(first)).any())
    starts = _DIGIT.sub("0", first)
    cut = any(_DIGIT.sub("0", str(cell).strip()).startswith(starts) for cell in column.unique())
    return not cut and (total or " " in first)


def without_totals(
    cells: pd.DataFrame,
    when: Sequence[str],
    queue: str | None,
    *,
    known: Collection[str] = (),
    file: Path,
    notes: Notes,
) -> pd.DataFrame:
    """Return the rows that are data, and note which were left out.

    Left out are rows that repeat the header; rows with a word like Total in a column of `when`, or as their queue
    where there are other queues; and, below the last row that is dated, rows without a date or of one text.

    Parameters
    ----------
    cells
        Text cells, index "row".
    when
        Columns of the start: one, or the date and the time.
    queue
        Column of the queue; None = the file has none.
    known
        Names of queues that the planner knows: none of these is a total.
    """
    if cells.empty:
        return cells
    out = (cells == list(cells.columns)).all(axis=1)
    blank = pd.Series(True, index=cells.index)
    for name in when:
        out |= _holds(cells[name], _TOTAL)
        blank &= cells[name] == ""
    if len(when) > 1:
        out |= _sums_of_days(cells, when[0], when[1])
    out |= _total_queues(cells, when, queue, known)
    first = cells[when[0]]
    texts = _holds(first, _WORDS) & ((cells != "").sum(axis=1).eq(1) | ~_holds(first, _DIGIT))
    undated = (out | blank | texts).to_numpy()
    out |= undated[::-1].cumprod()[::-1].astype(bool)
    if out.all() or not out.any():
        return cells
    rows = list(map(str, cells.index[out]))
    notes.add(
        "rows",
        f"{file.name}: {len(rows)} row{'s' * (len(rows) > 1)} of totals, headers or footers "
        f"({', '.join(rows[:SHOWN])}{' …' * (len(rows) > SHOWN)})",
        "left out",
    )
    return cells[~out]


def with_dates(cells: pd.DataFrame, date: str, time: str, *, file: Path, notes: Notes) -> pd.DataFrame:
    """Return the rows with the date of a block, written on its first row alone, on all rows of the block."""
    dates = cells[date]
    bare = (dates == "") & (cells[time] != "")
    heads = (dates != "") & (cells.drop(columns=date) == "").all(axis=1)
    repeated = (dates != "") & (dates == dates.shift())
    if not bare.any() or repeated.any() or (len(dates) and dates.iloc[0] == ""):
        return cells
    notes.add("rows", f"{file.name}, column {date}: a date stands on the first row of a day alone", "filled down")
    return cells.assign(**{date: dates.where(dates != "").ffill()})[~heads]


def _sums_of_days(cells: pd.DataFrame, date: str, time: str) -> pd.Series:
    """Return the rows without a time of day where in some column each holds the sum of the other rows of its date."""
    bare = (cells[time] == "") & (cells[date] != "")
    none = pd.Series(False, index=cells.index)
    if not bare.any() or bare.all() or cells.loc[bare, date].duplicated().any():
        return none
    for name in cells.columns.drop([date, time]):
        numbers = pd.to_numeric(cells[name], errors="coerce")
        sums = numbers[~bare].groupby(cells.loc[~bare, date]).sum()
        if (numbers[bare] == cells.loc[bare, date].map(sums)).all():
            return bare
    return none


def _holds(text: pd.Series, pattern: re.Pattern[str]) -> pd.Series:
    return text.map({cell: pattern.search(cell) is not None for cell in text.unique()}).astype(bool)


def _total_queues(cells: pd.DataFrame, when: Sequence[str], queue: str | None, known: Collection[str]) -> pd.Series:
    """Return where the queue is the total of the other queues."""
    if queue is None or queue in when:
        return pd.Series(False, index=cells.index)
    names = set(cells[queue])

    def is_total(name: str) -> bool:
        rest = _TOTAL.sub("", name).strip(" :-")
        return name not in known and rest != name and (rest in names - {name, ""} or not (rest or names <= {name, ""}))

    return cells[queue].map({name: is_total(name) for name in names}).astype(bool)
