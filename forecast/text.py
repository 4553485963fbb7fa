"""Text that people write: what it may hold, its one spelling, and how it is kept in CSV files and shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_SPACES = re.compile("[\t \u00a0\u2000-\u200a\u202f\u205f]+")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_BREAKS = "\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_SHOWN = 60
"""Most characters of a refused text that an error shows."""


def spelled(text: str) -> str:
    """Return a text in the one spelling by which texts are compared.

    Letters with accents are composed (Unicode's form C), blanks of all kinds and tabs are one space, and none stands
    at either end.

    Examples
    --------
    >>> spelled("  Zoe\u0308\u00a0 Li\t")
    'Zoë Li'
    """
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip(" ")


def flaw(text: str) -> tuple[str, str] | None:
    """Return what no name or note may hold and the part of the text round it; None where the text is fine.

    Refused are line breaks, control characters, marks that turn the direction of writing, byte-order marks and halves
    of characters: they tear calendars and tables apart, or show something other than what is there.

    Examples
    --------
    >>> flaw("Ann\\nBob")
    ('a line break', 'Ann\\nBob')
    """
    found = _UNSAFE.search(spelled(text))
    if found is None:
        return None
    sign, low = found[0], max(0, found.start() - _SHOWN // 2)
    if sign in _BREAKS:
        what = "a line break"
    elif _TURNS.match(sign):
        what = "a mark that turns the direction of writing"
    elif "\ud800" <= sign <= "\udfff":
        what = "half a character"
    else:
        what = f"the invisible character U+{ord(sign):04X}"
    return what, spelled(text)[low : low + _SHOWN]


def visible(text: str) -> str:
    """Return a text for one line of a screen: what `flaw` refuses is spelled out.

    Examples
    --------
    >>> print(visible("a\\x1b[2Jb"))
    a\\x1b[2Jb
    """
    return _UNSAFE.sub(lambda sign: sign[0].encode("unicode_escape").decode("ascii"), text)


def many(count: int, noun: str, plural: str | None = None) -> str:
    """Return a number of things in words.

    Parameters
    ----------
    plural
        Of several; None = the noun with an s.

    Examples
    --------
    >>> many(1, "call"), many(1200, "call"), many(2, "day", "days of rest")
    ('1 call', '1,200 calls', '2 days of rest')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def alike(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return pairs of different names that a reader would take for one: by case, width or invisible marks.

    Examples
    --------
    >>> alike(["A1", "b", "a1"])
    [('A1', 'a1')]
    """
    first: dict[str, str] = {}
    pairs = []
    for name in dict.fromkeys(names):
        letters = unicodedata.normalize("NFKC", name).casefold()
        key = spelled("".join(c for c in letters if unicodedata.category(c) != "Cf" and not "\ufe00" <= c <= "\ufe0f"))
        if key in first:
            pairs.append((first[key], name))
        first.setdefault(key, name)
    return pairs


def guarded(text: str) -> str:
    """Return a text as a cell of a CSV file that no spreadsheet takes for a formula: with an apostrophe before it.

    Examples
    --------
    >>> guarded("=1+1"), guarded("'=1+1"), guarded("O'Brien"), guarded("-5")
    ("'=1+1", "''=1+1", "O'Brien", "'-5")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """Return the text that `guarded` made a cell of.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("''=1+1"), unguarded("'tis"), unguarded("=1+1")
    ('=1+1', "'=1+1", "'tis", '=1+1')
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
