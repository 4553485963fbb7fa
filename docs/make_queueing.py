"""Make the pictures of the queueing pages: ``python docs/make_queueing.py``.

``moving.png``: the service of the steep day, staffed two ways. ``curve.png``: the service curve of a half-hour.
"""

from __future__ import annotations

import sys
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import vl_convert

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.moving import HERE, PATIENCE_S, forward, rates_of, simulated, stationary  # noqa: E402
from busyhour.forecast.queueing import ServiceGoal, performance, service_curve, transient  # noqa: E402

AHT_S, DAYS = 600.0, 1024
LINES = ("Erlang A, half-hour by half-hour", "exact, as the queue moves")
BAND = "simulated, 95 %"


def rows(staffing: str, model: str) -> pd.DataFrame:
    """Return the service level of each half-hour by formula, by the exact law and by simulation."""
    starts, rates = rates_of(HERE / "steep.csv")
    agents = forward(rates, AHT_S) if model == "moving" else stationary(model, rates, AHT_S)
    load = rates.mean(axis=1) * AHT_S
    still = performance("erlang_a", agents, load_erl=load, aht_s=AHT_S, patience_s=PATIENCE_S).service_level()
    exact = transient(rates, agents, aht_s=AHT_S, patience_s=PATIENCE_S).service_level()
    level, error = simulated(starts, rates, agents, AHT_S, DAYS)
    table = pd.DataFrame({"time": starts[::6], "low": level - 1.96 * error, "high": level + 1.96 * error})
    told = zip(LINES, (still, exact), strict=True)
    table = pd.concat([table.assign(level=values, by=name) for name, values in told], ignore_index=True)
    return table.assign(staffing=f"{staffing}: {agents.sum() / 2:g} agent-hours")


def chart(table: pd.DataFrame) -> alt.Chart:
    """Return both staffings one above the other."""
    time = alt.X("time:T", title=None, axis=alt.Axis(format="%H:%M"))
    percent = alt.Axis(format="%", title="in 20 s")
    scale = alt.Scale(domain=[0.45, 1.0])
    colours = alt.Scale(domain=[*LINES, BAND], range=["#b0722a", "#1f4e79", "#9fc3dd"])
    by = alt.Color("by:N", scale=colours, legend=alt.Legend(title=None, orient="top"))
    band = alt.Chart().transform_calculate(by=f"'{BAND}'").mark_area(interpolate="step-after", opacity=0.7)
    band = band.encode(time, alt.Y("low:Q", axis=percent, scale=scale), alt.Y2("high:Q"), by)
    lines = alt.Chart().mark_line(interpolate="step-after", strokeWidth=2).encode(time, alt.Y("level:Q"), by)
    goal = alt.Chart().mark_rule(strokeDash=[4, 4], color="#555").encode(y=alt.datum(0.8))
    layer = alt.layer(band, lines, goal, data=table).properties(width=760, height=190)
    facet = layer.facet(row=alt.Row("staffing:N", title=None, sort=None, header=alt.Header(labelOrient="top")))
    return facet.configure(font="DejaVu Sans")


def curve_rows() -> pd.DataFrame:
    """Return the service of one half-hour by agents: its calls known, and uncertain."""
    row = {"queue": "calls", "start": pd.Timestamp("2026-11-16 10:00"), "calls": 100.0, "handle_s": 180.0}
    row["patience_s"] = 300.0
    cases = {"100 calls for sure": {}, "100 calls, 60 to 140 likely": {"q0.1": 60.0, "q0.9": 140.0}}
    parts = []
    for name, quantiles in cases.items():
        curve = service_curve(pd.DataFrame([row | quantiles]), interval_min=30, model="erlang_a", within_s=20)
        level = curve.service_level(ServiceGoal(0.8, 20))[0]
        parts.append(pd.DataFrame({"agents": np.arange(len(level)), "level": level, "by": name}))
    return pd.concat(parts, ignore_index=True)


def curve_chart(table: pd.DataFrame) -> alt.Chart:
    """Return the share answered in time over the number of agents, with goal and floor."""
    agents = alt.X(
        "agents:Q", title="agents on the phone", axis=alt.Axis(tickMinStep=1), scale=alt.Scale(domain=[0, 24])
    )
    level = alt.Y("level:Q", title="answered in 20 s", axis=alt.Axis(format="%"))
    colours = alt.Scale(range=["#1f4e79", "#b0722a"])
    by = alt.Color("by:N", scale=colours, legend=alt.Legend(title=None, orient="top"))
    near = table[table["agents"] <= 24]
    lines = alt.Chart(near).mark_line(point=True, strokeWidth=2).encode(agents, level, by)
    marks = pd.DataFrame({"level": [0.8, 0.5], "told": ["goal 80 %", "floor 50 %"]})
    rules = alt.Chart(marks).mark_rule(strokeDash=[4, 4], color="#555").encode(y="level:Q")
    words = (
        alt.Chart(marks)
        .mark_text(align="left", dx=4, dy=-6, color="#333")
        .encode(alt.Text("told:N"), alt.Y("level:Q"), x=alt.value(0))
    )
    return alt.layer(rules, words, lines).properties(width=760, height=260).configure(font="DejaVu Sans")


def write(name: str, picture: alt.Chart) -> None:
    """Write a picture of the manual."""
    spec = picture.to_dict() | {"background": "white"}
    (ROOT / "docs" / "img" / name).write_bytes(vl_convert.vegalite_to_png(spec, scale=1.0))


def main() -> None:
    """Write the pictures."""
    table = pd.concat([rows("Erlang A", "erlang_a"), rows("The moving queue", "moving")], ignore_index=True)
    assert np.isfinite(table["level"]).all()
    write("moving.png", chart(table))
    write("curve.png", curve_chart(curve_rows()))


if __name__ == "__main__":
    main()
