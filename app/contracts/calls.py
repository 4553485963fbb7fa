"""The calls that a contract is held against: files of any layout, or the folder of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError
from ..config.contract_toml import ContractFile
from ..config.plan_toml import plan_file
from ..inputs.folder import Folder
from ..inputs.snapshot import InputFile
from ..intake.mapping import Intake
from ..intake.read import calls_files, read_calls
from ..intake.single_calls import has_single_calls, read_single_calls


@dataclass(frozen=True, eq=False)
class ContractCalls:
    """Calls for a contract.

    Attributes
    ----------
    calls
        Counts per interval, or single calls; times in the contract's zone.
    files
        The files, as they were.
    notes
        What reading found, a sentence each without its point.
    single
        Whether a row is a call.
    """

    calls: pd.DataFrame = field(repr=False)
    files: tuple[InputFile, ...] = field(repr=False)
    notes: tuple[str, ...]
    single: bool


def read_contract_calls(file: ContractFile, paths: Sequence[Path]) -> ContractCalls:
    """Read the calls for a contract.

    Parameters
    ----------
    paths
        Files, laid out as ``[intake]`` of the contract says; or one folder with a plan.toml, whose ``[intake]`` says so
        where the contract has none.

    Raises
    ------
    InputError
        If a file cannot be read, or holds a queue that the contract does not know.
    """
    folders = [path for path in paths if path.is_dir()]
    if not folders:
        intake = replace(file.intake or Intake(), files=tuple(str(path.resolve()) for path in paths), outside=True)
        return _read(file, file.path.parent, intake, file.contract.zone)
    if len(paths) > 1:
        mend = "Name one folder with a plan.toml, or files"
        raise InputError("a folder beside other calls", value=str(folders[0]), mend=mend)
    if not plan_file(folders[0]).is_file():
        raise InputError("no plan.toml in this folder", value=str(folders[0]), mend="Name the files of calls instead")
    return calls_of_folder(file, Folder.read(folders[0]))


def calls_of_folder(file: ContractFile, folder: Folder) -> ContractCalls:
    """Read the calls of a planner's folder for a contract; its ``[intake]`` counts where the contract has none.

    Raises
    ------
    InputError
        As `read_contract_calls`, and if only one of site and contract has a zone.
    """
    contract, zone = file.contract, folder.config.site.zone
    if (zone is None) != (contract.zone is None):
        mend = "Write the same zone into both files"
        raise InputError("only one of site and contract has a zone", file=file.path, column=".zone",
                         value=contract.zone, mend=mend)  # fmt: skip
    return _read(file, folder.path, file.intake or folder.config.intake, zone)


def _read(file: ContractFile, folder: Path, intake: Intake, zone: str | None) -> ContractCalls:
    contract = file.contract
    found = calls_files(folder, intake)
    queues = (*contract.queues, *contract.other_queues)
    single = has_single_calls(intake)
    try:
        if single:
            calls, quality = read_single_calls(folder, intake, zone=zone, queues=queues)
        else:
            calls, quality = read_calls(
                folder, intake, zone=zone, interval_min=contract.interval_min, queues=queues, whole_days=False
            )
    except InputError as error:
        raise _of_contract(error, file) from None
    if zone is not None and contract.zone is not None and zone != contract.zone:
        calls = calls.assign(start=calls["start"].dt.tz_convert(contract.zone))
    return ContractCalls(calls, tuple(InputFile.read(path) for path in found), _notes(quality), single)


def _of_contract(error: InputError, file: ContractFile) -> InputError:
    """Return an error of the intake in the words of contracts."""
    if error.what != "unknown queue":
        return error
    mend = f"Add it to queues or to other_queues in {file.path.name}, or leave such rows out by [intake.queue_names]"
    what = "the contract does not know this queue"
    return InputError(what, file=error.file, row=error.row, column=error.column, value=error.value, mend=mend)


def _notes(quality: pd.DataFrame) -> tuple[str, ...]:
    """Return the findings of the intake as sentences."""
    out = []
    for row in quality.to_dict("records"):
        when = "" if pd.isna(row["start"]) else f", {row['start']:%Y-%m-%d %H:%M} to {row['end']:%Y-%m-%d %H:%M}"
        out.append(f"{row['queue'] or 'calls'}{when}: {row['what']}; {row['action']}")
    return tuple(out)
