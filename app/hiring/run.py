"""The hiring job: a planner's folder becomes a hiring plan; nothing is written here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...forecast.months.growth import Growth, Step
from ...forecast.progress import Stopped, Watch
from ...schedule.hiring.answers import (
    Answer,
    Asked,
    changed,
    fewer_leave,
    lowest,
    one_head_more,
    one_head_trained,
    waiting,
    without_limits,
)
from ...schedule.hiring.attrition import estimate
from ...schedule.hiring.plan import HiringPlan
from ...schedule.hiring.problem import Head, HiringProblem, Months
from ...schedule.hiring.simulate import simulate
from ...schedule.hiring.solve import plan_hires
from ...schedule.plan.stages import timed
from ..inputs.inputs import Inputs
from ..inputs.options import RunOptions
from ..inputs.snapshot import InputFile
from .build import months_after, problem_of, refuse_conflicts, refuse_unknown
from .config import HiringFile
from .group_need import Need
from .matters import NEAR, matters_of, trials
from .need import measured_need
from .outcome import HiringOutcome
from .schema import HiringConfig
from .state import State, read_state, state_of

STATE = "state.csv"
PATHS = 1000
"""Paths of the simulation: a chance is then known to 3 points."""
EACH_S = 2.0
"""Seconds of each plan with one thing changed: about thirty of them are made, within a minute in all."""


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
        state = state_of(inputs.texts.get("staff"), inputs.config, file.config.group, inputs.week)
        files = {**inputs.files, **file.files}
        if options.as_of is not None:
            files[STATE] = InputFile.table(options.as_of)
            state = read_state(options.as_of, state)
        months = months_after(state.as_of, file.config.months)
        refuse_unknown(file.config, inputs.config, state)
        refuse_conflicts(file.config, state, months)
        return cls(file, inputs, state, months, files)


def hire(given: HiringInputs, watch: Watch | None = None) -> HiringOutcome:
    """Plan hires: need, plan, simulation, and which defaults matter.

    Nothing is written; see `publish`.

    Raises
    ------
    InputError
        On inputs that contradict each other.
    Stopped
        If stopped before there was any plan.
    """
    eye, stages = watch or Watch(), {"read": given.inputs.seconds}
    config, plan = given.file.config, given.inputs.config
    leave, notes = attrition(config, given.state)
    with timed(stages, "need"):
        need = need_of(given, eye)
    eye.raise_if_stopped()

    def problem(other: HiringConfig) -> HiringProblem:
        return problem_of(other, plan, given.state, given.months, need.groups, leave)

    asked = problem(config)
    eye.keeps.set()
    with timed(stages, "plan"):
        found = plan_hires(asked, watch=eye, time_limit_s=config.time_limit_s, gap=config.gap, seed=config.seed,
                           threads=config.threads)  # fmt: skip
    stopped = eye.stopped
    outcome = HiringOutcome(
        file=given.file, state=given.state, problem=asked, plan=found, load_h=need.load_h, loss=need.loss,
        breaks={name: group.breaks for name, group in need.groups.items()}, site=plan.site.name,
        currency=plan.costs.currency, files=given.files, stages=stages, stopped=stopped,
        notes=(*given.inputs.notes, *given.state.notes, *need.notes, *notes, *_labelled(given.file)),
    )  # fmt: skip
    return outcome if stopped else _judged(outcome, problem, eye, stages)


def _judged(
    outcome: HiringOutcome,
    problem: Callable[[HiringConfig], HiringProblem],
    watch: Watch,
    stages: dict[str, float],
) -> HiringOutcome:
    """Return `outcome` with its simulation, the defaults that matter, and the worth of changes; a stop leaves out more.

    Parameters
    ----------
    problem
        The hiring problem of a configuration.
    """
    asked, config = outcome.problem, outcome.file.config
    try:
        with timed(stages, "simulation"):
            found = simulate(asked, outcome.plan, paths=PATHS, seed=config.seed, watch=watch)
            outcome = replace(outcome, simulated=found)
        with timed(stages, "answers"):
            outcome = replace(outcome, answers=answers_of(asked, outcome.plan, config, watch))
        with timed(stages, "defaults"):
            every = trials(config, outcome.file.given, asked)
            outcome = replace(outcome, matters=matters_of(every, config, problem, watch, EACH_S))
    except Stopped:
        note = "the run was stopped when the plan was done: simulation, worth of changes or defaults are left out"
        outcome = replace(outcome, notes=(*outcome.notes, note))
    return outcome


def answers_of(problem: HiringProblem, plan: HiringPlan, config: HiringConfig, watch: Watch) -> tuple[Answer, ...]:
    """Return what waiting, the limits, leavers and single people are worth."""
    free = list(without_limits(problem))
    looser = {what for what, _ in free}
    cases = [("deciding nothing for a month", waiting(problem)), *free]
    for kind in problem.kinds:
        if kind.staff:
            cases.append((f"one experienced head more of {kind.name}", one_head_more(problem, kind.name)))
    for i, way in enumerate(problem.transfers):
        cases.append((f"one head of {way.source} trained for {way.target} today", one_head_trained(problem, i)))
    cases.append(("leaving lower by one point a month", fewer_leave(problem)))
    asked, quiet = Asked(EACH_S, NEAR, config.seed, config.threads), Watch(stop=watch.stop, keeps=watch.keeps)
    out = []
    for i, (what, other) in enumerate(cases):
        watch.raise_if_stopped()
        watch.tell("answers", what, share=i / len(cases))
        found = changed(problem, plan, what, other, quiet, asked)
        watch.raise_if_stopped()  # a plan that was cut short tells nothing
        if found.saves < 0 and what in looser:  # the plan itself is still possible, and cheaper than the one found
            missing = float(sum(g.missing.sum() for g in plan.groups.values()))
            found = replace(found, saves=0.0, at_least=0.0, missing_h=missing, lowest=lowest(problem, plan))
        out.append(found)
    return tuple(out)


def attrition(config: HiringConfig, state: State) -> tuple[np.ndarray, list[str]]:
    """Return the probabilities to leave by month of tenure, given or estimated, and what is to be said of them."""
    if config.people.attrition != "estimate":
        return np.array(config.people.attrition), []
    spells = state.spells.dropna(subset=["hired"])
    left = spells["left"].dropna()
    past = left[left < pd.Timestamp(state.as_of)]
    if past.empty:
        mend = "Keep former people there with their leave_date, or give the probabilities"
        raise InputError("nobody's leaving is on file", file="staff.csv", column="leave_date", mend=mend)
    people = [
        Head(h.date(), None if pd.isna(e) else e.date() + dt.timedelta(days=1))
        for h, e in zip(spells["hired"], spells["left"], strict=True)
    ]
    found = estimate(people, state.as_of, seen_from=past.min().date())
    told = ", ".join(f"from month {m}: {100 * q:.1f} %" for m, q in zip(found.buckets, found.leave, strict=True))
    note = (
        f"attrition a month is estimated from {int(found.leavers.sum())} people who left since {past.min().date()} and "
        f"{found.exposure.sum() / 12:,.0f} years of work: {told}"
    )
    return found.by_month(), [note]


def need_of(given: HiringInputs, watch: Watch) -> Need:
    """Return what the months need, with the growth and the factors of hiring.toml."""
    config = given.file.config
    steps = tuple(Step(s.date, s.factor, s.queue) for s in config.step)
    return measured_need(
        given.inputs,
        given.months,
        groups=given.state.groups,
        hired=[c for c in given.inputs.config.contract if c not in config.contract or config.contract[c].hired],
        growth=Growth(config.growth, steps),
        volume=config.factors.volume,
        handle_time=config.factors.handle_time,
        scenarios=config.draws,
        seed=config.seed,
        watch=watch,
        time_limit_s=config.sample_s,
    )


def _labelled(file: HiringFile) -> tuple[str, ...]:
    """Say that defaults are examples."""
    if not file.files and not file.given:
        return ("there is no hiring.toml: attrition, training, speed and prices are examples, to be replaced",)
    return ()
