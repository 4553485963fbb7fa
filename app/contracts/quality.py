"""`quality.csv`: scores of sampled calls, as people exported them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ...forecast.calendar.local_times import first_true, refuse_far_years
from ...forecast.errors import InputError
from ...forecast.tables import texts
from ...forecast.text import unguarded
from ...schedule.contracts.contract import Contract
from ...schedule.contracts.goal import Goal
from ...schedule.contracts.scorecard import Scale
from ..intake.dates import date_format, refuse_swapped
from ..intake.names import folded, nearest
from ..intake.opened import opened, text_cells
from ..intake.values import MARKS
from .weights import item_weights

FILE = "quality.csv"
COLUMNS = ("vendor", "date", "item", "score", "weight", "scorer", "call")
"""Columns of a file of scores; `weight`, `call` and, where the contract names its vendor, `vendor` may be missing."""
ALIASES = {
    "site": "vendor", "partner": "vendor", "supplier": "vendor",
    "day": "date", "evaluated": "date", "evaluation date": "date",
    "criterion": "item", "question": "item", "goal": "item",
    "points": "score", "rating": "score", "result": "score",
    "evaluator": "scorer", "reviewer": "scorer", "auditor": "scorer", "scored by": "scorer",
    "call id": "call", "contact id": "call", "interaction id": "call",
}  # fmt: skip
"""Other names of columns, in lower case."""
WHOLE = Scale(0.0, 1.0)
"""The rubric of an item of which none is told: shares."""
TOP = 6
"""Names that a note lists, at most."""


@dataclass(frozen=True, eq=False)
class Scores:
    """The scores of a file.

    Attributes
    ----------
    rows
        ``vendor, date, goal, scorer, score, share``: `share` is the score as a share of its rubric; one row a score of
        one call.
    weights
        Judged goal → weight in the quality score; they add up to 1. Empty without scores.
    notes
        What was left out or taken as meant, each a sentence without its point.
    """

    rows: pd.DataFrame = field(repr=False)
    weights: Mapping[str, float]
    notes: tuple[str, ...] = ()

    @classmethod
    def none(cls) -> Scores:
        """Return what a folder without a file of scores holds."""
        rows = pd.DataFrame(columns=["vendor", "date", "goal", "scorer", "score", "share"])
        return cls(rows, {})


def judged_goals(contract: Contract) -> dict[str, Goal]:
    """Return the goals that people score, by the name of their item in files of scores.

    Raises
    ------
    InputError
        If two goals have one item.
    """
    found: dict[str, Goal] = {}
    for goal in contract.goals:
        if goal.counted or not goal.is_share:
            continue
        item = goal.item or goal.metric
        if item in found:
            what = f"goals {found[item].name!r} and {goal.name!r} have the same item"
            raise InputError(what, column=f"goal.{goal.name}.item", value=item, mend="Give each an item of its own")
        found[item] = goal
    return found


def read_quality(
    path: Path,
    contract: Contract,
    vendors: Sequence[str],
    form: str | None = None,
) -> Scores:
    """Read a file of scores: any separator, decimal comma, encoding, way to write dates, or a workbook.

    Parameters
    ----------
    vendors
        Vendors whose calls are known; empty = whatever the file names.
    form
        ``strftime`` format of the dates; None = found.

    Raises
    ------
    InputError
        On a missing column, an unknown item or vendor, a score outside its rubric, weights that do not add up, two
        scores of one item of one call by one person, and on anything that cannot be read without guessing.
    """
    intake, _ = opened(path, None)
    cells = text_cells(path, intake)
    names, unused = _named(list(cells.columns), contract, path)
    cells = cells[list(names)].rename(columns=dict(names))
    raw = pd.DataFrame({n: texts(cells[n].map(unguarded), n, path) for n in cells.columns}, index=cells.index)
    notes = [f"columns of {path.name} that are not used: {', '.join(unused[:TOP])}"] if unused else []
    if "vendor" not in raw:
        raw["vendor"] = contract.vendor
    for name in ("vendor", "item", "scorer"):
        _refuse_blank(raw[name], path)
    goals = judged_goals(contract)
    rows = pd.DataFrame(index=raw.index)
    rows["vendor"] = _known(raw["vendor"], {v: v for v in vendors or raw["vendor"].unique()}, "vendor", path)
    rows["date"] = _dates(raw["date"], form, path)
    items = {item: goal.name for item, goal in goals.items()} | {goal.name: goal.name for goal in goals.values()}
    rows["goal"] = _known(raw["item"], items, "item", path)
    rows["scorer"] = raw["scorer"]
    rows["score"] = _numbers(raw["score"], path)
    if "call" in raw:
        rows["call"] = raw["call"]
    scales = {goal.name: Scale(*goal.scores) for goal in goals.values()}
    rows["score"] = _as_shares_of_hundred(rows, raw["score"], scales)
    _refuse_outside(rows, scales, path)
    given = _numbers(raw["weight"], path) if "weight" in raw else pd.Series(float("nan"), index=raw.index)
    weights, told = item_weights(rows["goal"], given, contract, path)
    rows, left = _that_count(rows, contract)
    rows, calls = _one_per_call(rows, path)
    rows["share"] = 0.0
    for name, scale in scales.items():
        own = rows["goal"] == name
        rows.loc[own, "share"] = scale.share(rows.loc[own, "score"].to_numpy())
    without = [goal.name for goal in goals.values() if not (rows["goal"] == goal.name).any()]
    notes += [*told, *left, *calls, *([f"there is no score of {', '.join(without)}"] if without else [])]
    kept = rows[["vendor", "date", "goal", "scorer", "score", "share"]].reset_index(drop=True)
    return Scores(kept, weights, tuple(notes))


def _named(header: Sequence[str], contract: Contract, path: Path) -> tuple[dict[str, str], list[str]]:
    """Return the file's columns → ours, and those that nobody reads."""
    out: dict[str, str] = {}
    for theirs in header:
        ours = folded(theirs)
        ours = ours if ours in COLUMNS else ALIASES.get(ours, "")
        if ours and ours not in out.values():
            out[theirs] = ours
    needed = [c for c in COLUMNS if c not in ("weight", "call") and not (c == "vendor" and contract.vendor)]
    for name in needed:
        if name not in out.values():
            mend = f"A file of scores has the columns {', '.join(COLUMNS[:-1])}"
            raise InputError(f"column {name!r} is missing", file=path, value=", ".join(header), mend=mend)
    return out, [name for name in header if name not in out and not name.startswith("Unnamed: ")]


def _refuse_blank(column: pd.Series, path: Path) -> None:
    """Raise `InputError` where a name is blank."""
    if (column == "").any():
        row = int(column.index[first_true(column == "")])
        raise InputError("blank", file=path, row=row, column=str(column.name), mend="Write who or what it is")


def _known(column: pd.Series, known: Mapping[str, str], name: str, path: Path) -> pd.Series:
    """Return names in the spelling that is known, whatever their case and blanks."""
    alike = {folded(theirs): ours for theirs, ours in known.items()}
    found = column.map({cell: known.get(cell) or alike.get(folded(cell)) for cell in column.unique()})
    if found.isna().any():
        at = first_true(found.isna())
        cell = str(column.iloc[at])
        mend = nearest(cell, known)
        raise InputError(f"unknown {name}", file=path, row=int(column.index[at]), column=name, value=cell, mend=mend)
    return found


def _dates(text: pd.Series, form: str | None, path: Path) -> pd.Series:
    """Return dates; times of day after them are left aside.

    Raises
    ------
    InputError
        If a cell is no date, or if day and month could be swapped.
    """
    if form is None:
        form, _, doubt = date_format(text)
        if doubt is not None:
            row = int(text.index[first_true(text != "")])
            what = f"dates cannot be told: {doubt.removeprefix('date_format: ')}"
            mend = 'Write them like 2026-10-25, or say how in scorecard.toml, like date_format = "%d/%m/%Y"'
            raise InputError(what, file=path, row=row, column="date", mend=mend)
        refuse_swapped(text, form, column="date", file=path)
    real = text.str.match(r"\d{4}-\d\d-\d\d(?:[T ]|$)")
    found = pd.to_datetime(text.str[:10].where(real), format="%Y-%m-%d", errors="coerce")
    if form is not None and not real.all():
        found = found.fillna(_by_format(text.where(~real), form))
    if found.isna().any():
        at = first_true(found.isna())
        row, value = int(text.index[at]), str(text.iloc[at])
        raise InputError("not a date", file=path, row=row, column="date", value=value, mend="Write it like 2026-10-25")
    refuse_far_years(found, text, "date", path)
    return found


def _by_format(text: pd.Series, form: str) -> pd.Series:
    """Return dates written by a `strftime` format, NaT where a cell is no such date."""
    try:
        return pd.Series(pd.to_datetime(text, format=form, errors="coerce")).dt.normalize()
    except ValueError:
        mend = 'Write it like date_format = "%d/%m/%Y" into scorecard.toml'
        raise InputError("not a format of dates", column="date_format", value=form, mend=mend) from None


def _numbers(text: pd.Series, path: Path) -> pd.Series:
    """Return numbers, NaN where a cell is blank or marks that nothing is known; a comma parts decimals as a point does.

    Raises
    ------
    InputError
        If a cell is no number.
    """
    plain = text.str.removesuffix("%").str.strip()
    blank = plain.str.lower().isin({"", *MARKS})
    pointed = plain.where(plain.str.contains(".", regex=False), plain.str.replace(",", ".", regex=False))
    found = pd.to_numeric(pointed.mask(blank), errors="coerce")
    wrong = (found.isna() & ~blank) | found.abs().eq(float("inf"))
    if wrong.any():
        at = first_true(wrong)
        row, value = int(text.index[at]), str(text.iloc[at])
        mend = "Write digits, with a point or a comma for decimals; leave unknown ones blank"
        raise InputError("not a number", file=path, row=row, column=str(text.name), value=value, mend=mend)
    return found.astype(float)


def _as_shares_of_hundred(rows: pd.DataFrame, text: pd.Series, scales: Mapping[str, Scale]) -> pd.Series:
    """Return scores; those written with a percent sign on a rubric from 0 to 1 are divided by 100."""
    share = rows["goal"].map({name: scale == WHOLE for name, scale in scales.items()}).astype(bool)
    return rows["score"].where(~(share & text.str.endswith("%")), rows["score"] / 100)


def _refuse_outside(rows: pd.DataFrame, scales: Mapping[str, Scale], path: Path) -> None:
    """Raise `InputError` on the first score that lies outside the rubric of its item."""
    low = rows["goal"].map({name: min(s.worst, s.best) for name, s in scales.items()})
    high = rows["goal"].map({name: max(s.worst, s.best) for name, s in scales.items()})
    wrong = (rows["score"] < low) | (rows["score"] > high)
    if wrong.any():
        at = first_true(wrong)
        goal, score = str(rows["goal"].iloc[at]), float(rows["score"].iloc[at])
        what = f"a score outside its rubric, {low.iloc[at]:g} to {high.iloc[at]:g}"
        mend = f'Correct it, or write worst and best score into the contract: scores = [0, 100] in [goal."{goal}"]'
        raise InputError(what, file=path, row=int(rows.index[at]), column="score", value=score, mend=mend)


def _that_count(rows: pd.DataFrame, contract: Contract) -> tuple[pd.DataFrame, list[str]]:
    """Return the scores that are known and lie in the time of the contract, and what was left out."""
    notes = []
    unknown = rows["score"].isna()
    if unknown.any():
        notes.append(f"{int(unknown.sum())} scores are blank: they do not count")
    early = pd.Series(False, index=rows.index)
    if contract.begins is not None:
        early = rows["date"] < pd.Timestamp(contract.begins)
        if early.any():
            notes.append(f"{int(early.sum())} scores lie before the contract begins ({contract.begins}): left out")
    return rows[~unknown & ~early].copy(), notes


def _one_per_call(rows: pd.DataFrame, path: Path) -> tuple[pd.DataFrame, list[str]]:
    """Return one score per call and item.

    With a column `call` two people may score one call: their mean counts, as one call. Without it each row is a call.

    Raises
    ------
    InputError
        If one person scored one item of one call twice.
    """
    if "call" not in rows:
        again = rows.duplicated(["vendor", "date", "goal", "scorer"], keep=False)
        if not again.any():
            return rows, []
        what = f"{int(again.sum())} scores share vendor, date, item and scorer with another one"
        return rows, [f"{what}: each is taken as the score of another call; a column call would tell"]
    named = rows["call"] != ""
    key = ["vendor", "goal", "call"]
    twice = rows.duplicated([*key, "scorer"]) & named
    if twice.any():
        one = rows[twice].iloc[0]
        first = rows[(rows[[*key, "scorer"]] == one[[*key, "scorer"]]).all(axis=1)].index[0]
        what = f"two scores of one item of one call by one person: the other is in row {first}"
        value = f"{one['vendor']}, {one['goal']}, call {one['call']}, {one['scorer']}"
        raise InputError(what, file=path, row=int(rows[twice].index[0]), value=value, mend="Keep one of them")
    shared = rows.duplicated(key, keep=False) & named
    if not shared.any():
        return rows, []
    merged = (
        rows[shared]
        .groupby(key, sort=False)
        .agg(date=("date", "first"), scorer=("scorer", lambda s: " + ".join(sorted(s))), score=("score", "mean"))
    )
    note = f"{len(merged)} scores are the mean of several people's: one call counts once"
    return pd.concat([rows[~shared], merged.reset_index()], ignore_index=True), [note]
