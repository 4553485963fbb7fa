"""Alarms of a running day: python -m benchmarks.intraday [--data DIR] [--quick] [--volumes 1160,290,116,35] [--choices]

The bank's last 100 days in five minutes, each forecast from the days before it. Six of them are odd and known; the
others are quiet. Laws and limits come from every second quiet day and are tried on the others, and the reverse. Spikes
are planted at random minutes with three hours of the day left; a delay runs from the true beginning to the close of the
interval that raises the alarm, and trials in alarm before the beginning do not count. Spikes that begin at any minute
are told apart by the time that is left: near its end a day is over before a spike is found. Smaller desks are the same
calls, each kept by chance. The quarter-hours and half-hours are the same days summed; the bank ships in half-hours, so
that without ``--data`` only these are measured. With ``--choices`` the lead of "over" and the days between two fits of
the model are chosen on the even weeks and tried on the odd ones, and the reverse.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from busyhour.forecast.calls.arrange import histories
from busyhour.forecast.calls.history import History
from busyhour.forecast.intraday.ahead import DayAhead, days_ahead
from busyhour.forecast.intraday.calibrate import limits_of
from busyhour.forecast.intraday.calibration import calls_per_half_hour, surprises
from busyhour.forecast.intraday.change_tests import Limits, first_raised
from busyhour.forecast.intraday.changes import Change, changes_of
from busyhour.forecast.intraday.innovations import Innovations
from busyhour.forecast.intraday.law import Law, law_of
from busyhour.forecast.intraday.params import WatchParams
from busyhour.forecast.intraday.visible import with_change
from busyhour.forecast.intraday.watch import day_watch

from .forecast_sets import sets_named

ODD = tuple(dt.date(2003, m, d) for m, d in ((6, 4), (6, 6), (6, 9), (8, 14), (9, 26), (10, 21)))
VOLUMES = (1160, 290, 116, 35)
FULL = 1160.0
"""Calls of a half-hour of the bank."""
WEEK = 5
SPIKES = ((0.3, 60), (0.6, 60), (-0.5, 60), (0.15, 180))
ROOM_MIN = 180.0
"""Minutes left of the day when a spike begins, at least: the same beginnings for spikes of one hour and of three."""
DESKS = ("cat", "tech_axa")


LEADS = (3.0, 4.0, 5.0, 6.0, 8.0)
"""Leads of "over" that are tried."""
REFITS = (10, 25, 50)
"""Days between two fits of the model that are tried."""
WRONG = 0.05
"""Share of lasting changes that may wrongly be called over within four hours."""
LEFT_MIN = ((0.0, 60.0), (60.0, 120.0), (120.0, 180.0), (180.0, np.inf))
"""Minutes left of the day when a spike begins, from and below."""


@dataclass(frozen=True)
class Half:
    """Quiet days under the law and the limits of the other half of them."""

    days: list[Innovations]
    limits: Limits
    dates: list[dt.date]


@dataclass(frozen=True)
class Desk:
    """One desk's days, the quiet ones in two halves, and the odd ones as each half's law and limits see them."""

    name: str
    minutes: int
    calls: float
    halves: tuple[Half, Half]
    odd: tuple[Half, Half]
    params: WatchParams

    @property
    def quiet(self) -> list[tuple[Innovations, Limits]]:
        """Quiet days with their limits."""
        return [(day, half.limits) for half in self.halves for day in half.days]

    def of_weeks(self, parity: int) -> Desk:
        """Return the desk with the quiet days of every second week alone."""
        halves = []
        for half in self.halves:
            keep = [i for i, date in enumerate(half.dates) if date.isocalendar().week % 2 == parity]
            halves.append(Half([half.days[i] for i in keep], half.limits, [half.dates[i] for i in keep]))
        return replace(self, halves=(halves[0], halves[1]))


def thinned(history: History, share: float, seed: int) -> History:
    """Return the history with each call kept by chance."""
    if share >= 1.0:
        return history
    known, rng = np.isfinite(history.calls), np.random.default_rng(seed)
    kept = rng.binomial(np.where(known, history.calls, 0.0).astype(np.int64), share).astype(float)
    return replace(history, calls=np.where(known, kept, np.nan))


def under(days: Sequence[DayAhead], law: Law, minutes: int, params: WatchParams) -> list[Innovations]:
    """Return the surprises of days under a law."""
    return [surprises(day, law, minutes, params) for day in days]


def desk_of(name: str, history: History, params: WatchParams, rate: float) -> Desk:
    """Return a desk's days, laws and limits."""
    ahead = days_ahead(history, params)
    quiet, odd = [d for d in ahead if d.date not in ODD], [d for d in ahead if d.date in ODD]
    calls = calls_per_half_hour(ahead, history.minutes)
    halves, odds = [], []
    for learnt, tried in ((quiet[0::2], quiet[1::2]), (quiet[1::2], quiet[0::2])):
        law = law_of(learnt, history.minutes)
        limits = limits_of(under(learnt, law, history.minutes, params), rate / WEEK, params, calls < params.small_calls)
        halves.append(Half(under(tried, law, history.minutes, params), limits, [d.date for d in tried]))
        odds.append(Half(under(odd, law, history.minutes, params), limits, [d.date for d in odd]))
    return Desk(name, history.minutes, calls, (halves[0], halves[1]), (odds[0], odds[1]), params)


def false_alarms(desk: Desk) -> str:
    """Return how many alarms quiet days bring, and whether the odd ones are found."""
    by_day = [(day, changes_of(day, limits, desk.params)) for day, limits in desk.quiet]
    weeks, rises = len(by_day) / WEEK, sum(c.raised.sign > 0 for _, changes in by_day for c in changes)
    alarms, apart = sum(len(changes) for _, changes in by_day), sum(episodes(day, changes) for day, changes in by_day)
    found = [all(changes_of(half.days[i], half.limits, desk.params) for half in desk.odd) for i in range(len(ODD))]
    missed = ", ".join(str(d) for d, f in zip(ODD, found, strict=True) if not f)
    return (
        f"{len(by_day)} quiet days, {alarms} alarms: {alarms / weeks:.2f} a week, upward {rises / weeks:.2f}, "
        f"an hour apart {apart / weeks:.2f}; odd days found by both halves {sum(found)} of {len(ODD)}"
        + (f" (not {missed})" if missed else "")
    )


def episodes(day: Innovations, changes: Sequence[Change]) -> int:
    """Return how many alarms of a day come an hour or more after the end of the one before, or after its beginning."""
    count, quiet_from = 0, -np.inf
    for change in changes:
        count += closes(day, change.raised.at) >= quiet_from + 60.0
        quiet_from = closes(day, change.raised.at if change.told is None else change.told)
    return count


def shares(day: Innovations, begin_min: float, lasts_min: float) -> np.ndarray:
    """Return the share of each known interval that a spike covers, shape (n,)."""
    start = day.frame.cells * float(day.frame.minutes)
    covered = np.minimum(start + day.frame.minutes, begin_min + lasts_min) - np.maximum(start, begin_min)
    return np.asarray(np.clip(covered / day.frame.minutes, 0.0, 1.0))


def begins(desk: Desk, trials: int, room_min: float, seed: int) -> list[tuple[Innovations, Limits, float]]:
    """Return quiet days with random minutes at which spikes begin, at least `room_min` before the end."""
    rng, out = np.random.default_rng(seed), []
    for day, limits in desk.quiet:
        first, last = day.frame.cells[0] * day.frame.minutes, (day.frame.cells[-1] + 1) * day.frame.minutes
        out += [(day, limits, float(rng.uniform(first, last - room_min))) for _ in range(trials)]
    return out


def closes(day: Innovations, at: int) -> float:
    """Return the minute of the day at which a known interval ends."""
    return float(day.frame.cells[at] + 1) * day.frame.minutes


def found(desk: Desk, size: float, lasts_min: int, trials: int) -> str:
    """Return the shares of planted spikes found in time."""
    after = delays(desk, size, lasts_min, begins(desk, trials, ROOM_MIN, 2))[:, 0]
    shown = "/".join(f"{100 * np.mean(after <= limit):.0f}" for limit in (15, 30, 60, 120))
    return f"{size:+.0%} for {lasts_min} min: {shown} % within 15/30/60/120 min ({len(after)} trials)"


def found_late(desk: Desk, size: float, lasts_min: int, trials: int) -> list[str]:
    """Return the shares of spikes found in time that begin at any minute, by the time that is left of the day."""
    rows, out = delays(desk, size, lasts_min, begins(desk, trials, 0.0, 8)), []
    for low, high in (*LEFT_MIN, (0.0, np.inf)):
        own = rows[(rows[:, 1] >= low) & (rows[:, 1] < high), 0]
        shown = "/".join(f"{100 * np.mean(own <= limit):.0f}" for limit in (30, 60))
        left = "at any minute" if high - low == np.inf and not low else f"with {low:.0f} to {high:.0f} min left"
        out.append(f"{size:+.0%} for {lasts_min} min, {left}: {shown} % within 30/60 min ({len(own)} trials)")
    return out


def delays(
    desk: Desk, size: float, lasts_min: int, planted_at: Sequence[tuple[Innovations, Limits, float]]
) -> np.ndarray:
    """Return the minutes to the alarm, infinite where none comes, and those left of the day, of each trial: (N, 2)."""
    rng, out = np.random.default_rng(1), []
    for day, limits, begin in planted_at:
        planted = with_change(day.figures, day.predicted**2, size * shares(day, begin, lasts_min), rng)
        raised = first_raised(day.planted(planted), limits, desk.params)
        if raised is not None and closes(day, raised.at) <= begin:
            continue
        right = raised is not None and raised.sign * size > 0
        delay = closes(day, raised.at) - begin if raised is not None and right else np.inf
        out.append((delay, closes(day, len(day) - 1) - begin))
    return np.array(out)


def over(desk: Desk, size: float, lasts_min: int, trials: int) -> str:
    """Return the share of planted spikes said to be over within 30 min of their end, of those that were found."""
    after = ends(desk, size, lasts_min, trials)
    told, soon = 100 * np.mean((after >= 0.0) & (after <= 30.0)), 100 * np.mean(after < 0.0)
    what = f"over within 30 min of its end {told:.0f} %, too soon {soon:.0f} % ({len(after)} found)"
    return f"{size:+.0%} for {lasts_min} min: {what}"


def ends(desk: Desk, size: float, lasts_min: int, trials: int) -> np.ndarray:
    """Return the minutes from the end of each spike that was found until it was told, infinite where it was not."""
    rng, found_ = np.random.default_rng(3), []
    for day, limits, begin in begins(desk, trials, max(ROOM_MIN, lasts_min + 30.0), 4):
        planted = with_change(day.figures, day.predicted**2, size * shares(day, begin, lasts_min), rng)
        changes = changes_of(day.planted(planted), limits, desk.params)
        if not changes or changes[0].raised.sign * size < 0:
            continue
        if not begin < closes(day, changes[0].raised.at) <= begin + lasts_min:
            continue
        found_.append(np.inf if changes[0].told is None else closes(day, changes[0].told) - begin - lasts_min)
    return np.array(found_)


def wrongly_over(desk: Desk, size: float, trials: int) -> str:
    """Return the share of lasting changes said to be over within four hours, of those that were found."""
    wrong = wrong_ends(desk, size, trials)
    return f"{size:+.0%} lasting: wrongly over within 4 h {100 * np.mean(wrong):.0f} % ({len(wrong)} found)"


def wrong_ends(desk: Desk, size: float, trials: int) -> np.ndarray:
    """Return whether each lasting change that was found was said to be over within four hours."""
    rng, wrong = np.random.default_rng(5), []
    for day, limits, begin in begins(desk, trials, 240.0, 6):
        planted = with_change(day.figures, day.predicted**2, size * shares(day, begin, 1440.0), rng)
        changes = changes_of(day.planted(planted), limits, desk.params)
        mine = [c for c in changes if closes(day, c.raised.at) > begin]
        if len(mine) < len(changes) or not mine or closes(day, mine[0].raised.at) > begin + 120.0:
            continue
        wrong.append(mine[0].told is not None and closes(day, mine[0].told) <= begin + 240.0)
    return np.array(wrong)


def choices(name: str, history: History, params: WatchParams, rate: float, trials: int) -> None:
    """Print what the lead of "over" and the days between fits come to where others chose them: every second week."""
    print(f"\n{name}, {history.minutes} min: chosen on every second week, tried on the others", flush=True)
    desks = {days: desk_of(name, history, replace(params, refit_days=days), rate) for days in REFITS}
    usual = desks[params.refit_days]
    for parity, told in ((0, "even"), (1, "odd")):
        hits = {days: delays(d, 0.3, 60, begins(d.of_weeks(parity), trials, ROOM_MIN, 2))[:, 0] <= 30.0
                for days, d in desks.items()}  # fmt: skip
        best = max(REFITS, key=lambda days: float(np.mean(hits[days])))
        print(f"  {told} weeks choose a fit every {best} days ({_listed({d: np.mean(h) for d, h in hits.items()})})")
        print(f"    the others: {found(desks[best].of_weeks(1 - parity), 0.3, 60, trials)}", flush=True)
        wrong = {}
        for lead in LEADS:
            own = replace(usual.of_weeks(parity), params=replace(params, over_lead=lead))
            wrong[lead] = float(np.mean(wrong_ends(own, 0.3, trials)))
        lead = next((x for x in LEADS if wrong[x] <= WRONG), LEADS[-1])
        other = replace(usual.of_weeks(1 - parity), params=replace(params, over_lead=lead))
        print(f"  {told} weeks choose a lead of {lead:g} (wrongly over: {_listed(wrong)})")
        for lasts_min in (60, 180):
            print(f"    the others: {over(other, 0.3, lasts_min, trials)}", flush=True)
        print(f"    the others: {wrongly_over(other, 0.3, trials)}", flush=True)


def _listed(shares_: Mapping[float, float]) -> str:
    return ", ".join(f"{name:g}: {100 * value:.0f} %" for name, value in shares_.items())


def measured(
    name: str,
    history: History,
    params: WatchParams,
    rate: float,
    trials: int,
    *,
    told_ends: bool = False,
    late: bool = False,
) -> None:
    """Print all figures of a desk."""
    print(f"\n{name}, {history.minutes} min", flush=True)
    began = time.process_time()
    desk = desk_of(name, history, params, rate)
    print(f"  {desk.calls:.0f} calls a half-hour; learnt in {time.process_time() - began:.1f} s of processor time")
    print(f"  {false_alarms(desk)}", flush=True)
    for size, lasts_min in SPIKES:
        print(f"  {found(desk, size, lasts_min, trials)}", flush=True)
    if late:
        print("\n".join(f"  {line}" for line in found_late(desk, 0.3, 60, trials)), flush=True)
    if told_ends:
        for lasts_min in (60, 180):
            print(f"  {over(desk, 0.3, lasts_min, max(1, trials // 3))}", flush=True)
        print(f"  {wrongly_over(desk, 0.3, max(1, trials // 3))}", flush=True)


def one_watch(name: str, history: History, rate: float) -> None:
    """Print what a watch over a desk says of itself, and its seconds."""
    began, today = time.process_time(), history.calls[-1]
    watch = day_watch(history.until(history.dates[-2]), alarms_per_week=rate)
    learnt, began = time.process_time() - began, time.process_time()
    watch.look(history.dates[-1], np.where(np.arange(len(today)) < 900 // history.minutes, today, np.nan))
    look, meter, seen = time.process_time() - began, watch.meter, watch.visible
    print(
        f"\n{name}, {history.minutes} min: {seen.calls_per_half_hour:.0f} calls a half-hour; seen in {seen.share:.0%} "
        f"within {seen.within_min:.0f} min: up {seen.up:.0%}, down {seen.down:.0%}; {meter.per_week:.2f} alarms a week "
        f"on {meter.days} days ({meter.promised_per_week:g} promised); learnt in {learnt:.1f} s, a look {look:.2f} s",
        flush=True,
    )


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="where the five-minute calls are")
    parser.add_argument("--volumes", default=",".join(map(str, VOLUMES)), help="calls of a half-hour, by commas")
    parser.add_argument("--rate", type=float, default=1.0, help="false alarms a week")
    parser.add_argument("--trials", type=int, default=6, help="spikes per quiet day; a third of them for ends")
    parser.add_argument("--choices", action="store_true", help="only the lead and the fits, chosen on other weeks")
    parser.add_argument("--quick", action="store_true", help="one spike a day, at 1,160 calls in five minutes only")
    asked = parser.parse_args()
    params, trials = WatchParams(days=100), 1 if asked.quick else asked.trials
    fine, coarse = sets_named("bank5", asked.data), sets_named("bank", asked.data)
    if isinstance(fine, str):
        print(f"five and fifteen minutes: skipped, no {fine} at --data {asked.data}")
    else:
        for volume in [int(FULL)] if asked.quick else [int(v) for v in asked.volumes.split(",")]:
            history = next(iter(histories(fine[0].calls, fine[0].calendar, minutes=5).values()))
            whole = thinned(history, volume / FULL, 7)
            if asked.choices:
                choices(f"bank at {volume}", whole, params, asked.rate, trials)
                continue
            measured(
                f"bank at {volume}",
                whole,
                params,
                asked.rate,
                trials,
                told_ends=volume in (1160, 116),
                late=volume > 100,
            )
    if asked.quick or asked.choices:
        return
    if not isinstance(fine, str):
        quarter = next(iter(histories(fine[0].calls, fine[0].calendar, minutes=15).values()))
        measured("bank", quarter, params, asked.rate, trials)
    assert not isinstance(coarse, str)
    half = next(iter(histories(coarse[0].calls, coarse[0].calendar, minutes=30).values()))
    measured("bank", half, params, asked.rate, trials)
    one_watch("bank", half, asked.rate)
    for name in DESKS:
        desks = sets_named(name, asked.data)
        if isinstance(desks, str):
            print(f"\n{name}: skipped, no {desks} at --data {asked.data}")
            continue
        one_watch(name, next(iter(histories(desks[0].calls, desks[0].calendar, minutes=30).values())), asked.rate)


if __name__ == "__main__":
    main()
