"""The hiring job: a planner's folder becomes a hiring plan; nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ...forecast.months.growth import Growth, Step
from ...forecast.progress import Watch
from ...schedule.hiring.problem import HiringProblem, Months
from ...schedule.hiring.solve import plan_hires
from ...schedule.plan.stages import timed
from ..inputs.inputs import Inputs
from ..inputs.options import RunOptions
from ..inputs.snapshot import InputFile
from .build import months_after, problem_of, refuse_conflicts
from .config import HiringFile
from .need import Need, measured_need
from .matters import matters_of, trials
from .outcome import HiringOutcome
from .schema import HiringConfig, Prices
from .state import State, read_state, state_of

STATE = "state.csv"


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
    with timed(stages, "need"):
        need = need_of(given, eye)
    eye.raise_if_stopped()
    leave, notes = attrition(config, given.state)

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
        breaks={name: group.breaks for name, group in need.groups.items()},
        site=plan.site.name, currency=plan.costs.currency, files=given.files, stages=stages, stopped=stopped,
        notes=(*given.inputs.notes, *given.state.notes, *need.notes, *notes, *_labelled(given.file)),
    )  # fmt: skip
    if stopped:
        return outcome
    return outcome


def attrition(config: HiringConfig, state: State) -> tuple[np.ndarray, list[str]]:
    """Return the probabilities to leave by month of tenure, given or estimated, and what is to be said of them."""
    if config.people.attrition != "estimate":
        return np.array(config.people.attrition), []
    raise NotImplementedError


def need_of(given: HiringInputs, watch: Watch) -> Need:
    """Return what the months need, with the growth and the factors of hiring.toml."""
    config = given.file.config
    steps = tuple(Step(s.date, s.factor, s.queue) for s in config.step)
    return measured_need(
        given.inputs,
        given.months,
        groups=given.state.groups,
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
