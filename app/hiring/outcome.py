"""Everything that a hiring run has decided, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...schedule.hiring.answers import Answer, Missed
from ...schedule.hiring.plan import HiringPlan
from ...schedule.hiring.problem import HiringProblem
from ...schedule.hiring.simulate import Simulated
from ..inputs.snapshot import InputFile
from .config import HiringFile
from .state import State


@dataclass(frozen=True)
class Matter:
    """What the plan would be with one default elsewhere.

    Parameters
    ----------
    key
        Key of hiring.toml, like ``people.training_weeks``.
    meaning
        In words.
    default, low, high
        As they are told.
    hires, cost
        People to hire with the low and with the high value, less those of the plan; and by how much the expected money
        surely changes, by the proven bounds.
    """

    key: str
    meaning: str
    default: str
    low: str
    high: str
    hires: tuple[float, float]
    cost: tuple[float, float]

    @property
    def weight(self) -> float:
        """The larger change of the money."""
        return max(abs(c) for c in self.cost)


@dataclass(frozen=True, eq=False)
class HiringOutcome:
    """Everything that a hiring run has decided; nothing is written.

    Parameters
    ----------
    file
        What hiring.toml says.
    state
        Today's people.
    problem, plan
        What was planned, and the plan.
    load_h
        Group → hours of calls in each month, at the mean of the forecast, shape (T,): what the spreadsheet formula
        begins with.
    breaks
        Group → paid breaks as a share of paid time, which the formula counts as shrinkage.
    loss
        Schedule loss as measured, a row a group, kind of week and mix of contracts.
    site, currency
        Of plan.toml.
    files
        Content and hash of every input.
    staff
        The text cells of staff.csv.
    simulated
        None where the run was stopped before.
    matters
        Defaults by the change that they make, the largest first.
    answers
        To what a manager asks.
    missed
        Which limits keep a month below the wanted chance, and the cheapest relief; None where none is missed or nothing
        was asked.
    notes
        What the reader should know, a sentence each.
    stages
        Seconds per stage.
    stopped
        Whether the user stopped the run.
    """

    file: HiringFile
    state: State
    problem: HiringProblem
    plan: HiringPlan
    load_h: Mapping[str, np.ndarray]
    breaks: Mapping[str, float]
    loss: pd.DataFrame
    site: str
    currency: str
    files: Mapping[str, InputFile] = field(default_factory=dict, repr=False)
    staff: pd.DataFrame | None = field(default=None, repr=False)
    simulated: Simulated | None = None
    matters: tuple[Matter, ...] = ()
    answers: tuple[Answer, ...] = ()
    missed: Missed | None = None
    notes: tuple[str, ...] = ()
    stages: Mapping[str, float] = field(default_factory=dict)
    stopped: bool = False
