"""The sites of a batch: which folders there are, and which weeks each plans."""

from __future__ import annotations

import datetime as dt
import fnmatch
from dataclasses import dataclass
from pathlib import Path

from ...forecast.errors import InputError
from ...forecast.reading import reading
from ...forecast.text import flaw, spelled
from ..config.plan_toml import PLAN
from .config import BatchFile
from .schema import SITE, SiteSettings

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)


@dataclass(frozen=True)
class Site:
    """One site of a batch.

    Attributes
    ----------
    name
        Name of its folder.
    folder
        Where plan.toml lies.
    settings
        What batch.toml says of the site.
    fault
        Why nothing can be done with the site; None = it can be tried.
    """

    name: str
    folder: Path
    settings: SiteSettings
    fault: InputError | None = None

    def inbox(self, home: Path) -> list[Path]:
        """Return the exports of the site in order of their names."""
        pattern = self.settings.inbox.replace(SITE, _literal(self.name))
        return [path for path in _matches(home, pattern) if path.is_file()] if pattern else []


def sites_of(file: BatchFile, only: str | None = None) -> list[Site]:
    """Return the sites of a batch in order of their names; what is wrong with one of them stands in its `fault`.

    Parameters
    ----------
    only
        Glob of the names to keep.

    Raises
    ------
    InputError
        If there is no site at all.
    """
    config, found = file.config, dict[str, list[Path]]()
    for folder in _folders(file):
        found.setdefault(folder.name.casefold(), []).append(folder)
    out = []
    for folders in found.values():
        name, fault = spelled(folders[0].name), None
        if len(folders) > 1:
            told = " and ".join(_below(folder, file.home) for folder in folders)
            fault = InputError(f"two folders have the name of one site: {told}", mend="Give one of them another name")
        elif flaw(folders[0].name) is not None:
            fault = InputError("unfit name of a folder", file=folders[0], mend="Give it a plain name")
        out.append(Site(name, folders[0], config.of(name), fault))
    known = {site.name for site in out}
    for name in sorted(set(config.site) - known):
        told = "[batch] sites matches no folder of that name"
        mend = f"Correct [site.{name}] or put the folder back"
        fault = InputError(told, file=file.path, column=f"site.{name}", mend=mend)
        out.append(Site(name, file.home / name, config.of(name), fault))
    out = sorted((site for site in out if only is None or fnmatch.fnmatchcase(site.name, only)), key=lambda s: s.name)
    if not out:
        if only is not None and known:
            raise InputError("no site has such a name", column="--only", value=only, mend=f"Known: {_some(known)}")
        mend = f"Put folders with {PLAN} there, or correct [batch] sites"
        raise InputError("no folder of a site", file=file.path, column="batch.sites",
                         value=list(config.batch.sites), mend=mend)  # fmt: skip
    return out


def weeks_of(site: Site, as_of: dt.date, week_start: str) -> list[dt.date]:
    """Return the first days of the weeks that a site plans.

    Raises
    ------
    InputError
        If `first` is a date on which no week of the site begins.
    """
    from ...forecast.calendar.grid import WEEKDAYS  # this brings pandas

    first = site.settings.first
    if not isinstance(first, dt.date):
        back = (as_of.weekday() - WEEKDAYS.index(week_start)) % len(WEEKDAYS)
        first = as_of - back * DAY + first * WEEK
    elif WEEKDAYS[first.weekday()] != week_start:
        told = f"{first} is a {WEEKDAYS[first.weekday()]}, weeks of this site start on {week_start}"
        mend = f"Set first in [site.{site.name}] of batch.toml, or site.week_start in its {PLAN}"
        raise InputError(told, column="batch.first", mend=mend)
    return [first + k * WEEK for k in range(site.settings.weeks)]


def _folders(file: BatchFile) -> list[Path]:
    """Return the folders that the globs match, each once, however many match it."""
    seen: dict[Path, Path] = {}
    for glob in file.config.batch.sites:
        for path in _matches(file.home, glob):
            if path.is_dir() and not path.name.startswith("."):
                seen.setdefault(path.resolve(), path)
    return sorted(seen.values())


def _matches(home: Path, pattern: str) -> list[Path]:
    """Return what a glob matches, in order; the glob may be an absolute path."""
    with reading(home / pattern):
        place = Path(pattern)
        top, rest = (Path(place.anchor), pattern[len(place.anchor) :]) if place.is_absolute() else (home, pattern)
        return sorted(top.glob(rest.rstrip("/"))) if Path(rest.lstrip("/")).parts else [top]


def _literal(name: str) -> str:
    """Return a name as a glob that matches nothing else."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _below(path: Path, home: Path) -> str:
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else str(path)


def _some(names: set[str], most: int = 10) -> str:
    told = sorted(names)
    return ", ".join(told[:most]) + (f" and {len(told) - most} more" if len(told) > most else "")
