"""Means from totals, and doubts about calls and handle times that can only be in wrong units or columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...forecast.queueing.goal.targets import ServiceGoal
from .mapping import Layout

LEAST_MEAN_S, MOST_MEAN_S = 5.0, 3600.0
"""Mean handle times of a file that are believed, seconds: no centre talks less than 5 s or more than an hour."""
LEAST_USUAL_S, MOST_USUAL_S = 30.0, 7200.0
"""Median handle times of a queue that are believed, seconds: a phone call is seldom outside 30 s to 2 h."""
STEADIER = 2.0
"""Relative spread of handle times over that of calls, above 1, from which the two columns seem to be swapped."""
SHOWS = 0.5
"""Share of the variance, from 0 to 1, that the time of day explains of calls, and seldom of handle times."""
LONGEST_WITHIN_S = 1800.0
"""Seconds within which calls are to be answered, from which they are believed to be other work."""
DEFERRED = re.compile(
    r"(?<![a-z])(?:e-?mails?|mails?|back.?office|tickets?|letters?|fax|correos?|briefe?|web.?forms?)(?![a-z])",
    re.IGNORECASE,
)
"""Names of queues whose work waits for hours."""
CONFIRM = 'if it is right, trust = ["{0}"] in [intake] (--trust {0})'


def means(columns: Mapping[str, pd.Series], name: str, layout: Layout) -> pd.Series:
    """Return a time column per call: totals are divided by the calls answered; unknown where none is answered."""
    values = columns[name]
    calls = columns["answered"] if "answered" in columns else columns["offered"]
    if name in layout.totals:
        values = values / calls.where(calls > 0)
    return values.where(~((values == 0) & (calls == 0)))


def refuse_parts_of_calls(calls: pd.DataFrame, trust: Sequence[str], file: Path, column: str) -> None:
    """Raise `InputError` on the first number of calls that is not whole, unless `trust` names ``offered``.

    Parameters
    ----------
    column
        The file's column, which the error names.
    """
    parts = (calls["offered"] % 1 > 0).fillna(False).to_numpy(dtype=bool)
    if "offered" in trust or not parts.any():
        return
    first = int(parts.argmax())
    raise InputError(
        f"not a whole number of calls ({int(parts.sum())} rows in all)",
        file=file,
        row=int(calls.index[first]),
        column=column,
        value=f"{calls['offered'].iloc[first]:g}",
        mend='Check the column, and the mark of its thousands (thousands = "." in [intake]); '
        + CONFIRM.format("offered"),
    )


def refuse_deferred(queues: pd.Series, file: Path) -> None:
    """Raise `InputError` on a queue whose name tells of work that waits for hours, such as e-mail.

    Agents per interval follow from calls that wait seconds; work that may wait is planned by the hours it takes.
    """
    for name in map(str, queues.unique()):
        if DEFERRED.search(name):
            raise InputError(
                "the name tells of deferred work, and only calls that wait on the line need agents by the interval",
                file=file,
                column="queue",
                value=name,
                mend=f"Plan the hours of such work by themselves; {CONFIRM.format('queue')}",
            )


def refuse_goals_of_hours(goals: Mapping[str, ServiceGoal], trust: Sequence[str]) -> None:
    """Raise `InputError` on a goal of half an hour or longer: such work may wait, and is planned by its hours."""
    for name, goal in goals.items():
        if goal.within_s >= LONGEST_WITHIN_S and "queue" not in trust:
            raise InputError(
                f"a goal of {goal.within_s / 3600:g} h for queue {name!r}: work that may wait so long is no call",
                column="--goal",
                value=str(goal),
                mend=f"Plan the hours of such work by themselves, or correct the seconds; {CONFIRM.format('queue')}",
            )


def refuse_wrong_units(calls: pd.DataFrame, layout: Layout, file: Path) -> None:
    """Raise `InputError`, with the mend that would fit, on handle times that are hard to believe.

    The mean of the file must lie from 5 s to an hour, and the median of each queue, weighted by its calls, from 30 s to
    2 h; and calls must not be steadier through the day than handle times. ``handle_s`` in `trust` lifts all of these.
    """
    if "handle_s" not in calls or "handle_s" in layout.trust:
        return
    weight = calls["answered"].fillna(calls["offered"]) if "answered" in calls else calls["offered"]
    known = calls["handle_s"].notna() & (weight > 0)
    if not known.any():
        return
    _refuse_swapped(calls[known], layout, file)
    mean = float((calls["handle_s"] * weight)[known].sum() / weight[known].sum())
    if not LEAST_MEAN_S <= mean <= MOST_MEAN_S:
        raise InputError(
            "wrong units: the mean handle time would be outside 5 s to 1 h",
            file=file,
            column="handle_s",
            value=f"{mean:.6g} s",
            mend=_fitting(calls["handle_s"][known], weight[known], mean, layout),
        )
    refuse_odd_handle_times(calls["queue"][known], calls["handle_s"][known], weight[known], file)


def refuse_odd_handle_times(queue: pd.Series, handle: pd.Series, weight: pd.Series, file: Path) -> None:
    """Raise `InputError` where the usual handle time of a queue lies below 30 s or above 2 h.

    Parameters
    ----------
    queue, handle, weight
        Per interval its queue, mean handle time in seconds, and calls.
    """
    for name, values in handle.groupby(queue, sort=False):
        usual = _weighted_median(values.to_numpy(dtype=float), weight[values.index].to_numpy(dtype=float))
        if LEAST_USUAL_S <= usual <= MOST_USUAL_S:
            continue
        low = usual < LEAST_USUAL_S
        raise InputError(
            f"the usual handle time of queue {name!r} would be {'under 30 s' if low else 'over 2 h'}",
            file=file,
            row=int(values.index[0]),
            column="handle_s",
            value=f"{usual:.6g} s",
            mend=("Check that the times are seconds, not minutes, and not the numbers of calls" if low else
                  "Check the unit; work that is not done while a customer waits needs no agents on the phone")
            + "; " + CONFIRM.format("handle_s"),
        )  # fmt: skip


def refuse_odd_handle_time(value: float | None, *, column: str, trust: Sequence[str]) -> None:
    """Raise `InputError` where a handle time that a planner wrote lies outside 30 s to 2 h."""
    if value is None or "handle_s" in trust or LEAST_USUAL_S <= value <= MOST_USUAL_S:
        return
    raise InputError(
        "a handle time outside 30 s to 2 h",
        column=column,
        value=f"{value:g}",
        mend=f"Write seconds, not minutes; {CONFIRM.format('handle_s')}",
    )


def _weighted_median(values: np.ndarray, weight: np.ndarray) -> float:
    order = np.argsort(values, kind="stable")
    total = weight[order].cumsum()
    return float(values[order][min(int(np.searchsorted(total, total[-1] / 2.0)), len(values) - 1)])


def _refuse_swapped(calls: pd.DataFrame, layout: Layout, file: Path) -> None:
    """Raise `InputError` where handle times vary as calls do and calls vary as handle times do: they are swapped."""
    for name, rows in calls.groupby("queue", sort=False):
        offered, handle = rows["offered"].astype(float), rows["handle_s"].astype(float)
        slot = rows["start"].dt.hour * 60 + rows["start"].dt.minute
        if len(rows) < 2 * slot.nunique() or slot.nunique() < 3:
            continue
        shown = [_explained(values, slot) for values in (offered, handle)]
        spread = [float(values.std() / max(values.mean(), 1e-9)) for values in (offered, handle)]
        told_by_day = shown[1] > SHOWS > shown[0] and spread[1] > STEADIER * spread[0]
        never_varies = spread[0] == 0.0 < spread[1]  # chance alone makes calls vary
        if (told_by_day or never_varies) and handle.median() < offered.median():
            named = ", ".join(f'{ours} = "{layout.columns.get(ours, ours)}"' for ours in ("offered", "handle_s"))
            raise InputError(
                f"calls and handle times of queue {name!r} seem to be swapped: "
                "the handle times vary, by the time of day or at all, and the calls do not",
                file=file,
                column="handle_s",
                value=f"{handle.median():.6g} s for {offered.median():.6g} calls",
                mend=f"Correct [intake.columns] ({named}); {CONFIRM.format('handle_s')}",
            )


def _explained(values: pd.Series, slot: pd.Series) -> float:
    """Return the share of the variance that the time of day explains."""
    whole = float(values.var())
    return float(values.groupby(slot).transform("mean").var()) / whole if whole > 0 else 0.0


def _fitting(handle: pd.Series, weight: pd.Series, mean: float, layout: Layout) -> str:
    def fits(value: float) -> bool:
        return LEAST_MEAN_S <= value <= MOST_MEAN_S

    unit = layout.unit("handle_s")
    names = [n for n in ("handle_s", "talk_s", "hold_s", "acw_s") if n in layout.columns] or ["handle_s"]
    ways: list[str] = []
    if unit == "s" and fits(mean / 1000):
        ways.append(_units_key(names, "ms"))
    if "handle_s" not in layout.totals and fits(float(handle.sum() / weight.sum())):
        ways.append(f"totals = [{', '.join(repr(n) for n in names)}]".replace("'", '"'))
    if unit == "s" and fits(mean * 60):
        ways.append(_units_key(names, "min"))
    if unit == "ms" and fits(mean * 1000):
        ways.append(_units_key(names, "s"))
    return (
        f"Set {' or '.join(ways)} in [intake]"
        if ways
        else "Check which column holds the handle time and its unit (intake.units, intake.totals)"
    ) + f"; {CONFIRM.format('handle_s')}"


def _units_key(names: list[str], unit: str) -> str:
    return "units = { " + ", ".join(f'{n} = "{unit}"' for n in names) + " }"
