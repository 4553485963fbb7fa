"""The papers of a finished run, written again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from ...forecast.errors import InputError
from ..files import write_atomic
from ..folders.manifest import FILE as MANIFEST
from ..folders.manifest import Manifest
from ..folders.one_run import Identity, identity, seen_once
from ..folders.swap import locked, settled, work_folder
from ..folders.targets import followed
from .paper_names import PAPERS, REPORT
from .papers import write_papers


def write_again(run: Path, *, wages: bool) -> Path:
    """Write report, workbook, calendars and agent sheets of a run again and return the report's path.

    All are made before one is replaced. A kill meanwhile leaves papers of old, of new or none, and each is in the
    manifest; what others put into the folder stays, and stays out of the manifest.

    Raises
    ------
    InputError
        If `run` is no run folder, or holds a file that was changed by hand, or has been replaced meanwhile.
    """
    folder = settled(followed(run))
    if not folder.is_dir():
        raise InputError("not a run folder", file=run, mend="Name the folder that a run was written to")
    with work_folder(folder) as work:
        before, manifest = seen_once(folder, lambda place: _copy_own(place, work))
        write_papers(work, wages=wages and manifest.wages, faults=())
        with locked(folder):
            if identity(folder) != before:
                raise InputError("the run was replaced or changed meanwhile", file=run, mend="Make the report again")
            _take_papers(work, folder)
    return run / REPORT


def _copy_own(run: Path, work: Path) -> tuple[Identity | None, Manifest]:
    """Copy what busyhour wrote in `run` to `work`; return the identity of `run` and its manifest."""
    manifest = _unchanged(run)
    shutil.rmtree(work)
    for name in manifest.files:
        if (run / name).exists():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(run / name, work / name)
    return identity(run), manifest


def _unchanged(run: Path) -> Manifest:
    """Return the manifest of a run.

    Raises
    ------
    InputError
        If a file was changed by hand: the papers would tell of something else than was judged, or replace the change.
    """
    manifest = Manifest.read(run)
    if manifest is None:
        mend = "Plan the week again; busyhour check and explain read it as it is"
        raise InputError(f"there is no {MANIFEST}, so nobody knows what was changed by hand", file=run, mend=mend)
    found = {n: what for n, what in manifest.foreign(run).items() if what == "changed" or n.split("/")[0] in PAPERS}
    if found:
        first, more = next(iter(found)), f" and {len(found) - 1} more" if len(found) > 1 else ""
        mend = "Move it away, or give it another name" if found[first] == "added" else "Move it away, and plan again"
        if first.split("/")[0] in PAPERS:
            mend = "Move it away, and it is written anew"
        raise InputError(f"{found[first]} by hand{more}: nothing is written over it", file=run / first, mend=mend)
    return manifest


def _take_papers(work: Path, run: Path) -> None:
    """Replace the papers of `run` by those in `work`.

    Old ones are removed, new ones listed in the manifest, and then moved: no paper there is ever unlisted. Papers
    without wages do not take the wages out of the tables, so the manifest says of wages what it said.
    """
    old = _unchanged(run)
    listed, new = old.files, Manifest.of(work, wages=old.wages)
    mine = {name: digest for name, digest in new.files.items() if name.split("/")[0] in PAPERS}
    gone = [name for name in listed if name.split("/")[0] in PAPERS and listed[name] != mine.get(name)]
    for name in gone:
        (run / name).unlink(missing_ok=True)
    for parent in sorted({p for name in gone for p in (run / name).parents if p.is_relative_to(run)}, reverse=True):
        if parent != run and not any(parent.iterdir()):
            parent.rmdir()
    rest = {name: digest for name, digest in listed.items() if name.split("/")[0] not in PAPERS}
    write_atomic(work / MANIFEST, replace(new, files=rest | mine).text).replace(run / MANIFEST)
    for name in mine:
        if not (run / name).exists():
            (run / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).rename(run / name)
