"""The headline cards: a figure, what it means in one line, and how it is counted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..gap import gap_in_units, gap_told, shortfall
from ..missed import is_simulated, missed_words
from ..prices import BONUS, bonus_not_earned
from .card import GOOD, PLAIN, WARN, Card
from .figures import MISSING, known, money, number, percent
from .run import Run
from .service_cards import floor_card, service_cards


def cards(run: Run, *, wages: bool) -> list[Card]:
    """Return the headline cards; without `wages` none of them names money."""
    out = [_cost(run)] if wages and known(run.summary.get("cost")) else []
    out += service_cards(run)
    told = (
        *_hours(run),
        floor_card(run),
        _open(run),
        _occupancy(run),
        _fit(run),
        _gap(run, wages=wages),
        _violations(run),
        _paid(run),
    )
    return out + [card for card in told if card]


def _cost(run: Run) -> Card:
    wages, prices = run.summary.get("cost_wages"), run.summary.get("cost_prices")
    bonus = bonus_not_earned(run.summary)
    billed = prices - bonus if bonus and prices is not None else prices
    note = f"{money(wages, run.currency)} wages + {money(billed, run.currency)} prices"
    basis = (
        "Wages: paid hours × wage × premiums. Prices: what plan.toml [costs] charges for what the plan leaves short."
    )
    if bonus:
        note += f" + {money(bonus, run.currency)} {BONUS}"
        basis += " A bonus of the contract that the expected figure does not reach is in the cost, and nobody pays it."
    return Card(
        "Cost of the week",
        money(run.summary["cost"], run.currency),
        note,
        basis,
        PLAIN,
        float(run.summary["cost"]),
        "money",
    )


def _hours(run: Run) -> list[Card]:
    coverage = run.table("coverage")
    out = []
    for what, title in (("over", "Over-staffed"), ("under", "Under-staffed")):
        value = run.summary.get(f"{what}_agent_hours")
        if not known(value) and coverage is not None:
            value = float(coverage[what].sum()) * run.slot_min / 60
        if value is None:
            continue
        note = ""
        if coverage is not None:
            slots = int((coverage[what] > 0).sum())
            note = f"in {number(slots)} of {number(int((coverage['required'] > 0).sum()))} slots"
        sense = (
            "more agents than the requirement of the slot"
            if what == "over"
            else "fewer agents than the requirement of the slot"
        )
        basis = f"Agent-hours with {sense}; over and under are never netted."
        period = str(run.summary.get("goal_basis", "interval"))
        if what == "under" and period != "interval":
            basis += f" The goal holds per {period}, so single slots may lie under it."
        out.append(Card(title, f"{number(value, 1)} h", note, basis, PLAIN, float(value)))
    return out


def _open(run: Run) -> Card | None:
    count = run.summary.get("open_shifts")
    frame = run.table("open_shifts")
    if not known(count):
        return None
    hours = 0.0 if frame is None else float(frame["paid_min"].sum()) / 60
    unmet = missed_words(run.summary)
    note = f"{number(hours, 1)} paid hours to fill" if count else "what is short is worth no further shift"
    if unmet and not count:
        note = f"{unmet} all the same: no further shift is worth its price, open_shift_h"
    return Card(
        "Open shifts",
        number(float(str(count))),
        note,
        "Shifts worth their price for which nobody is left: the week's hiring need.",
        WARN if count or unmet else GOOD if is_simulated(run.summary) else PLAIN,
        float(str(count)),
        "whole",
    )


def _absent(run: Run) -> float:
    share = run.plan.get("shrinkage", {}).get("unplanned", 0.0)
    return float(np.mean(list(share.values()))) if isinstance(share, Mapping) else float(share)


def occupancy(run: Run) -> float | None:
    """Return handling time / time of those present on the phone, over the week; None where the files do not tell."""
    if known(run.summary.get("occupancy")):
        return float(run.summary["occupancy"])
    volume, coverage = run.table("volume"), run.table("coverage")
    if volume is None or coverage is None:
        return None
    times = _floored(coverage["start"], run.interval_min)
    rate = coverage.get("abandon_rate", pd.Series(0.0, index=coverage.index)).fillna(0.0)
    lost = (
        pd.DataFrame({"queue": coverage["queue"], "start": times, "kept": 1 - rate})
        .groupby(["queue", "start"])["kept"]
        .mean()
    )
    work = volume.assign(work=volume["calls"] * volume["handle_s"]).set_index(["queue", "start"])["work"]
    both = pd.concat([work, lost], axis=1, join="inner")
    staffed = float(coverage["on_phone"].sum()) * run.slot_min * 60 * (1 - _absent(run))
    return None if staffed <= 0 or both.empty else float((both["work"] * both["kept"]).sum()) / staffed


def _floored(times: pd.Series, minutes: int) -> pd.Index:
    index = pd.DatetimeIndex(times)
    if index.tz is None:
        return index.floor(f"{minutes}min")
    return index.tz_convert("UTC").floor(f"{minutes}min").tz_convert(index.tz)


def _occupancy(run: Run) -> Card | None:
    share = occupancy(run)
    if share is None:
        return None
    note = "a rule of thumb for lasting comfort is at most 85–90 %"
    return Card(
        "Occupancy",
        percent(share),
        note,
        "Handling time of answered calls / time on the phone of those present (unplanned absence taken off).",
        WARN if share > 0.9 else PLAIN,
        share,
        "share",
    )


def fit(run: Run) -> float | None:
    """Return 1 − Σ|on the phone − required| / Σ required; None without coverage."""
    if known(run.summary.get("schedule_fit")):
        return float(run.summary["schedule_fit"])
    coverage = run.table("coverage")
    required = 0.0 if coverage is None else float(coverage["required"].sum())
    return (
        None
        if coverage is None or required <= 0
        else 1 - float(coverage["over"].sum() + coverage["under"].sum()) / required
    )


def _fit(run: Run) -> Card | None:
    value = fit(run)
    return (
        None
        if value is None
        else Card(
            "Schedule fit",
            percent(value),
            "100 % = every slot exactly as required",
            "1 − (over hours + under hours) / required hours.",
            PLAIN,
            value,
            "share",
        )
    )


def _gap(run: Run, *, wages: bool) -> Card:
    gap, status = run.summary.get("gap"), str(run.summary.get("status", "none"))
    shown = run.summary if wages else {**run.summary, "cost": None}
    unmet, units, small = shortfall(shown), gap_in_units(shown), "(cost − proven lower bound) / bound."
    tone = WARN if unmet else PLAIN
    if not known(gap):
        return Card("Proven gap", MISSING, f"{status}; no bound is known", small, tone)
    told = "; ".join(filter(None, (f"{status}: no such plan is cheaper by more than this", unmet or units)))
    if run.summary.get("roster"):
        small += " The bound: no way to choose shifts, breaks and days off for these people costs less."
    value = gap_told(gap, run.summary.get("asked_gap"))
    share = float(value.removesuffix(" %").replace(",", "")) / 100  # rounded up, as it is told
    return Card("Proven gap", value.replace(" %", "\u00a0%"), told, small, tone, share, "gap")


def _violations(run: Run) -> Card | None:
    count = run.summary.get("violations")
    if not known(count):
        return None
    good = count == 0
    return Card(
        "Rule violations",
        number(float(str(count))),
        "every rule checked again: all kept" if good else "see the judge's list",
        "Counted by a judge that reads only who does what when, and the inputs.",
        GOOD if good else WARN,
        float(str(count)),
        "whole",
    )


def _paid(run: Run) -> Card | None:
    hours = run.summary.get("paid_hours")
    if not known(hours):
        return None
    activity = run.table("activity")
    note = "" if run.staff is not None else "no names: an anonymous plan"
    if activity is not None and run.staff is not None:
        note = f"{number(len(set(activity.loc[activity['activity'] != 'leave', 'agent'])))} people at work"
    return Card(
        "Paid hours",
        f"{number(float(str(hours)), 1)} h",
        note,
        "Paid minutes of all rostered shifts; unpaid lunches are not in it.",
        PLAIN,
        float(str(hours)),
    )
