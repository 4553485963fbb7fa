"""Make ``docs/img/moving.png``: the service of the steep day, staffed two ways: ``python docs/make_moving.py``."""

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
from busyhour.forecast.queueing import performance, transient  # noqa: E402

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


def main() -> None:
    """Write the picture."""
    table = pd.concat([rows("Erlang A", "erlang_a"), rows("The moving queue", "moving")], ignore_index=True)
    assert np.isfinite(table["level"]).all()
    spec = chart(table).to_dict()
    target = ROOT / "docs" / "img" / "moving.png"
    target.write_bytes(vl_convert.vegalite_to_png(spec | {"background": "white"}, scale=1.0))


if __name__ == "__main__":
    main()
