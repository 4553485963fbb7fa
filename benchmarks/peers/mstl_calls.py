"""Forecast calls with statsforecast's MSTL: task as JSON on standard input, answer as JSON on standard output.

Runs under the peer's own interpreter (`benchmarks.forecast` starts it). The series is regular in opening time; holes
are filled from the same interval of the week before, since the model takes none. Trend by AutoETS, bands at 20, 40, 60,
80 and 95 %; what falls below zero is set to zero.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from typing import Any

import numpy as np
from statsforecast.models import MSTL, AutoETS

BANDS = (95, 80, 60, 40, 20)


def filled(calls: np.ndarray, week: int) -> np.ndarray:
    """Return `calls` with each hole filled from `week` intervals before, else after, else from the mean."""
    out = calls.copy()
    for step in (week, -week):
        places = np.flatnonzero(np.isnan(out))
        for i in places if step > 0 else places[::-1]:
            if 0 <= i - step < len(out):
                out[i] = out[i - step]
    return np.where(np.isnan(out), np.nanmean(calls), out)


def forecast(calls: np.ndarray, ahead: int, seasons: list[int]) -> np.ndarray:
    """Return the mean and the eleven quantiles of the next `ahead` intervals, shape (ahead, 12)."""
    model = MSTL(season_length=seasons, trend_forecaster=AutoETS(model="ZZN"))
    told = model.forecast(y=filled(calls, seasons[-1]), h=ahead, level=list(BANDS))
    low = [told[f"lo-{band}"] for band in BANDS]
    high = [told[f"hi-{band}"] for band in reversed(BANDS)]
    return np.maximum(np.column_stack([told["mean"], *low, told["mean"], *high]), 0.0)


def main() -> None:
    """Forecast from every origin of the task."""
    task: dict[str, Any] = json.load(sys.stdin)
    calls = np.array(task["calls"], dtype=float)
    told, seconds = [], []
    for cut, ahead in task["origins"]:
        began = time.perf_counter()
        told.append(forecast(calls[:cut], ahead, task["seasons"]).tolist())
        seconds.append(time.perf_counter() - began)
    name = f"MSTL (statsforecast {version('statsforecast')})"
    json.dump({"name": name, "told": told, "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main()
