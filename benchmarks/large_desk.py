"""A made desk of many people round the clock: ``python -m benchmarks.large_desk FOLDER --people N --skills K``.

Writes requirement.csv, plan.toml, staff.csv, availability.csv and wishes.csv: what ``busyhour schedule`` reads. The
people are made by chance from a fixed seed; the need in each quarter of an hour is that of the week of 1,000 people,
scaled.
"""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.weeks import WEEKS
from busyhour.app.files import write_atomic, write_csv
from busyhour.forecast.tables import read_text_csv

MONDAY = dt.date(2026, 11, 30)
QUEUES = ("calls", "chat")
CONTRACTS, WEIGHTS = ("full", "part30", "part20"), (0.6, 0.2, 0.2)
KINDS, SHARES = ("calls", "chat", "calls|chat"), (0.5, 0.25, 0.25)
SEED = 1


def write_desk(folder: Path, people: int, skills: int) -> None:
    """Write the desk.

    Parameters
    ----------
    people
        Number of people, > 0.
    skills
        Number of queues, 1 or 2; with two a quarter of the people work both.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    ids = [f"a{i:05d}" for i in range(people)]
    kinds = rng.choice(KINDS, people, p=SHARES) if skills > 1 else np.full(people, QUEUES[0])
    staff = {"agent": ids, "contract": rng.choice(CONTRACTS, people, p=WEIGHTS), "cost_h": 1.0, "skills": kinds}
    write_csv(folder / "staff.csv", pd.DataFrame(staff))
    drawn = [MONDAY + dt.timedelta(days=int(d)) for d in rng.integers(0, 7, people)]
    days, ends = ([(d + dt.timedelta(days=more)).isoformat() for d in drawn] for more in (0, 1))
    away = pd.DataFrame({"agent": ids, "start": days, "end": ends, "kind": "unavailable"})[rng.random(people) < 0.2]
    write_csv(folder / "availability.csv", away)
    wishes = {"agent": ids, "date": days, "pattern": "off", "weight": rng.choice([0.5, 1.0, 2.0], people)}
    write_csv(folder / "wishes.csv", pd.DataFrame(wishes)[rng.random(people) < 0.3])
    write_csv(folder / "requirement.csv", _requirement(people, skills))
    write_atomic(folder / "plan.toml", _rules(skills))


def _requirement(people: int, skills: int) -> pd.DataFrame:
    """Return the need of each queue in quarters of an hour."""
    week = read_text_csv(WEEKS / "named_24x7_1000.csv")
    need = week["agents_phone"].astype(float) * people / 1000
    shares = {"calls": 1.0} if skills == 1 else {"calls": 0.62, "chat": 0.38}
    rows = [
        pd.DataFrame({"queue": queue, "start": week["start"], "agents_phone": np.round(share * need).astype(int)})
        for queue, share in shares.items()
    ]
    return pd.concat(rows, ignore_index=True)


def _rules(skills: int) -> str:
    """Return the rules of the week round the clock, with its queues and without its bent end."""
    text = (WEEKS / "named_24x7.toml").read_text(encoding="utf-8")
    text = text.replace("cyclic = true                # the week's end is its beginning\n", "")
    goal = '[queue.calls.goal]\nlevel = 0.8\nwithin_s = 20\nbasis = "interval"\n'
    assert goal in text and "cyclic" not in text
    other = goal.replace("calls", "chat")
    return text.replace(goal, goal + f"\n[queue.chat]\n{other}") if skills > 1 else text


def main() -> None:
    """Write the desk that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--skills", type=int, default=1, choices=(1, 2))
    asked = parser.parse_args()
    write_desk(asked.folder, asked.people, asked.skills)


if __name__ == "__main__":
    main()
