"""The locked forecasts of a contract, read."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from ...forecast.errors import InputError
from ...forecast.tables import TABLES, check, read_text_csv
from ...schedule.contracts.contract import Contract
from ...schedule.contracts.units import floored
from ..config.contract_toml import ContractFile
from ..inputs.snapshot import InputFile

KEY = ["queue", "start"]


def read_locked(file: ContractFile) -> tuple[pd.DataFrame | None, tuple[InputFile, ...], tuple[str, ...]]:
    """Return the locked forecast on the contract's intervals, its files, and what gives no relief.

    Returns
    -------
    locked : DataFrame or None
        ``queue, start, calls`` and ``handle_s`` where the lock has a band of handle times; None without a lock.

    Raises
    ------
    InputError
        If a file cannot be read, has an unknown queue, or an interval is locked twice.
    """
    contract, lock = file.contract, file.contract.lock
    if lock is None:
        return None, (), ()
    parts, files, notes = [], [], []
    for one in lock.forecast:
        path = file.path.parent / one.file
        files.append(InputFile.read(path))
        rows = read_text_csv(path)
        if "queue" not in rows and len(contract.queues) == 1:
            rows = rows.assign(queue=contract.queues[0])
        if "handle_s" not in rows and lock.handle_band is None:
            rows = rows.assign(handle_s="")
        rows = check(rows, TABLES["volume"], zone=contract.zone, file=path)
        rows = rows[rows["queue"].isin((*contract.queues, *contract.other_queues))]
        if rows.empty:
            mend = f"The contract has {', '.join(contract.queues)}"
            raise InputError("a locked forecast without a queue of the contract", file=path, column="queue", mend=mend)
        binds = one.on + dt.timedelta(days=lock.lead_days)
        late = rows["start"].dt.date < binds
        if late.any():
            notes.append(f"{path.name} was locked on {one.on}: its days before {binds} give no relief")
        parts.append(rows[~late].assign(file=path.name))
    whole = pd.concat(parts, ignore_index=True)
    again = whole.duplicated(KEY)
    if again.any():
        row = whole[again].iloc[0]
        mend = "Keep one of the files for these days"
        raise InputError("an interval is locked twice", file=row["file"], column="start",
                         value=f"{row['queue']}, {row['start']}", mend=mend)  # fmt: skip
    return _on_intervals(whole, contract), tuple(files), tuple(notes)


def _on_intervals(rows: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return the forecast added up to the contract's intervals, handle times weighted by the calls."""
    rows = rows.assign(start=floored(rows["start"], contract.interval_min), work=rows["calls"] * rows["handle_s"])
    sums = rows.groupby(KEY, as_index=False)[["calls", "work"]].sum(min_count=1)
    sums["handle_s"] = sums.pop("work") / sums["calls"].where(sums["calls"] > 0)
    return sums[sums["queue"].isin(contract.queues)].reset_index(drop=True)
