"""What a plan says will happen, against a fresh simulation of it: ``python -m benchmarks.promise [--only NAME,...]``.

Each desk (``data/bank``, ``data/helpdesk``, the folder of ``busyhour init``, six made ones, see `promise_desks`) is
planned by the real command. The published activity is then simulated against the published volume with a seed that the
run did not use, and the table says per desk:

- ``inside``: share of the intervals with calls whose published expected service lies in the fresh 95 % interval, and
  how many there are; ``off``: expected less simulated, in points, root of the mean square weighted by calls;
- ``floor``: intervals below the floor by the fresh simulation; ``untold``: those that the run does not tell; ``sure``:
  of these, whose whole fresh interval lies below the floor, so that no luck of a seed explains them;
- ``goals``: periods of the goal whose whole fresh interval lies below it, and those of them that are not told;
- exit code, seconds, gap and cost.

A run tells what ``goals_missed`` of summary.json lists; runs without that key tell a number of slots below the floor.

With ``--against PATH`` (a checkout of the product, such as an older one) the same desks are planned there too, and the
differences of cost and wages are the cost of honest floors. Both plans are simulated by the product that runs this.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.promise_desks import DESKS, write_desk
from busyhour.app.inputs import Inputs
from busyhour.app.run import service_data
from busyhour.app.starter import write_starter
from busyhour.forecast.queueing import simulate
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.forecast.tables import TABLES as FORECAST
from busyhour.forecast.tables import read_csv
from busyhour.schedule.plan.activity import staffing
from busyhour.schedule.tables import TABLES

DATA = Path(__file__).parents[1] / "data"
SAMPLES = ("bank", "helpdesk")
NAMES = (*SAMPLES, "init", *DESKS)
KEY = ["queue", "period", "start"]
Period = tuple[str, str, pd.Timestamp]


@dataclass(frozen=True)
class Product:
    """A checkout of the product and the Python that runs it; no `checkout` = the product installed here."""

    python: str = sys.executable
    checkout: Path | None = None

    def plan(self, folder: Path, out: Path) -> tuple[int, float]:
        """Plan `folder` into the run folder `out` by the command and return its exit code and seconds."""
        began = time.monotonic()
        command = [self.python, "-m", "busyhour.app.cli", "plan", str(folder), "--out", str(out), "--quiet"]
        done = subprocess.run(command, env=self._env, capture_output=True, text=True, encoding="utf-8", check=False)
        if not (out / "summary.json").exists():
            sys.exit("\n".join([f"no plan of {folder.name}, code {done.returncode}:", *done.stderr.splitlines()[-12:]]))
        return done.returncode, time.monotonic() - began

    def refuse_another(self) -> None:
        """Exit unless the Python runs the code of the checkout."""
        command = [self.python, "-c", "import busyhour.app as a; print(a.__file__)"]
        done = subprocess.run(command, env=self._env, capture_output=True, text=True, encoding="utf-8", check=False)
        where = Path(done.stdout.strip() or ".").resolve()
        if self.checkout is not None and not where.is_relative_to(self.checkout.resolve()):
            sys.exit(f"{self.python} runs {where}, not the code of {self.checkout}\n{done.stderr}")

    @property
    def _env(self) -> dict[str, str]:
        links = {} if self.checkout is None else {"PYTHONPATH": str((self.checkout / "typings").resolve())}
        return os.environ | {"OPENBLAS_NUM_THREADS": "1"} | links


@dataclass
class Promise:
    """What one run promised, and what a fresh simulation of it says.

    Attributes
    ----------
    code, seconds
        Exit code and seconds of the command.
    summary
        Its summary.json.
    intervals
        Intervals with calls: ``expected, calls, simulated, ci_lo, ci_hi`` by queue, period and start.
    under, missed
        Intervals below the floor and periods below the goal in the fresh simulation: period → whether its whole 95 %
        interval is.
    """

    code: int
    seconds: float
    summary: Mapping[str, Any]
    intervals: pd.DataFrame
    under: dict[Period, bool] = field(default_factory=dict)
    missed: dict[Period, bool] = field(default_factory=dict)

    @property
    def inside(self) -> float:
        """Share of the intervals whose expected service lies in the fresh 95 % interval."""
        t = self.intervals
        return float(((t["expected"] >= t["ci_lo"]) & (t["expected"] <= t["ci_hi"])).mean())

    @property
    def off(self) -> float:
        """Root mean square of expected less simulated, weighted by calls."""
        t = self.intervals
        return math.sqrt(np.average((t["expected"] - t["simulated"]) ** 2, weights=t["calls"])) if len(t) else math.nan

    def untold(self, found: Mapping[Period, bool]) -> dict[Period, bool]:
        """Return those of the `found` periods that the run does not tell."""
        told = self.summary.get("goals_missed")
        if told is not None:
            known = {(m["queue"], m["period"], pd.to_datetime(m["start"], utc=True)) for m in told}
            return {k: sure for k, sure in found.items() if k not in known}
        slots = int(self.summary.get("below_floor_slots") or 0) if found is self.under else 0
        return dict(list(found.items())[slots:])  # only a number is told: of slots, which are no longer than intervals


def promise(product: Product, folder: Path, out: Path, seed: int) -> Promise:
    """Plan `folder`, simulate the published plan with another seed, and return what was promised and what comes."""
    code, seconds = product.plan(folder, out)
    inputs = Inputs.from_folder(folder)
    zone = inputs.config.site.zone
    activity = read_csv(out / "activity.csv", TABLES["activity"], zone=zone)
    volume = read_csv(out / "volume.csv", FORECAST["volume"], zone=zone)
    goals = {name: queue.goal for name, queue in inputs.config.queue.items()}
    fresh = _simulated(inputs, activity, volume, goals, seed)
    told = pd.read_csv(out / "service.csv")
    told["start"] = pd.to_datetime(told["start"], utc=True)
    fresh["start"] = pd.to_datetime(fresh["start"], utc=True)
    both = told[[*KEY, "expected", "calls"]].merge(fresh, on=KEY, validate="one_to_one")
    both = both[(both["calls"] > 0) & both["simulated"].notna()]
    rows = both[(both["period"] == "interval") & both["expected"].notna()]
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    found = Promise(code, seconds, summary, rows)
    for name, goal in goals.items():
        mine = both[both["queue"] == name]
        if goal.basis != "interval":
            found.under |= _below(mine[mine["period"] == "interval"], goal.floor, "simulated")
        found.missed |= _below(mine[mine["period"] == goal.basis], goal.level, "ci_hi")
    return found


def _simulated(
    inputs: Inputs, activity: pd.DataFrame, volume: pd.DataFrame, goals: Mapping[str, ServiceGoal], seed: int
) -> pd.DataFrame:
    """Simulate an activity against a volume as the product does, and return ``simulated, ci_lo, ci_hi``."""
    data = service_data(inputs, None, volume)
    rows = pd.concat([data.running, activity]) if len(data.running) else activity
    found = simulate(
        staffing(rows), volume, goals, interval_min=data.interval_min, week_start=data.week_start,
        absent=data.absent_days, handle=data.handle, seed=seed,
    )  # fmt: skip
    return found.service[[*KEY, "simulated", "ci_lo", "ci_hi"]].copy()


def _below(rows: pd.DataFrame, least: float, by: str) -> dict[Period, bool]:
    """Return the periods in which column `by` lies below `least`, and whether the whole interval does."""
    low = rows[rows[by] < least]
    starts = low["start"]
    return dict(
        zip(zip(low["queue"], low["period"], starts, strict=True), (low["ci_hi"] < least).tolist(), strict=True)
    )


def desk_folder(name: str, folder: Path, *, seconds: float | None, threads: int | None) -> None:
    """Write a desk into `folder`, planned for other `seconds` and with other `threads` where they are given."""
    if name in SAMPLES:
        shutil.copytree(DATA / name, folder, ignore=shutil.ignore_patterns("runs"))
    elif name == "init":
        write_starter(folder)
    else:
        write_desk(name, folder)
    plan = folder / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    for key, value in (("time_limit_s", seconds), ("threads", threads)):
        if value is not None:
            text = re.sub(rf"(?m)^{key} *=.*\n", "", text).replace("[solve]\n", f"[solve]\n{key} = {value}\n")
    plan.write_text(text, encoding="utf-8")


def show(name: str, found: Promise, base: Promise | None) -> None:
    """Print a desk's row, and which periods are not told."""
    s = found.summary
    gap = "no bound" if s["gap"] is None else f"{100 * s['gap']:.1f} %"
    under, missed = found.untold(found.under), found.untold(found.missed)
    more = ""
    if base is not None:
        costs = (100 * (s[key] / base.summary[key] - 1) for key in ("cost", "cost_wages"))
        more = "".join(f"{d:>+9.2f} %" for d in costs)
    print(
        f"{name:<10}{100 * found.inside:>6.1f} %{len(found.intervals):>6}{100 * found.off:>7.2f}"
        f"{len(found.under):>7}{len(under):>8}{sum(under.values()):>6}{len(found.missed):>7}{len(missed):>8}"
        f"{found.code:>6}{found.seconds:>7.0f}{gap:>10}{s['cost']:>12,.0f}{s['cost_wages']:>12,.0f}{more}",
        flush=True,
    )
    for (queue, period, start), sure in {**under, **missed}.items():
        local = start.tz_convert(s["zone"]) if s["zone"] else start
        print(f"    not told: {queue} {period} {local:%a %Y-%m-%d %H:%M}{'' if sure else ' (by a hair)'}", flush=True)


def main() -> None:
    """Plan and simulate each desk, and print a row of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(NAMES), help=f"desks, of {', '.join(NAMES)}")
    parser.add_argument("--seconds", type=float, help="time limit of each plan; otherwise the desk's own")
    parser.add_argument("--threads", type=int, help="threads of each plan; otherwise the desk's own")
    parser.add_argument("--seed", type=int, default=1001, help="seed of the fresh simulation")
    parser.add_argument("--against", type=Path, help="another checkout of the product")
    parser.add_argument("--peer-python", default=sys.executable, help="Python with what that checkout needs")
    parser.add_argument("--keep", type=Path, help="folder in which desks and runs are left")
    asked = parser.parse_args()
    names = asked.only.split(",")
    for name in names:
        if name not in NAMES:
            parser.error(f"no desk {name}: one of {', '.join(NAMES)}")
    products = {"this": Product()}
    if asked.against is not None:
        products = {"against": Product(asked.peer_python, asked.against), **products}
        products["against"].refuse_another()
    print(
        f"{'desk':<10}{'inside':>8}{'of':>6}{'off':>7}{'floor':>7}{'untold':>8}{'sure':>6}{'goals':>7}{'untold':>8}"
        f"{'code':>6}{'s':>7}{'gap':>10}{'cost':>12}{'wages':>12}" + "       cost      wages" * (len(products) > 1)
    )
    with tempfile.TemporaryDirectory() as temporary:
        for name in names:
            base: Promise | None = None
            for which, product in products.items():
                place = (asked.keep or Path(temporary)) / which / name
                desk_folder(name, place / name, seconds=asked.seconds, threads=asked.threads)
                found = promise(product, place / name, place / "run", asked.seed)
                show(name if which == "this" else f"- {name}", found, base)
                base = found


if __name__ == "__main__":
    main()
