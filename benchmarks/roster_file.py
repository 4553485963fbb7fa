"""Problems in the ``SECTION_*`` text format of schedulingbenchmarks.org.

An error names file, line, section, field and value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from busyhour.forecast.errors import InputError
from busyhour.schedule.periods.problem import Need, PeriodPerson, PeriodProblem, ShiftType, ShiftWish

T = TypeVar("T")

NEEDED = ("HORIZON", "SHIFTS", "STAFF", "COVER")
KNOWN = (*NEEDED, "DAYS_OFF", "SHIFT_ON_REQUESTS", "SHIFT_OFF_REQUESTS")

MOST = 1_000_000
"""No number of a file may be larger."""


@dataclass(frozen=True)
class Line:
    """A line of a section, whose fields are read one by one."""

    path: Path
    section: str
    row: int
    fields: tuple[str, ...]

    def error(self, what: str, column: str | None = None, value: str | None = None) -> InputError:
        """Return an error at this line."""
        return InputError(f"{what} in SECTION_{self.section}", file=self.path, row=self.row, column=column, value=value)

    def read(self, place: int, column: str, parse: Callable[[str], T], expected: str) -> T:
        """Return the field at `place` by `parse`."""
        if place >= len(self.fields):
            raise self.error(f"Expected {expected}, the line ends before", column)
        try:
            return parse(self.fields[place])
        except ValueError:
            raise self.error(f"Expected {expected}", column, self.fields[place]) from None

    def make(self, build: Callable[[], T]) -> T:
        """Return what `build` makes of this line; what it refuses is an error of the line."""
        try:
            return build()
        except InputError:
            raise
        except ValueError as error:
            raise self.error(str(error).rstrip(".")) from None

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
            if name not in KNOWN:
                raise InputError(f"Expected a section of {', '.join(KNOWN)}", file=path, row=row, value=line)
        elif line and not line.startswith("#"):
            found[name].append(Line(path, name, row, tuple(field.strip() for field in line.split(","))))
    if found[""]:
        raise InputError("a line stands before the first section", file=path, row=found[""][0].row)
    for needed in NEEDED:
        if not found[needed]:
            raise InputError(f"SECTION_{needed} is missing or empty", file=path)
    return found


def _once(lines: list[Line], what: str, read: Callable[[Line], T]) -> list[T]:
    """Return what each line declares, each once."""
    found: dict[T, None] = {}
    for line in lines:
        if (one := read(line)) in found:
            raise line.error(f"the {what} comes twice", value=", ".join(line.fields))
        found[one] = None
    return list(found)


def read_problem(path: Path) -> PeriodProblem:
    """Return the problem of a file.

    Raises
    ------
    InputError
        If a field is missing or not what it should be, or the parts do not fit together.
    """
    found = sections(path)
    days = found["HORIZON"][0].whole(0, "days")
    if days == 0:
        raise found["HORIZON"][0].error("Expected one day at least", "days")
    shifts = _once(found["SHIFTS"], "shift", lambda line: line.name(0, "shift"))
    people = _once(found["STAFF"], "employee", lambda line: line.name(0, "employee"))
    _once(found["COVER"], "need", lambda line: (line.whole(0, "day", days), line.name(1, "shift", shifts)))
    free: dict[str, frozenset[int]] = dict.fromkeys(people, frozenset())
    for line in found["DAYS_OFF"]:
        last = len(line.fields) - (line.fields[-1] == "")
        free[line.name(0, "employee", people)] |= {line.whole(i, "day", days) for i in range(1, last)}
    return PeriodProblem(
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
            ShiftWish(
                line.name(0, "employee", people), line.whole(1, "day", days), line.name(2, "shift", shifts),
                line.cost(3, "weight"), wanted,
            )
            for section, wanted in (("SHIFT_ON_REQUESTS", True), ("SHIFT_OFF_REQUESTS", False))
            for line in found[section]
        ),
        frozenset(range(5, days, 7)),
    )  # fmt: skip


def _shift(line: Line, shifts: list[str]) -> ShiftType:
    """Return a shift type."""
    banned = replace(line, fields=tuple(line.fields[2].split("|")) if len(line.fields) > 2 and line.fields[2] else ())
    not_before = frozenset(banned.name(i, "cannot follow", shifts) for i in range(len(banned.fields)))
    return line.make(lambda: ShiftType(line.fields[0], line.whole(1, "minutes"), not_before))


def _person(line: Line, shifts: list[str], free: dict[str, frozenset[int]]) -> PeriodPerson:
    """Return a person."""
    parts = line.read(1, "max shifts", str, "limits like A=3|B=5").split("|")
    limits = [replace(line, fields=tuple(part.split("="))) for part in parts]
    kinds = _once(limits, "limit of a shift", lambda limit: limit.name(0, "max shifts", shifts))
    most = {kind: limit.whole(1, "max shifts") for kind, limit in zip(kinds, limits, strict=True)}
    names = ("max minutes", "min minutes", "longest run", "shortest run", "shortest time off", "max weekends")
    most_minutes, least_minutes, most_run, least_run, least_off, weekends = (
        line.whole(2 + i, name) for i, name in enumerate(names)
    )
    name = line.fields[0]
    rest = (least_minutes, most_minutes, most_run, least_run, least_off, weekends)
    return line.make(lambda: PeriodPerson(name, most, *rest, free[name]))
