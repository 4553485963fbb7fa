"""Exports of calls: which of them the store has not taken yet, told by what they hold and how the site reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from .inputs.folder import Folder
from .intake.read import calls_files, shape_files
from .intake.rows import CALLS

NO_LAYOUT = ("files", "outside", "trust")
"""Keys of [intake] that change nothing of how a file is read."""


@dataclass(frozen=True)
class Export:
    """An export that the store has not taken yet."""

    name: str
    sha256: str
    files: tuple[Path, ...]


def new_exports(planned: Folder, inbox: Sequence[Path] | None, before: Iterable[str]) -> list[Export]:
    """Return the exports that the store has not taken, in their order."""
    files = calls_files(planned.path, planned.config.intake) if inbox is None else list(inbox)
    return _new(planned, {path: digest for path, (_, digest) in _digests(planned, files).items()}, before)


def all_taken(planned: Folder, inbox: Sequence[Path], before: Iterable[str]) -> dict[Path, str] | None:
    """Return the SHA-256 of each export as its file is now; None where the store has not taken all of that."""
    digests = _digests(planned, inbox)
    if _new(planned, {path: digest for path, (_, digest) in digests.items()}, before):
        return None
    return {path: content for path, (content, _) in digests.items()}


def _digests(planned: Folder, files: Iterable[Path]) -> dict[Path, tuple[str, str]]:
    """Return the SHA-256 of each file's content, and of the content with all that tells how the site reads it."""
    site, layout = planned.config.site, planned.config.intake.resolved()
    told = {f.name: getattr(layout, f.name) for f in fields(layout) if f.name not in NO_LAYOUT}
    how = repr((told, site.zone, site.interval_min, list(planned.config.queue))).encode()
    how += b"".join(path.read_bytes() for path in shape_files(planned.path, replace(layout, outside=True)))
    out = {}
    for path in files:
        digest = hashlib.sha256(path.read_bytes())
        content = digest.hexdigest()
        digest.update(how)
        out[path] = content, digest.hexdigest()
    return out


def _new(planned: Folder, digests: Mapping[Path, str], before: Iterable[str]) -> list[Export]:
    """Return the exports that the store has not taken; those that are read together count as one."""
    layout, files = planned.config.intake.resolved(), list(digests)
    names = layout.queue_names
    apart = not layout.parts and layout.one_row not in CALLS and len(set(names.values())) == len(names)
    if len(files) > 1 and not apart:
        together = hashlib.sha256("".join(digests.values()).encode()).hexdigest()
        groups = [Export(f"{files[0].name} and {len(files) - 1} more", together, tuple(files))]
    else:
        groups = [Export(path.name, digest, (path,)) for path, digest in digests.items()]
    return [one for one in groups if one.sha256 not in set(before)]
