"""The page of a batch, and the same figures for other programs: sites by weeks, the worst first, no wages."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ...forecast.text import guarded
from ..files import write_atomic
from ..gap import gap_told
from ..publish.paper_names import REPORT
from ..report.card import GOOD, PLAIN, WARN, Card
from ..report.figures import MISSING, number, percent
from ..report.template import plain_page
from ..store.open import Store
from .config import BatchFile
from .figures import LEAD_DAYS, SCORED_DAYS, Row, rows_of
from .ledger import Unit
from .publication import place_of as published_place
from .status import BatchStatus, duration

PAGE, SUMMARY, TABLE = "index.html", "summary.json", "summary.csv"
TROUBLES = ("failed", "dead", "held", "blocked")
TONES = {"failed": WARN, "dead": WARN, "held": WARN, "blocked": WARN, "done": GOOD, "unchanged": GOOD}
COLUMNS = (
    ("State", ""), ("Cost", "n"), ("Gap", "n"), ("Service", "n"), ("Simulated", "n"), ("Short h", "n"),
    ("Changed", "n"), ("Forecast off", "n"), ("Days without calls", "n"), ("Seconds", "n"),
)  # fmt: skip
NOTES = (
    "Cost: against the plan published before for the same week, else for the week before.",
    "Service: what the plan promises, and what its simulation gives.",
    "Changed: agent-days that differ from the plan published before.",
    f"Forecast off: Σ|error| / Σ calls of the last {SCORED_DAYS} days, forecast about {LEAD_DAYS} days ahead.",
    "Days without calls: before the day of the batch.",
)


@dataclass(frozen=True)
class Line:
    """A row of the page: its cells as text, its link, and the tone of its state."""

    site: str
    week: str
    link: str
    cells: tuple[str, ...]
    tone: str


def write_page(
    store: Store, file: BatchFile, status: BatchStatus, units: Mapping[str, Sequence[Unit]], place: Path
) -> Path:
    """Write index.html, summary.csv and summary.json of a batch into `place` and return the page's path."""
    with store.read() as c:
        rows = rows_of(c, units, status.batch.run_day)
    page = place / PAGE
    told = {**status.summary(page), "rows": [dataclasses.asdict(row) for row in rows]}
    write_atomic(place / TABLE, _table(rows))
    write_atomic(place / SUMMARY, json.dumps(told, indent=2, allow_nan=False, ensure_ascii=False, default=str) + "\n")
    return write_atomic(page, page_of(status, rows, file.home, place))


def page_of(status: BatchStatus, rows: Sequence[Row], home: Path, place: Path) -> str:
    """Return the page as HTML text; its links are relative to `place`."""
    return plain_page(
        "batch.html.j2",
        batch=status.batch,
        took=duration(status.seconds),
        line=status.line(),
        cards=_cards(status, rows),
        columns=COLUMNS,
        lines=[_line(row, home, place) for row in rows],
        troubles=[row for row in rows if row.state in TROUBLES and row.message],
        remarks=[site for site in status.sites if site.remark],
        missed=status.notes,
        notes=NOTES,
    )


def _table(rows: Sequence[Row]) -> str:
    """Return the rows as our CSV (see `csv_text`), which is written here without pandas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [field.name for field in dataclasses.fields(Row)]
    writer.writerow(names)
    writer.writerows([_cell(getattr(row, name)) for name in names] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, float):
        return round(value, 6)
    return guarded(value) if isinstance(value, str) else value


def _line(row: Row, home: Path, place: Path) -> Line:
    changed = MISSING
    if row.changed_agent_days is not None:
        changed = f"{number(row.changed_agent_days)} of {number(row.agent_days)}"
    cells = (
        f"{row.state}{', published' if row.published else ''}",
        MISSING if row.cost_change is None else f"{'+' if row.cost_change >= 0 else ''}{percent(row.cost_change)}",
        gap_told(row.gap),
        percent(row.service_expected),
        percent(row.service_simulated),
        number(row.short_h, 1),
        changed,
        percent(row.forecast_error),
        number(row.days_without_calls),
        number(row.seconds),
    )
    return Line(row.site, row.week, _link(row, home, place), cells, TONES.get(row.state, PLAIN))


def _link(row: Row, home: Path, place: Path) -> str:
    """Return the address of a row's report, else of its folder; "" where there is no run."""
    if row.folder is None:
        return ""
    run = published_place(home, row.site, row.week) if row.published else home / row.folder
    there = run / REPORT
    return quote(Path(os.path.relpath(there if there.is_file() else run, place)).as_posix())


def _cards(status: BatchStatus, rows: Sequence[Row]) -> list[Card]:
    counts, sites = status.counts, len(status.sites)
    short = sum(row.short_h or 0.0 for row in rows)
    known = [row.forecast_error for row in rows if row.forecast_error is not None]
    worst = max(known, default=None)
    bad, held, left = counts["failed"], counts["held"], counts["running"] + counts["waiting"]
    return [
        Card("Planned", number(counts["done"]), f"of {number(sites)} sites", "Sites with a new plan"),
        Card("Unchanged", number(counts["unchanged"]), "as they were", "Same inputs as a run that there is"),
        Card("Held", number(held), "wait for you" if held else "none waits",
             "Released by busyhour batch publish", WARN if held else GOOD),
        Card("Failed", number(bad), "see what to mend" if bad else "none",
             "The other sites stand; then busyhour batch retry", WARN if bad else GOOD),
        Card("Not done", number(left), "stopped before" if left else "nothing is left",
             "The same command goes on there", WARN if left else GOOD),
        Card("Short", f"{number(short, 1)} h", "agent-hours missing in all plans",
             "Over all sites and weeks of this page, against the agents required"),
        Card("Worst forecast", percent(worst), "off, of all sites" if known else "not scored yet",
             f"Σ|error| / Σ calls, {SCORED_DAYS} days, about {LEAD_DAYS} days ahead"),
    ]  # fmt: skip
