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
_MEAN = re.compile(r"\b(?:average|mean|mittlere|durchschnittliche)\b|ø")
_NEUTRAL = frozenset({
    "acd", "anrufe", "anzahl", "appels", "call", "calls", "chamadas", "chiamate", "contact", "contacts", "count", "de",
    "gespräche", "gesprekken", "interactions", "llamadas", "no", "number", "nombre", "número", "of", "połączenia",
    "queue", "sum", "total", "voice", "sec", "secs", "seconds", "hh", "mm", "ss",
})  # fmt: skip
"""Words that tell no two columns of figures apart."""
_FIGURES = ("offered", "answered", "abandoned", "handle_s", "talk_s", "hold_s", "acw_s", "wait_s")
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


CORES: dict[str, frozenset[str]] = {}
"""Per column of figures the names without their neutral words, where something is left."""


def _core(plain_name: str) -> str:
    """Return a plain name without the words that tell no two columns apart."""
    return " ".join(word for word in plain_name.split() if word not in _NEUTRAL)


CORES |= {ours: frozenset(filter(None, map(_core, NAMES[ours]))) for ours in _FIGURES}


@dataclass(frozen=True)
class Recognised:
    """The file's columns by column of ``calls``; the start is one column, or a date and a time.

    Attributes
    ----------
    end
        Where an interval ends.
    metric, value
        Of a table with a row per figure: what the figure is, and the figure.
    call_id
        What tells the calls of a log apart.
    """

    columns: dict[str, str] = field(default_factory=dict)
    start: str | None = None
    date: str | None = None
    time: str | None = None
    end: str | None = None
    metric: str | None = None
    value: str | None = None
    call_id: str | None = None

    def __len__(self) -> int:
        """Return how many columns are known."""
        return len(self.columns) + sum(n is not None for n in (self.start, self.date, self.time, self.end))


def recognised(header: Sequence[str]) -> Recognised:
    """Return the columns of a header whose names are known; of several for one column the best known name wins.

    Examples
    --------
    >>> recognised(["Datum", "Zeit", "Anrufe", "AHT (s)"]).columns
    {'offered': 'Anrufe', 'handle_s': 'AHT (s)'}
    >>> recognised(["Start", "No. of calls presented"]).columns
    {'offered': 'No. of calls presented'}
    """
    said = {name: {plain(name), plain(_CAMEL.sub(" ", name))} for name in header if not TWICE.search(name)}
    found: dict[str, str] = {}
    for ours, known in NAMES.items():
        rank = {name: min(map(known.index, both & {*known})) for name, both in said.items() if both & {*known}}
        free = [name for name in rank if name not in found.values()]
        if free:
            found[ours] = min(free, key=rank.__getitem__)
    for ours in (ours for ours in _FIGURES if ours not in found):
        alike = [n for n, both in said.items() if n not in found.values() and {_core(b) for b in both} & CORES[ours]]
        if len(alike) == 1:
            found[ours] = alike[0]
    if "handle_s" in found:
        found = {k: v for k, v in found.items() if k not in ("talk_s", "hold_s", "acw_s")}
    start, date, time = found.pop("start", None), found.pop("date", None), found.pop("time", None)
    beside = {name: found.pop(name, None) for name in ("end", "metric", "value", "call_id")}
    if date is not None and (time or start) is not None:
        return Recognised(found, None, date, time or start, **beside)
    return Recognised(found, start or date or time, **beside)


def split_name(name: str) -> tuple[str, str] | None:
    """Return a column's name such as "Sales: calls offered" as queue and column of ``calls``; None for other names.

    The longest known name at one end counts; the queue is what is left of the name as it is written.

    Examples
    --------
    >>> split_name("Sales Calls Offered"), split_name("AHT - Support")
    (('Sales', 'offered'), ('Support', 'handle_s'))
    """
    words = [] if TWICE.search(name) else name.split()
    for size in range(len(words) - 1, 0, -1):
        for figure, rest in ((words[-size:], words[:-size]), (words[:size], words[size:])):
            ours = figure_of(" ".join(figure).strip(_MARKS))
            queue = " ".join(rest).strip(_MARKS)
            if ours is not None and queue and figure_of(queue) is None:
                return queue, ours
    return None


_MARKS = " -–—:|/."


def figure_of(name: str) -> str | None:
    """Return the column of ``calls`` that a name of figures stands for, None where there is none."""
    both = {plain(name), plain(_CAMEL.sub(" ", name))}
    return next((ours for ours in (*_FIGURES, "short_abandoned", "answered_in") if both & {*NAMES[ours]}), None)
