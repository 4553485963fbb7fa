"""Do the intervals and ranks of scorecards hold what they say? Simulated vendors whose truth is known.

    python -m benchmarks.scorecard [--desks N] [--seed S]

Coverage: how often the 95 % interval of a judged item holds the mean that all scorers would give to all calls, by
design of the sample. Ranks: vendors whose true scores are drawn near each other are ranked; of those told to be first
with a chance near p, a share p should truly be first, and of the pairs told apart hardly any may be told the wrong way.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from busyhour.schedule.contracts.equal_mix import equal_mix
from busyhour.schedule.contracts.ranking import ranking
from busyhour.schedule.contracts.sampling import samples

DESIGNS = (
    ("20 calls, 20 scorers", 20, 20, 0.1, True), ("20 calls, 4 scorers", 20, 4, 0.1, True),
    ("20 calls, 2 scorers", 20, 2, 0.1, True), ("20 calls, 1 scorer", 20, 1, 0.1, True),
    ("60 calls, 4 scorers", 60, 4, 0.1, True), ("60 calls, 4 scorers, rubric 1-5", 60, 4, 0.1, False),
    ("60 calls, 4 scorers, no spread", 60, 4, 0.0, True), ("60 calls, 4 scorers, wide spread", 60, 4, 0.25, True),
)  # fmt: skip
"""Name, calls a vendor, scorers, share of the variance between them, whether scores are yes or no."""
VENDORS = ("a", "b", "c")


def sampled(
    calls: int, scorers: int, between: float, *, yes_or_no: bool, rng: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return scores of three vendors by the same people, and the mean of each vendor over all scorers and calls."""
    levels = dict(zip(VENDORS, rng.uniform(-0.9, -0.3, len(VENDORS)), strict=True))
    kind = rng.normal(0, np.sqrt(between), scorers)
    rows = []
    for vendor, level in levels.items():
        noise = rng.normal(0, np.sqrt(1 - between), calls)
        latent = level + np.tile(kind, calls // scorers + 1)[:calls] + noise
        x = (latent < 0).astype(float) if yes_or_no else np.clip(np.round(3.4 - latent), 1, 5) / 4 - 0.25
        rows += [(vendor, f"s{k % scorers}", float(v)) for k, v in enumerate(x)]
    grid = rng.normal(0, 1, 200_000)
    truth = {
        v: float(
            (level + grid < 0).mean() if yes_or_no else (np.clip(np.round(3.4 - level - grid), 1, 5) / 4 - 0.25).mean()
        )
        for v, level in levels.items()
    }
    return pd.DataFrame(rows, columns=["vendor", "scorer", "share"]), truth


def coverage(desks: int, seed: int) -> None:
    """Print how often intervals hold the truth."""
    print(f"{'sample':36} holds  mean half width (points)")
    for name, calls, scorers, between, yes_or_no in DESIGNS:
        rng, held, width = np.random.default_rng(seed), 0, 0.0
        for _ in range(desks):
            rows, truth = sampled(calls, scorers, between, yes_or_no=yes_or_no, rng=rng)
            for vendor, one in samples(rows["vendor"], rows["scorer"], rows["share"]).items():
                held += one.low <= truth[vendor] <= one.high
                width += one.half_width
        number = desks * len(VENDORS)
        print(f"{name:36} {100 * held / number:5.1f} %  {100 * width / number:5.1f}")


def days_of(truth: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return calls of 40 days whose service varies from day to day round `truth`."""
    days = pd.bdate_range("2026-01-05", periods=40)
    share = np.clip(truth + rng.normal(0, 0.06, 40), 0, 1)
    offered = rng.poisson(60, (40, 4))
    top = rng.binomial(offered, share[:, None])
    starts = [d + pd.Timedelta(hours=9 + h) for d in days for h in range(4)]
    return pd.DataFrame({"queue": "q", "start": starts, "numerator": top.ravel(), "denominator": offered.ravel()})


def ranks(desks: int, seed: int) -> None:
    """Print how well chances of being first and pairs told apart bear out."""
    rng = np.random.default_rng(seed)
    first: list[tuple[float, bool]] = []
    apart = wrong = pairs = 0
    for k in range(desks):
        truth = dict(zip(VENDORS, rng.normal(0.75, 0.02, 3), strict=True))
        found = equal_mix({v: days_of(t, rng) for v, t in truth.items()}, draws=1000, seed=k).equal
        ranked = ranking({v: f.value for v, f in found.items()}, {v: f.drawn for v, f in found.items()})
        first += [(float(ranked.ranks[i, 0]), truth[v] == max(truth.values())) for i, v in enumerate(ranked.vendors)]
        for i, one in enumerate(ranked.vendors):
            for other in ranked.vendors[i + 1 :]:
                pairs += 1
                if other not in ranked.not_told_from(one):
                    apart += 1
                    wrong += truth[one] < truth[other]
    print("\nchance told  truly first  vendors")
    told, was = np.array([c for c, _ in first]), np.array([w for _, w in first])
    for low, high in ((0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        own = (told >= low) & (told < high)
        if own.any():
            print(f"{100 * told[own].mean():8.0f} %  {100 * was[own].mean():9.0f} %  {int(own.sum()):7d}")
    print(f"pairs told apart: {apart} of {pairs}, the wrong way: {wrong}")


def main() -> None:
    """Run both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--desks", type=int, default=400, help="simulated desks of each design")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.process_time()
    coverage(asked.desks, asked.seed)
    ranks(asked.desks, asked.seed)
    print(f"{time.process_time() - began:.0f} s of CPU")


if __name__ == "__main__":
    main()
