"""The tables of a hiring run, made from its outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...schedule.hiring.problem import Group
from .cost_lines import cost_lines
from .outcome import HiringOutcome
from .state import state_table

DECILES = tuple(round(0.1 * n, 1) for n in range(1, 10))
OCCUPANCY = 0.85
"""The one occupancy that spreadsheets take for desks of every size."""
LEAST_SHARE = 0.005
"""Share of a contract that is told of a mix."""


def tables_of(outcome: HiringOutcome) -> dict[str, pd.DataFrame]:
    """Return every table of the run by the name of its file; transfers only where there are any."""
    out = {
        "headcount": headcount(outcome),
        "classes": classes(outcome),
        "loss": outcome.loss,
        "mixes": mixes(outcome),
        "state": state_table(outcome.state),
    }
    if outcome.plan.transfers:
        out["transfers"] = transfers(outcome)
    if outcome.matters:
        out["defaults"] = defaults(outcome)
    if outcome.answers:
        out["answers"] = answers(outcome)
    return out


def fte_hours(outcome: HiringOutcome, group: Group) -> np.ndarray:
    """Return the hours of work of one experienced head in each month, on the longest contract of the group, (T,)."""
    kinds = [k for k in outcome.problem.kinds if k.group == group.name]
    longest = max(kinds, key=lambda k: float(k.paid_h.sum()))
    return np.asarray(longest.paid_h * longest.present / presence_of_work(outcome, group))


def presence_of_work(outcome: HiringOutcome, group: Group) -> np.ndarray:
    """Return the hours of presence for one hour of work with the recipes that the plan chose, (T,)."""
    mix = outcome.plan.groups[group.name].mix
    ratios = np.stack([recipe.ratio for recipe in group.recipes])
    total = mix.sum(axis=0)
    return np.asarray(np.where(total > 0, (mix * ratios).sum(axis=0) / np.where(total > 0, total, 1), ratios[0]))


def formula_fte(outcome: HiringOutcome, group: Group) -> np.ndarray:
    """Return workload / occupancy / (1 − shrinkage) / paid hours of a head, by month: the spreadsheet's answer.

    Shrinkage is vacation, absence, meetings, paid breaks, and days on which the desk is shut.
    """
    kinds = [k for k in outcome.problem.kinds if k.group == group.name]
    longest = max(kinds, key=lambda k: float(k.paid_h.sum()))
    return np.asarray(
        outcome.load_h[group.name] / OCCUPANCY / longest.present / (1 - outcome.breaks[group.name]) / longest.paid_h
    )


def headcount(outcome: HiringOutcome) -> pd.DataFrame:
    """Return a row a month and group: heads, FTE available and required with their bands, and cost lines."""
    plan, problem = outcome.plan, outcome.problem
    starts = problem.months.starts()[:-1]
    lines, parts = cost_lines(problem, plan), []
    for g, group in enumerate(problem.groups):
        months, hour = plan.groups[group.name], fte_hours(outcome, group)
        own = [plan.kinds[k.name] for k in problem.kinds if k.group == group.name]
        columns: dict[str, object] = {"month": list(starts), "group": group.name}
        for name, attribute in (
            ("opening", "opening"),
            ("hires", "hires"),
            ("leavers", "leavers"),
            ("transferred", "transferred"),
            ("in_training", "training"),
        ):
            columns[name] = np.sum([getattr(k, attribute) for k in own], axis=0)
        columns["productive_fte"] = months.supply / hour
        columns["contract_fte"] = months.contract / hour
        columns["required_fte"] = group.demand.mean(axis=0) / hour
        for q in DECILES:
            columns[f"required_fte_q{q:g}"] = np.quantile(group.demand, q, axis=0) / hour
        columns["probability"] = months.probability
        if outcome.simulated is not None:
            columns["probability_simulated"] = outcome.simulated.met[g]
            columns["probability_lo"], columns["probability_hi"] = outcome.simulated.interval[:, g]
        columns |= {
            "supply_h": months.supply,
            "contract_h": months.contract,
            "required_h": group.demand.mean(axis=0),
            "overtime_h": months.overtime,
            "time_off_h": months.time_off,
            "vendor_h": months.vendor,
            "missing_h": months.missing,
            "formula_fte": formula_fte(outcome, group),
        } | lines[group.name]
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def classes(outcome: HiringOutcome) -> pd.DataFrame:
    """Return a row a class, in the order of their start."""
    kinds = {k.name: k for k in outcome.problem.kinds}
    rows = [
        (
            c.kind,
            kinds[c.kind].group,
            kinds[c.kind].contract,
            c.start,
            c.size,
            c.offers,
            c.decide_by,
            c.cost,
            int(c.firm),
        )
        for c in outcome.plan.classes
    ]
    names = ["kind", "group", "contract", "start", "size", "offers", "lead_decision_date", "cost", "firm"]
    return pd.DataFrame(rows, columns=names)


def transfers(outcome: HiringOutcome) -> pd.DataFrame:
    """Return a row a transfer: who goes where, when, how many."""
    starts = outcome.problem.months.starts()
    rows = [(starts[month], source, target, heads) for source, target, month, heads in outcome.plan.transfers]
    return pd.DataFrame(rows, columns=["month", "source", "target", "heads"])


def defaults(outcome: HiringOutcome) -> pd.DataFrame:
    """Return a row a default: what the plan would be with a low and a high value of it."""
    rows = [(m.key, m.meaning, m.default, m.low, m.high, *m.hires, *m.cost) for m in outcome.matters]
    names = ["key", "meaning", "default", "low", "high", "hires_low", "hires_high", "cost_low", "cost_high"]
    return pd.DataFrame(rows, columns=names)


def answers(outcome: HiringOutcome) -> pd.DataFrame:
    """Return a row a change that a manager asks about, and what the change is worth."""
    rows = [(a.what, a.saves, a.at_least, a.at_most, a.missing_h, a.lowest) for a in outcome.answers]
    return pd.DataFrame(
        rows, columns=["change", "saves", "saves_at_least", "saves_at_most", "missing_h", "probability"]
    )


def mixes(outcome: HiringOutcome) -> pd.DataFrame:
    """Return a row a group and mix of contracts: what an hour of work takes and costs with the mix, cheapest first."""
    rows = []
    for group in outcome.problem.groups:
        kinds = {k.contract: k for k in outcome.problem.kinds if k.group == group.name}
        chosen = outcome.plan.groups[group.name].mix.mean(axis=1)
        for recipe, share in zip(group.recipes, chosen, strict=True):
            own = {c: s for c, s in recipe.share.items() if c in kinds}
            hour = sum(s * kinds[c].cost_h / kinds[c].present.mean() for c, s in own.items()) * recipe.ratio.mean()
            told = ", ".join(f"{c} {100 * s:.0f} %" for c, s in own.items() if s > LEAST_SHARE)
            rows.append((group.name, recipe.name, told, float(recipe.ratio.mean()), float(hour), float(share)))
    frame = pd.DataFrame(rows, columns=["group", "mix", "contracts", "presence_per_work", "cost_h", "used"])
    return frame.sort_values(["group", "cost_h"], ignore_index=True)
