"""Every chart in words: what to see in it, in a sentence or two, and the same figures as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .axis import TimeAxis
from .figures import clock, day, number, percent
from .forecast_series import PARTS, miss_rows, newest_week, part_rows, total_rows
from .run import Run, records
from .series import simulated_rows
from .tables import TextTable, table

MOST_QUEUES = 3
"""Queues that the sentence names, at least 1; the table has all."""
MOST_CELLS = 20
"""Cells of the map of misses that the table lists, at least 1, the largest misses first."""


@dataclass(frozen=True)
class Described:
    """A chart in words, and its figures; without a table of its own the page shows them elsewhere."""

    says: str
    table: TextTable | None = None


def described(run: Run, axis: TimeAxis) -> dict[str, Described]:
    """Return the words of each chart by its name; charts that the run does not have are left out."""
    makers: dict[str, Callable[[], Described | None]] = {
        "service": lambda: _service(run),
        "forecast": lambda: _forecast(run),
        "past_week": lambda: _past_week(run),
        "parts": lambda: _parts(run),
        "misses": lambda: _misses(run),
        "staffing": lambda: _staffing(run),
        "service_level": lambda: _service_level(run, axis),
        "over": lambda: _heat(run, "over"),
        "under": lambda: _heat(run, "under"),
    }
    return {name: found for name, make in makers.items() if (found := make()) is not None}


def _by_queue(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for queue, rows in frame.groupby("queue", sort=False):
        yield str(queue), rows


def _by_day(frame: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Yield queue, label of the day, and rows of each day of each queue."""
    for (queue, date), rows in frame.groupby(["queue", "date"], sort=False):
        yield str(queue), day(pd.Timestamp(str(date)).date()), rows


def _sentences(run: Run, frame: pd.DataFrame, say: Callable[[pd.DataFrame], str]) -> str:
    """Return what `say` tells of each queue, its name before it where there are several."""
    told = [(q, say(rows)) for q, rows in _by_queue(frame)]
    more = f" The table has all {len(told)} queues." if len(told) > MOST_QUEUES else ""
    if len(run.queues) == 1:
        return "".join(f"{text[0].upper()}{text[1:]}." for _, text in told)
    return " ".join(f"{queue}: {text}." for queue, text in told[:MOST_QUEUES]) + more


def _most(rows: pd.DataFrame, column: str) -> Any:
    """Return the row with the largest number in a column."""
    return rows.iloc[int(np.nanargmax(rows[column].to_numpy(dtype=float)))]


def _least(rows: pd.DataFrame, column: str) -> Any:
    """Return the row with the smallest number in a column."""
    return rows.iloc[int(np.nanargmin(rows[column].to_numpy(dtype=float)))]


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(date=[t.date() for t in frame["start"]])


def _moment(time: pd.Timestamp) -> str:
    return f"{day(time.date())} {clock(time)}"


def _service(run: Run) -> Described | None:
    """Say between which levels the days lie, and which is the lowest."""
    service = run.table("service")
    if service is None:
        return None
    days = service[(service["period"] == "day") & service["simulated"].notna()]
    if days.empty:
        return None

    def say(rows: pd.DataFrame) -> str:
        least = _least(rows, "simulated")
        return (
            f"the days are simulated between {percent(rows['simulated'].min())} and {percent(rows['simulated'].max())},"
            f" the lowest is {day(least['start'].date())}, the goal is {percent(rows['goal'].iloc[0], 0)}"
        )

    return Described(_sentences(run, days, say))


def _forecast(run: Run) -> Described | None:
    """Tell calls of the week, the busiest day and interval."""
    volume = run.table("volume")
    if volume is None:
        return None
    frame = _dated(volume)
    bands = {"q0.025", "q0.975"} <= set(frame)

    def say(rows: pd.DataFrame) -> str:
        days, top = rows.groupby("date", as_index=False)[["calls"]].sum(), _most(rows, "calls")
        busiest = _most(days, "calls")
        band = f" (95 % from {number(top['q0.025'])} to {number(top['q0.975'])})" if bands else ""
        most = f"{day(busiest['date'])} ({number(busiest['calls'])})"
        return (
            f"{number(rows['calls'].sum())} calls are expected, most on {most}; "
            f"the busiest interval begins {_moment(top['start'])} with {number(top['calls'])}{band}"
        )

    lines, days = [], []
    for queue, label, rows in _by_day(frame):
        top = _most(rows, "calls")
        edges = [number(top[c]) for c in ("q0.025", "q0.975")] if bands else []
        lines.append((queue, label, number(rows["calls"].sum()), clock(top["start"]), number(top["calls"]), *edges))
        days.append(label)
    columns = "Queue|Day|Calls#|Busiest from#|Calls then#" + ("|95 % from#|95 % to#" if bands else "")
    made = table("Expected calls by day", columns, lines, file="volume.csv", days=days)
    return Described(_sentences(run, frame, say), made)


def _past_week(run: Run) -> Described | None:
    """Say how far the newest past week was off, and how much of it lay within the bands."""
    week = newest_week(run)
    if week is None or week["actual"].notna().sum() == 0:
        return None
    frame = _dated(week[week["actual"].notna()])
    bands = [(name, low, high) for name, low, high in (("80 %", "q0.1", "q0.9"), ("95 %", "q0.025", "q0.975"))
             if {low, high} <= set(frame)]  # fmt: skip

    def inside(rows: pd.DataFrame, low: str, high: str) -> str:
        return percent(float(rows["actual"].between(rows[low], rows[high]).mean()), 0)

    def say(rows: pd.DataFrame) -> str:
        came, told = rows["actual"].sum(), rows["calls"].sum()
        held = " and ".join(f"{inside(rows, a, b)} of the intervals in the {name} band" for name, a, b in bands)
        return f"{number(came)} calls came where {number(told)} were expected" + (f"; {held}" if held else "")

    lines = []
    for queue, label, rows in _by_day(frame):
        came, told = float(rows["actual"].sum()), float(rows["calls"].sum())
        off = percent(told / came - 1) if came else "–"
        lines.append((queue, label, number(came), number(told), off, *(inside(rows, *b[1:]) for b in bands)))
    columns = "Queue|Day|Came#|Expected#|Forecast off by#" + "".join(f"|In {name}#" for name, *_ in bands)
    return Described(_sentences(run, frame, say), table("The past week by day", columns, lines, file="past_weeks.csv"))


def _parts(run: Run) -> Described | None:
    """Say which part moves which day furthest from the level."""
    totals, parts = pd.DataFrame(total_rows(run)), pd.DataFrame(part_rows(run))
    if totals.empty:
        return None
    names = [] if parts.empty else [n for n in PARTS.values() if n in set(parts["part"])]
    adds = {} if parts.empty else parts.set_index(["queue", "day", "part"])["adds"].to_dict()

    def say(rows: pd.DataFrame) -> str:
        mine = [(q, d, p) for q, d in zip(rows["queue"], rows["day"], strict=True) for p in names]
        if not mine:
            return "no day differs from the level"
        key = max(mine, key=lambda k: abs(adds.get(k, 0.0)))
        value = adds.get(key, 0.0)
        verb = "adds" if value >= 0 else "takes"
        return f"the largest single part is {key[2]} on {key[1]}, which {verb} {number(abs(value))} calls"

    lines = [
        (r["queue"], r["day"], number(r["level"]), *(number(adds.get((r["queue"], r["day"], n), 0.0)) for n in names),
         number(r["total"]))
        for r in records(totals)
    ]  # fmt: skip
    columns = "Queue|Day|Level#|" + "".join(f"{n}#|" for n in names) + "Calls#"
    made = table("What each day's calls are made of", columns, lines, file="volume_parts.csv", days=totals["day"])
    return Described(_sentences(run, totals, say), made)


def _misses(run: Run) -> Described | None:
    """Tell the cells that were missed most, and how many lie beyond chance."""
    frame = pd.DataFrame(miss_rows(run))
    if frame.empty:
        return None
    frame = frame[frame["share"].notna()].astype({"share": float})

    def say(rows: pd.DataFrame) -> str:
        high, low = _most(rows, "share"), _least(rows, "share")
        return (
            f"furthest too high {high['weekday']} {high['column']} ({percent(high['share'])}), furthest too low "
            f"{low['weekday']} {low['column']} ({percent(low['share'])}); {int((rows['sure'] > 0).sum())} of "
            f"{len(rows)} cells are more than chance makes"
        )

    order = frame.assign(size=frame["share"].abs()).sort_values(["sure", "size"], ascending=False, kind="stable")
    lines = [
        (r["queue"], r["weekday"], r["column"], percent(r["share"]), number(r["weeks"]), "yes" if r["sure"] else "")
        for r in records(order.head(MOST_CELLS))
    ]
    made = table("Largest misses", "Queue|Weekday|From|Off by#|Days#|More than chance", lines, file="past_weeks.csv")
    return Described(_sentences(run, frame, say), made)


def _staffing(run: Run) -> Described | None:
    """Tell the slot in which most are missing, and hours over and under."""
    coverage = run.table("coverage")
    if coverage is None:
        return None
    frame, hour = _dated(coverage), run.slot_min / 60

    def say(rows: pd.DataFrame) -> str:
        worst = _most(rows, "under")
        of = f"{number(worst['under'], 1)} of {number(worst['required'], 1)}"
        short = f"most are missing {_moment(worst['start'])}: {of}"
        over, under = (number(rows[c].sum() * hour, 1) for c in ("over", "under"))
        whole = f"{over} agent-hours over, {under} under"
        return f"{short if worst['under'] > 0 else 'nobody is missing in any slot'}; in all {whole}"

    lines, days = [], []
    for queue, label, rows in _by_day(frame):
        if not (rows["required"].any() or rows["on_phone"].any()):
            continue
        worst = _most(rows, "under")
        sums = (number(rows[c].sum() * hour, 1) for c in ("required", "on_phone", "over", "under"))
        most = (number(worst["under"], 1), clock(worst["start"])) if worst["under"] > 0 else ("0", "")
        lines.append((queue, label, *sums, *most))
        days.append(label)
    columns = "Queue|Day|Required h#|On the phone h#|Over h#|Under h#|Most missing#|At#"
    made = table("Staff and requirement by day", columns, lines, file="coverage.csv", days=days)
    return Described(_sentences(run, frame, say), made)


def _service_level(run: Run, axis: TimeAxis) -> Described | None:
    """Tell the lowest interval, and how many lie below what was promised."""
    frame = pd.DataFrame(simulated_rows(run, axis))
    if frame.empty:
        return None
    frame = frame.astype({"simulated": float})

    def say(rows: pd.DataFrame) -> str:
        worst = _least(rows, "simulated")
        lowest = f"the lowest interval is {worst['time']}, simulated at {percent(worst['simulated'])}"
        return f"{lowest}; {int(rows['below'].sum())} of {len(rows)} intervals lie below what was promised"

    lines, days = [], []
    for (queue, label), rows in frame.groupby(["queue", "day"], sort=False):
        worst = _least(rows, "simulated")
        at = str(worst["time"]).removeprefix(f"{label} ")
        interval = f"{percent(worst['ci_lo'])} to {percent(worst['ci_hi'])}"
        lines.append((str(queue), str(label), percent(worst["simulated"]), interval, at, number(rows["below"].sum())))
        days.append(str(label))
    columns = "Queue|Day|Lowest interval#|95 % interval#|At#|Below what was promised#"
    made = table("Service level of the intervals by day", columns, lines, file="service.csv", days=days)
    return Described(_sentences(run, frame, say), made)


def _heat(run: Run, what: str) -> Described | None:
    """Tell the hour of the week with most over or under, and the hours of each day by the clock."""
    coverage = run.table("coverage")
    if coverage is None:
        return None
    hour = run.slot_min / 60
    frame = _dated(coverage).assign(hour=[t.hour for t in coverage["start"]])
    frame = frame[(frame["required"] > 0) | (frame["on_phone"] > 0)]
    if frame.empty:
        return None
    words = f"{what}-staffed"

    def say(rows: pd.DataFrame) -> str:
        worst = _most(rows.groupby(["date", "hour"], sort=False, as_index=False)[[what]].sum(), what)
        if not worst[what] > 0:
            return f"no slot is {words}"
        often = _most(rows.groupby("hour", as_index=False)[[what]].sum(), what)
        at, then = (f"{int(r['hour']):02d}:00 ({number(r[what] * hour, 1)} agent-hours)" for r in (worst, often))
        return f"most {words} is {day(worst['date'])} at {at}; over the week most at {then}"

    wide = frame.pivot_table(index=["queue", "date"], columns="hour", values=what, aggfunc="sum", sort=False) * hour
    wide = wide[sorted(wide.columns)]
    lines = [
        (str(queue), day(date), *("" if np.isnan(v) else number(v, 1) for v in row))
        for (queue, date), row in zip(wide.index, wide.to_numpy(), strict=True)
    ]
    columns = "|".join(["Queue", "Day", *(f"{h:02d}#" for h in wide.columns)])
    days = [row[1] for row in lines]
    made = table(f"Agent-hours {what} by day and hour", columns, lines, file="coverage.csv", days=days)
    return Described(_sentences(run, frame, say), made)
