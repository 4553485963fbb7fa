"""Make the manual's pictures from finished runs: ``python docs/make_pictures.py BANK_RUN HELPDESK_RUN``.

A headless browser shows one section of the report at a time. Without a browser on the PATH the pictures that stand in
``docs/img`` are left as they are.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
IMAGES = Path(__file__).parent / "img"
WIDTH = 1180
MOST_BYTES = 200_000


@dataclass(frozen=True)
class Picture:
    """A section of the report: which run it comes from (0 bank, 1 help desk), what to show and hide, and how high."""

    name: str
    run: int
    show: str
    height: int
    hide: str = ""


PICTURES = (
    Picture("cards", 0, ".verdict, .cards", 540),
    Picture("service", 0, "#service", 700),
    Picture("forecast", 0, "#forecast", 460, hide="#forecast .past"),
    Picture("past_week", 0, "#forecast", 460, hide="#forecast > :not(.past)"),
    Picture("parts", 0, "#parts", 480),
    Picture("accuracy", 0, "#accuracy", 780),
    Picture("staffing", 0, "#staffing", 900),
    Picture("balance", 0, "#balance", 520),
    Picture("people", 0, "#people", 560),
    Picture("short", 0, "#short", 420),
    Picture("helpdesk", 1, "#staffing", 900),
)


def browser() -> str | None:
    """Return a browser that can take pictures."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def only(report: str, show: str, hide: str) -> str:
    """Return the report showing one section alone, without what `hide` selects in it."""
    style = (
        f"<style>body > *:not(main), main > *:not({show}){', ' + hide if hide else ''} {{ display: none !important }}"
        f" body {{ margin: 0; padding: 12px }} main, {show} {{ margin: 0 }}"
        f" html {{ overflow: hidden }}</style>"
    )
    return report.replace("</head>", f"{style}</head>", 1)


def take(program: str, page: Path, target: Path, height: int) -> None:
    """Take one picture of a local page."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [
            program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--no-first-run", "--hide-scrollbars",
            f"--user-data-dir={profile}", "--virtual-time-budget=8000", f"--screenshot={target}",
            f"--window-size={WIDTH},{height}", page.resolve().as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=120)


def main(runs: list[Path]) -> int:
    """Make every picture whose run is given; return 1 when one is too large."""
    program = browser()
    if program is None:
        sys.stdout.write("skipped: no browser found\n")
        return 0
    IMAGES.mkdir(exist_ok=True)
    large = False
    for picture in (p for p in PICTURES if p.run < len(runs)):
        report = (runs[picture.run] / "report.html").read_text(encoding="utf-8")
        target = IMAGES / f"{picture.name}.png"
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "page.html"
            page.write_text(only(report, picture.show, picture.hide), encoding="utf-8")
            take(program, page, target, picture.height)
        size = target.stat().st_size
        large |= size > MOST_BYTES
        sys.stdout.write(f"{target.name}  {size / 1000:.0f} kB\n")
    return int(large)


if __name__ == "__main__":
    raise SystemExit(main([Path(a) for a in sys.argv[1:]]))
