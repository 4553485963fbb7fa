"""Delimited text files as text: every cell unchanged, every row with the number that a spreadsheet shows."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...forecast.reading import file_bytes, reading, refuse_many_columns
from .body import is_footer

SEPARATORS = (",", ";", "\t", "|")
_SEPARATOR_LINE = re.compile(r"sep=(.)\n", re.IGNORECASE)
_MEND = "Quote cells that contain the separator, or set separator and decimal in [intake]"
RAGGED = (
    (pd.errors.ParserError, "rows do not have the cells of the header ({})", _MEND),
    (pd.errors.ParserWarning, "rows have more cells than the header", _MEND),
)
"""What pandas raises on rows of several lengths."""
MISSING = "Put {} into {} or correct intake.files"
"""How to mend a calls file that is not there."""


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a calls file, unpacked when its name ends in ``.gz`` (see `file_bytes`)."""
    return file_bytes(path, mend=MISSING.format(path.name, path.parent.name or "the folder"))


def decoded(path: Path, encoding: str) -> str:
    """Return a file's text, its lines ended by ``\\n``.

    Raises
    ------
    InputError
        If the file cannot be read, its bytes are not of that encoding (the likely one is named), or a cell holds NUL.
    """
    raw = read_bytes(path)
    try:
        text = raw.decode(encoding)
    except (LookupError, TypeError):  # the second of encodings that are none of text, such as hex
        raise InputError(
            "unknown encoding", column="intake.encoding", value=encoding, mend="Use utf-8, cp1252 or utf-16"
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"not {encoding} text",
            file=path,
            row=raw[: error.start].count(b"\n") + 1,
            mend=f'Set encoding = "{likely_encoding(raw)}" in [intake]',
        ) from error
    if (at := text.find("\0")) >= 0:
        likely, row = likely_encoding(raw), text.count("\n", 0, at) + 1
        if likely.startswith("utf-16"):
            raise InputError(f"not {encoding} text", file=path, mend=f'Set encoding = "{likely}" in [intake]')
        raise InputError("a cell holds a NUL character", file=path, row=row, mend="Export the file again")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def likely_encoding(raw: bytes) -> str:
    """Return the encoding that bytes look like: by byte-order mark, UTF-16 by its zero bytes, UTF-8, else cp1252.

    Examples
    --------
    >>> likely_encoding("Warteschlange Süd".encode("cp1252"))
    'cp1252'
    """
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw[:4096].count(0) > len(raw[:4096]) // 4:
        return "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-16-le"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def sniff_separator(line: str) -> str:
    """Return the separator that parts a header line into most columns; a comma where there is one column.

    Examples
    --------
    >>> sniff_separator('start;"offered, voice";handle')
    ';'
    """
    return max(SEPARATORS, key=lambda s: (len(next(csv.reader([line], delimiter=s), [])), -SEPARATORS.index(s)))


def read_text(
    path: Path, *, encoding: str = "utf-8-sig", separator: str | None = None, header: bool = True, header_row: int = 1
) -> pd.DataFrame:
    """Read a delimited file with every cell as stripped text, wholly blank rows left out.

    Returns
    -------
    DataFrame
        Index "row": the row's number in the file, the file's first row being 1. Columns by the header, or
        ``1``, ``2``, … without one.

    Raises
    ------
    InputError
        If the file is missing, not of that encoding, empty, not rectangular, or breaks off in its last row.
    """
    text = decoded(path, encoding)
    told = _SEPARATOR_LINE.match(text)
    if told is not None:  # a spreadsheet reads this line as an order, not as a row
        separator, header_row = separator or told[1], max(header_row, 2)
    lines = text.split("\n", header_row)
    if len(lines) < header_row or not lines[header_row - 1].strip():
        raise InputError(
            "file is empty" if not text.strip() else f"row {header_row} is blank",
            file=path,
            mend="It needs a header row and data",
        )
    with reading(path):
        separator = separator or sniff_separator(lines[header_row - 1])
        rows = io.StringIO("\n".join(lines[header_row - 1 :]), newline="")  # a name may have two lines
        names = next(csv.reader(rows, delimiter=separator))
    refuse_many_columns(names, path)
    frame = _parsed(_without_ends(text, lines, separator, len(names)), path, separator, header_row, header=header)
    if header and len(names) == len(frame.columns):  # pandas would call the second of two "offered" "offered.1"
        frame.columns = pd.Index(
            [name if name.strip() else old for name, old in zip(names, frame.columns, strict=True)]
        )
    if (
        frame.iloc[-1:, -1].eq("").any()
        and (last := text.rstrip("\r\n").rpartition("\n")[2]).count(separator) < len(frame.columns) - 1
        and not is_footer([cell.strip(' "') for cell in next(csv.reader([last], delimiter=separator))], frame.iloc[:-1])
    ):
        raise InputError(
            "file breaks off in its last row", file=path, row=header_row + len(frame), mend="Export or copy it again"
        )
    return numbered(frame, first=header_row + bool(header), header=header)


def _without_ends(text: str, lines: Sequence[str], separator: str, width: int) -> str:
    """Return the text without the separator at the end of its rows, where the header has none and no cell follows."""
    rows = [(line.count(separator), line.endswith(separator)) for line in text.split("\n")[len(lines) - 1 :]]
    if '"' in text or all(n < width for n, _ in rows) or any(n > width or (n == width and not end) for n, end in rows):
        return text
    head = text.split("\n")[: len(lines) - 1]
    return "\n".join([*head, *(line.removesuffix(separator) for line in text.split("\n")[len(lines) - 1 :])])


def _parsed(text: str, path: Path, separator: str, header_row: int, *, header: bool) -> pd.DataFrame:
    with reading(path, also=RAGGED), warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        return pd.read_csv(
            io.StringIO(text),
            sep=separator,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            index_col=False,
            header=header_row - 1 if header else None,
            skiprows=0 if header else header_row - 1,
        )


def numbered(frame: pd.DataFrame, *, first: int, header: bool) -> pd.DataFrame:
    """Return text cells stripped, rows numbered from `first` in an index named "row", blank rows left out."""
    frame.columns = pd.Index(
        _told_apart([str(c).strip().removeprefix("#fields:").strip() for c in frame.columns])
        if header
        else [str(k + 1) for k in range(frame.shape[1])]
    )
    frame.index = pd.RangeIndex(first, first + len(frame), name="row")
    frame = frame.apply(_stripped)
    return frame[(frame != "").any(axis=1)] if len(frame) else frame


def _told_apart(names: list[str]) -> list[str]:
    """Return column names; those that stand twice carry their place, so that none is taken for another."""
    twice = {name for name, times in Counter(names).items() if times > 1}
    return [f"{name} (column {k})" if name in twice else name for k, name in enumerate(names, start=1)]


def _stripped(column: pd.Series) -> pd.Series:
    codes, cells = pd.factorize(column.to_numpy(dtype=object))
    return pd.Series(np.array([c.strip() for c in cells], dtype=object)[codes], index=column.index, dtype="str")
