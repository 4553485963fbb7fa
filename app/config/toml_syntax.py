"""TOML read, and its slips told in a planner's words: the line, what stands there, and how to mend it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...forecast.errors import InputError
from ...forecast.reading import reading

_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_QUOTES = {"\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u00ab": '"', "\u00bb": '"',
           "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u2032": "'", "\u2033": '"'}  # fmt: skip
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_INVISIBLE = re.compile("[\u00a0\u1680\u2000-\u200f\u2028\u2029\u202a-\u202f\u205f\u2060\u3000\ufeff]")
_IN_QUOTES = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_TABLE = re.compile(r"\s*(\[\[?)([^\[\]#]*)(\]?\]?)\s*(#.*)?")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_.-]|"[^"]*"|'[^']*')+)\s*=""")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
Told = tuple[str, str]
"""What is wrong, and how to mend it."""


@dataclass(frozen=True)
class Slip:
    """A line on which TOML stumbled.

    Attributes
    ----------
    said
        What the parser says.
    line
        The line, without a comment at its end.
    plain
        The same without what stands in quotes.
    value
        What stands behind the first ``=``; "" without one.
    """

    said: str
    line: str
    plain: str
    value: str


def toml_of(text: str, path: Path) -> dict[str, Any]:
    """Return what a TOML text holds; `path` is named in errors.

    Raises
    ------
    InputError
        If it is not TOML.
    """
    with reading(path):
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise _complaint(str(error), text, path) from error


def _complaint(said: str, text: str, path: Path) -> InputError:
    """Return the error about a text that is not TOML."""
    found = _AT.search(said)
    lines = text.replace("\r\n", "\n").split("\n")
    number = int(found[1]) if found and found[1] else len(lines)
    words = _AT.sub("", said)
    number = min(max(1, number), len(lines))
    if (twice := _twice(words, lines, number)) is not None:
        return InputError(f"not TOML: {twice[0]}", file=path, row=twice[1], value=twice[2], mend="Keep one of them")
    number = _begun(words, lines, number)
    slip = _slip(words, lines[number - 1])
    what, mend = next(
        (told for test in SLIPS if (told := test(slip)) is not None), (_lowered(words), "Correct the line")
    )
    return InputError(f"not TOML: {what}", file=path, row=number, value=lines[number - 1].strip(), mend=mend)


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]


def _slip(said: str, line: str) -> Slip:
    bare = _IN_QUOTES.sub(lambda m: " " * len(m[0]), line)
    cut = bare.find("#")
    kept, plain = (line, bare) if cut < 0 else (line[:cut], bare[:cut])
    return Slip(said, kept.strip(), plain, kept.partition("=")[2].strip())


def _begun(said: str, lines: list[str], number: int) -> int:
    """Return the line where the trouble begins: an open list or text shows at the end of the file alone."""
    if "array" not in said.lower() and "string" not in said.lower() and lines[number - 1].strip():
        return number
    for at in range(number, 0, -1):
        plain = _slip(said, lines[at - 1]).plain
        if plain.count("[") > plain.count("]") or plain.count('"') % 2 or '"""' in lines[at - 1]:
            return at
    while number > 1 and not lines[number - 1].strip():
        number -= 1
    return number


def _twice(said: str, lines: list[str], number: int) -> tuple[str, int, str] | None:
    """Return what stands twice, on which line, and the line; None where nothing does."""
    if "overwrite" not in said and "twice" not in said and "mutate" not in said and "Cannot declare" not in said:
        return None
    seen: dict[tuple[str, str], int] = {}
    table = ""
    for at, line in enumerate(lines, start=1):
        header, key = _TABLE.fullmatch(line), _KEY.match(line)
        if header is not None and key is None and header[3]:
            name = header[2].strip()
            table = f"{name} {at}" if header[1] == "[[" else name  # of [[tables]] each is one of its own
            mark, told = ("", table), f"table [{name}]"
        elif key is not None:
            mark, told = (table, key[1]), f"key {key[1]}" + (f" of [{table.split(' ')[0]}]" if table else "")
        else:
            continue
        if mark in seen:
            return f"{told} stands in row {seen[mark]} already", at, line.strip()
        seen[mark] = at
    line = lines[number - 1].strip()
    return "a key or table stands twice", number, line


def _curly(s: Slip) -> Told | None:
    if not any(sign in s.line for sign in _QUOTES):
        return None
    straight = "".join(_QUOTES.get(sign, sign) for sign in s.line)
    return "curly quotes", f"Write straight ones: {straight}"


def _invisible(s: Slip) -> Told | None:
    found = _INVISIBLE.search(s.plain)
    if found is None:
        return None
    return f"the invisible character U+{ord(found[0]):04X}", "Write the line anew, with plain blanks"


def _dash(s: Slip) -> Told | None:
    if _DASHES.search(s.plain) is None:
        return None
    return "a long dash", f"Write the one of the keyboard: {_DASHES.sub('-', s.line)}"


def _comment(s: Slip) -> Told | None:
    return ("a comment begins with #", "Put # before it") if s.line.startswith(("//", ";", "--", "/*", "'")) else None


def _header(s: Slip) -> Told | None:
    if not s.line.startswith("["):
        return None
    opened = len(s.line) - len(s.line.lstrip("["))
    if s.plain.count("]") != s.plain.count("["):
        return "the bracket of a table is not closed", f"Write {s.line.rstrip(']')}{']' * min(opened, 2)}"
    inner = s.line.strip("[]").strip()
    parts = [part.strip() for part in inner.split(".")]
    if any(not _BARE.fullmatch(part) and not _IN_QUOTES.fullmatch(part) for part in parts):
        quoted = ".".join(p if _BARE.fullmatch(p) or _IN_QUOTES.fullmatch(p) else f'"{p}"' for p in parts)
        return "a name with blanks or other signs", f"Put it in quotes: {'[' * opened}{quoted}{']' * opened}"
    return None


def _no_equals(s: Slip) -> Told | None:
    if "=" in s.plain or s.line.startswith("["):
        return None
    if found := re.match(r"\s*([\w.-]+)\s*:\s*(\S.*)", s.line):
        return "a colon in the place of =", f"Write {found[1]} = {found[2]}"
    return "= is missing between a key and its value", "Write it like name = value"


def _key(s: Slip) -> Told | None:
    key = s.line.partition("=")[0].strip()
    if "=" not in s.plain or _KEY.match(s.line):
        return None
    return f"{key!r} is no key" if key else "no key before =", "A key is one word, or stands in quotes"


def _backslash(s: Slip) -> Told | None:
    if "\\" not in s.line or not ("\\" in s.said or "scape" in s.said or "hex" in s.said):
        return None
    mend = f"Write / in paths: {s.line.replace(chr(92), '/')}"
    return "a backslash in a text has a meaning of its own", mend


def _open_quote(s: Slip) -> Told | None:
    odd = s.plain.count('"') % 2 == 1 or s.plain.count("'") % 2 == 1
    return ("a quote is not closed", "Put a quote before and behind the text") if odd else None


def _open_list(s: Slip) -> Told | None:
    if s.plain.count("[") > s.plain.count("]"):
        return "a list is not closed", f"Put ] behind it: {s.line} ]"
    if re.search(r"[\]\"\w]\s+[\"\w]", s.value) and s.value.startswith("["):
        return "a comma is missing in a list", "Write a comma between two entries"
    return None


def _flag(s: Slip) -> Told | None:
    word = s.value.lower()
    if word not in ("true", "false", "yes", "no", "on", "off") or s.value in ("true", "false"):
        return None
    return f"{s.value} is no value", f"Write {'true' if word in ('true', 'yes', 'on') else 'false'}, in small letters"


def _comma(s: Slip) -> Told | None:
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", s.value):
        return "a comma in a number", f"Write {s.value.replace(',', '')}, or a point if it stands for decimals"
    if re.fullmatch(r"[+-]?\d+,\d+", s.value):
        return "a comma in a number", f"Write a point for decimals: {s.value.replace(',', '.')}"
    return None


def _percent(s: Slip) -> Told | None:
    found = re.fullmatch(r"([+-]?\d+(?:\.\d+)?)\s*%", s.value)
    return ("a percentage", f"Write a share: {float(found[1]) / 100:g}") if found else None


def _zero(s: Slip) -> Told | None:
    found = re.fullmatch(r"0+(\d+(?:\.\d+)?)", s.value)
    return ("a number that begins with 0", f"Write {found[1]}") if found else None


def _clock(s: Slip) -> Told | None:
    if re.fullmatch(r"\d{1,2}:\d{2}(?:\s*-\s*\d{1,2}:\d{2})?", s.value) is None:
        return None
    return "a time of day without quotes", f'Put it in quotes: "{s.value}"'


def _date(s: Slip) -> Told | None:
    if re.fullmatch(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}", s.value) is None:
        return None
    return "a date in another order", "Write it year first, like 2026-10-19"


def _unit(s: Slip) -> Told | None:
    found = re.fullmatch(r"([+-]?\d+(?:\.\d+)?)\s*[A-Za-z\u20ac$\u00a3]+\.?", s.value)
    return ("a number with a unit", f"Write digits only: {found[1]}") if found else None


def _bare_text(s: Slip) -> Told | None:
    if not s.value:
        return "no value behind =", "Write one, or take the line out"
    if re.match(r"[^\W\d_]", s.value) is None or s.value[:1] in "\"'[{":
        return None
    return "a text without quotes", f'Put it in quotes: {s.line.partition("=")[0].strip()} = "{s.value}"'


def _more(s: Slip) -> Told | None:
    if "newline" not in s.said:
        return None
    return "more than one thing on the line", "Write one key and its value on a line, and # before a comment"


SLIPS: tuple[Callable[[Slip], Told | None], ...] = (
    _curly, _invisible, _dash, _comment, _header, _no_equals, _key, _backslash, _open_quote, _open_list, _flag, _comma,
    _percent, _zero, _clock, _date, _unit, _bare_text, _more,
)  # fmt: skip
"""What is often wrong, looked for in this order."""
