"""The tables of the store, alike on SQLite and PostgreSQL; the migrations make them.

Times are whole seconds since 1970 in UTC (SQLite drops zones); a `day` is the date at the site as ISO text. No table
holds a name of an agent, and only `run_cost` holds money.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _to(other: str, *, key: bool = False, optional: bool = False) -> Column[int]:
    """Return a column that names a row of the table `other`."""
    return Column(other, ForeignKey(f"{other}.id"), primary_key=key, nullable=optional)


def _seconds(name: str, *, key: bool = False, optional: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=key, autoincrement=False, nullable=optional)


def _text(name: str, *, key: bool = False, optional: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=optional)


def _numbers(*names: str) -> list[Column[float]]:
    """Return columns whose cells may be unknown."""
    return [Column(name, Float) for name in names]


site = Table("site", metadata, _id(), Column("name", Text, nullable=False, unique=True), _text("zone", optional=True))

ingest = Table(
    "ingest",
    metadata,
    _id(),
    _to("site"),
    _text("sha256"),
    _text("file"),
    Column("rows", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("corrected", Integer, nullable=False),
    _seconds("at_s"),
    _text("by"),
    UniqueConstraint("site", "sha256"),
)
"""Files that were taken, once each; append-only."""

queue = Table(
    "queue",
    metadata,
    _id(),
    _to("site"),
    _text("name"),
    # The last ingest that changed a row of the queue: whoever wants to know whether calls changed reads nothing else.
    Column("calls_version", ForeignKey("ingest.id"), nullable=True),
    UniqueConstraint("site", "name"),
)

CALL_NUMBERS = (
    "offered", "answered", "abandoned", "short_abandoned", "answered_in", "abandoned_in", "within_s", "handle_s",
    "wait_s",
)  # fmt: skip
"""Numbers of a row of calls; blank = unknown."""

calls = Table(
    "calls",
    metadata,
    _to("queue", key=True),
    _seconds("start_s", key=True),
    *_numbers(*CALL_NUMBERS),
    _to("ingest"),
    sqlite_with_rowid=False,
)

run = Table(
    "run",
    metadata,
    _id(),
    _to("site"),
    _text("week"),
    _text("scenario"),
    _text("input_hash"),
    _text("folder"),
    _text("status"),
    _text("stopped", optional=True),
    *_numbers("gap", "service_expected", "service_simulated", "under_agent_hours", "paid_hours", "seconds"),
    _seconds("at_s"),
    UniqueConstraint("site", "week", "scenario", "input_hash"),
)
"""Runs that were planned, whether published or not; `scenario` "" is the plan itself. Append-only."""

run_cost = Table(
    "run_cost",
    metadata,
    _to("run", key=True),
    *_numbers("cost", "cost_wages", "cost_prices", "bound"),
    _text("currency", optional=True),
)
"""Money of a run, apart so that readers without wages can be kept from it; append-only."""

NIGHTLY, PUBLISHED = "nightly", "published"
"""Kinds of snapshots: the forecast of a night, and that for which a published plan was made."""

snapshot = Table(
    "snapshot",
    metadata,
    _id(),
    _to("site"),
    _seconds("origin_s"),
    _text("kind"),
    _to("run", optional=True),
    _seconds("at_s"),
    # NULLs are unequal in a UNIQUE of both databases: a nightly snapshot has no run and is found by site and origin.
    UniqueConstraint("site", "origin_s", "kind", "run"),
)
"""A forecast as it was known at `origin_s`."""

forecast = Table(
    "forecast",
    metadata,
    _to("queue", key=True),
    Column("lead", Integer, primary_key=True, autoincrement=False),
    _seconds("start_s", key=True),
    _to("snapshot"),
    *_numbers("calls", "model_calls", "q0.1", "q0.9", "handle_s"),
    _text("model", optional=True),
    Index(None, "snapshot"),  # a snapshot without any is removed by looking here
    sqlite_with_rowid=False,
)
"""Interval forecasts by lead in days; lead 0 is the forecast that the published plan was made for."""

score = Table(
    "score",
    metadata,
    _to("queue", key=True),
    Column("lead", Integer, primary_key=True, autoincrement=False),
    _text("day", key=True),
    Column("n", Integer, nullable=False),
    Column("unknown", Integer, nullable=False),
    *_numbers(
        "actual", "error", "abs_error", "squared_error", "inside_80", "naive_n", "naive_abs", "own_abs", "model_abs",
        "handle_n", "handle_actual", "handle_error", "handle_abs",
    ),
    _text("model", optional=True),
    sqlite_with_rowid=False,
)  # fmt: skip
"""Sums over the `n` known intervals of a day, those `unknown` left out; figures over any span are sums of these, never
averages of shares.

`error` = Σ(forecast − actual); `naive_abs` and `own_abs` sum |error| of last week's day and of the forecast over the
`naive_n` intervals where last week is known; `model_abs` is that of the model before overrides; handle times are
weighted by calls (`handle_n` = Σ answered calls).
"""

outcome = Table(
    "outcome",
    metadata,
    _to("run", key=True),
    _to("queue", key=True),
    _text("day", key=True),
    *_numbers(
        "calls_planned", "calls_actual", "handle_planned_s", "handle_actual_s", "service_planned", "service_actual",
        "gap_volume", "gap_handle", "gap_other",
    ),
    sqlite_with_rowid=False,
)  # fmt: skip
"""A day's plan against what came; the three parts sum to `service_actual` − `service_planned`."""

batch = Table(
    "batch",
    metadata,
    _id(),
    _text("name"),
    _text("as_of"),
    _text("config_sha256"),
    _text("settings"),
    _text("versions"),
    _text("by"),
    _text("host"),
    _text("state"),
    _seconds("began_s"),
    _seconds("ended_s", optional=True),
)
"""`settings` and `versions` are JSON; `state` is "running", "done" or "stopped"."""

unit = Table(
    "unit",
    metadata,
    _id(),
    _to("batch"),
    _to("site"),
    _text("step"),
    _text("week"),
    _text("state"),
    Column("attempt", Integer, nullable=False),
    _text("input_hash", optional=True),
    _to("run", optional=True),
    Column("code", Integer),
    _text("message", optional=True),
    *_numbers("seconds", "peak_mb"),
    _seconds("began_s", optional=True),
    _seconds("ended_s", optional=True),
    _text("worker", optional=True),
    UniqueConstraint("batch", "site", "step", "week"),
    Index(None, "batch", "state"),
)
"""One piece of work of a batch; `week` "" is a step that is not of one week."""

publication = Table(
    "publication",
    metadata,
    _id(),
    _to("site"),
    _text("week"),
    _to("run"),
    _seconds("at_s"),
    _text("by"),
    _text("reason"),
    *_numbers("changed_agent_days", "agent_days"),
    Index(None, "site", "week"),
)
"""Which run was published when, by whom and why; the last of a week stands. Append-only."""

event = Table(
    "event",
    metadata,
    _id(),
    _seconds("at_s"),
    _text("by"),
    _text("what"),
    _to("site", optional=True),
    _to("batch", optional=True),
    _text("detail"),
)
"""Who planned, published, overrode or corrected what from which inputs (`detail` is JSON); append-only."""

APPEND_ONLY = (ingest, run, run_cost, publication, event)
"""Tables whose rows nobody may change or remove."""
