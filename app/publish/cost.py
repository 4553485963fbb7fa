"""The workbook's sheet Cost: wages per person from hours, premiums and wage, all live, and the prices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..prices import price_lines
from ..report.figures import known
from ..report.gantt import Stretch
from ..report.run import Run
from .book import FIRST, Book, Field, Formula, span
from .shift_columns import AGENT, FACTOR, PAID
from .wages import factors, wage


def cost_sheet(book: Book, run: Run, shifts: Sequence[Stretch]) -> Formula | None:
    """Add the sheet and return a formula of the week's cost; None where no cost is known.

    A person's wages are Σ over their shifts of paid hours × premium factor, times the wage per hour. The prices, and
    in an anonymous plan the wages, are those of ``summary.json``.
    """
    people = (
        [] if run.staff is None else [a for a in dict.fromkeys(s.agent for s in shifts) if wage(run, a) is not None]
    )
    if not people:
        if not known(run.summary.get("cost_wages")):
            return None
        return _prices(book, book.sheet("Cost", "Wages and prices"), run, float(run.summary["cost_wages"]))
    at = {c: span(c, len(shifts), "Shifts") for c in (AGENT, PAID, FACTOR)}
    paid, weighted = dict.fromkeys(people, 0.0), dict.fromkeys(people, 0.0)
    for s, premium in zip(shifts, factors(run, shifts), strict=True):
        if s.agent in paid:
            hours = (s.paid_min or 0) / 60
            paid[s.agent] += hours
            weighted[s.agent] += hours * premium
    placed = list(enumerate(people, FIRST + 1))
    wages = [wage(run, a) or 0.0 for a in people]
    fields = [
        Field("Agent", people, "text", 22),
        Field("Name", [run.name(a) for a in people], "text", 22),
        Field("Paid h", [_sum(at, r, [PAID], paid[a]) for r, a in placed], "number", 10, total=True),
        Field(
            "Paid h with premiums",
            [_sum(at, r, [PAID, FACTOR], weighted[a]) for r, a in placed],
            "number",
            20,
            total=True,
        ),
        Field("Wage per h", wages, "money", 12),
        Field(
            f"Wages {run.currency}",
            [Formula(f"=D{r}*E{r}", weighted[a] * w) for (r, a), w in zip(placed, wages, strict=True)],
            "money",
            16,
            total=True,
        ),
    ]
    sheet = book.table("Cost", "Wages per person, and prices", fields, freeze=2)
    total = sum(weighted[a] * w for a, w in zip(people, wages, strict=True))
    return _prices(book, sheet, run, Formula(f"=SUM({span(5, len(people))})", total))


def _sum(at: dict[int, str], row: int, columns: Sequence[int], value: float) -> Formula:
    """Sum the product of columns of the sheet Shifts over the person named in column A of `row`."""
    return Formula(f"=SUMPRODUCT(EXACT({at[AGENT]},$A{row})*{'*'.join(at[c] for c in columns)})", value)


def _prices(book: Book, sheet: Any, run: Run, wages: Formula | float) -> Formula:
    """Write the prices beside the table, the sum of all, and the cost that the run itself stated."""
    column = 7
    parts = price_lines(run.summary)
    if not parts and known(run.summary.get("cost_prices")):
        parts = {"Price: prices": run.summary["cost_prices"]}
    lines: list[tuple[str, Formula | float]] = [("Wages", wages)]
    lines += [(name, float(value)) for name, value in parts.items() if known(value)]
    last, total = FIRST + len(lines), sum(v.value if isinstance(v, Formula) else v for _, v in lines)
    lines.append(("Cost", Formula(f"=SUM(I{FIRST + 1}:I{last})", total)))
    if known(run.summary.get("cost")):
        stated = float(run.summary["cost"])
        lines += [
            ("Cost as the run states it", stated),
            ("Difference", Formula(f"=I{last + 1}-I{last + 2}", total - stated)),
        ]
    for row, (title, value) in enumerate(lines, FIRST):
        book.cell(sheet, row, column, title, bold=title == "Cost")
        book.cell(sheet, row, column + 1, value, "money", bold=title == "Cost")
    sheet.set_column(column, column, 30)
    sheet.set_column(column + 1, column + 1, 14)
    return Formula(f"=Cost!I{last + 1}", total)
