"""The one error that bad input raises, in every room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .text import visible

MOST_SHOWN = 400
"""Characters of a part of a message, at most: a cell or a header may hold a whole file."""


def short(text: str) -> str:
    """Return the beginning of a long text, and all of a short one."""
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]} …"


class InputError(ValueError):
    """Bad input, described so that a planner can mend it without reading code.

    Parameters
    ----------
    what
        What is wrong, as a short sentence without a full stop.
    file, row, column, value
        Where: the file's name, the row as a spreadsheet counts it (the header is row 1), the column
        or dotted config key, and the offending value. Each may be left out.
    mend
        How to put it right, as an imperative sentence without a full stop, or a question with its mark.

    Examples
    --------
    >>> error = InputError("not a number", file="calls.csv", row=17, column="offered", value="abc", mend="Use digits")
    >>> print(error)
    calls.csv, row 17, column offered: not a number (got 'abc'). Use digits.
    """

    def __init__(
        self,
        what: str,
        *,
        file: str | Path | None = None,
        row: int | None = None,
        column: str | None = None,
        value: object = None,
        mend: str | None = None,
    ) -> None:
        where = [short(Path(file).name)] if file is not None else []
        if row is not None:
            where.append(f"row {row}")
        if column is not None:
            word = "column" if row is not None or file is None or "." not in column else "key"
            where.append(f"{word} {short(column)}")
        text = ", ".join(where) + ": " if where else ""
        text += short(what)
        if value is not None:
            text += f" (got {short(repr(value))})"
        text += "."
        if mend:
            text += f" {short(mend)}" + ("" if mend.endswith("?") else ".")
        super().__init__(visible(text))
        self.what, self.file, self.row, self.column, self.value, self.mend = what, file, row, column, value, mend

    def __reduce__(self) -> tuple[Callable[..., InputError], tuple[object, ...]]:
        """Carry all fields from one process to another."""
        return _again, (self.what, self.file, self.row, self.column, self.value, self.mend)


def _again(
    what: str, file: str | Path | None, row: int | None, column: str | None, value: object, mend: str | None
) -> InputError:
    return InputError(what, file=file, row=row, column=column, value=value, mend=mend)
