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
    for part in parts:
        if part not in MODELS:
            near = difflib.get_close_matches(part, [*MODELS, "auto"], 1) if part != "auto" else []
            raise InputError(
                "unknown forecast model" if len(parts) == 1 else f"unknown forecast model {part!r} in an average",
                column="model",
                value=name,
                mend=f"Did you mean {near[0]!r}?" if near else f"One of auto, {', '.join(MODELS)}",
            )
    if len(set(parts)) < len(parts):
        raise InputError(
            "a model twice in an average", column="model", value=name, mend=f"Join different models by {JOIN}"
        )
    return MODELS[name]() if len(parts) == 1 else Combination([MODELS[part]() for part in parts])
