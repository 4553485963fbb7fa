"""`busyhour scorecard`: files, figures, words, refusals; a sheet of one page."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from programs import chromium
from typer.testing import CliRunner
from vendor_desk import write_vendors

from busyhour.app.cli.main import app
from busyhour.app.contracts.renewal import renewal_sheet
from busyhour.app.contracts.score_vendors import score_vendors

FILES = {
    "scorecard.csv",
    "ranking.csv",
    "pairs.csv",
    "gates.csv",
    "trend.csv",
    "trends.csv",
    "equal_mix.csv",
    "summary.json",
    "report.html",
    "renewal.html",
    "manifest.json",
    "inputs",
}


def run(*args: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["scorecard", *map(str, args)])
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of vendors, scored once."""
    folder = write_vendors(tmp_path_factory.mktemp("vendors") / "desk")
    code, text = run(folder, folder, "--quiet")
    assert code == 0, text
    return folder


def test_all_is_written(desk: Path) -> None:
    """Tables, summary, page, sheet, inputs and manifest."""
    place = desk / "runs" / "scorecard"
    assert {p.name for p in place.iterdir()} == FILES
    assert {"contract.toml", "quality.csv", "scorecard.toml", "calls_north.csv"} <= {
        p.name for p in (place / "inputs").iterdir()
    }
    summary = json.loads((place / "summary.json").read_text(encoding="utf-8"))
    assert summary["kind"] == "scorecard"
    assert summary["vendors"] == ["east", "north", "south"]
    assert "overall" not in summary["rankings"]
    assert len(summary["goals"]) == 9


def test_figures_are_sums_over_sums(desk: Path) -> None:
    """The service level of a vendor is its answered calls in time over its calls, never a mean of shares."""
    table = pd.read_csv(desk / "runs" / "scorecard" / "scorecard.csv")
    for vendor in ("north", "south", "east"):
        calls = pd.read_csv(desk / "calls" / f"{vendor}.csv")
        row = table[(table["vendor"] == vendor) & (table["goal"] == "service level")].iloc[0]
        assert row["figure"] == pytest.approx(calls["answered_in"].sum() / calls["offered"].sum(), abs=1e-6)
        assert row["low"] < row["figure"] < row["high"]
        scores = pd.read_csv(desk / "quality.csv")
        own = scores[(scores["vendor"] == vendor) & (scores["item"] == "fcr")]["score"]
        row = table[(table["vendor"] == vendor) & (table["goal"] == "resolution")].iloc[0]
        assert row["figure"] == pytest.approx(own.mean(), abs=1e-6)
        assert (row["count"], row["scorers"]) == (20, 3)


def test_ranks_add_up(desk: Path) -> None:
    """Every vendor has some rank, and every rank some vendor."""
    table = pd.read_csv(desk / "runs" / "scorecard" / "ranking.csv")
    for _, own in table.groupby("score"):
        chances = own[["p_rank_1", "p_rank_2", "p_rank_3"]].to_numpy()
        assert chances.sum(axis=0) == pytest.approx([1, 1, 1])
        assert chances.sum(axis=1) == pytest.approx([1, 1, 1])


def test_the_page_says_how_little_a_sample_says(desk: Path) -> None:
    """Intervals, scorers, weights and rubric stand beside each figure, and who cannot be told apart is said."""
    page = (desk / "runs" / "scorecard" / "report.html").read_text(encoding="utf-8")
    for words in (
        "may be anything from",
        "cannot be told apart from",
        "1 to 5 per call",
        "Solved in one call; 1 or 0",
        "of the quality score",
        "of the service score",
        "the two scores are not put together",
        "Answered within 20 s / offered",
    ):
        assert words in page, words
    assert not re.search(r"<(?:script|link|img)[^>]*(?:src|href)=[\"']?https?:", page)


def test_the_sheet_is_one_page(desk: Path) -> None:
    """The sheet has no scripts, one article that may not break, and room for its lines on A4."""
    sheet = (desk / "runs" / "scorecard" / "renewal.html").read_text(encoding="utf-8")
    assert "<script" not in sheet
    assert sheet.count("<article") == 1
    assert "size: A4 portrait" in sheet
    assert "<h2>Decision</h2>" in sheet
    assert "north" in sheet
    assert "3 more" in sheet


@pytest.mark.slow
def test_many_vendors_still_fit_on_the_sheet(tmp_path: Path) -> None:
    """Thirty vendors: twenty lines, the rest counted, goals left to the report."""
    names = {f"vendor{k:02d}": 0.7 + 0.005 * k for k in range(30)}
    folder = write_vendors(tmp_path / "desk", shares=names, days=6)
    sheet = renewal_sheet(score_vendors(folder, folder))
    assert sheet.count('<tr><th scope="row">vendor') == 20
    assert "10 more vendors" in sheet
    assert "too many for one page" in sheet


@pytest.mark.slow
def test_quality_weighs_only_where_the_file_says_so(desk: Path, tmp_path: Path) -> None:
    """With a share of quality an overall ranking stands beside the two; the page says how it is mixed."""
    folder = write_vendors(tmp_path / "desk")
    settings = folder / "scorecard.toml"
    settings.write_text("quality = 0.25\n" + settings.read_text(encoding="utf-8"), encoding="utf-8")
    code, text = run(folder, folder, "--json")
    assert code == 0, text
    summary = json.loads(text[text.index("{") :])
    assert summary["weights"]["overall"]["service level"] == pytest.approx(0.75)
    assert "75" in summary["headline"] or "leads" in summary["headline"]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_files(desk: Path, tmp_path: Path) -> None:
    """Two runs differ in nothing but their seconds."""
    for name in ("a", "b"):
        assert run(desk, desk, "--out", tmp_path / name, "--seed", 5, "--quiet")[0] == 0
    for name in ("scorecard.csv", "ranking.csv", "pairs.csv", "renewal.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("quality.csv", "quality,", "politeness,", "unknown item"),
        ("quality.csv", "north,", "nroth,", "unknown vendor"),
        ("contract.toml", "scores = [1, 5]", "scores = [5, 5]", "without length"),
        ("scorecard.toml", "draws = 500", "drawn = 500", "unknown key"),
        ("scorecard.toml", "draws = 500", "quality = 40", "quality"),
        ("scorecard.toml", "draws = 500", "[scale.wait]\nworst = 60\nbest = 0", "scale.wait"),
        ("contract.toml", 'queues = ["cards"]', 'queues = ["cards", "loans"]', "queue"),
        ("calls/south.csv", "answered_in", "answered_soon", "vendor south"),
    ],
)
def test_bad_input_has_code_3_and_one_line(tmp_path: Path, file: str, old: str, new: str, words: str) -> None:
    """No traceback, nothing written."""
    folder = write_vendors(tmp_path / "desk", days=6)
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    code, text = run(folder, folder, "--quiet")
    assert code == 3, text
    assert words in text
    assert "Traceback" not in text
    assert not (folder / "runs").exists() or not (folder / "runs" / "scorecard").exists()


def test_one_vendor_one_scorer_no_calls(tmp_path: Path) -> None:
    """Scores alone make a card: nobody to compare with, one scorer is told, counted goals have no figure."""
    folder = write_vendors(tmp_path / "desk", shares={"north": 0.8}, days=6)
    for path in (folder / "calls").iterdir():
        path.unlink()
    (folder / "calls").rmdir()
    scores = pd.read_csv(folder / "quality.csv").assign(scorer="Ann")
    scores.to_csv(folder / "quality.csv", index=False)
    code, text = run(folder, folder)
    assert code == 0, text
    assert "nobody to compare with" in " ".join(text.split())
    page = (folder / "runs" / "scorecard" / "report.html").read_text(encoding="utf-8")
    assert "one person gave all scores" in page
    assert "goals counted from calls have no figure" in page


def test_what_does_not_count_is_told(tmp_path: Path) -> None:
    """Excluded intervals are counted with their clause; a vendor without any other is not ranked."""
    folder = write_vendors(tmp_path / "desk", shares={"north": 0.8}, days=6)
    terms = (folder / "contract.toml").read_text(encoding="utf-8")
    out = '\n[[exclusion]]\nclause = "9.2"\nreason = "outage"\nstart = 2026-09-01\nend = 2026-09-30\n'
    (folder / "contract.toml").write_text(terms + out, encoding="utf-8")
    made = score_vendors(folder, folder)
    assert any("18 intervals are excluded by 9.2" in note for note in made.notes)
    assert not made.card.rankings["quality"].vendors


def test_neither_calls_nor_scores(tmp_path: Path) -> None:
    """An empty folder is told what it should hold."""
    folder = write_vendors(tmp_path / "desk", shares={"north": 0.8}, days=6)
    (tmp_path / "empty").mkdir()
    code, text = run(folder, tmp_path / "empty")
    assert code == 3
    assert "neither calls nor scores" in text


def test_what_others_wrote_is_never_replaced(tmp_path: Path) -> None:
    """A folder with somebody's file is refused before anything is counted."""
    folder = write_vendors(tmp_path / "desk", shares={"north": 0.8}, days=6)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("dear", encoding="utf-8")
    code, _ = run(folder, folder, "--out", tmp_path / "mine")
    assert code == 3
    assert (tmp_path / "mine" / "thesis.txt").read_text(encoding="utf-8") == "dear"


def pages_of(sheet: Path) -> int:
    """Return how many pages a browser prints of a file."""
    pdf = sheet.with_suffix(".pdf")
    command = [chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    subprocess.run([*command, f"--print-to-pdf={pdf}", sheet.as_uri()], capture_output=True, check=True, timeout=120)
    return len(re.findall(rb"/Type\s*/Page[^s]", pdf.read_bytes()))


@pytest.mark.slow
@pytest.mark.parametrize(("vendors", "goals"), [(3, 0), (6, 9), (30, 0)])
def test_a_browser_prints_one_page(tmp_path: Path, vendors: int, goals: int) -> None:
    """Three vendors, six with twelve goals, and thirty, all with long names."""
    names = {f"Northern Services and Partners {k:02d}": 0.7 + 0.005 * k for k in range(vendors)}
    folder = write_vendors(tmp_path / "desk", shares=names, days=6)
    scores = pd.read_csv(folder / "quality.csv").drop(columns="weight")
    parts = [scores[scores["item"] == "fcr"].assign(item=f"part{k}") for k in range(goals)]
    pd.concat([scores, *parts]).to_csv(folder / "quality.csv", index=False)
    terms = "".join(
        f'\n[goal."ownership, part {k}"]\nmetric = "ownership"\nitem = "part{k}"\nlevel = 0.8\n' for k in range(goals)
    )
    contract = folder / "contract.toml"
    contract.write_text(contract.read_text(encoding="utf-8") + terms, encoding="utf-8")
    sheet = tmp_path / "renewal.html"
    sheet.write_text(renewal_sheet(score_vendors(folder, folder)), encoding="utf-8")
    assert pages_of(sheet) == 1
