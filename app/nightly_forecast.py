"""The forecast of a folder as it is known at the beginning of a day, kept in the store by lead."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from ..forecast.calendar.grid import Grid
from ..forecast.errors import InputError
from ..forecast.overrides import Override
from ..forecast.predict import Forecast, forecast
from ..forecast.progress import Watch
from .config.plan_toml import PLAN
from .inputs.folder import Folder
from .store.calls import history
from .store.entries import site_id
from .store.open import Store
from .store.schema import NIGHTLY
from .store.scores import score
from .store.snapshots import LEADS, write_snapshot
from .store.times import midnight_s


def keep_forecast(
    store: Store, planned: Folder, name: str, as_of: dt.date, watch: Watch
) -> tuple[list[dt.date], list[str]]:
    """Keep the forecast of a folder as it is known at the beginning of a day.

    Days that are over, since later ones are scored, are scored at once.

    Returns
    -------
    scored : list
        Such days.
    notes : list
        What could not be forecast.
    """
    site = planned.config.site
    with store.read() as c:
        number = site_id(c, name, site.zone)
        past = history(c, number, list(planned.config.queue), site.zone, site.interval_min)
    watch.tell("record", f"forecast of {', '.join(map(str, LEADS))} days ahead")
    found = forecast_ahead(planned, past, as_of, max(LEADS), watch)
    with store.write() as c:
        write_snapshot(c, number, midnight_s(as_of, site.zone), NIGHTLY, found.volume, LEADS)
        days = {as_of + dt.timedelta(days=lead - 1) for lead in LEADS}
        scored = score(c, number, days, site.zone, before=as_of, interval_min=site.interval_min)
    grid = Grid(as_of, max(LEADS), site.interval_min, site.zone)
    return scored, [
        *(f"queue {queue} has no forecast: {error}" for queue, error in found.failed.items()),
        *(f"overrides.csv, row {one.row}: its calls belong to days before and after an end of the forecast, so that "
          "the forecast that is kept leaves them out" for one in planned.forecast_overrides() if _crosses(one, grid)),
    ]  # fmt: skip


def _crosses(one: Override, grid: Grid) -> bool:
    """Whether a number of calls is for a span that lies on both sides of an end of the forecast."""
    inside = one.start < grid.end and one.end > grid.first
    return one.calls is not None and inside and (one.start < grid.first or one.end > grid.end)


def forecast_ahead(planned: Folder, past: pd.DataFrame, as_of: dt.date, days: int, watch: Watch) -> Forecast:
    """Forecast the days from `as_of` on with what was known when `as_of` began; later overrides are left out."""
    config = planned.config
    grid = Grid(as_of, days, config.site.interval_min, config.site.zone)
    with_calls = set(past["queue"].unique())
    if not with_calls:
        raise InputError("no calls of this site are known", file=PLAN, column="intake.files", mend="Bring an export")
    names = [name for name in config.queue if name in with_calls]
    overrides = [
        one for one in planned.forecast_overrides()
        if (one.made is None or one.made < grid.first) and one.queue in (None, *names) and not _crosses(one, grid)
    ]  # fmt: skip
    return forecast(
        past,
        grid,
        planned.calendar(),
        models={name: config.queue[name].model for name in names},
        handle_s={name: config.queue[name].handle_s for name in names},
        patience_s={name: config.queue[name].patience_s for name in names},
        overrides=overrides,
        watch=watch,
    )
