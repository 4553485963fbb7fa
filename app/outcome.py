"""Everything that a run has decided, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from ..forecast.predict import Forecast
from ..schedule.diagnose.explain import explain, explain_open
from ..schedule.diagnose.few_hours import FewHours, few_hours
from ..schedule.judge.check import Verdict
from ..schedule.plan.activity import cover_table, open_table, roster_table
from ..schedule.plan.changes import changes_table
from ..schedule.plan.decision import Decision
from ..schedule.plan.figures import service_table
from .inputs.inputs import Inputs


def forecast_tables(forecast: Forecast) -> dict[str, pd.DataFrame]:
    """Return the tables of a forecast by the names of their files."""
    past = forecast.past
    return {
        "volume": forecast.volume,
        "backtest": forecast.backtest,
        "handle_backtest": forecast.handle_backtest,
        "volume_parts": forecast.parts,
        "past_weeks": past.assign(origin=pd.to_datetime(past["origin"]).dt.date),
        "history": forecast.history,
        "quality": forecast.quality,
    }


@dataclass(frozen=True, eq=False)
class Outcome:
    """Everything that a run has decided; nothing is written.

    Attributes
    ----------
    inputs
        What the run was made from.
    decision
        The plan and what is known of its cost and service.
    verdict
        The judge's; a plan that did not pass is never published.
    requirement, curve
        Agents required and service curves of the planned days; without curves None.
    forecast
        None where the requirement was made elsewhere.
    stages
        Seconds per stage.
    notes
        What the reader should know of the inputs, a sentence each.
    stopped
        Whether the user stopped the run at any stage.
    """

    inputs: Inputs
    decision: Decision
    verdict: Verdict
    requirement: pd.DataFrame = field(repr=False)
    curve: pd.DataFrame | None = field(default=None, repr=False)
    forecast: Forecast | None = field(default=None, repr=False)
    stages: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    stopped: bool = False

    @property
    def activity(self) -> pd.DataFrame:
        """Who does what when; the finest truth of the plan."""
        return self.decision.activity

    @property
    def coverage(self) -> pd.DataFrame:
        """Agents required and on the phone per slot, and the service to expect."""
        return self.decision.coverage

    @cached_property
    def service(self) -> pd.DataFrame:
        """Goal, expected and simulated service per queue and interval, day, week."""
        return service_table(self.decision)

    @cached_property
    def roster(self) -> pd.DataFrame:
        """One row per agent and shift."""
        return roster_table(self.decision.assigned, self.decision.problem.grid)

    @cached_property
    def few_hours(self) -> list[FewHours]:
        """Who got no shift, or fewer hours than the contract asks, and why; after a stop without reasons."""
        return few_hours(self.decision.problem, self.decision.assigned, look=not self.stopped)

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Every table of the run by the name of its file; those that a run does not have are left out."""
        found, grid = self.decision, self.decision.problem.grid
        out = {
            "requirement": self.requirement,
            "curve": self.curve,
            "cover": cover_table(found.planned),
            "activity": self.activity,
            "coverage": self.coverage,
            "service": self.service,
            "explain": explain(found.problem, found.assigned, found.coverage),
        }
        if found.named:
            out |= {
                "roster": self.roster,
                "open_shifts": open_table(found.open, grid),
                "open_reasons": explain_open(found.problem, found.assigned, found.open),
            }
        if any(agent.kept for agent in found.problem.staff):
            out["changed_days"] = changes_table(found)
        if self.forecast is not None:
            out |= forecast_tables(self.forecast)
        return {name: table for name, table in out.items() if table is not None}
