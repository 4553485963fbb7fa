"""Who may do what in a store of PostgreSQL, as SQL for its administrator."""

from __future__ import annotations

import re

from ...forecast.errors import InputError
from .schema import APPEND_ONLY, metadata, run_cost
from .versions import TABLE

OWNER, BATCH, READER = "busyhour_owner", "busyhour_batch", "busyhour_reader"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")


def roles_sql(schema: str = "public") -> str:
    """Return SQL that makes three roles and grants what each needs; to be run again after each upgrade.

    The owner makes and upgrades the tables. The batch role reads and writes, but can neither change nor remove rows of
    `ingest`, `run`, `run_cost`, `publication` and `event`. The reader sees all but `run_cost`, the only table with
    money.

    Parameters
    ----------
    schema
        Schema that holds the tables.

    Raises
    ------
    InputError
        If `schema` is no plain name.
    """
    if not NAME.fullmatch(schema):
        raise InputError("not the name of a schema", column="--schema", value=schema, mend="Use letters, digits and _")
    place = f'"{schema}"'
    fixed = {table.name for table in APPEND_ONLY}
    lines = [
        "-- Run by an administrator in the database of the store, after: busyhour store upgrade",
        *(_made(role) for role in (OWNER, BATCH, READER)),
        f"GRANT USAGE, CREATE ON SCHEMA {place} TO {OWNER};",
        f"GRANT USAGE ON SCHEMA {place} TO {BATCH}, {READER};",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {place} FROM PUBLIC, {BATCH}, {READER};",
        f"GRANT SELECT ON {place}.{TABLE} TO {BATCH}, {READER};",
        f"ALTER TABLE {place}.{TABLE} OWNER TO {OWNER};",
    ]
    for table in metadata.sorted_tables:
        name = f'{place}."{table.name}"'
        rights = "SELECT, INSERT" if table.name in fixed else "SELECT, INSERT, UPDATE, DELETE"
        lines += [f"ALTER TABLE {name} OWNER TO {OWNER};", f"GRANT {rights} ON {name} TO {BATCH};"]
        if table is not run_cost:
            lines.append(f"GRANT SELECT ON {name} TO {READER};")
    lines += [
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {place} TO {BATCH};",
        "-- Then, for each person or machine:  CREATE ROLE anna LOGIN IN ROLE busyhour_reader;  \\password anna",
        "-- Who upgrades the store first says:  SET ROLE busyhour_owner;  or is a member that inherits.",
    ]
    return "\n".join(lines) + "\n"


def _made(role: str) -> str:
    """Return SQL that makes a role where there is none of that name."""
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
        f"THEN CREATE ROLE {role} NOLOGIN; END IF; END $$;"
    )
