"""What can go wrong with a store, each in one sentence that never shows a password."""

from __future__ import annotations

import datetime as dt

from ...forecast.errors import InputError


class StoreFault(OSError):
    """The store failed: lost, locked or full; nothing in the input mends that."""


class Held(RuntimeError):
    """Another run holds what this one needs.

    Parameters
    ----------
    holder, host
        Who holds it, on which machine.
    since
        When the hold began, aware.
    name, what
        What is held, and what the other does with it; "" where unknown.
    """

    def __init__(self, holder: str, host: str, since: dt.datetime, name: str = "", what: str = "") -> None:
        doing = f" ({what})" if what else ""
        when = since.astimezone(dt.UTC)
        super().__init__(
            f"{name or 'the store'} is held by {holder} on {host} since {when:%Y-%m-%d %H:%M} UTC{doing}. "
            "Wait until that run ends, or stop it."
        )
        self.holder, self.host, self.since, self.name, self.what = holder, host, since, name, what


BUSY_S = 30
"""Seconds that a transaction waits for another one."""

RESTORE = "Put a backup in its place"
OF_SQLITE: tuple[tuple[tuple[str, ...], str, str | None], ...] = (
    (
        ("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH"),
        "may not be written",
        "Change its permissions and its folder's",
    ),
    (("SQLITE_CANTOPEN",), "cannot be opened", "Check that its folder is there and may be written"),
    (("SQLITE_NOTADB",), "is not a database of SQLite", "Name another file in [store] url"),
    (("SQLITE_CORRUPT",), "is damaged", RESTORE),
    (("SQLITE_BUSY", "SQLITE_LOCKED"), f"has been locked by another process for {BUSY_S} s", None),
    (("SQLITE_FULL",), "cannot grow: its disk is full", None),
    (("SQLITE_IOERR", "SQLITE_NOLFS"), "cannot be read or written: its disk fails", None),
)
"""Beginnings of SQLite's names of errors, what is wrong, and how to mend it (None = a fault of the store)."""

OF_POSTGRESQL: tuple[tuple[tuple[str, ...], str, str | None], ...] = (
    (("42501",), "does not allow this user to do that ({})", "Grant what busyhour store roles prints"),
    (("25006",), "may not be written ({})", "Name the server that takes writes in [store] url"),
    (("53100",), "cannot grow: the disk of its server is full", None),
    (("53",), "has no room left ({})", None),
    (("55P03", "40P01"), f"has been locked by another session for {BUSY_S} s", None),
    (("57014",), "broke the statement off ({})", None),
    (("57P", "08", "25P03"), "was lost: its server ended the session ({})", None),
    (("58", "XX"), "failed inside its server ({})", None),
)
"""The same by the beginnings of PostgreSQL's states; "{}" = the server's own words."""

OF_PSYCOPG: dict[str, tuple[tuple[tuple[str, ...], str, str | None], ...]] = {
    "OperationalError": ((("",), "cannot be reached ({})", None),),
    "ProgrammingError": ((("",), "cannot be reached so ({})", "Correct [store] url"),),
}
"""The same by the classes of errors that have no state: no session was begun, or a word of the address is unknown."""


def fault_of(error: BaseException, name: str) -> Exception | None:
    """Return the one sentence of what a database raised, or None where the fault is ours.

    Parameters
    ----------
    error
        A `DBAPIError` of SQLAlchemy, or what the driver raised.
    name
        The store's name without a password.
    """
    orig = getattr(error, "orig", None) or error
    if (code := getattr(orig, "sqlite_errorname", None)) is not None:
        known = OF_SQLITE
    elif (code := getattr(orig, "sqlstate", None)) is not None:
        known = OF_POSTGRESQL
    elif type(orig).__module__.startswith("psycopg") and type(orig).__name__ in OF_PSYCOPG:
        known, code = OF_PSYCOPG[type(orig).__name__], ""
    else:
        return None
    for beginnings, what, mend in known:
        if code.startswith(beginnings):
            text = what.format(_said(orig))
            return (
                StoreFault(f"the store {name} {text}")
                if mend is None
                else InputError(f"the store {name} {text}", mend=mend)
            )
    return None


def _said(error: BaseException) -> str:
    """Return the first line of a driver's words that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(("Multiple", "CONTEXT", "HINT"))]
    return (told or lines or ["no word"])[0].rstrip(".")
