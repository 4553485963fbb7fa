"""A scorecard that was made, with all that pages and tables need beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...schedule.contracts.attainment import Attainment
from ...schedule.contracts.scorecard import Scorecard
from ..inputs.snapshot import InputFile


@dataclass(frozen=True, eq=False)
class MadeCard:
    """A scorecard before anything is written.

    Attributes
    ----------
    card
        Entries, ranks, trends.
    files
        Inputs by the name under which they are kept.
    calls
        Vendor → names of its files of calls.
    first, last
        First and last day with calls or scores, ``YYYY-MM-DD``.
    notes
        What was left out or taken as meant, each a sentence without its point.
    attained
        Vendor → its periods as the contract settles them; of vendors with calls.
    """

    card: Scorecard
    files: Mapping[str, InputFile] = field(repr=False)
    calls: Mapping[str, tuple[str, ...]]
    first: str
    last: str
    notes: tuple[str, ...]
    attained: Mapping[str, tuple[Attainment, ...]] = field(repr=False)
    seed: int
    seconds: float
