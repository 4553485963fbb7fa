"""A hiring run without money: tables, summary, settings and notes that tell no wage, price, cost or bound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...schedule.tables import TABLES
from ..config.plan_toml import plan_tables
from ..config.toml_text import toml_text
from ..inputs.snapshot import InputFile
from ..publish.content import copies_without_money, hiring_without_money
from .config import FILE
from .outcome import HiringOutcome
from .promise import COST_TOLD

MONEY = ("cost", "bound", "cost_decidable", "bound_decidable", "cost_parts", "gap_history")
"""Keys of ``summary.json`` that hold amounts; gaps are shares and stay."""
IN_KINDS, IN_GROUPS, IN_SIMULATION = ("wage_h", "hire"), ("prices",), ("cost", "cost_ci", "cost_quantiles")
COLUMNS = {"answers": ("saves", "saves_at_least", "saves_at_most"), "defaults": ("cost_low", "cost_high"),
           "mixes": ("cost_h",)}  # fmt: skip
"""Columns of money of tables that are not declared."""
HIDDEN = "…"
COST_NOTE = "the plan's cost is not borne out by the simulation"


def tables_without_money(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of a run without columns of money; defaults that are prices tell no value."""
    out = {}
    for name, table in tables.items():
        money = [c for c, column in TABLES.get(name, {}).items() if column.is_money]
        out[name] = table.drop(columns=[*money, *COLUMNS.get(name, ())], errors="ignore")
    if "defaults" in out:
        rows = out["defaults"]
        price = rows["key"].str.startswith("prices.") & ~rows["key"].str.endswith("_share")
        told = {name: rows[name].mask(price, HIDDEN) for name in ("default", "low", "high")}
        out["defaults"] = rows.assign(**told)
    return out


def summary_without_money(summary: Mapping[str, Any], redacted: list[str]) -> dict[str, Any]:
    """Return a summary with null for every amount."""
    out = _null(summary, MONEY)
    out["kinds"] = {name: _null(kind, IN_KINDS) for name, kind in summary["kinds"].items()}
    out["groups"] = {name: _null(group, IN_GROUPS) for name, group in summary["groups"].items()}
    if summary["simulation"] is not None:
        out["simulation"] = _null(summary["simulation"], IN_SIMULATION)
    if summary["relief"] is not None:
        out["relief"] = _null(summary["relief"], ("saves",))
    return {**out, "notes": notes_without_money(summary["notes"]), "wages_shown": False, "input_redacted": redacted}


def notes_without_money(notes: list[str]) -> list[str]:
    """Return notes without amounts: of a cost that does not come true only that it does not."""
    return [COST_NOTE if note.startswith(COST_TOLD) else note for note in notes]


def copies(outcome: HiringOutcome) -> tuple[dict[str, InputFile], list[str]]:
    """Return the input files without money, and the names of those that differ from their source."""
    files = dict(outcome.files)
    out = copies_without_money(files, outcome.staff)
    if FILE in out:
        file = out[FILE]
        text = toml_text(hiring_without_money(plan_tables(file.content, file.path)))
        out[FILE] = InputFile.of(file.path, text.encode(), file.mode)
    return out, sorted(name for name, file in out.items() if file is not files[name])


def _null(table: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: None if key in keys else value for key, value in table.items()}
