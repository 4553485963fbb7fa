"""What a month costs once its demand is known: overtime, vendor hours, voluntary time off, missing hours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from .problem import Recourse


@dataclass(frozen=True)
class Settled:
    """The cheapest way through a month; arrays of the shape of the demand.

    Parameters
    ----------
    overtime, vendor, short, lost, time_off
        Hours of each; `short` and `lost` are missing.
    cost
        Money, savings by time off taken off.
    by_work, by_contract
        Change of the cost per hour more of the group's own work, and of the contract.
    """

    overtime: np.ndarray
    vendor: np.ndarray
    short: np.ndarray
    lost: np.ndarray
    time_off: np.ndarray
    cost: np.ndarray
    by_work: np.ndarray
    by_contract: np.ndarray


def settle(rules: Recourse, work: np.ndarray, contract: np.ndarray, demand: np.ndarray) -> Settled:
    """Return the cheapest way to meet `demand` hours with `work` by the group and `contract` by a vendor.

    The least of ``Σ price · hours − saving · time off`` under ``work + contract + hours − time off >= demand`` with the
    limits of `Recourse`: what is lacking is filled in the order of prices, so no programme is solved. The cost is
    convex in (work, contract) and never rises with either. All arguments broadcast.
    """
    work, contract, demand = np.broadcast_arrays(work, contract, demand)
    lacks = demand - work - contract
    left = np.maximum(lacks, 0.0)
    room = {
        "overtime": (rules.overtime_cost, rules.overtime_share * work),
        "vendor": (rules.vendor_cost, rules.vendor_share * demand),
        "short": (rules.short_cost, rules.short_share * demand),
        "lost": (rules.lost_cost, np.full(demand.shape, np.inf)),
    }
    hours, price = {}, np.zeros(demand.shape)
    for name, (cost, most) in sorted(room.items(), key=lambda item: item[1][0]):
        hours[name] = np.minimum(left, most)
        price = np.where(hours[name] > 0, cost, price)
        left = left - hours[name]
    gain = np.maximum(price - rules.overtime_cost, 0.0)  # of one more hour of overtime
    most_off = rules.off_share * work
    off = np.clip(-lacks, 0.0, most_off)
    full = -lacks >= most_off
    by_work = np.where(
        lacks > 0,
        -price - rules.overtime_share * gain,
        -rules.off_saving * np.where(full, rules.off_share, 1.0),
    )
    by_contract = np.where(lacks > 0, -price, -rules.off_saving * np.where(full, 0.0, 1.0))
    total = sum(room[name][0] * hours[name] for name in room) - rules.off_saving * off
    return Settled(
        hours["overtime"], hours["vendor"], hours["short"], hours["lost"], off, np.asarray(total), by_work, by_contract
    )


CHANCE = np.polynomial.hermite_e.hermegauss(5)
"""Points and weights that stand for a normal law."""


@dataclass(frozen=True)
class Expected:
    """Means of `Settled` over scenarios and chance, by month; shapes (T,).

    `met` is the probability that no hour is missing after overtime and vendor hours, `missing` is short and lost hours.
    """

    overtime: np.ndarray
    vendor: np.ndarray
    missing: np.ndarray
    short: np.ndarray
    time_off: np.ndarray
    cost: np.ndarray
    by_work: np.ndarray
    by_contract: np.ndarray
    met: np.ndarray


@dataclass(frozen=True)
class GroupCost:
    """The expected cost of each month of a group as a convex function of its work and contract in that month.

    More scenarios do not make the function larger to use: only values and slopes at points are asked for.

    Parameters
    ----------
    rules
        Prices and limits.
    demand
        Hours of work in each scenario, shape (S, T).
    spread
        Standard deviation of the group's work around its mean, shape (T,): who leaves and how fast newcomers learn is
        chance. The limits of overtime and time off stay those of the mean, which keeps the function convex.
    """

    rules: Recourse
    demand: np.ndarray
    spread: np.ndarray

    def at(self, work: np.ndarray, contract: np.ndarray) -> Expected:
        """Return the expected cost and hours at `work` and `contract`, shapes (T,)."""
        points, weights = CHANCE if self.spread.any() else (np.zeros(1), np.ones(1))
        shifted = contract + points[:, None, None] * self.spread
        found = settle(self.rules, work, shifted, self.demand)

        def mean(values: np.ndarray) -> np.ndarray:
            return np.asarray(np.tensordot(weights / weights.sum(), values.mean(axis=1), 1))

        return Expected(
            overtime=mean(found.overtime),
            vendor=mean(found.vendor),
            missing=mean(found.short) + mean(found.lost),
            short=mean(found.short),
            time_off=mean(found.time_off),
            cost=mean(found.cost),
            by_work=mean(found.by_work),
            by_contract=mean(found.by_contract),
            met=self.met(work, contract),
        )

    def met(self, work: np.ndarray, contract: np.ndarray) -> np.ndarray:
        """Return the probability that no hour is missing after overtime and vendor hours, shape (T,)."""
        reach = work * (1.0 + self.rules.overtime_share) + contract
        need = self.demand * (1.0 - self.rules.vendor_share)
        spread = np.where(self.spread > 0, self.spread * (1.0 + self.rules.overtime_share), 1.0)
        normal = ndtr((reach - need) / spread)
        return np.asarray(np.where(self.spread > 0, normal, reach >= need - 1e-9 * (1.0 + need)).mean(axis=0))
