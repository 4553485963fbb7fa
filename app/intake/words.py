"""Names of columns in English and German, by which a header is recognised."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources

from .names import folded

NAMES: dict[str, list[str]] = tomllib.loads((resources.files(__package__) / "words.toml").read_text(encoding="utf-8"))
_BRACKETS = re.compile(r"\s*[(\[].*?[)\]]\s*")


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
    plain = {name: folded(_BRACKETS.sub(" ", name).replace(",", " ").replace("-", " ")) for name in header}
    found: dict[str, str] = {}
    for ours, known in NAMES.items():
        free = [n for n in header if plain[n] in known and n not in found.values()]
        if free:
            found[ours] = min(free, key=lambda n: known.index(plain[n]))
    if "handle_s" in found:
        found = {k: v for k, v in found.items() if k not in ("talk_s", "hold_s", "acw_s")}
    start, date, time = found.pop("start", None), found.pop("date", None), found.pop("time", None)
    if date is not None and (time or start) is not None:
        return Recognised(found, None, date, time or start)
    return Recognised(found, start or date or time)
