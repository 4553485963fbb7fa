"""The report in a real browser: phone, laptop, screen, zoomed, dark, tapped, printed."""

# ruff: noqa: E501 - sentences of explain.csv and lines of a script stand whole

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from browser import asked, run

from busyhour.app.report.page import write_report

pytestmark = pytest.mark.slow  # a browser takes seconds to draw nine charts

WIDTHS = (390, 700, 1000, 1400)
"""A phone, a laptop at 200 %, a small and a large screen, in pixels of the page."""

SCRIPT = """
const box = s => all(s)[0].getBoundingClientRect(), tip = document.getElementById("tip"), told = {width: innerWidth};
told.wide = document.documentElement.scrollWidth;
told.cut = all("main *").filter(e => !e.closest(".scroll,.gantt,.choose,.contents,svg,.tip") && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.className || e.tagName);
told.verdict = box(".verdict").bottom; told.cards = box(".cards").bottom;
told.body = getComputedStyle(document.body).backgroundColor;
told.ink = getComputedStyle(all("svg.marks text")[0]).fill;
all("#views button")[1].click();
const rows = all("#service tr[data-day]");
told.days = [...new Set(rows.filter(r => !r.hidden).map(r => r.dataset.day))];
told.caption = all("#service table caption")[0].dataset.only;
told.summaries = all("details summary").length;
all(".g-shift")[0].click();
told.tip = tip.hidden ? "" : tip.textContent;
document.body.click();
told.closed = tip.hidden;
all("#views button")[0].click();
told.shown = rows.every(r => !r.hidden);
dispatchEvent(new Event("beforeprint"));
told.pages = all(".g-page").length; told.heads = all(".g-page > .g-head").length; told.printed = all(".g-page .g-row").length;
dispatchEvent(new Event("afterprint"));
told.again = all(".gantt > .g-head").length;
return told;
"""


@pytest.fixture(scope="module")
def report(shared_run: Path) -> Path:
    """The report of twelve people, two queues, three days."""
    return write_report(shared_run)


@pytest.fixture(scope="module")
def seen(report: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Any]:
    """What the page tells of itself at each width."""
    return asked(report, tmp_path_factory.mktemp("light"), SCRIPT, WIDTHS)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_screen(seen: dict[int, Any], width: int) -> None:
    assert seen[width]["wide"] <= width
    assert seen[width]["cut"] == []


def test_verdict_and_cards_fit_on_the_first_screen(seen: dict[int, Any]) -> None:
    assert seen[390]["verdict"] < 844 / 2
    assert seen[390]["cards"] <= 844
    assert seen[1400]["cards"] < 844 * 0.7


def test_tables_follow_the_days(seen: dict[int, Any]) -> None:
    for told in seen.values():
        assert told["days"] == ["Mon 2 Nov"]
        assert told["caption"] == "Mon 2 Nov"
        assert told["shown"]


def test_a_tap_opens_the_details_of_a_shift_and_the_next_closes_them(seen: dict[int, Any]) -> None:
    for told in seen.values():
        assert re.search(r"Mon 2 Nov \d\d:\d\d–\d\d:\d\d", told["tip"])
        assert "lunch" in told["tip"]
        assert told["closed"]


def test_the_gantt_is_printed_in_pages_with_a_head_each(seen: dict[int, Any]) -> None:
    for told in seen.values():
        assert told["pages"] == told["heads"] == 1
        assert told["printed"] == 12
        assert told["again"] == 1


def test_charts_have_their_figures_as_folded_tables(seen: dict[int, Any]) -> None:
    assert seen[1400]["summaries"] >= 7


def test_a_dark_screen_has_dark_ground_and_light_ink(report: Path, seen: dict[int, Any], tmp_path: Path) -> None:
    dark = asked(report, tmp_path, SCRIPT, [1000], "--blink-settings=preferredColorScheme=0")[1000]
    light = seen[1000]
    assert brightness(dark["body"]) < 60 < 200 < brightness(light["body"])
    assert brightness(dark["ink"]) > 140 > brightness(light["ink"])


def brightness(color: str) -> float:
    """Return the mean of red, green and blue of ``rgb(…)``."""
    return sum(map(float, re.findall(r"[\d.]+", color)[:3])) / 3


def test_it_prints(report: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    run(tmp_path, "--virtual-time-budget=15000", "--no-pdf-header-footer", f"--print-to-pdf={target}", report.as_uri())
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", target.read_bytes())) >= 4
