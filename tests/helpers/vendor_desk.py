"""A small folder of made-up vendors under one contract, for tests and for the manual's examples."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

CONTRACT = """\
name = "Cards"
client = "A bank"
queues = ["cards"]
interval_min = 60

[goal."service level"]
metric = "service_level"
definition = "offered"
level = 0.70
within_s = 20
weight = 1.0

[goal."call quality"]
metric = "quality"
level = 0.70
scores = [1, 5]
rubric = "1 to 5 per call"

[goal.resolution]
metric = "fcr"
level = 0.75
rubric = "Solved in one call; 1 or 0"

[money]
fee = 1000
at_risk = 0.1

[[money.gates]]
goal = "resolution"

[termination]
missed = 3
of = 12
goals = ["service level"]
"""
SETTINGS = "draws = 500\n"
SHARES = {"north": 0.80, "south": 0.72, "east": 0.78}
"""Share of calls answered in time."""


def calls_of(share: float, days: pd.DatetimeIndex, seed: int) -> pd.DataFrame:
    """Return calls per hour from 9 to 12 with about that share answered in time."""
    rng = np.random.default_rng(seed)
    starts = [f"{day:%Y-%m-%d}T{hour:02d}:00" for day in days for hour in (9, 10, 11)]
    offered = rng.poisson(40, len(starts))
    in_time = rng.binomial(offered, np.clip(share + np.repeat(rng.normal(0, 0.04, len(days)), 3), 0, 1))
    return pd.DataFrame({"start": starts, "offered": offered, "answered_in": in_time, "within_s": 20})


def scores_of(vendor: str, days: pd.DatetimeIndex, seed: int, calls: int = 20) -> pd.DataFrame:
    """Return scores of two items by three people."""
    rng = np.random.default_rng(seed)
    rows = []
    for k in range(calls):
        date, scorer = f"{days[k % len(days)]:%Y-%m-%d}", ("Ann", "Bob", "Cid")[k % 3]
        rows.append((vendor, date, "quality", int(rng.integers(3, 6)), 0.6, scorer))
        rows.append((vendor, date, "fcr", int(rng.random() < 0.8), 0.4, scorer))
    return pd.DataFrame(rows, columns=["vendor", "date", "item", "score", "weight", "scorer"])


def write_vendors(folder: Path, *, shares: Mapping[str, float] = SHARES, days: int = 15) -> Path:
    """Write contract, calls, scores and settings of vendors; returns the folder."""
    dates = pd.bdate_range("2026-09-07", periods=days)
    (folder / "calls").mkdir(parents=True)
    (folder / "contract.toml").write_text(CONTRACT, encoding="utf-8")
    (folder / "scorecard.toml").write_text(SETTINGS, encoding="utf-8")
    scores = []
    for k, (vendor, share) in enumerate(shares.items()):
        calls_of(share, dates, k).to_csv(folder / "calls" / f"{vendor}.csv", index=False)
        scores.append(scores_of(vendor, dates, 10 + k))
    pd.concat(scores).to_csv(folder / "quality.csv", index=False)
    return folder
