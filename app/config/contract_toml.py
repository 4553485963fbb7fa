"""`contract.toml`: its tables and keys, read and checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ...forecast.errors import InputError
from ...forecast.reading import file_bytes
from ...schedule.contracts.contract import Contract, Exclusion
from ...schedule.contracts.goal import Goal
from ...schedule.contracts.lock import Lock
from ...schedule.contracts.terms import Money, Termination
from ..intake.mapping import Intake
from .plan_toml import complaint, plan_tables, refuse_flags

FILE = "contract.toml"


class ContractConfig(BaseModel):
    """All of `contract.toml`, beside the tables.

    Parameters
    ----------
    name
        Name of the contract.
    client, vendor
        The parties.
    queues
        Queues under the contract.
    other_queues
        Queues that the files may hold and that are not under the contract; a queue that stands in neither list is an
        error.
    zone
        Time zone whose clock the contract means, like ``Europe/Berlin``. Without it all times are wall clock.
    interval_min
        Length of the contract's intervals, min; shorter ones of a file are added up.
    begins
        First day of the contract; without it all calls count.
    note
        Printed on the page, for example what is made up.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    client: str = ""
    vendor: str = ""
    queues: tuple[str, ...]
    other_queues: tuple[str, ...] = ()
    zone: str | None = None
    interval_min: int = 30
    begins: dt.date | None = None
    note: str = ""
    intake: Intake | None = None
    goal: Mapping[str, Goal]
    exclusion: tuple[Exclusion, ...] = ()
    lock: Lock | None = None
    money: Money | None = None
    termination: Termination | None = None

    @property
    def contract(self) -> Contract:
        """The contract that the file describes.

        Raises
        ------
        InputError
            If its parts do not fit each other.
        """
        return Contract(
            self.name, self.queues, tuple(self.goal.values()), self.client, self.vendor, self.zone, self.interval_min,
            self.other_queues, self.begins, self.exclusion, self.lock, self.money, self.termination, self.note,
        )  # fmt: skip


@dataclass(frozen=True)
class ContractFile:
    """A contract and how the calls are laid out that it is held against.

    Attributes
    ----------
    path
        The file.
    contract
        What the file says.
    intake
        Layout of the calls; None = as the folder of the calls says, or plain.
    """

    path: Path
    contract: Contract
    intake: Intake | None

    @classmethod
    def read(cls, path: Path) -> ContractFile:
        """Read a contract.toml, or the one in the folder `path`.

        Raises
        ------
        InputError
            If the file is missing, is not TOML, has an unknown key (the nearest is named), a value out of range, or
            parts that do not fit each other: weights that do not add up, ladders out of order, unknown names.
        """
        path = path / FILE if path.is_dir() else path
        return cls.of(file_bytes(path, unpack=False, mend="Name the contract's file, contract.toml"), path)

    @classmethod
    def of(cls, content: bytes, path: Path) -> ContractFile:
        """Do as `read` with the content of a file; `path` is named in errors."""
        raw = plan_tables(content, path)
        try:
            config = ContractConfig.model_validate(_with_names(raw, path))
        except ValidationError as errors:
            raise complaint(errors, path, ContractConfig) from errors
        refuse_flags(raw, config, path)
        try:
            return cls(path, config.contract, config.intake)
        except InputError as error:
            column = error.column if error.column is None or "." in error.column else f".{error.column}"
            raise InputError(error.what, file=path, column=column, value=error.value, mend=error.mend) from None


def contract_of(path: Path) -> Contract:
    """Return the contract of a contract.toml, or of the one in the folder `path`; errors as `ContractFile.read`."""
    return ContractFile.read(path).contract


def _with_names(raw: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Return the tables of a file with the name of each goal in its table."""
    out, goals = dict(raw), raw.get("goal", {})
    if not isinstance(goals, Mapping) or not all(isinstance(table, Mapping) for table in goals.values()):
        raise InputError("not a table", file=path, column="goal.", mend="Write it like [goal.NAME]")
    for name, table in goals.items():
        if "name" in table:
            mend = "Leave it out: the name of a goal stands in the head of its table"
            raise InputError("unknown key", file=path, column=f"goal.{name}.name", value="name", mend=mend)
    out["goal"] = {name: {**table, "name": name} for name, table in goals.items()}
    return out
