"""Forecast calls with Prophet: task as JSON on standard input, answer as JSON on standard output.

Runs under the peer's own interpreter (`benchmarks.forecast` starts it). Fitted are open intervals with known calls,
seasonality is multiplicative and the country's holidays are known; all else is as it comes. What falls below zero is
set to zero.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
from prophet import Prophet

LEVELS = (0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.975)


def forecast(past: pd.DataFrame, ahead: pd.DataFrame, country: str | None) -> np.ndarray:
    """Return the mean and the eleven quantiles of the intervals `ahead`, shape (len(ahead), 12)."""
    model = Prophet(seasonality_mode="multiplicative")
    if country is not None:
        model.add_country_holidays(country_name=country)
    model.fit(past)
    samples = model.predictive_samples(ahead)["yhat"]
    model.uncertainty_samples = 0  # the bands are drawn above; the mean needs none
    mean = model.predict(ahead)["yhat"].to_numpy()
    return np.maximum(np.column_stack([mean, np.quantile(samples, LEVELS, axis=1).T]), 0.0)


def main() -> None:
    """Forecast from every origin of the task."""
    logging.getLogger("cmdstanpy").setLevel(logging.ERROR)
    logging.getLogger("prophet").setLevel(logging.ERROR)
    task: dict[str, Any] = json.load(sys.stdin)
    rows = pd.DataFrame({"ds": pd.to_datetime(task["starts"]), "y": np.array(task["calls"], dtype=float)})
    np.random.seed(1)  # noqa: NPY002  (Prophet draws from the global generator)
    told, seconds = [], []
    for cut, ahead in task["origins"]:
        began = time.perf_counter()
        found = forecast(rows[:cut].dropna(), rows.loc[cut : cut + ahead - 1, ["ds"]], task["country"])
        seconds.append(time.perf_counter() - began)
        told.append(found.tolist())
    json.dump({"name": f"Prophet {version('prophet')}", "told": told, "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main()
