"""The manual agrees with the code and with itself: links, pictures, keys, columns, files."""

from __future__ import annotations

import csv
import importlib.util
import re
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from busyhour.app.batch.config import BatchFile
from busyhour.app.config.contract_toml import ContractFile
from busyhour.app.config.plan_toml import parse_plan
from busyhour.app.config.scorecard_toml import scorecard_config
from busyhour.app.hiring.config import parse as parse_hiring
from busyhour.forecast.tables import TABLES as CALLS
from busyhour.schedule.tables import TABLES as PEOPLE

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(p for p in DOCS.rglob("*.md") if "_build" not in p.parts)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(#[^)]*)?\)")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ORIGINS = {"origin", "horizon_days"}


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """The script that fills the generated blocks."""
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fences(kind: str) -> list[Any]:
    """Return every fenced block of a kind as a test case."""
    found = [(p, text) for p in PAGES for k, text in FENCE.findall(p.read_text(encoding="utf-8")) if k == kind]
    return [pytest.param(text, id=f"{page.stem}-{text.splitlines()[0][:30]}") for page, text in found]


@pytest.mark.parametrize("page", [*sorted(ROOT.glob("*.md")), *PAGES], ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link and picture exists."""
    for target, _ in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_page_is_in_an_index() -> None:
    """Each folder's index names all its pages."""
    for index in DOCS.rglob("index.md"):
        text = index.read_text(encoding="utf-8")
        for page in index.parent.glob("*.md"):
            assert page == index or f"({page.name})" in text, f"{index} does not name {page.name}"


def test_pictures_are_small() -> None:
    """Pictures weigh less than 200 kB each, and each is shown on a page."""
    texts = "".join(p.read_text(encoding="utf-8") for p in PAGES)
    for picture in (DOCS / "img").iterdir():
        assert picture.stat().st_size < 200_000, picture.name
        assert f"img/{picture.name}" in texts


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(DOCS)))
def test_generated_blocks_are_fresh(page: Path, reference: ModuleType) -> None:
    """What the code says about itself stands in the pages; else run docs/make_reference.py."""
    text = page.read_text(encoding="utf-8")
    assert reference.filled(text) == text, "run: python docs/make_reference.py"


def test_every_key_has_a_meaning_of_its_own(reference: ModuleType) -> None:
    """No meaning is left of a key that is gone."""
    kinds = {kind.__name__: kind for _, kind, _ in reference.TABLES}
    for kind, meanings in reference.MEANINGS.items():
        assert set(meanings) <= {name for name, _, _ in reference.fields_of(kinds[kind])}


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return `base` with the tables of `over` laid on it."""
    return base | {k: merged(base.get(k, {}), v) if isinstance(v, dict) else v for k, v in over.items()}


@pytest.mark.parametrize("text", fences("toml"))
def test_fragments_of_plan_toml_are_valid(text: str) -> None:
    """Each fragment can be put into the starter's plan.toml; files of other names say theirs in the first line."""
    if text.startswith("# hiring.toml\n"):
        hiring = tomllib.loads(text)
        for over in ({}, *hiring.pop("scenario", {}).values()):
            parse_hiring(merged(hiring, over), Path("hiring.toml"))
        return
    if text.startswith("# scorecard.toml\n"):
        scorecard_config(tomllib.loads(text), Path("scorecard.toml"))
        return
    if text.startswith("# contract.toml\n"):
        ContractFile.of(text.encode(), Path("contract.toml"))
        return
    if text.startswith("# batch.toml\n"):
        BatchFile.of(text.encode(), Path("batch.toml"))
        return
    starter = tomllib.loads((resources.files("busyhour.app") / "starter_plan.toml").read_text(encoding="utf-8"))
    fragment = tomllib.loads(text)
    del starter["scenario"]
    for family in fragment.get("shift", {}):
        starter["shift"].pop(family, None)
    parse_plan(merged(starter, fragment), Path("plan.toml"))


@pytest.mark.parametrize("text", fences("csv"))
def test_examples_of_csv_have_known_columns(text: str) -> None:
    """Headers name declared columns, and every row is as long as its header."""
    header, *rows = csv.reader(text.splitlines())
    assert any(set(header) <= set(known) for known in (*PEOPLE.values(), *CALLS.values(), ORIGINS))
    assert all(len(row) == len(header) for row in rows)


@pytest.mark.slow
def test_the_manual_builds_without_warnings(tmp_path: Path) -> None:
    """Sphinx finds nothing to complain about."""
    pytest.importorskip("sphinx")
    pytest.importorskip("myst_parser")
    pytest.importorskip("furo")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", str(DOCS), str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "tutorial.html").exists()


def test_what_the_tutorial_says_of_its_figures_is_what_its_screens_show() -> None:
    """Gap, hours under, and the price of ten points: the sentences and the console blocks tell the same run."""
    text = re.sub(r"<!-- (figure: \w+|end) -->", "", (DOCS / "tutorial.md").read_text(encoding="utf-8"))

    def shown(pattern: str) -> list[float]:
        found = re.search(pattern, text)
        assert found is not None, pattern
        return [float(x.replace(",", "")) for x in found.groups()]

    assert shown(r"at most ([\d.]+) % is left") == shown(r"Proven gap +([\d.]+) %")
    assert shown(r'"Under ([\d.]+) h"') == shown(r"under ([\d.]+) h against")
    cost, bound, money = shown(r"Cost +([\d,]+) USD[\s\S]*?bound of ([\d,]+): ([\d,]+) USD")
    assert money == cost - bound
    before, after = shown(r"cost_wages +([\d,.]+) +([\d,.]+)")
    told, share, hours = shown(r"about ([\d,]+) dollars of wages a week, (\d+) %: (\d+) paid hours more")
    assert abs(told - (after - before)) <= 10
    assert share == round(100 * (after - before) / before)
    assert hours == -np.subtract(*shown(r"paid_hours +([\d,.]+) +([\d,.]+)"))
