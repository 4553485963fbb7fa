"""The tables and the summary of a look at a running day."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ...schedule.today.presence import present
from .look import QueueLook, TodayLook
from .tables import TABLES


def today_table(look: TodayLook) -> pd.DataFrame:
    """Return the day by queue and interval of the forecast, table ``today``; closed intervals have no row.

    Shorter intervals of the actuals are summed up; what came is told once all of them are complete.
    """
    rows = [_queue_rows(look, name, one) for name, one in look.queues.items()]
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(TABLES["today"]))
    return table[list(TABLES["today"])]


def _queue_rows(look: TodayLook, name: str, found: QueueLook) -> pd.DataFrame:
    one, came, day = found.now.outlook, found.now.came, look.day
    per = day.week.config.site.interval_min // day.interval_min
    place = np.arange(len(day.starts)) // per
    slots = day.interval_min // look.desk.slot_min
    heads = look.desk.heads(name)
    there = present(heads, one.absent)
    counted = np.concatenate([found.now.so_far.counted, found.rest.counted])
    in_time = np.concatenate([found.now.so_far.in_time, found.rest.in_time])
    waiting = np.concatenate([found.now.so_far.waiting, found.rest.waiting])
    own, good = np.where(np.isfinite(came.in_time), came.counted, np.nan), came.in_time
    size = int(place[-1]) + 1
    low, high = (_mean(row, one.calls, place, size) for row in found.chance.by_interval)
    known, (calls, least, most) = np.isfinite(came.offered), found.calls
    handle_came = _mean(came.handle_s, np.where(np.isfinite(came.answered), came.answered, came.offered), place, size)
    rows = pd.DataFrame(
        {
            "queue": name,
            "start": day.starts[::per],
            "calls_morning": np.bincount(place, one.morning),
            "calls_now": np.bincount(place, calls),
            "low": np.bincount(place, least),
            "high": np.bincount(place, most),
            "came": np.bincount(place, np.where(known, came.offered, np.nan)),
            "handle_morning_s": _mean(found.now.handle_morning_s, one.morning, place, size),
            "handle_now_s": _mean(one.handle_s, one.calls, place, size),
            "handle_came_s": np.where(
                np.isfinite(np.bincount(place, np.where(known, 0.0, np.nan))), handle_came, np.nan
            ),
            "agents": heads.reshape(-1, slots * per).mean(axis=1),
            "present": there.reshape(-1, slots * per).mean(axis=1),
            "service_expected": _share(np.bincount(place, in_time), np.bincount(place, counted)),
            "service_came": _share(np.bincount(place, good), np.bincount(place, own)),
            "simulated_low": low,
            "simulated_high": high,
            "waiting": np.bincount(place, waiting) / per,
        }
    )
    return rows[np.bincount(place, one.is_open) > 0]


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=np.nan_to_num(whole) > 0.0))


def _mean(values: np.ndarray, weights: np.ndarray, place: np.ndarray, size: int) -> np.ndarray:
    """Return the weighted mean of the known values of each interval; NaN where none is known."""
    known = np.isfinite(values)
    weight = np.where(known, np.maximum(np.nan_to_num(weights), 1e-9), 0.0)
    above, below = (np.bincount(place, row, minlength=size) for row in (weight * np.nan_to_num(values), weight))
    return np.asarray(np.divide(above, below, out=np.full(size, np.nan), where=below > 0.0))


def actions_table(look: TodayLook) -> pd.DataFrame:
    """Return what may be done, table ``actions``, in the order in which it is best done."""
    rows = [
        (i, a.kind, "|".join(a.people), a.what, a.gain_points, a.gain_calls, a.cost)
        for i, a in enumerate(() if look.menu is None else look.menu.actions, start=1)
    ]
    return pd.DataFrame(rows, columns=list(TABLES["actions"]))


def summary_of_look(look: TodayLook, contract: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return ``summary.json``: verdict, each queue, messages, what can be seen, and what was assumed.

    Parameters
    ----------
    contract
        What the look says of the contract's period; None = no contract was given.
    """
    day = look.day
    done = look.actuals.complete
    until = day.starts[0] if done == 0 else day.starts[done - 1] + pd.Timedelta(minutes=day.interval_min)
    return {
        "kind": "today",
        "site": day.week.config.site.name,
        "note": day.week.config.site.note,
        "run": str(day.week.run),
        "date": day.date.isoformat(),
        "now": look.actuals.now.isoformat(timespec="minutes"),
        "complete_until": until.isoformat(timespec="minutes"),
        "interval_min": day.interval_min,
        "zone": day.week.config.site.zone,
        "verdict": verdict(look),
        "queues": {name: _queue_summary(one) for name, one in look.queues.items()},
        "waiting": [
            {"queue": b.queue, "waiting": _plain(b.now.waiting), "longest_wait_s": b.now.longest_wait_s,
             "measured": b.now.measured, "level": b.level, "tolerated": b.tolerated.late,
             "lost": _plain(b.tolerated.lost), "tolerated_wait_s": b.tolerated.late_wait_s,
             "lost_wait_s": _plain(b.tolerated.lost_wait_s)}
            for b in look.backed
        ],
        "messages": [m.record for m in look.messages],
        "actions": 0 if look.menu is None else len(look.menu.actions),
        "menu": None if look.menu is None else look.menu.id,
        "frontier": [
            {"actions": p.actions, "people": p.people, "gain_points": _plain(p.gain_points),
             "gain_calls": _plain(p.gain_calls), "cost": _plain(p.cost)}
            for p in (() if look.menu is None else look.menu.frontier)
        ],
        "contract": contract,
        "notes": list(look.notes),
    }  # fmt: skip


def _queue_summary(found: QueueLook) -> dict[str, Any]:
    one, chance = found.now.outlook, found.chance
    out = {
        "goal": str(one.goal), "goal_level": one.goal.level, "within_s": one.goal.within_s,
        "definition": one.goal.definition, "state": chance.state, "chance": _plain(chance.chance),
        "service_day": _plain(chance.level), "service_low": _plain(chance.low), "service_high": _plain(chance.high),
        "counted_so_far": _plain(one.offered), "in_time_so_far": _plain(one.in_time),
        "service_so_far_counted": found.now.counted_fully, "calls_morning": _plain(one.morning.sum()),
        "calls_now": _plain(found.calls[0].sum()), "calls_came": _plain(float(np.nansum(found.now.came.offered))),
    }  # fmt: skip
    if found.visible is not None:
        seen = found.visible
        out["visible"] = {
            "up": _plain(seen.up), "down": _plain(seen.down), "share": seen.share, "within_min": seen.within_min,
            "calls_per_half_hour": _plain(seen.calls_per_half_hour),
        }  # fmt: skip
    if found.meter is not None:
        meter = found.meter
        out["meter"] = {
            "promised_per_week": meter.promised_per_week, "days": meter.days, "alarms": meter.alarms,
            "per_week": _plain(meter.per_week), "expected": _plain(meter.expected), "chance": list(meter.chance),
        }  # fmt: skip
    return out


def _plain(value: float) -> float | None:
    """Return a number that JSON can hold, rounded; None where it is unknown or infinite."""
    number = float(value)
    return round(number, 6) if math.isfinite(number) else None


def verdict(look: TodayLook) -> str:
    """Return the one sentence that comes first: on track or not, by how much, and how far chance alone goes."""
    parts = [_verdict_of(name, one, len(look.queues) > 1) for name, one in look.queues.items()]
    over = look.outlook.now >= len(look.outlook.starts)
    return ("The day is over. " if over else "") + " ".join(parts)


def _verdict_of(name: str, found: QueueLook, several: bool) -> str:
    one, chance = found.now.outlook, found.chance
    if not math.isfinite(chance.level):
        return f"{name}: no calls."
    lasts = "" if len(found.courses) < 2 else ", whether the change of calls lasts or not"
    goal = f"{100 * one.goal.level:g} % within {one.goal.within_s:g} s"
    level, low, high = (f"{100 * x:.1f} %" for x in (chance.level, chance.low, chance.high))
    if chance.low == chance.high:
        word = "met" if chance.chance >= 1.0 else "missed"
        text = f"{word}: {level} of the day's calls were in time, the goal is {goal}."
    else:
        text = (
            f"{chance.state}: {level} of the day's calls are expected in time, the goal is {goal}; chance alone moves "
            f"the day between {low} and {high}, and it meets the goal with {100 * chance.chance:.0f} % chance{lasts}."
        )
    return f"{name} {text}" if several else text[0].upper() + text[1:]
