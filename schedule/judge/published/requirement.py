"""requirement.csv and curve.csv against those made anew from the volume, or against those that were given."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .expected import Expected
from .rows import compare_values
from .run import Found, Published

NEED = (
    "open", "load_erl", "agents_phone", "agents_scheduled", "agents_paid", "service_level", "occupancy", "asa_s",
    "agents_exact",
)  # fmt: skip
CURVE = (
    "calls", "answered_in", "abandoned", "occupancy", "abandoned_in", "abandoned_short", "waited", "asa_s", "asa_all_s",
)  # fmt: skip
SIZES = dict.fromkeys(("answered_in", "abandoned", "abandoned_in", "abandoned_short", "waited"), "calls")


def requirement(run: Published, expected: Expected) -> Found:
    """Ensures every row and number of requirement.csv."""
    want = expected.published_requirement
    yield from compare_values(run, "requirement", want, [c for c in NEED if c in want], ("queue", "start"))


def curve(run: Published, expected: Expected) -> Found:
    """Ensures every row and number of curve.csv."""
    want = expected.curve
    if want is None or "curve" not in run.tables:
        return
    yield from compare_values(run, "curve", want, CURVE, ("queue", "start", "agents"), SIZES)


def coverage(run: Published, expected: Expected) -> Found:
    """Ensures a row of coverage.csv for every open or staffed slot, and every number in it."""
    parts = []
    for name, n in expected.needs.items():
        heads = run.heads[name]
        table = run.grid.starts.to_frame(index=False, name="start").assign(queue=name, required=n.need, on_phone=heads)
        beyond = heads - n.need
        table = table.assign(over=np.maximum(beyond, 0.0), under=np.maximum(-beyond, 0.0))
        for column in ("service_level", "asa_s", "abandon_rate"):
            table[column] = np.nan
        if n.curve is not None and n.open.any():
            above, below = n.counted(heads)
            calls, asa = n.calls(), n.at(n.curve.asa_s, heads)
            table.loc[n.open, "service_level"] = share(above, below)
            table.loc[n.open, "abandon_rate"] = share(n.at(n.curve.abandoned, heads) * n.share[n.open], calls)
            table.loc[n.open, "asa_s"] = np.where(np.isfinite(asa) & (calls > 0), asa, np.nan)
        parts.append(table[n.open | (heads > 0)])
    want = pd.concat(parts, ignore_index=True)
    columns = ("on_phone", "required", "over", "under", "service_level", "asa_s", "abandon_rate")
    yield from compare_values(run, "coverage", want, columns, ("queue", "start"))


def share(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return above / below, NaN where nothing is counted."""
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0))
