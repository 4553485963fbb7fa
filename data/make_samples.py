"""Make the made-up parts of the two sample centres: python data/make_samples.py [bank|helpdesk]

The bank's calls are real (see data/bank/NOTICE) and only copied; everybody and everything else is invented here,
from fixed seeds. Running it again gives the same files to the byte.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
FIRST = "Ada Ben Cleo Dan Eva Finn Gina Hugo Iris Jack Kira Leo Mia Nils Olga Paul Quinn Rosa Sam Tess Umar Vera Will Xena Yuri Zoe".split()
LAST = (
    "Abbott Baker Carter Dixon Ellis Foster Grant Hayes Irwin Jones Kelly Lopez Mason Nolan Owens Parker Quigley Reyes "
    "Stone Turner Usher Vance Walsh Xiong Young Zeller"
).split()


def names(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` different invented names."""
    pairs = [f"{a} {b}" for a in FIRST for b in LAST]
    return [str(n) for n in rng.choice(pairs, count, replace=False)]


def write(folder: Path, name: str, frame: pd.DataFrame) -> None:
    """Write one CSV as the product reads it."""
    frame.to_csv(folder / name, index=False, lineterminator="\n")


def windows(agent: str, days: list[pd.Timestamp], spans: list[tuple[str, str]]) -> list[tuple[str, str, str, str]]:
    """Return availability rows: per day the window (from, to) in HH:MM, 24:00 for midnight."""
    out = []
    for day, (a, b) in zip(days, spans, strict=True):
        start, end = (day + pd.Timedelta(minutes=60 * int(t[:2]) + int(t[3:])) for t in (a, b))
        out.append((agent, start.isoformat(timespec="minutes"), end.isoformat(timespec="minutes"), "available"))
    return out


def bank(calls_5min: Path | None) -> None:
    """Make data/bank: real volumes, invented people (seed 20031027)."""
    folder, rng = HERE / "bank", np.random.default_rng(20031027)
    if calls_5min is not None:
        raw = pd.read_csv(calls_5min, parse_dates=["time"])
        raw = raw[raw.time.dt.hour < 21]
        half = raw.groupby(raw.time.dt.floor("30min")).calls.sum()
        write(folder, "calls.csv", pd.DataFrame({"start": half.index.strftime("%Y-%m-%dT%H:%M"), "offered": half.to_numpy()}))
    week = list(pd.date_range("2003-10-27", periods=5))
    mix = (("full", 190, 21.0), ("part30", 60, 19.5), ("part20", 62, 18.5))
    staff, available, leave, wishes = [], [], [], []
    everybody = names(sum(n for _, n, _ in mix), rng)
    number = 0
    for contract, count, wage in mix:
        for _ in range(count):
            agent, name = f"b{number:03d}", everybody[number]
            team = f"Team {1 + number % 12}"
            number += 1
            staff.append((agent, name, team, "Main site", contract, round(wage + rng.choice([0, 0.5, 1.0, 1.5, 2.5]), 2), "calls"))
            kind = rng.choice(["any", "early", "late", "school"], p=[0.62, 0.14, 0.14, 0.10] if contract == "full" else [0.45, 0.18, 0.19, 0.18])
            span = {"any": ("07:00", "21:00"), "early": ("07:00", "17:30"), "late": ("11:00", "21:00"), "school": ("08:30", "18:00" if contract == "full" else "15:00")}[kind]
            if kind != "any":
                days = [d for d in week if contract == "full" or rng.random() > 0.06]
                available += windows(agent, days, [span] * len(days))
            if rng.random() < 0.05:
                first = int(rng.integers(0, 5))
                last = int(rng.integers(first, 5))
                leave.append((agent, week[first].isoformat(timespec="minutes"), (week[last] + pd.Timedelta(days=1)).isoformat(timespec="minutes"), str(rng.choice(["vacation", "vacation", "sick", "training"]))))
            if rng.random() < 0.25:
                day = week[int(rng.integers(0, 5))]
                what = str(rng.choice(["early", "late", "off"], p=[0.5, 0.3, 0.2]))
                wishes.append((agent, day.date().isoformat(), what, int(rng.integers(1, 4))))
    write(folder, "staff.csv", pd.DataFrame(staff, columns=["agent", "name", "team", "group", "contract", "cost_h", "skills"]))
    write(folder, "availability.csv", pd.DataFrame(available, columns=["agent", "start", "end", "kind"]))
    write(folder, "leave.csv", pd.DataFrame(leave, columns=["agent", "start", "end", "kind"]))
    write(folder, "wishes.csv", pd.DataFrame(wishes, columns=["agent", "date", "pattern", "weight"]))


def main() -> None:
    """Make the centres named on the command line, or both."""
    which = [a for a in sys.argv[1:] if not a.endswith(".gz")] or ["bank", "helpdesk"]
    source = next((Path(a) for a in sys.argv[1:] if a.endswith(".gz")), None)
    if "bank" in which:
        bank(source)


if __name__ == "__main__":
    main()
