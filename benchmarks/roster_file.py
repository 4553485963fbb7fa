"""Problems in the ``SECTION_*`` text format of schedulingbenchmarks.org; an error names file, line, field and value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from busyhour.forecast.errors import InputError
from busyhour.schedule.cells.problem import Need, Person, Problem, ShiftType, Wish

T = TypeVar("T")

MOST = 1_000_000
"""No number of a file may be larger."""


@dataclass(frozen=True)
class Line:
    """A line of a section, whose fields are read one by one."""

    path: Path
    row: int
    fields: tuple[str, ...]

    def read(self, place: int, column: str, parse: Callable[[str], T], expected: str) -> T:
        """Return the field at `place` by `parse`."""
        if place >= len(self.fields):
            raise InputError(f"Expected {expected}, the line ends before", file=self.path, row=self.row, column=column)
        try:
            return parse(self.fields[place])
        except ValueError:
            raise InputError(
                f"Expected {expected}", file=self.path, row=self.row, column=column, value=self.fields[place]
            ) from None

    def make(self, build: Callable[[], T]) -> T:
        """Return what `build` makes of this line; what it refuses is an error of the line."""
        try:
            return build()
        except InputError:
            raise
        except ValueError as error:
            raise InputError(str(error).rstrip("."), file=self.path, row=self.row) from None

    def whole(self, place: int, column: str, below: int = MOST) -> int:
        """Return a whole number from 0 to `below` − 1."""

        def parse(cell: str) -> int:
            if not 0 <= (number := int(cell)) < below:
                raise ValueError
            return number

        return self.read(place, column, parse, f"a whole number from 0 to {below - 1}")

    def cost(self, place: int, column: str) -> float:
        """Return a cost."""

        def parse(cell: str) -> float:
            if not 0 <= (number := float(cell)) <= MOST:
                raise ValueError
            return number

        return self.read(place, column, parse, f"a number from 0 to {MOST}")

    def name(self, place: int, column: str, known: Iterable[str] | None = None) -> str:
        """Return a name, one of `known` if that is given."""

        def parse(cell: str) -> str:
            if not cell or (known is not None and cell not in known):
                raise ValueError
            return cell

        return self.read(place, column, parse, "a name" if known is None else f"one of {', '.join(known)}")


def sections(path: Path) -> dict[str, list[Line]]:
    """Return the lines of each section."""
    found: dict[str, list[Line]] = defaultdict(list)
    name = ""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError("not a text file in UTF-8", file=path) from None
    for row, line in enumerate(map(str.strip, text.splitlines()), 1):
        if line.startswith("SECTION_"):
            name = line.removeprefix("SECTION_")
        elif line and not line.startswith("#"):
            found[name].append(Line(path, row, tuple(field.strip() for field in line.split(","))))
    for needed in ("HORIZON", "SHIFTS", "STAFF", "COVER"):
        if not found[needed]:
            raise InputError(f"SECTION_{needed} is missing or empty", file=path)
    return found


def _declared(lines: list[Line], column: str) -> list[str]:
    """Return the names that a section declares, each once."""
    names: list[str] = []
    for line in lines:
        name = line.name(0, column)
        if name in names:
            raise InputError(f"the {column} comes twice", file=line.path, row=line.row, value=name)
        names.append(name)
    return names


def read_problem(path: Path) -> Problem:
    """Return the problem of a file.

    Raises
    ------
    InputError
        If a field is missing or not what it should be, or the parts do not fit together.
    """
    found = sections(path)
    days = found["HORIZON"][0].whole(0, "days")
    shifts = _declared(found["SHIFTS"], "shift")
    people = _declared(found["STAFF"], "employee")
    free: dict[str, frozenset[int]] = {}
    for line in found["DAYS_OFF"]:
        last = len(line.fields) - (line.fields[-1] == "")
        free[line.name(0, "employee", people)] = frozenset(line.whole(i, "day", days) for i in range(1, last))
    try:
        return Problem(
            days,
            tuple(_shift(line, shifts) for line in found["SHIFTS"]),
            tuple(_person(line, shifts, free) for line in found["STAFF"]),
            tuple(
                Need(
                    line.whole(0, "day", days), line.name(1, "shift", shifts), line.whole(2, "requirement"),
                    line.cost(3, "weight for under"), line.cost(4, "weight for over"),
                )
                for line in found["COVER"]
            ),
            tuple(
                Wish(
                    line.name(0, "employee", people), line.whole(1, "day", days), line.name(2, "shift", shifts),
                    line.cost(3, "weight"), wanted,
                )
                for section, wanted in (("SHIFT_ON_REQUESTS", True), ("SHIFT_OFF_REQUESTS", False))
                for line in found[section]
            ),
            frozenset(range(5, days, 7)),
        )  # fmt: skip
    except InputError:
        raise
    except ValueError as error:  # the problem's own checks of how its parts fit together
        raise InputError(str(error).rstrip("."), file=path) from None


def _shift(line: Line, shifts: list[str]) -> ShiftType:
    """Return a shift type."""
    banned = line.fields[2].split("|") if len(line.fields) > 2 and line.fields[2] else []
    parts = Line(line.path, line.row, tuple(banned))
    not_before = frozenset(parts.name(i, "cannot follow", shifts) for i in range(len(banned)))
    return line.make(lambda: ShiftType(line.fields[0], line.whole(1, "minutes"), not_before))


def _person(line: Line, shifts: list[str], free: dict[str, frozenset[int]]) -> Person:
    """Return a person."""
    most = {}
    for part in line.read(1, "max shifts", str, "limits like A=3|B=5").split("|"):
        limit = Line(line.path, line.row, tuple(part.split("=")))
        most[limit.name(0, "max shifts", shifts)] = limit.whole(1, "max shifts")
    names = ("max minutes", "min minutes", "longest run", "shortest run", "shortest time off", "max weekends")
    most_minutes, least_minutes, most_run, least_run, least_off, weekends = (
        line.whole(2 + i, name) for i, name in enumerate(names)
    )
    name = line.fields[0]
    limits = (least_minutes, most_minutes, most_run, least_run, least_off, weekends)
    return line.make(lambda: Person(name, most, *limits, free.get(name, frozenset())))
