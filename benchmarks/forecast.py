"""Errors of the bank's forecasts from past evenings: python -m benchmarks.forecast [--model all|auto|NAME]

Origins are the 26 evenings of ``origins_bank.csv`` (every second working day, 30 July to 9 October 2003), the horizon
is the next ten working days, half-hours from 07:00 to 21:00 of ``data/bank``. Bands are days of the horizon. All
figures are percent: errors of the calls that came, coverage of the intervals; seconds are those of all origins. With
``--data`` each model's forecasts are scored a second time by code from outside the project.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from busyhour.app.inputs import Folder
from busyhour.forecast.progress import Watch
from busyhour.forecast.rolling import backtest

ORIGINS = Path(__file__).parent / "origins_bank.csv"
SHOWN = ("wape", "bias", "wql", "coverage_80", "coverage_95", "day_wape")


def outside(predictions: pd.DataFrame, data: Path) -> None:
    """Have each model's predictions scored by the tool beside the data, from the five-minute counts."""
    tool, calls = data.parent / "tools" / "score_forecast.py", data / "bank_calls_5min.csv.gz"
    if not (tool.exists() and calls.exists()):
        print("outside scores: skipped, no score_forecast.py and bank_calls_5min.csv.gz at --data")
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in predictions.groupby("model", sort=False):
            file = Path(folder) / f"{name}.csv"
            local = rows["timestamp"].dt.tz_localize(None)
            rows.drop(columns=["queue", "model"]).assign(timestamp=local).to_csv(file, index=False, lineterminator="\n")
            command = [sys.executable, tool, file, calls, "--start", "07:00", "--end", "21:00"]
            done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
            print(f"\noutside scores, {name}\n{done.stdout.rstrip() or done.stderr.rstrip()}")


def main() -> None:
    """Forecast from every origin and print the errors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="all", help="a model, all (each by itself) or auto (a race at each origin)")
    parser.add_argument("--folder", type=Path, default=Path("data/bank"), help="the planner's folder")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="its ../tools scores them too")
    asked = parser.parse_args()
    folder = Folder.read(asked.folder)
    calls, _ = folder.calls()
    origins = pd.read_csv(ORIGINS, parse_dates=["origin"])
    began = time.perf_counter()
    predictions, scores = backtest(
        calls,
        folder.calendar(),
        interval_min=folder.config.site.interval_min,
        origins=origins,
        model=asked.model,
        watch=Watch(),
    )
    print(f"{len(origins)} origins, {time.perf_counter() - began:.1f} s in all")
    print(f"{'model':<16}{'band':<7}{'days':>5}" + "".join(f"{name:>13}" for name in SHOWN) + f"{'seconds':>9}")
    for row in scores.itertuples():
        figures = "".join(f"{100 * getattr(row, name):>13.2f}" for name in SHOWN)
        print(f"{row.model:<16}{row.band:<7}{row.days:>5}{figures}{row.seconds:>9.1f}")
    outside(predictions, asked.data)


if __name__ == "__main__":
    main()
