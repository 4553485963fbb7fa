"""Folders as zip files between machines that see different paths; what comes in is checked before it is written."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PureWindowsPath

from ...forecast.errors import InputError
from ..folders.swap import work_folder

MOST_FILES, MOST_BYTES = 100_000, 8 * 10**9
"""Files of a bundle, and their bytes unpacked: far more than a site has, far less than a disk."""
LEVEL = 1
"""Compression: the quickest, which takes four fifths off a CSV."""
PRIVATE, OPEN = 0o600, 0o666


def packed(folders: Mapping[str, Path]) -> bytes:
    """Return a zip file of folders, each under its name, with the modes of their files; links are followed.

    A folder whose name is empty lies at the top.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as bundle:
        for name, folder in folders.items():
            for path in _files(folder):
                info = zipfile.ZipInfo("/".join(filter(None, (name, path.relative_to(folder).as_posix()))))
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = (stat.S_IFREG | path.stat().st_mode & OPEN) << 16
                bundle.writestr(info, path.read_bytes())
    return out.getvalue()


def unpacked(bundle: bytes, place: Path) -> None:
    """Write the files of a zip file below `place`, which is not there yet: whole or not at all.

    Raises
    ------
    InputError
        If the bundle is no zip file or damaged, a name leads elsewhere or comes twice, a member is no plain file, or
        the whole is too large.
    OSError
        If the files cannot be written.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as content, work_folder(place) as work:
            for info in _checked(content.infolist()):
                path = work / info.filename
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch(PRIVATE)
                path.write_bytes(content.read(info))  # never more than the declared size, and checked against its sum
                path.chmod(PRIVATE | (info.external_attr >> 16) & OPEN)
            work.rename(place)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"not a bundle of files: {error}") from error


def _checked(members: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """Return the members where all are fit."""
    if len(members) > MOST_FILES:
        raise InputError(f"a bundle of more than {MOST_FILES:,} files", value=len(members))
    if (size := sum(info.file_size for info in members)) > MOST_BYTES:
        raise InputError(f"a bundle of more than {MOST_BYTES / 1e9:g} GB", value=size)
    seen: set[str] = set()
    for info in members:
        mode = info.external_attr >> 16
        if info.is_dir() or (mode and not stat.S_ISREG(mode)) or info.flag_bits & 1:
            raise InputError("a member of a bundle is no plain file", value=info.filename)
        if not _stays(info.orig_filename):
            raise InputError("a name in a bundle leads out of its folder", value=info.orig_filename)
        if info.filename.casefold() in seen:
            raise InputError("a name comes twice in a bundle", value=info.filename)
        seen.add(info.filename.casefold())
    return members


def _stays(name: str) -> bool:
    """Whether a path stays in its folder, on any system."""
    return not ({"", ".", ".."} & set(name.split("/")) or set("\\\0") & set(name) or PureWindowsPath(name).anchor)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files under `folder`, in order."""
    yield from sorted(path for path in folder.rglob("*") if path.is_file())
