"""How good the forecast of one day was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...forecast.backtesting.score import poisson_floor


@dataclass(frozen=True)
class Accuracy:
    """How good the forecast of a day was: shares of the calls; NaN = unknown.

    Attributes
    ----------
    wape
        Σ |forecast − calls| / Σ calls.
    bias
        (Σ forecast − Σ calls) / Σ calls; above 0 = too high.
    floor
        WAPE that chance alone leaves to a forecast that knows the rate of each interval.
    inside
        Share of the intervals inside the 80 % band.
    handle_bias
        Forecast mean handle time over the one that came, less 1, weighted by calls; above 0 = too high.
    """

    wape: float
    bias: float
    floor: float
    inside: float
    handle_bias: float


def accuracy(rows: pd.DataFrame) -> Accuracy:
    """Return how good the forecast was.

    Parameters
    ----------
    rows
        The day by interval, as `replay_intervals.INTERVALS`.
    """
    calls, came = rows["calls"].to_numpy(float), rows["came"].to_numpy(float)
    banded = (rows["low"].notna() & rows["high"].notna()).to_numpy()
    inside = ((rows["came"] >= rows["low"]) & (rows["came"] <= rows["high"])).to_numpy()[banded]
    handled = rows[rows["handle_came_s"].notna()]
    work, hoped = (float((handled[name] * handled["came"]).sum()) for name in ("handle_came_s", "handle_s"))
    rate = rows["rate"].fillna(rows["calls"]).to_numpy(float)
    return Accuracy(
        _share(float(np.abs(calls - came).sum()), float(came.sum())),
        _share(float(calls.sum() - came.sum()), float(came.sum())),
        poisson_floor(rate) if rate.sum() > 0.0 else float("nan"),
        float(inside.mean()) if len(inside) else float("nan"),
        _share(hoped - work, work),
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0.0 else float("nan")
