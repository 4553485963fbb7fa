"""A linear programme that grows by columns and is solved again from its last basis: HiGHS beside the door.

PuLP models are built whole; column generation adds a few columns at a time and needs prices at once. So this file
speaks to HiGHS itself, through the door's own way to run and to stop it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from ...forecast.progress import Watch
from .linear import TOLERANCE
from .listener import Listener
from .solver import run_highs, scheduler, swallow_banner
from .status import SolverFault


@dataclass(frozen=True)
class LpPoint:
    """A solved programme: its value, the columns' values and the price of each row."""

    value: float
    x: np.ndarray
    price: np.ndarray


class ColumnLp:
    """Minimise cost · x over 0 ≤ x ≤ high with row_low ≤ rows · x ≤ row_high; columns are added as they are found.

    Parameters
    ----------
    row_low, row_high
        Sides of the rows, shape (rows,).
    """

    def __init__(self, row_low: np.ndarray, row_high: np.ndarray, watch: Watch, *, seed: int = 1) -> None:
        swallow_banner()
        self.watch = watch
        self.row_low, self.row_high = row_low, row_high
        self.columns = 0
        self.highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for key, value in (("output_flag", False), ("threads", 1), ("random_seed", seed), ("presolve", "off")):
            self.highs.setOptionValue(key, value)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = 0, len(row_low)
        lp.row_lower_, lp.row_upper_ = row_low, row_high
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.zeros(1, np.int32)
        if self.highs.passModel(lp) == highspy.HighsStatus.kError:
            raise SolverFault("HiGHS refused the rows")
        self.listener = Listener(self.highs, watch, "columns", "", 1.0)

    def add(self, cost: np.ndarray, high: np.ndarray, first: np.ndarray, rows: np.ndarray, values: np.ndarray) -> None:
        """Add columns.

        Parameters
        ----------
        cost, high
            Shape (n,).
        first
            Where the entries of each column begin, shape (n,).
        rows, values
            The entries, column by column.
        """
        status = self.highs.addCols(
            len(cost), cost.astype(float), np.zeros(len(cost)), high.astype(float), len(rows),
            first.astype(np.int32), rows.astype(np.int32), values.astype(float),
        )  # fmt: skip
        if status == highspy.HighsStatus.kError:
            raise SolverFault("HiGHS refused new columns")
        self.columns += len(cost)

    def limit(self, columns: np.ndarray, high: np.ndarray) -> None:
        """Set the upper bounds of some columns."""
        if len(columns):
            n = len(columns)
            self.highs.changeColsBounds(n, columns.astype(np.int32), np.zeros(n), high.astype(float))

    def solve(self) -> LpPoint | None:
        """Solve from the last basis; None where it was stopped or there is no feasible point."""
        self.highs.setOptionValue("time_limit", min(1e9, self.highs.getRunTime() + max(0.01, self.watch.left_s)))
        self.listener.cancelled = False
        with scheduler(1):
            run_highs(self.highs, self.listener)
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = self.highs.getSolution()
        x, activity = np.array(found.col_value), np.array(found.row_value)
        wrong = np.maximum(self.row_low - activity, activity - self.row_high).max(initial=0.0)
        if wrong > TOLERANCE * max(1.0, np.abs(activity).max(initial=0.0)) or x.min(initial=0.0) < -TOLERANCE:
            return None
        return LpPoint(float(self.highs.getInfo().objective_function_value), x, np.array(found.row_dual))
