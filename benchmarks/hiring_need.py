"""Need for hiring against whole weeks that the engine schedules, held out: paid hours predicted and scheduled.

The need is measured on the calls before a month; then each held-out week of that month is forecast by the weekly
forecast, required and scheduled (shifts without names, all families). Two errors are told: ``given`` the calls that the
weekly forecast sees for each day (the need's own error: curve, sample weeks, mix), and ``all`` with the calls of the
months ahead. Usage:

    python -m benchmarks.hiring_need [FOLDER] [--week DATE] [--limit SECONDS]
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from busyhour.app.hiring.group_need import GroupNeed, Need
from busyhour.app.hiring.need import measured_need
from busyhour.app.inputs.inputs import Inputs
from busyhour.app.inputs.options import RunOptions
from busyhour.app.run import decisive, predict, problem_of, requirement_of
from busyhour.forecast.progress import Watch
from busyhour.schedule.cover.solve import solve_cover
from busyhour.schedule.hiring.problem import Months
from busyhour.schedule.problem.problem import ScheduleProblem

MIX = "cheapest"
FULL_WEEK_H = 40.0
"""Hours of a full-time week where plan.toml has no contract."""
WEEKS = {
    "normal": ("2003-08-11", "2003-09-15", "2003-09-22", "2003-10-20"),
    "holiday": ("2003-06-30", "2003-09-01", "2003-10-13"),
}
"""Held-out weeks of data/bank: Independence Day and Labor Day are shut, Columbus Day is not."""


@dataclass(frozen=True)
class HeldOut:
    """A held-out week: paid hours scheduled, and predicted given its calls and without them."""

    week: dt.date
    kind: str
    scheduled_h: float
    given_h: float
    all_h: float
    week_h: float

    @property
    def given(self) -> float:
        """Error given the calls, as a share."""
        return self.given_h / self.scheduled_h - 1.0

    @property
    def all(self) -> float:
        """Error without them, as a share."""
        return self.all_h / self.scheduled_h - 1.0

    @property
    def heads(self) -> float:
        """Error given the calls, in full-time heads."""
        return (self.given_h - self.scheduled_h) / self.week_h


def scheduled(
    folder: Path, week: dt.date, limit_s: float, scale: float = 1.0
) -> tuple[ScheduleProblem, pd.DataFrame, float]:
    """Schedule a week for real, its calls times `scale`; return its problem, its forecast volume and its paid hours."""
    inputs = Inputs.from_folder(folder, RunOptions(week=week))
    eye = Watch()
    volume = predict(inputs, eye).volume
    quantiles = [c for c in volume if str(c).startswith("q0.")]
    volume = volume.assign(**{str(c): volume[c] * scale for c in ("calls", *quantiles)})
    needed = requirement_of(inputs, volume, eye)
    problem = problem_of(inputs, needed.requirement, decisive(inputs.config, needed.curves))
    never_shut = bool(problem.open[0] and problem.open[-1])
    problem = replace(problem, staff=(), cyclic=problem.cyclic or never_shut)
    cover = solve_cover(problem, watch=eye, time_limit_s=limit_s, gap=0.002)
    print(f"  {week}: {cover.solved.status}, cost {cover.solved.cost:,.0f}, bound {cover.solved.bound:,.0f}, "
          f"prices {cover.cost_prices:,.0f}")  # fmt: skip
    return problem, volume, sum(p.shift.paid_min for p in cover.planned) / 60.0


def ratio_of(need: GroupNeed, kind: str) -> float:
    """Return the measured loss of a kind of week with the mix of the schedules, of paid hours that shifts fill."""
    ratios = {(p.kind, p.mix): p.filled_ratio for p in need.loss}
    mix = MIX if ("normal", MIX) in ratios else need.usual
    return ratios.get((kind, mix), ratios["normal", mix])


def held_out(need: Need, folder: Path, week: dt.date, limit_s: float, week_h: float) -> list[HeldOut]:
    """Return the errors of the need in one week, for each group; `week_h` are the hours of a full-time week."""
    problem, volume, hours = scheduled(folder, week, limit_s)
    out = []
    for group in need.groups.values():
        row = group.weeks[group.weeks["week"] == week]
        if not len(row):
            continue
        kind, paid = str(row["kind"].iloc[0]), ratio_of(group, str(row["kind"].iloc[0])) / (1.0 - group.absent)
        work = 0.0
        for queue in group.queues:
            mine = volume[volume["queue"] == queue]
            calls = mine.groupby(mine["start"].dt.date)["calls"].sum().reindex(problem.grid.dates, fill_value=0.0)
            features = need.far.models[queue].history.features(problem.grid.dates)
            work += float(group.curves[queue].work(features, calls.to_numpy()).sum())
        out.append(HeldOut(week, kind, hours, work * paid, float(row["work_h"].iloc[0]) * paid, week_h))
    return out


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("data/bank"))
    parser.add_argument("--week", action="append", help="first day of a held-out week instead of all of them")
    parser.add_argument("--limit", type=float, default=30.0, help="seconds for each schedule, and for the loss")
    asked = parser.parse_args()
    found: list[HeldOut] = []
    for text in asked.week or sorted(w for weeks in WEEKS.values() for w in weeks):
        week = dt.date.fromisoformat(text)
        began = time.process_time()
        inputs = Inputs.from_folder(asked.folder)
        need = measured_need(inputs, Months(week.replace(day=1), 1), time_limit_s=asked.limit)
        spent = time.process_time() - began
        week_h = max((c.max_h_week for c in inputs.config.contract.values()), default=FULL_WEEK_H)
        found += held_out(need, asked.folder, week, asked.limit, week_h)
        h = found[-1]
        print(f"{h.week} {h.kind:8} scheduled {h.scheduled_h:8,.0f} h  given its calls {h.given:+.1%} "
              f"({h.heads:+.1f} heads)  all {h.all:+.1%}  need: {spent:.0f} s of CPU", flush=True)  # fmt: skip
    for kind in ("normal", "peak", "holiday"):
        errors = np.array([h.given for h in found if h.kind == kind])
        if len(errors):
            print(
                f"{kind:8} mean error {errors.mean():+.2%}, largest {np.abs(errors).max():.2%} of {len(errors)} weeks"
            )


if __name__ == "__main__":
    main()
