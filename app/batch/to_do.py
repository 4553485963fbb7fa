"""What each site of a batch has to do, when the batch begins and when it goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ...forecast.errors import InputError
from .ledger import Ledger
from .run_day import RunDay
from .site_units import Chain
from .sites import Site, weeks_of
from .units import State, Step

if TYPE_CHECKING:
    from .site_inputs import SiteInputs


def chains_of(sites: Iterable[Site], day: RunDay, begun: dict[str, SiteInputs]) -> Iterator[Chain]:
    """Yield what each site has to do; a site that cannot be read has one unit, which tells why."""
    for site in sites:
        try:
            if site.fault is not None:
                raise site.fault
            from .site_inputs import SiteInputs  # this brings all that plans

            inputs = SiteInputs.seen(site.folder)
            weeks = weeks_of(site, day.at(inputs.config.site.zone), inputs.config.site.week_start)
        except InputError:
            yield Chain(site.name, None, [(Step.TAKE, "")])
            continue
        begun[site.name] = inputs
        first = [(step, "") for step in Step if step is not Step.PLAN]
        yield Chain(site.name, inputs.config.site.zone, [*first, *((Step.PLAN, str(week)) for week in weeks)])


def missing_of(ledger: Ledger, sites: Mapping[str, Site], day: RunDay) -> list[Chain]:
    """Return what sites have to do that could not be read when the batch began, and can be now."""
    bare = [sites[name] for name, own in ledger.by_site().items()
            if len(own) == 1 and own[0].state is State.WAITING and name in sites]  # fmt: skip
    return [chain for chain in chains_of(bare, day, {}) if len(chain.units) > 1]
