"""What the caller of a run may set beside its files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..config.plan_toml import merged


@dataclass(frozen=True)
class RunOptions:
    """What the caller of a run may set beside its files; None leaves it to plan.toml.

    Parameters
    ----------
    week
        First day of the week to plan.
    scenario
        Name of the ``[scenario.NAME]`` to lay over the plan.
    seed, time_limit_s, gap
        In place of those of ``[solve]``.
    previous
        Run folder of the week before: rest, days in a row and shifts that run on count.
    keep
        Run folder of an earlier plan of the same week: each day of a person that differs has a price.
    plan
        Tables laid over plan.toml, its scenario included.
    """

    week: dt.date | None = None
    scenario: str | None = None
    seed: int | None = None
    time_limit_s: float | None = None
    gap: float | None = None
    previous: Path | None = None
    plan: Mapping[str, Any] = field(default_factory=dict)
    keep: Path | None = None

    @property
    def overrides(self) -> dict[str, Any]:
        """The tables of plan.toml that the caller set."""
        asked = {"seed": self.seed, "time_limit_s": self.time_limit_s, "gap": self.gap}
        given = {key: value for key, value in asked.items() if value is not None}
        return merged(self.plan, {"solve": given}) if given else dict(self.plan)
