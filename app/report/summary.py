"""The summary.json of a run, read and checked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AllowInfNan, BaseModel, ConfigDict, Strict, ValidationError

from ...forecast.calendar.grid import refuse_far_year
from ...forecast.errors import InputError
from ...forecast.reading import json_of

KINDS_OF_PLANS = ("hiring",)
"""Words of ``kind`` in summaries of plans, beside none at all."""


def _week(text: str) -> str:
    refuse_far_year(dt.date.fromisoformat(text))
    return text


Number = Annotated[float, Strict(), AllowInfNan(False)] | None


def _time(text: str) -> str:
    dt.datetime.fromisoformat(text)
    return text


class _Missed(BaseModel):
    """A goal or a floor that the plan misses by simulation."""

    queue: str
    period: Literal["interval", "day", "week", "month", "contract"]
    start: Annotated[str, AfterValidator(_time)]
    goal: Annotated[float, Strict(), AllowInfNan(False)]
    simulated: Annotated[float, Strict(), AllowInfNan(False)]
    ci_lo: Number = None
    ci_hi: Number = None
    is_floor: Annotated[bool, Strict()]


class _FewHours(BaseModel):
    """Somebody without a shift, or with fewer hours than asked."""

    agent: str
    shifts: Annotated[int, Strict()]
    paid_h: Annotated[float, Strict(), AllowInfNan(False)]
    asked_h: Annotated[float, Strict(), AllowInfNan(False)]
    rule: str
    reason: str


class _Summary(BaseModel):
    """What reports read of a summary, and of which kind: every key may be absent, others may be there."""

    model_config = ConfigDict(extra="ignore")

    site: str | None = None
    note: str | None = None
    zone: str | None = None
    currency: str | None = None
    week: Annotated[str, AfterValidator(_week)] | None = None
    interval_min: Number = None
    grid_min: Number = None
    scenario: str | None = None
    status: str | None = None
    stopped: str | None = None
    cost: Number = None
    cost_wages: Number = None
    cost_prices: Number = None
    bound: Number = None
    gap: Number = None
    gap_in_slots: Number = None
    asked_gap: Number = None
    paid_hours: Number = None
    over_agent_hours: Number = None
    under_agent_hours: Number = None
    goals_missed: tuple[_Missed, ...] | None = None
    few_hours: tuple[_FewHours, ...] | None = None
    kept: dict[str, Number] | None = None
    floor_missed_intervals: Number = None
    floor_missed_worst: _Missed | None = None
    below_floor_agent_hours: Number = None
    below_floor_slots: Number = None
    below_floor_worst: dict[str, Any] | None = None
    schedule_fit: Number = None
    occupancy: Number = None
    open_shifts: Number = None
    violations: Number = None
    service_level_expected: Number = None
    service_level_simulated: Number = None
    service_level_ci: tuple[float, float] | None = None
    seconds: Number = None
    seed: Number = None
    notes: tuple[str, ...] = ()
    gap_history: tuple[tuple[Number, ...], ...] | None = None
    cost_prices_parts: dict[str, Number] | None = None
    goals: dict[str, str] | None = None
    queues: dict[str, dict[str, Any]] | None = None
    simulation: dict[str, Any] | None = None
    stages: dict[str, Number] | None = None
    versions: dict[str, str] | None = None
    input_hashes: dict[str, str] | None = None
    input_redacted: tuple[str, ...] = ()
    wages_shown: Annotated[bool, Strict()] = True
    roster: dict[str, Any] | None = None


def read_summary(path: Path, *, odd_figures: bool = False) -> dict[str, Any]:
    """Return the content of a summary.json; with `odd_figures` a figure may be anything, for `check` to judge.

    Raises
    ------
    InputError
        If the file cannot be read, is that of no plan, or a key holds something of another kind.
    """
    content = json_of(path)
    kind = content.get("kind") if isinstance(content, dict) else None
    if isinstance(kind, str) and kind not in KINDS_OF_PLANS:
        mend = "Name the folder of a run of plan or hire; the page of this one is its report.html"
        raise InputError(f"this is no plan, but of the kind {kind}", file=path.parent, mend=mend)
    try:
        _Summary.model_validate(content)
    except ValidationError as errors:
        found = [e for e in errors.errors() if not (odd_figures and _is_figure(e["loc"]))]
        if not found:
            return content
        error = found[0]
        key = ".".join(map(str, error["loc"]))
        what = f"key {key!r} cannot be read: {error['msg'][0].lower()}{error['msg'][1:]}"
        raise InputError(what, file=path, value=error["input"], mend="Plan the week again") from errors
    return content


def _is_figure(place: tuple[int | str, ...]) -> bool:
    """Whether a key of the summary, by its place, is one plain number."""
    field = _Summary.model_fields.get(str(place[0])) if place else None
    return field is not None and field.annotation == Number
