"""Which files a name or glob of `[intake]` finds, without reading any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ...forecast.errors import InputError
from ...forecast.reading import reading
from ...forecast.text import flaw

DEFAULT_FILES = ("calls.csv",)
OPEN_ELSEWHERE = "~$"
"""How a file begins that a spreadsheet program keeps beside an open workbook."""


def files_named(folder: Path, names: Sequence[str], *, beyond: bool) -> list[Path]:
    """Return the files that names or globs find in `folder`, in order, each once.

    Parameters
    ----------
    beyond
        Whether files may lie outside the folder.

    Raises
    ------
    InputError
        If a name or glob matches no file, or one outside the folder that may not be read.
    """
    found: dict[Path, None] = {}
    for name in names:
        exact = folder / name
        with reading(exact):  # a name may be too long, or no pattern
            if name and (exact.exists() or exact.is_symlink()):
                matches = [exact]
            else:
                found_here = () if Path(name).is_absolute() else folder.glob(name)
                matches = sorted(p for p in found_here if p.is_file() and not p.name.startswith(OPEN_ELSEWHERE))
        if not matches:
            raise InputError(
                "file not found",
                file=exact,
                mend=f"Put {exact.name} into {folder.name or 'the folder'}, or name your calls files in intake.files",
            )
        found |= dict.fromkeys(matches)
    for path in found:
        if flaw(path.name) is not None:
            raise InputError("unfit name of a file", file=path, column="intake.files", mend="Give it a plain name")
    if not beyond and (there := outside(folder, found)):
        raise InputError(
            "this file lies outside the folder of the plan",
            file=there[0],
            column="intake.files",
            value=str(there[0]),
            mend="Copy it into the folder, or allow it with outside = true in [intake]",
        )
    return list(found)


def outside(folder: Path, files: Iterable[Path]) -> list[Path]:
    """Return where those of `files` really lie that are not in `folder`; links are followed."""
    home = folder.resolve()
    return [true for path in files if not (true := path.resolve()).is_relative_to(home)]
