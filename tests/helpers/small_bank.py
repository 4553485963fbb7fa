"""The sample bank made small: a twentieth of its people, fewer calls, twelve weeks of history.

The manual's examples run on the copy in tests/reference/bank, so that whoever changes data/bank still passes the tests.
After a change of the sample that is meant to last: python tests/helpers/small_bank.py
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[2]
BANK = ROOT / "data" / "bank"
COPY = ROOT / "tests" / "reference" / "bank"
CALLS, PEOPLE = 26, 1 / 20
LIVE = "live_2003-10-28.csv"
FIRST_DAY, CALLS_END = "2003-08-04", "2003-10-24"


def write_small_bank(folder: Path) -> None:
    """Write the small bank into `folder`, with the notice of its calls and a running day."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = f"The copy in this folder begins on {FIRST_DAY}; each count is divided by {CALLS} and rounded.\n"
    (folder / "NOTICE").write_text((BANK / "NOTICE").read_text(encoding="utf-8") + "\n" + changed, encoding="utf-8")
    for name in ("plan.toml", "contract.toml"):
        shutil.copy(BANK / name, folder)
    calls = pd.read_csv(BANK / "calls.csv")
    calls = calls[calls["start"] >= FIRST_DAY]
    calls = calls.assign(offered=(calls["offered"] / CALLS).round().astype(int))
    staff = pd.read_csv(BANK / "staff.csv")
    staff = staff[staff["leave_date"].isna() | (staff["leave_date"] > CALLS_END)]  # not those who have left
    staff = staff.groupby("contract").sample(frac=PEOPLE, random_state=1).sort_index()
    live = pd.read_csv(BANK / LIVE)
    counts = ["offered", "answered", "abandoned", "short_abandoned", "answered_in", "abandoned_in"]
    live[counts] = (live[counts] / CALLS).round().astype(int)
    live["offered"] = live["answered"] + live["abandoned"]
    live["answered_in"] = live[["answered_in", "answered"]].min(axis=1)
    tables = {"calls": calls, "staff": staff, LIVE.removesuffix(".csv"): live}
    for name in ("availability", "leave", "wishes"):
        rows = pd.read_csv(BANK / f"{name}.csv")
        tables[name] = rows[rows["agent"].isin(staff["agent"])]
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    write_small_bank(COPY)
