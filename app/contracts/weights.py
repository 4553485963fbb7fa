"""Weights of judged items in the quality score."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.calendar.local_times import first_true
from ...forecast.errors import InputError
from ...schedule.contracts.contract import Contract

SLACK = 1e-6
"""How far weights may miss their sum: rounding of decimals."""


def item_weights(
    goals: pd.Series, given: pd.Series, contract: Contract, path: Path
) -> tuple[dict[str, float], list[str]]:
    """Return the weight of each judged goal in the quality score, and a sentence where the file tells none.

    Parameters
    ----------
    goals
        Goal of each score, index "row".
    given
        Weight that stands beside the score, NaN = blank.

    Raises
    ------
    InputError
        If an item has two weights or a negative one, some items have none, or the weights do not add up to 1 (or to
        100, in per cent).
    """
    names = [goal.name for goal in contract.goals if (goals == goal.name).any()]
    if given.isna().all():
        own = {name: contract.goal(name).weight for name in names}
        if all(own.values()):
            note = "scores carry no weights: items weigh as the contract's money weighs them"
            return {name: weight / sum(own.values()) for name, weight in own.items()}, [note]
        told = ["scores carry no weights: all items weigh alike"] if len(names) > 1 else []
        return dict.fromkeys(names, 1 / len(names)) if names else {}, told
    if (given < 0).any():
        at = first_true(given < 0)
        raise InputError("a negative weight", file=path, row=int(given.index[at]), column="weight",
                         value=float(given.iloc[at]), mend="Weights are shares: a quarter is 0.25")  # fmt: skip
    weights = {name: _weight(given[goals == name], name, path) for name in names}
    total = sum(weights.values())
    whole = 100.0 if abs(total - 100) < 100 * SLACK else 1.0
    if abs(total - whole) > whole * SLACK:
        shown = " + ".join(f"{weight:g} ({name})" for name, weight in weights.items())
        unseen = [g.name for g in contract.goals if not g.counted and g.is_share and g.name not in names]
        mend = f"Weights of the items add up to 1: {shown}"
        mend += f"; no row is about {', '.join(unseen)}" if unseen else ""
        raise InputError("weights do not add up", file=path, column="weight", value=round(total, 6), mend=mend)
    return {name: weight / whole for name, weight in weights.items() if weight > 0}, []


def _weight(given: pd.Series, name: str, path: Path) -> float:
    """Return the weight of one item, which stands alike in all of its rows that have any."""
    known = given.dropna()
    if known.empty:
        row = int(given.index[0])
        mend = "Write the weight of every item, or of none"
        raise InputError(f"no weight of {name}", file=path, row=row, column="weight", mend=mend)
    other = ~np.isclose(known, known.iloc[0], rtol=0, atol=SLACK)
    if other.any():
        at = int(np.argmax(other))
        what = f"two weights of {name}: {known.iloc[0]:g} in row {known.index[0]}"
        mend = "A weight belongs to the item: write the same in all rows of the item"
        raise InputError(what, file=path, row=int(known.index[at]), column="weight", value=float(known.iloc[at]),
                         mend=mend)  # fmt: skip
    return float(known.iloc[0])
