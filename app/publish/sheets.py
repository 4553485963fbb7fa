"""`sheets.html`: one page to print for each person."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

from ...forecast.progress import Stopped
from ..files import write_atomic
from ..report.figures import clock, day, hours
from ..report.gantt import Stretch, stretches
from ..report.run import Run, read_run
from ..report.template import environment, policy


def write_sheets(run: Path, *, goes_on: Callable[[], bool] = lambda: True, read: Run | None = None) -> Path:
    """Write ``sheets.html`` into the run folder: a page per person with their week; it holds no wages.

    Parameters
    ----------
    goes_on
        Asked for each person whether there is time.
    read
        The run, where it has been read already.

    Raises
    ------
    InputError
        If the folder has no ``summary.json`` or a file of it breaks its declaration.
    Stopped
        If there is no more time.
    """
    read = read or read_run(run)
    template = (resources.files(__package__) / "sheets.html.j2").read_text(encoding="utf-8")
    text = (
        environment()
        .from_string(template)
        .render(title=read.site, note=read.note, policy=policy([]), week=_week(read), people=_people(read, goes_on))
    )
    return write_atomic(run / "sheets.html", text)


def _week(run: Run) -> str:
    first, last = run.dates[0], run.dates[-1]
    return f"{day(first)} – {day(last)} {last.year}"


def _people(run: Run, goes_on: Callable[[], bool]) -> list[dict[str, Any]]:
    mine: dict[str, list[Stretch]] = {}
    for s in stretches(run):
        mine.setdefault(s.agent, []).append(s)
    every = sorted(mine, key=lambda a: (run.team(a), run.name(a)))
    people = []
    for agent in every:
        if not goes_on():
            raise Stopped
        people.append(_person(run, agent, mine[agent]))
    return people


def _person(run: Run, agent: str, shifts: list[Stretch]) -> dict[str, Any]:
    days = []
    for date in run.dates:
        today = [s for s in shifts if s.date == date and not s.is_leave]
        away = any(s.is_leave and s.date <= date <= s.end.date() for s in shifts)
        days.append({"day": day(date), "shifts": [_shift(s) for s in today], "off": "leave" if away else "day off"})
    paid = sum(s.paid_min or 0 for s in shifts)
    return {"id": agent, "name": run.name(agent), "team": run.team(agent), "days": days, "paid": hours(paid)}


def _shift(s: Stretch) -> dict[str, str]:
    breaks = ", ".join(f"{kind}\u00a0{clock(a)}–{clock(b)}" for a, b, kind in s.parts)
    night = "" if s.end.date() == s.date else f" ({day(s.end.date())})"
    paid = "" if s.paid_min is None else hours(s.paid_min)
    return {"time": f"{clock(s.start)}–{clock(s.end)}{night}", "queue": s.queue, "breaks": breaks, "paid": paid}
