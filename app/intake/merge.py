"""Rows of several exports as one calls table: duplicates refused, split queues added up, oddities noted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...forecast.text import visible

COUNTS = (
    "offered", "answered", "abandoned", "short_abandoned", "answered_in", "abandoned_in", "blocked", "transferred",
    "callback", "redialled",
)  # fmt: skip
MEANS = ("handle_s", "wait_s")
QUALITY = ("queue", "start", "end", "kind", "what", "action")


class Notes:
    """What reading found, as rows of the quality table."""

    def __init__(self) -> None:
        self.rows: list[tuple[object, ...]] = []

    def add(
        self, kind: str, what: str, action: str, *, queue: str = "", start: object = None, end: object = None
    ) -> None:
        """Note one finding; without a queue or time the finding is about all of them."""
        self.rows.append((queue, start, end, kind, visible(what), action))

    def each(self, frame: pd.DataFrame, mask: pd.Series, kind: str, what: str, action: str) -> None:
        """Note one finding per queue: how many intervals of `frame` are in `mask`, from the first to the last."""
        for queue, rows in frame[mask].groupby("queue", sort=True):
            self.add(
                kind,
                f"{len(rows)} interval{'s' if len(rows) > 1 else ''}: {what}",
                action,
                queue=str(queue),
                start=rows["start"].min(),
                end=rows["start"].max(),
            )

    def table(self, times: pd.Series, step_min: int) -> pd.DataFrame:
        """Return the quality table; `end` is the end of the last interval meant."""
        out = pd.DataFrame(self.rows, columns=list(QUALITY))
        for name in ("start", "end"):
            out[name] = pd.Series([pd.NaT if t is None else t for t in out[name]], dtype=times.dtype)
        out["end"] += pd.Timedelta(minutes=step_min)
        return out


def without_repeats(rows: pd.DataFrame, files: Sequence[Path], notes: Notes) -> pd.DataFrame:
    """Return rows of which no two share (the file's queue, part, start); the very same row in two files is kept once.

    Raises
    ------
    InputError
        On two rows for one interval: both are named.
    """
    key = ["theirs", "part", "start"]
    again = rows.duplicated(key)
    if not again.any():
        return rows
    values = [c for c in rows.columns if c not in ("file", "row")]
    copied = rows.duplicated(values) & again & (rows["file"] != rows.groupby(key)["file"].transform("first"))
    if (again & ~copied).any():
        second = rows[again & ~copied].iloc[0]
        first = rows[(rows[key] == second[key]).all(axis=1)].iloc[0]
        where = f"row {first['row']}" + ("" if first["file"] == second["file"] else f" of {files[first['file']].name}")
        raise InputError(
            f"duplicate interval: same queue and start as {where}",
            file=files[second["file"]],
            row=int(second["row"]),
            value=f"{second['theirs']}, {second['start']:%Y-%m-%d %H:%M}",
            mend="Keep one of them; if the rows are parts of one queue, name what tells them apart in intake.parts",
        )
    notes.each(rows, copied, "overlap", "the same row in two files", "kept once")
    return rows[~copied]


def summed(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per (queue, start): counts added up, means weighted by answered calls (offered where unknown)."""
    key = ["queue", "start"]
    if not rows.duplicated(key).any():
        return rows
    groups = rows.groupby(key, sort=False)
    out = groups[[c for c in COUNTS if c in rows]].sum(skipna=False)
    weight = rows["answered"].fillna(rows["offered"]) if "answered" in rows else rows["offered"]
    for name in (m for m in MEANS if m in rows):
        used = weight.where(rows[name].notna())
        total = (rows[name] * used).groupby([rows[k] for k in key], sort=False).sum(min_count=1)
        calls = used.groupby([rows[k] for k in key], sort=False).sum(min_count=1)
        out[name] = (total / calls).replace([np.inf, -np.inf], np.nan)
    for name, how in (("complete", "min"), ("file", "first"), ("row", "first")):
        if name in rows:
            out[name] = groups[name].agg(how)
    if "within_s" in rows:  # calls counted within different seconds are in time by no threshold at all
        least, most = groups["within_s"].min(), groups["within_s"].max()
        out["within_s"] = most.where(least == most)
    return out.reset_index()
