"""What a period costs and earns: ladders, critical failures, gates, caps, and malus that is earned back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from ...forecast.errors import InputError
from .contract import Contract
from .figures import Figure
from .ladder import holds
from .outcomes import is_single
from .terms import Gate, Money
from .units import Period


@dataclass(frozen=True)
class Amount:
    """What one goal costs or earns in a period.

    Attributes
    ----------
    goal
        Name of the goal.
    at_risk
        Money that hangs on it: its weight times the amount at risk.
    share
        What its ladder says of the figure: + earns, − costs; 0 where the period does not count.
    amount
        ``share × at_risk``: + earned, − lost, before gates and caps.
    """

    goal: str
    at_risk: float
    share: float
    amount: float


@dataclass(frozen=True)
class Back:
    """Malus of an earlier period that is given back: period of the miss, goal, amount."""

    period: str
    goal: str
    amount: float


@dataclass(frozen=True)
class Settlement:
    """The money of one period. Amounts that are lost are negative.

    Attributes
    ----------
    fee, at_risk
        Fee of the period, and what of it is at risk.
    quantity
        What the fee was paid for, as "1,234 answered calls"; "" for a fixed fee.
    amounts
        One a goal with a weight.
    malus, bonus
        After critical failures, gates and caps.
    malus_before, bonus_before
        Sums of the ladders alone.
    critical, void, withheld
        Goals that failed critically; gates that void the bonus; gates whose figure is not known yet.
    capped
        Which of ``malus`` and ``bonus`` the caps cut.
    earned_back
        Malus of earlier periods that comes back in this one.
    """

    fee: float
    at_risk: float
    quantity: str
    amounts: tuple[Amount, ...]
    malus: float
    bonus: float
    malus_before: float
    bonus_before: float
    critical: tuple[str, ...] = ()
    void: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    capped: tuple[str, ...] = ()
    earned_back: tuple[Back, ...] = ()

    @property
    def net(self) -> float:
        """Bonus, malus and what comes back, added up."""
        return self.bonus + self.malus + sum(back.amount for back in self.earned_back)

    def malus_of(self, goal: str) -> float:
        """What a goal lost after the cap; nothing where a critical failure took the malus (that does not come back)."""
        lost = sum(min(a.amount, 0.0) for a in self.amounts if a.goal == goal)
        if self.critical or not self.malus_before:
            return 0.0
        return lost * self.malus / self.malus_before


def fee_of(
    money: Money, period: Period, calls: pd.DataFrame, commitment: float = 0.0, locked: float = 0.0
) -> tuple[float, str]:
    """Return the fee of a period, and what it is paid for.

    Parameters
    ----------
    calls
        Calls of the period, of the queues under the contract.
    commitment, locked
        Share of the `locked` calls that is paid for at least, where the fee is per call.

    Raises
    ------
    InputError
        If the calls or the contract do not tell what is paid for.
    """
    if money.fee_per == "fixed":
        return money.fee, ""
    if money.fee_per == "per_quantity":
        if str(period) not in money.quantity:
            mend = f'Add "{period}" = … to money.quantity'
            raise InputError(
                "the quantity of a period is missing", column="money.quantity", value=str(period), mend=mend
            )
        count = float(money.quantity[str(period)])
        return money.fee * count, f"{count:,.10g} paid for"
    if money.fee_per == "per_minute":
        seconds, blank = _sum(calls, "handle_s")
        return money.fee * seconds / 60, f"{seconds / 60:,.0f} minutes of handle time{blank}"
    word = money.fee_per.removeprefix("per_")
    count, blank = _sum(calls, word)
    least = commitment * locked
    if count < least:
        return (
            money.fee * least,
            f"{least:,.0f} calls: {100 * commitment:g} % of those locked, {count:,.0f} came{blank}",
        )
    return money.fee * count, f"{count:,.0f} {word} calls{blank}"


def _sum(calls: pd.DataFrame, what: str) -> tuple[float, str]:
    """Return offered or answered calls, or seconds of handle time, and how many rows that need them leave them blank.

    Raises
    ------
    InputError
        If the calls have no such column.
    """
    single = is_single(calls)
    if single and "blocked" in calls:
        calls = calls[calls["blocked"].fillna(0) == 0]
    if single and what == "offered":
        return float(len(calls)), ""
    needed = ("answered", "handle_s") if what == "handle_s" else (what,)
    for name in needed:
        if name not in calls:
            mend = f"Map {name} in [intake.columns], or pay by something that the calls tell"
            raise InputError(f"the fee cannot be counted: the calls have no column {name}", column=name, mend=mend)
    amounts = calls[what]
    if what == "handle_s":
        amounts = (calls["handle_s"] * calls["answered"]).mask(calls["answered"] == 0, 0.0)
    blank = int(amounts.isna().sum())
    told = f", blank rows left out: {blank:,}" if blank else ""
    return float(amounts.sum()), told


def settled(contract: Contract, figures: Mapping[str, Figure], fee: float, quantity: str) -> Settlement:
    """Return the money of a period from the figures of its goals, without what is earned back.

    Ladders first; then the greater of their malus and that of critical failures; a critical failure, or a gate that is
    not met, voids the bonus; then the caps.
    """
    money = contract.money
    if money is None:
        raise InputError("the contract says nothing of money", column="money", mend="Add a [money]")
    pool = money.at_risk * fee
    amounts = tuple(_amount(contract, figures.get(g.name), g.name, g.weight * pool) for g in contract.goals if g.weight)
    before = sum(min(a.amount, 0.0) for a in amounts), sum(max(a.amount, 0.0) for a in amounts)
    malus, bonus = before
    critical = []
    for failure in money.critical:
        found = figures.get(failure.goal)
        if found is None or found.met is None or found.figure is None:
            continue
        if not holds(found.figure, failure.level, contract.goal(failure.goal).way):
            critical.append(failure.goal)
            malus = min(malus, -failure.share * pool)
    void = tuple(gate.goal for gate in money.gates if _state(gate, figures) is False)
    withheld = tuple(gate.goal for gate in money.gates if _state(gate, figures) is None)
    if critical or void or withheld:
        bonus = 0.0
    capped = []
    if money.cap is not None and malus < -money.cap * fee:
        malus, capped = -money.cap * fee, ["malus"]
    if money.bonus_cap is not None and bonus > money.bonus_cap * fee:
        bonus = money.bonus_cap * fee
        capped.append("bonus")
    return Settlement(
        fee, pool, quantity, amounts, malus, bonus, *before, tuple(critical), void, withheld, tuple(capped)
    )


def _amount(contract: Contract, found: Figure | None, name: str, at_risk: float) -> Amount:
    if found is None or found.met is None or found.figure is None:
        return Amount(name, at_risk, 0.0, 0.0)
    goal = contract.goal(name)
    share = goal.steps.moved(found.wanted - goal.wanted).value(found.figure, goal.way)
    return Amount(name, at_risk, share, share * at_risk)


def _state(gate: Gate, figures: Mapping[str, Figure]) -> bool | None:
    """Whether a gate is met; None while its figure is not known."""
    found = figures.get(gate.goal)
    return None if found is None else found.met


def with_earn_back(
    contract: Contract, periods: Sequence[tuple[Period, Mapping[str, Figure], Settlement, bool]]
) -> list[Settlement]:
    """Return the settlements of periods in order, with the malus that later periods bring back.

    Parameters
    ----------
    periods
        Period, figures by goal, settlement, and whether the period is over: only such periods bring malus back.
    """
    money = contract.money
    backs: list[list[Back]] = [[] for _ in periods]
    for rule in money.earn_back if money else ():
        way = contract.goal(rule.goal).way
        for i, (period, _, settlement, _) in enumerate(periods):
            lost = settlement.malus_of(rule.goal)
            if not lost:
                continue
            hits = 0
            for j in range(i + 1, min(i + 1 + rule.window, len(periods))):
                found, over = periods[j][1].get(rule.goal), periods[j][3]
                reached = found is not None and found.met is not None and found.figure is not None
                if over and reached and found is not None and holds(float(found.figure or 0.0), rule.level, way):
                    hits += 1
                if hits == rule.needed:
                    backs[j].append(Back(str(period), rule.goal, -lost))
                    break
    return [replace(one[2], earned_back=tuple(back)) for one, back in zip(periods, backs, strict=True)]
