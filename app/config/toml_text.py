"""A plan's plain dict as the text of a plan.toml."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(tables: Mapping[str, Any], path: tuple[str, ...] = ()) -> str:
    """Return tables as TOML; keys whose value is None are left out.

    Examples
    --------
    >>> print(toml_text({"site": {"name": "Desk", "paydays": [15, "last"]}}), end="")
    [site]
    name = "Desk"
    paydays = [15, "last"]
    """
    known = {key: value for key, value in tables.items() if value is not None}
    plain = [f"{_key(k)} = {_value(v)}" for k, v in known.items() if not isinstance(v, Mapping)]
    header = [f"[{'.'.join(map(_key, path))}]"] if path and (plain or not known) else []
    parts = ["\n".join([*header, *plain]) + "\n"] if header or plain else []
    parts += [toml_text(v, (*path, k)) for k, v in known.items() if isinstance(v, Mapping)]
    return "\n".join(parts)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    """Return one value on one line.

    Raises
    ------
    TypeError
        On a value that TOML has no word for.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    raise TypeError(f"a plan cannot hold {type(value).__name__} {value!r}")


def _text(value: str) -> str:
    """Return a text in quotes; JSON writes it as TOML does but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
