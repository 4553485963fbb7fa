"""What an optimisation knows about its answer: a status is never a guess."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

OPTIMAL = 1e-6
"""Share of its bound by which a cost may lie above it and count as proven."""

ROUNDING = 1e-5
"""Share of a cost by which floating point may put a bound above it."""


class Status(StrEnum):
    """What an optimisation knows; files and comparisons hold the text."""

    OPTIMAL = "optimal"
    """Proven within 1e-6 of the bound."""
    FEASIBLE = "feasible"
    """There is an answer; a better one may exist."""
    INFEASIBLE = "infeasible"
    """Proven that no answer exists."""
    NONE = "none"
    """Nothing was found in time."""


class Stop(StrEnum):
    """Why an optimisation ended before its work was done."""

    GAP = "gap"
    """The asked gap is reached."""
    TIME = "time"
    """What the search was given, its time or its steps, did not reach the gap; or time has cut a part of it short."""
    USER = "user"
    """The user stopped the run."""


def sound_bound(bound: float | None, cost: float | None) -> float | None:
    """Return a lower bound on a cost that is known to be reachable; None where that cost refutes it.

    A bound above a plan that stands is a fault of the solver or the model: it proves nothing and is not reported.
    """
    if bound is None or cost is None:
        return bound
    return min(bound, cost) if bound - cost <= ROUNDING * max(1.0, abs(cost)) else None


class SolverFault(RuntimeError):
    """The solver answered something that cannot be so (unbounded cost, a refused model)."""


@dataclass(frozen=True)
class Solved:
    """How good an answer is.

    Parameters
    ----------
    status
        What is known of the answer.
    cost
        Value of the best answer; None when there is none.
    bound
        Proven lower bound; None when none is known, never 0 for "unknown".
    stopped
        Why the work ended; None only of an answer that is proven the best.
    history
        (seconds, cost, bound) whenever either improved.
    cut
        Whether time has cut a part of the work short: another run may find another plan, also where the gap is met.
    """

    status: Status
    cost: float | None = None
    bound: float | None = None
    stopped: Stop | None = None
    seconds: float = 0.0
    history: tuple[tuple[float, float | None, float | None], ...] = field(default=(), repr=False)
    cut: bool = False

    @classmethod
    def of(
        cls,
        cost: float,
        bound: float | None,
        *,
        near: bool,
        by_user: bool,
        seconds: float,
        hurried: bool = False,
        history: Iterable[tuple[float, float | None, float | None]] = (),
    ) -> Solved:
        """Return what is known of a plan: proven the best, `near` enough to its bound, or why the work ended before.

        A plan that is not near enough always says by what it was ended: by the user, or by time.

        Parameters
        ----------
        hurried
            Whether time has cut a part of the work short. Another run may then find another plan, so the reason is
            time, also where the plan is near enough.
        """
        proven = bound is not None and cost - bound <= OPTIMAL * max(1.0, abs(bound))
        stopped = Stop.USER if by_user else Stop.GAP if near and not hurried else Stop.TIME
        status = Status.OPTIMAL if proven else Status.FEASIBLE
        return cls(status, cost, bound, None if proven else stopped, seconds, tuple(history), hurried)

    @property
    def gap(self) -> float | None:
        """(cost − bound) / bound as a share; None without a cost or a positive bound."""
        if self.cost is None or self.bound is None or self.bound <= 0:
            return None
        return max(0.0, (self.cost - self.bound) / self.bound)


class Refused(Exception):
    """The judge found broken rules; nothing was published.

    Parameters
    ----------
    violations
        One readable line each.
    """

    def __init__(self, violations: list[str]) -> None:
        head = f"The judge refused the plan ({len(violations)} violations); nothing was published."
        super().__init__("\n".join([head, *violations[:20]]))
        self.violations = violations

    def __reduce__(self) -> tuple[type[Refused], tuple[list[str]]]:
        """Carry the lines from one process to another."""
        return Refused, (self.violations,)


class NothingFound(Exception):
    """Time was up before there was any plan."""


class Infeasible(Exception):
    """No plan can obey the rules.

    Parameters
    ----------
    conflict
        The rules and people that cannot hold together, one readable line each; none can be left out.
    repair
        The smallest change that frees it, one readable line each.
    """

    def __init__(self, conflict: list[str], repair: list[str]) -> None:
        super().__init__(
            "The rules contradict each other: " + "; ".join(conflict) + ". Smallest change: " + "; ".join(repair) + "."
        )
        self.conflict, self.repair = conflict, repair

    def __reduce__(self) -> tuple[type[Infeasible], tuple[list[str], list[str]]]:
        """Carry both lists from one process to another."""
        return Infeasible, (self.conflict, self.repair)
