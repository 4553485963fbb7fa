"""Figures that calls do not tell: measured elsewhere, day by day, as numerator and denominator."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ...forecast.calendar.local_times import first_true, spreadsheet_row
from ...forecast.errors import InputError
from ...forecast.tables import check, read_text_csv, refuse_duplicates
from ...schedule.contracts.contract import Contract
from ...schedule.tables import TABLES
from ..intake.names import nearest
from .quality import read_quality

COLUMNS = ("date", "goal", "numerator", "denominator", "items")


def read_measured(path: Path, contract: Contract) -> pd.DataFrame:
    """Read a file ``date, goal, numerator, denominator`` of goals that are not counted from calls.

    An occupancy is busy hours and staffed hours; the age of a backlog seconds of age and pieces; a first-call
    resolution calls resolved and calls asked about. A day has one row a goal.

    Returns
    -------
    DataFrame
        `COLUMNS`; the denominators are the items.

    Raises
    ------
    InputError
        On an unknown goal, one that is counted from calls, or a numerator without denominator.
    """
    rows = check(read_text_csv(path), TABLES["measured"], file=path)
    known = [goal.name for goal in contract.goals if not goal.counted]
    strange = ~rows["goal"].isin(known)
    if strange.any():
        at = first_true(strange)
        value, row = str(rows["goal"].iloc[at]), spreadsheet_row(at, rows.index)
        counted = value in {goal.name for goal in contract.goals}
        what = "this goal is counted from the calls" if counted else "unknown goal"
        mend = "Leave its rows out" if counted else nearest(value, known)
        raise InputError(what, file=path, row=row, column="goal", value=value, mend=mend)
    refuse_duplicates(rows, ["date", "goal"], file=path)
    empty = (rows["denominator"] == 0) & (rows["numerator"] > 0)
    if empty.any():
        at = first_true(empty)
        mend = "Correct the denominator: what the numerator is a part of"
        raise InputError("a numerator without denominator", file=path, row=spreadsheet_row(at, rows.index),
                         column="denominator", value=0.0, mend=mend)  # fmt: skip
    return rows.assign(items=rows["denominator"])[list(COLUMNS)]


def of_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """Return scores ``date, goal, share`` as rows of `read_measured`: each is one item, its share the numerator."""
    return pd.DataFrame({
        "date": [day.date() for day in pd.to_datetime(scores["date"])], "goal": scores["goal"].to_numpy(),
        "numerator": scores["share"].to_numpy(float), "denominator": 1.0, "items": 1.0,
    })[list(COLUMNS)]  # fmt: skip


def joined(tables: list[tuple[str, pd.DataFrame]]) -> pd.DataFrame | None:
    """Return several tables as one; None without any.

    Raises
    ------
    InputError
        If a goal stands in two of them.
    """
    seen: dict[str, str] = {}
    for name, table in tables:
        for goal in table["goal"].unique():
            if goal in seen:
                mend = "Keep its figures in one of the files"
                raise InputError(f"goal {goal} stands in {seen[goal]} too", file=name, column="goal", mend=mend)
            seen[str(goal)] = name
    return pd.concat([table for _, table in tables], ignore_index=True) if tables else None


def told_elsewhere(
    contract: Contract, quality: Path | None, measured: Path | None
) -> tuple[pd.DataFrame | None, list[str]]:
    """Return what files of scores and of measures tell of goals that calls do not tell, and notes; None without files.

    Raises
    ------
    InputError
        If a file cannot be read, or both tell one goal.
    """
    tables: list[tuple[str, pd.DataFrame]] = []
    notes: list[str] = []
    if quality is not None:
        scores = read_quality(quality, contract, ())
        rows = scores.rows
        if contract.vendor:
            others = rows["vendor"] != contract.vendor
            if others.any():
                notes.append(f"{int(others.sum())} scores of other vendors than {contract.vendor} are left aside")
            rows = rows[~others]
        tables.append((quality.name, of_scores(rows)))
        notes += scores.notes
    if measured is not None:
        tables.append((measured.name, read_measured(measured, contract)))
    told = {str(goal) for _, table in tables for goal in table["goal"].unique()}
    missing = [goal.name for goal in contract.goals if not goal.counted and goal.name not in told]
    if missing:
        ways = "--quality (scores) or --measured (numerators and denominators)"
        notes.append(f"no file tells {', '.join(missing)}: unknown until {ways} brings figures")
    return joined(tables), notes
