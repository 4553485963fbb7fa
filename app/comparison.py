"""Runs laid side by side in a folder: their figures, and a picture of these and of what makes one dearer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import altair as alt

from .files import write_atomic, write_csv
from .finished import costs_of, figures, figures_of, is_hiring, run_names, summary_of
from .folders.swap import put, work_folder
from .hiring.charts import waterfall
from .report.charts import picture
from .report.look import BLUE, CONFIG, INK, Spec

TABLE, PICTURE = "compare.csv", "compare.png"
HIRING_BARS = {
    "cost": ("expected cost", ",.0f"),
    "required_fte": ("FTE required", ",.1f"),
    "available_fte": ("FTE available", ",.1f"),
    "hires": ("people to hire", ",.0f"),
    "probability_least": ("chance of the hardest month", ".0%"),
}
WEEK_BARS = {
    "cost": ("cost", ",.0f"),
    "paid_hours": ("paid hours", ",.0f"),
    "service_level_simulated": ("service level, simulated", ".1%"),
    "goals_missed": ("goals missed", ",.0f"),
    "under_agent_hours": ("agent-hours short", ",.1f"),
}
"""Figure → title and form of its bars."""
WIDTH, STEP, WATERFALL = 1100, 26, 280
"""Pixels of the picture, of a run's bar, and of the height of the waterfall."""


def write_comparison(runs: Sequence[Path], out: Path) -> Path:
    """Write compare.csv and, of two runs or more, compare.png; whole or not at all.

    Raises
    ------
    InputError
        If one of `runs` is not a run folder.
    """
    table, names = figures_of(runs), run_names(runs)
    told = {name: figures(summary_of(run)) for name, run in zip(names, runs, strict=True)}
    parts = costs_of(runs)  # by path: a run that is named twice comes once
    costs = {name: parts[str(run)] for name, run in zip(names, runs, strict=True) if parts[str(run)]}
    with work_folder(out) as folder:
        write_csv(folder / TABLE, table.map(lambda v: len(v) if isinstance(v, list) else v))
        if len(told) > 1:
            currency = str(summary_of(runs[0]).get("currency", ""))
            steps = waterfall(costs, currency) if len(costs) > 1 else None
            write_atomic(folder / PICTURE, picture(beside(told, currency, steps)))
        return put(folder, out)


def beside(runs: Mapping[str, Mapping[str, Any]], currency: str, steps: Spec | None) -> Spec:
    """Draw the main figures of runs as bars beside each other, above the waterfall of their cost where there is one.

    Parameters
    ----------
    runs
        Name of a run → its figures; a figure that none tells is left out.
    steps
        The waterfall as a specification of its own.
    """
    hiring = all(is_hiring(r) for r in runs.values())
    shown = {f: v for f, v in (HIRING_BARS if hiring else WEEK_BARS).items()
             if any(_number(r.get(f)) is not None for r in runs.values())}  # fmt: skip
    panels = [
        _bars({name: _number(r.get(figure)) for name, r in runs.items()}, f"{title}, {currency}" if figure == "cost"
              else title, form, first=i == 0)
        for i, (figure, (title, form)) in enumerate(shown.items())
    ]  # fmt: skip
    width = (WIDTH - 160) // max(1, len(panels)) - 24
    rows: list[Spec] = [{"hconcat": [p | {"width": width} for p in panels], "spacing": 24}]
    data: Spec = {}
    if steps is not None:
        data = steps["datasets"]
        rows.append({k: v for k, v in steps.items() if k not in ("config", "params", "datasets", "autosize")}
                    | {"width": WIDTH - 80, "height": WATERFALL})  # fmt: skip
    return {"vconcat": rows, "spacing": 36, "config": CONFIG, "datasets": data}


def _number(value: Any) -> float | None:
    """Return a figure as a number, a list as its length."""
    if isinstance(value, list):
        return float(len(value))
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _bars(values: Mapping[str, float | None], title: str, form: str, *, first: bool) -> Spec:
    """Draw one figure of all runs; the first panel names them."""
    known = {name: value for name, value in values.items() if value is not None}
    rows = [{"run": name, "value": value} for name, value in known.items()]
    wide = 1.35 * max([1e-9, *known.values()])  # room for the figure behind the longest bar
    axis = alt.Axis(ticks=False, domain=False, labelLimit=150) if first else None
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("run:N", sort=list(values), title=None, axis=axis))
    x = alt.X("value:Q", title=None, axis=None, scale=alt.Scale(domain=[0, wide]))
    bar = base.mark_bar(color=BLUE, height={"band": 0.7}).encode(x=x)
    text = base.mark_text(align="left", dx=4, color=INK).encode(x=x, text=alt.Text("value:Q", format=form))
    chart = alt.layer(bar, text).properties(
        title=alt.Title(title, anchor="start", fontSize=12), height=STEP * len(values)
    )
    return {k: v for k, v in chart.to_dict(validate=True).items() if k not in ("$schema", "config")}
