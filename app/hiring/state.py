"""Today's people by kind, from staff.csv or from a state file: who is there since when, who is on the way."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ...forecast.errors import InputError
from ...forecast.tables import check, read_csv
from ...schedule.hiring.problem import Head
from ...schedule.hiring.tenure import MONTH_DAYS
from ...schedule.tables import TABLES
from ..config.schema import Config
from ..inputs.people import STAFF
from ..intake.names import nearest
from .groups import groups_of
from .terms import GroupQueues


@dataclass(frozen=True)
class KindState:
    """Today's people of one group on one contract.

    Parameters
    ----------
    group, contract
        See `Kind`.
    cost_h
        Their mean wage per paid hour.
    staff
        The people.
    """

    group: str
    contract: str
    cost_h: float
    staff: tuple[Head, ...] = ()


@dataclass(frozen=True)
class State:
    """Today's people.

    Parameters
    ----------
    as_of
        The day of the state.
    groups
        Queues of each group.
    kinds
        By name, ``group/contract``; every contract of plan.toml has a kind in every group.
    given
        Classes on their way: kind, first day, people who have accepted an offer.
    spells
        Columns hired, left (NaT = still there): what attrition can be estimated from.
    notes
        What the reader should know, a sentence each.
    """

    as_of: dt.date
    groups: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, KindState]
    given: tuple[tuple[str, dt.date, int], ...]
    spells: pd.DataFrame
    notes: tuple[str, ...] = ()


def state_of(
    staff: pd.DataFrame | None, config: Config, asked: Mapping[str, GroupQueues], as_of: dt.date, most: int = 10**6
) -> State:
    """Return the people of staff.csv as they stand on the day `as_of`.

    Who is hired later is on the way, in a class with those who start on the same day; who has left is no longer
    counted, and tells nothing about today's groups.

    Parameters
    ----------
    staff
        The text cells of staff.csv.
    most
        Most people of one class: more who start on one day are several classes.

    Raises
    ------
    InputError
        Without a staff.csv, on an unknown contract, on somebody who leaves before being hired, or if nobody is there.
    """
    if staff is None:
        mend = "List today's people there: agent, contract, and where known group, cost_h, hire_date, leave_date"
        raise InputError(f"there is no {STAFF}: hiring starts from today's people", mend=mend)
    rows = check(staff, TABLES["staff"], file=STAFF)
    rows = rows.assign(**{c: rows[c].fillna("") if c in rows else "" for c in ("group", "skills")})
    hired, left = (_dates(rows, name) for name in ("hire_date", "leave_date"))
    _refuse_odd(rows, hired, left, config)
    spells = pd.DataFrame({"hired": hired, "left": left}).astype("datetime64[s]")
    stays = [i for i, end in enumerate(left) if end is None or end >= as_of]
    if not any(start is None or start <= as_of for start in (hired[i] for i in stays)):
        raise InputError("nobody is employed", file=STAFF, column="leave_date", value=str(as_of),
                         mend="Check hire_date and leave_date, or plan from another day")  # fmt: skip
    now = rows.iloc[stays]
    groups, of = groups_of(now, tuple(config.queue), asked)
    wages = [_wage(row, config) for row in now.to_dict("records")]
    names = [f"{group}/{contract}" for group, contract in zip(of, now["contract"], strict=True)]
    heads: dict[str, list[Head]] = {}
    coming: Counter[tuple[str, dt.date]] = Counter()
    paid: dict[str, list[float]] = {}
    for i, kind, wage in zip(stays, names, wages, strict=True):
        start, end = hired[i], left[i]
        paid.setdefault(kind, []).append(wage)
        if start is not None and start > as_of:
            coming[kind, start] += 1
        else:
            heads.setdefault(kind, []).append(Head(start, None if end is None else end + dt.timedelta(days=1)))
    kinds = {}
    for group in groups:
        for contract, terms in config.contract.items():
            name = f"{group}/{contract}"
            known = paid.get(name) or [w for k, ws in paid.items() if k.endswith(f"/{contract}") for w in ws]
            wage = (
                sum(known) / len(known) if known else terms.cost_h if terms.cost_h is not None else config.costs.cost_h
            )
            kinds[name] = KindState(group, contract, wage, tuple(heads.get(name, ())))
    given = [
        (kind, start, size)
        for (kind, start), people in sorted(coming.items(), key=lambda c: (c[0][1], c[0][0]))
        for size in classes_of(people, most)
    ]
    return State(as_of, groups, kinds, tuple(given), spells, _notes(hired, heads))


def offers_of(seats: int, drop_out: float) -> int:
    """Return the accepted offers of which as many are expected to turn up as there are `seats`."""
    return math.ceil(seats / (1.0 - drop_out) - 1e-9)


def classes_of(people: int, most: int) -> list[int]:
    """Return the sizes of the fewest classes of at most `most` that hold `people`, nearly equal ones.

    Examples
    --------
    >>> classes_of(31, 20)
    [15, 16]
    """
    count = -(-people // most)
    return [people * (i + 1) // count - people * i // count for i in range(count)]


def read_state(path: Path, today: State) -> State:
    """Return `today` with people and classes replaced by those of a state file.

    Parameters
    ----------
    path
        Columns date, kind, tenure_months, heads, class_start, leave_date.

    Raises
    ------
    InputError
        On two dates, an unknown kind, a part of a person, a negative tenure, a class that has started, or people who
        have left.
    """
    rows = read_csv(path, TABLES["state"])
    for name in ("tenure_months", "class_start", "leave_date"):
        rows[name] = rows.get(name)
    days = {pd.Timestamp(d).date() for d in rows["date"]}
    if len(days) != 1:
        what = "no row" if not days else "two days in one state"
        raise InputError(what, file=path, column="date", mend="Write one day in all rows")
    as_of = days.pop()
    heads: dict[str, list[Head]] = {name: [] for name in today.kinds}
    given = []
    for i, row in enumerate(rows.to_dict("records"), 2):
        if row["kind"] not in today.kinds:
            mend = nearest(str(row["kind"]), today.kinds)
            raise InputError("unknown kind", file=path, row=i, column="kind", value=row["kind"], mend=mend)
        if row["heads"] != int(row["heads"]):
            raise InputError("a part of a person", file=path, row=i, column="heads", value=row["heads"],
                             mend="Write whole people")  # fmt: skip
        number, start, tenure = int(row["heads"]), row["class_start"], row["tenure_months"]
        last = None if pd.isna(row["leave_date"]) else pd.Timestamp(row["leave_date"]).date()
        _refuse_gone(last, as_of, path, i, coming=not pd.isna(start))
        if not pd.isna(start):
            given.append((str(row["kind"]), _coming(pd.Timestamp(start).date(), as_of, path, i), number))
            continue
        since = None if pd.isna(tenure) else as_of - dt.timedelta(days=round(tenure * MONTH_DAYS))
        heads[str(row["kind"])] += [Head(since, None if last is None else last + dt.timedelta(days=1))] * number
    kinds = {
        name: KindState(kind.group, kind.contract, kind.cost_h, tuple(heads[name]))
        for name, kind in today.kinds.items()
    }
    note = f"people and classes are those of {path.name}, as of {as_of}"
    return State(as_of, today.groups, kinds, tuple(given), today.spells, (note,))


def state_table(state: State) -> pd.DataFrame:
    """Return a state as a state file tells it, people of one tenure and one last day in one row."""
    rows: list[tuple[dt.date, str, float | None, int, dt.date | None, dt.date | None]] = []
    for name, kind in state.kinds.items():
        counted = Counter((None if h.since is None else _tenure(h.since, state.as_of), h.until) for h in kind.staff)
        for (tenure, until), number in sorted(
            counted.items(), key=lambda c: (c[0][0] is None, c[0][0] or 0, c[0][1] or dt.date.max)
        ):
            last = None if until is None else until - dt.timedelta(days=1)
            rows.append((state.as_of, name, tenure, number, None, last))
    rows += [(state.as_of, kind, None, number, start, None) for kind, start, number in state.given]
    frame = pd.DataFrame(rows, columns=["date", "kind", "tenure_months", "heads", "class_start", "leave_date"])
    return frame.astype({"tenure_months": "Float64"})


def _tenure(since: dt.date, as_of: dt.date) -> float:
    return round((as_of - since).days / MONTH_DAYS, 2)  # two decimals tell the day


def _refuse_gone(last: dt.date | None, as_of: dt.date, path: Path, row: int, *, coming: bool) -> None:
    if last is not None and coming:
        mend = "Leave it blank, or give these people a row with their tenure_months"
        raise InputError("people on their way leave", file=path, row=row, column="leave_date", value=str(last),
                         mend=mend)  # fmt: skip
    if last is not None and last < as_of:
        raise InputError("people who have left", file=path, row=row, column="leave_date", value=str(last),
                         mend=f"Take the row out: the state is that of {as_of}")  # fmt: skip


def _coming(start: dt.date, as_of: dt.date, path: Path, row: int) -> dt.date:
    if start <= as_of:
        mend = "People whose training has begun have a row with their tenure_months"
        raise InputError("a class on its way that has started", file=path, row=row, column="class_start",
                         value=str(start), mend=mend)  # fmt: skip
    return start


def _dates(rows: pd.DataFrame, name: str) -> list[dt.date | None]:
    if name not in rows:
        return [None] * len(rows)
    return [None if pd.isna(d) else pd.Timestamp(d).date() for d in rows[name]]


def _refuse_odd(
    rows: pd.DataFrame, hired: Sequence[dt.date | None], left: Sequence[dt.date | None], config: Config
) -> None:
    """Raise `InputError` on an unknown contract, and on somebody who leaves before being hired."""
    for i, (contract, start, end) in enumerate(zip(rows["contract"], hired, left, strict=True), 2):
        if contract not in config.contract:
            mend = nearest(str(contract), config.contract)
            raise InputError("unknown contract", file=STAFF, row=i, column="contract", value=contract, mend=mend)
        if start is not None and end is not None and end < start:
            raise InputError("leaves before being hired", file=STAFF, row=i, column="leave_date", value=str(end),
                             mend=f"hire_date is {start}")  # fmt: skip


def _wage(row: Mapping[Hashable, Any], config: Config) -> float:
    own = row.get("cost_h")
    known = (None if pd.isna(own) else own, config.contract[str(row["contract"])].cost_h, config.costs.cost_h)
    return float(next(w for w in known if w is not None))


def _notes(hired: Sequence[dt.date | None], heads: Mapping[str, Sequence[Head]]) -> tuple[str, ...]:
    unknown = sum(h.since is None for own in heads.values() for h in own)
    if not unknown:
        return ()
    every = "" if any(hired) else "; a hire_date in staff.csv tells who is new"
    return (f"{unknown} people without a hire_date are taken as experienced{every}",)
