"""`plan.toml`: read, merged with a scenario, checked key by key."""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import tomllib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ...forecast.calendar.grid import WEEKDAYS, Grid
from ...forecast.errors import InputError
from ...forecast.queueing.goal.targets import ServiceGoal
from ...schedule.problem.costs import Costs
from ...schedule.problem.horizon import Horizon
from ...schedule.problem.shifts import ShiftFamily
from ...schedule.problem.staff import Contract
from ...schedule.rules.rules import SPECS, ContractRules, Rules
from ..intake.mapping import Intake

PLAN = "plan.toml"


WRONG_KIND = {
    "string_type": ("not a text", 'Put it in quotes; a time of day is written like "07:30"'),
    "int_type": ("not a whole number", "Write digits only, without quotes or a unit"),
    "int_parsing": ("not a whole number", "Write digits only, without quotes or a unit"),
    "int_from_float": ("not a whole number", "Write it without decimals"),
    "float_type": ("not a number", "Write digits only, without quotes or a unit"),
    "float_parsing": ("not a number", "Write digits only, without quotes or a unit"),
    "bool_parsing": ("neither true nor false", "Write true or false"),
    "tuple_type": ("not a list", 'Write it like ["monday", "tuesday"]'),
}
"""What is wrong and how to mend it, by pydantic's word for a value of the wrong kind."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Site(_Strict):
    """Where and on which time axis the centre is planned."""

    name: str = "Centre"
    zone: str | None = None
    week_start: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    interval_min: int = 30
    grid_min: int = 15
    week: dt.date | None = None
    country: str | None = None
    subdivision: str | None = None
    paydays: tuple[int | Literal["last"], ...] = ()
    note: str = ""

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                ZoneInfo(value)
            except (ZoneInfoNotFoundError, ValueError) as error:
                raise InputError("unknown time zone", value=value, mend="Use a name like Europe/Berlin") from error
        return value


class Queue(_Strict):
    """One queue: its goal, its callers' patience, where its handle time comes from."""

    goal: ServiceGoal
    patience_s: float | None = Field(default=None, gt=0)
    handle_s: float | None = Field(default=None, gt=0, le=86400)
    handle_cv: float = Field(default=1.0, ge=0, le=10)
    model: str = "auto"
    requirement: Literal["erlang_a", "erlang_c", "moving"] | None = None
    opening: Mapping[str, str] | None = None

    def erlang(self, *, hang_up: bool) -> str:
        """Return the queueing model: as configured, else Erlang A where callers `hang_up`, Erlang C where none does."""
        if self.requirement in (None, "moving"):
            return "erlang_a" if hang_up else "erlang_c"
        return self.requirement


class Shrinkage(_Strict):
    """Paid time off the phone, as shares: `planned` is placed by hand, `unplanned` is absence (or one per weekday)."""

    planned: float = Field(default=0.0, ge=0, lt=0.9)
    unplanned: float | Mapping[str, float] = 0.0

    @field_validator("unplanned")
    @classmethod
    def _shares(cls, value: float | Mapping[str, float]) -> float | Mapping[str, float]:
        for day, share in value.items() if isinstance(value, Mapping) else [("default", value)]:
            if day not in (*WEEKDAYS, "default"):
                raise InputError("unknown weekday", value=day, mend=f"One of {', '.join(WEEKDAYS)}, default")
            if not 0 <= share < 0.9:
                raise InputError("Expected a share from 0 to below 0.9", value=share, mend="8 % is 0.08")
        return value

    def absent(self, grid: Grid) -> np.ndarray:
        """Return the unplanned share per interval of `grid`."""
        if not isinstance(self.unplanned, Mapping):
            return np.full(len(grid), self.unplanned)
        other = self.unplanned.get("default", 0.0)
        by_day = np.array([self.unplanned.get(d, other) for d in WEEKDAYS])
        return np.asarray(by_day[grid.starts.day_of_week])


class Solve(_Strict):
    """How long and how hard to optimise.

    `time_limit_s` covers shifts and people together; `gap` is the share at which the plan is good enough.
    """

    time_limit_s: float = Field(default=90.0, gt=0)
    gap: float = Field(default=0.01, ge=0, lt=1)
    seed: int = Field(default=1, ge=0)
    threads: int = Field(default=1, ge=1, le=64)


class Config(_Strict):
    """All of `plan.toml`."""

    site: Site = Site()
    intake: Intake = Intake()
    opening: Mapping[str, str] = Field(default_factory=lambda: dict.fromkeys(WEEKDAYS, "00:00-24:00"))
    queue: Mapping[str, Queue]
    shrinkage: Shrinkage = Shrinkage()
    shift: Mapping[str, ShiftFamily] = Field(default_factory=dict)
    contract: Mapping[str, Contract] = Field(default_factory=dict)
    rules: Rules = Rules()
    costs: Costs = Costs()
    solve: Solve = Solve()
    cyclic: bool = False

    @model_validator(mode="after")
    def _names_agree(self) -> Config:
        if not self.queue:
            raise InputError("no queue", column="queue", mend="Add a [queue.NAME] with a [queue.NAME.goal]")
        self._rules_agree("rules", self.rules)
        for contract in self.contract.values():
            key = f"contract.{contract.name}"
            self._known(contract.shifts, f"{key}.shifts")
            self._rules_agree(key, contract)
        return self

    def _rules_agree(self, table: str, holder: Rules | ContractRules) -> None:
        """Refuse rules of unknown families, and least values above the most."""
        for key, spec in SPECS.items():
            for rest, families in spec.families(getattr(holder, key, None) or {}):
                self._known(families, f"{table}.{key}{rest}")
        for key, spec in SPECS.items():
            if spec.not_above is None:
                continue
            limit, wrong = spec.not_above
            least, most = (
                getattr(self.rules, name) if getattr(holder, name) is None else getattr(holder, name)
                for name in (key, limit)
            )
            if least > most:
                raise InputError(wrong, column=f"{table}.{key}", value=least, mend=f"{limit} is {most}")

    def _known(self, families: typing.Iterable[str], key: str) -> None:
        for name in families:
            if name not in self.shift:
                raise InputError("unknown shift family", column=key, value=name, mend=_nearest(name, self.shift))

    def horizon(self, week: dt.date) -> Horizon:
        """Return the days and slots of the week that begins on `week`.

        Raises
        ------
        InputError
            If `week` is not the configured first day of a week.
        """
        if WEEKDAYS[week.weekday()] != self.site.week_start:
            raise InputError(
                f"{week} is a {WEEKDAYS[week.weekday()]}, weeks start on {self.site.week_start}",
                column="week",
                mend="Name the first day of the week, or change site.week_start",
            )
        coarse = Horizon.of_weeks(week, 1, self.site.interval_min, self.site.zone)
        return Horizon(coarse.grid.finer(self.site.grid_min))


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
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError("file not found", file=path, mend=f"Make one with: busyhour init {folder}") from None
    return plan_of(content, path, scenario, overrides)


def plan_of(
    content: bytes, path: Path, scenario: str | None = None, overrides: Mapping[str, Any] | None = None
) -> tuple[Config, dict[str, Any]]:
    """Do as `read_plan` with the content of a file; `path` is named in errors."""
    try:
        raw = tomllib.loads(content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n"))
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8 text", file=path) from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not TOML: {error}", file=path, mend="Correct that line") from error
    scenarios = raw.pop("scenario", {})
    if scenario is not None:
        if scenario not in scenarios:
            raise InputError(
                "unknown scenario", file=path, column="scenario", value=scenario, mend=_nearest(scenario, scenarios)
            )
        raw = _merged(raw, scenarios[scenario])
    raw = _merged(raw, overrides or {})
    return parse_plan(raw, path), raw


def parse_plan(raw: Mapping[str, Any], path: Path) -> Config:
    """Check the plain dict of a plan; `path` is named in errors."""
    data = dict(raw)
    for table in ("shift", "contract"):
        if isinstance(data.get(table), Mapping):
            data[table] = {n: _named(n, t, path, table) for n, t in data[table].items()}
    try:
        return Config.model_validate(data)
    except ValidationError as errors:
        raise _first(errors, path) from errors


def _named(name: str, table: Any, path: Path, kind: str) -> dict[str, Any]:
    if not isinstance(table, Mapping):
        raise InputError(f"[{kind}.{name}] must be a table", file=path, column=f"{kind}.{name}")
    out = dict(table) | {"name": name}
    if kind == "shift" and "break" in out:
        out["breaks"] = out.pop("break")
    return out


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(base)
    for key, value in over.items():
        out[key] = (
            _merged(out[key], value) if isinstance(value, Mapping) and isinstance(out.get(key), Mapping) else value
        )
    return out


def _nearest(name: str, known: typing.Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(names)}"


def _first(errors: ValidationError, path: Path) -> InputError:
    """Turn pydantic's first complaint into ours."""
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
            mend=_nearest(loc[-1], _known_keys(Config, [str(p) for p in error["loc"][:-1]])),
        )
    inner = error.get("ctx", {}).get("error")
    if isinstance(inner, InputError):
        column = (
            inner.column if inner.column and "." in inner.column else ".".join([*loc, inner.column or ""]).strip(".")
        )
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
