"""The contract that a plan serves: its files, and what it asks of the planned week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...forecast.errors import InputError
from ...schedule.contracts.attainment import Counts
from ...schedule.contracts.contract import Contract
from ...schedule.contracts.goal import Goal
from ...schedule.contracts.held import BASES, Worth, banked, expected_fee, gates_met, held_goal, not_held, worth_of
from ...schedule.contracts.units import Period
from ..config.contract_toml import ContractFile
from ..config.plan_toml import PLAN
from ..config.schema import Config, Sla
from ..contracts.calls import calls_of_folder, read_contract_calls
from ..contracts.locked import read_locked
from ..contracts.measured import told_elsewhere
from .agreement_files import calls_of
from .folder import Folder

DAY = dt.timedelta(days=1)
OWN_TERMS = ("rest", "rest_calls")
"""Keys of ``[queue.NAME.period]`` that stay the planner's own beside a contract."""


@dataclass(frozen=True)
class Agreed:
    """What a contract asks of one week.

    Attributes
    ----------
    tables
        Tables to lay over plan.toml: goals, and of each period what is banked and what a figure is worth.
    notes
        What the contract asks and what the plan cannot hold, a sentence each, without money.
    """

    tables: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def agreed(folder: Folder, week: dt.date) -> Agreed:
    """Return what the contract of a planner's folder asks of the week that begins on `week`; nothing without one.

    Calls are counted as ``busyhour attain`` counts them, up to the day before the week.

    Raises
    ------
    InputError
        If the contract or what it is counted from cannot be read, site and contract have other clocks, or plan.toml
        says itself what the contract says.
    """
    config, sla = folder.config, folder.config.sla
    if sla is None:
        return Agreed()
    file = ContractFile.read(folder.path / sla.contract)
    contract = file.contract
    _refuse_other_clock(config, contract)
    counts, notes = _counted(folder, sla, file, week)
    queues: dict[str, Any] = {}
    worths: list[Worth] = []
    for name in config.queue:
        goal = held_goal(contract, name) if name in contract.queues else None
        if goal is None:
            continue
        _refuse_other_steps(config, contract, goal)
        terms, worth = _terms(counts, goal, name, week)
        _refuse_own_terms(folder.plan["queue"][name].get("period", {}), terms, name)
        queues[name] = {"period": terms} if terms else {}
        worths.append(worth)
        alone = " by itself: the plan does not pool queues" if len(contract.queues_of(goal)) > 1 else ""
        notes.append(f"{name} is held to goal {goal.name} of the contract {contract.name}{alone}")
    unheard = dict.fromkeys(text for worth in worths for text in worth.unheard)
    notes += [f"not in the plan's price: {text}" for text in unheard]
    lost = "; ".join(f"{name}: {why}" for name, why in not_held(contract, tuple(config.queue)).items())
    notes += [
        f"the plan does not hold all of the contract; its chance is told by busyhour attain --plan. {lost}"
    ] * bool(lost)
    return Agreed({"queue": {name: table for name, table in queues.items() if table}}, tuple(notes))


def _counted(folder: Folder, sla: Sla, file: ContractFile, week: dt.date) -> tuple[Counts, list[str]]:
    """Return every goal counted up to the week, and what the reader should know of that."""
    place = folder.path
    given = read_contract_calls(file, calls_of(place, sla)) if sla.calls else calls_of_folder(file, folder)
    quality, measured = (None if name is None else place / name for name in (sla.quality, sla.measured))
    tables, _ = told_elsewhere(file.contract, quality, measured)
    locked, _, lock_notes = read_locked(file)
    counts = Counts.of(file.contract, given.calls, scores=tables, locked=locked, until=week)
    return counts, [*lock_notes, *_unknown(counts)]


def _unknown(counts: Counts) -> list[str]:
    """Tell the intervals that have no figure and are banked by nobody."""
    lost = {name: int((rows["unknown"] != "").sum()) for name, rows in counts.goals.items()}
    return [f"{name}: {n} intervals so far have no figure, busyhour attain lists them" for name, n in lost.items() if n]


def _terms(counts: Counts, goal: Goal, queue: str, week: dt.date) -> tuple[dict[str, Any], Worth]:
    """Return the keys of ``[queue.NAME.period]`` that the contract fills, and what the goal's figure is worth."""
    if BASES[goal.unit] not in ("month", "contract"):
        return {}, worth_of(counts.contract, goal, 0.0, gates=True)
    period = Period.of(week, goal.unit)
    out: dict[str, Any] = {}
    if BASES[goal.unit] == "contract":
        out |= {"first": period.start.isoformat(), "last": (period.end - DAY).isoformat()}
    if period.start < week:
        in_time, counted = banked(counts, goal, queue, period)
        until = counts.calls.loc[counts.calls["queue"] == queue, "start"].max().date()
        out |= {"banked_in": in_time, "banked_counted": counted, "banked_until": min(until, week - DAY).isoformat()}
    fee = expected_fee(counts, period)
    worth = worth_of(counts.contract, goal, fee, gates=gates_met(counts, period))
    if worth.ladder:
        out |= {"ladder": [list(pair) for pair in worth.ladder], "between": worth.between}
    return out, worth


def _refuse_other_clock(config: Config, contract: Contract) -> None:
    if config.site.zone != contract.zone:
        mend = f"Write zone = \"{config.site.zone}\" into the contract, or plan in its zone" if config.site.zone else (
            "Give both the same zone, or neither")  # fmt: skip
        raise InputError("site and contract have other zones: their days and months differ", file=PLAN,
                         column="site.zone", value=contract.zone, mend=mend)  # fmt: skip


def _refuse_other_steps(config: Config, contract: Contract, goal: Goal) -> None:
    """Refuse a goal by the week or interval where those of the site are others."""
    if goal.unit == "week" and config.site.week_start != "monday":
        mend = 'Write week_start = "monday": weeks of a contract begin on Monday'
        raise InputError(f"goal {goal.name} counts other weeks", file=PLAN, column="site.week_start",
                         value=config.site.week_start, mend=mend)  # fmt: skip
    if goal.unit == "interval" and config.site.interval_min != contract.interval_min:
        mend = f"Write interval_min = {contract.interval_min}, as the contract does"
        raise InputError(f"goal {goal.name} counts other intervals", file=PLAN, column="site.interval_min",
                         value=config.site.interval_min, mend=mend)  # fmt: skip


def _refuse_own_terms(own: Mapping[str, Any], terms: Mapping[str, Any], queue: str) -> None:
    """Refuse keys of a period in plan.toml that the contract fills."""
    for key in own:
        if key not in OWN_TERMS and (key not in ("first", "last") or "first" not in terms):
            mend = "Leave the key out: the contract and the calls tell it"
            raise InputError("the contract says this itself", file=PLAN, column=f"queue.{queue}.period.{key}",
                             value=str(own[key]), mend=mend)  # fmt: skip
