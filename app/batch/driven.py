"""Whether a driver works on a batch, and how another process asks the driver to stop."""

from __future__ import annotations

import sqlalchemy as sa

from ..store.connection import Store
from ..store.faults import Held
from ..store.locks import held, holders
from ..store.schema import batch as batches
from .ledger import RUNNING, STOPPING


def lock_of(name: str) -> str:
    """Return what the driver of a batch holds."""
    return f"batch {name}"


def is_driven(store: Store, name: str) -> bool:
    """Whether a driver works on the batch `name` at this moment; one that was killed holds nothing."""
    if store.path is not None:
        return any(one.name == lock_of(name) for one in holders(store))
    try:
        with held(store, [lock_of(name)], "status"):
            return False
    except Held:
        return True


def ask_to_stop(store: Store, name: str) -> int | None:
    """Ask the driver of the running batch `name` to stop; return the batch's id, None where none runs."""
    with store.write() as c:
        found = c.execute(
            sa.select(batches.c.id)
            .where(batches.c.name == name, batches.c.state.in_((RUNNING, STOPPING)))
            .order_by(batches.c.id.desc())
        ).first()
        if found is not None:
            c.execute(batches.update().where(batches.c.id == found.id).values(state=STOPPING))
    return None if found is None else int(found.id)
