"""What one head of each class and transfer costs over the planned months, by what it is paid for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .supply import Decisions, Supply
from .worth import end_value


@dataclass(frozen=True)
class Money:
    """Money per head; shapes (options,) and (moves,), and what is paid whatever is decided.

    Parameters
    ----------
    hiring, training, wages, end
        Of each option; `end` is what the head is worth after the last month, positive.
    moving, moved_end
        Of each move: its cost and the wages that it changes, and what the head is worth more after the last month.
    wages_today, given
        Paid whatever is decided.
    """

    hiring: np.ndarray
    training: np.ndarray
    wages: np.ndarray
    end: np.ndarray
    moving: np.ndarray
    moved_end: np.ndarray
    wages_today: float
    given: float

    @classmethod
    def of(cls, supply: Supply) -> Money:
        """Return the money of `supply`."""
        problem, kinds = supply.problem, supply.problem.kinds
        worth = [end_value(problem, k) for k in kinds]
        moving, moved_end = [], []
        for move in supply.moves:
            source, target = supply.ends(move)
            pay = sum((m.wages + m.training_wages).sum() for m in (move.loss, move.gain))
            moving.append(problem.transfers[move.way].cost + pay)
            most = worth[source] + problem.transfers[move.way].cost  # a move adds no more than it has cost
            moved_end.append(min(worth[target], most) * move.gain.last[0] + worth[source] * move.loss.last[0])
        options = supply.options
        given = sum(float((m.wages + m.training_wages).sum()) for m in supply.given)
        by_name = {k.name: k for k in kinds}
        return cls(
            hiring=np.array([kinds[o.kind].hire_cost for o in options], dtype=float),
            training=np.array([o.head.training_wages.sum() for o in options]),
            wages=np.array([o.head.wages.sum() for o in options]),
            end=np.array([worth[o.kind] * o.head.last[0] for o in options]),
            moving=np.array(moving, dtype=float),
            moved_end=np.array(moved_end, dtype=float),
            wages_today=sum(float((m.wages + m.training_wages).sum()) for m in supply.today),
            given=given + sum(by_name[name].hire_cost * people for name, _, people in problem.given),
        )

    @property
    def per_head(self) -> np.ndarray:
        """All money of one head of each option, (options,)."""
        return np.asarray(self.hiring + self.training + self.wages - self.end)

    @property
    def per_move(self) -> np.ndarray:
        """All money of one head of each move, (moves,)."""
        return np.asarray(self.moving - self.moved_end)

    def lines(self, made: Decisions) -> dict[str, float]:
        """Return the money of `made` by what it is paid for."""
        return {
            "wages_today": self.wages_today,
            "given": self.given,
            "wages_hired": float(self.wages @ made.heads),
            "hiring": float(self.hiring @ made.heads),
            "training": float(self.training @ made.heads),
            "transfers": float(self.moving @ made.moved),
            "end_value": -float(self.end @ made.heads + self.moved_end @ made.moved),
        }
