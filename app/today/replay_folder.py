"""The folder of a replay: tables, summary and page, whole or not at all."""

from __future__ import annotations

import importlib.metadata
import json
import math
from pathlib import Path
from typing import Any

import pandas as pd

from ..files import write_atomic, write_csv
from ..folders.swap import put, work_folder
from ..folders.targets import followed
from .replay import Replay, ReplayedDay
from .replay_accuracy import accuracy
from .replay_page import page_of
from .replay_words import LABELS, headline, steps

PART_COLUMNS = ("queue", "date", "step", "is_level", "value", "evidence")


def publish_replay(replay: Replay, out: Path) -> tuple[Path, dict[str, Any]]:
    """Write the folder of a replay; returns its place and the summary.

    It goes beside `out` where `out` holds what busyhour did not write.

    Raises
    ------
    OSError
        If the folder can be written nowhere; what was there is as it was.
    """
    place, summary = followed(out), summary_of_replay(replay)
    with work_folder(place) as run:
        write_csv(run / "parts.csv", parts_table(replay))
        write_csv(run / "intervals.csv", pd.concat([one.intervals for one in replay.days], ignore_index=True))
        people = [p.people for p in {one.date: one.presence for one in replay.days}.values() if p is not None]
        if any(len(rows) for rows in people):
            write_csv(run / "adherence.csv", pd.concat([rows for rows in people if len(rows)], ignore_index=True))
        write_atomic(run / "report.html", page_of(replay))

        def last(where: Path, why: str) -> None:
            """Tell in the folder what has become of it."""
            summary["notes"] = [*replay.notes, *[f"{why}; this replay is in {where}"] * bool(why)]
            write_atomic(run / "summary.json", json.dumps(summary, indent=2, allow_nan=False) + "\n")

        where = put(run, place, wages=False, last=last)
    return where, summary


def parts_table(replay: Replay) -> pd.DataFrame:
    """Return the steps from goal to what came, of all days: `PART_COLUMNS`; values are shares."""
    rows = [
        (one.queue, str(one.date), step.name, int(step.name in ("goal", "expected", "measured")), step.value, step.note)
        for one in replay.days for step in steps(one)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(PART_COLUMNS))


def summary_of_replay(replay: Replay) -> dict[str, Any]:
    """Return the summary; what is unknown is null."""
    return {
        "kind": "replay",
        "site": replay.site,
        "run": str(replay.run),
        "days": [_day(one) for one in replay.days],
        "labels": dict(LABELS),
        "seed": replay.seed,
        "notes": list(replay.notes),
        "versions": {"busyhour": importlib.metadata.version("busyhour")},
    }


def _day(one: ReplayedDay) -> dict[str, Any]:
    found, there = accuracy(one.intervals), one.presence
    told: dict[str, Any] = {
        "queue": one.queue,
        "date": str(one.date),
        "goal": one.goal.level,
        "within_s": one.goal.within_s,
        "definition": one.goal.definition,
        "headline": headline(one),
        "planned": _known(one.parts.planned),
        "expected": _known(one.parts.expected),
        "measured": _known(one.measured),
        "gap": _known(one.gap),
        "parts": {"surplus": _known(one.surplus), **{k: _known(v) for k, v in one.parts.shares.items()},
                  "rest": _known(one.rest)},
        "chance": {"mean": _known(one.chance.mean), "low": _known(one.chance.low), "high": _known(one.chance.high),
                   "deviation": _known(one.chance.deviation)},
        "gap_is_chance": one.gap_is_chance,
        "rest_is_chance": one.rest_is_chance,
        "forecast": {name: _known(getattr(found, name)) for name in found.__dataclass_fields__},
        "adherence": None if there is None else _known(there.adherence),
        "conformance": None if there is None else _known(there.conformance),
        "absent": None if there is None else len(there.absent),
    }  # fmt: skip
    if one.checked is not None:
        told["checked"] = {"parts": {k: _known(v) for k, v in one.checked.parts.shares.items()},
                           "errors": {k: _known(v) for k, v in one.checked.errors.items()}}  # fmt: skip
    return told


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
