"""A published week as its planner had it: the problem, and everybody's shifts read back from the activity."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...forecast.progress import Watch
from ...forecast.require import Requirement
from ...forecast.tables import TABLES, check, read_csv, read_text_csv
from ...schedule.plan.measure import Measure
from ...schedule.problem.problem import ScheduleProblem
from ...schedule.problem.shifts import PlannedShift, Shift
from ...schedule.tables import TABLES as SCHEDULE
from ...schedule.today.actions import ActionParams, activity_rows
from ...schedule.today.desk import RunningDesk
from ...schedule.today.menu import Offered
from ...schedule.today.offers import Offers
from ...schedule.today.variation import Variation
from ..config.plan_toml import merged, read_plan
from ..finished import refuse_hiring
from ..inputs.arguments import ARGUMENTS, read_arguments
from ..inputs.inputs import Inputs
from ..inputs.options import RunOptions
from ..run import decisive, problem_of, requirement_of, service_data
from .overtime import Overtime, overtime_of

Stretch = tuple[int, int, str, str]
"""First slot, slot after the last, activity, queue."""


@dataclass(frozen=True, eq=False)
class WeekAgain:
    """A published week, ready to be changed.

    Attributes
    ----------
    inputs
        What the judge and the problem are made from.
    volume
        The forecast that the plan was made for.
    activity
        Who does what when, with typed times, as published.
    patterns
        (agent, start) → the pattern of the shift that the roster tells; {} of a plan without names.
    overtime
        Families of which people may work more than planned.
    """

    inputs: Inputs
    volume: pd.DataFrame = field(repr=False)
    activity: pd.DataFrame = field(repr=False)
    patterns: Mapping[tuple[str, pd.Timestamp], str] = field(repr=False)
    overtime: Overtime = field(default=Overtime(), repr=False)

    @cached_property
    def problem(self) -> ScheduleProblem:
        """Days, shifts, people and rules of the week; of the calls only what is required."""
        if self.inputs.requirement is None:
            raise InputError("no requirement is given")
        return problem_of(self.inputs, self.inputs.requirement, None)

    def measured_by(self, watch: Watch) -> tuple[Requirement, Measure]:
        """Return requirement and curves of the forecast, and what measures rosters by them."""
        inputs = self.inputs
        needed = requirement_of(inputs, self.volume, watch)
        problem = problem_of(inputs, needed.requirement, decisive(inputs.config, needed.curves))
        data = service_data(inputs, needed.curves, self.volume)
        return needed, Measure(problem, data, inputs.config.solve.seed, watch, {})

    @classmethod
    def read(
        cls, run: Path, minutes: Sequence[int] = (), only: Collection[str] | None = None, day: str | None = None
    ) -> WeekAgain:
        """Read a run folder of a week planned from calls, all of whose files are of one run.

        Parameters
        ----------
        minutes, only, day
            Overtime that people may work, as for `overtime_of`; () = none.

        Raises
        ------
        InputError
            If `run` is no such folder, or a file of it cannot be read.
        """
        refuse_hiring(run)
        if not (run / "volume.csv").is_file():
            raise InputError("the run holds no forecast: it was planned for a requirement made elsewhere", file=run,
                             mend="Name a run of: busyhour plan FOLDER")  # fmt: skip
        inputs, overtime = _inputs(run, minutes, only, day)
        zone = inputs.config.site.zone
        volume = read_csv(run / "volume.csv", TABLES["volume"], zone=zone)
        text = read_text_csv(run / "activity.csv")
        rows = check(text, SCHEDULE["activity"], zone=zone, file=run / "activity.csv")
        path = run / "roster.csv"
        roster = read_csv(path, SCHEDULE["roster"], zone=zone) if path.is_file() else None
        patterns = {} if roster is None else {
            (str(a), s): str(p) for a, s, p in zip(roster["agent"], roster["start"], roster["pattern"], strict=True)
        }  # fmt: skip
        return cls(inputs, volume, rows, patterns, overtime)

    def assigned(self, activity: pd.DataFrame) -> dict[str, tuple[PlannedShift, ...]]:
        """Return everybody's shifts as an activity table tells them; who works nothing has none.

        Raises
        ------
        InputError
            If what somebody works in one go is no shift of the plan, or holds a meeting or training.
        """
        grid = self.problem.grid
        known: dict[tuple[int, int], list[Shift]] = {}
        for shift in self.problem.shifts:
            known.setdefault((shift.start, shift.length), []).append(shift)
        contracts = {a.id: a.contract for a in self.problem.staff}
        out: dict[str, list[PlannedShift]] = {a.id: [] for a in self.problem.staff}
        work = activity[activity["activity"] != "leave"]
        people: dict[str, list[Stretch]] = {}
        place = {t: grid.position(t) for t in {*work["start"], *work["end"]}}  # many rows, few times
        for r in activity_rows(work.sort_values(["agent", "start"], kind="stable")):
            stretch = (place[r.start], place[r.end], r.activity, r.queue)
            people.setdefault(r.agent, []).append(stretch)
        for agent, stretches in people.items():
            for part in _in_one_go(stretches):
                start, contract = grid.time(part[0][0]), contracts.get(agent)
                own = known.get((part[0][0], part[-1][1] - part[0][0]), [])
                if contract is not None:
                    own = [s for s in own if s.family in self.problem.contracts[contract].shifts]
                told = self.patterns.get((agent, start))
                own.sort(key=lambda s: (s.pattern != told, s.family in self.overtime.base))
                planned = _read(part, own, contract)
                if planned is None:
                    raise InputError(
                        f"what {agent} works from {start:%Y-%m-%d %H:%M} is no shift of the plan", file="activity.csv",
                        column="start", value=str(start), mend="Only rosters of planned shifts can be changed",
                    )  # fmt: skip
                out.setdefault(agent, []).append(planned)
        return {agent: tuple(shifts) for agent, shifts in out.items()}


def offered_by(week: WeekAgain, desk: RunningDesk, params: ActionParams) -> Offered:
    """Return what gives the other shifts that people may be offered on the running day."""
    assigned = week.assigned(week.activity)

    def offered(worth: np.ndarray) -> list[Variation]:
        return Offers(week.problem, assigned, desk, worth, params, week.overtime.base).variations()

    return offered


def _inputs(
    run: Path, minutes: Sequence[int], only: Collection[str] | None, day: str | None
) -> tuple[Inputs, Overtime]:
    """Return the inputs of a run from the copies that it keeps, and the overtime laid over them.

    What is asked for is the run's own requirement.
    """
    asked = read_arguments(run / "inputs" / ARGUMENTS)
    config, plan = read_plan(run / "inputs", asked.scenario, asked.overrides)
    steps = [m for m in minutes if m % config.site.grid_min == 0]
    overtime = overtime_of(plan, steps, only, day)
    before = run / "inputs" / "previous_activity.csv"
    with tempfile.TemporaryDirectory(prefix="busyhour-") as name:
        if before.is_file():
            shutil.copyfile(before, Path(name) / "activity.csv")
        options = RunOptions(
            week=asked.week, scenario=asked.scenario, plan=merged(asked.overrides, overtime.tables),
            previous=Path(name) if before.is_file() else None,
        )  # fmt: skip
        found = Inputs.from_requirement(run / "requirement.csv", run / "inputs" / "plan.toml", options=options)
    return found, overtime


def _in_one_go(stretches: Sequence[Stretch]) -> list[list[Stretch]]:
    """Return the stretches of one person, by start, in groups that follow each other without a gap."""
    out: list[list[Stretch]] = []
    for s in stretches:
        if out and out[-1][-1][1] == s[0]:
            out[-1].append(s)
        else:
            out.append([s])
    return out


def _read(part: Sequence[Stretch], shifts: Sequence[Shift], contract: str | None) -> PlannedShift | None:
    """Return what somebody works in one go as the first of some shifts whose pauses it has; None where it is none."""
    begin = part[0][0]
    pauses = [(a - begin, b - a, what) for a, b, what, _ in part if what in ("break", "lunch")]
    phone = [(a - begin, queue) for a, _, what, queue in part if what == "phone"]
    if len(pauses) + len(phone) != len(part) or not phone:
        return None
    for shift in shifts:
        fits = len(pauses) == len(shift.breaks) and all(
            low <= at <= high and (slots, what) == (length, kind)
            for (at, slots, what), (low, high, length, kind) in zip(pauses, shift.breaks, strict=True)
        )
        if fits:
            turns = [(at, queue) for (_, was), (at, queue) in pairwise(phone) if queue != was]
            return PlannedShift(shift, tuple(at for at, _, _ in pauses), phone[0][1], contract, tuple(turns))
    return None
