"""What forecasts must reach and what they aim at, and whether they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
Range = tuple[float, float]
OWN_LIST = ("bank", "tech_axa", "cat", "medical")


@dataclass(frozen=True)
class Goal:
    """A figure of a set and the ranges, ends included, in which it must and should lie.

    Attributes
    ----------
    of
        Name of the set.
    band
        Which row of the set's table: 0 = the first day, -1 = the whole horizon.
    figure
        Its column.
    must, aim
        Percent, or seconds where `figure` is ``warm_s``.
    """

    of: str
    band: int
    figure: str
    must: Range
    aim: Range


def most(of: str, band: int, figure: str, must: float, aim: float) -> Goal:
    """Return the goal that a figure is no greater than `must` and `aim`."""
    return Goal(of, band, figure, (0.0, must), (0.0, aim))


GOALS = (
    most("bank", 0, "wape", 4.9, 4.6),
    most("bank", -1, "wape", 5.1, 4.8),
    most("bank", -1, "wql", 4.0, 3.8),
    most("bank5", -1, "wape", 7.15, 6.9),
    most("tech_axa", -1, "wape", 13.8, 13.2),
    most("cat", -1, "wape", 12.0, 11.7),
    most("medical", -1, "wape", 29.4, 28.5),
    *(Goal(name, -1, "coverage_80", (76.0, 88.0), (77.0, 84.0)) for name in OWN_LIST),
    *(Goal(name, -1, "coverage_95", (93.0, 98.0), (94.0, 97.0)) for name in OWN_LIST),
    *(Goal(name, -1, "bias", (-4.0, 4.0), (-2.0, 2.0)) for name in OWN_LIST),
    most("bank", -1, "warm_s", 1.0, 0.2),
)


def shown(figure: str, value: float) -> float:
    """Return a figure as it is printed: shares as percent, calls and seconds as they are."""
    return value if figure in ("rmse", "warm_s", "first_s") else 100.0 * value


def verdicts(rows: Sequence[Row]) -> Iterator[str]:
    """Yield one line per model and goal; sets that were not measured have none.

    Parameters
    ----------
    rows
        Rows of the tables: ``set, model, band`` and the figures; the bands of one set and model in their order.
    """
    for model in dict.fromkeys(row["model"] for row in rows):
        for goal in GOALS:
            bands = [row for row in rows if row["model"] == model and row["set"] == goal.of]
            if bands:
                row = bands[goal.band]
                value = shown(goal.figure, row[goal.figure])
                label = f"{goal.of} {goal.figure} {row['band']}"
                yield f"{model:<10}{label:<28}{value:>9.2f}   {_held(value, goal.must):<22}{_held(value, goal.aim)}"


def _held(value: float, within: Range) -> str:
    low, high = within
    asked = f"≤ {high:g}" if low == 0.0 else f"±{high:g}" if low == -high else f"{low:g} to {high:g}"
    return f"{asked:<10} {'reached' if low <= value <= high else 'MISSED'}"
