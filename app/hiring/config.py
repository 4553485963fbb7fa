"""`hiring.toml`, or ``[hiring]`` of plan.toml: read, a scenario laid over it, checked key by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ...forecast.errors import InputError
from ...forecast.text import spelled
from ..config.plan_toml import HIRING, PLAN, complaint, merged, plan_file, plan_tables, refuse_flags
from ..inputs.snapshot import InputFile
from ..intake.names import nearest
from .schema import HiringConfig

FILE = "hiring.toml"
BASE = "base"
"""Name of the run without any scenario, where several are planned side by side."""


@dataclass(frozen=True)
class HiringFile:
    """What a folder says of hiring, a scenario laid over it.

    Attributes
    ----------
    config
        Checked; defaults stand where nothing is given.
    base
        The same without the scenario.
    given
        The keys that are given, as ``people.fails``: all others are defaults.
    scenario
        Name of the scenario; None without one.
    plan_scenario
        Whether plan.toml has a scenario of that name too, which is laid over plan.toml.
    scenarios
        Names of all scenarios of both files.
    files
        The file as it was read, by name; empty where there is none.
    overrides
        Tables that the caller laid over both.
    """

    config: HiringConfig = field(default_factory=HiringConfig)
    base: HiringConfig = field(default_factory=HiringConfig)
    given: frozenset[str] = frozenset()
    scenario: str | None = None
    plan_scenario: bool = False
    scenarios: tuple[str, ...] = ()
    files: Mapping[str, InputFile] = field(default_factory=dict, repr=False)
    overrides: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path, scenario: str | None = None, overrides: Mapping[str, Any] | None = None) -> HiringFile:
        """Read the hiring of a planner's `folder`; without any file all is default.

        Parameters
        ----------
        scenario
            Laid over the file: ``[scenario.NAME]`` of hiring.toml, or of plan.toml, or both.
        overrides
            Tables laid over both.

        Raises
        ------
        InputError
            If there are two places of hiring, an unknown key, a value out of range, or an unknown scenario.
        """
        plan, path, files = plan_file(folder), plan_file(folder).parent / FILE, {}
        tables = plan_tables(InputFile.read(plan).content, plan) if plan.is_file() else {}
        raw, where = tables.get(HIRING, {}), plan
        if path.exists():
            if HIRING in tables:
                mend = f"Keep [{HIRING}] of {PLAN} or {FILE}"
                raise InputError("hiring is described twice", file=path, mend=mend)
            files[FILE] = InputFile.read(path)
            raw, where = plan_tables(files[FILE].content, path), path
        if not isinstance(raw, Mapping):
            raise InputError("not a table", file=plan, column=HIRING, mend=f"Write it like [{HIRING}]")
        own = {str(k): v for k, v in raw.items() if k != "scenario"}
        mine, theirs = _scenarios(raw, where), _scenarios(tables, plan)
        base = parse(merged(own, overrides or {}), where)
        name = None if scenario is None else spelled(scenario)
        if name is not None:
            if name not in {**mine, **theirs}:
                known = nearest(name, {**mine, **theirs}) if mine or theirs else f"Add [scenario.{name}] to {FILE}"
                raise InputError("unknown scenario", file=where, column="scenario", value=name, mend=known)
            if set("/\\") & set(name):
                mend = "Name it without / and \\: the folder of its runs is named after it"
                raise InputError("unfit name", file=where, column="scenario", value=name, mend=mend)
            if name.casefold() == BASE:
                mend = f"Name it otherwise: {BASE} is the run without a scenario"
                raise InputError("unfit name", file=where, column="scenario", value=name, mend=mend)
            own = merged(own, mine.get(name, {}))
        config = base if name is None else parse(merged(own, overrides or {}), where)
        every = tuple(dict.fromkeys([*mine, *theirs]))
        return cls(config, base, frozenset(_keys(own)), name, name in theirs, every, files, dict(overrides or {}))


def parse(raw: Mapping[str, Any], path: Path) -> HiringConfig:
    """Check the plain dict of a hiring.toml; `path` is named in errors.

    Raises
    ------
    InputError
        On an unknown key (the nearest is named) or a value out of range.
    """
    try:
        config = HiringConfig.model_validate(raw)
    except ValidationError as errors:
        raise complaint(errors, path, HiringConfig) from errors
    refuse_flags(raw, config, path)
    return config


def _scenarios(tables: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """Return the scenarios of a file by name."""
    found = tables.get("scenario", {})
    if not isinstance(found, Mapping) or not all(isinstance(table, Mapping) for table in found.values()):
        raise InputError("not a table", file=path, column="scenario.", mend="Write it like [scenario.NAME]")
    return found


def _keys(tables: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Yield every key that has a value of its own."""
    for key, value in tables.items():
        if isinstance(value, Mapping):
            yield from _keys(value, f"{path}{key}.")
        else:
            yield f"{path}{key}"
