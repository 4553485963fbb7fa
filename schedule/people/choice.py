"""What is done with a desk, by its size and shape: one table, explained in docs/background/weeks.md."""

from __future__ import annotations

from dataclasses import dataclass

from ...forecast.ranges import expect
from ..price.worth import Service
from .compile import CompiledStaff
from .exact.solve import model_size


@dataclass(frozen=True)
class Shape:
    """What a row of the table is chosen by.

    Parameters
    ----------
    people
        How many.
    nights
        Whether shifts run past the end of their day.
    columns
        Columns of the exact model, people who differ in nothing as one flow.
    """

    people: int
    nights: bool
    columns: int


@dataclass(frozen=True)
class Choice:
    """One row of the table: which desks it is for, and what is done with them.

    A round makes `starts` plans by the guided descent and anneals the best `deep` of them. Rounds go on until the asked
    gap is reached or time is up.

    Parameters
    ----------
    most_people, most_columns
        Size up to which the row holds; None = any. ≥ 0.
    nights
        Whether the row holds also where shifts run past the end of their day.
    starts
        Guided plans of a round. ≥ 1.
    deep
        How many of them are annealed. From 1 to `starts`.
    rounds
        Rounds before the exact model: a good plan to start from helps it more than any setting. ≥ 1.
    rounds_share
        Share of the time that these rounds may take. 0 to 1.
    exact_share
        Share of the time left then that the exact model may take; 0 = it is not solved. 0 to 1.
    relaxed
        Whether first prices and the first bound are those of the exact model's relaxation; else of an ascent.
    price_share
        Share of the time for prices. 0 to 1.
    reason
        Why.
    tournament
        Whether small moves alone anneal, all starts a little and the best of them on, where everybody works one queue.
    """

    most_people: int | None
    most_columns: int | None
    nights: bool
    starts: int
    deep: int
    rounds: int
    rounds_share: float
    exact_share: float
    relaxed: bool
    price_share: float
    reason: str
    tournament: bool = False

    def __post_init__(self) -> None:
        expect(1 <= self.deep <= self.starts, "1 <= deep <= starts", (self.deep, self.starts))
        expect(self.rounds >= 1, "rounds >= 1", self.rounds)
        for name in ("rounds_share", "exact_share", "price_share"):
            expect(0 <= getattr(self, name) <= 1, f"0 <= {name} <= 1", getattr(self, name))

    def holds(self, shape: Shape) -> bool:
        """Whether the row is for a desk of this shape."""
        return (
            (self.most_people is None or shape.people <= self.most_people)
            and (self.most_columns is None or shape.columns <= self.most_columns)
            and (self.nights or not shape.nights)
        )


TABLE = (
    Choice(
        most_people=None, most_columns=2_200, nights=True, starts=1, deep=1, rounds=1, rounds_share=0.3,
        exact_share=0.8, relaxed=True, price_share=0.2,
        reason="The exact model takes seconds from any start, also of many people who are alike.",
    ),
    Choice(
        most_people=30, most_columns=15_000, nights=True, starts=1, deep=1, rounds=3, rounds_share=0.25,
        exact_share=0.8, relaxed=True, price_share=0.2,
        reason="The exact model proves most of these desks. The start decides what its search finds, so three tries "
        "go before it.",
    ),
    Choice(
        most_people=100, most_columns=15_000, nights=True, starts=4, deep=1, rounds=1, rounds_share=0.5,
        exact_share=0.6, relaxed=True, price_share=0.2,
        reason="Of the exact model it is mostly the root's cuts that add to the bound; plans come from annealing the "
        "best of four starts.",
    ),
    Choice(
        most_people=100, most_columns=40_000, nights=False, starts=4, deep=2, rounds=1, rounds_share=1.0,
        exact_share=0.0, relaxed=True, price_share=0.2,
        reason="The relaxation takes seconds and its prices are exact, where the ascent stays below; the model's root "
        "takes longer than a usual limit.",
    ),
    Choice(
        most_people=120, most_columns=None, nights=True, starts=9, deep=2, rounds=1, rounds_share=1.0,
        exact_share=0.0, relaxed=False, price_share=0.35, tournament=True,
        reason="Round the clock the start still decides: a short annealing of each tells which to go on with, and a "
        "guided start takes half a second; the exact model is too large.",
    ),
    Choice(
        most_people=499, most_columns=None, nights=True, starts=1, deep=1, rounds=1, rounds_share=1.0,
        exact_share=0.0, relaxed=False, price_share=0.35,
        reason="Starts differ little among many people, and one annealing takes all of a usual limit.",
    ),
    Choice(
        most_people=None, most_columns=None, nights=True, starts=1, deep=1, rounds=1, rounds_share=1.0,
        exact_share=0.0, relaxed=False, price_share=0.6,
        reason="Heads are nearly fractions: the bound needs the time, and the plan follows its prices.",
    ),
)  # fmt: skip
"""The rows; the first that holds is taken."""


def shape_of(staff: CompiledStaff, service: Service) -> Shape:
    """Return the size and shape of a desk."""
    days = staff.problem.horizon.day_slots
    nights = any(s.end > days[s.day].stop for s in staff.problem.shifts)
    return Shape(len(staff.people), nights, model_size(staff, service))


def choice_of(shape: Shape) -> Choice:
    """Return the first row that holds for a desk of this shape."""
    return next(row for row in TABLE if row.holds(shape))
