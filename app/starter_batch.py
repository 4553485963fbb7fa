"""`busyhour init --batch`: two small sites and a batch.toml that plans them at once, with made-up data."""

from __future__ import annotations

import datetime as dt
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from ..schedule.problem.horizon import WEEK_DAYS
from .batch.config import FILE
from .config.plan_toml import PLAN
from .files import csv_text
from .starter import empty_place, write_all

WEEKS = 8
SITES = {"north": ("Example north", 1.0, 7), "south": ("Example south", 0.6, 5)}
"""Folder → name in plan.toml, level of the calls, people."""


def write_batch_starter(folder: Path, today: dt.date | None = None) -> None:
    """Write batch.toml, two sites whose calls end last Sunday, and their empty inboxes into `folder`.

    Parameters
    ----------
    today
        Day after the calls; None = today.

    Raises
    ------
    InputError
        If `folder` exists and is not empty or cannot be written.
    """
    place = empty_place(folder)
    texts = {FILE: _text("starter_batch.toml")}
    for seed, (site, (name, level, people)) in enumerate(SITES.items(), start=1):
        texts |= {
            f"sites/{site}/{PLAN}": _text("starter_site.toml").replace("NAME", name),
            f"sites/{site}/calls.csv": csv_text(_calls(today or dt.date.today(), level, seed)),
            f"sites/{site}/staff.csv": csv_text(_staff(site, people)),
            f"inbox/{site}/README.txt": "Put new exports of calls here, as .csv files in the columns of calls.csv.\n",
        }
    write_all(place, {name: text.encode() for name, text in texts.items()})


def _text(name: str) -> str:
    return (resources.files(__package__) / name).read_text(encoding="utf-8")


def _calls(today: dt.date, level: float, seed: int) -> pd.DataFrame:
    """Return invented half-hours of a desk that opens Monday to Friday, up to the last Sunday before `today`."""
    rng = np.random.default_rng(seed)
    monday = today - dt.timedelta(days=today.weekday() + WEEK_DAYS * WEEKS)
    starts = pd.date_range(monday, periods=WEEKS * WEEK_DAYS * 48, freq="30min")
    hour = (starts.hour + starts.minute / 60).to_numpy()
    shape = level * (4 + 8 * np.exp(-(((hour - 10.5) / 2) ** 2)) + 6 * np.exp(-(((hour - 15.0) / 2) ** 2)))
    day = np.array([1.2, 1.05, 1.0, 0.97, 0.95, 0.0, 0.0])[starts.day_of_week]
    table = pd.DataFrame({"start": starts, "offered": rng.poisson(day * shape), "handle_s": 300})
    return table[(starts.day_of_week < 5) & (hour >= 8) & (hour < 18)].reset_index(drop=True)


def _staff(site: str, people: int) -> pd.DataFrame:
    rows = [(f"{site[0]}{i:02d}", f"Agent {i:02d}", "full") for i in range(people)]
    return pd.DataFrame(rows, columns=["agent", "name", "contract"])
