"""Commands on what came: calls, errors of forecasts, plans against what came."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...forecast.errors import InputError
from .command import Json, Quiet, date_of, err, places, remark, say, show_frame, told
from .console import Console
from .exit_codes import DONE, SOME_FAILED

if TYPE_CHECKING:
    from ..batch.config import BatchFile
    from ..record import Recorded

app = typer.Typer()

MOST_NOTES = 20
"""Notes that are printed; ``--json`` has them all."""


Where = Annotated[Path, typer.Argument(help="Folder with plan.toml, or a batch.toml for all of its sites.")]


def batch_at(where: Path) -> BatchFile | None:
    """Return the batch that a path names: a batch.toml, or a folder with one and without a plan; None = a site."""
    from ..batch.config import FILE, BatchFile
    from ..config.plan_toml import PLAN

    if where.is_dir():
        return BatchFile.read(where) if (where / FILE).is_file() and not (where / PLAN).is_file() else None
    return BatchFile.read(where) if where.suffix == ".toml" and where.name != PLAN else None


@app.command()
@told
def record(
    folder: Where,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="First day that is not over, YYYY-MM-DD; else today.")
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Take an export that corrects more than usual of what is known.")
    ] = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Take new calls into the store, score past forecasts, hold past plans against what came, keep today's forecast."""
    from ..batch.record_all import record_all
    from ..inputs.folder import Folder
    from ..record import Recorded, record_folder
    from ..store.open import open_store
    from .progress_board import Board

    day, batch, failed = date_of(as_of, "--as-of"), batch_at(folder), 0
    found: list[dict[str, Any]] = []
    with Board(err, quiet=quiet).watching() as watch:
        if batch is not None:
            for name, done in record_all(batch, day, watch, accept=accept):
                if isinstance(done, Recorded):
                    found.append(summary_of(done))
                else:
                    failed += 1
                    found.append({"site": name, "error": str(done)})
        else:
            planned = Folder.read(folder)
            with open_store(planned.config.store.url, base=planned.path) as store:
                found.append(summary_of(record_folder(store, folder, as_of=day, accept=accept, watch=watch)))
    if json_:
        sys.stdout.write(json.dumps(found if batch is not None else found[0], indent=2, default=str) + "\n")
    elif not quiet:
        for one in found:
            show(one)
        if batch is not None:
            name = batch.config.batch.name
            line = f"busyhour record {name}: {len(found) - failed} recorded, {failed} failed of {len(found)} sites"
            Console(soft_wrap=True).print(line, highlight=False)
    elif failed:
        for one in (f for f in found if "error" in f):
            say(SOME_FAILED, f"{one['site']}: {one['error']}")
    return SOME_FAILED if failed else DONE


def summary_of(done: Recorded) -> dict[str, Any]:
    """Return what was recorded of a site, for other programs."""
    taken = [
        {"file": name, "rows": t.rows, "added": t.added, "corrected": t.corrected, "same": t.same}
        for name, t in done.taken
    ]
    return {
        "site": done.site, "as_of": done.as_of, "taken": taken, "runs": done.runs, "scored": done.scored,
        "against": done.against, "leads": done.leads, "known_until": done.known_until, "notes": done.notes,
        "told": done.told,
    }  # fmt: skip


def show(one: Mapping[str, Any]) -> None:
    """Print what was recorded of a site: its notes, then one line."""
    if "error" in one:
        say(SOME_FAILED, f"{one['site']}: {one['error']}")
        return
    for note in one["notes"][:MOST_NOTES]:
        remark(note)
    until = f"calls until {one['known_until']}" if one["known_until"] else "no calls"
    Console(soft_wrap=True).print(f"busyhour record {one['site']}: {one['told']}; {until}", highlight=False)


@app.command()
@told
def accuracy(
    folder: Where,
    by: Annotated[
        str, typer.Option(help="Words parted by commas: queue, site, week, weekday, model; the lead is told with any.")
    ] = "lead",
    since: Annotated[str | None, typer.Option(help="First day that counts, YYYY-MM-DD.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="F.csv to write; the charts go beside it, into F.html.")
    ] = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Tell how good the forecasts were and whether overrides helped; --out adds charts, and plans against what came."""
    from ..accuracy import accuracy_of, accuracy_of_batch, page_of
    from ..files import write_atomic, write_csv
    from ..folders.targets import file_to_write

    page = None if out is None else out.with_suffix(".html")
    if out is not None and page is not None:
        if page == out:
            raise InputError("the charts have that name", column="--out", value=str(out), mend="Name a file like F.csv")
        for path in (out, page):
            file_to_write(path, [folder])
    words = [word.strip() for word in by.split(",") if word.strip()]
    first, batch = date_of(since, "--since"), batch_at(folder)
    if batch is None:
        found = accuracy_of(folder, words, first, page=page is not None)
    else:
        found = accuracy_of_batch(batch.config.batch.name, batch.config.store.url, batch.home, words, first,
                                  page=page is not None)  # fmt: skip
    if out is not None and page is not None:
        places.may_write(out, page)
        write_csv(out, found.table)
        write_atomic(page, page_of(found))
    show_frame(found.table if json_ else found.shown, as_json=json_, quiet=quiet)
    if not json_ and not quiet:
        for line in found.lines:
            remark(line)
    return DONE
