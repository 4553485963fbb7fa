"""Every example of README's pages is executed: commands, Python, and the docstrings of the code."""

from __future__ import annotations

import doctest
import importlib
import json
import pkgutil
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

import busyhour.app
import busyhour.forecast
import busyhour.schedule
from busyhour.app.cli.main import app

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(r"(?:^<!-- (?P<mark>[^\n]*?) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
VARIES = re.compile(r"(optimal|feasible)(, stopped by \w+)?")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """A fenced block of a page with the comment above it."""

    mark: str
    kind: str
    text: str


def blocks_of(page: Path) -> list[Block]:
    """Return the fenced blocks of a page in order."""
    return [Block(m["mark"] or "", m["kind"], m["text"]) for m in FENCE.finditer(page.read_text(encoding="utf-8"))]


SLOW = {
    "guides/accuracy.md",
    "guides/batch.md",
    "guides/forecast.md",
    "guides/hiring.md",
    "guides/keep.md",
    "guides/people_rules.md",
    "guides/privacy.md",
    "guides/python.md",
    "guides/replay.md",
    "guides/requirements.md",
    "guides/stages.md",
    "guides/today.md",
    "tutorial.md",
}


def page_name(page: Path) -> str:
    """Return the path of a page below docs."""
    return page.relative_to(DOCS).as_posix()


PAGES = [
    pytest.param(p, marks=[pytest.mark.slow] * (page_name(p) in SLOW), id=page_name(p))
    for p in sorted(DOCS.rglob("*.md"))
    if any(b.kind in ("console", "python") for b in blocks_of(p))
]


def commands_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield (command, expected output) of a console block."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        yield command, expected


def alike(expected: str, got: str, *, figures_vary: bool) -> bool:
    """Compare as doctest does, ellipses allowed; where figures vary, all numbers and statuses are one."""
    if figures_vary:
        expected, got = (re.sub(r"\d[\d,.:–-]*", "#", VARIES.sub("planned", t)) for t in (expected, got))
    return doctest.OutputChecker().check_output(expected, got, FLAGS)


class Shell:
    """Runs the commands of a page in the current folder."""

    def __init__(self, planned: str, quick: Callable[[Path], None]) -> None:
        self.planned = planned
        self.quick = quick
        self.code = 0
        self.changed = False

    def run(self, command: str) -> str:
        """Return what a command prints."""
        name, *args = shlex.split(command)
        if name == "busyhour":
            return self.busyhour(args)
        if name == "echo" and args == ["$?"]:
            return f"{self.code}\n"
        if name == "cp":
            shutil.copy(args[0], args[1])
            return ""
        if name == "head" and args[0] == "-n":
            return "".join(Path(args[2]).read_text(encoding="utf-8").splitlines(keepends=True)[: int(args[1])])
        raise AssertionError(f"examples cannot use {name!r}")

    def busyhour(self, args: list[str]) -> str:
        """Run busyhour in this process; the very run that the workshop began with is not made twice."""
        if args == ["plan", "data/bank"] and not self.changed:
            return self.planned
        for plan in Path().glob("*/plan.toml"):
            self.quick(plan)
        result = CliRunner().invoke(app, args)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        self.code = result.exit_code
        return result.output

    def change(self, block: Block) -> None:
        """Do what the comment above a block says to a file: write it, append to it, or edit it."""
        what, _, name = block.mark.partition(": ")
        path = Path(name)
        if what == "file":
            path.write_text(block.text, encoding="utf-8")
        elif what == "append":
            path.write_text(path.read_text(encoding="utf-8") + block.text, encoding="utf-8")
        elif what == "edit":
            text = path.read_text(encoding="utf-8")
            old, new = ("".join(x[1:] for x in block.text.splitlines(keepends=True) if x[0] == s) for s in "-+")
            assert old in text, f"{name} has no line {old!r}"
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        self.changed |= what in ("file", "append", "edit")


@pytest.mark.parametrize("page", PAGES)
def test_console_and_python_of_a_page(
    page: Path,
    workshop: tuple[Path, str],
    quick: Callable[[Path], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The blocks of a page, in order, print what the page says."""
    shutil.copytree(workshop[0], tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("COLUMNS", "80")
    shell, names = Shell(workshop[1], quick), dict[str, object]()
    for block in blocks_of(page):
        shell.change(block)
        if block.kind == "console":
            for command, expected in commands_of(block.text):
                got = shell.run(command)
                assert alike(expected, got, figures_vary="figures vary" in block.mark), f"$ {command}\n{got}"
        elif block.kind == "python":
            example = doctest.DocTestParser().get_doctest(block.text, names, page.name, str(page), 0)
            report: list[str] = []
            runner = doctest.DocTestRunner(optionflags=FLAGS)
            runner.run(example, out=report.append, clear_globs=False)
            names = example.globs
            assert not report, "".join(report)


MODULES = sorted(
    module.name
    for room in (busyhour.forecast, busyhour.schedule, busyhour.app)
    for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}.")
    if ">>> " in Path(importlib.util.find_spec(module.name).origin).read_text(encoding="utf-8")  # type: ignore[union-attr, arg-type]
)


@pytest.mark.parametrize("name", [pytest.param(m, marks=[pytest.mark.slow] * (".moving." in m)) for m in MODULES])
def test_docstring_examples(name: str) -> None:
    """The examples of the code's docstrings hold."""
    result = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)
    assert result.attempted
    assert not result.failed


def test_the_run_folder_is_described_whole(workshop: tuple[Path, str]) -> None:
    """Every file of a run and every key of summary.json stands on its page."""
    page = (DOCS / "reference" / "run_folder.md").read_text(encoding="utf-8")
    run = workshop[0] / "data" / "bank" / "runs" / "2003-10-27"
    names = [p.name + "/" * p.is_dir() for p in run.iterdir()]
    keys = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    missing = [name for name in (*names, *keys) if f"`{name}`" not in page]
    assert not missing
