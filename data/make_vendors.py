"""Make data/vendors, three made-up vendors under one contract: python data/make_vendors.py

Everything is invented, from a fixed seed; running it again gives the same files to the byte. North takes the quiet
hours and south the busy ones; both serve calls alike well at equal demand mix. East serves them a little worse and
talks to callers a little better.
"""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd

HERE = Path(__file__).parent / "vendors"
SEED = 20260706
SERVICE = {"north": 0.775, "south": 0.775, "east": 0.735}
"""Share of calls in time in an hour of the usual volume."""
HOURS = {"north": (1.4, 0.6), "south": (0.6, 1.4), "east": (1.0, 1.0)}
"""Factors on the calls of quiet and of busy hours."""
ITEMS = {"quality": 0.4, "fcr": 0.3, "ownership": 0.2, "documentation": 0.1}
"""Weight of each item."""
LEVELS = {
    "north": {"quality": 3.8, "fcr": 0.74, "ownership": 0.86, "documentation": 0.90},
    "south": {"quality": 3.9, "fcr": 0.78, "ownership": 0.84, "documentation": 0.80},
    "east": {"quality": 4.1, "fcr": 0.80, "ownership": 0.90, "documentation": 0.92},
}
"""True means, which a sample does not show."""
SCORERS = {"Ann": 0.3, "Bob": -0.2, "Cid": 0.0, "Dee": -0.1}
"""How kindly each person scores, on the scale of the quality item."""
CALLS_A_MONTH = 20


def calls(vendor: str, days: pd.DatetimeIndex, rng: np.random.Generator) -> pd.DataFrame:
    """Return calls per hour; busy hours and bad days have worse service."""
    bad = rng.normal(0, 0.06, len(days))
    rows = []
    for day, off in zip(days, bad, strict=True):
        for hour in range(8, 20):
            is_busy = 10 <= hour < 14
            mean = (52 if is_busy else 26) * HOURS[vendor][is_busy]
            offered = int(rng.poisson(mean))
            share = np.clip(SERVICE[vendor] + off - (0.07 if is_busy else -0.03) + rng.normal(0, 0.05), 0.2, 0.99)
            answered_in = int(rng.binomial(offered, share))
            abandoned = int(rng.binomial(offered - answered_in, 0.22))
            wait = round(float(np.clip(14 + 90 * (1 - share) + rng.normal(0, 3), 2, 300)), 1)
            rows.append(
                (f"{day:%Y-%m-%d}T{hour:02d}:00", offered, offered - abandoned, abandoned, answered_in, 20, wait)
            )
    columns = ["start", "offered", "answered", "abandoned", "answered_in", "within_s", "wait_s"]
    return pd.DataFrame(rows, columns=columns)


def scores(
    vendor: str, days: pd.DatetimeIndex, rng: np.random.Generator
) -> list[tuple[str, str, str, float, float, str]]:
    """Return the scores of sampled calls; a good call is good in most of its items."""
    rows = []
    for month in sorted({(d.year, d.month) for d in days}):
        own = [d for d in days if (d.year, d.month) == month]
        for k in range(CALLS_A_MONTH):
            scorer = list(SCORERS)[k % len(SCORERS)]
            day, good = own[int(rng.integers(len(own)))], rng.normal()
            for item, weight in ITEMS.items():
                level, noise = LEVELS[vendor][item], 0.6 * good + 0.8 * rng.normal()
                if item == "quality":
                    score = float(np.clip(round(level + SCORERS[scorer] + 0.8 * noise), 1, 5))
                else:
                    score = float(noise < NormalDist().inv_cdf(level))
                rows.append((vendor, f"{day:%Y-%m-%d}", item, score, weight, scorer))
    return rows


def main() -> None:
    """Write the calls of each vendor and the scores of all."""
    rng, days = np.random.default_rng(SEED), pd.bdate_range("2026-07-06", "2026-09-30")
    (HERE / "calls").mkdir(parents=True, exist_ok=True)
    every = []
    for vendor in SERVICE:
        calls(vendor, days, rng).to_csv(HERE / "calls" / f"{vendor}.csv", index=False, lineterminator="\n")
        every += scores(vendor, days, rng)
    table = pd.DataFrame(every, columns=["vendor", "date", "item", "score", "weight", "scorer"])
    table.sort_values(["date", "vendor"], kind="stable").to_csv(HERE / "quality.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
