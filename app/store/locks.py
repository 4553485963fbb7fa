"""Who works with what: no two runs hold one name, and a killed run holds nothing.

Beside a file of SQLite each run has one lock file, and a list of the names that are its own as long as the lock file is
locked; whoever claims names reads all lists, one run at a time. With PostgreSQL each name is an advisory lock of the
session that all writing uses, so that nothing is written once the session and its locks are lost.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, text

from ...forecast.errors import InputError
from ...forecast.reading import json_of
from ..files import write_atomic
from .connection import Store, host, lost, now_s
from .faults import BUSY_S, Held, StoreFault

CLAIM = "claim.lock"
MOST_NAME = 63
"""Characters of the name of a session of PostgreSQL, at most."""
KEY = "hashtextextended('busyhour ' || current_schema() || ' ' || :name, 0)"
"""Number of the advisory lock of a name: those of a database are shared by all its schemas."""


@contextlib.contextmanager
def held(store: Store, names: Sequence[str], what: str) -> Iterator[None]:
    """Hold `names`, all of them or none, until the end; nobody else can hold one of them meanwhile.

    Parameters
    ----------
    names
        Whatever two runs may not do at once, like ``site lisbon``; words that a message can show.
    what
        What is done with them, for whoever is refused meanwhile.

    Raises
    ------
    Held
        If another run holds one of them.
    StoreFault
        If no lock can be made.
    """
    path = store.path
    with contextlib.ExitStack() as stack:
        if path is None:
            stack.enter_context(_session_holds(store, names, what))
        else:
            stack.enter_context(_file_holds(path, store, names, what))
        yield


def holders(store: Store) -> list[Held]:
    """Return who holds anything of the store now."""
    if store.path is not None:
        with _claiming(store.path) as folder:
            return [_held_by(entry, entry["names"][0]) for entry in _living(folder)]
    with store.read() as c:
        query = text(
            "SELECT DISTINCT a.application_name, a.usename FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
            "WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND a.application_name LIKE 'busyhour/%' "
            "AND a.datname = current_database() AND l.granted"
        )
        return [_held_by_session(name, role, store.name) for name, role in c.execute(query)]


# Beside a file of SQLite ----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _file_holds(path: Path, store: Store, names: Sequence[str], what: str) -> Iterator[None]:
    own = uuid.uuid4().hex
    with _claiming(path) as folder:
        for other in _living(folder):
            if taken := [name for name in names if name in other["names"]]:
                raise _held_by(other, taken[0])
        lock, told = FileLock(folder / f"{own}.lock"), folder / f"{own}.json"
        lock.acquire()
        entry = {"names": list(names), "holder": store.by, "host": host(), "since_s": now_s(), "what": what}
        write_atomic(told, json.dumps(entry | {"pid": os.getpid()}, ensure_ascii=False))
    try:
        yield
    finally:
        told.unlink(missing_ok=True)
        lock.release()
        with contextlib.suppress(OSError):
            Path(lock.lock_file).unlink(missing_ok=True)


@contextlib.contextmanager
def _claiming(path: Path) -> Iterator[Path]:
    """Give the folder of the locks; only one process at a time is in here, for a moment."""
    folder = path.with_name(path.name + ".locks")
    try:
        folder.mkdir(exist_ok=True)
        with FileLock(folder / CLAIM, timeout=BUSY_S):
            yield folder
    except Timeout:
        raise StoreFault(f"the locks beside {path.name} have been taken by another process for {BUSY_S} s") from None


def _living(folder: Path) -> list[dict[str, Any]]:
    """Return what is told of each run whose lock file is locked; what killed runs left is removed."""
    found = []
    for place in sorted(folder.glob("*.lock")):
        if place.name == CLAIM:
            continue
        told, lock = place.with_suffix(".json"), FileLock(place, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            with contextlib.suppress(InputError):  # removed just now: that run is at its end
                found.append(json_of(told))
        else:
            told.unlink(missing_ok=True)
            lock.release()
            place.unlink(missing_ok=True)
    return found


def _held_by(entry: dict[str, Any], name: str) -> Held:
    since = dt.datetime.fromtimestamp(int(str(entry["since_s"])), dt.UTC)
    return Held(str(entry["holder"]), str(entry["host"]), since, name, str(entry["what"]))


# With PostgreSQL ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _session_holds(store: Store, names: Sequence[str], what: str) -> Iterator[None]:
    with store.session() as c:
        taken: list[str] = []
        try:
            with c.begin():
                c.execute(text("SELECT set_config('application_name', :name, false)"), {"name": _session_name(store)})
                for name in names:
                    if not c.execute(text(f"SELECT pg_try_advisory_lock({KEY})"), {"name": name}).scalar_one():
                        raise _other_session(c, name)
                    taken.append(name)
            yield
        finally:
            if not lost(c):
                with c.begin():
                    for name in taken:
                        c.execute(text(f"SELECT pg_advisory_unlock({KEY})"), {"name": name})


def _session_name(store: Store) -> str:
    """Return the name under which others see the session: since when, and whose."""
    whole = f"busyhour/{now_s()}/{store.by}@{host()}"
    return whole.encode("ascii", "replace").decode()[:MOST_NAME]


def _other_session(c: Connection, name: str) -> Held:
    query = text(
        "SELECT a.application_name, a.usename FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
        "WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted "
        f"AND a.datname = current_database() AND (l.classid::bigint << 32) | l.objid::bigint = {KEY}"
    )
    row = c.execute(query, {"name": name}).first()
    return _held_by_session(row[0] if row else "", row[1] if row else "", name)


def _held_by_session(told: str, role: str | None, name: str) -> Held:
    parts = told.split("/", 2)
    if len(parts) != 3 or not parts[1].isdigit():
        return Held(role or "another session", "another machine", dt.datetime.now(dt.UTC), name)
    holder, _, where = parts[2].partition("@")
    return Held(holder, where, dt.datetime.fromtimestamp(int(parts[1]), dt.UTC), name)
