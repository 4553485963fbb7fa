"""Values of plan.toml that are possible and hard to believe: told, not refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .schema import Config


@dataclass(frozen=True)
class Believed:
    """The values of a key that need no word.

    Parameters
    ----------
    low, high
        Least and greatest of them, in the key's own unit.
    below, above
        What a value outside would mean.
    """

    low: float
    high: float
    below: str
    above: str

    def doubt(self, key: str, value: float | None) -> str | None:
        """Return a sentence on a value outside; None for one inside or unknown."""
        if value is None or self.low <= value <= self.high:
            return None
        return f"{key} = {value:g} in plan.toml is doubted: {self.below if value < self.low else self.above}"


WITHIN_S = Believed(3, 300, "nobody picks up so soon; are minutes meant?", "callers would wait for over five minutes")
LEVEL = Believed(0.3, 0.995, "hardly any goal is so low", "a goal that no desk holds on a day of many calls")
PATIENCE_S = Believed(
    15, 1800, "callers would hang up at once; are minutes meant?", "callers would wait for half an hour"
)
HANDLE_S = Believed(30, 3600, "no call is so short; are minutes meant?", "no call lasts over an hour")
UNPLANNED = Believed(0.0, 0.4, "", "two of five people would be absent; are percent meant?")
PAID_MIN = Believed(60, 780, "a shift below an hour; are hours meant?", "a shift above 13 hours")
STEP_MIN = Believed(5, 240, "", "starts lie over four hours apart")
REST_MIN = Believed(240, 1440, "a rest below four hours; are hours meant?", "a rest above a day")
HOURS_WEEK = Believed(2, 60, "next to no work; are days meant?", "over 60 hours a week; are minutes meant?")


def doubts_of(config: Config) -> list[str]:
    """Return a sentence on each value of a plan that is hard to believe."""
    return [told for told in _doubts(config) if told is not None]


def _doubts(config: Config) -> Iterator[str | None]:
    for name, queue in config.queue.items():
        yield WITHIN_S.doubt(f"queue.{name}.goal.within_s", queue.goal.within_s or None)
        yield LEVEL.doubt(f"queue.{name}.goal.level", queue.goal.level or None)
        yield PATIENCE_S.doubt(
            f"queue.{name}.patience_s", None if queue.patience_s == float("inf") else queue.patience_s
        )
        if "handle_s" not in config.intake.trust:
            yield HANDLE_S.doubt(f"queue.{name}.handle_s", queue.handle_s)
    unplanned = config.shrinkage.unplanned
    shares = {"": unplanned} if isinstance(unplanned, float | int) else dict(unplanned)
    for day, share in shares.items():
        yield UNPLANNED.doubt(f"shrinkage.unplanned{'.' * bool(day)}{day}", share)
    for name, family in config.shift.items():
        yield PAID_MIN.doubt(f"shift.{name}.paid_min", family.paid_min)
        yield STEP_MIN.doubt(f"shift.{name}.step_min", family.step_min if len(family.starts_min) > 1 else None)
    yield REST_MIN.doubt("rules.rest_min", config.rules.rest_min or None)
    for name, contract in config.contract.items():
        yield HOURS_WEEK.doubt(f"contract.{name}.max_h_week", contract.max_h_week or None)
