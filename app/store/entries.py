"""Names and events entered where the store does not know them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from ...forecast.errors import InputError
from .connection import by_of, now_s
from .schema import event, queue, site


def site_id(c: Connection, name: str, zone: str | None) -> int:
    """Return the number of a site; the site is entered where the store does not know it.

    Raises
    ------
    InputError
        If the store knows the site in another zone: all its times and days would be wrong.
    """
    found = c.execute(select(site.c.id, site.c.zone).where(site.c.name == name)).first()
    if found is None:
        return int(c.execute(insert(site).values(name=name, zone=zone).returning(site.c.id)).scalar_one())
    if found.zone != zone:
        raise InputError(
            f"the store has the calls of {name} in the zone {found.zone or '(none)'}",
            column="site.zone",
            value=zone,
            mend="Put that zone back, give the site another name, or begin a new store",
        )
    return int(found.id)


def queue_ids(c: Connection, site: int, names: Sequence[str]) -> dict[str, int]:
    """Return the numbers of a site's queues by name; queues are entered where the store does not know them."""
    known = select(queue.c.name, queue.c.id).where(queue.c.site == site)
    found = {name: int(number) for name, number in c.execute(known)}
    if missing := [name for name in dict.fromkeys(names) if name not in found]:
        c.execute(insert(queue), [{"site": site, "name": name} for name in missing])
        found = {name: int(number) for name, number in c.execute(known)}
    return {name: found[name] for name in names}


def tell(c: Connection, what: str, *, site: int | None = None, batch: int | None = None, **detail: Any) -> None:
    """Enter one row of `event`: who did what, with which details."""
    text = json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str)
    row = {"at_s": now_s(), "by": by_of(c), "what": what, "site": site, "batch": batch, "detail": text}
    c.execute(insert(event), [row])
