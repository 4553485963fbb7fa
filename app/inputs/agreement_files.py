"""The files that the contract of a plan is counted from: all of them beside plan.toml."""

from __future__ import annotations

from pathlib import Path

from ...forecast.errors import InputError
from ..config.contract_toml import ContractFile
from ..config.schema import Sla


def agreement_files(place: Path, sla: Sla | None) -> tuple[Path, ...]:
    """Return the contract, its locked forecasts, calls and scores that ``[sla]`` names; () without a contract.

    Raises
    ------
    InputError
        If the contract cannot be read, or a file is not there or lies elsewhere than beside plan.toml.
    """
    if sla is None:
        return ()
    file = ContractFile.read(place / sla.contract)
    lock = file.contract.lock
    beside = [one.file for one in lock.forecast] if lock is not None else []
    for name in beside:
        if set("/\\") & set(name):
            mend = "Put it beside plan.toml: a run keeps a copy of it"
            raise InputError("not the name of a file beside the contract", file=file.path, column="lock.forecast.file",
                             value=name, mend=mend)  # fmt: skip
    told = [name for name in (sla.quality, sla.measured) if name is not None]
    return (file.path, *(place / name for name in (*beside, *told)), *calls_of(place, sla))


def calls_of(place: Path, sla: Sla) -> list[Path]:
    """Return the files of calls that ``sla.calls`` names, by names or globs.

    Raises
    ------
    InputError
        If one is not there.
    """
    found: dict[Path, None] = {}
    for name in sla.calls:
        matches = [place / name] if (place / name).exists() else sorted(p for p in place.glob(name) if p.is_file())
        if not matches:
            raise InputError("file not found", file=place / name, column="sla.calls", mend="Put it beside plan.toml")
        found |= dict.fromkeys(matches)
    return list(found)
