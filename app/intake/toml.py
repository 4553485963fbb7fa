"""The ``[intake]`` table of plan.toml that says what an `Intake` says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields

from .mapping import Intake


def to_toml(intake: Intake) -> str:
    """Return the ``[intake]`` table of plan.toml that says what `intake` says; keys at their defaults are left out.

    Examples
    --------
    >>> print(to_toml(Intake(files=("june.csv",), columns={"offered": "Calls"})))
    [intake]
    files = ["june.csv"]
    <BLANKLINE>
    [intake.columns]
    offered = "Calls"
    <BLANKLINE>
    """
    plain, tables = ["[intake]"], list[str]()
    for field in fields(Intake):
        value = getattr(intake, field.name)
        if isinstance(value, Mapping):
            if value:
                tables += [
                    "",
                    f"[intake.{field.name}]",
                    *(f"{_key(k)} = {_value(v)}" for k, v in value.items()),
                ]
        elif value != field.default:
            plain.append(f"{field.name} = {_value(value)}")
    return "\n".join([*plain, *tables]) + "\n"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(k))} = {_value(v)}" for k, v in value.items()) + " }"
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if name.replace("_", "").isalnum() and name.isascii() else json.dumps(name, ensure_ascii=False)
