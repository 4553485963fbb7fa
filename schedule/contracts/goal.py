"""One goal of a contract: what is counted, over which time, and what must be reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...forecast.errors import InputError
from ...forecast.queueing.formulas.service_level import DEFINITIONS
from ...forecast.ranges import DAY_S, Range, refuse_beyond
from .ladder import Comparison, Ladder, all_or_nothing

Metric = Literal[
    "service_level", "asa", "abandonment", "occupancy", "backlog_age",
    "fcr", "ownership", "quality", "adherence", "documentation",
]  # fmt: skip
Unit = Literal["interval", "hour", "day", "week", "month", "quarter", "year"]
UNITS: tuple[Unit, ...] = ("interval", "hour", "day", "week", "month", "quarter", "year")
"""Spans over which goals are measured, from short to long."""
COUNTED: tuple[Metric, ...] = ("service_level", "asa", "abandonment")
"""Metrics that are counted from calls; figures of all others come from files of scores."""
AT_MOST: tuple[Metric, ...] = ("asa", "abandonment", "backlog_age")
"""Metrics of which less is better."""
IN_SECONDS: tuple[Metric, ...] = ("asa", "backlog_age")
"""Metrics whose figures are seconds; the figures of all others are shares."""
ABANDONED = ("offered", "excl_short", "late")
"""Ways to count abandonment."""
MARKS = ("blocked", "transferred", "callback", "redialled")
"""Kinds of calls whose treatment a goal states; columns of these names mark them."""
_SECONDS = Range(0, DAY_S, "Seconds, at most a day")
RANGES = {
    "within_s": _SECONDS,
    "short_s": _SECONDS,
    "clock_offset_s": _SECONDS,
    "share": Range(0, 1, "A share: 90 % is 0.9", above=True),
    "min_volume": Range(0, 1_000_000_000),
    "round_to": Range(0, 60, "Tenths of a percent are 0.001, whole seconds 1", above=True),
    "weight": Range(0, 1, "A share: a quarter of the amount at risk is 0.25"),
}
"""Ranges of a goal's numbers."""


@dataclass(frozen=True)
class Goal:
    """One goal.

    A figure is a numerator divided by a denominator. Both are added up over all intervals and queues that count,
    and divided once; percentages are never averaged, unless `aggregation` asks for the mean of parts.

    Parameters
    ----------
    name
        Name of the goal.
    metric
        ``service_level``; ``asa`` (mean wait of answered calls, s); ``abandonment``: these are counted from calls.
        ``occupancy``, ``backlog_age`` (s), ``fcr``, ``ownership``, ``quality``, ``adherence``, ``documentation``: their
        figures come from files of scores, or of what was measured elsewhere.
    level
        What must be reached: a share (0–1), or seconds for ``asa`` and ``backlog_age``. With ``aggregation = "share"``
        what each part must reach.
    definition
        Numerator and denominator; required for the metrics in which both can be chosen. ``service_level``: ``offered``:
        answered in time / offered; ``answered``: / answered; ``total``: (answered + abandoned in time) / offered;
        ``excl_short``: answered in time / (offered − abandoned within `short_s`). ``abandonment``: ``offered``:
        abandoned / offered; ``excl_short``: those abandoned within `short_s` leave both sides; ``late``: they leave
        the numerator only.
    within_s
        Answer-time threshold of ``service_level``; a wait of exactly `within_s` is in time.
    short_s
        Short-abandon threshold; an abandoned call that waited exactly so long is short.
    clock_offset_s
        Seconds of the waits in the files that lie before the contract's clock starts, such as an announcement: they are
        taken off each wait.
    comparison
        ``at_least`` or ``at_most``; without it as the metric asks: less is better for ``asa``, ``abandonment`` and
        ``backlog_age``.
    blocked
        Calls that found no free line (column ``blocked``), which are none of the offered ones: ``left_out``, or
        ``missed``: offered calls that nobody answered; in ``abandonment`` they count as abandoned.
    transferred, callback, redialled
        Calls that came from another queue; callers who chose to be called back; repeats of a call that was lost.
        ``as_counted``: they stand in the columns as any call; ``left_out``: they leave both sides, which needs single
        calls with a column of this name (1 or 0).
    unit
        Span that is met or missed: ``interval``, ``hour``, ``day``, ``week`` (from Monday), ``month``, ``quarter`` or
        ``year``.
    aggregation
        How a unit gets its figure. ``volume``: numerators and denominators are added up. ``mean``: the plain mean of
        the figures of its parts. ``share``: the share of its parts that reach `level`, which must reach `share`.
    part
        Span of the parts of ``mean`` and ``share``: shorter than `unit`.
    share
        Share of the parts that must reach `level`; only with ``aggregation = "share"``.
    min_volume
        Least denominator (calls, or scored items) with which a unit counts; with ``mean`` and ``share``, a part.
    round_to
        Step to which a figure is rounded, half up, before it is compared; without it figures are not rounded.
    queues
        Queues that the goal counts together; without it: all queues of the contract.
    item
        Its name in files of scores; without it: the metric's.
    weight
        Share of the amount at risk that hangs on this goal; the weights of a contract add up to 1.
    ladder
        What each figure costs or earns; without it a miss costs all that hangs on the goal.
    rubric
        How it is scored and by whom, in words: shown beside the figure.
    scores
        Worst and best score of the rubric, like ``[1, 5]``; level and figures are shares of the way from worst to best.
    """

    name: str
    metric: Metric
    level: float
    definition: str | None = None
    within_s: float | None = None
    short_s: float | None = None
    clock_offset_s: float = 0.0
    comparison: Comparison | None = None
    blocked: Literal["left_out", "missed"] = "left_out"
    transferred: Literal["as_counted", "left_out"] = "as_counted"
    callback: Literal["as_counted", "left_out"] = "as_counted"
    redialled: Literal["as_counted", "left_out"] = "as_counted"
    unit: Unit = "month"
    aggregation: Literal["volume", "mean", "share"] = "volume"
    part: Unit | None = None
    share: float | None = None
    min_volume: float = 0.0
    round_to: float | None = None
    queues: tuple[str, ...] = ()
    item: str | None = None
    weight: float = 0.0
    ladder: Ladder | None = None
    rubric: str = ""
    scores: tuple[float, float] = (0.0, 1.0)

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        refuse_beyond(self, RANGES)
        top = DAY_S * 366 if self.metric in IN_SECONDS else 1
        if not Range(0, top).holds(self.level):
            mend = "Seconds, like 30" if self.metric in IN_SECONDS else "A share: 70 % is 0.7"
            raise InputError(f"Expected level between 0 and {top:g}", column="level", value=self.level, mend=mend)
        if self.metric == "occupancy" and self.comparison is None:
            mend = 'Write comparison = "at_most" or "at_least"'
            raise InputError("occupancy may be a floor or a cap", column="comparison", mend=mend)
        self._check_definition()
        self._check_parts()
        self._check_scores()
        if self.ladder is not None:
            self.ladder.check(self.way)
            if self.weight == 0:
                mend = "Add its weight, or leave the ladder out"
                raise InputError("a ladder without a weight", column="weight", value=self.weight, mend=mend)

    def _check_definition(self) -> None:
        """Refuse a definition that the metric does not know, a goal without denominator, and thresholds amiss."""
        known = {"service_level": DEFINITIONS, "abandonment": ABANDONED}.get(self.metric, ())
        if known and self.definition is None:
            mend = f"Say what is divided by what: definition = one of {', '.join(known)}"
            raise InputError("a goal without denominator", column="definition", mend=mend)
        if self.definition is not None and self.definition not in known:
            mend = f"One of {', '.join(known)}" if known else f"Leave it out: {self.metric} is counted in one way"
            raise InputError("unknown definition", column="definition", value=self.definition, mend=mend)
        for name, wanted in (
            ("within_s", self.metric == "service_level"),
            ("short_s", self.definition in ("excl_short", "late")),
        ):
            value = getattr(self, name)
            if wanted and value is None:
                raise InputError(f"key {name} is missing", column=name, mend="Add it: seconds, like 20")
            if value is not None and not wanted:
                mend = f"Leave it out, or choose a definition that needs {name}"
                raise InputError(f"{name} counts nothing here", column=name, value=value, mend=mend)
        if self.metric not in COUNTED:
            for name in MARKS:
                if getattr(self, name) != type(self).__dataclass_fields__[name].default:
                    mend = "Leave it out: this goal is scored, not counted from calls"
                    raise InputError(f"{name} counts nothing here", column=name, value=getattr(self, name), mend=mend)
        if self.blocked == "missed" and (self.metric == "asa" or self.definition == "answered"):
            mend = "Leave it out: this goal counts answered calls only"
            raise InputError("blocked calls are not answered", column="blocked", value="missed", mend=mend)

    def _check_parts(self) -> None:
        """Refuse parts that are no parts of the unit, and shares of parts that nobody asks for."""
        if self.aggregation == "volume":
            for name in ("part", "share"):
                if getattr(self, name) is not None:
                    mend = 'Leave it out, or write aggregation = "mean" or "share"'
                    raise InputError(f"{name} counts nothing here", column=name, value=getattr(self, name), mend=mend)
            return
        if self.part is None or UNITS.index(self.part) >= UNITS.index(self.unit):
            mend = f'Name parts that are shorter than a {self.unit}, like part = "interval"'
            raise InputError("parts are missing", column="part", value=self.part, mend=mend)
        if self.part == "week" and self.unit != "week":
            mend = "A month does not consist of whole weeks: take days or intervals"
            raise InputError("weeks are no parts", column="part", value=self.part, mend=mend)
        if (self.aggregation == "share") != (self.share is not None):
            mend = "Write how many parts must reach the level: share = 0.9" if self.share is None else "Leave it out"
            raise InputError("share goes with aggregation = share", column="share", value=self.share, mend=mend)

    def _check_scores(self) -> None:
        """Refuse a rubric without length, and one of what is not scored."""
        if self.scores[0] == self.scores[1]:
            mend = "Write the worst and the best score, like [1, 5]"
            raise InputError("a rubric without length", column="scores", value=self.scores, mend=mend)
        if self.scores != (0.0, 1.0) and (self.counted or not self.is_share):
            mend = "Leave it out: this goal is not scored on a rubric"
            raise InputError("scores count nothing here", column="scores", value=self.scores, mend=mend)

    @property
    def way(self) -> Comparison:
        """Whether the figure of a unit must reach the level, or must not pass it."""
        return "at_least" if self.aggregation == "share" else self.part_way

    @property
    def part_way(self) -> Comparison:
        """Whether the figure of a part must reach the level, or must not pass it."""
        return self.comparison or ("at_most" if self.metric in AT_MOST else "at_least")

    @property
    def wanted(self) -> float:
        """What the figure of a unit is compared with."""
        return self.level if self.share is None else self.share

    @property
    def counted(self) -> bool:
        """Whether the goal is counted from calls; else its figures come from a file of scores."""
        return self.metric in COUNTED

    @property
    def is_share(self) -> bool:
        """Whether the figure of a unit is a share; else it is seconds."""
        return self.aggregation == "share" or self.metric not in IN_SECONDS

    @property
    def of_calls(self) -> bool:
        """Whether the figure is a share of calls or of parts, each of which is a yes or a no."""
        return self.is_share and self.aggregation != "mean"

    @property
    def steps(self) -> Ladder:
        """The ladder; without one the whole amount is lost by a miss."""
        return self.ladder or all_or_nothing(self.wanted)
