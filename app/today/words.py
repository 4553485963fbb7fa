"""The messages of a look, worded by the service at stake."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ...forecast.intraday.seen import Alarm, Over
from ...forecast.queueing.formulas.erlang import numbers
from ...forecast.queueing.goal.required import required_agents
from ...schedule.today.desk import Outlook, QueueOutlook, RunningDesk
from ...schedule.today.expected import Expected, expected_rest
from ...schedule.today.presence import present
from ..report.figures import clock, number, percent
from .actuals import Actuals
from .chance import OFF_TRACK, DayChance
from .events import DeskEvent
from .message import Message
from .outlook import QueueNow, changes_of_calls, place_of
from .planned_day import PlannedDay
from .queue_backing_up import BackingUp

NEAR_H = 2.0
"""Hours ahead, above 0, whose service a message tells beside that of the day: as far as people can still be moved."""
SPARE_CHANCE = 0.9
"""Chance to meet the day from which hours count as to spare."""
LEAST_SPARE_H = 1.0
"""Agent-hours to spare below which nothing is said, above 0."""
UPDATED = ", as updated by the day so far"
"""How the cause of a change ends: what it is measured against."""
SILENT_MIN = 60
"""Minutes after the last interval that came from which the silence is told: many exports run every half-hour."""
BUSY = 1.0
"""Times the calls of the morning above which a day out of reach is told as busy."""


@dataclass(frozen=True, eq=False)
class LookedAt:
    """All that messages about one queue are made from."""

    day: PlannedDay
    now: pd.Timestamp
    desk: RunningDesk
    outlook: Outlook
    queue: QueueNow
    rest: Expected
    chance: DayChance
    events: Sequence[DeskEvent]

    @property
    def one(self) -> QueueOutlook:
        """The outlook of the queue."""
        return self.queue.outlook

    def time_of(self, interval: int) -> pd.Timestamp:
        """Return when an interval of the day begins; the end of the day after the last."""
        starts = self.outlook.starts
        return self.day.end if interval >= len(starts) else pd.Timestamp(starts[max(interval, 0)])

    def message(
        self,
        what: str,
        kind: str,
        level: str,
        stake: float,
        since: pd.Timestamp,
        cause: str,
        evidence: str,
        effect: str,
    ) -> Message:
        """Return a message about the queue; its parameters are those of `Message`, `what` tells it from others."""
        name = f"{self.day.date} {self.one.queue} {kind} {what}".strip()
        return Message(name, _iso(self.now), self.one.queue, kind, level, stake, _iso(since), cause, evidence, effect)


def _iso(time: pd.Timestamp) -> str:
    return time.isoformat(timespec="minutes")


def messages_of(seen: LookedAt, backed: BackingUp | None) -> Iterator[Message]:
    """Yield what a look at one queue has to say."""
    if backed is not None and backed.level:
        yield _queue(seen, backed)
    watch = seen.queue.seen
    if watch is not None:
        for alarm in watch.standing:
            yield _change(seen, alarm)
        for over in watch.overs:
            yield _over(seen, over)
    up = any(_is_bad(a) for a in (watch.standing if watch is not None else ()))
    if not up and seen.chance.chance < OFF_TRACK and seen.outlook.now > 0:
        yield _out_of_reach(seen)
    if seen.chance.chance >= SPARE_CHANCE and not up:
        yield from _spare(seen)


def silence(actuals: Actuals) -> list[Message]:
    """Say that nothing comes any more: then the day is looked at as it was forecast, and no alarm can be raised."""
    day, gone = actuals.day, actuals.silent * actuals.day.interval_min
    if gone < SILENT_MIN:
        return []
    since = day.starts[actuals.complete]
    return [
        Message(
            f"{day.date} input silent {actuals.complete}", _iso(actuals.now), "", "input", "warning", 0.0, _iso(since),
            "no calls have been told", f"the files end at {clock(since)}, {number(gone)} minutes have passed since",
            "since then the day is taken as it was forecast, and no change can be seen: look at the export, and at the "
            "telephones",
        )
    ]  # fmt: skip


def _is_bad(alarm: Alarm) -> bool:
    """Whether a change costs service: more calls, longer ones, or an outage."""
    return alarm.direction == "up" or alarm.kind == "outage"


def _near(seen: LookedAt, rest: Expected) -> float:
    """Return the expected service level of the next two hours."""
    count = max(1, round(NEAR_H * 60 / seen.outlook.interval_min))
    counted = float(rest.counted[:count].sum())
    return float(rest.in_time[:count].sum()) / counted if counted > 0.0 else float("nan")


def _day_level(seen: LookedAt, rest: Expected) -> float:
    counted = seen.one.offered + float(rest.counted.sum())
    return (seen.one.in_time + float(rest.in_time.sum())) / counted if counted > 0.0 else float("nan")


def _without(seen: LookedAt, alarm: Alarm) -> Expected:
    """Return the service of the rest if a change had not come, or were over now."""
    one, now = seen.one, seen.outlook.now
    if alarm.kind != "handle_time":
        return expected_rest(seen.desk, seen.outlook, one, one.without_step)
    handle = one.handle_s.copy()
    handle[now:] /= 1.0 + alarm.size
    return expected_rest(seen.desk, seen.outlook, replace(one, handle_s=handle))


def _change(seen: LookedAt, alarm: Alarm) -> Message:
    """Word an alarm by what it does to the service of the rest of the day."""
    since = seen.time_of(place_of(seen.day, alarm.since))
    known = seen.time_of(place_of(seen.day, alarm.raised) + 1)
    without = _without(seen, alarm)
    stake = _late(seen.rest) - _late(without)
    more = "more" if alarm.direction == "up" else "fewer"
    size = f"{percent(abs(alarm.size), 0)} {more} calls"
    if alarm.kind == "handle_time":
        size = f"calls take {percent(abs(alarm.size), 0)} {'longer' if alarm.direction == 'up' else 'less'} time"
    if alarm.kind == "outage":
        size = f"hardly any calls come, {percent(abs(alarm.size), 0)} fewer"
    cause = f"{size} than this day's forecast{UPDATED}"
    evidence = (
        f"between {percent(alarm.size_low, 0)} and {percent(alarm.size_high, 0)} with 80 % certainty; the test stood "
        f"at {number(alarm.statistic, 1)}, the threshold at {number(alarm.threshold, 1)}; known at {clock(known)}"
        f"{_explained(seen, since)}"
    )
    day, other = _day_level(seen, seen.rest), _day_level(seen, without)
    effect = (
        f"if it lasts, {percent(_near(seen, seen.rest), 0)} of the calls of the next {NEAR_H:g} h are in time instead "
        f"of {percent(_near(seen, without), 0)}, and {percent(day)} of the day instead of {percent(other)}"
    )
    if alarm.kind == "outage":
        effect = "callers may not get through: look at lines and routing; those who gave up may call again later"
        return seen.message(str(alarm.raised), "outage", "alarm", max(stake, 0.0), since, cause, evidence, effect)
    if alarm.direction == "down":
        return seen.message(
            f"down {alarm.raised}", "hours_to_spare", "notice", stake, since, cause, evidence, _give(seen, effect)
        )
    floor = seen.one.goal.level
    level = "alarm" if _near(seen, seen.rest) < floor or day < floor else "warning"
    if level == "warning":
        effect = f"the goal holds all the same: {effect}"
    return seen.message(f"up {alarm.raised}", alarm.kind, level, stake, since, cause, evidence, effect)


def _explained(seen: LookedAt, since: pd.Timestamp) -> str:
    """Return the known event, if there is one, that a change falls into."""
    for event in seen.events:
        if event.concerns(seen.one.queue) and event.start <= seen.now and event.end > since:
            return f"; the log knows of {event.kind or 'an event'}{f', {event.note}' if event.note else ''}"
    return ""


def _late(rest: Expected) -> float:
    return float((rest.counted - rest.in_time).sum())


def _over(seen: LookedAt, over: Over) -> Message:
    """Say that a change is over, and what is no longer needed."""
    what = {"volume": "the change of calls", "outage": "the outage", "handle_time": "the change of handle times"}
    ended, told = (seen.time_of(place_of(seen.day, i) + d) for i, d in ((over.ended, 0), (over.told, 1)))
    return seen.message(
        str(over.alarm.raised), "over", "notice", 0.0, ended,
        f"{what[over.alarm.kind]} is over",
        f"a change that ended at {clock(ended)} explains the day better by {number(over.lead, 1)} of log likelihood "
        f"than one that goes on; known at {clock(told)}",
        f"what was done about it may be undone where it is no longer needed; {percent(_day_level(seen, seen.rest))} of "
        "the day's calls are expected in time",
    )  # fmt: skip


def _queue(seen: LookedAt, backed: BackingUp) -> Message:
    """Say that a queue backs up, on the level that it has reached."""
    there, limit = backed.now, backed.tolerated
    by = "the board" if there.measured else "the model of the queue, after what came"
    wait = "" if there.longest_wait_s is None else f", the first of them for {number(there.longest_wait_s)} s"
    late, who = backed.level == 1, "caller waits" if round(there.waiting) == 1 else "callers wait"
    lost = "no queue alone" if not np.isfinite(limit.lost) else f"{number(limit.lost)} or more"
    return seen.message(
        f"{backed.level} at {clock(seen.time_of(seen.outlook.now))}", "queue", "warning" if late else "alarm",
        there.waiting + (0.0 if late else float(seen.rest.counted[:1].sum())), seen.now,
        f"the queue backs up: {number(there.waiting)} {who}{wait}",
        f"by {by}; the goal of this interval tolerates {number(limit.late)} waiting or {number(limit.late_wait_s)} s, "
        f"and is lost by {lost} or {number(limit.lost_wait_s)} s",
        "who calls now is likely to be answered too late" if late
        else "this queue alone costs the interval its goal while it drains",
    )  # fmt: skip


def _out_of_reach(seen: LookedAt) -> Message:
    """Say that the goal is out of reach although nothing has changed all of a sudden."""
    now, one = seen.outlook.now, seen.one
    before, after = float(one.morning.sum()), float(one.calls.sum())
    short = one.goal.level * (one.offered + seen.rest.counted.sum()) - (one.in_time + seen.rest.in_time.sum())
    busy = after > BUSY * before
    words = "busy day" if busy else "short of people"
    sudden = "" if seen.queue.seen is None else ", no sudden change"
    cause = f"{words}{sudden}: the goal of the day is out of reach"
    share = after / before - 1.0 if before else 0.0
    evidence = (
        f"{number(after)} calls are expected today, {percent(abs(share), 0)} {'more' if share > 0 else 'fewer'} than "
        f"the plan was made for; handle times {number(_mean(one.handle_s, one.calls))} s, planned "
        f"{number(_mean(seen.queue.handle_morning_s, one.morning))} s"
    )
    effect = (
        f"{percent(seen.chance.level)} of the day's calls are expected in time, the goal is "
        f"{percent(one.goal.level, 0)}: {number(max(short, 0.0))} calls too few; "
        f"chance to meet the day {percent(seen.chance.chance, 0)}"
    )
    return seen.message("", "busy_day", "warning", max(float(short), 0.0), seen.time_of(now), cause, evidence, effect)


def _mean(values: np.ndarray, weights: np.ndarray) -> float:
    return float(np.average(values, weights=weights)) if weights.sum() > 0 else float(values.mean())


def spare_hours(seen: LookedAt) -> np.ndarray:
    """Return the agent-hours of each interval to come beyond what its calls need for the goal, shape (rest,)."""
    one, now, slots = seen.one, seen.outlook.now, seen.outlook.interval_min // seen.desk.slot_min
    heads = present(seen.desk.heads(one.queue), one.absent).reshape(-1, slots).mean(axis=1)[now:]
    load = numbers(one.high[now:] * one.handle_s[now:] / (seen.outlook.interval_min * 60.0), "load_erl")
    hang_up = bool(np.isfinite(one.patience_s[now:]).all())
    need = required_agents(
        "erlang_a" if hang_up else "erlang_c", load, one.handle_s[now:], one.patience_s[now:] if hang_up else None,
        one.goal,
    )  # fmt: skip
    return np.asarray(
        np.where(one.is_open[now:], np.maximum(heads - need, 0.0), 0.0) * seen.outlook.interval_min / 60.0
    )


def _give(seen: LookedAt, effect: str) -> str:
    spare = spare_hours(seen)
    hours = float(spare.sum())
    if hours < LEAST_SPARE_H:
        return f"no hours to spare: {effect}"
    most = int(np.argmax(spare))
    return (
        f"about {number(hours)} agent-hours to spare even if calls come at the upper end of their band, most from "
        f"{clock(seen.time_of(seen.outlook.now + most))}: time off, coaching or back-office work; {effect}"
    )


def _spare(seen: LookedAt) -> Iterator[Message]:
    """Say where hours are to spare though nothing has changed; a change downward says so itself."""
    watch = seen.queue.seen
    if seen.outlook.now == 0 or any(a.direction == "down" for a in changes_of_calls(watch)):
        return
    hours = float(spare_hours(seen).sum())
    if hours < LEAST_SPARE_H:
        return
    effect = f"{percent(seen.chance.level)} of the day's calls are expected in time"
    yield seen.message(
        "", "hours_to_spare", "notice", 0.0, seen.time_of(seen.outlook.now),
        "hours to spare",
        f"chance to meet the day {percent(seen.chance.chance, 0)}; the roster is above the need of the upper end of "
        "the calls' band",
        _give(seen, effect),
    )  # fmt: skip
