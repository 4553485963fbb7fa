"""What a site is planned from: taken once, hashed, and laid out for a worker."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import importlib.metadata
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from ...forecast.calendar.grid import midnight
from ..config.agreed import plan_of
from ..config.plan_toml import PLAN, plan_file, plan_tables
from ..config.schema import Config
from ..config.toml_text import toml_text
from ..files import csv_text
from ..inputs.folder import CALLS, Folder
from ..inputs.snapshot import InputFile
from ..intake.files import DEFAULT_FILES
from ..intake.read import calls_files, shape_files
from .looks import Look

KEPT_OF_INTAKE = ("trust",)
"""Keys of [intake] that hold for calls in our own layout too."""
PRIVATE = 0o600


@dataclass(frozen=True, eq=False)
class SiteInputs:
    """The files of a site as they were taken.

    Attributes
    ----------
    folder
        The site's folder, with its checked plan.
    files
        plan.toml and what lies beside it, by name.
    calls
        What tells one state of the calls from another: by queue the file that changed them last, or by file its hash.
    until
        Day from which on calls are not used though they are there; None = there are none of that day or later.
    own_calls
        The files of calls as they were taken; None where the store has the calls.
    shape
        The file that tells the shape of a day, as it was taken; empty without the key `day_shape`.
    look
        What lay in the folder while its files were taken; None = unknown, or somebody wrote there meanwhile.
    """

    folder: Folder
    files: Mapping[str, InputFile] = field(repr=False)
    calls: Mapping[str, str | None] = field(default_factory=dict)
    until: dt.date | None = None
    own_calls: tuple[InputFile, ...] | None = field(default=None, repr=False)
    shape: tuple[InputFile, ...] = field(default=(), repr=False)
    look: Look | None = field(default=None, repr=False)

    @property
    def config(self) -> Config:
        """The checked plan.toml."""
        return self.folder.config

    @classmethod
    def read(cls, folder: Path) -> SiteInputs:
        """Take plan.toml and the files beside it, not yet the calls.

        Raises
        ------
        InputError
            As in `Inputs.from_folder`.
        """
        rules = plan_file(folder)
        plan = InputFile.read(rules)
        config, merged = plan_of(plan.content, rules)
        place = Folder(rules.parent, rules, config, merged)
        return cls(place, {**place.taken()[0], PLAN: plan})

    @classmethod
    def seen(cls, folder: Path) -> SiteInputs:
        """Do as `read`, and keep what lay in the folder meanwhile."""
        look = None
        with contextlib.suppress(OSError):
            look = Look.at(folder)
        inputs = cls.read(folder)
        with contextlib.suppress(OSError):
            return replace(inputs, look=look if look is not None and look.still(folder) else None)
        return inputs

    def with_files(self) -> SiteInputs:
        """Take the files of calls that [intake] names, and the one that tells the shape of a day."""
        place, intake = self.folder.path, self.config.intake
        taken = tuple(InputFile.read(path) for path in calls_files(place, intake))
        shape = tuple(InputFile.read(path) for path in shape_files(place, intake))
        marks = {_named(file.path, place): file.sha256 for file in taken}
        marks |= {f"day_shape {_named(file.path, place)}": file.sha256 for file in shape}
        return replace(self, calls=marks, own_calls=taken, shape=shape)

    def hash_of(self, week: dt.date, previous: str | None, *, wages: bool, again: int | None = None) -> str:
        """Return what tells the plan of a week from any other: SHA-256 of its inputs as canonical JSON.

        Batch, machine and papers do not enter.

        Parameters
        ----------
        previous
            Hash of the run of the week before.
        again
            Id of a batch that plans all weeks anew; None elsewhere.
        """
        asked = {"week": week, "previous": previous, "scenario": None, "wages": wages, "again": again}
        return self._hash(asked)

    def forecast_hash(self, as_of: dt.date, weeks: int) -> str:
        """Return what tells a forecast from any other."""
        return self._hash({"as_of": as_of, "weeks": weeks})

    def _hash(self, asked: Mapping[str, Any]) -> str:
        content = {
            "busyhour": _version(),
            "plan": self.folder.plan,
            "files": {name: file.sha256 for name, file in self.files.items() if name != PLAN},
            "calls": self.calls,
            "until": self.until,
            **asked,
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()

    def lay_out(self, place: Path, calls: pd.DataFrame | None) -> None:
        """Write all inputs into the folder `place`, which is made anew; only the user may open the files.

        Parameters
        ----------
        calls
            The history from the store; None = the files as they were taken.
        """
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        plan = self.files[PLAN]
        for name, file in self.files.items():
            _write(place / name, file.content)
        if calls is not None:
            _write(place / CALLS, csv_text(_before(calls, self.until, self.config.site.zone)).encode())
            if _reads_otherwise(self.folder.plan.get("intake", {})):
                tables = plan_tables(plan.content, plan.path)
                kept = {k: v for k, v in tables.get("intake", {}).items() if k in KEPT_OF_INTAKE}
                _write(place / PLAN, toml_text({**tables, "intake": kept}).encode())
            return
        names = [_laid(file, self.folder.path, place, f"calls/{i}") for i, file in enumerate(self.own_calls or ())]
        shape = [_laid(file, self.folder.path, place, "calls/day_shape") for file in self.shape]
        if not all(inside for _, inside in names + shape):
            tables = plan_tables(plan.content, plan.path)
            intake = {**tables.get("intake", {}), "files": [name for name, _ in names]}
            if shape:
                intake["day_shape"] = shape[0][0]
            _write(place / PLAN, toml_text({**tables, "intake": intake}).encode())

    def late(self, last: dt.date | None, as_of: dt.date, most: int) -> str:
        """Say that the calls lack more than `most` open days before the day of the run; "" where they do not."""
        if last is None:
            return "there are no calls yet: put exports into the inbox, or name them in [intake]"
        calendar, missing = self.folder.calendar(), 0
        for n in range(1, (as_of - last).days):
            day = last + dt.timedelta(days=n)
            missing += any(calendar.spans(day, queue) for queue in self.config.queue)
        if missing <= most:
            return ""
        return f"the calls end on {last}, {missing} open days before {as_of}, and late_days allows {most}"


def days_in_files(inputs: SiteInputs) -> dict[str, list[dt.date]]:
    """Return by queue the days with calls in the files that [intake] names, in order; queues without any are left out.

    Raises
    ------
    InputError
        If the files cannot be read.
    """
    calls, _ = inputs.folder.calls()
    known = calls[calls["offered"].notna()]
    return {str(name): sorted(set(rows.dt.date)) for name, rows in known.groupby("queue")["start"]}


@cache
def _version() -> str:
    return importlib.metadata.version("busyhour")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(PRIVATE)
    path.write_bytes(content)


def _named(path: Path, folder: Path) -> str:
    """Return a path as a site's files are named: from its folder on, where it lies in there."""
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def _laid(file: InputFile, folder: Path, place: Path, elsewhere: str) -> tuple[str, bool]:
    """Write a file that was taken from `folder` into `place`; return its name there, and whether it is as it was.

    Parameters
    ----------
    elsewhere
        Folder within `place` for a file that does not lie in `folder`.
    """
    inside = file.path.is_relative_to(folder) and ".." not in file.path.relative_to(folder).parts
    name = file.path.relative_to(folder).as_posix() if inside else f"{elsewhere}/{file.path.name}"
    _write(place / name, file.content)
    return name, inside


def _before(calls: pd.DataFrame, until: dt.date | None, zone: str | None) -> pd.DataFrame:
    """Return the calls before the day `until`."""
    return calls if until is None else calls[calls["start"] < midnight(until, zone)]


def _reads_otherwise(intake: Mapping[str, Any]) -> bool:
    """Whether [intake] would not read a calls.csv in our own layout."""
    others = {key for key in intake if key not in ("files", *KEPT_OF_INTAKE)}
    return bool(others) or tuple(intake.get("files", DEFAULT_FILES)) != DEFAULT_FILES
