"""The hiring job: a planner's folder becomes a hiring plan; nothing is written here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ...forecast.months.growth import Growth, Step
from ...forecast.progress import Stopped, Watch
from ...schedule.hiring.answers import Asked
from ...schedule.hiring.cross_trained import cross_trained
from ...schedule.hiring.problem import HiringProblem, Months
from ...schedule.hiring.simulate import simulate
from ...schedule.hiring.solve import plan_hires
from ...schedule.plan.stages import timed
from ..inputs.inputs import Inputs
from ..inputs.options import RunOptions
from ..inputs.snapshot import InputFile
from .build import months_after, problem_of
from .config import HiringFile
from .conflicts import refuse_conflicts, refuse_unknown
from .group_need import Need
from .leaving import leaving_of
from .matters import NEAR, matters_of, trials
from .need import measured_need
from .outcome import HiringOutcome
from .promise import broken, fresh_demand
from .questions import answers_of, missed_by, questions_of
from .remarks import remarks_of
from .schema import HiringConfig
from .state import State, offers_of, read_state, state_of

STATE = "state.csv"
PATHS = 1000
"""Paths of the simulation: a chance is then known to 3 points."""
FRESH = 104_729
"""Added to the seed: the simulation's calls are not those that the plan was made for."""
SAMPLES_SHARE = 0.3
"""Share of the time that sample weeks may take, all groups together."""
NEED_SHARE = 0.7
"""Share of the time after which the need is measured no finer than it has to be."""
PLAN_SHARE = 0.5
"""Share of the time left after the need that the search for the plan may take, at least."""
LEAST_PLAN_S = 3.0
"""Seconds that the plan has in any case: the tuned rule takes no longer."""
MOST_AFTER_S = 120.0
"""Seconds kept for what follows the plan, at most."""
LEAST_EACH_S, MOST_EACH_S = 1.0, 3.0
"""Seconds of each plan with one thing changed: in less there is none worth telling, more change little."""


@dataclass(frozen=True)
class HiringOptions:
    """What the caller of a hiring run may set beside its files; None leaves it to hiring.toml.

    Parameters
    ----------
    months, seed, time_limit_s, gap
        In place of those of hiring.toml.
    scenario
        Name of the scenario to lay over the files.
    as_of
        A state file in place of what staff.csv tells.
    """

    months: int | None = None
    scenario: str | None = None
    as_of: Path | None = None
    seed: int | None = None
    time_limit_s: float | None = None
    gap: float | None = None

    @property
    def overrides(self) -> dict[str, int | float]:
        """The keys of hiring.toml that the caller set."""
        asked = {"months": self.months, "seed": self.seed, "time_limit_s": self.time_limit_s, "gap": self.gap}
        return {key: value for key, value in asked.items() if value is not None}


@dataclass(frozen=True, eq=False)
class HiringInputs:
    """All that one hiring run is made from, read before anything is planned.

    Parameters
    ----------
    file
        What hiring.toml says.
    inputs
        The planner's folder: plan.toml, calls, people.
    state
        Today's people.
    months
        The months to plan.
    files
        Content and hash of every file by name.
    """

    file: HiringFile
    inputs: Inputs
    state: State
    months: Months
    files: Mapping[str, InputFile]

    @classmethod
    def read(cls, folder: Path, options: HiringOptions, watch: Watch | None = None) -> HiringInputs:
        """Read a planner's folder.

        Raises
        ------
        InputError
            On anything that cannot be read without guessing.
        Infeasible
            If classes on their way break a limit.
        """
        file = HiringFile.read(folder, options.scenario, options.overrides)
        asked = RunOptions(scenario=file.scenario if file.plan_scenario else None, plan=file.config.plan)
        inputs = Inputs.from_folder(folder, asked, watch)
        offers = offers_of(file.config.classes.most, file.config.classes.drop_out)
        state = state_of(inputs.texts.get("staff"), inputs.config, file.config.group, inputs.week, offers)
        files = {**inputs.files, **file.files}
        if options.as_of is not None:
            files[STATE] = InputFile.table(options.as_of)
            state = read_state(options.as_of, state)
        months = months_after(state.as_of, file.config.months)
        refuse_unknown(file.config, inputs.config, state)
        refuse_conflicts(file.config, state, months)
        return cls(file, inputs, state, months, files)

    def holidays(self) -> list[dt.date]:
        """Return the public holidays from the day of the state to the end of the planned months."""
        first, count = self.state.as_of, (self.months.starts()[-1] - self.state.as_of).days
        days = [first + dt.timedelta(days=i) for i in range(count)]
        return [day for day in days if self.inputs.calendar.holiday(day)]

    def failing(self, share: float) -> HiringInputs:
        """Return the inputs where `share` of a class fails."""
        config = self.file.config
        people = config.people.model_copy(update={"fails": share})
        return replace(self, file=replace(self.file, config=config.model_copy(update={"people": people})))


def hire(given: HiringInputs, watch: Watch | None = None) -> HiringOutcome:
    """Plan hires: need, plan, simulation, what changes are worth, and which defaults matter.

    The time limit holds for all of these. The need takes what it takes, sample weeks a part at most; then the plan has
    half of the rest at least, and what it leaves goes to the others. Nothing is written; see `publish`.

    Raises
    ------
    InputError
        On inputs that contradict each other.
    Stopped
        If stopped before there was any plan.
    """
    eye, stages = watch or Watch(), {"read": given.inputs.seconds}
    clock = eye.within(max(0.0, given.file.config.time_limit_s - given.inputs.seconds))
    leaves = leaving_of(given.file, given.state)
    given = given.failing(leaves.fails)
    config, plan = given.file.config, given.inputs.config
    with timed(stages, "need"):
        need = need_of(given, eye, eye.within(max(0.0, clock.left_s - (1.0 - NEED_SHARE) * config.time_limit_s)))
    short = (f"reading and measuring the need took {given.inputs.seconds + stages['need']:.0f} s, time_limit_s is "
             f"{config.time_limit_s:g}: the plan has {LEAST_PLAN_S:g} s all the same")  # fmt: skip
    eye.raise_if_stopped()
    closed = {name: need.far.closed(group.queues) for name, group in need.groups.items()}
    holidays = given.holidays()

    def problem(other: HiringConfig) -> HiringProblem:
        return problem_of(other, plan, given.state, given.months, need.groups, leaves.leave, base=given.file.base,
                          closed=closed, holidays=holidays)  # fmt: skip

    asked = problem(config)
    eye.keeps.set()
    left = clock.left_s
    with timed(stages, "plan"):
        found = plan_hires(asked, watch=eye, time_limit_s=max(LEAST_PLAN_S, PLAN_SHARE * left, left - MOST_AFTER_S),
                           gap=config.gap, seed=config.seed, threads=config.threads)  # fmt: skip
    stopped = eye.stopped
    outcome = HiringOutcome(
        file=given.file, state=given.state, problem=asked, plan=found, load_h=need.load_h, loss=need.loss,
        breaks={name: group.breaks for name, group in need.groups.items()}, site=plan.site.name,
        currency=plan.costs.currency, files=given.files, staff=given.inputs.texts.get("staff"), stages=stages,
        stopped=stopped,
        notes=(*given.inputs.notes, *given.state.notes, *need.notes, *leaves.notes, *[short] * clock.time_is_up,
               *remarks_of(given.file, given.state, given.months)),
    )  # fmt: skip
    return outcome if stopped else _judged(outcome, need, problem, clock, stages)


def _judged(
    outcome: HiringOutcome,
    need: Need,
    problem: Callable[[HiringConfig], HiringProblem],
    clock: Watch,
    stages: dict[str, float],
) -> HiringOutcome:
    """Return `outcome` with its simulation, the worth of changes, and the defaults that matter.

    A stop or the end of the time leaves out the rest, and a note says so.

    Parameters
    ----------
    problem
        The hiring problem of a configuration.
    clock
        With the time limit of the run.
    """
    asked, plan, config = outcome.problem, outcome.plan, outcome.file.config
    questions, every = questions_of(asked, plan, config.chance), trials(config, outcome.file.given, asked)
    plans = sum(not q.keeps_plan for q in questions) + 2 * len(every) + 1
    try:
        with timed(stages, "simulation"):
            seed = config.seed + FRESH
            found = simulate(asked, plan, demand=fresh_demand(need, PATHS, seed), seed=seed, watch=clock)
        outcome = replace(outcome, simulated=found, notes=(*outcome.notes, *broken(asked, plan, found)))
        each_s = min(MOST_EACH_S, max(LEAST_EACH_S, clock.left_s / plans))
        with timed(stages, "answers"):
            answers = answers_of(questions, asked, plan, clock, Asked(each_s, NEAR, config.seed, config.threads))
            crossed = cross_trained(asked, plan, clock)
        missed = missed_by(questions, answers, asked, plan, config.chance)
        outcome = replace(outcome, answers=(*answers, *crossed), missed=missed)
        with timed(stages, "defaults"):
            matters = () if clock.stopped or clock.time_is_up else matters_of(every, config, problem, clock, each_s)
        outcome = replace(outcome, matters=matters)
    except Stopped:
        return _noted(outcome, "the run was stopped when the plan was done: what follows the plan is left out")
    lacks = [
        f"{asked_for - told} of {asked_for} {what}"
        for asked_for, told, what in (
            (len(questions), len(answers), "changes whose worth is told"),
            (len(every), len(matters), "defaults that are tried"),
        )
        if told < asked_for
    ]
    if not lacks:
        return outcome
    why = "the run was stopped when the plan was done" if clock.stopped else "time was up; more time_limit_s has them"
    return _noted(outcome, f"left out: {' and '.join(lacks)} ({why})")


def _noted(outcome: HiringOutcome, note: str) -> HiringOutcome:
    return replace(outcome, notes=(*outcome.notes, note))


def need_of(given: HiringInputs, watch: Watch, hurry: Watch | None = None) -> Need:
    """Return what the months need, with the growth and the factors of hiring.toml; `hurry` as in `measured_need`."""
    config, groups = given.file.config, given.state.groups
    steps = tuple(Step(s.date, s.factor, s.queue) for s in config.step)
    return measured_need(
        given.inputs,
        given.months,
        groups=groups,
        hired=[c for c in given.inputs.config.contract if c not in config.contract or config.contract[c].hired],
        growth=Growth(config.growth, steps),
        volume=config.factors.volume,
        handle_time=config.factors.handle_time,
        scenarios=config.draws,
        seed=config.seed,
        watch=watch,
        time_limit_s=min(config.sample_s, SAMPLES_SHARE * config.time_limit_s / len(groups)),
        hurry=hurry,
        paid_week={n: c.hours_week for n, c in config.contract.items() if c.hours_week is not None},
    )
