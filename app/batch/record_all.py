"""All sites of a batch recorded without planning them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ...forecast.errors import InputError
from ...forecast.progress import Watch
from ..inputs.folder import Folder
from ..record import Recorded, record_site, today_at
from ..store.faults import StoreFault
from ..store.locks import held
from ..store.open import open_store
from .config import BatchFile
from .recording import exports_of
from .sites import sites_of


def record_all(
    file: BatchFile, as_of: dt.date | None, watch: Watch, *, accept: bool = False
) -> Iterator[tuple[str, Recorded | InputError | OSError]]:
    """Record every site of a batch; yield its name, and what was recorded or why nothing was.

    Parameters
    ----------
    as_of
        First day that is not over; None = each site's date of this moment.
    accept
        Whether more corrections than usual are taken.

    Raises
    ------
    Held
        If another run holds one of the sites.
    StoreFault
        If the store fails.
    """
    sites = sites_of(file)
    with (
        open_store(file.config.store.url, base=file.home) as store,
        held(store, [f"site {site.name}" for site in sites], "record"),
    ):
        for site in sites:
            watch.raise_if_stopped()
            if site.fault is not None:
                yield site.name, site.fault
                continue
            try:
                folder = Folder.read(site.folder)
                done = record_site(
                    store,
                    site.folder,
                    name=site.name,
                    as_of=as_of or today_at(folder.config.site.zone),
                    inbox=exports_of(site, folder, file.home),
                    leads=site.settings.leads,
                    accept=accept,
                    home=file.home,
                    watch=watch,
                )
            except StoreFault:
                raise
            except (InputError, OSError) as error:  # a folder that cannot be read costs its site alone
                yield site.name, error
            else:
                yield site.name, done
