"""The schema of `plan.toml`: its tables, their keys, defaults and ranges."""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ...forecast.calendar.grid import WEEKDAYS, Grid, known_zone, refuse_far_year
from ...forecast.errors import InputError
from ...forecast.queueing.goal.targets import BEYOND, ServiceGoal
from ...forecast.ranges import DAY_S, refuse_beyond, refuse_odd_patience
from ...schedule.plan.settings import RANGES as SOLVE_RANGES
from ...schedule.plan.settings import SolveSettings
from ...schedule.problem.costs import Costs
from ...schedule.problem.horizon import Horizon
from ...schedule.problem.period_terms import FIXED, PeriodTerms
from ...schedule.problem.shift_families import DAY_MIN, ShiftFamily
from ...schedule.problem.staff import Contract
from ...schedule.rules.rules import SPECS, ContractRules, Rules
from ..intake.mapping import Intake
from ..intake.names import nearest


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Site(_Strict):
    """Where and on which time axis the centre is planned."""

    name: str = "Centre"
    zone: str | None = None
    week_start: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    interval_min: int = Field(default=30, ge=1, le=DAY_MIN)
    grid_min: int = Field(default=15, ge=1, le=DAY_MIN)
    week: dt.date | None = None
    country: str | None = None
    subdivision: str | None = None
    paydays: tuple[int | Literal["last"], ...] = ()
    note: str = ""

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None:
            known_zone(value)
        return value

    @field_validator("interval_min", "grid_min")
    @classmethod
    def _divides_a_day(cls, value: int) -> int:
        if DAY_MIN % value:
            raise InputError("does not divide a day", value=value, mend="Use 5, 10, 15, 30 or 60")
        return value

    @field_validator("week")
    @classmethod
    def _known_year(cls, value: dt.date | None) -> dt.date | None:
        if value is not None:
            refuse_far_year(value)
        return value


class Queue(_Strict):
    """One queue: its goal, its callers' patience, where its handle time comes from."""

    goal: ServiceGoal
    patience_s: float | None = Field(default=None, gt=0)
    handle_s: float | None = Field(default=None, gt=0, le=DAY_S)
    handle_cv: float = Field(default=1.0, ge=0, le=10)
    model: str = "auto"
    requirement: Literal["erlang_a", "erlang_c", "moving"] | None = None
    opening: Mapping[str, str] | None = None
    period: PeriodTerms | None = None

    @field_validator("patience_s")
    @classmethod
    def _known_patience(cls, value: float | None) -> float | None:
        refuse_odd_patience(value)
        return value

    def erlang(self, *, hang_up: bool) -> str:
        """Return the queueing model: as configured, else Erlang A where callers `hang_up`, Erlang C where none does."""
        if self.requirement in (None, "moving"):
            return "erlang_a" if hang_up else "erlang_c"
        return self.requirement


class Shrinkage(_Strict):
    """Paid time off the phone, as shares: `planned` is placed by hand, `unplanned` is absence (or one per weekday)."""

    planned: float = Field(default=0.0, ge=0, lt=0.9)
    unplanned: float | Mapping[str, float] = 0.0

    @field_validator("unplanned")
    @classmethod
    def _shares(cls, value: float | Mapping[str, float]) -> float | Mapping[str, float]:
        for day, share in value.items() if isinstance(value, Mapping) else [("default", value)]:
            if day not in (*WEEKDAYS, "default"):
                raise InputError("unknown weekday", value=day, mend=f"One of {', '.join(WEEKDAYS)}, default")
            if not 0 <= share < 0.9:
                raise InputError("Expected a share from 0 to below 0.9", value=share, mend="8 % is 0.08")
        return value

    def absent(self, grid: Grid) -> np.ndarray:
        """Return the unplanned share per interval of `grid`."""
        if not isinstance(self.unplanned, Mapping):
            return np.full(len(grid), self.unplanned)
        other = self.unplanned.get("default", 0.0)
        by_day = np.array([self.unplanned.get(d, other) for d in WEEKDAYS])
        return np.asarray(by_day[grid.starts.day_of_week])


class Solve(_Strict):
    """How long and how hard to optimise.

    `time_limit_s` covers shifts and people together; `gap` is the share at which the plan is good enough.
    """

    time_limit_s: float = SolveSettings.time_limit_s
    gap: float = SolveSettings.gap
    seed: int = SolveSettings.seed
    threads: int = SolveSettings.threads

    @model_validator(mode="after")
    def _in_range(self) -> Solve:
        refuse_beyond(self, {name: SOLVE_RANGES[name] for name in type(self).model_fields})
        return self


class StoreAddress(_Strict):
    """Where calls, forecasts and what became of plans are kept."""

    url: str = "sqlite:///busyhour.db"
    site: str | None = None


class Sla(_Strict):
    """The contract that the plan serves: its file, and what its goals are counted from; all beside `plan.toml`."""

    contract: str
    calls: tuple[str, ...] = ()
    quality: str | None = None
    measured: str | None = None

    @field_validator("contract", "calls", "quality", "measured")
    @classmethod
    def _beside_the_plan(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for name in (value,) if isinstance(value, str) else value or ():
            if not name or set("/\\") & set(name):
                raise InputError("not the name of a file beside plan.toml", value=name, mend="Put the file there")
        return value


class Config(_Strict):
    """All of `plan.toml`."""

    site: Site = Site()
    intake: Intake = Intake()
    opening: Mapping[str, str] = Field(default_factory=lambda: dict.fromkeys(WEEKDAYS, "00:00-24:00"))
    queue: Mapping[str, Queue]
    shrinkage: Shrinkage = Shrinkage()
    shift: Mapping[str, ShiftFamily] = Field(default_factory=dict)
    contract: Mapping[str, Contract] = Field(default_factory=dict)
    rules: Rules = Rules()
    costs: Costs = Costs()
    solve: Solve = Solve()
    store: StoreAddress = StoreAddress()
    sla: Sla | None = None
    cyclic: bool = False

    @model_validator(mode="after")
    def _names_agree(self) -> Config:
        if not self.queue:
            raise InputError("no queue", column="queue", mend="Add a [queue.NAME] with a [queue.NAME.goal]")
        self._rules_agree("rules", self.rules)
        for name, queue in self.queue.items():
            _refuse_unfit_period(name, queue)
        for contract in self.contract.values():
            key = f"contract.{contract.name}"
            self._known(contract.shifts, f"{key}.shifts")
            self._rules_agree(key, contract)
        return self

    def _rules_agree(self, table: str, holder: Rules | ContractRules) -> None:
        """Refuse rules of unknown families, and least values above the most."""
        for key, spec in SPECS.items():
            for rest, families in spec.families(getattr(holder, key, None) or {}):
                self._known(families, f"{table}.{key}{rest}")
        for key, spec in SPECS.items():
            if spec.not_above is None:
                continue
            limit, wrong = spec.not_above
            least, most = (
                getattr(self.rules, name) if getattr(holder, name) is None else getattr(holder, name)
                for name in (key, limit)
            )
            if least > most:
                raise InputError(wrong, column=f"{table}.{key}", value=least, mend=f"{limit} is {most}")

    def _known(self, families: typing.Iterable[str], key: str) -> None:
        for name in families:
            if name not in self.shift:
                raise InputError("unknown shift family", column=key, value=name, mend=nearest(name, self.shift))

    def horizon(self, week: dt.date) -> Horizon:
        """Return the days and slots of the week that begins on `week`.

        Raises
        ------
        InputError
            If `week` is not the configured first day of a week.
        """
        if WEEKDAYS[week.weekday()] != self.site.week_start:
            raise InputError(
                f"{week} is a {WEEKDAYS[week.weekday()]}, weeks start on {self.site.week_start}",
                column="week",
                mend="Name the first day of the week, or change site.week_start",
            )
        coarse = Horizon.of_weeks(week, 1, self.site.interval_min, self.site.zone)
        return Horizon(coarse.grid.finer(self.site.grid_min))


def _refuse_unfit_period(name: str, queue: Queue) -> None:
    """Refuse terms of a period that the goal does not have, and a contract's period without its days."""
    goal, terms, key = queue.goal, queue.period, f"queue.{name}"
    if terms is not None and goal.basis not in BEYOND:
        raise InputError("a goal inside the week has no terms of a longer period", column=f"{key}.period",
                         value=goal.basis, mend=f'Write basis = "month" or "contract" in [{key}.goal]')  # fmt: skip
    if goal.basis == "contract" and (terms is None or terms.first is None or terms.last is None):
        raise InputError("the period of the contract is unknown", column=f"{key}.period.first",
                         mend=f"Give first and last in [{key}.period]")  # fmt: skip
    if terms is not None and goal.basis == "month" and (terms.first is not None or terms.last is not None):
        raise InputError("a month knows its own days", column=f"{key}.period.first",
                         mend='Leave first and last out, or write basis = "contract"')  # fmt: skip
    if terms is not None and terms.ladder and goal.definition not in FIXED:
        raise InputError("a ladder needs a definition that counts every call", column=f"{key}.goal.definition",
                         value=goal.definition, mend=f"One of {', '.join(FIXED)}")  # fmt: skip
