"""Where a store lies: `sqlite:///FILE` or `postgresql+psycopg://USER@HOST/NAME`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from ...forecast.errors import InputError

KEY = "store.url"
LIKE = "Write it like sqlite:///busyhour.db or postgresql+psycopg://host/wfm"
DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
NETWORK = {
    "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afpfs", "webdav", "davfs", "ncpfs", "afs", "ceph", "lustre",
    "glusterfs", "gpfs", "beegfs", "fuse.sshfs", "fuse.rclone", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs",
}  # fmt: skip
"""File systems of network drives: SQLite's write-ahead log needs memory that all its processes share."""


@dataclass(frozen=True)
class Address:
    """The address of a store.

    Parameters
    ----------
    url
        As SQLAlchemy takes it; holds no password.
    path
        The file of SQLite; None with PostgreSQL.
    """

    url: URL
    path: Path | None

    @property
    def name(self) -> str:
        """What messages call the store."""
        return self.path.name if self.path is not None else self.url.render_as_string(hide_password=True)


def address_of(url: str, base: Path | None = None, key: str = KEY) -> Address:
    """Read the address of a store.

    Parameters
    ----------
    base
        Folder that a relative file of SQLite lies in; None = the current one.
    key
        What messages call the setting.

    Raises
    ------
    InputError
        If the text is no such address, holds a password, or names a file on a network drive.
    """
    try:
        read = make_url(url)
    except (ArgumentError, ValueError):  # the text may hold a password: it is not shown
        raise InputError("not the address of a store", column=key, mend=LIKE) from None
    if read.password is not None or any("password" in key.lower() for key in read.query):
        mend = "Keep it in PGPASSWORD or in ~/.pgpass, and take it out of the address"
        raise InputError("the address holds a password", column=key, mend=mend)
    if read.drivername not in DRIVERS:
        raise InputError("no store is kept there", column=key, value=read.drivername, mend=LIKE)
    read = read.set(drivername=DRIVERS[read.drivername])
    if read.get_backend_name() == "postgresql":
        if not read.database:
            raise InputError("names no database", column=key, value=read.render_as_string(), mend=LIKE)
        return Address(read, None)
    name = read.database
    if not name or name == ":memory:" or name.startswith("file:") or read.query or read.host:
        raise InputError("names no plain file", column=key, value=read.render_as_string(), mend=LIKE)
    path = ((base or Path()).absolute() / name).resolve()  # by whatever name: its locks lie beside the file itself
    _refuse_unfit_place(path, key)
    return Address(read.set(database=str(path)), path)


def _refuse_unfit_place(path: Path, key: str) -> None:
    """Raise `InputError` where no file of SQLite can be kept."""
    if not path.parent.is_dir():
        mend = f"Make the folder {path.parent.name or path.parent}, or correct the path"
        raise InputError("the folder of the store is not there", column=key, value=str(path), mend=mend)
    if path.is_dir():
        raise InputError("a folder, not a file", column=key, value=str(path), mend="Name a file in it")
    if (drive := network_drive(path)) is not None:
        mend = "Keep it on a disk of this machine, or use PostgreSQL"
        raise InputError(f"a network drive ({drive}): SQLite would damage the store", file=path, column=key, mend=mend)


def network_drive(path: Path) -> str | None:
    """Return the kind of the network drive that `path` lies on; None on a disk, or where that is not known."""
    place = path.parent.resolve() / path.name
    if str(place).startswith("\\\\"):
        return "a share of Windows"
    best: tuple[int, str | None] = (-1, None)
    for part in psutil.disk_partitions(all=True):
        if place.is_relative_to(part.mountpoint):
            kind = part.fstype if part.fstype.lower() in NETWORK or "remote" in part.opts.split(",") else None
            best = max(best, (len(part.mountpoint), kind), key=lambda found: found[0])
    return best[1]
