"""What Alembic runs for each upgrade: in the transaction of the connection that `migrate` hands over."""

from __future__ import annotations

from alembic import context

given = context.config.attributes
context.configure(
    connection=given["connection"],
    target_metadata=given["metadata"],
    version_table=given["table"],
    transactional_ddl=True,  # SQLite can do so too, as its transactions begin by our own BEGIN IMMEDIATE
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
