"""Whether a worker of a cluster may plan: its versions, threads and nanny, asked before a site depends on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..versions import LIBRARIES, versions

QUESTION = (
    "(lambda found, python: {name: next((d.version for d in found(name=name)), '') for name in "
    f"{LIBRARIES!r}}} | {{'python': python}})"
    "(__import__('importlib.metadata', fromlist=['Distribution']).Distribution.discover,"
    " __import__('platform').python_version())"
)
"""An expression of plain Python: a worker that lacks busyhour, or has another one, can answer it too."""


def misfit(said: Mapping[str, str]) -> str:
    """Say how the versions that a worker told differ from those of this process; "" where none does.

    Of Python the first two numbers count; of busyhour and all that a plan depends on every digit does, since the same
    inputs shall give the same plan on every machine.
    """
    own = versions()
    if not said.get("busyhour"):
        return "busyhour is not installed there"
    other = [f"{name} {said.get(name) or 'is missing'} instead of {own[name]}" for name in LIBRARIES
             if said.get(name) != own[name]]  # fmt: skip
    if _minor(said.get("python", "")) != _minor(own["python"]):
        other.insert(0, f"Python {said.get('python')} instead of {own['python']}")
    return ", ".join(other)


def unfit(info: Mapping[str, Any]) -> str:
    """Say why a worker cannot be used, from what its scheduler tells of it; "" where it can be."""
    if not info.get("nanny"):
        return "it has no nanny: start it without --no-nanny, so that a hanging plan can be ended"
    if info.get("nthreads") != 1:
        return f"it has {info.get('nthreads')} threads: start it with --nthreads 1"
    return ""


def _minor(version: str) -> tuple[str, ...]:
    return tuple(version.split(".")[:2])
