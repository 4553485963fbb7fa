"""The plain average of several models."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from ..tables import QUANTILES
from .contract import Model, Prediction
from .quantiles import count_quantiles

JOIN = "+"


class Combination(Model):
    """Mean calls and variances of the root, each the plain average over the models combined.

    Equal weights are seldom beaten by estimated ones (Timmermann 2006, Handbook of Economic Forecasting 1, chapter 4).
    By convexity the squared error of an average is at most the average squared error: the average of the variances
    is honest where the models err together and wide where their errors cancel.

    Parameters
    ----------
    parts
        New models, two or more.
    """

    def __init__(self, parts: Sequence[Model]) -> None:
        self.parts = tuple(parts)

    @property
    def name(self) -> str:  # type: ignore[override]  # here a name per object, not per class
        """The names of the parts, joined by `JOIN`."""
        return JOIN.join(part.name for part in self.parts)

    def _learn(self) -> None:
        for part in self.parts:
            part.history = self.history  # the planner's own multipliers are taken out already
            part._learn()  # noqa: SLF001

    def _rest_of(self, date: dt.date, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        predictions = [part._rest_of(date, seen) for part in self.parts]  # noqa: SLF001
        return np.mean([mean for mean, _ in predictions], axis=0), np.mean(
            [spread for _, spread in predictions], axis=0
        )

    def _expect(self, dates: Sequence[dt.date]) -> tuple[np.ndarray, np.ndarray]:
        predictions = [part._expect(dates) for part in self.parts]  # noqa: SLF001
        return np.mean([mean for mean, _ in predictions], axis=0), np.mean(
            [spread for _, spread in predictions], axis=0
        )


def average(predictions: Sequence[Prediction], quantiles: Sequence[float] = QUANTILES) -> Prediction:
    """Return what the `Combination` of the models that made these predictions of one grid would have predicted."""
    mean = np.mean([p.mean for p in predictions], axis=0)
    spread = np.mean([p.spread for p in predictions], axis=0)
    return Prediction(mean, count_quantiles(mean, spread, quantiles), spread)
