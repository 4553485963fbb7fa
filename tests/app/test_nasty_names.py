"""One plan of a desk with nasty but legal names: its files tell them truly, and tell no money unasked."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from icalendar import Calendar
from nasty_desk import (
    CONTRACT,
    FAMILY,
    IDS,
    NAMES,
    NOTE,
    PART,
    PREMIUM,
    PRICES,
    QUEUES,
    SITE,
    WAGES,
    write_nasty_desk,
)

from busyhour.app.cli.console import Console
from busyhour.app.cli.progress_board import Board
from busyhour.app.cli.screen import screen
from busyhour.app.config.plan_toml import plan_tables
from busyhour.app.finished import difference, side_by_side, table_of, verdict_of, write_papers
from busyhour.app.folders.manifest import Manifest
from busyhour.app.inputs import Inputs, RunOptions
from busyhour.app.outcome import Outcome
from busyhour.app.publish.content import MONEY, Content, plan_without_money
from busyhour.app.publish.folder import RunFolder, publish
from busyhour.app.run import plan
from busyhour.forecast.tables import read_text_csv
from busyhour.schedule.judge.check import Violation
from busyhour.schedule.judge.published.opinion import UNPAID
from busyhour.schedule.optimise.status import Refused


@dataclass(frozen=True)
class Planned:
    """The desk's folder, its outcome, its run without wages, and what was shown of that run."""

    folder: Path
    outcome: Outcome
    run: Path
    shown: str


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """Plan the desk and publish it without wages."""
    home = tmp_path_factory.mktemp("nasty")
    folder, terminal = write_nasty_desk(home / "desk"), io.StringIO()
    board = Board(Console(file=terminal, width=300), wages=False)
    with board.watching() as watch:
        outcome = plan(Inputs.from_folder(folder, watch=watch), watch)
        run, summary = publish(outcome, RunFolder(home / "run", wages=False, log=lambda: board.log))
    Console(file=terminal, width=300).print(screen(summary, run))
    return Planned(folder, outcome, run, terminal.getvalue() + json.dumps(summary))


@pytest.fixture(scope="module")
def paid(desk: Planned) -> Path:
    """The same plan, published with wages."""
    return publish(desk.outcome, RunFolder(desk.run.with_name("paid")))[0]


@pytest.mark.slow
def test_the_screen_shows_names_as_they_are(desk: Planned) -> None:
    """Brackets in a name are no markup of the terminal."""
    shown = " ".join(desk.shown.split())
    assert f"{SITE}, week of 2026-10-19" in shown and NOTE in shown
    assert all(f" {q} " in shown for q in QUEUES)


def test_no_cell_of_a_csv_is_a_formula(desk: Planned) -> None:
    """Texts are guarded, numbers are not, and what reads the files back sees the true names."""
    files = sorted(desk.run.rglob("*.csv"))
    assert len(files) >= 18
    for file in files:
        with file.open(encoding="utf-8", newline="") as rows:
            cells = {cell for row in csv.reader(rows) for cell in row}
        numbers = {cell for cell in cells if re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell)}
        assert not [cell for cell in cells - numbers if re.match(r"[=+\-@\t\r]", cell)], file.name
    assert "\n'=1+1," in (desk.run / "roster.csv").read_text(encoding="utf-8")
    assert set(read_text_csv(desk.run / "volume.csv")["queue"]) == set(QUEUES)
    parts = read_text_csv(desk.run / "volume_parts.csv").drop(columns=["queue", "start"]).astype(float)
    assert (parts < 0).any(axis=None), "a negative number stays one"
    at_work = set(desk.outcome.roster["agent"])
    assert at_work > set(IDS[:4])
    assert set(table_of(desk.run, "roster")["agent"]) == at_work


@pytest.mark.slow
def test_files_that_were_written_can_be_read_again(desk: Planned, tmp_path: Path) -> None:
    """The run passes its check; its roster can be fixed, its activity be last week's."""
    assert verdict_of(desk.run).passed
    roster = pd.read_csv(desk.run / "roster.csv", dtype=str)
    again = write_nasty_desk(tmp_path / "desk")
    roster[["agent", "date", "pattern"]].to_csv(again / "fixed.csv", index=False)
    kept = {a.id for a in Inputs.from_folder(again).people if a.fixed}
    assert kept == set(desk.outcome.roster["agent"])
    later = pd.Timestamp("2026-10-26").date()
    people = Inputs.from_folder(desk.folder, RunOptions(week=later, previous=desk.run)).people
    assert all(a.off_before is not None for a in people), "who has no shift in last week's run was off"
    assert {f for a in people for f in a.families_before} <= {FAMILY, PART}


def test_calendars_parse_back(desk: Planned) -> None:
    """Names and queues come out of the files as they went in; no line is longer than 75 octets."""
    seen = set()
    for file in (desk.run / "calendars").iterdir():
        content = file.read_bytes()
        assert max(map(len, content.split(b"\r\n"))) <= 75
        calendar = Calendar.from_ical(content)
        seen.add(re.sub(r"\\([\\;,])", r"\1", str(calendar["x-wr-calname"])))  # icalendar leaves unknown names escaped
        events = calendar.walk("VEVENT")
        assert events and all(any(f"{SITE}: {q}" in str(e["summary"]) for q in QUEUES) for e in events)
        assert all(str(e["description"]).startswith((FAMILY, PART)) for e in events)
    at_work = set(desk.outcome.roster["agent"])
    assert seen == {f"{SITE}: {name}" for agent, name in zip(IDS, NAMES, strict=True) if agent in at_work}


def test_the_workbook_has_no_formula_where_a_name_stands(desk: Planned) -> None:
    """Names are strings; the only formulas are ours."""
    book = openpyxl.load_workbook(desk.run / "schedule.xlsx")
    ours = ("=SUM(", "=SUMPRODUCT(", "=SUBTOTAL(", "=COUNTIF(", "=COUNTIFS(", "=1-(SUM(", "=ROUND((", "=(", "=MAX(",
            "=D", "=I", "=Cost!I")  # fmt: skip
    texts = set()
    for sheet in book:
        for cell in (cell for row in sheet for cell in row):
            if cell.data_type == "f":
                assert str(cell.value).startswith(ours), cell
            elif cell.data_type == "s":
                texts.add(cell.value)
    assert texts >= {*IDS, *NAMES, *QUEUES}
    assert {FAMILY, PART} <= {str(text).rpartition("@")[0] for text in texts}


class _Elements(HTMLParser):
    """Collects the elements of a page, and what its scripts hold."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.scripts: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "script":
            self.scripts[-1] += data
        self.text += data


@pytest.mark.parametrize("name", ["report.html", "sheets.html"])
def test_names_are_text_in_pages(desk: Planned, name: str) -> None:
    """No name opens an element, closes a script or is taken for a template."""
    page = _Elements()
    page.feed((desk.run / name).read_text(encoding="utf-8"))
    assert "evil" not in page.tags
    assert page.tags.count("script") == (4 if name == "report.html" else 0)
    assert SITE in page.text and NOTE in page.text
    if name == "report.html":
        data = json.loads(page.scripts[0])
        assert set(data["queues"]) == set(QUEUES)
        assert [p["name"] for p in data["gantt"]["people"]] == list(NAMES)


def _amounts(outcome: Outcome) -> Iterator[str]:
    """Yield every amount of the desk in the forms in which the product writes amounts."""
    found = outcome.decision
    given = (*WAGES, *PRICES.values(), PREMIUM)
    derived = [found.cost_wages, found.cost_prices, found.cost_wages + found.cost_prices, found.solved.bound]
    derived += [*found.prices.values(), *(x for h in found.solved.history for x in h[1:])]
    derived += list(outcome.tables["explain"]["cost_one_more"].dropna())
    yield from map(str, given)
    for value in (v for v in derived if v is not None and v > 20):
        thousands = f"{value:,.0f}"
        exact = repr(float(value))
        yield from (f"{value:.2f}", f"{value:,.2f}", *([exact] if len(exact.partition(".")[2]) > 1 else []))
        yield from (t for t in (thousands, thousands.replace(",", "\u202f")) if len(t) > 4)


def _everything(run: Path) -> Iterator[tuple[str, str]]:
    """Yield the text of every file of a run, unpacked where it is packed."""
    for file in sorted(p for p in run.rglob("*") if p.is_file()):
        if file.suffix == ".xlsx":
            with zipfile.ZipFile(file) as book:
                yield from ((f"{file.name}/{n}", book.read(n).decode("utf-8")) for n in book.namelist())
        else:
            yield file.name, file.read_text(encoding="utf-8")


def _told(amounts: set[str], text: str) -> set[str]:
    """Return those of the amounts that stand in a text."""
    return {a for a in amounts if a in text and re.search(rf"(?<![\d.,]){re.escape(a)}(?!\d)", text)}


def test_no_wages_leaves_no_money_anywhere(desk: Planned) -> None:
    """No wage, price, cost or bound stands in the folder, the log or on the terminal; the gap does."""
    amounts = set(_amounts(desk.outcome))
    assert len(amounts) > 20 and len(desk.outcome.tables["explain"])
    for place, text in (*_everything(desk.run), ("terminal", desk.shown)):
        assert not _told(amounts, text), place
    assert "gap" in (desk.run / "run.log").read_text(encoding="utf-8") and "gap" in desk.shown


@pytest.mark.slow
def test_with_wages_every_amount_is_told(desk: Planned, paid: Path) -> None:
    """The search of the test above finds money where there is some."""
    told = _told(set(_amounts(desk.outcome)), "".join(text for _, text in _everything(paid)))
    assert set(map(str, (*WAGES, *PRICES.values(), PREMIUM))) <= told
    assert len(told) > 15


def test_a_run_without_money_serves_every_command(desk: Planned) -> None:
    """check and compare cope; the summary says what was taken out, and hashes tell the true inputs."""
    summary = json.loads((desk.run / "summary.json").read_text(encoding="utf-8"))
    whole = Content.of(desk.outcome).summary
    assert whole["wages_shown"] and whole["input_redacted"] == [] and not summary["wages_shown"]
    assert summary["input_redacted"] == ["plan.toml", "staff.csv"]
    assert summary["input_hashes"] == whole["input_hashes"]
    assert summary["roster"]["cost"] is None and summary["gap"] == whole["gap"] is not None
    assert all(summary[key] is None and whole[key] is not None for key in MONEY)
    verdict = verdict_of(desk.run)
    assert verdict.passed and UNPAID in verdict.notes
    manifest = Manifest.read(desk.run)
    assert manifest is not None and not manifest.wages and not manifest.differences(desk.run)
    assert side_by_side([desk.run]).set_index("figure").loc["cost", str(desk.run)] == ""
    assert list(read_text_csv(desk.run / "inputs" / "staff.csv")) == ["agent", "name", "team", "contract"]


def test_a_redacted_plan_is_the_same_but_for_money(desk: Planned) -> None:
    """What is left of plan.toml reads as before, scenarios too; only the plan's own tables are meant by their names."""
    given = plan_tables((desk.folder / "plan.toml").read_bytes(), Path("plan.toml"))
    given["scenario"] = {"busy": {"costs": {"cost_h": 1.0}, "contract": {CONTRACT: {"max_h_week": 30, "cost_h": 2.0}}}}
    given["queue"] = {"costs": {"cost_h": "kept"}}
    less = plan_without_money(given)
    assert less["scenario"] == {"busy": {"contract": {CONTRACT: {"max_h_week": 30}}}}
    assert less["queue"] == given["queue"] and "costs" not in less
    assert "cost_h" not in less["contract"][CONTRACT] and given["contract"][CONTRACT]["cost_h"] == WAGES[1]
    kept = plan_tables((desk.run / "inputs" / "plan.toml").read_bytes(), Path("plan.toml"))
    assert kept == plan_without_money(plan_tables((desk.folder / "plan.toml").read_bytes(), Path("plan.toml")))


@pytest.mark.slow
def test_papers_of_a_run_without_money_never_show_any(desk: Planned, paid: Path, tmp_path: Path) -> None:
    """`report` asked for wages cannot make some up from what prices usually are; both runs hold one plan."""
    assert difference(desk.run, paid).empty and UNPAID not in verdict_of(paid).notes
    run = tmp_path / "run"
    shutil.copytree(desk.run, run)
    write_papers(run, wages=True)
    assert "Wage per hour" not in (run / "report.html").read_text(encoding="utf-8")
    assert "Cost" not in openpyxl.load_workbook(run / "schedule.xlsx").sheetnames
    assert not Manifest.read(run).wages  # type: ignore[union-attr]


def test_a_refusal_without_wages_tells_no_amount(desk: Planned) -> None:
    """Where the judge counts other wages than the plan, --no-wages says so and no more."""
    wrong = Violation("wages", "", "", "the plan says 1,234.56, recounted 1,235.00")
    outcome = replace(desk.outcome, verdict=replace(desk.outcome.verdict, violations=(wrong,)))
    with pytest.raises(Refused) as refused:
        publish(outcome, RunFolder(desk.run, wages=False))
    assert "wages" in str(refused.value) and "1,23" not in str(refused.value)
