"""What `busyhour simulate` reads beside the volume: a staffing in any of three forms, goals, observed times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError
from ...forecast.queueing.formulas.time_laws import Empirical
from ...forecast.queueing.goal.targets import ServiceGoal
from ...forecast.tables import TABLES, check, read_csv, read_text_csv, refuse_duplicates
from ...schedule.plan.activity import staffing
from ...schedule.tables import TABLES as SCHEDULE_TABLES
from .plain_table import plainly


def read_staffing(path: Path, queues: Sequence[str], interval_min: int, zone: str | None) -> pd.DataFrame:
    """Return the steps `queue, start, end, agents` (and `agent`) that a file tells.

    An activity table has a column `activity`; a coverage table has `on_phone` and no `end`: each slot lasts for its
    grid's step, `interval_min` if there is only one. Anything else is steps.

    Raises
    ------
    InputError
        On a file that is none of these, a queue that is not in `queues`, part of an agent, a step that does not last.
    """
    with plainly("staffing", path) as (place, _):
        return _steps(place, queues, interval_min, zone)


def _steps(path: Path, queues: Sequence[str], interval_min: int, zone: str | None) -> pd.DataFrame:
    """Return the steps of a plain file."""
    raw = read_text_csv(path)
    if "queue" not in raw.columns:
        if len(queues) != 1:
            mend = "The volume has several queues: say which one each step works"
            raise InputError("column 'queue' is missing", file=path, mend=mend)
        raw = raw.assign(queue=queues[0])
    if "activity" in raw.columns:
        steps = staffing(check(raw, SCHEDULE_TABLES["activity"], zone=zone, file=path))
    elif "on_phone" in raw.columns and "end" not in raw.columns:
        own = {name: SCHEDULE_TABLES["coverage"][name] for name in ("queue", "start", "on_phone")}
        slots = check(raw, own, zone=zone, file=path)
        refuse_duplicates(slots, ["queue", "start"], file=path, what="duplicate slot")
        gaps = slots["start"].drop_duplicates().sort_values().diff().dropna()
        step = gaps.min() if len(gaps) else pd.Timedelta(minutes=interval_min)
        steps = slots.rename(columns={"on_phone": "agents"}).assign(end=slots["start"] + step)
    else:
        steps = check(raw, TABLES["staffing"], zone=zone, file=path)
    for column, bad, what, mend in (
        ("queue", ~steps["queue"].isin(queues), "unknown queue", f"The volume has {', '.join(queues)}"),
        ("agents", steps["agents"] % 1 != 0, "not a whole number of agents", "Round it up or down"),
        ("end", steps["end"] <= steps["start"], "step ends before it starts", "Past midnight, write the next day"),
    ):
        if bad.any():
            i = int(bad.to_numpy().argmax())
            value = str(steps[column].iloc[i])
            raise InputError(what, file=path, row=i + 2, column=column, value=value, mend=mend)
    return steps


def goals_of(texts: Iterable[str], queues: Sequence[str], **rest: object) -> dict[str, ServiceGoal]:
    """Return the goal of each queue from texts like ``80/20`` (all queues) and ``NAME=90/10`` (that queue alone).

    `rest` are the other fields of each goal.

    Raises
    ------
    InputError
        On an unknown queue, a queue without a goal or with two, a text that is no goal.
    """
    told: dict[str, ServiceGoal] = {}
    for text in texts:
        name, _, goal = text.rpartition("=")
        if name and name not in queues:
            mend = f"The volume has {', '.join(queues)}"
            raise InputError("unknown queue", column="--goal", value=name, mend=mend)
        if name in told:
            raise InputError(f"two goals for {name or 'all queues'}", column="--goal", value=text)
        told[name] = ServiceGoal.parse(goal, **rest)
    if lost := [name for name in queues if name not in told and "" not in told]:
        mend = f"Add --goal {lost[0]}=80/20, or --goal 80/20 for all"
        raise InputError("no goal for this queue", column="--goal", value=lost[0], mend=mend)
    return {name: told[name] if name in told else told[""] for name in queues}


def read_times(path: Path, queues: Sequence[str]) -> Empirical | dict[str, Empirical]:
    """Return the law of observed times, one or per queue, from samples or, with a column `quantile`, from those.

    Raises
    ------
    InputError
        On a file that breaks the table's declaration or has no row for one of `queues`.
    """
    with plainly("times", path) as (place, _):
        rows = read_csv(place, TABLES["times"])
    if rows.empty:
        raise InputError("file has no rows", file=path)
    if "queue" not in rows.columns:
        return _law(rows, path)
    if lost := [name for name in queues if name not in set(rows["queue"])]:
        raise InputError("no times for this queue", file=path, column="queue", value=lost[0])
    return {name: _law(rows[rows["queue"] == name], path) for name in queues}


def _law(rows: pd.DataFrame, path: Path) -> Empirical:
    try:
        if "quantile" in rows.columns:
            return Empirical.from_quantiles(dict(zip(rows["quantile"], rows["seconds"], strict=True)))
        return Empirical(rows["seconds"].to_numpy(float))
    except InputError as error:
        raise InputError(error.what, file=path, value=error.value, mend=error.mend) from None
