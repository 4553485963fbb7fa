"""The contract's period as it stands within a day: what is known so far, today's rest, and the planned days after."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...forecast.errors import InputError
from ...forecast.progress import Watch
from ...forecast.queueing.formulas.time_laws import law_of_cv
from ...forecast.queueing.simulation.assumptions import Assumptions
from ...schedule.contracts.attainment import Counts, attained_periods
from ...schedule.contracts.contract import Contract
from ...schedule.contracts.projection import Projection, Rest, projected
from ...schedule.contracts.rest import PlannedWeek as WeekToCome
from ...schedule.contracts.rest import simulated_rest
from ...schedule.plan.activity import staffing
from ..report.figures import money, number, percent
from .look import TodayLook
from .tables_of_day import today_table

RUNS = 256
"""Simulated runs of the rest of the period, above 0: chances are known within 6 points."""


def period_told(contract: Contract, look: TodayLook, seed: int, watch: Watch) -> dict[str, Any]:
    """Return what the summary and the page say of the contract's period.

    Days before today are those of the files of actuals; without any, those of the calls that the plan was made from.
    Today's complete intervals are known, its rest and the other days that the plan covers are simulated; days that no
    plan covers are named and left out.

    Returns
    -------
    dict
        ``name``, ``period``, ``goals``, expected ``net`` money, ``unplanned`` days, and ``lines`` in words; where the
        calls do not tell what a goal counts ``error`` and one line.

    Raises
    ------
    Stopped
        If stopped on the way.
    """
    watch.tell("contract", contract.name)
    try:
        found, counts = _projected(contract, look, seed, watch)
    except InputError as error:
        what = f"the contract's period cannot be told: {str(error).rstrip('.')}"
        return {"name": contract.name, "error": str(error), "lines": [what]}
    now = {f.goal: f for f in attained_periods(counts)[-1].figures}
    goals = []
    for chance in found.chances:
        so_far = now.get(chance.goal)
        goals.append(
            {"goal": chance.goal, "unit": chance.unit, "probability": chance.probability,
             "numerator": None if so_far is None else so_far.numerator,
             "denominator": None if so_far is None else so_far.denominator,
             "so_far": None if so_far is None else so_far.figure, "figure": _known(chance.figure),
             "figure_low": _known(chance.figure_low), "figure_high": _known(chance.figure_high), "held": chance.held}
        )  # fmt: skip
    return {
        "name": contract.name,
        "period": str(found.period),
        "goals": goals,
        "net": None if found.money is None else found.money.net,
        "net_low": None if found.money is None else found.money.low,
        "net_high": None if found.money is None else found.money.high,
        "unplanned": [day.isoformat() for day in found.unplanned],
        "lines": _lines(contract, found, goals),
    }


def _projected(contract: Contract, look: TodayLook, seed: int, watch: Watch) -> tuple[Projection, Counts]:
    """Return the period at its end, and what is known of it."""
    day, week = look.day, look.day.week
    step = pd.Timedelta(minutes=contract.interval_min)
    midnight = day.starts[0].normalize()
    done = (
        day.starts[0]
        if look.actuals.complete == 0
        else (day.starts[look.actuals.complete - 1] + pd.Timedelta(minutes=day.interval_min))
    )
    cut = midnight + (done - midnight) // step * step  # a half-known interval of the contract is simulated whole
    before = look.actuals.before if len(look.actuals.before) else week.past
    parts = [p for p in (before, look.actuals.today) if p is not None and len(p)]
    if not parts:
        raise InputError("no calls of the period are known yet", mend="Add the files of its earlier days to --actuals")
    known = pd.concat(parts, ignore_index=True).drop_duplicates(["queue", "start"], keep="last")
    known = known[(known["start"] < cut) & known["queue"].isin([*contract.queues, *contract.other_queues])]
    if known.empty:
        raise InputError("no calls of the period are known yet", mend="Add the files of its earlier days to --actuals")
    tomorrow = (pd.Timestamp(day.date) + pd.Timedelta(days=1)).date()
    counts = Counts.of(contract, known, until=tomorrow)
    history = attained_periods(counts)
    end = history[-1].period.end
    rests = simulated_rest(contract, [_week_to_come(look, seed)], day.date, end, RUNS, watch)
    rests = {name: _from(rest, cut) for name, rest in rests.items()}
    covered = set(week.horizon.grid.dates)
    later = [d for d in history[-1].period.dates if d >= day.date]
    if not rests or not any(len(rest.start) for rest in rests.values()):
        raise InputError("nothing of the period is left to simulate", value=str(history[-1].period))
    found = projected(
        counts, history, rests, planned=tuple(d for d in later if d in covered),
        unplanned=tuple(d for d in later if d not in covered),
    )  # fmt: skip
    return found, counts


def _from(rest: Rest, moment: pd.Timestamp) -> Rest:
    """Return the part of a simulated rest that begins at a moment or later."""
    keep = (rest.start >= moment).to_numpy()
    return Rest(
        rest.queue[keep], rest.start[keep].reset_index(drop=True), {n: s[:, keep] for n, s in rest.sums.items()}
    )


def _week_to_come(look: TodayLook, seed: int) -> WeekToCome:
    """Return the planned week with what is known and expected of today in place of its forecast."""
    week = look.day.week
    config, rows = week.config, today_table(look)
    today = pd.DataFrame(
        {
            "queue": rows["queue"], "start": rows["start"], "calls": rows["calls_now"], "q0.1": rows["low"],
            "q0.9": rows["high"], "handle_s": rows["handle_now_s"],
        }
    )  # fmt: skip
    volume = week.volume.drop(columns=[c for c in week.volume if str(c)[:2] == "q0" and c not in ("q0.1", "q0.9")])
    patience = volume.set_index(["queue", "start"])["patience_s"] if "patience_s" in volume else None
    if patience is not None:
        keys = pd.MultiIndex.from_frame(today[["queue", "start"]])
        today["patience_s"] = patience.reindex(keys).to_numpy()
    others = volume[volume["start"].dt.date != look.day.date]
    columns = [c for c in today if c in others]
    whole = pd.concat([others[columns], today[columns]], ignore_index=True)
    steps = staffing(week.activity)
    steps = steps[steps["queue"].isin(config.queue) & (steps["end"] > whole["start"].min())].reset_index(drop=True)
    assumptions = Assumptions(
        config.site.interval_min, None, config.site.week_start, config.shrinkage.unplanned,
        {name: law_of_cv(queue.handle_cv) for name, queue in config.queue.items()}, None, seed,
    )  # fmt: skip
    whole = whole.sort_values(["queue", "start"], ignore_index=True)
    return WeekToCome(week.run.name, week.horizon.first, steps, whole, assumptions)


def _lines(contract: Contract, found: Projection, goals: list[dict[str, Any]]) -> list[str]:
    """Say in words what the period comes to."""
    out = []
    for goal in goals:
        share = contract.goal(goal["goal"]).is_share

        def told(value: float | None, share: bool = share) -> str:
            return "unknown" if value is None else percent(value) if share else f"{number(value)} s"

        if goal["held"]:
            out.append(
                f"{goal['goal']}, {goal['unit']}: {told(goal['so_far'])} so far; scored, so nothing simulates it"
            )
            continue
        out.append(
            f"{goal['goal']}, {goal['unit']}: {told(goal['so_far'])} so far ({number(goal['numerator'])} of "
            f"{number(goal['denominator'])}), expected at its end {told(goal['figure_low'])} to "
            f"{told(goal['figure_high'])}; chance to meet it {percent(goal['probability'], 0)}"
        )
    if found.money is not None and contract.money is not None:
        expected, currency = found.money, contract.money.currency
        out.append(
            f"expected bonus less malus {money(expected.net, currency)}, {money(expected.low, currency)} to "
            f"{money(expected.high, currency)} by chance"
        )
    if found.unplanned:
        out.append(f"{len(found.unplanned)} days of the period that the plan does not cover are left out")
    return out


def _known(value: float) -> float | None:
    return float(value) if value == value else None
