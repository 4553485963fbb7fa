"""Names that planners write: the nearest known one, and header matching that forgives case and blanks."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a mend that offers the known name nearest to `name`, or all of them.

    Examples
    --------
    >>> nearest("ful", ["full", "part"])
    "Did you mean 'full'?"
    """
    names = sorted(map(str, known))
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Known: {', '.join(names[:20])}{' …' if len(names) > 20 else ''}" if names else "None is defined"


def folded(name: str) -> str:
    """Return a column name ready to compare: lower case, inner blanks and underscores alike."""
    return " ".join(name.replace("_", " ").lower().split())


def find_column(name: str, header: Sequence[str]) -> str | None:
    """Return the column of `header` that `name` means: the exact one, else the only one that differs in case or blanks.

    Examples
    --------
    >>> find_column("calls offered", ["DateTime", "Calls_Offered"])
    'Calls_Offered'
    """
    if name in header:
        return name
    alike = [h for h in header if folded(h) == folded(name)]
    return alike[0] if len(alike) == 1 else None
