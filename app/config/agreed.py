"""`plan.toml` with the goals of the contract that its ``[sla]`` names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...forecast.errors import InputError
from ...forecast.reading import file_bytes
from ...schedule.contracts.contract import Contract
from ...schedule.contracts.goal import Goal
from ...schedule.contracts.held import goal_keys, held_goal
from ...schedule.contracts.units import Period
from .contract_toml import contract_of
from .plan_toml import laid_over, merged, parse_plan, plan_file
from .schema import Config

SLA = "sla"
LONG_AGO = dt.date(2000, 1, 1)


def read_plan(
    folder: Path, scenario: str | None = None, overrides: Mapping[str, Any] | None = None
) -> tuple[Config, dict[str, Any]]:
    """Do as `plan_toml.read_plan`, with the goals of the contract.

    Raises
    ------
    InputError
        As there and as `ContractFile.read`, and where a goal in plan.toml contradicts the contract's.
    """
    path = plan_file(folder)
    content = file_bytes(path, unpack=False, mend=f"Make one with: busyhour init {folder}")
    return plan_of(content, path, scenario, overrides)


def plan_of(
    content: bytes, path: Path, scenario: str | None = None, overrides: Mapping[str, Any] | None = None
) -> tuple[Config, dict[str, Any]]:
    """Do as `read_plan` with the content of a file; the contract lies beside `path`."""
    raw = _with_goals(laid_over(content, path, scenario, overrides), path)
    return parse_plan(raw, path), raw


def _with_goals(raw: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return a plan whose queues have the goals of its contract; what is amiss otherwise is found by its check."""
    table, queues = raw.get(SLA), raw.get("queue")
    name = table.get("contract") if isinstance(table, Mapping) else None
    if not isinstance(name, str) or not isinstance(queues, Mapping):
        return raw
    if set("/\\") & set(name):
        raise InputError("not the name of a file beside plan.toml", file=path, column="sla.contract", value=name,
                         mend="Put the file there")  # fmt: skip
    contract = contract_of(path.parent / name)
    if not set(queues) & set(contract.queues):
        mend = f"The contract has {', '.join(contract.queues)}: use its names in [queue.NAME]"
        raise InputError("no queue of the contract is planned", file=path, column="sla.contract", value=name, mend=mend)
    out = dict(raw)
    for queue in (q for q in contract.queues if isinstance(queues.get(q), Mapping)):
        if (goal := held_goal(contract, queue)) is not None:
            _refuse_contradiction(queues[queue].get("goal", {}), goal, queue, path, name)
            out = merged(out, {"queue": {queue: _terms(raw, contract, goal, queues[queue])}})
    return out


def _terms(raw: Mapping[str, Any], contract: Contract, goal: Goal, queue: Mapping[str, Any]) -> dict[str, Any]:
    """Return the goal of a queue, with the days of a quarter or year: those of the configured week, if any."""
    out: dict[str, Any] = {"goal": goal_keys(goal)}
    period = queue.get("period", {})
    if out["goal"]["basis"] != "contract" or (isinstance(period, Mapping) and "first" in period):
        return out
    site = raw.get("site", {})
    week = site.get("week") if isinstance(site, Mapping) else None
    span = Period.of(week if isinstance(week, dt.date) else contract.begins or LONG_AGO, goal.unit)
    return out | {"period": {"first": span.start, "last": span.end - dt.timedelta(days=1)}}


def _refuse_contradiction(own: Any, goal: Goal, queue: str, path: Path, contract: str) -> None:
    """Refuse a key of a queue's goal that says otherwise than the contract."""
    if not isinstance(own, Mapping):
        return
    for key, agreed in goal_keys(goal).items():
        if key in own and own[key] != agreed:
            mend = f"Leave the key out, or write {agreed!r} as goal {goal.name} of {contract} says".replace("'", '"')
            raise InputError("this goal contradicts the contract", file=path, column=f"queue.{queue}.goal.{key}",
                             value=own[key], mend=mend)  # fmt: skip
