"""The tables that a simulation takes, checked."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...errors import InputError
from ...tables import TABLES, check
from ..goal.targets import ServiceGoal
from .periods import zone_of


def checked(
    volume: pd.DataFrame, staffing: pd.DataFrame, goals: Mapping[str, ServiceGoal]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both tables checked, the staffing with its columns `queue` and `agent`.

    Raises
    ------
    InputError
        If a table breaks its declaration, the tables do not fit each other, or a queue has no goal.
    """
    volume = check(volume, TABLES["volume"])
    if volume.empty:
        raise InputError("no open interval", column="start", mend="Give a volume row for every open interval")
    staffing = check(staffing, TABLES["staffing"], zone=zone_of(volume)).reset_index(drop=True)
    if len(staffing) and (zone_of(volume) is None) != (zone_of(staffing) is None):
        value = str(staffing["start"].iloc[0])
        raise InputError("staffing and volume must both have a zone or neither", column="start", value=value)
    names = sorted(volume["queue"].unique())
    staffing = with_queue(staffing, names)
    if lost := [name for name in names if name not in goals]:
        raise InputError("no goal for this queue", column="queue", value=lost[0])
    staffing = staffing.assign(agent=staffing.get("agent", ""))
    named = staffing["agent"] != ""
    _refuse(staffing, "end", staffing["end"] < staffing["start"], "the step ends before it starts")
    _refuse(staffing, "agents", staffing["agents"] % 1 != 0, "not a whole number of agents")
    _refuse(staffing, "agents", named & (staffing["agents"] != 1), "a named person counts as 1 agent")
    _refuse(staffing, "queue", ~staffing["queue"].isin(names), "a queue that the volume does not have")
    return volume, staffing


def with_queue(staffing: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return `staffing` with the column `queue`, which may be left out when there is one queue.

    Raises
    ------
    InputError
        If the column is left out and there are several queues.
    """
    if "queue" in staffing:
        return staffing
    if len(names) > 1:
        raise InputError("staffing does not say whose agents these are", column="queue", mend="Add the column")
    return staffing.assign(queue=names[0])


def _refuse(staffing: pd.DataFrame, column: str, bad: pd.Series, what: str) -> None:
    if bad.any():
        i = int(bad.to_numpy().argmax())
        raise InputError(f"staffing: {what}", row=i + 2, column=column, value=str(staffing[column].iloc[i]))
