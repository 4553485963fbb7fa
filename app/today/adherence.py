"""Adherence and conformance: who did what the plan says, when it says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.calendar.grid import midnight
from ...forecast.errors import InputError
from .states import BREAK, LUNCH, MEETING, OFF, PHONE, TRAINING

ADHERES: Mapping[str, tuple[str, ...]] = {
    "phone": (PHONE,),
    "break": (BREAK, LUNCH, OFF),
    "lunch": (BREAK, LUNCH, OFF),
    "meeting": (MEETING, TRAINING),
    "training": (MEETING, TRAINING),
}
"""Planned activity → kinds of state that adhere to it. Systems seldom tell lunch from break, and many people log out
for either. Leave is not scheduled time."""
_SLACK = pd.Timedelta(minutes=90)
"""How much later than the plan the states may begin, or earlier end, before they are taken for a part of the day."""
COLUMNS = (
    "agent", "name", "date", "scheduled_min", "adhered_min", "adherence", "phone_planned_min", "phone_came_min",
    "conformance", "away_min", "extra_min",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Presence:
    """Who was on the phone of each queue on a day, and how people kept to the plan.

    Attributes
    ----------
    phone
        Queue → stretches ``start, end`` on the phone, one head each.
    people
        One row per person of the plan, `COLUMNS`: adherence = share of the scheduled minutes in which the state was
        the planned one; conformance = minutes on the phone / those planned, whenever they were; minutes away from a
        phone that the plan has, and on a phone that the plan has not. Empty of a plan without names.
    absent
        Planned people of whom no state but `OFF` is told that day.
    notes
        What is said about the file, a sentence each.
    """

    phone: Mapping[str, pd.DataFrame]
    people: pd.DataFrame = field(repr=False)
    absent: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def adherence(self) -> float:
        """Share of all scheduled minutes that were adhered to; NaN without any."""
        return self._ratio("adhered_min", "scheduled_min")

    @property
    def conformance(self) -> float:
        """Minutes on the phone of the plan's people over those planned; NaN without any."""
        return self._ratio("phone_came_min", "phone_planned_min")

    def _ratio(self, above: str, below: str) -> float:
        whole = float(self.people[below].sum())
        return float(self.people[above].sum()) / whole if whole > 0.0 else float("nan")


def presence(
    states: pd.DataFrame,
    activity: pd.DataFrame,
    date: dt.date,
    *,
    queues: Collection[str],
    zone: str | None,
    names: Mapping[str, str],
    file: Path | None = None,
) -> Presence:
    """Return who was there on a day.

    Parameters
    ----------
    states
        ``agent, start, end, kind`` (`states.read_states`).
    activity
        Rows of ``activity.csv``; what lies on `date` counts.
    queues
        The queues of the plan. With one of them an agent whom the plan does not know counts there; with several nobody
        can say where.
    zone
        The site's zone; None = naive wall clock.
    names
        Agent → name, as the run folder shows it; empty of a plan without names.
    file
        The file of the states, named in errors.

    Raises
    ------
    InputError
        If the states tell nothing of the day, or only of a part, or none of the agents is in the plan.
    """
    begin, end = midnight(date, zone), midnight(date + dt.timedelta(days=1), zone)
    planned = _clipped(activity[activity["activity"] != "leave"], begin, end)
    mine = _clipped(states, begin, end)
    _refuse_parts(mine, planned, date, file)
    on = mine[mine["kind"] == PHONE]
    if not names:
        if len(queues) > 1:
            what = "the plan names nobody: who served which queue cannot be told"
            raise InputError(what, file=file, column="agent", mend="Replay without --states")
        return Presence(dict.fromkeys(queues, on), pd.DataFrame(columns=list(COLUMNS)),
                        notes=("the plan names nobody: adherence cannot be told",))  # fmt: skip
    known = set(names) | set(activity["agent"])
    if not mine["agent"].isin(known).any():
        raise InputError("no agent of the states is in the plan", file=file, column="agent",
                         value=str(mine["agent"].iloc[0]),
                         mend=f"The plan calls them like {sorted(known)[0]}")  # fmt: skip
    there = set(mine.loc[mine["kind"] != OFF, "agent"])
    return Presence(
        _phone(on, planned, queues),
        _people(planned, mine, there, date, names),
        tuple(sorted(set(planned["agent"]) - there)),
        _strangers(on, planned, known, queues),
    )


def _clipped(rows: pd.DataFrame, begin: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Return the rows that lie in a time, cut to it."""
    rows = rows[(rows["start"] < end) & (rows["end"] > begin)]
    return rows.assign(
        start=rows["start"].where(rows["start"] > begin, begin), end=rows["end"].where(rows["end"] < end, end)
    )


def _refuse_parts(states: pd.DataFrame, planned: pd.DataFrame, date: dt.date, file: Path | None) -> None:
    """Raise `InputError` where the states do not cover the planned day: what is missing would look like absence."""
    if states.empty:
        raise InputError(f"no state of {date}", file=file, column="start",
                         mend="Bring the states of that day, or leave them out")  # fmt: skip
    work = planned[planned["activity"] == "phone"]
    if work.empty:
        return
    first, last, asked = states["start"].min(), states["end"].max(), work["start"].min()
    if first > asked + _SLACK or last < work["end"].max() - _SLACK:
        raise InputError(
            f"the states tell {first:%H:%M} to {last:%H:%M} of {date}, people were planned from {asked:%H:%M} to "
            f"{work['end'].max():%H:%M}",
            file=file,
            column="end",
            mend="Bring the whole day, since what is missing would count as absence; where everybody had left, "
            "a row of the state off says so",
        )


def _strangers(
    on: pd.DataFrame, planned: pd.DataFrame, known: Collection[str], queues: Collection[str]
) -> tuple[str, ...]:
    """Say whose time on the phone the plan knows no queue of."""
    notes = []
    work = set(planned.loc[planned["activity"] == "phone", "agent"])
    groups = {"who are not in the plan": ~on["agent"].isin(known)}
    if len(queues) > 1:
        groups["whom the plan has on no phone that day"] = on["agent"].isin(known) & ~on["agent"].isin(work)
    for who, rows in groups.items():
        minutes = _minutes(on[rows])
        if minutes:
            where = "counted" if len(queues) == 1 else "not counted, since nobody says which queue they served"
            listed = ", ".join(sorted(minutes)[:5]) + (" …" if len(minutes) > 5 else "")
            hours = sum(minutes.values()) / 60
            notes.append(f"{len(minutes)} agents {who} were on the phone for {hours:.1f} h ({listed}): {where}")
    return tuple(notes)


def _minutes(rows: pd.DataFrame) -> dict[str, float]:
    """Return the minutes of each agent's rows."""
    length = (rows["end"] - rows["start"]).dt.total_seconds() / 60.0
    return {str(agent): float(total) for agent, total in length.groupby(rows["agent"]).sum().items()}


def _people(
    planned: pd.DataFrame, states: pd.DataFrame, there: Collection[str], date: dt.date, names: Mapping[str, str]
) -> pd.DataFrame:
    """Return one row per planned person, columns `COLUMNS`, least adherence first.

    A pause of which nothing is told was spent logged out, unless the person was not `there` at all.
    """
    planned = planned.reset_index(drop=True)
    pairs = planned.assign(row=planned.index).merge(states, on="agent", suffixes=("", "_came"))
    first = pairs["start"].where(pairs["start"] > pairs["start_came"], pairs["start_came"])
    last = pairs["end"].where(pairs["end"] < pairs["end_came"], pairs["end_came"])
    pairs = pairs.assign(minutes=((last - first).dt.total_seconds() / 60.0).clip(lower=0.0))
    fits = np.array(
        [k in ADHERES.get(a, ()) for a, k in zip(pairs["activity"], pairs["kind"], strict=True)], dtype=bool
    )
    length = (planned["end"] - planned["start"]).dt.total_seconds() / 60.0
    told = pairs.groupby("row")["minutes"].sum().reindex(planned.index, fill_value=0.0)
    kept = pairs[fits].groupby("row")["minutes"].sum().reindex(planned.index, fill_value=0.0)
    pause = planned["activity"].isin([BREAK, LUNCH])
    kept += (length - told).clip(lower=0.0).where(pause, 0.0)
    kept = kept.where(planned["agent"].isin(there), 0.0)
    on_phone = (pairs["activity"] == "phone") & (pairs["kind"] == PHONE)
    by = planned["agent"]
    out = pd.DataFrame({"scheduled_min": length.groupby(by).sum(), "adhered_min": kept.groupby(by).sum()})
    phone = _minutes(planned[planned["activity"] == "phone"])
    came, both = _minutes(states[states["kind"] == PHONE]), pairs[on_phone].groupby("agent")["minutes"].sum()
    out["phone_planned_min"] = [phone.get(a, 0.0) for a in out.index]
    out["phone_came_min"] = [came.get(a, 0.0) for a in out.index]
    held = both.reindex(out.index, fill_value=0.0)
    out["adherence"] = out["adhered_min"] / out["scheduled_min"]
    out["conformance"] = out["phone_came_min"] / out["phone_planned_min"].where(out["phone_planned_min"] > 0.0)
    out["away_min"], out["extra_min"] = out["phone_planned_min"] - held, out["phone_came_min"] - held
    out = out.rename_axis("agent").reset_index()
    out = out.assign(name=[names.get(a, a) for a in out["agent"]], date=str(date))
    return out.sort_values("adherence", kind="stable", ignore_index=True)[list(COLUMNS)]


def _phone(on: pd.DataFrame, planned: pd.DataFrame, queues: Collection[str]) -> dict[str, pd.DataFrame]:
    """Return the stretches on the phone of each queue; who serves several queues is where the plan is nearest."""
    if len(queues) == 1:
        return dict.fromkeys(queues, on)
    work = planned[planned["activity"] == "phone"].sort_values(["agent", "start"])
    parts: list[pd.DataFrame] = []
    for agent, own in work.groupby("agent"):
        mine = on[on["agent"] == agent]
        if mine.empty:
            continue
        ends, starts = own["end"].tolist(), own["start"].tolist()
        borders = [a + (b - a) / 2 for a, b in zip(ends[:-1], starts[1:], strict=True)]
        edges = [mine["start"].min(), *borders, mine["end"].max()]
        for queue, low, high in zip(own["queue"], edges[:-1], edges[1:], strict=True):
            parts.append(_clipped(mine, low, high).assign(queue=queue))
    every = pd.concat(parts) if parts else on.assign(queue="")
    return {q: every[every["queue"] == q] for q in queues}
