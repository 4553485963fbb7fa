"""`plan.toml`: read, merged with a scenario, checked key by key."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from ...forecast.errors import InputError
from ...forecast.reading import file_bytes, text_of
from ...forecast.text import flaw, spelled
from ..intake.names import nearest
from .toml_syntax import toml_of

if TYPE_CHECKING:
    from .schema import Config

PLAN = "plan.toml"
HIRING = "hiring"
"""Table of plan.toml that may stand in the place of hiring.toml."""


WRONG_KIND = {
    "string_type": ("not a text", 'Put it in quotes; a time of day is written like "07:30"'),
    "int_type": ("not a whole number", "Write digits only, without quotes or a unit"),
    "int_parsing": ("not a whole number", "Write digits only, without quotes or a unit"),
    "int_from_float": ("not a whole number", "Write it without decimals"),
    "float_type": ("not a number", "Write digits only, without quotes or a unit"),
    "float_parsing": ("not a number", "Write digits only, without quotes or a unit"),
    "bool_parsing": ("neither true nor false", "Write true or false"),
    "int_parsing_size": ("a whole number that is too large", "Write fewer digits"),
    "dict_type": ("not a table", "Write it as a table, like [queue.NAME]"),
    "mapping_type": ("not a table", "Write it as a table, like [queue.NAME]"),
    "model_type": ("not a table", "Write it as a table, like [queue.NAME]"),
    "dataclass_type": ("not a table", "Write it as a table, like [queue.NAME]"),
    "date_type": ("not a date", "Write it like 2026-10-19, without quotes"),
    "date_parsing": ("not a date", "Write it like 2026-10-19, without quotes"),
    "date_from_datetime_parsing": ("not a date", "Write it like 2026-10-19, without quotes"),
    "date_from_datetime_inexact": ("not a date", "Write it like 2026-10-19, without a time"),
    "tuple_type": ("not a list", 'Write it like ["monday", "tuesday"]'),
}
"""What is wrong and how to mend it, by pydantic's word for a value of the wrong kind."""


def plan_file(path: Path) -> Path:
    """Return the plan's file: `path` itself, or plan.toml in the folder `path`."""
    return path / PLAN if path.is_dir() or not path.suffix else path


def read_plan(
    folder: Path, scenario: str | None = None, overrides: Mapping[str, Any] | None = None
) -> tuple[Config, dict[str, Any]]:
    """Read `folder`/plan.toml (or the file itself) and return it checked, and as the plain merged dict.

    A scenario of the file, then `overrides` (tables as in the file), are laid over it.

    Raises
    ------
    InputError
        If the file is missing, is not TOML, has an unknown key (the nearest is named) or a value out of range.
    """
    path = plan_file(folder)
    content = file_bytes(path, unpack=False, mend=f"Make one with: busyhour init {folder}")
    return plan_of(content, path, scenario, overrides)


def plan_tables(content: bytes, path: Path) -> dict[str, Any]:
    """Return the content of a plan.toml as a plain dict, its texts in one spelling; `path` is named in errors."""
    text = text_of(path, content)
    return plan_texts(toml_of(text, path), path)


def plan_of(
    content: bytes, path: Path, scenario: str | None = None, overrides: Mapping[str, Any] | None = None
) -> tuple[Config, dict[str, Any]]:
    """Do as `read_plan` with the content of a file; `path` is named in errors."""
    raw = laid_over(content, path, scenario, overrides)
    return parse_plan(raw, path), raw


def laid_over(
    content: bytes, path: Path, scenario: str | None = None, overrides: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the plain dict of a plan.toml with a scenario and `overrides` laid over it, not yet checked."""
    raw = plan_tables(content, path)
    raw.pop(HIRING, None)  # read by `busyhour hire` alone
    scenarios = raw.pop("scenario", {})
    if not isinstance(scenarios, Mapping):
        raise InputError("not a table", file=path, column="scenario.", mend="Write it like [scenario.NAME]")
    if scenario is not None:
        scenario = spelled(scenario)
        if not isinstance(scenarios.get(scenario), Mapping):
            raise InputError(
                "unknown scenario", file=path, column="scenario", value=scenario, mend=nearest(scenario, scenarios)
            )
        if set("/\\") & set(scenario):
            mend = "Name it without / and \\: the folder of its runs is named after it"
            raise InputError("unfit name", file=path, column="scenario", value=scenario, mend=mend)
        raw = merged(raw, scenarios[scenario])
    return merged(raw, overrides or {})


def plan_texts(plan: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Return the plain dict of a plan with every name and text in one spelling (see `spelled`).

    What ``[intake]`` says of somebody else's files stays as written, but for the names of queues.

    Raises
    ------
    InputError
        On a character that no text may hold, and on two names of a table that are one by that spelling.
    """
    return {key: _texts(value, path, key) for key, value in _names(plan, path, "").items()}


def _texts(value: Any, path: Path, key: str) -> Any:
    if isinstance(value, str):
        _refuse_flaw(value, path, key)
        return spelled(value)
    if isinstance(value, Mapping):
        if key.rpartition(".")[2] == "intake":
            queues = {k: _texts(v, path, f"{key}.{k}") for k, v in value.items() if k == "queue_names"}
            return {**value, **queues}
        return {name: _texts(inner, path, f"{key}.{name}") for name, inner in _names(value, path, key).items()}
    return [_texts(inner, path, key) for inner in value] if isinstance(value, list | tuple) else value


def _names(table: Mapping[str, Any], path: Path, key: str) -> dict[str, Any]:
    """Return a table under its keys in one spelling."""
    out: dict[str, Any] = {}
    for name, value in table.items():
        told = f"{key}.{name}".removeprefix(".")
        _refuse_flaw(name, path, told)
        own = spelled(name)
        if not own:
            raise InputError("blank name", file=path, column=told, mend="Give it a name")
        if own in out:
            column = f"{key}.{own}".removeprefix(".")
            raise InputError("two keys with one name", file=path, column=column, value=name, mend="Keep one of them")
        out[own] = value
    return out


def _refuse_flaw(text: str, path: Path, key: str) -> None:
    if (found := flaw(text)) is not None:
        mend = "Write it anew in one line, without invisible characters"
        raise InputError(f"text holds {found[0]}", file=path, column=key, value=found[1], mend=mend)


def parse_plan(raw: Mapping[str, Any], path: Path) -> Config:
    """Check the plain dict of a plan; `path` is named in errors."""
    from .schema import Config  # this brings all that plans

    data = dict(raw)
    for table in ("shift", "contract"):
        if isinstance(data.get(table), Mapping):
            data[table] = {n: _named(n, t, path, table) for n, t in data[table].items()}
    try:
        config = Config.model_validate(data)
    except ValidationError as errors:
        raise complaint(errors, path, Config) from errors
    refuse_flags(data, config, path)
    return config


def refuse_flags(raw: Any, read: Any, path: Path, key: str = "") -> None:
    """Raise `InputError` where true or false stands for a number: pydantic takes them for 1 and 0."""
    if isinstance(raw, bool) and not isinstance(read, bool):
        raise InputError("not a number", file=path, column=key, value=raw, mend="Write digits")
    if isinstance(raw, Mapping):
        for name, value in raw.items():
            inner = read.get(name) if isinstance(read, Mapping) else getattr(read, name, None)
            refuse_flags(value, inner, path, f"{key}.{name}".lstrip("."))
    if isinstance(raw, list | tuple) and isinstance(read, list | tuple):
        for value, inner in zip(raw, read, strict=False):
            refuse_flags(value, inner, path, key)


def _named(name: str, table: Any, path: Path, kind: str) -> dict[str, Any]:
    if not isinstance(table, Mapping):
        raise InputError(f"[{kind}.{name}] must be a table", file=path, column=f"{kind}.{name}")
    if kind == "shift" and ("@" in name or name == "off"):
        mend = "Name it otherwise: patterns are written family@HHMM, and off means a day off"
        raise InputError("unfit name of a shift family", file=path, column=f"{kind}.{name}", value=name, mend=mend)
    out = dict(table) | {"name": name}
    if kind == "shift" and "break" in out:
        out["breaks"] = out.pop("break")
    return out


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with the tables of `over` laid over it."""
    out = dict(base)
    for key, value in over.items():
        out[key] = (
            merged(out[key], value) if isinstance(value, Mapping) and isinstance(out.get(key), Mapping) else value
        )
    return out


def complaint(errors: ValidationError, path: Path, schema: type[BaseModel]) -> InputError:
    """Return pydantic's first complaint about a file of that `schema` as ours."""
    found = errors.errors()
    error = next((e for e in found if e["type"] in ("extra_forbidden", "unexpected_keyword_argument")), found[0])
    loc = ["break" if p == "breaks" else str(p) for p in error["loc"]]
    key = ".".join(loc)
    if error["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return InputError(
            "unknown key",
            file=path,
            column=f".{key}".removeprefix(".") if "." in key else f"{key}.",
            value=loc[-1],
            mend=nearest(loc[-1], _known_keys(schema, [str(p) for p in error["loc"][:-1]])),
        )
    inner = error.get("ctx", {}).get("error")
    if isinstance(inner, InputError):
        own = "" if inner.column in (None, *loc[-1:]) else str(inner.column)
        column = own if "." in own else ".".join([*loc, own]).strip(".")
        return InputError(inner.what, file=path, column=column, value=inner.value, mend=inner.mend)
    if error["type"] == "missing":
        return InputError(f"key {key} is missing", file=path, mend="Add it")
    what, mend = WRONG_KIND.get(error["type"], (error["msg"][0].lower() + error["msg"][1:], None))
    return InputError(what, file=path, column=key, value=error["input"], mend=mend)


def _known_keys(kind: Any, loc: list[str]) -> list[str]:
    """Return the keys that the table at `loc` of `kind` may have."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return [k for a in args for k in _known_keys(a, loc)]
    if origin is not None and issubclass(origin, Mapping):
        return _known_keys(args[1], loc[1:]) if loc else []
    if origin is tuple:
        return _known_keys(args[0], loc[1:]) if loc else []
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields: dict[str, Any] = {n: f.annotation for n, f in kind.model_fields.items()}
    elif dataclasses.is_dataclass(kind):
        fields = typing.get_type_hints(kind)
    else:
        return []
    if not loc:
        return [f for f in fields if f != "name"] if dataclasses.is_dataclass(kind) else list(fields)
    return _known_keys(fields[loc[0]], loc[1:]) if loc[0] in fields else []
