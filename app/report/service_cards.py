"""The headline cards on the service level: the goal of each queue, and the floor of its intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..missed import floors_line, intervals, is_simulated
from .card import GOOD, PLAIN, WARN, Card
from .figures import MISSING, clock, day, known, number, percent
from .run import Run, records


def verdict(goal: float, low: float | None, high: float | None) -> tuple[str, str]:
    """Judge a simulated service level by its 95 % interval; return words and tone."""
    if low is None or high is None or pd.isna(low) or pd.isna(high):
        return "not simulated", PLAIN
    if low >= goal:
        return "above the goal", GOOD
    return ("at the goal, within the interval", GOOD) if high >= goal else ("below the goal", WARN)


def service_cards(run: Run) -> list[Card]:
    """Return a card for each queue: its simulated service, and in how many periods its goal holds."""
    service = run.table("service")
    if service is None:
        return []
    out = []
    goals: Mapping[str, Any] = run.summary.get("goals") or {}
    for queue in dict.fromkeys(service["queue"]):
        rows = service[service["queue"] == queue]
        days, week = rows[rows["period"] == "day"], rows[rows["period"] == "week"]
        top = week if len(week) else days
        if top.empty:
            continue
        if not top["simulated"].notna().any():
            out.append(_unknown(run, queue))
            continue
        row = top.iloc[0] if len(top) == 1 else top.mean(numeric_only=True)
        text, tone = _kept(_basis(goals, queue), rows, row)
        name = f"Service level, {queue}" if len(run.queues) > 1 else "Service level"
        goal = goals.get(queue, percent(row["goal"], 0))
        half = f" ± {number(50 * (row['ci_hi'] - row['ci_lo']), 2)}" if pd.notna(row["ci_lo"]) else ""
        out.append(
            Card(
                name,
                percent(row["simulated"]),
                f"goal {goal} · {text}",
                f"Simulated call by call, mean{half} points (95 %). "
                "A goal holds in its period when the upper end of the interval reaches it.",
                tone,
                float(row["simulated"]),
                "share",
            )
        )
    return out


def kept_periods(run: Run) -> list[tuple[str, bool]]:
    """Return, for each simulated period of each queue's goal, its kind and whether the goal holds in it."""
    service = run.table("service")
    goals: Mapping[str, Any] = run.summary.get("goals") or {}
    if service is None:
        return []
    out: list[tuple[str, bool]] = []
    for queue, rows in service.groupby("queue", sort=False):
        basis = _basis(goals, str(queue))
        simulated = rows[rows["simulated"].notna()]
        periods = simulated[simulated["period"] == basis]
        if periods.empty:
            basis, periods = "week", simulated[simulated["period"] == "week"]
        out += [(basis, verdict(r["goal"], r["ci_lo"], r["ci_hi"])[1] == GOOD) for r in records(periods)]
    return out


def _basis(goals: Mapping[str, Any], queue: str) -> str:
    """Return the period over which a queue's goal holds; a day where the run does not tell."""
    return str(goals.get(queue, "")).rpartition(" by ")[2] or "day"


def _kept(basis: str, rows: pd.DataFrame, week: Mapping[str, Any]) -> tuple[str, str]:
    """Say in how many of the periods of its goal a queue keeps the goal; return words and tone."""
    periods = rows[(rows["period"] == basis) & rows["simulated"].notna()]
    if basis == "week" or periods.empty:
        return verdict(week["goal"], week["ci_lo"], week["ci_hi"])
    if basis in ("month", "contract"):
        told = [(r["goal"], *verdict(r["goal"], r["ci_lo"], r["ci_hi"])) for r in records(periods)]
        words = "; ".join(f"must reach {percent(goal)} for its {basis}: {said}" for goal, said, _ in told)
        return words, WARN if any(tone != GOOD for _, _, tone in told) else GOOD
    kept = sum(verdict(r["goal"], r["ci_lo"], r["ci_hi"])[1] == GOOD for r in records(periods))
    return f"{kept} of {len(periods)} {basis}s at or above the goal", GOOD if kept == len(periods) else WARN


def _unknown(run: Run, queue: str) -> Card:
    """Return the card of a queue that was not simulated."""
    name = f"Service level, {queue}" if len(run.queues) > 1 else "Service level"
    goal = (run.summary.get("goals") or {}).get(queue)
    note = f"not simulated{f' · goal {goal}' if goal else ''}"
    return Card(name, MISSING, note, "Nothing was simulated: whether the goal holds is not known.")


def floor_card(run: Run) -> Card | None:
    """Return the card on intervals below their floor: by simulation, or by heads where nothing was simulated."""
    hours, slots = run.summary.get("below_floor_agent_hours"), run.summary.get("below_floor_slots")
    if not known(hours) or str(run.summary.get("goal_basis", "interval")) == "interval":
        return None
    by_heads = f"{number(float(str(hours)), 1)} h below the heads that it asks by the curve, in {slots} slots"
    asks = "Floor: the least service of any interval. By the curve each hour below the heads that it asks costs under_h"
    count = run.summary.get("floor_missed_intervals")
    if is_simulated(run.summary) and count is not None:
        told = floors_line(run.summary).partition(", ")[2]
        note = " · ".join(filter(None, (told, by_heads * bool(slots)))) or "every interval holds its floor"
        of_all = f" of {number(total)}" if (total := _with_floor(run)) else ""
        basis = f"{intervals(run.summary, 2)[2:].capitalize()} whose simulated service lies below the floor. {asks}."
        tone = WARN if count else GOOD
        return Card("Below the floor", f"{number(int(count))}{of_all}", note, basis, tone, int(count), "whole")
    worst = run.summary.get("below_floor_worst")
    note = "not simulated · every slot has the heads that its floor asks by the curve"
    if worst:
        start = pd.Timestamp(worst["start"])
        expected = f"worst {day(start.date())} {clock(start)}: expected {percent(worst['expected'])}"
        note = f"not simulated · {by_heads}, {expected}"
    return Card("Below the floor", f"{number(float(str(hours)), 1)} h", note, f"Agent-hours. {asks}.",
                WARN if worst else PLAIN, float(str(hours)))  # fmt: skip


def _with_floor(run: Run) -> int:
    """Return how many simulated intervals have a floor; 0 where the table does not tell."""
    service = run.table("service")
    if service is None or "floor" not in service:
        return 0
    return int((service["floor"].notna() & service["simulated"].notna()).sum())
