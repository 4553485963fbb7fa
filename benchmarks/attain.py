"""Attainment of a real month, call by call: python -m benchmarks.attain --data DIR

DIR holds ``technion_feb1999_calls.csv.gz``, the calls of a bank in February 1999 one by one. The month is counted under
four definitions of the service level within 20 s (short abandons: within 10 s), through the files and the contract that
a planner would write; beside it stands the mean of the days, which is not the month. The figures are compared with
those that were counted from the file by hand.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import pandas as pd

from busyhour.app.config.contract_toml import ContractFile
from busyhour.app.contracts.attain import AttainOptions, attain
from busyhour.forecast.progress import Watch

CONTRACT = """
name = "February"
queues = ["bank"]
[intake]
one_row = "call"
[goal.offered]
metric = "service_level"
level = 0.5
within_s = 20
definition = "offered"
[goal.answered]
metric = "service_level"
level = 0.5
within_s = 20
definition = "answered"
[goal.total]
metric = "service_level"
level = 0.5
within_s = 20
definition = "total"
[goal.excl_short]
metric = "service_level"
level = 0.5
within_s = 20
definition = "excl_short"
short_s = 10
[goal.mean_of_days]
metric = "service_level"
level = 0.5
within_s = 20
definition = "offered"
aggregation = "mean"
part = "day"
"""
BY_HAND = {
    "offered": (16_209, 33_066, 49.02), "answered": (16_209, 27_162, 59.68), "total": (16_209 + 3_198, 33_066, 58.69),
    "excl_short": (16_209, 33_066 - 2_604, 53.21),
}  # fmt: skip
"""Definition → numerator, denominator, per cent."""
MEAN_OF_DAYS = 52.60


def main() -> int:
    """Print the figures beside those counted by hand; 1 where they differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    source = parser.parse_args().data / "technion_feb1999_calls.csv.gz"
    if not source.exists():
        print(f"skipped: no {source.name} at --data")
        return 0
    raw = pd.read_csv(source)
    raw = raw[raw["outcome"] != "PHANTOM"]
    calls = pd.DataFrame({
        "queue": "bank", "start": raw["arrival"], "answered": (raw["outcome"] == "AGENT").astype(int),
        "wait_s": raw["wait_s"],
    })  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "contract.toml").write_text(CONTRACT, encoding="utf-8")
        calls.to_csv(folder / "calls.csv", index=False)
        began = time.process_time()
        found = attain(ContractFile.read(folder / "contract.toml"), [folder / "calls.csv"], AttainOptions(), Watch())
        seconds = time.process_time() - began
    same = True
    print(f"{'definition':<14}{'numerator':>10}{'denominator':>13}{'per cent':>10}   by hand")
    for figure in found.now.figures:
        share = 100 * (figure.figure or 0.0)
        if figure.goal == "mean_of_days":
            hand, agrees = f"{MEAN_OF_DAYS:.2f}, which is not the month", round(share, 2) == MEAN_OF_DAYS
        else:
            top, bottom, percent = BY_HAND[figure.goal]
            hand = f"{top:,} / {bottom:,} = {percent:.2f}"
            agrees = (figure.numerator, figure.denominator, round(share, 2)) == (top, bottom, percent)
        same &= agrees
        numbers = f"{figure.numerator:>10,.5g}" if figure.goal == "mean_of_days" else f"{figure.numerator:>10,.0f}"
        line = f"{figure.goal:<14}{numbers}{figure.denominator:>13,.0f}{share:>10.2f}   {hand}"
        print(line + ("" if agrees else "  DIFFERS"))
    print(f"{len(calls):,} calls read and counted in {seconds:.1f} s of CPU")
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
