"""Service goals: what is promised, how it is counted, over which period."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import InputError
from ...ranges import DAY_S, MOST_AGENTS, Range, refuse_beyond
from ..formulas.service_level import DEFINITIONS

BASES = ("interval", "day", "week", "month", "contract")
BEYOND = ("month", "contract")
"""Bases whose periods reach beyond a planned week."""
_SHARE, _SECONDS = Range(0, 1, "A share: 80 % is 0.8"), Range(0, DAY_S, "Seconds, at most a day")
RANGES = {
    "level": _SHARE,
    "floor": _SHARE,
    "max_abandon": _SHARE,
    "max_occupancy": _SHARE,
    "max_wait_share": _SHARE,
    "within_s": _SECONDS,
    "short_s": _SECONDS,
    "max_asa_s": _SECONDS,
    "max_asa_all_s": _SECONDS,
    "min_agents": Range(0, MOST_AGENTS),
}
"""Ranges of a goal's numbers."""


@dataclass(frozen=True)
class ServiceGoal:
    """A share `level` of the calls answered within `within_s` seconds, and what else must hold.

    Parameters
    ----------
    level
        Share (0–1) of the calls that `definition` counts.
    within_s
        Answer-time threshold; a wait of exactly `within_s` is in time.
    definition
        ``offered``: answered in time / offered; ``answered``: / answered; ``total``: (answered + abandoned in
        time) / offered; ``excl_short``: answered in time / (offered − abandoned within `short_s`).
    basis
        Period over which the goal must hold, calls pooled: ``interval``, ``day``, ``week``, ``month`` (of the calendar)
        or ``contract`` (from `period.first` to `period.last`).
    floor
        Least service level of every open interval when `basis` is longer than an interval.
    max_abandon, max_occupancy
        Further caps (shares) that every interval must hold; None = no cap.
    max_asa_s
        Cap on the mean wait of answered calls; None = no cap.
    min_agents
        Least agents on the phone while open.
    short_s
        Short-abandon threshold of ``excl_short``.
    max_asa_all_s
        Cap on the mean wait of all calls, those who hang up among them; None = no cap.
    max_wait_share
        Cap on the share of the calls that are not answered at once; None = no cap.
    """

    level: float
    within_s: float
    definition: str = "offered"
    basis: str = "day"
    floor: float = 0.5
    max_abandon: float | None = None
    max_occupancy: float | None = None
    max_asa_s: float | None = None
    min_agents: int = 0
    short_s: float = 5.0
    max_asa_all_s: float | None = None
    max_wait_share: float | None = None

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        refuse_beyond(self, RANGES)
        if self.min_agents != int(self.min_agents):
            raise InputError("Expected a whole number of agents", column="min_agents", value=self.min_agents)
        if self.definition not in DEFINITIONS:
            raise InputError(
                "unknown definition of service level",
                column="definition",
                value=self.definition,
                mend=f"One of {', '.join(DEFINITIONS)}",
            )
        if self.basis not in BASES:
            raise InputError("unknown basis", column="basis", value=self.basis, mend=f"One of {', '.join(BASES)}")

    @classmethod
    def parse(cls, text: str, **rest: object) -> ServiceGoal:
        """Read ``80/20`` (or ``0.8/20``) as 80 % within 20 s."""
        share, _, seconds = text.partition("/")
        try:
            level, within = float(share), float(seconds)
        except ValueError:
            raise InputError("not a goal", value=text, mend="Write it like 80/20: 80 % answered within 20 s") from None
        return cls(level / 100 if level > 1 else level, within, **rest)  # type: ignore[arg-type]

    def __str__(self) -> str:
        return f"{100 * self.level:g}/{self.within_s:g}"
