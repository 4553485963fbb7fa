"""Sphinx settings of the manual: MyST pages, Furo's look, reference tables fresh from the code."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from sphinx.application import Sphinx

project = "busyhour"
copyright = "busyhour's contributors, MIT licence"  # noqa: A001 - Sphinx's own name
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "busyhour"
html_show_sphinx = False
suppress_warnings = ["misc.highlighting_failure"]  # CSV has no lexer; its name still tells editors what the block is


def _reference() -> ModuleType:
    path = Path(__file__).with_name("make_reference.py")
    spec = importlib.util.spec_from_file_location("make_reference", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def setup(app: Sphinx) -> None:
    """Fill the generated blocks of every page anew as it is read."""
    reference = _reference()

    def refresh(app: Sphinx, name: str, source: list[str]) -> None:
        source[0] = reference.filled(source[0])

    app.connect("source-read", refresh)
