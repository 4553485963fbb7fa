"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables, parents first."""
    _inputs()
    _runs()
    _forecasts()
    _batches()


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def _to(other: str, *, name: str = "", key: bool = False, optional: bool = False) -> sa.Column[int]:
    number = sa.ForeignKey(f"{other}.id")
    return sa.Column(name or other, sa.Integer, number, primary_key=key, autoincrement=False, nullable=optional)


def _seconds(name: str, *, key: bool = False, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=key, autoincrement=False, nullable=optional)


def _whole(name: str, *, key: bool = False, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, primary_key=key, autoincrement=False, nullable=optional)


def _text(name: str, *, key: bool = False, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=optional)


def _numbers(names: str) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Float) for name in names.split()]


def _inputs() -> None:
    op.create_table(
        "site", _id(), sa.Column("name", sa.Text, nullable=False, unique=True), _text("zone", optional=True)
    )
    op.create_table(
        "ingest", _id(), _to("site"), _text("sha256"), _text("file"), _whole("rows"), _whole("added"),
        _whole("corrected"), _seconds("at_s"), _text("by"), sa.UniqueConstraint("site", "sha256"),
    )  # fmt: skip
    op.create_table(
        "queue", _id(), _to("site"), _text("name"), _to("ingest", name="calls_version", optional=True),
        sa.UniqueConstraint("site", "name"),
    )  # fmt: skip
    op.create_table(
        "calls",
        _to("queue", key=True),
        _seconds("start_s", key=True),
        *_numbers("offered answered abandoned short_abandoned answered_in abandoned_in within_s handle_s wait_s"),
        _to("ingest"),
        sqlite_with_rowid=False,
    )


def _runs() -> None:
    op.create_table(
        "run", _id(), _to("site"), _text("week"), _text("scenario"), _text("input_hash"), _text("folder"),
        _text("status"), _text("stopped", optional=True),
        *_numbers("gap service_expected service_simulated under_agent_hours paid_hours seconds"), _seconds("at_s"),
        sa.UniqueConstraint("site", "week", "scenario", "input_hash"),
    )  # fmt: skip
    op.create_table(
        "run_cost",
        _to("run", key=True),
        *_numbers("cost cost_wages cost_prices bound"),
        _text("currency", optional=True),
    )
    op.create_table(
        "publication", _id(), _to("site"), _text("week"), _to("run"), _seconds("at_s"), _text("by"), _text("reason"),
        *_numbers("changed_agent_days agent_days"),
    )  # fmt: skip
    op.create_index(None, "publication", ["site", "week"])


def _forecasts() -> None:
    op.create_table(
        "snapshot", _id(), _to("site"), _seconds("origin_s"), _text("kind"), _to("run", optional=True),
        _seconds("at_s"), sa.UniqueConstraint("site", "origin_s", "kind", "run"),
    )  # fmt: skip
    op.create_table(
        "forecast", _to("queue", key=True), _whole("lead", key=True), _seconds("start_s", key=True), _to("snapshot"),
        *_numbers("calls model_calls q0.1 q0.9 handle_s"), _text("model", optional=True), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index(None, "forecast", ["snapshot"])
    op.create_table(
        "score",
        _to("queue", key=True),
        _whole("lead", key=True),
        _text("day", key=True),
        _whole("n"),
        _whole("unknown"),
        *_numbers("actual error abs_error squared_error inside_80 naive_n naive_abs own_abs model_abs"),
        *_numbers("handle_n handle_actual handle_error handle_abs"),
        _text("model", optional=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outcome", _to("run", key=True), _to("queue", key=True), _text("day", key=True),
        *_numbers("calls_planned calls_actual handle_planned_s handle_actual_s service_planned service_actual"),
        *_numbers("gap_volume gap_handle gap_other"), sqlite_with_rowid=False,
    )  # fmt: skip


def _batches() -> None:
    op.create_table(
        "batch", _id(), _text("name"), _text("as_of"), _text("config_sha256"), _text("settings"), _text("versions"),
        _text("by"), _text("host"), _text("state"), _seconds("began_s"), _seconds("ended_s", optional=True),
    )  # fmt: skip
    op.create_table(
        "unit", _id(), _to("batch"), _to("site"), _text("step"), _text("week"), _text("state"), _whole("attempt"),
        _text("input_hash", optional=True), _to("run", optional=True), _whole("code", optional=True),
        _text("message", optional=True), *_numbers("seconds peak_mb"), _seconds("began_s", optional=True),
        _seconds("ended_s", optional=True), _text("worker", optional=True),
        sa.UniqueConstraint("batch", "site", "step", "week"),
    )  # fmt: skip
    op.create_index(None, "unit", ["batch", "state"])
    op.create_table(
        "event", _id(), _seconds("at_s"), _text("by"), _text("what"), _to("site", optional=True),
        _to("batch", optional=True), _text("detail"),
    )  # fmt: skip
