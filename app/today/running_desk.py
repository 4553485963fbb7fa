"""The roster of a planned day as a running desk: who does what in each slot, and what may still move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import gcd

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...schedule.problem.shift_families import ShiftFamily
from ...schedule.today.desk import ACTIVITIES, BREAK, LUNCH, MEETING, OFF, PHONE, TRAINING, Movable, RunningDesk
from .planned_day import PlannedDay

MINUTE = pd.Timedelta(minutes=1)
NUMBER = {name: number for number, name in enumerate(ACTIVITIES)}
APPOINTMENTS = (MEETING, TRAINING)


def running_desk(day: PlannedDay, now: pd.Timestamp) -> RunningDesk:
    """Return the desk of a day as the roster has it.

    Slots are as long as the schedule's, or shorter where an interval or a row of the roster asks for that.

    Raises
    ------
    InputError
        If a time of the roster is not on a whole minute.
    """
    week, rows = day.week, _rows(day)
    slot_min = _slot(day, rows)
    starts = pd.date_range(day.starts[0], day.end, freq=f"{slot_min}min", inclusive="left")
    agents = tuple(dict.fromkeys(rows["agent"]))
    queues = tuple(week.config.queue)
    doing = np.full((len(agents), len(starts)), OFF, dtype=np.int8)
    on = np.full((len(agents), len(starts)), -1, dtype=np.int16)
    place = {agent: i for i, agent in enumerate(agents)}
    number = {queue: i for i, queue in enumerate(queues)}
    edges = {name: ((rows[name] - starts[0]) / MINUTE / slot_min).to_numpy(dtype=float) for name in ("start", "end")}
    for agent, what, queue, a, b in zip(rows["agent"], rows["activity"], rows["queue"], *edges.values(), strict=True):
        part = slice(max(int(a), 0), max(min(int(b), len(starts)), 0))
        doing[place[agent], part] = NUMBER[what]
        on[place[agent], part] = number.get(queue, -1) if NUMBER[what] == PHONE else -1
    known = {person.id: person for person in week.people}
    skills = np.array([[agent not in known or queue in known[agent].skills for queue in queues] for agent in agents])
    families = _families(day)
    return RunningDesk(
        day.date,
        starts,
        slot_min,
        int((starts < now).sum()),
        agents,
        queues,
        doing,
        on,
        tuple(_movables(day, rows, starts, slot_min, place, families, now)),
        rows,
        skills.reshape(len(agents), len(queues)),
        np.array([known[agent].cost_h if agent in known else np.nan for agent in agents], dtype=float),
        families,
    )


def _rows(day: PlannedDay) -> pd.DataFrame:
    """Return the rows of all shifts that touch the day, by agent and start."""
    rows = day.week.activity
    touch = (rows["start"] < day.end) & (rows["end"] > day.starts[0])
    of_day = rows["agent"].isin(set(rows["agent"][touch]))
    near = (rows["start"] < day.end + pd.Timedelta(days=1)) & (rows["end"] > day.starts[0] - pd.Timedelta(days=1))
    found = rows[of_day & near].sort_values(["agent", "start"], kind="stable", ignore_index=True)
    fresh = (found["agent"] != found["agent"].shift()) | (found["start"] != found["end"].shift())
    found = found.assign(shift=fresh.cumsum())
    keep = found.groupby("shift").agg(start=("start", "min"), end=("end", "max"))
    keep = keep[(keep["start"] < day.end) & (keep["end"] > day.starts[0])]
    return found[found["shift"].isin(keep.index)].reset_index(drop=True)


def _slot(day: PlannedDay, rows: pd.DataFrame) -> int:
    """Return the longest slot, in minutes, on whose borders all that the roster says falls.

    Raises
    ------
    InputError
        If a time is not on a whole minute.
    """
    slot = gcd(day.interval_min, day.week.config.site.grid_min)
    for name in ("start", "end"):
        minutes = ((rows[name] - day.starts[0]) / MINUTE).to_numpy(dtype=float)
        odd = minutes % 1.0 != 0.0
        if odd.any():
            raise InputError("not on a whole minute", file=day.week.run / "activity.csv", column=name,
                             value=str(rows[name].iloc[int(odd.argmax())]))  # fmt: skip
        for minute in np.unique(minutes):
            slot = gcd(slot, int(abs(minute)))
    return slot


def _families(day: PlannedDay) -> dict[str, str]:
    """Return the shift family that each person works on the day, where the roster tells."""
    roster = day.week.roster
    if roster.empty:
        return {}
    mine = roster[roster["date"] == day.date]
    return {str(a): str(p).rpartition("@")[0] for a, p in zip(mine["agent"], mine["pattern"], strict=True)}


def _movables(
    day: PlannedDay,
    rows: pd.DataFrame,
    starts: pd.DatetimeIndex,
    slot_min: int,
    place: Mapping[str, int],
    families: Mapping[str, str],
    now: pd.Timestamp,
) -> Iterator[Movable]:
    """Yield the pauses and appointments that have not begun; the seven parameters are what `running_desk` holds."""

    def slots(time: pd.Timestamp) -> int:
        return round((time - starts[0]) / MINUTE / slot_min)

    shared = (
        rows[rows["activity"].isin(("meeting", "training"))].groupby(["activity", "start", "end"])["agent"].nunique()
    )
    first = int((starts < now).sum())
    for _, shift in rows[rows["activity"] != "leave"].groupby("shift", sort=False):
        agent = str(shift["agent"].iloc[0])
        begin, end = slots(shift["start"].min()), slots(shift["end"].max())
        family = day.week.config.shift.get(families.get(agent, ""))
        windows = _windows(family, shift, begin, slot_min)
        columns = (shift[name] for name in ("activity", "start", "end"))
        for index, name, at, until in zip(shift.index, *columns, strict=True):
            what, start, stop = NUMBER[name], slots(at), slots(until)
            if start < first or stop > len(starts) or what not in (BREAK, LUNCH, *APPOINTMENTS):
                continue
            if what in APPOINTMENTS:
                low, high = max(begin, first), min(end, len(starts)) - (stop - start)
                met = f"{name} {at:%H:%M}" if int(shared[(name, at, until)]) > 1 else ""
                yield Movable(place[agent], what, start, stop - start, min(low, start), max(high, start), meeting=met)
                continue
            low, high, before, after = windows.get(index, (start, start, 0, 0))
            low, high = max(low, first), min(high, len(starts) - (stop - start))
            yield Movable(place[agent], what, start, stop - start, min(low, start), max(high, start), before, after)


def _windows(
    family: ShiftFamily | None, shift: pd.DataFrame, begin: int, slot_min: int
) -> dict[object, tuple[int, int, int, int]]:
    """Return per row that is a pause its first and last slot to begin and the work before and after that rules ask for.

    {} where the pauses of the shift are not those of its family: then none of them may move.
    """
    pauses = shift[shift["activity"].isin(("break", "lunch"))]
    if family is None or len(family.breaks) != len(pauses):
        return {}
    minutes = (pauses["end"] - pauses["start"]).dt.total_seconds().to_numpy(dtype=float) / 60.0
    if any(b.kind != kind or b.duration_min != m
           for b, kind, m in zip(family.breaks, pauses["activity"], minutes, strict=True)):  # fmt: skip
        return {}
    return {
        index: (begin + -(-low // slot_min), begin + high // slot_min,
                -(-b.min_before_min // slot_min), -(-b.min_after_min // slot_min))
        for index, b, (low, high) in zip(pauses.index, family.breaks, family.windows, strict=True)
    }  # fmt: skip
