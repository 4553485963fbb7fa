"""Runs laid side by side in a folder: their figures, and a picture of what makes the others dearer than the first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .files import write_atomic, write_csv
from .finished import costs_of, figures_of, summary_of
from .folders.swap import put, work_folder
from .hiring.charts import waterfall
from .report.charts import picture

TABLE, PICTURE = "compare.csv", "compare.png"


def write_comparison(runs: Sequence[Path], out: Path) -> Path:
    """Write compare.csv and, where two runs or more tell money, compare.png; whole or not at all.

    Raises
    ------
    InputError
        If one of `runs` is not a run folder.
    """
    table = figures_of(runs)
    costs = {run: parts for run, parts in costs_of(runs).items() if parts}
    with work_folder(out) as folder:
        write_csv(folder / TABLE, table.map(lambda v: len(v) if isinstance(v, list) else v))
        if len(costs) > 1:
            currency = str(summary_of(runs[0]).get("currency", ""))
            write_atomic(folder / PICTURE, picture(waterfall(costs, currency)))
        return put(folder, out)
