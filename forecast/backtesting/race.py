"""A race of models over past origins: the one with the least error forecasts."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..calls.history import History
from ..errors import InputError
from ..models import JOIN, Prediction, model_named
from ..models.combine import average
from ..progress import Watch
from ..ranges import check_ranges
from .origins import PastOrigins, past_origins
from .score import Score

FALLBACK = "weekday_mean"
"""Model of histories too short for any other: a mean cannot fail."""
ORIGINS = 8
"""Past origins, at most: two months of weeks, of which each costs a fit of every model."""


@dataclass(frozen=True)
class RaceParams:
    """Which models stop early, and when an average wins.

    Parameters
    ----------
    heat
        Newest origins from which all models run, at least 1: fewer would stop a good model by chance.
    hopeless
        Multiple of the least loss beyond which a model stops after the heat, at least 1: a model so far behind seldom
        catches up.
    worth
        Share by which an average must beat the best single model, 0 to 1: two models are harder to explain than one.
    """

    heat: int = 3
    hopeless: float = 1.25
    worth: float = 0.005

    def __post_init__(self) -> None:
        check_ranges(
            self,
            heat=(1, np.inf),
            hopeless=(1.0, np.inf),
            worth=(0.0, 1.0),
        )


PARAMS = RaceParams()


@dataclass(frozen=True)
class RaceEntry:
    """One model's errors over the newest `origins` origins."""

    model: str
    score: Score
    seconds: float
    origins: int


@dataclass(frozen=True)
class Race:
    """The errors of all models and how many origins they ran over; empty when the history is too short.

    Attributes
    ----------
    entries
        Those that ran over all origins, the least weighted quantile loss first, then those that were stopped.
    origins
        How many origins there were.
    """

    entries: tuple[RaceEntry, ...]
    origins: int
    over: PastOrigins | None = field(default=None, repr=False)
    predictions: Mapping[str, Sequence[Prediction]] = field(default_factory=dict, repr=False)
    failed: Mapping[str, InputError] = field(default_factory=dict, repr=False)

    @property
    def finalists(self) -> tuple[RaceEntry, ...]:
        """The entries that ran over all origins, the best first."""
        return tuple(e for e in self.entries if e.origins == self.origins)

    @property
    def winner(self) -> str:
        """The model of the least weighted quantile loss; the simple fallback where nothing could be tried.

        An average of models wins only where it is better by more than `worth` (a share): two models are harder to
        explain than one.
        """
        if not self.finalists:
            return FALLBACK
        alone = next(e for e in self.finalists if JOIN not in e.model)
        best = self.finalists[0]
        return best.model if best.score.wql < (1.0 - PARAMS.worth) * alone.score.wql else alone.model


@dataclass
class _Runner:
    """A model and its predictions so far."""

    name: str
    predictions: list[Prediction] = field(default_factory=list)
    seconds: float = 0.0
    failed: InputError | None = None

    def run(self, over: PastOrigins, until: int, watch: Watch) -> None:
        """Predict from the origins not yet run, up to `until` of them."""
        began = time.perf_counter()
        try:
            for origin in range(len(self.predictions), until):
                watch.raise_if_stopped()
                self.predictions.append(over.predict(model_named(self.name), origin))
        except InputError as error:
            self.failed = error
        self.seconds += time.perf_counter() - began

    def entry(self, over: PastOrigins) -> RaceEntry:
        """Return the errors so far."""
        return RaceEntry(self.name, over.score(self.predictions), self.seconds, len(self.predictions))


def _run(
    runners: Sequence[_Runner], over: PastOrigins, until: int, watch: Watch, *, share: tuple[float, float]
) -> list[_Runner]:
    """Run all of them up to an origin, reporting progress over a part of the whole; return those that did not fail."""
    low, high = share
    for done, runner in enumerate(runners, start=1):
        runner.run(over, until, watch)
        text = f"{over.pasts[0].queue}: {runner.name}"
        watch.tell("forecast", text, share=low + (high - low) * done / len(runners))
    return [runner for runner in runners if runner.failed is None]


def _together(pair: Sequence[_Runner]) -> _Runner:
    """Return the average of runners, from what they have predicted already."""
    predictions = [average(each) for each in zip(*(r.predictions for r in pair), strict=True)]
    return _Runner(JOIN.join(r.name for r in pair), predictions, sum(r.seconds for r in pair))


def race(
    history: History,
    names: Sequence[str],
    *,
    lead: int,
    days: int,
    origins: int,
    watch: Watch,
    knockout: bool = True,
) -> Race:
    """Run models from past origins over the same horizon as the forecast itself (see `origins.past_origins`).

    Parameters
    ----------
    history
        Past of the queue.
    names
        Models to run.
    lead
        Days between an origin and the first day to forecast, 0 = the next day; shortened where the history is short.
    days
        Days of the horizon.
    origins
        How many at most.
    knockout
        All run from the newest `heat` origins first; those whose weighted quantile loss there exceeds `hopeless` times
        the least one stop. The others run from all, and the two best enter once more as their plain average. False =
        all run from all origins, and nothing is averaged.
    """
    over = past_origins(history, lead=lead, days=days, origins=origins)
    heat = over.first(PARAMS.heat)
    if not heat:
        return Race((), 0)
    entrants = [_Runner(name) for name in names]
    runners: Sequence[_Runner] = entrants
    entries = []
    if knockout:
        runners = _run(runners, over, heat, watch, share=(0.0, 0.5))
        shown = [(runner, runner.entry(over)) for runner in runners]
        limit = PARAMS.hopeless * min((e.score.wql for _, e in shown), default=0.0)
        runners = [r for r, e in shown if e.score.wql <= limit]
        entries = [e for _, e in shown if e.score.wql > limit]
    runners = _run(runners, over, len(over), watch, share=(0.5 if knockout else 0.0, 1.0))
    finals = [runner.entry(over) for runner in runners]
    if knockout and len(runners) > 1:
        ranked = sorted(zip(finals, runners, strict=True), key=lambda both: both[0].score.wql)
        best = [runner for _, runner in ranked[:2]]
        both = _together([r for r in runners if r in best])  # named in the order of `names`
        finals.append(both.entry(over))
        runners = [*runners, both]
    entries += finals
    return Race(
        tuple(sorted(entries, key=lambda e: (-e.origins, e.score.wql))),
        len(over),
        over,
        {runner.name: runner.predictions for runner in runners},
        {runner.name: runner.failed for runner in entrants if runner.failed is not None},
    )
