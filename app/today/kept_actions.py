"""Actions as tables: those of a menu, and those that a roster has taken, read back as they were."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError
from ...forecast.tables import read_csv
from ...schedule.today.actions import Action, ActivityRow, activity_rows
from .tables import TABLES

ACTIONS, CHANGES = "actions.csv", "changes.csv"
"""Files of a menu."""
TAKEN, TAKEN_CHANGES = "taken.csv", "taken_changes.csv"
"""Files of a run folder with the actions that its roster has taken since it was planned."""


def changes_table(actions: Sequence[Action]) -> pd.DataFrame:
    """Return the rows of activity that actions take out and put in, table ``changes``."""
    rows = [(i, *row) for i, a in enumerate(actions, start=1) for row in a.change]
    return pd.DataFrame(rows, columns=list(TABLES["changes"]))


def taken_table(actions: Sequence[tuple[Action, pd.Timestamp]]) -> pd.DataFrame:
    """Return actions that a roster has taken, each with the moment, table ``taken``."""
    rows = [
        (i, a.kind, "|".join(a.people), a.what, a.gain_points, a.gain_calls, a.cost, when)
        for i, (a, when) in enumerate(actions, start=1)
    ]
    return pd.DataFrame(rows, columns=list(TABLES["taken"]))


def taken(run: Path, zone: str | None) -> tuple[tuple[Action, pd.Timestamp], ...]:
    """Return the actions that the roster of a run has taken, each with the moment; () of a roster as it was planned."""
    if not (run / TAKEN).is_file():
        return ()
    kept = read_csv(run / TAKEN, TABLES["taken"], zone=zone)
    changes = read_csv(run / TAKEN_CHANGES, TABLES["changes"], zone=zone)
    found = actions_of(kept, changes, run / TAKEN_CHANGES)
    return tuple(zip(found, kept["when"], strict=True))


def actions_of(actions: pd.DataFrame, changes: pd.DataFrame, path: Path) -> tuple[Action, ...]:
    """Return the actions of two tables; `path` is named in errors.

    Raises
    ------
    InputError
        If an action has no change, or a change no action.
    """
    ranks, own = list(actions["rank"].astype(int)), changes["rank"].astype(int)
    if set(ranks) != set(own) or len(set(ranks)) != len(ranks):
        raise InputError("the actions and their changes do not belong together", file=path, column="rank",
                         mend="Look at the day again")  # fmt: skip
    rows = [row._replace(way=str(way)) for row, way in zip(activity_rows(changes), changes["way"], strict=True)]
    of_rank: dict[int, list[ActivityRow]] = {}
    for row, rank in zip(rows, own, strict=True):
        of_rank.setdefault(int(rank), []).append(row)
    names = ("kind", "people", "what", "gain_points", "gain_calls", "cost")
    told = zip(ranks, *(actions[name] for name in names), strict=True)
    out = []
    for rank, kind, who, what, points, calls, money in told:
        people = tuple(filter(None, _text(who).split("|")))
        change = tuple(of_rank[rank])
        out.append(Action(str(kind), people, str(what), float(points), float(calls), float(money), change))
    return tuple(out)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
