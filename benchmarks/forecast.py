"""Errors of forecasts from past evenings: python -m benchmarks.forecast [--sets ...] [--models ...] [--peers PYTHON]

The bank (half-hours, and five minutes), three French desks, and the eleven others; of `--data`
what is absent is skipped. From each origin nothing after its evening is known but the calendar. Errors and coverage are
percent, RMSE is calls per interval; the floor is the WAPE that chance alone would leave; seconds are per origin, warm,
and beside them those of the model's first origin on the set. Where the scorer from outside the project stands beside
the data, it scores the same forecasts once more.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from busyhour.forecast.backtesting.rolling import backtest, scores
from busyhour.forecast.backtesting.score import METRICS
from busyhour.forecast.calls.arrange import histories
from busyhour.forecast.calls.quality import cleaned
from busyhour.forecast.errors import InputError
from busyhour.forecast.models import MODELS, model_named

from .forecast_goals import Row, shown, verdicts
from .forecast_peers import PEERS, peer, task
from .forecast_sets import DESK_ORIGINS, SETS, Set, sets_named

DEFAULTS = ("factor", "auto")
TOOL = "score_forecast.py"
TOOL_NAMES = {
    "wape": "WAPE", "rmse": "RMSE", "bias": "bias", "wql": "wQL", "coverage_80": "cov80", "coverage_95": "cov95",
    "day_wape": "day_WAPE", "floor": "floor",
}  # fmt: skip
SAME = 0.005  # half a digit of the printed figures


def errors(of: Set, model: str) -> tuple[pd.DataFrame, list[Row]]:
    """Return a model's predictions, and its errors, one row per band."""

    def run(origins: pd.DataFrame) -> pd.DataFrame:
        return backtest(
            of.calls, of.calendar, interval_min=of.interval_min, origins=origins, model=model, daytype=of.daytype
        )

    first = scores(run(of.origins.iloc[:1]))["seconds"].iloc[0]
    predictions = run(of.origins)
    table = scores(predictions).rename(columns={"seconds": "warm_s"}).assign(set=of.name, first_s=first)
    return predictions, table.to_dict("records")


def outside(of: Set, predictions: pd.DataFrame, rows: list[Row], data: Path) -> str:
    """Return what the scorer beside the data says of the predictions: the figures of `rows`, or its own."""
    tool, (file, *options) = data.parent / "tools" / TOOL, of.outside
    if not (tool.exists() and (data / file).exists()):
        return f"skipped, no {TOOL} and {file} at --data"
    if of.listed:
        options += ["--expect-origins", str(data / DESK_ORIGINS), "--dataset", of.listed]
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.csv"
        local = predictions["timestamp"].dt.tz_localize(None)
        predictions.drop(columns=["queue", "model"]).assign(timestamp=local).to_csv(told, index=False)
        command = [sys.executable, str(tool), str(told), str(data / file), *options, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        return f"refused: {done.stderr.strip()}"
    found = json.loads(done.stdout)
    pairs = [(shown(name, row[name]), found[row["band"]][its]) for row in rows for name, its in TOOL_NAMES.items()]
    off = max(abs(ours - its) for ours, its in pairs)
    if off < SAME:
        return "the same figures in every band"
    return f"DIFFERS by up to {off:.2g}: {json.dumps(found)}"


def head(of: Set) -> str:
    """Return the two lines above the table of a set."""
    names = "".join(f"{name:>12}" for name in METRICS)
    return (
        f"\n{of.name}: {len(of.origins)} origins, {of.interval_min} min, "
        f"the next {of.origins['horizon_days'].max()} {of.daytype} days\n"
        f"{'model':<28}{'band':<7}{'days':>5}{names}{'warm s':>9}{'first s':>9}"
    )


def line(row: Row) -> str:
    """Return one row of the table."""
    figures = "".join(f"{shown(name, row[name]):>12.2f}" for name in METRICS)
    return f"{row['model']:<28}{row['band']:<7}{row['days']:>5}{figures}{row['warm_s']:>9.3f}{row['first_s']:>9.2f}"


def ratios(ours: list[Row], theirs: list[Row]) -> Iterator[str]:
    """Yield each model's WAPE and seconds over the whole horizon as parts of a peer's."""
    whole = theirs[-1]
    for row in ours:
        if row["band"] == whole["band"]:
            wape, seconds = row["wape"] / whole["wape"], row["warm_s"] / whole["warm_s"]
            yield f"  {row['model']} / {whole['model']}: WAPE {wape:.2f}, seconds {seconds:.4f}"


def inspection(of: Set) -> str:
    """Tell how long it takes to find what the history of a set is not learnt from, after a first time."""
    (past,) = histories(of.calls, of.calendar, minutes=of.interval_min).values()
    cleaned(past)
    began = time.perf_counter()
    cleaned(past)
    return f"  history of {len(past.dates)} days inspected in {time.perf_counter() - began:.3f} s"


def measure(of: Set, models: list[str], data: Path, peers: Path | None) -> list[Row]:
    """Print the tables of one set and return the rows of busyhour's own models."""
    print(head(of))
    rows: list[Row] = []
    said = []
    for model in models:
        predictions, found = errors(of, model)
        print("\n".join(line(row) for row in found), flush=True)
        said.append(f"  scored from outside, {model}: {outside(of, predictions, found, data)}")
        rows += found
    given = task(of) if peers else {}
    for script in PEERS if peers else ():
        theirs = peer(peers, script, of, given)
        if isinstance(theirs, str):
            said.append(f"  {script}: no answer, {theirs}")
            continue
        print("\n".join(line(row) for row in theirs), flush=True)
        said += ratios(rows, theirs)
    print("\n".join([*said, inspection(of)]), flush=True)
    return rows


def main() -> None:
    """Measure every set that was asked for, then hold the figures against the goals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default=",".join(SETS), help="which, separated by commas")
    parser.add_argument("--models", default="factor", help="by commas; auto = a race at each origin, all = each alone")
    parser.add_argument("--peers", type=Path, help="interpreter that has statsforecast and prophet")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="beside it ../tools may score too")
    parser.add_argument("--every", type=int, default=1, help="only every N-th origin")
    asked = parser.parse_args()
    names = asked.sets.split(",")
    if unknown := [name for name in names if name not in SETS]:
        parser.error(f"no such set: {', '.join(unknown)}; there are {', '.join(SETS)}")
    if asked.peers and not shutil.which(asked.peers):
        parser.error(f"--peers {asked.peers} is no program")
    if asked.every < 1:
        parser.error("--every counts from 1")
    models = list(dict.fromkeys(m for name in asked.models.split(",") for m in (MODELS if name == "all" else (name,))))
    try:
        for model in models:
            if model != "auto":
                model_named(model)
    except InputError as wrong:
        parser.error(str(wrong))
    rows: list[Row] = []
    for name in names:
        sets = sets_named(name, asked.data)
        if isinstance(sets, str):
            print(f"\n{name}: skipped, no {sets} at --data {asked.data}")
            continue
        for of in sets:
            rows += measure(of.every(asked.every), models, asked.data, asked.peers)
    lines = list(verdicts([row for row in rows if row["model"] in DEFAULTS]))
    if lines:
        some = "" if asked.every == 1 else f" (on one origin in {asked.every})"
        print(f"\n{'goals' + some:<38}{'measured':>9}   {'must':<22}aim", *lines, sep="\n")


if __name__ == "__main__":
    main()
