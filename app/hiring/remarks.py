"""What the reader of a hiring run should know about its settings and its people, a sentence each."""

from __future__ import annotations

from ...schedule.hiring.problem import Months
from .build import OWN_HOURS
from .config import HiringFile
from .state import State
from .values import month_of


def remarks_of(file: HiringFile, state: State, months: Months) -> list[str]:
    """Return what settings mean here that a reader may take for something else."""
    config, out = file.config, []
    if not file.files and not file.given:
        out.append("there is no hiring.toml: attrition, training, speed and prices are examples, to be replaced")
    starts = months.starts()[:-1]
    if idle := [text for text in config.classes.frozen if month_of(text, "classes.frozen") not in starts]:
        out.append(f"classes.frozen: {', '.join(idle)} changes nothing, the plan runs from {starts[0]:%Y-%m} to "
                   f"{starts[-1]:%Y-%m}")  # fmt: skip
    coming, drop_out = sum(people for _, _, people in state.given), config.classes.drop_out
    if coming and drop_out > 0:
        out.append(f"{coming} people on their way have accepted an offer; {drop_out:.0%} of them are expected not to "
                   "turn up (classes.drop_out)")  # fmt: skip
    for name, terms in config.contract.items():
        keys = [key for key in ("hours_week", "cost_h") if getattr(terms, key) is not None]
        people = sum(len(kind.staff) for kind in state.kinds.values() if kind.contract == name)
        if keys and people:
            out.append(f"contract.{name}: {' and '.join(keys)} count for today's {people} people too")
    if config.vendor.takes_any:
        out.append("vendor.least_h: the money for hours that the contract takes in any case is not part of the cost")
    if file.scenario is not None and (left_out := [key for key in OWN_HOURS if getattr(config.prices, key) is None]):
        out.append(f"prices left out ({', '.join(left_out)}) follow from the wages without the scenario")
    return out
