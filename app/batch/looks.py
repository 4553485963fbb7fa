"""What the files of a site hold at one moment: a batch that finds the same again need not read what they say."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ...forecast.reading import MOST_BYTES
from ..config.plan_toml import PLAN
from ..intake.files import DEFAULT_FILES, files_named
from .sites import Site

NO_FILE = ""
"""In the place of the hash of what is no file: a folder, a pipe, a link that leads nowhere."""


@dataclass(frozen=True)
class Look:
    """The entries of a site's folder at one moment.

    Attributes
    ----------
    digests
        SHA-256 of the content of each file, by name.
    stats
        What the system tells of each file, by name: whoever writes it changes that.
    """

    digests: Mapping[str, str]
    stats: Mapping[str, tuple[int, ...]]

    @classmethod
    def at(cls, folder: Path) -> Look:
        """Look at a folder.

        Raises
        ------
        OSError
            If the folder or a file in it cannot be read, or the files are more than is worth hashing every night.
        """
        stats = _stats(folder)  # before the files are read: whatever is written from now on shows in `still`
        if sum(told[0] for told in stats.values() if told) > MOST_BYTES:
            raise OSError(f"more than {MOST_BYTES:,} bytes in {folder}")
        return cls({name: sha256_of(folder / name) if stats[name] else NO_FILE for name in sorted(stats)}, stats)

    def still(self, folder: Path) -> bool:
        """Whether nobody has written to a file since, nor brought or taken one."""
        return self.stats == _stats(folder)


def _stats(folder: Path) -> dict[str, tuple[int, ...]]:
    out: dict[str, tuple[int, ...]] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file():
                told = entry.stat()
                out[entry.name] = (told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino, told.st_dev)
            else:
                out[entry.name] = ()
    return out


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def exports_in(site: Site, files: Sequence[str], *, beyond: bool, home: Path) -> list[Path]:
    """Return the exports that `files`, names or globs in the site's folder, find there, then those of its inbox.

    Parameters
    ----------
    beyond
        Whether files may lie outside the folder.
    home
        Folder of batch.toml.

    Raises
    ------
    InputError
        If some of the names find a file, and others none.
    """
    own = any(_there(site.folder, name) for name in files)
    return [*(files_named(site.folder, files, beyond=beyond) if own else ()), *site.inbox(home)]


def _there(folder: Path, name: str) -> bool:
    """Whether a name or glob of [intake] finds a file."""
    return (folder / name).exists() or (not Path(name).is_absolute() and any(folder.glob(name)))


def calls_as_they_are(site: Site, home: Path) -> list[tuple[str, str]]:
    """Return path and SHA-256 of each file that the calls of a site are read from, as plan.toml names them.

    Of plan.toml only [intake] is looked at, and nothing is checked: that was done when the same file was read first.

    Raises
    ------
    InputError, OSError, ValueError
        If a file is not there or cannot be read.
    """
    text = (site.folder / PLAN).read_text(encoding="utf-8-sig")
    told = tomllib.loads(text).get("intake", {}) if _may_name(text, "intake") else {}
    names, beyond = tuple(told.get("files", DEFAULT_FILES)), bool(told.get("outside", False))
    if site.settings.calls == "files":
        found = files_named(site.folder, names, beyond=beyond)
    else:
        found = exports_in(site, names, beyond=beyond, home=home)
    if told.get("day_shape") is not None:
        found += files_named(site.folder, (told["day_shape"],), beyond=beyond)[:1]
    return [(str(path), sha256_of(path)) for path in found]


def _may_name(text: str, table: str) -> bool:
    """Whether a TOML may have a table of that name, perhaps written with escapes: mostly not, which spares a parse."""
    lines = (line for line in text.splitlines() if table in line or "\\" in line)
    return any(not line.lstrip().startswith("#") for line in lines)


def mark_of(
    site: Site,
    as_of: dt.date,
    near_from: dt.date,
    files: Mapping[str, str],
    calls: Sequence[tuple[str, str]],
    stored: Mapping[str, Any],
) -> str:
    """Return what tells the state in which a batch finds a site from any other: SHA-256 of all that it reads there.

    Parameters
    ----------
    near_from
        Day from which on published weeks are near.
    files
        SHA-256 of each file in the site's folder, by name.
    calls
        Path and SHA-256 of the files that the calls are read from.
    stored
        What the store tells of the site's calls and of the plans that stand.
    """
    content = {
        "busyhour": _version(),
        "site": site.settings.model_dump(mode="json"),
        "as_of": str(as_of),
        "near_from": str(near_from),
        "files": dict(files),
        "calls": [list(one) for one in calls],
        "stored": stored,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


@cache
def _version() -> str:
    return version("busyhour")
