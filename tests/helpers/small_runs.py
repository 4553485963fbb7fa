"""Small runs that tests put into folders."""

from __future__ import annotations

from pathlib import Path

from busyhour.app.files import TEMPORARY, write_atomic
from busyhour.app.folders.manifest import Manifest
from busyhour.app.folders.swap import put, work_folder


def make(out: Path, name: str = "a", files: int = 3) -> Path:
    """Write a small run whose files all hold `name` into `out`; return where it went."""
    with work_folder(out) as work:
        for i in range(files):
            write_atomic(work / f"table{i}.csv", name)
        write_atomic(work / "inputs" / "plan.toml", name)
        return put(work, out)


def whole(run: Path) -> Manifest:
    """Return the manifest of a run folder that is as busyhour wrote it."""
    manifest = Manifest.read(run)
    assert manifest is not None
    assert manifest.differences(run) == {}
    return manifest


def told(run: Path) -> str:
    """Return what all files of a run hold, which its manifest lists."""
    (text,) = {(run / name).read_text(encoding="utf-8") for name in whole(run).files}
    return text


def leftovers(folder: Path) -> list[str]:
    """Return temporary names below `folder`."""
    return [p.name for p in folder.rglob("*") if TEMPORARY in p.name]


def page(run: Path, **_: object) -> Path:
    """Write a page quicker than the report is drawn."""
    path = run / "report.html"
    path.write_text("page", encoding="utf-8")
    return path
