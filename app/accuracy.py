"""How good forecasts and plans were: read from a store, told as a table, lines and a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, select

from ..forecast.errors import InputError
from .inputs.folder import Folder
from .record import name_of
from .report.accuracy_charts import charts
from .report.figures import number, percent, points
from .report.page import rendered
from .report.run import records
from .report.tables import TextTable, table
from .store.accuracy import accuracy
from .store.address import address_of
from .store.open import Store, open_store
from .store.outcomes import outcomes
from .store.schema import site as sites

SHARES = ("wape", "bias", "coverage_80", "skill", "model_wape", "handle_wape", "handle_bias")
SIGNED = ("bias", "handle_bias", "skill")
WORDS = {
    "intervals": "intervals", "unknown": "unknown", "calls": "calls", "wape": "WAPE", "bias": "bias", "rmse": "RMSE",
    "coverage_80": "in 80 % band", "skill": "skill", "model_wape": "WAPE of model",
    "overrides_value": "overrides, calls",
    "handle_wape": "handle WAPE", "handle_bias": "handle bias",
}  # fmt: skip
"""Figures as the terminal and the page call them."""
GAP_DAYS = 28
"""Newest days whose plans the page tells against what came."""


@dataclass(frozen=True, eq=False)
class Found:
    """How good the forecasts of a store were.

    Attributes
    ----------
    site
        What the page is headed by.
    by
        The words that the table is told by, the lead among them.
    table
        By those words; NaN = unknown (see `store.accuracy.accuracy`).
    leads, weeks, days
        By queue and lead; by queue, lead and week; the plans of days against what came. Empty where no page is asked.
    """

    site: str
    by: tuple[str, ...]
    table: pd.DataFrame = field(repr=False)
    leads: pd.DataFrame = field(repr=False)
    weeks: pd.DataFrame = field(repr=False)
    days: pd.DataFrame = field(repr=False)

    @property
    def shown(self) -> pd.DataFrame:
        """The table as text for people, without figures that are unknown throughout."""
        out = self.table[list(self.by)].astype(str)
        for name, word in WORDS.items():
            if self.table[name].isna().all():
                continue
            out[word] = [told(name, value) for value in self.table[name]]
        return out

    @property
    def lines(self) -> tuple[str, ...]:
        """What the table needs to be read, each a sentence without its point."""
        said = []
        if "lead" in self.by and (self.table["lead"] == 0).any():
            said.append("lead 0 is the forecast that the published plan was made for, however long before")
        if unknown := int(self.table["unknown"].sum()):
            said.append(f"{unknown:,} intervals are left out: their calls are unknown")
        return tuple(said)


def told(name: str, value: float) -> str:
    """Return a figure of accuracy as text; unknown is –."""
    if name in SHARES:
        return ("+" if name in SIGNED and value > 0 else "") + percent(value)
    if name == "overrides_value":
        return ("+" if value > 0 else "") + number(value)
    return number(value, 1 if name == "rmse" else 0)


def accuracy_of(folder: Path, by: Sequence[str], since: dt.date | None = None, *, page: bool = False) -> Found:
    """Return how good the forecasts of a planner's folder were.

    Parameters
    ----------
    by, since
        As for `store.accuracy.accuracy`; the lead always belongs to the words.
    page
        Whether a page will be made of it.

    Raises
    ------
    InputError
        If nothing is recorded, or `by` holds an unknown word.
    """
    planned = Folder.read(folder)
    first = f"busyhour record {planned.path}"
    with recorded(planned.config.store.url, planned.path, first) as store, store.read() as c:
        site = site_of(c, store, planned)
        return found_in(c, planned.config.site.name, by, since, site, page=page)


def accuracy_of_batch(
    name: str, url: str, home: Path, by: Sequence[str], since: dt.date | None = None, *, page: bool = False
) -> Found:
    """Return how good the forecasts of all sites of a store were; parameters as for `accuracy_of`.

    Raises
    ------
    InputError
        As `accuracy_of`.
    """
    with recorded(url, home, "busyhour batch run") as store, store.read() as c:
        return found_in(c, name, by, since, None, page=page)


def recorded(url: str, home: Path, first: str) -> Store:
    """Open a store in which something has been recorded; a store is never made here.

    Parameters
    ----------
    home
        Folder that a relative file lies in.
    first
        The command that makes it.

    Raises
    ------
    InputError
        If there is none.
    """
    path = address_of(url, home).path
    if path is not None and not path.is_file():
        raise InputError("nothing is recorded yet", file=path, mend=f"Begin with: {first}")
    return open_store(url, base=home)


def site_of(c: Connection, store: Store, planned: Folder) -> int:
    """Return the number of a folder's site.

    Raises
    ------
    InputError
        If the store does not know the site.
    """
    name = name_of(c, store, planned.path, planned.config.store.site)
    found = c.scalar(select(sites.c.id).where(sites.c.name == name))
    if found is None:
        mend = f"Begin with: busyhour record {planned.path}"
        raise InputError(f"the store knows no site {name}", column="store.url", value=store.name, mend=mend)
    return int(found)


def found_in(
    c: Connection, title: str, by: Sequence[str], since: dt.date | None, site: int | None, *, page: bool
) -> Found:
    """Return how good the forecasts of one site of a store, or of all (None), were.

    Leads are never added up: whose words lack the lead has it as their last one.
    """
    by = [*by, *({"lead"} - set(by))]
    whole = accuracy(c, by, since, site)
    if whole.empty:
        mend = "Record on later days: a forecast is scored when its day is over and its calls have come"
        raise InputError("no forecast has come due yet", value=None if since is None else str(since), mend=mend)
    if not page:
        return Found(title, tuple(by), whole, *[pd.DataFrame()] * 3)
    key = "queue" if site is not None else "site"  # the page of many sites lets them be chosen like queues
    leads, weeks = (
        accuracy(c, (key, "lead", *more), since, site).rename(columns={key: "queue"}) for more in ((), ("week",))
    )
    days = outcomes(c, since, site) if site is not None else pd.DataFrame()
    return Found(title, tuple(by), whole, leads, weeks, days)


def page_of(found: Found) -> str:
    """Return the page of accuracy as HTML: one file that asks the network for nothing."""
    queues = tuple(dict.fromkeys(found.leads["queue"]))
    newest = found.days.tail(0) if found.days.empty else found.days[found.days["date"] >= _newest(found.days)]
    return rendered(
        "accuracy.html.j2",
        charts(found.leads, found.weeks, newest),
        {"views": [], "queues": list(queues), "gantt": None},
        ("report.js",),
        title=found.site,
        queues=queues,
        by_lead=_figures(found.leads),
        days=_days(newest),
        lines=found.lines,
    )


def _newest(days: pd.DataFrame) -> str:
    last = dt.date.fromisoformat(days["date"].max())
    return (last - dt.timedelta(days=GAP_DAYS - 1)).isoformat()


def _figures(leads: pd.DataFrame) -> TextTable:
    known = [name for name in WORDS if leads[name].notna().any()]
    rows = [(r["queue"], str(r["lead"]), *(told(n, r[n]) for n in known)) for r in records(leads)]
    columns = "|".join(["Queue", "Lead, days#", *(f"{WORDS[name]}#" for name in known)])
    note = (
        "Lead 0: the forecast of the published plan. Bias: + is too high. Skill: how much nearer than the calls of the "
        "same day a week before. Overrides: calls by which your numbers came nearer than the model, − farther."
    )
    return table("Accuracy by queue and lead", columns, rows, note, file="the CSV file")


def _days(days: pd.DataFrame) -> TextTable | None:
    if days.empty:
        return None
    rows = [
        (
            r["queue"], r["date"], number(r["calls_planned"]), number(r["calls_actual"]),
            number(r["handle_planned_s"]), number(r["handle_actual_s"]), percent(r["service_planned"]),
            percent(r["service_actual"]), *(points(r[f"gap_{part}"]) for part in ("volume", "handle", "other")),
        )
        for r in records(days.sort_values("date", ascending=False, kind="stable"))
    ]  # fmt: skip
    columns = (
        "Queue|Day|Calls planned#|came#|AHT planned, s#|came#|Service planned#|measured#|by volume#|by handle time#|"
        "by all else#"
    )
    note = "Points of service; the three parts sum to measured − planned. – is unknown: nothing is guessed."
    return table("Plans against what came", columns, rows, note, file="the store")
