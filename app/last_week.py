"""What the store of a folder knows of the days before a planned week; a plan never needs the store nor writes to it."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import select

from ..forecast.errors import InputError
from .inputs.inputs import Inputs
from .record import name_of
from .store.address import address_of
from .store.faults import StoreFault
from .store.open import open_store
from .store.outcomes import LAST_WEEK, last_week
from .store.schema import site as sites


def last_week_of(inputs: Inputs) -> tuple[pd.DataFrame, list[str]]:
    """Return what is known of the seven days known last before the planned week, and why the store could not tell.

    Both are empty where nothing was recorded.
    """
    home, none = inputs.files["plan.toml"].path.parent, pd.DataFrame(columns=list(LAST_WEEK))
    try:
        path = address_of(inputs.config.store.url, home).path
        if path is not None and not path.is_file():
            return none, []
        with open_store(inputs.config.store.url, base=home) as store, store.read() as c:
            name = name_of(c, store, home, inputs.config.store.site)
            number = c.scalar(select(sites.c.id).where(sites.c.name == name))
            if number is None:
                return none, []
            zone, queues = inputs.config.site.zone, list(inputs.config.queue)
            return last_week(c, int(number), inputs.week, zone, queues), []
    except (InputError, StoreFault) as error:
        return none, [f"what came last week is not told: {error}"]
