"""Forecast models: one contract (`contract.Model`), several models, one registry."""

from __future__ import annotations

import difflib

from ..errors import InputError
from .combine import JOIN, Combination
from .contract import PARTS, Model, Prediction
from .factor import Factor
from .glm import PoissonGlm
from .holtwinters import HoltWinters
from .mstl import MstlEts
from .naive import LastWeek, WeekdayMean, WeekdayMedian
from .twostage import TwoStage

MODELS: dict[str, type[Model]] = {
    m.name: m for m in (Factor, TwoStage, MstlEts, PoissonGlm, HoltWinters, WeekdayMedian, WeekdayMean, LastWeek)
}

__all__ = ["JOIN", "MODELS", "PARTS", "Combination", "Model", "Prediction", "model_named"]


def model_named(name: str) -> Model:
    """Return a new model by its name; names joined by ``+`` give the average of these models.

    Raises
    ------
    InputError
        If there is no such model.
    """
    parts = name.split(JOIN)
    if len(parts) > 1:
        if len(set(parts)) < len(parts) or not set(parts) <= set(MODELS):
            raise InputError(
                "no average of different models", column="model", value=name,
                mend=f"Join two or more of {', '.join(MODELS)} by {JOIN}",
            )  # fmt: skip
        return Combination([MODELS[part]() for part in parts])
    if name not in MODELS:
        near = difflib.get_close_matches(name, [*MODELS, "auto"], 1)
        raise InputError(
            "unknown forecast model",
            column="model",
            value=name,
            mend=f"Did you mean {near[0]!r}?" if near else f"One of auto, {', '.join(MODELS)}",
        )
    return MODELS[name]()
