"""The house: packages as listed, imports one way, files of one noun."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("forecast", "schedule", "app")
MAY_IMPORT = {"forecast": {"forecast"}, "schedule": {"schedule", "forecast"}, "app": {"app", "schedule", "forecast"}}
MODULES = [p for room in ROOMS for p in sorted((ROOT / room).rglob("*.py"))]


def imports_of(path: Path) -> list[str]:
    """Return the modules a file imports, relative ones resolved to ``room.…``."""
    package = path.relative_to(ROOT).with_suffix("").parts
    package = package[:-1]
    out = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            out += [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            out.append("busyhour." * bool(node.level) + ".".join((*base, *(node.module or "").split("."))).strip("."))
    return out


def test_packages_match_the_disk() -> None:
    """Every folder of code is listed in pyproject.toml, and nothing else."""
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"])
    on_disk = {"busyhour." + ".".join(p.parent.relative_to(ROOT).parts) for p in MODULES if p.name == "__init__.py"}
    assert listed == on_disk
    assert all((ROOT / room / "py.typed").exists() for room in ROOMS)
    assert not (ROOT / "__init__.py").exists()


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    """No bare room names, no absolute import of ourselves, nothing against the arrow."""
    room = path.relative_to(ROOT).parts[0]
    for name in imports_of(path):
        assert name.split(".")[0] not in ROOMS, f"{name}: import it relatively"
        if name.startswith("busyhour."):
            assert name.split(".")[1] in MAY_IMPORT[room], f"{room} may not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_stay_small(path: Path) -> None:
    """One noun or one rule family a file."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350


def test_only_the_solver_door_opens_the_solver() -> None:
    """PuLP models are written in many places; HiGHS is called at one door and, column by column, beside it."""
    assert [p.name for p in MODULES if "highspy" in imports_of(p)] == ["column_lp.py", "solver.py"]


def test_typings_follow_the_folders() -> None:
    """Each link of typings/busyhour leads to its room."""
    for room in ROOMS:
        assert (ROOT / "typings" / "busyhour" / room).resolve() == ROOT / room


def test_top_level_is_as_agreed() -> None:
    """Nothing but the agreed entries lies at the top."""
    agreed = {
        "pyproject.toml",
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "MANIFEST.in",
        *ROOMS,
        "tests",
        "data",
        "docs",
        "benchmarks",
        "typings",
    }
    assert all((ROOT / name).exists() for name in agreed)
    if (ROOT / ".git").exists():  # only what git knows: runs and folders of a user may lie beside it
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert {n for n in (path.split("/")[0] for path in listed.splitlines()) if n[0] != "."} == agreed


def test_what_queueing_exports_is_never_hidden_by_a_file_of_that_name() -> None:
    """Python sets a package's attribute to the module once it is imported: a file `x.py` would hide a function `x`."""
    import busyhour.forecast.queueing as queueing

    assert not set(queueing.__all__) & {p.stem for p in (ROOT / "forecast" / "queueing").glob("*.py")}


def test_the_map_of_the_house_names_every_folder() -> None:
    """docs/background/house.md tells each folder of code once, and no other."""
    text = (ROOT / "docs" / "background" / "house.md").read_text(encoding="utf-8")
    _, _, part = text.partition("## Every folder in one line")
    told = re.findall(r"^\| `([a-z_/]+)/` \|", part.partition("\n## ")[0], re.MULTILINE)
    folders = sorted({p.parent.relative_to(ROOT).as_posix() for p in MODULES if p.name == "__init__.py"})
    assert sorted(told) == folders


def test_the_maps_name_files_that_exist() -> None:
    """Each file of code that a page of the manual names is there."""
    for page in sorted((ROOT / "docs").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        named = set(re.findall(r"`((?:forecast|schedule|app)/[a-z_/]+\.py)`", text))
        assert not [name for name in sorted(named) if not (ROOT / name).exists()]
