"""The schema of `batch.toml`: its tables, their keys, defaults and ranges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ...forecast.calendar.years import refuse_far_year
from ...forecast.errors import InputError

Paper = Literal["report", "workbook", "calendars", "sheets"]
PAPERS: tuple[Paper, ...] = ("report", "workbook", "calendars", "sheets")
"""Words of ``[plan] papers``."""
PLAN_CODES = (0, 5)
"""Exit codes of a plan that there is."""
SITE = "{site}"

First = int | dt.date


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Batch(_Strict):
    """What is planned.

    Parameters
    ----------
    name
        Name of the batch: a run continues the unfinished batch of this name.
    sites
        Folders of the sites, or globs of them, relative to batch.toml; a folder that several globs match counts once.
        The name of its folder is that of a site.
    weeks
        Weeks to plan; each is the week before of the next.
    first
        The first of them: whole weeks ahead of the day of the run (1 = the first that begins after that day, 0 = the
        one that holds the day), or the date on which it begins.
    calls
        ``store``: calls are kept in the store, where exports add to them and correct them; ``files``: each run reads
        the files that ``[intake]`` of the site names, and no forecast or plan is held against what came.
    """

    name: str = "batch"
    sites: tuple[str, ...]
    weeks: int = Field(default=1, ge=1, le=53)
    first: First = 1
    calls: Literal["store", "files"] = "store"

    @field_validator("name")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not value.strip() or set("/\\\n") & set(value):
            raise InputError("unfit name", value=value, mend="Give it a name without / and \\")
        return value.strip()

    @field_validator("sites")
    @classmethod
    def _some(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or not all(glob.strip() for glob in value):
            raise InputError("no folder of a site", value=list(value), mend='Write it like ["sites/*"]')
        return value

    @field_validator("first")
    @classmethod
    def _near(cls, value: First) -> First:
        return _known_first(value)


class Store(_Strict):
    """Where calls, forecasts, runs and publications are kept.

    Parameters
    ----------
    url
        ``sqlite:///FILE`` relative to batch.toml, or ``postgresql+psycopg://HOST/NAME``. A password never stands here:
        PGPASSWORD or .pgpass tells it.
    """

    url: str = "sqlite:///busyhour.db"


class Record(_Strict):
    """What is taken in and remembered.

    Parameters
    ----------
    inbox
        Exports of calls, relative to batch.toml; ``{site}`` is the site's name. They are read by ``[intake]`` of the
        site, each content once, and never moved. ``""`` = no exports beside the files that ``[intake]`` names.
    leads
        Days ahead at which forecasts are kept to be scored later.
    keep_days
        Days for which ``store prune`` keeps forecasts by interval; their scores stay.
    late_days
        Open days before the day of the run that the calls may lack.
    on_late
        What becomes of a site whose calls lack more: ``fail``, or ``warn``.
    """

    inbox: str = "inbox/{site}/*.csv"
    leads: tuple[int, ...] = (1, 7, 28)
    keep_days: int = Field(default=400, ge=35, le=36_500)
    late_days: int = Field(default=2, ge=0, le=366)
    on_late: Literal["fail", "warn"] = "fail"

    @field_validator("leads")
    @classmethod
    def _days(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if any(not 1 <= day <= 366 for day in value):
            raise InputError("Expected days from 1 to 366", value=list(value), mend="Write it like [1, 7, 28]")
        return tuple(sorted(set(value)))


class Plan(_Strict):
    """When a week is planned anew, and which plans are published.

    Parameters
    ----------
    when
        ``changed``: a week whose inputs are those of an earlier run is not planned again; ``always``: it is.
    freeze_weeks
        A published week that begins within so many weeks after the day of the run is left alone. For a batch that
        goes on later, today counts.
    publish
        ``auto``, or ``hold``: each new plan waits for ``busyhour batch publish``.
    accept
        Codes of plans to publish: 0, and 5 = the asked gap is not reached. Others are held.
    max_changed
        A plan that changes a larger share of the agent-days of the published one is held, and so is one that cannot be
        compared with the published one.
    papers
        Which of ``report``, ``workbook``, ``calendars``, ``sheets`` are written.
    wages
        Whether run folders tell wages, prices and costs.
    """

    when: Literal["changed", "always"] = "changed"
    freeze_weeks: int = Field(default=1, ge=0, le=53)
    publish: Literal["auto", "hold"] = "auto"
    accept: tuple[int, ...] = PLAN_CODES
    max_changed: float = Field(default=0.10, ge=0, le=1)
    papers: tuple[Paper, ...] = PAPERS
    wages: bool = False

    @field_validator("accept")
    @classmethod
    def _codes(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not set(value) <= set(PLAN_CODES):
            raise InputError("not a code of a plan", value=list(value), mend="Write [0] or [0, 5]")
        return value


class Run(_Strict):
    """Who does the work.

    Parameters
    ----------
    workers
        Processes on this machine; 0 = one site after the other in this process.
    cluster
        Address of a Dask scheduler, like ``tls://host:8786``; ``""`` = `workers` on this machine.
    files
        ``shipped``: inputs and runs travel through the scheduler; ``shared``: all machines see the same paths.
    attempts
        How often a unit is begun that crashes, or whose worker is lost.
    timeout_s
        Seconds after which a unit counts as lost.
    memory_gb
        Memory of a worker, GB.
    """

    workers: int = Field(default=2, ge=0, le=1024)
    cluster: str = ""
    files: Literal["shipped", "shared"] = "shipped"
    attempts: int = Field(default=3, ge=1, le=100)
    timeout_s: float = Field(default=1200.0, ge=1, le=604_800)
    memory_gb: float = Field(default=2.0, ge=0.1, le=4096)


class Notify(_Strict):
    """Who is told at the end.

    Parameters
    ----------
    on
        Outcomes of sites that are told: ``done``, ``unchanged``, ``held``, ``failed``, ``stopped``.
    command
        Program and its arguments, without a shell; ``{line}`` is the one-line result, and the summary comes as JSON on
        standard input. It has 60 seconds and never fails the batch. ``[]`` = nobody is told.
    """

    on: tuple[Literal["done", "unchanged", "held", "failed", "stopped"], ...] = ("failed", "held")
    command: tuple[str, ...] = ()


class Override(_Strict):
    """What differs for one site; a key left out is that of the whole batch."""

    weeks: int | None = Field(default=None, ge=1, le=53)
    first: First | None = None
    calls: Literal["store", "files"] | None = None
    inbox: str | None = None
    late_days: int | None = Field(default=None, ge=0, le=366)
    on_late: Literal["fail", "warn"] | None = None
    when: Literal["changed", "always"] | None = None
    freeze_weeks: int | None = Field(default=None, ge=0, le=53)
    publish: Literal["auto", "hold"] | None = None
    accept: tuple[int, ...] | None = None
    max_changed: float | None = Field(default=None, ge=0, le=1)
    papers: tuple[Paper, ...] | None = None
    wages: bool | None = None
    timeout_s: float | None = Field(default=None, ge=1, le=604_800)

    @field_validator("first")
    @classmethod
    def _near(cls, value: First | None) -> First | None:
        return None if value is None else _known_first(value)

    @field_validator("accept")
    @classmethod
    def _codes(cls, value: tuple[int, ...] | None) -> tuple[int, ...] | None:
        return None if value is None else Plan(accept=value).accept


class BatchConfig(_Strict):
    """All of `batch.toml`."""

    batch: Batch
    store: Store = Store()
    record: Record = Record()
    plan: Plan = Plan()
    run: Run = Run()
    notify: Notify = Notify()
    site: Mapping[str, Override] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _inbox_of_each_site(self) -> BatchConfig:
        inbox = self.record.inbox
        if inbox and SITE not in inbox:
            mend = f"Put {SITE} into it, or set inbox in [site.NAME]"
            raise InputError(f"all sites would take the same files: no {SITE}", column="record.inbox", value=inbox,
                             mend=mend)  # fmt: skip
        return self

    def of(self, site: str) -> SiteSettings:
        """Return what holds for one site."""
        base: dict[str, Any] = {
            name: value
            for table in (self.batch, self.record, self.plan, self.run)
            for name, value in table
            if name in SiteSettings.model_fields
        }
        own = self.site.get(site, Override())
        return SiteSettings(**base | {name: value for name, value in own if value is not None})


class SiteSettings(_Strict):
    """The settings of one site, its overrides laid over those of the batch."""

    weeks: int
    first: First
    calls: str
    inbox: str
    leads: tuple[int, ...]
    late_days: int
    on_late: str
    when: str
    freeze_weeks: int
    publish: str
    accept: tuple[int, ...]
    max_changed: float
    papers: tuple[str, ...]
    wages: bool
    timeout_s: float


def _known_first(value: First) -> First:
    if isinstance(value, dt.date):
        refuse_far_year(value)
    elif not 0 <= value <= 104:
        raise InputError("Expected weeks ahead from 0 to 104, or a date", value=value, mend="Write 1, or 2026-11-30")
    return value
