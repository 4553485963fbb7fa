"""Make the made-up parts of the two sample centres: python data/make_samples.py [bank|helpdesk]

The bank's calls are real (see data/bank/NOTICE) and only copied; everybody and everything else is invented here,
from fixed seeds. Running it again gives the same files to the byte.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
FIRST = (
    "Ada Ben Cleo Dan Eva Finn Gina Hugo Iris Jack Kira Leo Mia Nils Olga Paul Quinn Rosa Sam Tess Umar Vera Will Xena "
    "Yuri Zoe"
)
LAST = (
    "Abbott Baker Carter Dixon Ellis Foster Grant Hayes Irwin Jones Kelly Lopez Mason Nolan Owens Parker Quigley Reyes "
    "Stone Turner Usher Vance Walsh Xiong Young Zeller"
)


def names(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` different invented names."""
    pairs = [f"{a} {b}" for a in FIRST.split() for b in LAST.split()]
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
        write(
            folder,
            "calls.csv",
            pd.DataFrame({"start": half.index.strftime("%Y-%m-%dT%H:%M"), "offered": half.to_numpy()}),
        )
    week = list(pd.date_range("2003-10-27", periods=5))
    mix = (("full", 138, 21.0), ("part30", 78, 19.5), ("part20", 76, 18.5))
    staff, available, leave, wishes = [], [], [], []
    everybody = names(sum(n for _, n, _ in mix), rng)
    number = 0
    for contract, count, wage in mix:
        for _ in range(count):
            agent, name = f"b{number:03d}", everybody[number]
            team = f"Team {1 + number % 12}"
            number += 1
            staff.append(
                (
                    agent,
                    name,
                    team,
                    "Main site",
                    contract,
                    round(wage + rng.choice([0, 0.5, 1.0, 1.5, 2.5]), 2),
                    "calls",
                )
            )
            kind = rng.choice(
                ["any", "early", "late", "school"],
                p=[0.62, 0.14, 0.14, 0.10] if contract == "full" else [0.45, 0.18, 0.19, 0.18],
            )
            span = {
                "any": ("07:00", "21:00"),
                "early": ("07:00", "17:30"),
                "late": ("11:00", "21:00"),
                "school": ("08:30", "18:00" if contract == "full" else "15:00"),
            }[kind]
            if kind != "any":
                days = [d for d in week if contract == "full" or rng.random() > 0.06]
                available += windows(agent, days, [span] * len(days))
            if rng.random() < 0.05:
                first = int(rng.integers(0, 5))
                last = int(rng.integers(first, 5))
                leave.append(
                    (
                        agent,
                        week[first].isoformat(timespec="minutes"),
                        (week[last] + pd.Timedelta(days=1)).isoformat(timespec="minutes"),
                        str(rng.choice(["vacation", "vacation", "sick", "training"])),
                    )
                )
            if rng.random() < 0.25:
                day = week[int(rng.integers(0, 5))]
                what = str(rng.choice(["early", "late", "off"], p=[0.5, 0.3, 0.2]))
                wishes.append((agent, day.date().isoformat(), what, int(rng.integers(1, 4))))
    people = pd.DataFrame(staff, columns=["agent", "name", "team", "group", "contract", "cost_h", "skills"])
    write(folder, "staff.csv", with_history(people, dt.date(2003, 10, 27)))
    write(folder, "availability.csv", pd.DataFrame(available, columns=["agent", "start", "end", "kind"]))
    write(folder, "leave.csv", pd.DataFrame(leave, columns=["agent", "start", "end", "kind"]))
    write(folder, "wishes.csv", pd.DataFrame(wishes, columns=["agent", "date", "pattern", "weight"]))


def outcomes(folder: Path) -> None:
    """Make outcomes.csv and quality.csv of data/bank (seed 20031008).

    They tell what became of the calls from September on, an outage among it, and scores of some of them.
    """
    rng = np.random.default_rng(20031008)
    calls = pd.read_csv(folder / "calls.csv", parse_dates=["start"])
    calls = calls[calls["start"] >= "2003-09-01"].reset_index(drop=True)
    day = calls["start"].dt.dayofyear
    of_day = pd.Series(rng.normal(0.0, 0.06, 366))[day].to_numpy()
    month = np.where(calls["start"].dt.month == 9, 0.685, 0.712)
    share = np.clip(month + of_day + rng.normal(0.0, 0.08, len(calls)), 0.2, 0.97)
    down = (calls["start"] >= "2003-10-08 10:00") & (calls["start"] < "2003-10-08 11:30")
    share = np.where(down, 0.12, share)
    offered = calls["offered"].to_numpy()
    answered_in = rng.binomial(offered, share)
    abandoned = rng.binomial(offered - answered_in, 0.2)
    short = rng.binomial(abandoned, 0.3)
    answered = offered - abandoned
    late = answered - answered_in
    waited = answered_in * rng.uniform(4, 7, len(calls)) + late * rng.uniform(45, 80, len(calls))
    rows = pd.DataFrame({
        "start": calls["start"].dt.strftime("%Y-%m-%dT%H:%M"), "offered": offered, "answered": answered,
        "abandoned": abandoned, "short_abandoned": short, "answered_in": answered_in, "within_s": 20,
        "wait_s": np.round(waited / answered, 1), "handle_s": np.round(rng.normal(175, 6, len(calls)), 1),
    })  # fmt: skip
    write(folder, "outcomes.csv", rows)
    items = {"quality": (0.30, 0.87), "fcr": (0.25, 0.74), "ownership": (0.15, 0.93), "adherence": (0.15, 0.96),
             "documentation": (0.15, 0.92)}  # fmt: skip
    days = sorted(calls["start"].dt.date.unique())
    scores = []
    for call, at in enumerate(np.sort(rng.integers(0, len(days), 120))):
        scorer = str(rng.choice(["C. Reed", "M. Stone", "J. Vance"]))
        for item, (weight, mean) in items.items():
            whole = item in ("fcr", "ownership")
            score = float(rng.random() < mean) if whole else round(float(np.clip(rng.normal(mean, 0.07), 0, 1)), 2)
            scores.append(("Example Contact Centre", days[at].isoformat(), item, score, weight, scorer, f"c{call:03d}"))
    columns = ["vendor", "date", "item", "score", "weight", "scorer", "call"]
    write(folder, "quality.csv", pd.DataFrame(scores, columns=columns))


LEAVE = (0.05,) + (0.045,) * 3 + (0.035,) * 3 + (0.022,) * 5 + (0.014,)
"""Invented probability to leave in each month of tenure, the last for all later ones; the history is drawn from it."""
KNOWN_MONTHS, MOST_MONTHS = 18, 240
"""Months back from which leavers are still on file, and longest tenure that is drawn."""


def with_history(people: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """Return people with an invented hire_date, four of them with a leave_date, and those who left (seed 20031028).

    The desk is drawn in its steady state: who is there has been so for a tenure whose density is the chance to stay so
    long; those who left in the last months stayed for a drawn tenure. People start on the first Monday of a month.
    """
    rng = np.random.default_rng(20031028)
    leave = np.array([*LEAVE, *[LEAVE[-1]] * (MOST_MONTHS - len(LEAVE))])
    stay = np.concatenate([[1.0], np.cumprod(1 - leave)])

    def start(months: int) -> dt.date:
        at = today.year * 12 + today.month - 1 - months
        first = dt.date(at // 12, at % 12 + 1, 1)
        return first + dt.timedelta(days=-first.weekday() % 7)

    tenures = rng.choice(len(stay), len(people), p=stay / stay.sum())
    hired = [start(int(m)) for m in tenures]
    gives_notice = set(rng.choice(len(people), 4, replace=False).tolist())
    left = [
        today + dt.timedelta(days=int(rng.integers(18, 60))) if i in gives_notice else None for i in range(len(people))
    ]
    there = people.assign(hire_date=hired, leave_date=left)
    count = round(KNOWN_MONTHS * len(people) / stay.sum())
    gone = people.sample(count, replace=True, random_state=20031028).reset_index(drop=True)
    stayed = rng.choice(len(leave), count, p=stay[:-1] * leave / (stay[:-1] * leave).sum())
    ago = rng.integers(1, KNOWN_MONTHS, count)
    begun = [start(int(a + m)) for a, m in zip(ago, stayed, strict=True)]
    ended = [start(int(a)) + dt.timedelta(days=int(rng.integers(3, 25))) for a in ago]
    told = {"agent": [f"x{i:03d}" for i in range(count)], "name": [f"Former {i + 1}" for i in range(count)]}
    gone = gone.assign(**told, hire_date=begun, leave_date=ended)
    return pd.concat([there, gone], ignore_index=True)


def helpdesk_calls(rng: np.random.Generator) -> pd.DataFrame:
    """Return sixteen invented weeks of half-hours of two queues round the clock; stamps carry their offset."""
    starts = pd.date_range("2026-06-29", "2026-10-19", freq="30min", tz="Europe/Warsaw", inclusive="left")
    hour = (starts.hour + starts.minute / 60).to_numpy()
    parts = []
    for queue, scale, night, aht, weekend in (("support", 50.0, 3.0, 400, 0.6), ("billing", 22.0, 1.0, 520, 0.4)):
        shape = night + scale * (
            np.exp(-(((hour - 10.5) / 2.3) ** 2))
            + 0.8 * np.exp(-(((hour - 15.5) / 2.6) ** 2))
            + 0.25 * np.exp(-(((hour - 20) / 1.8) ** 2))
        )
        week = np.array([1.2, 1.05, 1.0, 1.0, 0.95, weekend, weekend * 0.85])[starts.day_of_week]
        days = (starts.tz_localize(None).normalize() - pd.Timestamp("2026-06-29")).days
        factor = rng.gamma(250, 1 / 250, int(days.max()) + 1)[days]
        offered = rng.poisson(shape * week * factor)
        handle = np.where(offered > 0, rng.normal(aht, 0.6 * aht / np.sqrt(np.maximum(offered, 1))), np.nan)
        text = [t.isoformat(timespec="minutes") for t in starts]
        parts.append(
            pd.DataFrame(
                {"queue": queue, "start": text, "offered": offered, "handle_s": np.clip(handle, 60, 3000).round(0)}
            )
        )
    return pd.concat(parts)


def helpdesk() -> None:
    """Make data/helpdesk: everything invented (seed 20261019), planned over the Sunday on which summer time ends."""
    folder, rng = HERE / "helpdesk", np.random.default_rng(20261019)
    calls = helpdesk_calls(rng)
    calls["handle_s"] = calls["handle_s"].map(lambda v: "" if pd.isna(v) else f"{v:.0f}")
    write(folder, "calls.csv", calls)
    week = list(pd.date_range("2026-10-19", periods=7))
    staff, available, leave, wishes = [], [], [], []
    mix = [("full", 44), ("part", 18)]
    everybody = names(sum(n for _, n in mix), rng)
    for contract, count in mix:
        for _ in range(count):
            number = len(staff)
            agent = f"h{number:02d}"
            skills = str(
                rng.choice(
                    ["support", "support|billing:1.05", "billing", "support:1.1|billing"], p=[0.42, 0.26, 0.22, 0.10]
                )
            )
            staff.append(
                (
                    agent,
                    everybody[number],
                    ("Red", "Blue", "Green")[number % 3],
                    "Warsaw",
                    contract,
                    round(float(24 + rng.choice([0, 1, 2, 4])), 2),
                    skills,
                )
            )
            kind = rng.choice(["any", "day", "nights"], p=[0.60, 0.25, 0.15])
            if kind == "day":
                available += windows(agent, week, [("06:00", "22:00")] * 7)
            elif kind == "nights":
                available += [
                    (agent, f"{d.date()}T18:00", f"{(d + pd.Timedelta(days=1)).date()}T10:00", "available")
                    for d in [week[0] - pd.Timedelta(days=1), *week]
                ]
            if rng.random() < 0.06:
                day = week[int(rng.integers(0, 7))]
                leave.append((agent, f"{day.date()}T00:00", f"{(day + pd.Timedelta(days=1)).date()}T00:00", "vacation"))
            if rng.random() < 0.4:
                day = week[int(rng.integers(0, 7))]
                wishes.append(
                    (
                        agent,
                        day.date().isoformat(),
                        str(rng.choice(["off", "early", "late", "night8"], p=[0.4, 0.3, 0.2, 0.1])),
                        int(rng.choice([1, 2, 3])),
                    )
                )
    write(
        folder,
        "staff.csv",
        pd.DataFrame(staff, columns=["agent", "name", "team", "group", "contract", "cost_h", "skills"]),
    )
    write(folder, "availability.csv", pd.DataFrame(available, columns=["agent", "start", "end", "kind"]))
    write(folder, "leave.csv", pd.DataFrame(leave, columns=["agent", "start", "end", "kind"]))
    write(folder, "wishes.csv", pd.DataFrame(wishes, columns=["agent", "date", "pattern", "weight"]))


def main() -> None:
    """Make the centres named on the command line, or both."""
    which = [a for a in sys.argv[1:] if not a.endswith(".gz")] or ["bank", "helpdesk"]
    source = next((Path(a) for a in sys.argv[1:] if a.endswith(".gz")), None)
    if "bank" in which:
        bank(source)
        outcomes(HERE / "bank")
    if "helpdesk" in which:
        helpdesk()


if __name__ == "__main__":
    main()
