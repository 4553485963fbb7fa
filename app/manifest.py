"""The manifest of a run folder: which files busyhour wrote there, and with which content."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from ..forecast.errors import InputError
from ..forecast.reading import json_of

FILE = "manifest.json"
PRODUCT = "busyhour"
LEFT_BY_SYSTEMS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""Files that file browsers leave in every folder: they are nobody's work."""


@dataclass(frozen=True)
class Manifest:
    """What busyhour wrote into a run folder.

    Parameters
    ----------
    files
        Path within the folder, with ``/`` on every system, → SHA-256 of the content in hex; the manifest itself is
        left out.
    version
        That of busyhour when the folder was written.
    wages
        Whether the folder holds wages and costs.
    """

    files: Mapping[str, str] = field(repr=False)
    version: str
    wages: bool = True

    @classmethod
    def of(cls, folder: Path, *, wages: bool = True) -> Self:
        """Return the manifest of all files that lie in `folder` now."""
        files = {name: _hash(path) for name, path in sorted(_files(folder))}
        return cls(files, importlib.metadata.version(PRODUCT), wages)

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Return the manifest of a run folder; None where the folder has none.

        Raises
        ------
        InputError
            If there is a manifest that nobody can read.
        """
        path = folder / FILE
        if not path.is_file():
            return None
        try:
            content = json_of(path)
            if content["product"] != PRODUCT:
                return None
            files = {str(name): str(digest) for name, digest in content["files"].items()}
            return cls(files, str(content["version"]), bool(content["wages"]))
        except (InputError, KeyError, TypeError, AttributeError) as error:
            raise InputError("not a manifest of busyhour", file=path, mend="Name another folder") from error

    @property
    def text(self) -> str:
        """The content of the file."""
        content = {"product": PRODUCT, "version": self.version, "wages": self.wages, "files": dict(self.files)}
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"

    def differences(self, folder: Path) -> dict[str, str]:
        """Return what differs between `folder` and this manifest: path → added, changed or missing."""
        there = dict(_files(folder))
        added = {name: "added" for name in there if name not in self.files}
        gone = {name: "missing" for name in self.files if name not in there}
        changed = {n: "changed" for n, digest in self.files.items() if n in there and _hash(there[n]) != digest}
        return dict(sorted((added | gone | changed).items()))


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield every file under `folder` but the manifest; a link counts as a file, whatever it leads to."""
    for path in folder.rglob("*"):
        if path.name in LEFT_BY_SYSTEMS or (path.is_dir() and not path.is_symlink()) or path == folder / FILE:
            continue
        yield path.relative_to(folder).as_posix(), path


def _hash(path: Path) -> str:
    """Return the SHA-256 of a file, read in parts; of a link, that of the place it leads to."""
    if path.is_symlink():
        return hashlib.sha256(str(path.readlink()).encode()).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
