"""Every example of README's pages is executed: commands, Python, and the docstrings of the code."""

from __future__ import annotations

import doctest
import importlib
import json
import pkgutil
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import busyhour.app
import busyhour.forecast
import busyhour.schedule
from busyhour.app.cli.main import app
from docs.pages import blocks_of, commands_of

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
VARIES = re.compile(r"(optimal|feasible)(, stopped by \w+)?")
HIRE_S = "12"
"""Time limit of plans of hires, in seconds; without it they fill their time with the worth of changes."""
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


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
        """Run busyhour in this process, quickly; the very run that the workshop began with is not made twice."""
        if args == ["plan", "data/bank"] and not self.changed:
            return self.planned
        for plan in Path().glob("*/plan.toml"):
            self.quick(plan)
        limit = ["--time-limit", HIRE_S] if args[0] == "hire" else []
        result = CliRunner().invoke(app, [*args, *limit])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        self.code = result.exit_code
        return result.output


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
        shell.changed |= block.apply()
        if block.kind == "console":
            for command, expected in commands_of(block.text):
                got = shell.run(command)
                assert alike(expected, got, figures_vary=block.varies), f"$ {command}\n{got}"
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
