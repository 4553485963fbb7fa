"""What a run was asked for beside its files, as ``inputs/arguments.json`` keeps it."""

from __future__ import annotations

import datetime as dt
from dataclasses import field
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from ...forecast.calendar.grid import refuse_far_year
from ...forecast.errors import InputError
from ...forecast.reading import json_of

ARGUMENTS = "arguments.json"


@dataclass(frozen=True, config=ConfigDict(extra="ignore"))
class Arguments:
    """First day of the planned week, the scenario, and the tables laid over the plan."""

    week: dt.date
    scenario: str | None = None
    overrides: dict[str, Any] = field(default_factory=dict)


def read_arguments(path: Path) -> Arguments:
    """Read the arguments that a run keeps.

    Raises
    ------
    InputError
        If the file cannot be read, or holds something else.
    """
    content = json_of(path)
    try:
        arguments = TypeAdapter(Arguments).validate_python(content)
    except ValidationError as errors:
        error = errors.errors()[0]
        key, what = str(error["loc"][0]), "is missing" if error["type"] == "missing" else "cannot be read"
        value = content.get(key)
        raise InputError(f"key {key!r} {what}", file=path, value=value, mend="Plan the week again") from errors
    refuse_far_year(arguments.week, file=path, column="week")
    return arguments
