"""The one boundary between files and everything else: whatever a library raises on a file is an `InputError`.

Every reader of files takes its bytes from `file_bytes` and calls its library inside `reading`.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import lzma
import re
import stat
import struct
import sys
import tomllib
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from .errors import InputError

MOST_BYTES = 1_000_000_000
"""Bytes of a file, unpacked, at most: tables of that size fill the memory of a usual machine several times over."""

HARMLESS_BYTES = 50_000_000
"""Unpacked bytes that are read whatever the size of the packed file."""
MOST_RATIO = 100
"""Unpacked size over packed size, at most: tables stay below fifty, files made to harm lie above two hundred."""
MOST_COLUMNS = 16_384
"""Columns of a table, at most: those of a spreadsheet."""

Wrong = tuple[type[BaseException], str, str]
"""Class of an exception, what is wrong with the file ("{}" = the exception's own words), and how to mend it."""

SAVED_AGAIN = "Save or copy it again"
WRONG: tuple[Wrong, ...] = (
    # the system, on a path
    (IsADirectoryError, "this is a folder, not a file", "Name a file in it"),
    (NotADirectoryError, "a part of its path is no folder", "Correct the path"),
    (PermissionError, "no permission to read it", "Change its permissions"),
    (gzip.BadGzipFile, "not a whole gzip file ({})", "Copy it again"),  # an OSError too, as the next one
    (OSError, "cannot be read ({})", "Check the file and the place where it lies"),
    # archives and workbooks, when packed data are cut off or damaged
    (EOFError, "not a whole gzip file ({})", "Copy it again"),
    (zlib.error, "packed data are damaged ({})", "Copy it again"),
    (lzma.LZMAError, "packed data are damaged ({})", "Copy it again"),
    (zipfile.BadZipFile, "not a workbook ({})", "Save it again as xlsx or CSV"),
    (zipfile.LargeZipFile, "not a workbook ({})", "Save it again as xlsx or CSV"),
    (struct.error, "not a workbook ({})", "Save it again as xlsx or CSV"),
    (ParseError, "not a workbook ({})", "Save it again as xlsx or CSV"),
    # text: encoding, tables, TOML, JSON
    (UnicodeDecodeError, "not UTF-8 text", "Save it as UTF-8 (in a spreadsheet program: CSV UTF-8)"),
    (csv.Error, "not a CSV ({})", "Close every quote; a cell of the header holds at most 131,072 characters"),
    (tomllib.TOMLDecodeError, "not TOML: {}", "Correct that line"),
    (json.JSONDecodeError, "not JSON: {}", SAVED_AGAIN),
    (RecursionError, "nested too deep", "Write it with fewer brackets in each other"),
    # values that no type holds
    (OverflowError, "a number or a time is too large ({})", "Correct it"),
    (ValueError, "cannot be read ({})", "Correct it"),  # numbers of over 4,300 digits, times out of range
    (MemoryError, "does not fit into the memory", "Split it into several files"),
    # zipfile says so of members that are encrypted or packed in a way it does not know
    (NotImplementedError, "not a workbook ({})", "Save it again as xlsx or CSV"),
    (RuntimeError, "not a workbook ({})", "Save it again without a password"),
)
"""What libraries raise on files; of several that fit the first counts."""


def wrong_tables() -> tuple[Wrong, ...]:
    """Return what pandas raises on files; nothing as long as nobody has imported pandas, which takes half a second."""
    if "pandas" not in sys.modules:
        return ()
    from pandas.errors import EmptyDataError, ParserError, ParserWarning

    return (
        (EmptyDataError, "file is empty", "It needs a header row and data"),
        (ParserError, "not a rectangular CSV ({})", "Give each row one cell per column, and close every quote"),
        (ParserWarning, "rows have more cells than the header", "Give each row one cell per column"),
    )


MOST_TOLD = 200
"""Characters of a library's message that an error repeats, at most: some repeat the file."""


@contextlib.contextmanager
def reading(path: str | Path, *, mend: str | None = None, also: tuple[Wrong, ...] = ()) -> Iterator[None]:
    """Turn what a library raises on the file `path` into an `InputError`.

    The body should hold calls of libraries only, so that faults of our own are not taken for those of the file.

    Parameters
    ----------
    path
        Named in the error.
    mend
        How to mend a file that is not there; None = put the file there.
    also
        Further exceptions, looked at first.

    Raises
    ------
    InputError
        On whatever `also`, `wrong_tables` and `WRONG` list.
    """
    place = Path(path)
    try:
        yield
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError("file not found", file=place, mend=mend or _missing(place)) from None
    except tuple(kind for kind, _, _ in (*also, *wrong_tables(), *WRONG)) as error:
        what, how = next((w, m) for kind, w, m in (*also, *wrong_tables(), *WRONG) if isinstance(error, kind))
        raise InputError(what.format(_told(error)), file=place, row=_row(error), mend=how) from error


def _missing(path: Path) -> str:
    return f"Put {path.name} into {path.parent.name or 'the folder'} or correct its name"


def _told(error: BaseException) -> str:
    """Return what an error says, in one line."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    text = " ".join(said.split()).removeprefix("Error tokenizing data. C error: ").rstrip(".")
    if "EOF inside string" in text:
        return "a quote is never closed"
    return text if len(text) <= MOST_TOLD else text[:MOST_TOLD] + " …"


def _row(error: BaseException) -> int | None:
    """Return the row of a file that a library's error is about, where it says so."""
    if isinstance(error, UnicodeDecodeError):
        before = error.object[: error.start]
        return max(before.count(b"\n"), before.count(b"\r")) + 1
    if isinstance(error, json.JSONDecodeError):
        return error.lineno
    if type(error).__name__ == "ParserError":  # of pandas
        if found := re.search(r"in line (\d+)", str(error)):
            return int(found[1])
        if found := re.search(r"starting at row (\d+)", str(error)):
            return int(found[1]) + 1  # pandas counts from 0
    return None


def file_bytes(path: Path, *, unpack: bool = True, mend: str | None = None) -> bytes:
    """Return the bytes of a plain file, unpacked when its name ends in ``.gz``.

    A device or a pipe may never end, and a small packed file may fill the memory: the first is refused, the second
    read up to `MOST_BYTES`.

    Parameters
    ----------
    unpack
        Whether a ``.gz`` is unpacked.
    mend
        How to mend a file that is not there.

    Raises
    ------
    InputError
        If there is no such file, it is no plain file, too large, or not gzip.
    """
    with reading(path, mend=mend):
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise IsADirectoryError
        if not stat.S_ISREG(kind):
            raise InputError("not a plain file but a device or a pipe", file=path, mend="Write it to a file first")
        with path.open("rb") as file:
            if unpack and path.suffix.lower() == ".gz":
                most, verb = min(MOST_BYTES, max(HARMLESS_BYTES, MOST_RATIO * path.stat().st_size)), "unpacks to"
                with gzip.GzipFile(fileobj=file) as packed:
                    raw = packed.read(most + 1)
            else:
                most, verb = MOST_BYTES, "holds"
                raw = file.read(most + 1)
    if len(raw) > most:
        raise InputError(
            f"{verb} more than {most // 1_000_000} MB", file=path, mend="Split it into several files, or unpack it"
        )
    return raw


def text_of(path: Path, raw: bytes) -> str:
    """Return UTF-8 text with or without a byte-order mark, its lines ended as on any system.

    Raises
    ------
    InputError
        If it is not UTF-8, or holds NUL characters.
    """
    if (at := raw.find(b"\0")) >= 0:
        row = raw[:at].count(b"\n") + 1
        raise InputError("not UTF-8 text: it holds NUL characters", file=path, row=row, mend="Save it as UTF-8")
    with reading(path):
        return io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8-sig", newline=None).read()


def refuse_many_columns(header: Sequence[str], path: Path) -> None:
    """Raise `InputError` where a table has more columns than any spreadsheet."""
    if len(header) > MOST_COLUMNS:
        raise InputError(f"more than {MOST_COLUMNS} columns", file=path, row=1, mend="Keep those that are named")


def json_of(path: Path) -> dict[str, Any]:
    """Return the object that a JSON file holds.

    Raises
    ------
    InputError
        If the file cannot be read, is not JSON, or holds something else.
    """
    raw = file_bytes(path)
    with reading(path):
        content = json.loads(raw)
    if not isinstance(content, dict):
        raise InputError("not a JSON object", file=path, mend=SAVED_AGAIN)
    return content
