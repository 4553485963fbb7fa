"""The earlier plan of the week that a run is to keep: everybody's days, as the judge reads them too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ...forecast.calendar.grid import Grid
from ...forecast.errors import InputError
from ...forecast.tables import check, read_csv, read_text_csv
from ...schedule.problem.staff import Agent, Kept
from ...schedule.tables import TABLES
from .people import STAFF
from .plain_table import plain
from .snapshot import InputFile

KEEP = "keep"
KEPT = "kept.csv"
MINUTE = pd.Timedelta(minutes=1)
OPTION = "--keep"


def files_of(run: Path) -> dict[str, InputFile]:
    """Take what a run folder tells of its plan; return the files by their places in the folder.

    Raises
    ------
    InputError
        If it names nobody's shifts.
    """
    if not (run / "roster.csv").is_file():
        raise InputError(
            "no plan of people: roster.csv is not there", file=run, column=OPTION,
            mend="Name the folder that the earlier run of this week was written to",
        )  # fmt: skip
    files = {name: plain(name.removesuffix(".csv"), run / name)[0] for name in ("roster.csv", "activity.csv")
             if (run / name).is_file()}  # fmt: skip
    staff = run / "inputs" / STAFF
    return files | ({f"inputs/{STAFF}": InputFile.read(staff)} if staff.is_file() else {})


def read_kept(run: Path, grid: Grid, zone: str | None) -> pd.DataFrame:
    """Return agent, date, start, end of the run's plan in the week of `grid`; without times = a day off.

    Everybody of the run's staff has a row a day.

    Raises
    ------
    InputError
        If the run has no shift in that week.
    """
    roster = read_csv(run / "roster.csv", TABLES["roster"], zone=zone)
    path = run / "inputs" / STAFF
    known = list(read_csv(path, TABLES["staff"])["agent"]) if path.is_file() else []
    inside = roster[roster["date"].isin(grid.dates)]
    if inside.empty:
        told = f"{roster['date'].min()} to {roster['date'].max()}" if len(roster) else "no shift"
        raise InputError(
            f"the earlier run has no shift in the week of {grid.first_date}", file=run / "roster.csv", column=OPTION,
            value=told, mend="Name a run of that week; the week before is named with --previous",
        )  # fmt: skip
    worked = {(a, d): (s, e) for a, d, s, e in inside[["agent", "date", "start", "end"]].itertuples(index=False)}
    rows = [
        (agent, date, *worked.get((agent, date), (pd.NaT, pd.NaT)))
        for agent in dict.fromkeys([*known, *inside["agent"]])
        for date in grid.dates
    ]
    out = pd.DataFrame(rows, columns=["agent", "date", "start", "end"])
    return out.astype({"start": roster["start"].dtype, "end": roster["end"].dtype})


def keep_days(
    people: Sequence[Agent], kept: pd.DataFrame, run: Path, grid: Grid, zone: str | None
) -> tuple[Agent, ...]:
    """Return `people` with what the run has them work.

    Raises
    ------
    InputError
        If none of them is in the run.
    """
    if not people:
        raise InputError("nobody is named, so no plan of people can be kept", column=OPTION, mend=f"Add {STAFF}")
    pauses = _pauses(run, zone)
    day_of = {date: day for day, date in enumerate(grid.dates)}
    found: dict[str, list[Kept]] = {}
    for agent, date, start, end in kept[["agent", "date", "start", "end"]].itertuples(index=False):
        if pd.isna(start):
            found.setdefault(agent, []).append(Kept(day_of[date]))
            continue
        own = sorted(s for s in pauses.get(agent, ()) if start <= s < end)
        breaks = tuple(round(_slots(s - start, grid)) for s in own)
        first, last = _slots(start - grid.first, grid), _slots(end - grid.first, grid)
        found.setdefault(agent, []).append(Kept(day_of[date], first, last, breaks))
    if not any(a.id in found for a in people):
        raise InputError(
            "nobody on staff is in the earlier run", file=run / "roster.csv", column=OPTION,
            value=", ".join(list(found)[:5]), mend="Name a run of this desk",
        )  # fmt: skip
    return tuple(replace(a, kept=tuple(found.get(a.id, ()))) for a in people)


def _slots(time: pd.Timedelta, grid: Grid) -> float:
    """Return a time in slots, a fraction where it lies inside one."""
    return float(time / MINUTE / grid.minutes)


def _pauses(run: Path, zone: str | None) -> dict[str, list[pd.Timestamp]]:
    """Return agent → starts of breaks and lunches."""
    path = run / "activity.csv"
    if not path.is_file():
        return {}
    rows = check(read_text_csv(path), TABLES["activity"], zone=zone, file=path)
    rows = rows[rows["activity"].isin(("break", "lunch"))]
    return {str(agent): list(part) for agent, part in rows.groupby("agent")["start"]}
