"""Where the banked calls of a run are counted from: the files of calls, the contract and its lock among its inputs."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ...forecast.errors import InputError
from ...forecast.queueing.goal.targets import BEYOND
from ...forecast.reading import file_bytes
from ...schedule.judge.published.banked import CountedFrom
from ..config.contract_toml import ContractFile
from ..contracts.calls import calls_of_folder, read_contract_calls
from ..contracts.locked import read_locked
from ..inputs.agreement_files import calls_of
from ..inputs.folder import Folder
from ..inputs.inputs import REQUIREMENT


def counted_from(planned: Folder) -> tuple[CountedFrom | None, tuple[str, ...]]:
    """Return what banked calls are counted from, and a note where that cannot be read; None where none are counted.

    Parameters
    ----------
    planned
        The plan that a run's inputs/ hold; copies of files lie there without their folders.
    """
    if not any(queue.goal.basis in BEYOND for queue in planned.config.queue.values()):
        return None, ()
    try:
        return _read(_beside(planned)), ()
    except InputError as error:
        return None, (f"banked calls were not counted again: {error}",)


def _beside(planned: Folder) -> Folder:
    """Return the plan with its calls where the copies lie."""
    intake = planned.config.intake
    shape = intake.day_shape
    if shape is not None and not shape.startswith("="):
        shape = Path(shape).name
    own = replace(intake, files=_names(intake.files), day_shape=shape)
    return replace(planned, config=planned.config.model_copy(update={"intake": own}))


def _names(files: Sequence[str]) -> tuple[str, ...]:
    """Return names of copies.

    Raises
    ------
    InputError
        If a glob names files of another folder: its copies cannot be told from other inputs.
    """
    for name in files:
        if Path(name).name != name and set("*?[") & set(name):
            raise InputError("a glob of another folder", column="intake.files", value=name,
                             mend="Name the files to have them counted again")  # fmt: skip
    return tuple(Path(name).name for name in files)


def _read(planned: Folder) -> CountedFrom:
    config, sla = planned.config, planned.config.sla
    given_need = (planned.path / REQUIREMENT).is_file()
    needed = [
        q.goal.basis in BEYOND and (q.period is None or q.period.banked_in is None) for q in config.queue.values()
    ]
    out = CountedFrom(calls=planned.calls()[0] if any(needed) and not given_need else None)
    if sla is None:
        return out
    file = ContractFile.read(planned.path / sla.contract)
    given = read_contract_calls(file, calls_of(planned.path, sla)) if sla.calls else calls_of_folder(file, planned)
    raw = tomllib.loads(file_bytes(file.path, unpack=False, mend="").decode("utf-8-sig"))
    return replace(out, contract=raw, contract_calls=given.calls, locked=read_locked(file)[0])
