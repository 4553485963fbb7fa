"""A small run folder made with plain pandas, so that reports and exports are tested without a solver."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

PLAN = """
cyclic = false
[site]
name = "Test <centre> & sons"
zone = "{zone}"
interval_min = 30
grid_min = 15
note = "People and wages are made up."
[opening]
monday = "07:00-21:00"
[queue.calls]
patience_s = 120
[queue.calls.goal]
level = 0.8
within_s = 20
basis = "day"
[queue.chat]
[queue.chat.goal]
level = 0.7
within_s = 60
[shrinkage]
unplanned = 0.1
[shift.full8]
paid_min = 480
start_from = "07:00"
start_to = "12:30"
[[shift.full8.break]]
duration_min = 15
earliest_min = 120
latest_min = 120
[[shift.full8.break]]
kind = "lunch"
paid = false
duration_min = 30
earliest_min = 240
latest_min = 240
[contract.full]
shifts = ["full8"]
min_h_week = 36
max_h_week = 40
cost_h = 27.77
[costs]
currency = "EUR"
cost_h = 29.99
[[costs.premium]]
share = 0.25
start = "18:00"
end = "21:00"
"""


def _iso(frame: pd.DataFrame, path: Path) -> None:
    out = frame.copy()
    for name in out.columns:
        if isinstance(out[name].dtype, pd.DatetimeTZDtype):
            out[name] = [t.isoformat() for t in out[name]]
    out.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def build_run(
    folder: Path,
    *,
    agents: int = 12,
    days: int = 3,
    week: str = "2026-11-02",
    zone: str = "Europe/Berlin",
    hours: tuple[int, int] = (7, 21),
    people: bool = True,
) -> Path:
    """Write a run folder of `days` days from `week` and return it."""
    rng = np.random.default_rng(7)
    (folder / "inputs").mkdir(parents=True)
    (folder / "inputs" / "plan.toml").write_text(PLAN.replace("{zone}", zone), encoding="utf-8")
    first = dt.date.fromisoformat(week)
    dates = [first + dt.timedelta(days=i) for i in range(days)]

    def starts(minutes: int, dates: list[dt.date] = dates) -> pd.DatetimeIndex:
        parts = []
        for date in dates:
            low = (
                pd.Timestamp(date).tz_localize(zone)
                if hours[0] == 0
                else (pd.Timestamp(date) + pd.Timedelta(hours=hours[0])).tz_localize(zone)
            )
            end = (
                pd.Timestamp(date) + pd.Timedelta(hours=hours[1])
                if hours[1] < 24
                else pd.Timestamp(date + dt.timedelta(days=1))
            )
            parts.append(pd.date_range(low, end.tz_localize(zone), freq=f"{minutes}min", inclusive="left"))
        return parts[0].append(parts[1:])

    ids = ["=1+2", "a/b:c", *(f"A{i:03d}" for i in range(2, agents))][:agents]
    queue_of = {a: "chat" if i % 4 == 3 else "calls" for i, a in enumerate(ids)}
    activity, roster = [], []
    for i, agent in enumerate(ids):
        family = 7 * 60 + 30 * (i * 7 % 12)
        for d, date in enumerate(dates):
            if days > 5 and (d + i) % 7 < 2:
                continue
            start = (pd.Timestamp(date) + pd.Timedelta(minutes=family)).tz_localize(zone)
            cuts = [
                (0, 120, "phone"),
                (120, 135, "break"),
                (135, 240, "phone"),
                (240, 270, "lunch"),
                (270, 390, "phone"),
                (390, 405, "break"),
                (405, 510, "phone"),
            ]
            for a, b, what in cuts:
                activity.append(
                    (
                        agent,
                        start + pd.Timedelta(minutes=a),
                        start + pd.Timedelta(minutes=b),
                        what,
                        queue_of[agent] if what == "phone" else "",
                    )
                )
            roster.append(
                (
                    agent,
                    str(date),
                    f"full8@{family // 60:02d}{family % 60:02d}",
                    start,
                    start + pd.Timedelta(minutes=510),
                    480,
                )
            )
    act = pd.DataFrame(activity, columns=["agent", "start", "end", "activity", "queue"])
    _iso(act, folder / "activity.csv")
    ros = pd.DataFrame(roster, columns=["agent", "date", "pattern", "start", "end", "paid_min"])
    _iso(ros, folder / "roster.csv")
    opens = ros.head(2).drop(columns="agent").assign(queue="calls", contract="full")
    _iso(opens, folder / "open_shifts.csv")
    _iso(opens[["date", "pattern"]].assign(reason="nobody with skill calls is free"), folder / "open_reasons.csv")

    fine, coarse = starts(15), starts(30)
    volume, requirement, coverage, history, service, parts, past_weeks = [], [], [], [], [], [], []
    for queue, share in (("calls", 0.75), ("chat", 0.25)):
        size = max(1.0, agents * share)
        hour = np.array([t.hour + t.minute / 60 for t in coarse])
        shape = 0.15 + np.exp(-(((hour - 10.5) / 2.2) ** 2)) + 0.7 * np.exp(-(((hour - 15.5) / 2.6) ** 2))
        calls = np.round(6 * size * shape, 3)
        bands = {
            f"q{q:g}": np.maximum(0, calls + z * 1.6 * np.sqrt(calls))
            for q, z in ((0.025, -1.96), (0.1, -1.28), (0.5, 0), (0.9, 1.28), (0.975, 1.96))
        }
        volume.append(
            pd.DataFrame(
                {
                    "queue": queue,
                    "start": coarse,
                    "calls": calls,
                    **bands,
                    "handle_s": 180.0,
                    "patience_s": 120.0,
                    "model": "seasonal",
                }
            )
        )
        monday = np.array([t.weekday() == 0 for t in coarse])
        adds = {"level": 0.9 * calls, "weekday": np.where(monday, 0.2, -0.1) * calls}
        adds["calendar"] = calls - adds["level"] - adds["weekday"]
        parts.append(pd.DataFrame({"queue": queue, "start": coarse, **adds}))
        for back in range(1, 6):
            past = starts(30, [d - dt.timedelta(days=7 * back) for d in dates])
            came = np.round(np.resize(calls, len(past)) * rng.normal(1, 0.08, len(past)))
            history.append(pd.DataFrame({"queue": queue, "start": past, "calls": came}))
            told = {"calls": np.resize(calls, len(past)), **{q: np.resize(v, len(past)) for q, v in bands.items()}}
            origin = str(dates[0] - dt.timedelta(days=7 * back + 1))
            past_weeks.append(pd.DataFrame({"queue": queue, "origin": origin, "start": past, "actual": came, **told}))
        phone = np.zeros(len(fine))
        for r in act[(act["activity"] == "phone") & (act["queue"] == queue)].itertuples():
            phone[(fine >= r.start) & (fine < r.end)] += 1
        need = np.array([t.hour + t.minute / 60 for t in fine])
        need = np.ceil(
            size
            * 0.78
            * (0.1 + np.exp(-(((need - 11) / 2.6) ** 2)) * 0.75 + 0.65 * np.exp(-(((need - 15.5) / 2.6) ** 2)))
        )
        requirement.append(
            pd.DataFrame(
                {
                    "queue": queue,
                    "start": coarse,
                    "open": 1,
                    "load_erl": calls * 180 / 1800,
                    "agents_phone": need[np.searchsorted(fine, coarse)],
                    "agents_scheduled": need[np.searchsorted(fine, coarse)] / 0.9,
                    "service_level": 0.82,
                    "occupancy": 0.8,
                    "asa_s": 9.0,
                }
            )
        )
        level = np.clip(0.8 + 0.35 * (phone - need) / np.maximum(need, 3) + rng.normal(0, 0.02, len(fine)), 0.02, 1)
        coverage.append(
            pd.DataFrame(
                {
                    "queue": queue,
                    "start": fine,
                    "required": need,
                    "on_phone": phone,
                    "over": np.maximum(phone - need, 0),
                    "under": np.maximum(need - phone, 0),
                    "service_level": level,
                    "asa_s": 20 * (1 - level),
                    "abandon_rate": 0.2 * (1 - level),
                }
            )
        )
        for d, date in enumerate(dates):
            sim = 0.8 + (0.004 if d % 2 else -0.001)
            service.append(
                (queue, "day", pd.Timestamp(date).tz_localize(zone), 0.8, 0.801, sim, sim - 0.003, sim + 0.003)
            )
        service.append((queue, "week", pd.Timestamp(first).tz_localize(zone), 0.8, 0.801, 0.802, 0.8, 0.804))
    tables = {"volume": volume, "requirement": requirement, "coverage": coverage, "history": history}
    for name, pieces in (tables | {"volume_parts": parts, "past_weeks": past_weeks}).items():
        _iso(pd.concat(pieces, ignore_index=True), folder / f"{name}.csv")
    _iso(
        pd.DataFrame(service, columns=["queue", "period", "start", "goal", "expected", "simulated", "ci_lo", "ci_hi"]),
        folder / "service.csv",
    )
    _iso(
        ros.groupby(["date", "pattern"], as_index=False).size().rename(columns={"size": "agents"}), folder / "cover.csv"
    )
    short = pd.DataFrame(
        {
            "queue": "calls",
            "start": fine[[4, 20]],
            "end": fine[[8, 24]],
            "under": [2.0, 1.0],
            "binding_rule": ["rest_min", "=max_days"],
            "detail": ["11 h of rest", "5 days a week"],
            "cost_one_more": [87.654, 45.678],
            "who": ["A003", "A004|A005"],
        }
    )
    _iso(short, folder / "explain.csv")
    models = pd.DataFrame(
        {
            "queue": ["calls"] * 2,
            "model": ["seasonal", "naive"],
            "wape": [0.081, 0.123],
            "bias": [0.01, -0.02],
            "wql": [0.05, 0.08],
            "coverage_80": [0.79, 0.6],
            "coverage_95": [0.94, 0.8],
            "chosen": [1, 0],
        }
    )
    _iso(models, folder / "backtest.csv")
    _iso(
        pd.DataFrame(
            {
                "queue": ["calls"],
                "start": [fine[0]],
                "end": [fine[4]],
                "kind": ["gap"],
                "what": ["4 intervals missing"],
                "action": ["left out"],
            }
        ),
        folder / "quality.csv",
    )
    if people:
        staff = pd.DataFrame(
            {
                "agent": ids,
                "name": ["@Ada", *(f"Name {i}" for i in range(1, agents))],
                "team": [f"Team {i % 3 + 1}" for i in range(agents)],
                "contract": "full",
                "cost_h": [31.37 + i % 5 for i in range(agents)],
            }
        )
        _iso(staff, folder / "inputs" / "staff.csv")
    summary = {
        "site": "Test <centre> & sons",
        "note": "People and wages are made up.",
        "zone": zone,
        "week": week,
        "currency": "EUR",
        "goals": {"calls": "80/20 by day", "chat": "70/60 by day"},
        "status": "feasible",
        "stopped": "gap",
        "cost": 9876.5,
        "cost_wages": 9754.25,
        "cost_prices": 122.25,
        "cost_prices_parts": {"open_shifts": 100.0, "wishes": 22.25},
        "bound": 9866.62,
        "gap": 0.001,
        "cover": {"status": "optimal", "cost": 9700.0, "bound": 9700.0, "gap": 0.0},
        "roster": {"status": "feasible", "cost": 9876.5, "bound": 9866.62, "gap": 0.001},
        "paid_hours": float(ros["paid_min"].sum() / 60),
        "over_agent_hours": 40.25,
        "under_agent_hours": 12.5,
        "open_shifts": 2,
        "violations": 0,
        "service_level_expected": 0.801,
        "service_level_simulated": 0.802,
        "service_level_ci": [0.8, 0.804],
        "goal_basis": "day",
        "seconds": 61.2,
        "stages": {"forecast": 9.1, "cover": 30.0, "roster": 20.0},
        "gap_history": [[1, 12000.5, 9500.0], [5, 9900.0, 9800.0], [30, 9876.5, 9866.62]],
        "seed": 1,
        "versions": {"busyhour": "0.1.0", "python": "3.11"},
        "input_hashes": {"plan.toml": "ab" * 32},
    }
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def shared_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as `small_run`, made once; do not change it."""
    return build_run(tmp_path_factory.mktemp("shared") / "run")


@pytest.fixture
def small_run(tmp_path: Path) -> Path:
    """Twelve agents, two queues, three days."""
    return build_run(tmp_path / "run")


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., Path]:
    """Build a run folder with other sizes, weeks or hours."""
    return lambda **options: build_run(tmp_path / "run", **options)
