"""Make the tutorial's figures from its own run: ``python -m docs.make_figures``, some five minutes.

The commands of the tutorial are run on the sample as it is. What they print goes into its blocks, headline figures of
the runs go to ``docs/figures.json``, figures in sentences of the tutorial and README stand between
``<!-- figure: NAME -->`` and ``<!-- end -->`` and follow from that file, and the tutorial's pictures are taken of the
same runs. A test compares the sentences with ``docs/figures.json``.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .make_pictures import main as make_pictures
from .pages import FENCE, Block, commands_of, write_calls

DOCS = Path(__file__).parent
ROOT = DOCS.parent
RECORD = DOCS / "figures.json"
TUTORIAL = DOCS / "tutorial.md"
SENTENCES = (TUTORIAL, ROOT / "README.md", DOCS / "guides" / "my_week.md")
RUNS = {"bank": "data/bank/runs/2003-10-27", "stricter": "stricter", "mydesk": "mydesk/runs/2026-11-16"}
KEPT = (
    "cost",
    "cost_wages",
    "bound",
    "gap",
    "paid_hours",
    "under_agent_hours",
    "service_level_simulated",
    "agents",
    "seconds",
    "versions",
)
MARK = re.compile(r"(<!-- figure: ([a-z_]+) -->)(.*?)(<!-- end -->)", re.DOTALL)
NUMBER = re.compile(r"\d[\d,.:–-]*")
STATUS = re.compile(r"(?:optimal|feasible)(?:, stopped by \w+)?")

Runs = Mapping[str, Mapping[str, Any]]
FIGURES: Mapping[str, Callable[[Runs], str]] = {
    "bank_gap": lambda r: f"{r['bank']['gap']:.2%}".replace("%", " %"),
    "bank_agents": lambda r: f"{r['bank']['agents']}",
    "bank_under": lambda r: f"{r['bank']['under_agent_hours']:,.1f}",
    "stricter_wages": lambda r: f"{r['stricter']['cost_wages'] - r['bank']['cost_wages']:,.0f}",
    "stricter_share": lambda r: f"{r['stricter']['cost_wages'] / r['bank']['cost_wages'] - 1:.0%}".replace("%", " %"),
    "stricter_hours": lambda r: f"{r['stricter']['paid_hours'] - r['bank']['paid_hours']:,.0f}",
}


def with_figures(text: str, runs: Runs) -> str:
    """Return a page with the figures of its sentences made from the runs."""
    return MARK.sub(lambda m: f"{m[1]}{FIGURES[m[2]](runs)}{m[4]}", text)


def refreshed(expected: str, got: str) -> str:
    """Return an expected output with the figures of what was printed, its elisions and statuses kept.

    Raises
    ------
    ValueError
        When they differ by more than figures, statuses and white space.
    """
    pieces = expected.split("...")
    pattern = ".*?".join(f"({_pattern(p)})" for p in pieces)
    match = re.fullmatch(rf"{pattern}\s*", got, re.DOTALL)
    if match is None:
        raise ValueError(f"expected\n{expected}\nbut got\n{got}")
    return "...".join(_with(piece, found) for piece, found in zip(pieces, match.groups(), strict=True))


def _pattern(piece: str) -> str:
    """Return what a piece may look like: any figures and statuses in it, any white space, perhaps none at its ends."""
    tokens = [
        r"\s+" if token.isspace() else kind.pattern if (kind := _kind(token)) else re.escape(token)
        for token in _tokens(piece.strip())
    ]
    return rf"\s*{''.join(tokens)}\s*"


def _kind(token: str) -> re.Pattern[str] | None:
    """Return the kind of a token that varies."""
    return next((kind for kind in (NUMBER, STATUS) if kind.fullmatch(token)), None)


def _tokens(piece: str) -> list[str]:
    """Split a text into white space, figures, statuses and the rest."""
    return [t for t in re.split(rf"(\s+|{NUMBER.pattern}|{STATUS.pattern})", piece) if t]


def _with(piece: str, found: str) -> str:
    """Return what was found, with the statuses of the piece and its white space where a line begins or ends."""
    if not found.strip():
        return piece
    lead, tail = (re.match(r"\s*", piece) or [""])[0], (re.search(r"\s*$", piece) or [""])[0]
    statuses = iter(STATUS.findall(piece))
    lines = STATUS.sub(lambda _: next(statuses), found.strip()).splitlines()
    return lead + "\n".join(line.rstrip() for line in lines) + tail


def run_block(block: Block) -> str:
    """Run a console block in the current folder; return its text with what was printed."""
    text = ""
    for command, expected in commands_of(block.text):
        words = shlex.split(command)
        if words[0] == "cp":
            shutil.copy(words[1], words[2])
            got = expected
        elif words[0] == "busyhour":
            program = [sys.executable, "-c", "from busyhour.app.cli.start import main; main()"]
            environment = {**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
            done = subprocess.run(
                [*program, *words[1:]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                encoding="utf-8", env=environment,
            )  # fmt: skip
            got = done.stdout
        else:
            got = expected
        text += f"$ {command}\n{refreshed(expected, got) if block.varies else expected}"
    return text


def run_tutorial(text: str) -> str:
    """Run the tutorial's blocks in the current folder; return its text with what they printed."""

    def again(match: re.Match[str]) -> str:
        block = Block(match["mark"] or "", match["kind"], match["text"])
        block.apply()
        if block.kind != "console":
            return match[0]
        sys.stdout.write(block.text.splitlines()[0] + "\n")
        return match[0].replace(block.text, run_block(block))

    return FENCE.sub(again, text)


def main() -> int:
    """Run the tutorial, write its figures, its sentences and its pictures."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        shutil.copytree(ROOT / "data" / "bank", Path("data/bank"), ignore=shutil.ignore_patterns("runs"))
        write_calls(Path())
        tutorial = run_tutorial(TUTORIAL.read_text(encoding="utf-8"))
        summaries = {k: json.loads((Path(p) / "summary.json").read_text(encoding="utf-8")) for k, p in RUNS.items()}
        make_pictures([Path(RUNS["bank"])])
    runs = {name: {key: summary[key] for key in KEPT} for name, summary in summaries.items()}
    RECORD.write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")
    TUTORIAL.write_text(tutorial, encoding="utf-8")
    for page in SENTENCES:
        page.write_text(with_figures(page.read_text(encoding="utf-8"), runs), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
