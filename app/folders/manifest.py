"""The manifest of a run folder: which files busyhour wrote there, and with which content."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Self

from ...forecast.errors import InputError
from ...forecast.reading import json_of

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
        if path.is_symlink() or not path.is_file():
            return None
        try:
            content = json_of(path)
            if content["product"] != PRODUCT:
                return None
            files = {str(name): str(digest) for name, digest in content["files"].items()}
            if not all(_is_within(name) for name in files):
                raise InputError("a path leads out of the folder")
            return cls(files, str(content["version"]), bool(content["wages"]))
        except (InputError, KeyError, TypeError, AttributeError) as error:
            raise InputError("not a manifest of busyhour", file=path, mend="Name another folder") from error

    @property
    def text(self) -> str:
        """The content of the file."""
        content = {"product": PRODUCT, "version": self.version, "wages": self.wages, "files": dict(self.files)}
        return json.dumps(content, indent=1) + "\n"

    def differences(self, folder: Path) -> dict[str, str]:
        """Return what differs between `folder` and this manifest: path → added, changed or missing.

        A folder that holds no file is told like a file, with ``/`` at its end.
        """
        there = dict(_files(folder))
        kept = {str(parent) for name in self.files for parent in PurePosixPath(name).parents}
        empty = {f"{name}/": "added" for name in _empty_folders(folder) if name not in kept}
        added = {name: "added" for name in there if name not in self.files}
        gone = {name: "missing" for name in self.files if name not in there}
        changed = {n: "changed" for n, digest in self.files.items() if n in there and not _holds(there[n], digest)}
        return dict(sorted((empty | added | gone | changed).items()))

    def foreign(self, folder: Path) -> dict[str, str]:
        """Return what others put into `folder` or changed there since: path → added or changed."""
        return {name: what for name, what in self.differences(folder).items() if what != "missing"}


def _is_within(name: str) -> bool:
    """Whether a path of a manifest stays in its folder."""
    path = Path(name)
    return bool(path.parts) and not path.anchor and ".." not in path.parts


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield every file under `folder` but the manifest; a link counts as a file, whatever it leads to."""
    for top, within, folders, names in _walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(top, name))]  # noqa: PTH114, PTH118 - thousands
        for name in (*names, *links):
            if name not in LEFT_BY_SYSTEMS and (within or name != FILE):
                yield within + name, Path(top, name)


def _empty_folders(folder: Path) -> Iterator[str]:
    """Yield every folder under `folder` that holds nothing."""
    for _, within, folders, names in _walk(folder):
        if within and not folders and LEFT_BY_SYSTEMS.issuperset(names):
            yield within.rstrip("/")


def _walk(folder: Path) -> Iterator[tuple[str, str, list[str], list[str]]]:
    """Walk as `os.walk` does, but raise where a folder cannot be read: what lies there is somebody's.

    Each place comes with its path within `folder`, which ends with ``/``; "" is the folder itself.
    """

    def stop(error: OSError) -> None:
        raise error

    base = len(str(folder))
    for top, folders, names in os.walk(folder, onerror=stop):
        within = top[base:].replace(os.sep, "/").strip("/")
        yield top, within and f"{within}/", folders, names


def _hash(path: Path) -> str:
    """Return the SHA-256 of a file, read in parts; of a link, that of the place it leads to."""
    if path.is_symlink():
        return hashlib.sha256(str(path.readlink()).encode()).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _holds(path: Path, digest: str) -> bool:
    """Whether a path is a file, or a link, with this hash; a file that may not be read is not known to be ours."""
    if not path.is_symlink() and not path.is_file():
        return False  # a pipe would never end
    try:
        return _hash(path) == digest
    except PermissionError:
        return False
