"""Compiled kernels: whatever is built into one is part of the name under which it is kept."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

from busyhour.forecast import kernels
from busyhour.forecast.queueing.compiling import Kernel

PLACES = [place for place in kernels.kernel_texts() if Path(place).name not in ("kernels.py", "compiling.py")]


def imported_from(tree: ast.Module, name: str, package: str) -> str:
    """Return the place of the file from which a module takes a name; "" where the name is its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level and any((a.asname or a.name) == name for a in node.names):
            base = package.split(".")[: -(node.level - 1) or None]
            return "/".join([*base, *(node.module or "").split(".")]).removeprefix("busyhour/") + ".py"
    return ""


def plain(function: Any) -> Any:
    """Return the Python function of a kernel."""
    return function.py_func if isinstance(function, Dispatcher) else function.plain


@pytest.mark.parametrize("place", PLACES)
def test_what_a_kernel_takes_from_elsewhere_stands_in_files_that_name_its_cache(place: str) -> None:
    """Functions and constants that are built in: a change of theirs must not meet older machine code."""
    module: ModuleType = import_module("busyhour." + place.removesuffix(".py").replace("/", "."))
    tree, held = ast.parse((kernels.HOUSE / place).read_text(encoding="utf-8")), set(kernels.kernel_texts())
    found = [v for v in vars(module).values() if isinstance(v, Dispatcher | Kernel) and v.__module__ == module.__name__]
    for function in found:
        for name in plain(function).__code__.co_names:
            value = vars(module).get(name)
            if isinstance(value, Dispatcher | Kernel | int | float | tuple | np.ndarray):
                home = imported_from(tree, name, str(module.__package__))
                assert home in held | {""}, f"{place}: {name} comes from {home}, which holds no kernels"


def test_every_kernel_is_made_by_the_one_decorator() -> None:
    """A kernel compiled past it would be kept under a name that does not know its callees."""
    for room in kernels.ROOMS:
        for path in (kernels.HOUSE / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert path.name == "kernels.py" or "numba import" not in text, path


def test_another_text_is_kept_in_another_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    before, texts = kernels.cache_folder(), kernels.kernel_texts()
    assert before == kernels.cache_folder() and before.parent == tmp_path
    changed = {**texts, "forecast/queueing/formulas/erlang.py": b"# other"}
    monkeypatch.setattr(kernels, "kernel_texts", lambda: changed)
    assert kernels.cache_folder() != before


def test_kernels_of_others_stay_where_numba_keeps_them() -> None:
    """A user's own compiled functions are not ours to place; ours stand under the name of their module."""

    def one(x: float) -> float:
        return x + 1.0

    assert kernels.KernelLocator.from_function(one, __file__) is None
    one.__module__ = "busyhour.schedule.people.flat"
    ours = kernels.KernelLocator.from_function(one, __file__)
    assert ours is not None and Path(ours.get_cache_path()).name == one.__module__
