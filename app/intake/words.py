"""Names of columns in English, German, Spanish and French, by which a header is recognised."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources

from .names import folded

_BRACKETS = re.compile(r"\s*[(\[].*?[)\]]\s*")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MEAN = re.compile(r"\b(?:average|mean|mittlere|durchschnittliche)\b")
TWICE = re.compile(r"\(column \d+\)$")
"""End of a name that stands twice in a header: which of them is meant cannot be known."""


def plain(name: str) -> str:
    """Return a column's name ready to look up: lower case, no brackets or marks, "avg" for every word for a mean.

    Examples
    --------
    >>> plain("Average Handle-Time (sec)")
    'avg handle time'
    """
    return _MEAN.sub("avg", folded(re.sub(r"[,\-/.:#'’]", " ", _BRACKETS.sub(" ", name))))


NAMES: dict[str, list[str]] = {
    ours: list(map(plain, names))
    for ours, names in tomllib.loads((resources.files(__package__) / "words.toml").read_text(encoding="utf-8")).items()
}


@dataclass(frozen=True)
class Recognised:
    """The file's columns by column of ``calls``; the start is one column, or a date and a time."""

    columns: dict[str, str] = field(default_factory=dict)
    start: str | None = None
    date: str | None = None
    time: str | None = None


def recognised(header: Sequence[str]) -> Recognised:
    """Return the columns of a header whose names are known; of several for one column the best known name wins.

    Examples
    --------
    >>> recognised(["Datum", "Zeit", "Anrufe", "AHT (s)"]).columns
    {'offered': 'Anrufe', 'handle_s': 'AHT (s)'}
    """
    said = {name: {plain(name), plain(_CAMEL.sub(" ", name))} for name in header if not TWICE.search(name)}
    found: dict[str, str] = {}
    for ours, known in NAMES.items():
        rank = {name: min(map(known.index, both & {*known})) for name, both in said.items() if both & {*known}}
        free = [name for name in rank if name not in found.values()]
        if free:
            found[ours] = min(free, key=rank.__getitem__)
    if "handle_s" in found:
        found = {k: v for k, v in found.items() if k not in ("talk_s", "hold_s", "acw_s")}
    start, date, time = found.pop("start", None), found.pop("date", None), found.pop("time", None)
    if date is not None and (time or start) is not None:
        return Recognised(found, None, date, time or start)
    return Recognised(found, start or date or time)
