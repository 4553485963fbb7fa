"""What a run folder tells in files of its own: copies of the inputs, tables, summary; with money or without.

Report and workbook are made from these files, so what they leave out no paper can show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...schedule.judge.check import Violation
from ...schedule.tables import TABLES
from ..config.plan_toml import HIRING, PLAN, plan_tables
from ..config.toml_text import toml_text
from ..inputs.people import STAFF
from ..inputs.snapshot import InputFile
from ..outcome import Outcome
from ..report.run import FILES
from ..report.tables import hidden_money
from .summary import summarise

MONEY = ("cost", "cost_wages", "cost_prices", "cost_prices_parts", "bound", "gap_history")
"""Keys of ``summary.json`` that hold amounts; the gap is a share and stays."""

KEPT_MONEY = ("change_price", "price_of_changes", "cost_without_changes", "free_bound", "keeping_costs_at_most")
"""Keys of ``kept`` in ``summary.json`` that hold amounts."""

HIRING_MONEY = {
    "prices": ("hire", "overtime_h", "time_off_h", "vendor_h", "short_h", "lost_h", "end_value"),
    "vendor": ("price_h",),
    "factors": ("wages",),
}
"""Keys of tables of hiring.toml that hold amounts, or tell how wages change."""


@dataclass(frozen=True, eq=False)
class Content:
    """The files of a run folder that are no papers.

    Parameters
    ----------
    inputs
        Copies of the input files by name.
    tables
        By the names of their files without ``.csv``.
    summary
        Content of ``summary.json``.
    arguments
        What the run was asked for beside its files.
    """

    inputs: Mapping[str, InputFile]
    tables: Mapping[str, pd.DataFrame]
    summary: Mapping[str, Any]
    arguments: Mapping[str, Any]

    @classmethod
    def of(cls, outcome: Outcome) -> Content:
        """Return all that an outcome tells."""
        told = {"wages_shown": True, "input_redacted": []}
        inputs = outcome.inputs
        return cls(inputs.files, outcome.tables, {**summarise(outcome), **told}, inputs.arguments)

    @classmethod
    def without_money(cls, outcome: Outcome) -> Content:
        """Return what an outcome tells without any wage, price, premium, cost or bound."""
        whole, inputs = cls.of(outcome), outcome.inputs
        copies = copies_without_money(inputs.files, inputs.texts.get(STAFF.removesuffix(".csv")))
        if (sla := inputs.config.sla) is not None:
            copies[sla.contract] = contract_without_money(copies[sla.contract])
        asked = {**inputs.arguments, "overrides": plan_without_money(inputs.arguments["overrides"])}
        redacted = sorted(name for name, file in copies.items() if file is not whole.inputs[name])
        summary = _hidden(whole.summary) | {"wages_shown": False, "input_redacted": redacted}
        tables = {name: _hidden_columns(name, table) for name, table in whole.tables.items()}
        return cls(copies, tables, summary, asked)


def told_without_money(violations: Iterable[Violation]) -> list[str]:
    """Return what the judge found wrong; of money only that it is wrong."""
    return [f"{v.rule}: not as the judge counts" if v.rule in ("wages", *MONEY) else str(v) for v in violations]


def plan_without_money(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plain dict of a plan.toml without ``[costs]``, wages of contracts and ladders, scenarios too."""
    out = {key: value for key, value in plan.items() if key != "costs"}
    contracts = {name: {k: v for k, v in c.items() if k != "cost_h"} for name, c in plan.get("contract", {}).items()}
    if isinstance(out.get("queue"), Mapping):
        out["queue"] = {name: _without_ladder(queue) for name, queue in out["queue"].items()}
    scenarios = {name: plan_without_money(scenario) for name, scenario in plan.get("scenario", {}).items()}
    hiring = {HIRING: hiring_without_money(plan[HIRING])} if isinstance(plan.get(HIRING), Mapping) else {}
    return {**out, **({"contract": contracts} if contracts else {}), **({"scenario": scenarios} if scenarios else {}),
            **hiring}  # fmt: skip


def _without_ladder(queue: Any) -> Any:
    """Return a ``[queue.NAME]`` without the ladder of its period."""
    if not isinstance(queue, Mapping) or not isinstance(queue.get("period"), Mapping):
        return queue
    return {**queue, "period": {k: v for k, v in queue["period"].items() if k != "ladder"}}


def hiring_without_money(hiring: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plain dict of a hiring.toml without prices and wages, scenarios too; shares stay."""
    out = dict(hiring)
    for table, keys in HIRING_MONEY.items():
        if isinstance(out.get(table), Mapping):
            out[table] = {k: v for k, v in out[table].items() if k not in keys}
    if isinstance(out.get("contract"), Mapping):
        out["contract"] = {
            name: {k: v for k, v in terms.items() if k not in ("cost_h", "hire")}
            for name, terms in out["contract"].items()
        }
    if isinstance(out.get("transfer"), list | tuple):
        out["transfer"] = [{k: v for k, v in way.items() if k != "cost"} for way in out["transfer"]]
    if isinstance(out.get("plan"), Mapping):
        out["plan"] = plan_without_money(out["plan"])
    if isinstance(out.get("scenario"), Mapping):
        out["scenario"] = {name: hiring_without_money(table) for name, table in out["scenario"].items()}
    return out


def contract_without_money(file: InputFile) -> InputFile:
    """Return a contract.toml without its ``[money]``; the shares of its ladders stay."""
    tables = {key: value for key, value in plan_tables(file.content, file.path).items() if key != "money"}
    return InputFile.of(file.path, toml_text(tables).encode(), file.mode)


def copies_without_money(files: Mapping[str, InputFile], staff: pd.DataFrame | None) -> dict[str, InputFile]:
    """Return the input files, plan.toml and staff.csv without money; a file that held none is left as it is.

    Parameters
    ----------
    staff
        The text cells of staff.csv; None without any.
    """
    out = dict(files)
    plan = out.get(PLAN)
    if plan is not None:
        text = toml_text(plan_without_money(plan_tables(plan.content, plan.path)))  # comments go: they may tell wages
        out[PLAN] = InputFile.of(plan.path, text.encode(), plan.mode)
    if staff is not None and STAFF in out:
        known = [c for c, column in TABLES["staff"].items() if c in staff and not column.is_money]
        if list(staff.columns) != known:  # a column of the user's own may be a wage by another name
            table = InputFile.of_table(STAFF, staff[known])
            out[STAFF] = InputFile.of(out[STAFF].path, table.content, out[STAFF].mode)
    return out


def _hidden_columns(name: str, table: pd.DataFrame) -> pd.DataFrame:
    money = [c for c, column in FILES.get(name, {}).items() if column.is_money]
    return hidden_money(table.drop(columns=money, errors="ignore"))


def _hidden(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return a summary with null for every amount, in its parts and blocks too."""
    out: dict[str, Any] = {key: None if key in MONEY else value for key, value in summary.items()}
    for part in ("cover", "roster"):
        if part in out:
            out[part] = _hidden(out[part])
    if "kept" in out:
        out["kept"] = {key: None if key in KEPT_MONEY else value for key, value in out["kept"].items()}
    if "blocks" in out:
        out["blocks"] = [_hidden(block) for block in out["blocks"]]
    if "goal_periods" in out:
        out["goal_periods"] = [
            {k: v for k, v in p.items() if k not in ("money_expected", "bonus_missed")} for p in out["goal_periods"]
        ]
    return out
