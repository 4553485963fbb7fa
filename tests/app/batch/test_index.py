"""The page of a batch and its figures: the worst first, what to mend, links that lead somewhere, no wages."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import html
import html.parser
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from busyhour.app.batch.config import BatchFile
from busyhour.app.batch.figures import rows_of
from busyhour.app.batch.index import write_page
from busyhour.app.batch.ledger import BatchRow, Unit
from busyhour.app.batch.run_day import RunDay
from busyhour.app.batch.status import BatchStatus
from busyhour.app.batch.units import State, Step
from busyhour.app.store import schema

AS_OF = dt.date(2026, 10, 14)
WEEK, BEFORE = "2026-10-19", "2026-10-12"
COST = 98765.5


@dataclass
class Books:
    """A database with the tables of the store, as far as the page reads it."""

    engine: Engine

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        with self.engine.connect() as c:
            yield c


def run_row(number: int, site: int, week: str, cost: float, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a run and its cost."""
    row = {"id": number, "site": site, "week": week, "scenario": "", "input_hash": f"{number:064x}",
           "folder": f"runs/{site}/{week}.{number:08x}", "status": "feasible", "gap": 0.0042, "service_expected": 0.81,
           "service_simulated": 0.79, "under_agent_hours": 0.0, "paid_hours": 400.0, "seconds": 12.0,
           "at_s": 1}  # fmt: skip
    return {**row, **more}, {"run": number, "cost": cost, "bound": cost * 0.996, "currency": "EUR"}


@pytest.fixture
def books() -> Books:
    """Three sites: one with a published plan for last week and this, one held, one whose export cannot be read."""
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    schema.metadata.create_all(engine)
    runs = [
        run_row(1, 1, BEFORE, 100_000.0),
        run_row(2, 1, WEEK, COST),
        run_row(3, 2, WEEK, COST, under_agent_hours=7.25),
    ]
    with engine.begin() as c:
        c.execute(schema.site.insert(), [{"id": i, "name": n, "zone": "Europe/Berlin"} for i, n in enumerate(NAMES, 1)])
        c.execute(schema.run.insert(), [run for run, _ in runs])
        c.execute(schema.run_cost.insert(), [cost for _, cost in runs])
        published = {"at_s": 1, "by": "me", "reason": "auto", "agent_days": 50.0}
        c.execute(schema.publication.insert(), [
            {**published, "site": 1, "week": BEFORE, "run": 1, "changed_agent_days": 0.0},
            {**published, "site": 1, "week": WEEK, "run": 2, "changed_agent_days": 4.0},
        ])  # fmt: skip
        c.execute(schema.queue.insert(), [{"id": 1, "site": 1, "name": "a"}, {"id": 2, "site": 1, "name": "b"}])
        ingest = {
            "id": 1,
            "site": 1,
            "sha256": "x",
            "file": "f",
            "rows": 1,
            "added": 1,
            "corrected": 0,
            "at_s": 1,
            "by": "me",
        }
        c.execute(schema.ingest.insert(), [ingest])
        last = int(dt.datetime(2026, 10, 12, 21, 30, tzinfo=dt.UTC).timestamp())  # 23:30 at the site
        c.execute(schema.calls.insert(), [{"queue": 2, "start_s": last - 1800 * i, "ingest": 1} for i in range(3)])
        score = {"queue": 1, "n": 20, "unknown": 0, "error": 0.0, "squared_error": 0.0, "inside_80": 16.0}
        c.execute(schema.score.insert(), [
            {**score, "lead": lead, "day": day, "actual": 100.0, "abs_error": off}
            for lead, day, off in [(1, "2026-10-12", 5.0), (7, "2026-10-12", 12.0), (7, "2026-10-11", 8.0),
                                   (28, "2026-10-12", 40.0), (7, "2026-08-01", 99.0), (0, "2026-10-12", 1.0)]
        ])  # fmt: skip
    return Books(engine)


NAMES = ("lisbon", "os<lo>", "paris")


def units() -> dict[str, list[Unit]]:
    """What the ledger holds of the sites."""
    base = [Unit(i, name, i, Step.TAKE, "", State.DONE, 1, seconds=0.5) for i, name in enumerate(NAMES, 1)]
    plans = [replace(u, id=u.id + 10, step=Step.PLAN, week=WEEK, seconds=12.0, run=u.id + 1, code=0) for u in base]
    held = replace(plans[1], state=State.HELD, message="changes 30 % of the agent-days: release it", code=5)
    failed = replace(
        base[2], state=State.FAILED, code=3, message="calls.csv, row 7: not a number (got '<b>'). Mend it."
    )
    blocked = replace(plans[2], state=State.BLOCKED, run=None, seconds=None)
    return {"lisbon": [base[0], plans[0]], "os<lo>": [base[1], held], "paris": [failed, blocked]}


def test_rows_tell_what_the_store_knows(books: Books) -> None:
    """The worst first; cost against the plan before, accuracy at the lead nearest to a week, late calls."""
    with books.read() as c:
        rows = rows_of(c, units(), RunDay(0, AS_OF))
    assert [(r.site, r.week, r.state) for r in rows] == [
        ("paris", "", "failed"), ("os<lo>", WEEK, "held"), ("lisbon", WEEK, "done"),
    ]  # fmt: skip
    paris, oslo, lisbon = rows
    assert (paris.code, paris.folder, paris.cost_change) == (3, None, None)
    assert (oslo.short_h, oslo.published, oslo.cost_change, oslo.changed_agent_days) == (7.25, False, None, None)
    assert lisbon.cost_change == pytest.approx(COST / 100_000 - 1)
    assert lisbon.forecast_error == pytest.approx(0.10)
    assert lisbon.days_without_calls == 1
    assert (lisbon.changed_agent_days, lisbon.agent_days, lisbon.published) == (4.0, 50.0, True)
    assert lisbon.seconds == 12.5


class Page(html.parser.HTMLParser):
    """Links, texts and whatever asks the network for something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        assert not found.get("src")
        if tag == "a" and not (found["href"] or "").startswith("#"):
            self.links.append(found["href"] or "")

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The folder of the batch, beside a published report."""
    report = tmp_path / "published" / "lisbon" / WEEK / "report.html"
    report.parent.mkdir(parents=True)
    report.touch()
    (tmp_path / "runs" / "2" / f"{WEEK}.00000003").mkdir(parents=True)
    out = tmp_path / "batches" / "5"
    out.mkdir(parents=True)
    return out


def test_the_page_leads_everywhere_and_tells_no_wages(books: Books, place: Path) -> None:
    """Offline, escaped, and each link is there."""
    file = BatchFile.of(b'[batch]\nname = "weekly"\nsites = ["sites/*"]\n', place.parent.parent / "batch.toml")
    batch = BatchRow(5, "weekly", str(AS_OF), {}, "done", 1000, 1090, "me", "here")
    status = BatchStatus.of(batch, units())
    path = write_page(books, file, status, units(), place)  # type: ignore[arg-type]
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert "script" not in page.tags and "default-src 'none'" in html.unescape(text) and "://" not in text
    assert len(page.links) == 2 and all((place / link).exists() for link in page.links)
    assert page.links[1].endswith(f"published/lisbon/{WEEK}/report.html")
    assert text.index("paris") < text.index("os&lt;lo&gt;") and "<lo>" not in text
    for told in (
        "row 7: not a number (got '<b>')",
        "release it",
        "code 3",
        "−1.2",
        "10.0",
        "4 of 50",
        "7.2 h",
        "weekly",
    ):
        assert told in page.text, told
    written = [text, *((place / name).read_text(encoding="utf-8") for name in ("summary.json", "summary.csv"))]
    for told in written:
        assert "98765" not in told and "98,765" not in told and "98\u202f765" not in told and "EUR" not in told


def test_programs_read_the_same(books: Books, place: Path) -> None:
    """summary.json and summary.csv hold a row for each of the page."""
    file = BatchFile.of(b'[batch]\nsites = ["sites/*"]\n', place.parent.parent / "batch.toml")
    batch = BatchRow(5, "weekly", str(AS_OF), {}, "done", 1000, 1090, "me", "here")
    write_page(books, file, BatchStatus.of(batch, units()), units(), place)  # type: ignore[arg-type]
    summary = json.loads((place / "summary.json").read_text(encoding="utf-8"))
    assert summary["failed"] == 1 and summary["held"] == 1 and summary["line"].startswith("busyhour batch weekly 5: ")
    with (place / "summary.csv").open(encoding="utf-8", newline="") as told:
        table = list(csv.DictReader(told))
    assert [row["site"] for row in table] == [row["site"] for row in summary["rows"]] == ["paris", "os<lo>", "lisbon"]
    assert float(table[2]["cost_change"]) == pytest.approx(summary["rows"][2]["cost_change"], abs=1e-6)
