"""Tables declared once, as data: `tables.csv` of each room drives the checks and the manual."""

from __future__ import annotations

import csv
import io
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from .calendar.local_times import first_true, parse_times, refuse_far_years, spreadsheet_row
from .errors import InputError
from .reading import file_bytes, reading, refuse_many_columns, text_of
from .text import flaw, spelled, unguarded

KINDS = ("text", "number", "flag", "time", "date")
QUANTILES = (0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.975)
"""Quantiles of every forecast: the nine deciles, and the bounds of 95 %."""
QUANTILE_COLUMNS = tuple(f"q{q:g}" for q in QUANTILES)


@dataclass(frozen=True)
class Column:
    """One column of a table: kind (one of `KINDS`), unit, inclusive bounds, whether it may be blank or absent."""

    name: str
    kind: str
    unit: str
    low: float | None
    high: float | None
    blank: bool
    required: bool
    meaning: str

    @property
    def is_money(self) -> bool:
        """Whether the column holds amounts of money."""
        return self.unit.partition("/")[0] == "money"


Table = Mapping[str, Column]


def load(package: str) -> dict[str, Table]:
    """Read the table declarations of a room (its import name)."""
    text = (resources.files(package) / "tables.csv").read_text(encoding="utf-8")
    tables: dict[str, dict[str, Column]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        tables.setdefault(row["table"], {})[row["column"]] = Column(
            row["column"],
            row["kind"],
            row["unit"],
            float(row["low"]) if row["low"] else None,
            float(row["high"]) if row["high"] else None,
            row["blank"] == "yes",
            row["required"] == "yes",
            row["meaning"],
        )
    return dict(tables)


TABLES = load(__package__)


def _blank_as_na(text: pd.Series) -> pd.Series:
    """Return text stripped, blanks as NA."""
    cells = text.to_numpy(dtype=object)
    if all(type(cell) is str for cell in cells):  # a column of a CSV: one pass over plain strings
        return pd.Series([cell.strip() or None for cell in cells], index=text.index, dtype=object)
    out = text.astype("string").str.strip()
    return out.mask(out == "")


def texts(raw: pd.Series, name: str, file: str | Path | None = None) -> pd.Series:
    """Return the texts of a column in one spelling, blanks as "".

    Raises
    ------
    InputError
        On a character that no text may hold (see `text.flaw`).
    """
    codes, cells = pd.factorize(raw.astype(object).where(raw.notna(), ""))
    for code, cell in enumerate(map(str, cells)):
        if (found := flaw(cell)) is not None:
            row = spreadsheet_row(int((codes == code).argmax()), raw.index)
            mend = "Write it anew in one line, without invisible characters"
            raise InputError(f"text holds {found[0]}", file=file, row=row, column=name, value=found[1], mend=mend)
    tidy = np.array([spelled(str(cell)) for cell in cells], dtype=object)
    return pd.Series(tidy[codes] if len(cells) else [], index=raw.index, dtype=object)


def _numbers(text: pd.Series, column: Column, file: str | Path | None) -> pd.Series:
    raw = text if pd.api.types.is_numeric_dtype(text) else _blank_as_na(text)
    number = pd.to_numeric(raw, errors="coerce").astype("float64") + 0.0  # -0 is 0
    values = number.to_numpy()
    bad = np.isnan(values) & raw.notna().to_numpy()
    if bad.any():
        i = int(bad.argmax())
        raise InputError(
            "not a number",
            file=file,
            row=spreadsheet_row(i, raw.index),
            column=column.name,
            value=str(raw.iloc[i]),
            mend=f"Write {column.unit or 'a number'} with a point for decimals, or leave it blank",
        )
    for wrong, what in (
        (
            values < (column.low if column.low is not None else float("-inf")),
            f"below {column.low:.12g}" if column.low is not None else "",
        ),
        (
            values > (column.high if column.high is not None else float("inf")),
            f"above {column.high:.12g}" if column.high is not None else "",
        ),
        (np.isinf(values), "infinite"),
    ):
        if wrong.any():
            i = int(wrong.argmax())
            unit = f" {column.unit}" if column.unit else ""
            raise InputError(
                f"{what}{unit}",
                file=file,
                row=spreadsheet_row(i, raw.index),
                column=column.name,
                value=float(number.iloc[i]),
                mend=f"{column.meaning}",
            )
    return number


def check(
    frame: pd.DataFrame, table: Table, *, zone: str | None = None, file: str | Path | None = None, extra: bool = False
) -> pd.DataFrame:
    """Return `frame` with the declared columns typed and checked.

    Parameters
    ----------
    frame
        Columns as text or already typed; row order is kept.
    table
        Declarations from `load`; a column named ``q*`` stands for the quantile columns.
    zone
        Zone of times without an offset; None leaves them naive.
    file
        Named in errors.
    extra
        Whether columns that are not declared are kept (they are dropped otherwise).

    Raises
    ------
    InputError
        On a missing column, a blank where none may be, text in a number column, a value out of bounds.
    """
    columns: dict[str, Column] = {}
    for name, column in table.items():
        if name.endswith("*"):
            columns |= {c: column for c in frame.columns if str(c).startswith(name[:-1]) and str(c)[1:2].isdigit()}
        elif name in frame.columns:
            columns[name] = column
        elif column.required:
            raise InputError(
                f"column {name!r} is missing",
                file=file,
                value=", ".join(map(str, frame.columns)),
                mend=f"Add it: {column.meaning}",
            )
    out: dict[str, pd.Series] = {}
    for name, column in columns.items():
        raw = texts(frame[name], name, file) if column.kind == "text" else frame[name]
        if not column.blank:
            text = pd.api.types.is_string_dtype(raw) or raw.dtype == object
            blank = (_blank_as_na(raw) if text else raw).isna()
            if blank.any():
                raise InputError(
                    "blank",
                    file=file,
                    row=spreadsheet_row(first_true(blank), frame.index),
                    column=name,
                    mend=column.meaning,
                )
        if column.kind == "number":
            out[name] = _numbers(
                raw,
                Column(
                    name, *(getattr(column, f) for f in ("kind", "unit", "low", "high", "blank", "required", "meaning"))
                ),
                file,
            )
        elif column.kind == "flag":
            out[name] = _numbers(
                raw.replace({True: 1, False: 0}),
                Column(name, "flag", "", 0, 1, column.blank, column.required, "Write 1 or 0"),
                file,
            )
        elif column.kind == "time":
            out[name] = parse_times(raw, zone, column=name, file=file, blank=column.blank)
        elif column.kind == "date":
            out[name] = _dates(raw, column, file)
        else:
            out[name] = raw
    rest = {c: frame[c] for c in frame.columns if extra and c not in out}
    return pd.DataFrame(out | rest, index=frame.index)


def _dates(raw: pd.Series, column: Column, file: str | Path | None) -> pd.Series:
    text = _blank_as_na(raw)
    written = text.str.match(r"\d{4}-\d\d?-\d\d?$", na=False)  # pandas would read "today" too
    parsed = pd.to_datetime(text.where(written), errors="coerce", format="%Y-%m-%d")
    bad = parsed.isna() & text.notna()
    if bad.any():
        i = first_true(bad)
        raise InputError(
            "not a date",
            file=file,
            row=spreadsheet_row(i, raw.index),
            column=column.name,
            value=str(text.iloc[i]),
            mend="Write it like 2026-10-25",
        )
    refuse_far_years(parsed, text, column.name, file)
    return pd.Series([None if pd.isna(d) else d.date() for d in parsed], index=raw.index, dtype=object)


def read_csv(path: Path, table: Table, *, zone: str | None = None) -> pd.DataFrame:
    """Read and check one of our own CSV files (UTF-8, comma, header; may be gzipped).

    Raises
    ------
    InputError
        If the file is missing, not UTF-8, not CSV, or breaks the table's declaration.
    """
    return check(read_text_csv(path), table, zone=zone, file=path)


_ODD = ("'", "\t", "  ", " \n", "\n ")
"""What `spelled` and `unguarded` change in plain ASCII, cells parted by line ends: without it a column stays as is."""


def _as_meant(cells: pd.Series) -> pd.Series:
    """Return the cells of a CSV in one spelling, without the guard that `csv_text` puts before formulas."""
    whole = "\n".join(("", *cells.to_numpy(dtype=object), ""))
    if whole.isascii() and not any(odd in whole for odd in _ODD):
        return cells
    return cells.map({cell: spelled(unguarded(cell)) for cell in cells.unique()})


def read_text_csv(path: Path) -> pd.DataFrame:
    """Read a CSV with every cell as text in one spelling; blanks become "".

    Raises
    ------
    InputError
        If the file cannot be read, is empty, not UTF-8 or not rectangular, or has a column twice.
    """
    text = text_of(path, file_bytes(path))
    with reading(path):
        header = next(csv.reader(io.StringIO(text), skipinitialspace=True), [])
    refuse_many_columns(header, path)
    refuse_columns_twice(header, path)
    with reading(path), warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        frame = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, skipinitialspace=True, index_col=False)
    if not text.endswith("\n") and text.rpartition("\n")[2].count(",") < len(header) - 1 and len(frame):
        raise InputError("file breaks off in its last row", file=path, row=len(frame) + 1, mend="Copy it again")
    frame.columns = pd.Index([str(c).strip() for c in frame.columns])
    for separator, word in ((";", "semicolons"), ("\t", "tabs")):
        if len(frame.columns) == 1 and separator in header[0]:
            raise InputError(
                f"columns are separated by {word}", file=path, row=1, value=header[0], mend="Save it as CSV with commas"
            )
    return frame.apply(_as_meant) if len(frame) else frame


def refuse_columns_twice(header: Sequence[str], path: Path) -> None:
    """Raise `InputError` where a header names a column twice; blank names name none."""
    names = Counter(name.strip() for name in header if name.strip())
    for name, times in names.items():
        if times > 1:
            raise InputError("column twice", file=path, row=1, value=name, mend="Keep one of them")


def refuse_duplicates(
    frame: pd.DataFrame, key: list[str], *, file: str | Path | None = None, what: str = "duplicate row"
) -> None:
    """Raise `InputError` naming the first row of `frame` whose `key` columns repeat an earlier row."""
    again = frame.duplicated(key)
    if again.any():
        i = first_true(again)
        first = first_true((frame[key] == frame[key].iloc[i]).all(axis=1))
        value = ", ".join(str(v) for v in frame[key].iloc[i])
        raise InputError(
            f"{what}: same {' and '.join(key)} as row {spreadsheet_row(first, frame.index)}",
            file=file,
            row=spreadsheet_row(i, frame.index),
            value=value,
            mend="Keep one of them",
        )
