"""Names that planners write: the nearest known one, and header matching that forgives case and blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_DIGITS = re.compile(r"\d+")
MOST_COMPARED = 60
"""Letters of a name that are compared: a cell may hold a whole file."""
LEAST_BEGUN = 4
"""Letters from which a beginning stands for a whole name, at least 1."""


def nearest(name: str, known: Iterable[str], then: str = "") -> str:
    """Return a mend that offers the known name a slip away from `name`, or all of them; the sentence `then` follows.

    Examples
    --------
    >>> nearest("ful", ["full", "part"]), nearest("night", ["full", "part"])
    ("Did you mean 'full'?", 'Known: full, part')
    """
    names = sorted(map(str, known))
    if (near := near_name(str(name), names)) is not None:
        told, end = f"Did you mean {near!r}?", ""
    elif names:
        told, end = f"Known: {', '.join(names[:20])}{' …' if len(names) > 20 else ''}", "."
    else:
        told, end = "None is defined", "."
    return f"{told}{end} {then}" if then else told


def near_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that `name` may be by a slip of the fingers or by capitals; None where none is so near.

    A slip is a letter left out, added, changed, or two exchanged: one in four letters, and one in shorter names. Of a
    name that is left unfinished, or goes on, the beginning does: duration_min is near duration.

    Examples
    --------
    >>> near_name("max_hours", ["max_h_week", "shifts"]), near_name("Shift", ["max_h_week", "shifts"])
    (None, 'shifts')
    """
    own = folded(name)[:MOST_COMPARED]
    letters = _DIGITS.sub("", own)
    slips = {
        other: _slips(own, folded(other)[:MOST_COMPARED])
        for other in known
        if folded(other) == own or _DIGITS.sub("", folded(other)) != letters  # agent7 is no slip of agent1
    }
    near = min(slips, key=lambda other: slips[other], default=None)
    if near is not None and slips[near] <= max(1, len(own) // 4):
        return near
    long = [other for other in slips if min(len(own), len(other)) >= LEAST_BEGUN]
    return min((o for o in long if folded(o).startswith(own) or own.startswith(folded(o))), key=len, default=None)


def _slips(a: str, b: str) -> int:
    """Return the letters to leave out, add, change, or exchange with the next one, to make `a` of `b`."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        row = [i]
        for j, y in enumerate(b, start=1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (x != y)))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                row[-1] = min(row[-1], before[j - 2] + 1)
        before, last = last, row
    return last[-1]


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
