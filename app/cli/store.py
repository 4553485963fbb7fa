"""The commands `store …`: the database that outlives the folders."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from .command import Json, Quiet, err, told
from .exit_codes import DONE, INTERNAL

app = typer.Typer(no_args_is_help=True, help="Look after the store: upgrade, backup, verify, prune, roles.")

Where = Annotated[
    str, typer.Argument(help="batch.toml or plan.toml, or its folder; the address or the file of a store.")
]


def line(summary: dict[str, Any], text: str, *, as_json: bool, quiet: bool) -> None:
    """Print what a command did: one line, or JSON."""
    if as_json:
        sys.stdout.write(json.dumps(summary, indent=2, default=str) + "\n")
    elif not quiet:
        sys.stdout.write(f"busyhour store: {text}\n")


def address(where: str) -> tuple[str, Path | None, int]:
    """Return the address of the store that `where` names, the folder it is relative to, and the days of forecasts."""
    from ..batch.config import FILE, BatchFile
    from ..batch.schema import Record
    from ..config.agreed import read_plan
    from ..config.plan_toml import PLAN

    path, usual = Path(where), Record().keep_days
    if "://" in where:
        return where, None, usual
    if path.is_file() and path.suffix != ".toml":
        return f"sqlite:///{path.absolute()}", None, usual
    if path.name == PLAN or ((path / PLAN).is_file() and not (path / FILE).exists()):
        config, _ = read_plan(path)
        return config.store.url, (path.parent if path.name == PLAN else path).absolute(), usual
    file = BatchFile.read(path)
    return file.config.store.url, file.home, file.config.record.keep_days


@app.command()
@told
def upgrade(where: Where, json_: Json = False, quiet: Quiet = False) -> None:
    """Make the store, or bring it to the schema of this version; a file of SQLite is copied first."""
    from ..store.migrate import upgrade as upgraded

    url, base, _ = address(where)
    done = upgraded(url, base=base)
    words = "made" if not done.before else f"schema {done.before} is now {done.after}"
    text = f"nothing to do, schema {done.after}" if done.before == done.after else words
    copy = f"; the store as it was: {done.copy}" if done.copy is not None else ""
    summary = {"before": done.before, "after": done.after, "copy": done.copy}
    line(summary, text + copy, as_json=json_, quiet=quiet)


@app.command()
@told
def backup(
    where: Where,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; else beside the store, named by the moment.")
    ] = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Copy a store of SQLite while others work with it; of PostgreSQL, name the line of pg_dump."""
    from ..store.backup import backup as copied
    from ..store.open import open_store

    url, base, _ = address(where)
    with open_store(url, base=base, make=False) as store:
        done = copied(store, out)
    line({"file": done.file, "bytes": done.size}, f"{done.file}, {done.size / 1e6:,.1f} MB", as_json=json_, quiet=quiet)


@app.command()
@told
def verify(where: Where, json_: Json = False, quiet: Quiet = False) -> int:
    """Read the whole store: pages, schema, references, scores and outcomes counted again."""
    from ..store.open import open_store
    from ..store.verify import verify as verified
    from .progress_board import Board

    url, base, _ = address(where)
    with open_store(url, base=base, make=False) as store, Board(err, quiet=quiet or json_).watching() as watch:
        found = verified(store, watch)
    if not (json_ or quiet):
        for text in found:
            sys.stdout.write(f"{text}.\n")
    line({"findings": found}, f"{len(found)} findings" if found else "holds together", as_json=json_, quiet=quiet)
    return INTERNAL if found else DONE


@app.command()
@told
def prune(
    where: Where,
    keep_days: Annotated[
        int | None,
        typer.Option("--keep-days", help="Days of interval forecasts to keep; else record.keep_days.", min=35),
    ] = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Remove old interval forecasts; scores, calls, runs, publications and events stay."""
    from ..store.open import open_store
    from ..store.prune import prune as pruned

    url, base, usual = address(where)
    with open_store(url, base=base, make=False) as store:
        done = pruned(store, keep_days or usual)
    text = f"{done.forecasts:,} interval forecasts and {done.snapshots:,} empty snapshots removed, scores stay"
    line({"forecasts": done.forecasts, "snapshots": done.snapshots}, text, as_json=json_, quiet=quiet)


@app.command()
@told
def roles(
    schema: Annotated[str, typer.Option("--schema", help="Schema that holds the tables.")] = "public",
) -> None:
    """Print SQL that makes three roles in PostgreSQL: owner, batch (events stay as they are), reader without wages."""
    from ..store.roles import roles_sql

    sys.stdout.write(roles_sql(schema))
