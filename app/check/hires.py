"""The second opinion on the folder of a hiring run: files, inputs, and everything that can be counted again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from ...forecast.errors import InputError
from ...forecast.reading import json_of
from ...forecast.tables import check as typed
from ...forecast.tables import read_text_csv
from ...schedule.judge.check import Verdict, Violation
from ...schedule.judge.hires.opinion import opinion
from ...schedule.judge.hires.run import Hires
from ...schedule.tables import TABLES
from ..config.plan_toml import PLAN, plan_tables
from ..hiring.config import FILE, HiringFile, parse
from ..hiring.schema import HiringConfig
from ..inputs.arguments import ARGUMENTS
from ..inputs.people import STAFF
from ..inputs.snapshot import InputFile
from .files import check_files, wrong_copies

MAY_LACK = (PLAN, STAFF, FILE)
"""Copies of inputs that differ from their source in a run without money."""
TRANSFERS = ("month", "source", "target", "heads")


def hires_opinion(run: Path, summary: dict[str, Any]) -> Verdict:
    """Return the verdict on the folder of a hiring run.

    Raises
    ------
    InputError
        If a table, hiring.toml or an input cannot be read.
    """
    headcount, classes, state = (_table(run, name) for name in ("headcount", "classes", "state"))
    path = run / FILE
    raw = plan_tables(InputFile.read(path).content, path)
    config = parse({k: v for k, v in raw.items() if k != "scenario"}, path)
    found = opinion(Hires(summary, headcount, classes, state, _transfers(run), config.model_dump(mode="python")))
    wrong, notes = check_files(run)
    wrong += [
        Violation("inputs", "", "", text) for text in (*wrong_copies(run, summary, MAY_LACK), *_settings(run, config))
    ]
    return replace(found, violations=(*found.violations, *wrong), notes=(*found.notes, *notes))


def _table(run: Path, name: str) -> pd.DataFrame:
    path = run / f"{name}.csv"
    return typed(read_text_csv(path), TABLES[name], file=path, extra=True)


def _transfers(run: Path) -> pd.DataFrame:
    path = run / "transfers.csv"
    if not path.is_file():
        return pd.DataFrame(columns=list(TRANSFERS))
    rows = read_text_csv(path)
    if set(rows.columns) != set(TRANSFERS):
        raise InputError("not the columns of transfers", file=path, mend=f"They are {', '.join(TRANSFERS)}")
    try:
        return rows.assign(month=pd.to_datetime(rows["month"]), heads=pd.to_numeric(rows["heads"]))
    except ValueError as error:
        raise InputError(f"cannot be read: {error}", file=path) from error


def _settings(run: Path, config: HiringConfig) -> list[str]:
    """Say where the settings that were planned with are not those of the inputs; `fails` may be an estimate."""
    inputs = run / "inputs"
    asked = json_of(inputs / ARGUMENTS)
    given = HiringFile.read(inputs, asked.get("scenario"), asked.get("overrides"))
    out = []
    for name in HiringConfig.model_fields:
        have, want = getattr(config, name), getattr(given.config, name)
        if name == "people":
            have, want = (p.model_copy(update={"fails": 0.0}) for p in (have, want))
        if have != want:
            out.append(f"{FILE} tells other {name} than inputs/ and {ARGUMENTS}")
    return out
