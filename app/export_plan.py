"""The plan.toml of `busyhour init --calls`: what an export shows, and what only the planner knows, marked as asked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ..forecast.calendar.changed_hours import hours_of_history, hours_told
from ..forecast.calendar.grid import WEEKDAYS
from ..forecast.calendar.opening_hours import Spans, hours_text
from ..forecast.errors import InputError
from .intake.guess import Guess
from .intake.read import read_calls
from .intake.toml import to_toml

INTERVALS = (30, 60)
"""Minutes of the forecast's interval that are tried, at least 1: the half-hour that is usual, else the hour."""
LONG_MIN, SHORT_MIN, LUNCH_MIN, STEP_MIN = 480, 240, 30, 30
"""Minutes of the made-up shifts, of their lunch and of the step of their starts."""
ASKED = "# ASKED:"
"""How a line of plan.toml begins that the planner must write or confirm."""


@dataclass
class ExportPlan:
    """What is known of a centre from one export.

    Attributes
    ----------
    text
        The plan.toml.
    asked
        What an export does not show, a line each.
    first
        What must be done before the folder can be planned; "" = nothing.
    found
        What the export shows beside its layout, a line each.
    """

    text: str = ""
    asked: list[str] = field(default_factory=list)
    first: str = ""
    found: list[str] = field(default_factory=list)


def plan_of_export(export: Path, guess: Guess) -> ExportPlan:
    """Return the plan.toml for an export: nothing in it is taken from the example of a plain `init`."""
    out = ExportPlan()
    calls, minutes = _calls(export, guess, out)
    queues = ["calls"] if calls is None else list(map(str, calls["queue"].unique()))
    hours = {} if calls is None else _hours(calls, minutes, out)
    handled = calls is not None and "handle_s" in calls and bool(calls["handle_s"].notna().any())
    if calls is not None and not handled:
        out.first = out.first or (
            f"write handle_s, the mean handle time in seconds, under [queue.{_key(queues[0])}]"
            + (" and the other queues" if len(queues) > 1 else "")
        )
    if guess.utc:
        out.first = out.first or "write zone in [site] (the stamps are UTC), and the opening hours in that zone"
    out.asked += [
        "zone: the stamps are UTC; set zone in [site], or nobody knows the time of day of a call"
        if guess.utc
        else "zone: set zone in [site]; until then times are wall clock, and clock changes are not checked",
        "country: set country in [site]; until then no public holidays are known",
        "patience: set patience_s of each queue, unless the export has waits and abandons; until then nobody hangs up",
        "goal: 80 % within 20 s stands in [queue.NAME.goal] until you write yours",
        "shrinkage: set planned and unplanned in [shrinkage]; until then nobody is absent",
        "shifts: those in [shift] are made up to fit the opening hours; write your own",
        "wages: set cost_h and currency in [costs]; until then an hour costs 20 EUR",
        "staff: there is no staff.csv; until you bring one, shifts without names are planned",
    ]
    out.text = "\n".join(
        [
            f"# Made from {export.name}. What it shows is written; lines that begin with {ASKED} are for you.",
            "# Every key is explained in the guide, page \"plan.toml\".",
            "",
            *_site(export, minutes),
            "",
            f"# Guessed from {export.name}; correct what is wrong.",
            to_toml(guess.intake),
            *_opening(hours, out, utc=guess.utc),
            *[line for name in queues for line in _queue(name, {} if guess.utc else hours, handled=handled)],
            f"{ASKED} absence on the day, and meetings, as shares of the paid time",
            "[shrinkage]",
            f"{ASKED} unplanned =",
            f"{ASKED} planned =",
            "",
            *_shifts(hours),
            "[costs]",
            f"{ASKED} cost_h =                # wage per paid hour; 20 is used until it is written",
            f"{ASKED} currency =              # \"EUR\" is printed until it is written",
            "",
        ]
    )  # fmt: skip
    return out


def _calls(export: Path, guess: Guess, out: ExportPlan) -> tuple[pd.DataFrame | None, int]:
    """Return the calls as the guess reads them, None where it cannot, and the interval of the forecast."""
    wrong = None
    for minutes in INTERVALS:
        try:
            calls, notes = read_calls(
                export.parent, guess.intake, zone="UTC" if guess.utc else None, interval_min=minutes, queues=()
            )
        except InputError as error:
            wrong = wrong or error
            continue
        out.found += [f"{row.what}; {row.action}" for row in notes.itertuples()]
        return calls, minutes
    out.asked.append(f"calls: they cannot be read yet. {wrong}")
    out.first = "correct [intake] until the calls can be read (the line 'calls' above says what is wrong)"
    return None, INTERVALS[0]


def _hours(calls: pd.DataFrame, minutes: int, out: ExportPlan) -> dict[str, dict[str, Spans]]:
    """Return per queue the opening hours that its calls show; queues without any are left out.

    Where they changed, those since are taken, and asked.
    """
    shown = {}
    for name, rows in calls.groupby("queue", sort=False):
        hours = hours_of_history(rows, minutes)
        if hours.change is not None:
            out.asked.append(
                f"opening hours of {name!r}: {hours.change.told()}; the hours since then are written; correct them if "
                "they end"
            )
        if hours.silent.any():
            out.asked.append(
                f"opening hours of {name!r}: no call ever came {hours_told(hours.silent)}, yet so few come that this "
                "may be chance; written as open, correct them if the desk is closed then"
            )
        if any(hours.opening.values()):
            shown[str(name)] = hours.opening
    return shown


def _site(export: Path, minutes: int) -> list[str]:
    return [
        "[site]",
        f"name = {json.dumps(export.stem, ensure_ascii=False)}",
        f"{ASKED} zone =                  # time zone of the centre, a name of the IANA list",
        f"{ASKED} country =               # country of its public holidays, a code of two letters",
        f"interval_min = {minutes}            # the forecast's step in minutes",
        "grid_min = 15                # the schedule's step: shifts, breaks and lunches start on it",
    ]


def _opening(hours: Mapping[str, Mapping[str, Spans]], out: ExportPlan, *, utc: bool) -> list[str]:
    """Return the table of opening hours: those of the first queue, which the others may override.

    Hours that the calls show in UTC are no opening hours yet: they are told, and asked.
    """
    if not hours:
        out.asked.append("opening hours: write [opening]; until then every day is open around the clock")
        return [f"{ASKED} [opening], like monday = \"HH:MM-HH:MM\" or \"closed\"", ""]  # fmt: skip
    first = next(iter(hours.values()))
    if utc:
        out.asked.append(f"opening hours: write [opening] in the desk's zone; in UTC the calls come {_told(first)}")
        return [
            f"{ASKED} opening hours in the desk's zone; in UTC the calls come",
            "# [opening]",
            *(f"# {day}" for day in _days(first)),
            "",
        ]
    out.found.append(f"opening hours: {_told(first)}; check them")
    return ["[opening]                    # as the calls show; check them", *_days(first), ""]


def _days(hours: Mapping[str, Spans]) -> list[str]:
    return [f'{day} = "{hours_text(hours[day])}"' for day in WEEKDAYS]


def _told(hours: Mapping[str, Spans]) -> str:
    """Return opening hours in one line, days with the same hours together."""
    same: dict[str, list[str]] = {}
    for day in (day for day in WEEKDAYS if day in hours):
        same.setdefault(hours_text(hours[day]), []).append(day)
    return "; ".join(f"{', '.join(days)} {text}" for text, days in same.items())


def _queue(name: str, hours: Mapping[str, Mapping[str, Spans]], *, handled: bool) -> list[str]:
    """Return the tables of one queue."""
    key = f"queue.{_key(name)}"
    first = next(iter(hours.values()), None)
    own = hours.get(name)
    opening = [f"[{key}.opening]", *_days(own), ""] if own is not None and own != first else []
    return [
        f"[{key}]",
        f"{ASKED} patience_s =            # mean patience of a waiting caller, seconds; the export may tell it",
        *([] if handled else [f"{ASKED} handle_s =              # mean handle time, seconds; the export has none"]),
        "",
        f"[{key}.goal]                 {ASKED} is this your goal?",
        "level = 0.8",
        "within_s = 20",
        "",
        *opening,
    ]


def _shifts(hours: Mapping[str, Mapping[str, Spans]]) -> list[str]:
    """Return two made-up families of shifts that fit between the earliest opening and the latest closing."""
    spans = [span for week in hours.values() for day in week.values() for span in day] or [(0, 1440)]
    begin, end = min(a for a, _ in spans), max(b for _, b in spans)
    lines = [f"{ASKED} the shifts are made up; write those that you have"]
    for name, most in (("full", LONG_MIN), ("part", SHORT_MIN)):
        paid = max(min(most, (end - begin - LUNCH_MIN * (most == LONG_MIN)) // STEP_MIN * STEP_MIN), STEP_MIN)
        lunch = paid > SHORT_MIN
        last = 1440 - STEP_MIN if end - begin == 1440 else max(begin, end - paid - LUNCH_MIN * lunch)
        lines += [
            f"[shift.{name}]",
            f"paid_min = {paid}",
            f'start_from = "{begin // 60:02d}:{begin % 60:02d}"',
            f'start_to = "{last // 60:02d}:{last % 60:02d}"',
            f"step_min = {STEP_MIN}",
        ]
        if lunch:
            lines += [
                f"[[shift.{name}.break]]",
                'kind = "lunch"',
                "paid = false",
                f"duration_min = {LUNCH_MIN}",
                f"earliest_min = {paid // 2 - 60}",
                f"latest_min = {paid // 2 + 30}",
            ]
        lines.append("")
    return lines


def _key(name: str) -> str:
    return (
        name
        if name.replace("_", "").replace("-", "").isalnum() and name.isascii()
        else json.dumps(name, ensure_ascii=False)
    )


def said(guess: Guess, plan: ExportPlan) -> str:
    """Return what is printed: what was found, and what is asked."""
    doubts: Sequence[str] = [d for d in guess.doubts if not d.startswith("zone:")]
    return "\n".join([*(f"- {r}" for r in (*guess.reasons, *plan.found)), *(f"? {d}" for d in (*doubts, *plan.asked))])
