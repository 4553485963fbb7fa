"""What a batch leaves aside without a word of anybody: files of inboxes that fit no site, and sites that are gone."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path

import sqlalchemy as sa

from ...forecast.text import many, visible
from ..store.open import Store
from ..store.schema import batch as batches
from ..store.schema import site as sites_known
from ..store.schema import unit as units
from .config import BatchFile
from .schema import SITE
from .sites import Site

SHOWN = 5
"""Files, or sites, that a note names."""
LEFT_THERE = ("readme", ".", "~$")
"""How names begin, in small letters, of files that nobody means as exports."""


def missed(file: BatchFile, sites: Mapping[str, Site], store: Store, batch: int) -> list[str]:
    """Return notes on files that no site takes, and on sites of the batch before that are gone, a sentence each."""
    return [*_strays(file, sites), *_gone(file, sites, store, batch)]


def _strays(file: BatchFile, sites: Mapping[str, Site]) -> list[str]:
    """Say which files lie where exports are looked for, and are none of any site."""
    taken = {path for site in sites.values() for path in site.inbox(file.home)}
    patterns = {pattern for site in sites.values() if (pattern := site.settings.inbox)}
    found: dict[Path, str] = {}
    for pattern in sorted(patterns):
        place = Path(pattern.replace(SITE, "*"))
        if place.is_absolute() or ".." in place.parts:
            continue
        for path in file.home.glob((place.parent / "*").as_posix()):
            if path not in taken and path.is_file() and not path.name.casefold().startswith(LEFT_THERE):
                found.setdefault(path, pattern)
    told = [f"{_below(path, file.home)} ({_why(path, found[path], file.home, sites)})" for path in sorted(found)]
    return [f"no site takes {many(len(told), 'file')} of the inboxes: {_some(told)}"] if told else []


def _why(path: Path, pattern: str, home: Path, sites: Mapping[str, Site]) -> str:
    """Say why a file is none of a site's: no site has the name in its path, or its own name does not fit."""
    said = f'inbox = "{pattern}"'
    at = next((i for i, part in enumerate(Path(pattern).parts[:-1]) if part == SITE), None)
    if at is None:
        return said
    name = path.relative_to(home).parts[at]
    if name in sites:
        return said
    near = difflib.get_close_matches(name, sites, n=1)
    return f"no site {visible(name)}" + (f"; is it {near[0]}?" if near else "")


def _gone(file: BatchFile, sites: Mapping[str, Site], store: Store, batch: int) -> list[str]:
    """Say which sites of the last whole batch of this name have no folder any more."""
    before = (
        sa.select(sa.func.max(batches.c.id))
        .where(batches.c.name == file.config.batch.name, batches.c.id < batch)
        .scalar_subquery()
    )
    query = sa.select(sites_known.c.name).join(units, units.c.site == sites_known.c.id).where(units.c.batch == before)
    with store.read() as c:
        gone = sorted({str(name) for name in c.scalars(query)} - set(sites))
    if not gone:
        return []
    return [f"{many(len(gone), 'site')} of the batch before can no longer be found by [batch] sites: {_some(gone)}"]


def _below(path: Path, home: Path) -> str:
    return visible(path.relative_to(home).as_posix())


def _some(told: Iterable[str]) -> str:
    """Return the first of some words, and how many more there are."""
    every = list(told)
    return ", ".join(every[:SHOWN]) + (f" and {len(every) - SHOWN} more" if len(every) > SHOWN else "")
