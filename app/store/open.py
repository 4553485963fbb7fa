"""The store, opened: only one of this version's schema."""

from __future__ import annotations

from pathlib import Path

from .address import address_of
from .connection import Store, by_of, host, now_s, prepared, user
from .entries import queue_ids, site_id, tell
from .versions import EMPTY, refuse_other, revision_of


def open_store(url: str, *, base: Path | None = None, by: str | None = None, make: bool = True) -> Store:
    """Open the store at `url`; a file of SQLite that is not there yet is made whole.

    Parameters
    ----------
    base
        Folder that a relative file lies in; None = the current one.
    by
        Who works with the store; None = the user of the system.
    make
        Whether a file of SQLite that is not there is made.

    Raises
    ------
    InputError
        If the address is not one of a store, the store may not be written, or holds another schema.
    StoreFault
        If the store cannot be reached, or is locked.
    """
    address = address_of(url, base)
    if not make and address.path is not None and not address.path.exists():
        refuse_other(EMPTY, address.name)
    store = Store(address, by or user())
    try:
        fresh = prepared(store)
        with store.read() as c:
            found = revision_of(c, store.name)
        if found == EMPTY and fresh:
            from .migrate import migrate  # the library that changes schemas is slow to import

            with store.write() as c:
                if revision_of(c, store.name) == EMPTY:  # another process may have been quicker
                    migrate(c)
                found = revision_of(c, store.name)
        refuse_other(found, store.name)
    except BaseException:
        store.close()
        raise
    return store


__all__ = ["Store", "by_of", "host", "now_s", "open_store", "queue_ids", "site_id", "tell", "user"]
