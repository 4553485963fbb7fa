"""Actions applied: a new version of the roster, judged, in a run folder of its own beside the plan's."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ...forecast.calendar.grid import WEEKDAYS
from ...forecast.errors import InputError
from ...forecast.progress import Stopped, Watch
from ...schedule.exchange.result import roster_of
from ...schedule.optimise.status import Refused, Solved, Status, Stop
from ...schedule.plan.decision import Decision
from ...schedule.plan.measure import HALF_WIDTH
from ...schedule.plan.settings import SolveSettings
from ...schedule.price.shortfall import shortfall
from ...schedule.problem.heads import heads_planned
from ...schedule.today.actions import Action, activity_rows
from ..files import write_atomic, write_csv
from ..finished import summary_of
from ..folders.manifest import FILE as MANIFEST
from ..folders.manifest import Manifest
from ..folders.one_run import one_run
from ..folders.swap import put, work_folder
from ..folders.targets import followed
from ..inputs.arguments import ARGUMENTS
from ..judging import judged
from ..outcome import Outcome
from ..publish.content import Content, told_without_money
from ..publish.paper_names import PAPERS
from ..publish.papers import keep_earlier, write_papers
from .kept_actions import TAKEN, TAKEN_CHANGES, changes_table, taken, taken_table
from .overtime import MOST_MIN, offered_minutes
from .week_again import WeekAgain

KEPT = ("input_hashes", "input_redacted", "wages_shown", "note")
"""Keys of summary.json that a new version of a roster takes from the run it comes from."""


def apply(
    run: Path,
    actions: Sequence[Action],
    when: pd.Timestamp,
    *,
    out: Path | None = None,
    watch: Watch | None = None,
) -> tuple[Path, dict[str, Any]]:
    """Write the roster of a run with some actions taken as a new run folder; the run itself stays as it is.

    Only the rows of the actions change. The judge reads the new roster from the inputs alone, as it does any plan, and
    coverage, cost and simulated service are made anew, by the forecast that the plan was made for.

    Parameters
    ----------
    actions
        What to do, as a menu tells; of kind ``undo`` to undo what was taken.
    when
        Moment of the day: what began before it does not change.
    out
        Where the new run goes; None = beside the run, named by the moment. It never replaces another run.

    Returns
    -------
    tuple
        The new folder and its summary.

    Raises
    ------
    InputError
        If there is nothing to do, a row that an action takes out is not in the roster (then the menu is of another
        version), something would change that has begun, or the run cannot be read.
    Refused
        If the judge objects; nothing is written then.
    Stopped
        If stopped before the new roster was simulated.
    """
    if not actions:
        raise InputError("no action to take", column="apply", value=0, mend="Name at least one")
    eye = watch or Watch()
    with one_run(run) as place:
        summary = summary_of(place)
        week = _week(place, actions, when)
        activity = changed(week.activity, actions, when)
        outcome = _outcome(week, activity, actions, when, eye)
        if not outcome.verdict.passed:
            found, wages = outcome.verdict.violations, summary.get("wages_shown", True)
            raise Refused([str(v) for v in found] if wages else told_without_money(found))
        target = followed(out or run.with_name(f"{run.name}-{when:%m%d-%H%M}"))
        return _written(place, summary, outcome, actions, when, target)


def _week(run: Path, actions: Sequence[Action], when: pd.Timestamp) -> WeekAgain:
    """Return the week with the longer shifts that the actions need beside those of the plan, and no others."""
    if not any(action.kind == "overtime" for action in actions):
        return WeekAgain.read(run)
    week = WeekAgain.read(run, offered_minutes(MOST_MIN))
    worked = {p.shift.family for own in week.assigned(changed(week.activity, actions, when)).values() for p in own}
    return WeekAgain.read(run, offered_minutes(MOST_MIN), worked, WEEKDAYS[when.weekday()])


def changed(activity: pd.DataFrame, actions: Sequence[Action], when: pd.Timestamp) -> pd.DataFrame:
    """Return an activity table with the rows of some actions taken out and put in, one action after another.

    Raises
    ------
    InputError
        If a row to take out is not there, or something changes before `when`.
    """
    there = Counter(activity_rows(activity))
    for action in actions:
        _refuse_past(action, when)
        for row in (r._replace(way="") for r in action.change if r.way == "out"):
            if not there[row]:
                raise InputError(
                    f"{row.agent} has no {row.activity} from {row.start:%H:%M} to {row.end:%H:%M}", file="activity.csv",
                    value=action.what, mend="The actions are of another version of the roster; look at the day again",
                )  # fmt: skip
            there[row] -= 1
        there.update(r._replace(way="") for r in action.change if r.way == "in")
    table = pd.DataFrame([row[1:] for row in there.elements()], columns=["agent", "start", "end", "activity", "queue"])
    table = table.astype({"start": activity["start"].dtype, "end": activity["end"].dtype})
    return table.sort_values(["agent", "start"], kind="stable", ignore_index=True)


def _refuse_past(action: Action, when: pd.Timestamp) -> None:
    """Raise `InputError` where an action changes what somebody did before `when`."""
    for agent in action.people:
        own = [r for r in action.change if r.agent == agent]
        parts = [
            {(r.start, min(r.end, when), r.activity, r.queue) for r in own if r.way == way and r.start < when}
            for way in ("out", "in")
        ]
        if parts[0] != parts[1]:
            raise InputError(f"{agent} has begun what would change", column="now", value=str(when),
                             mend="Look at the day again: the menu is of an earlier moment")  # fmt: skip


def _outcome(
    week: WeekAgain, activity: pd.DataFrame, actions: Sequence[Action], when: pd.Timestamp, watch: Watch
) -> Outcome:
    """Return the changed roster with its cost, coverage, simulated service and verdict."""
    assigned, inputs, settings = week.assigned(activity), week.inputs, SolveSettings()
    needed, measure = week.measured_by(watch)
    watch.tell("simulate", "the changed roster")
    least = measure.runs_of(settings.precise_calls)
    precise = measure.simulation(assigned, more=2, half_width=settings.precise * HALF_WIDTH, least=least)
    if precise is None:
        raise Stopped
    true = measure.corrected(assigned, [precise])
    problem = true.problem
    if problem.staff:
        roster = roster_of(problem, assigned, Solved(Status.FEASIBLE, stopped=Stop.TIME))
        solved, wages, prices = roster.solved, roster.cost_wages, dict(roster.prices)
    else:
        planned = [p for shifts in assigned.values() for p in shifts]
        wages = sum(problem.paid_weight(p.shift) * problem.costs.cost_h for p in planned)
        prices = {"lost_calls_and_under": sum(shortfall(heads_planned(problem, planned), problem).values())}
        solved = Solved(Status.FEASIBLE, wages + sum(prices.values()), None, Stop.TIME)
    decision: Decision = true.decision(assigned, solved, wages, prices)
    verdict = judged(
        decision.activity, inputs.plan, inputs.texts, inputs.week, coverage=decision.coverage,
        wages=wages if decision.named else None,
    )  # fmt: skip
    notes = (
        f"changed on {when:%Y-%m-%d} at {when:%H:%M}: {len(actions)} actions, see {TAKEN}",
        "cost, coverage and service are told by the forecast that the plan was made for, not by what the day brings",
    )
    curves = pd.concat([c.to_frame() for c in (decision.curves or {}).values()], ignore_index=True)
    return Outcome(
        inputs, decision, verdict, requirement=needed.requirement, curve=curves, stages=dict(measure.stages),
        notes=(*inputs.notes, *notes), stopped=watch.stopped,
    )  # fmt: skip


def _written(
    run: Path,
    before: Mapping[str, Any],
    outcome: Outcome,
    actions: Sequence[Action],
    when: pd.Timestamp,
    target: Path,
) -> tuple[Path, dict[str, Any]]:
    """Write the new run folder: files of the run that do not change are copied."""
    shown = bool(before.get("wages_shown", True))
    content = Content.of(outcome) if shown else Content.without_money(outcome)
    kept = {key: before[key] for key in KEPT if key in before}
    open_note = [f"{before['open_shifts']} open shifts of the plan are not carried over"] * bool(
        before.get("open_shifts")
    )
    summary = {**content.summary, **kept, "notes": [*outcome.notes, *open_note]}
    names = _unchanged(run)
    with work_folder(target) as work:
        for name in (n for n in names if n.split("/")[0] not in (*PAPERS, MANIFEST, "summary.json", "run.log")):
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(run / name, work / name)
        for name, table in content.tables.items():
            write_csv(work / f"{name}.csv", table)
        write_atomic(work / "inputs" / ARGUMENTS, json.dumps(outcome.inputs.arguments, indent=2) + "\n")
        _write_taken(run, work, actions, when, outcome.inputs.config.site.zone)
        write_atomic(work / "summary.json", json.dumps(summary, indent=2, allow_nan=False) + "\n")
        kept_told = keep_earlier(work, run, str(summary["week"])) if outcome.decision.named else []
        left_out, told = write_papers(work, wages=shown)

        def last(place: Path, why: str) -> None:
            """Tell in the run where it stands."""
            missing = [f"left out: {name}; make it with: busyhour report {place}" for name in left_out]
            summary["notes"] = [*summary["notes"], *missing, *kept_told, *told]
            write_atomic(work / "summary.json", json.dumps(summary, indent=2, allow_nan=False) + "\n")
            write_atomic(work / "run.log", "".join(f"note: {note}\n" for note in summary["notes"]))

        where = put(work, target, wages=shown, last=last, keeps=_taken_already)
    return where, summary


def _unchanged(run: Path) -> list[str]:
    """Return the files that busyhour wrote into a run.

    Raises
    ------
    InputError
        If that is not known, or one was changed by hand: the new version would take the change for the plan's.
    """
    manifest = Manifest.read(run)
    if manifest is None:
        raise InputError(f"there is no {MANIFEST}, so nobody knows what was changed by hand", file=run,
                         mend="Plan the week again")  # fmt: skip
    for name, what in manifest.foreign(run).items():
        if what == "changed":
            raise InputError("changed by hand", file=run / name, mend="Plan the week again")
    return sorted(manifest.files)


def _taken_already(place: Path) -> str:
    """Say that a place holds a version of a roster, which stays; "" where there is none."""
    return f"{place} holds a run" if place.exists() else ""


def _write_taken(run: Path, work: Path, actions: Sequence[Action], when: pd.Timestamp, zone: str | None) -> None:
    """Write all actions that the roster has taken by now, those of earlier versions among them; undone ones go."""
    stands = [(a, then) for a, then in taken(run, zone) if not any(_undoes(new, a) for new in actions)]
    stands += [(a, when) for a in actions if a.kind != "undo"]
    write_csv(work / TAKEN, taken_table(stands))
    write_csv(work / TAKEN_CHANGES, changes_table([a for a, _ in stands]))


def _undoes(new: Action, old: Action) -> bool:
    """Whether an action undoes another one: it tells so, and touches the same people."""
    return new.kind == "undo" and new.people == old.people and new.what == f"undone: {old.what}"
