"""Commands on what came: calls, errors of forecasts, plans against what came."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ...forecast.errors import InputError
from .command import Json, Quiet, date_of, err, places, remark, show_frame, told
from .console import Console
from .exit_codes import DONE

app = typer.Typer()

MOST_NOTES = 20
"""Notes that are printed; ``--json`` has them all."""


@app.command()
@told
def record(
    folder: Annotated[Path, typer.Argument(help="Folder with plan.toml and its calls.")],
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
    from ..inputs.folder import Folder
    from ..record import record_folder
    from ..store.open import open_store
    from ..store.snapshots import LEADS
    from .progress_board import Board

    with Board(err, quiet=quiet).watching() as watch:
        planned = Folder.read(folder)
        with open_store(planned.config.store.url, base=planned.path) as store:
            done = record_folder(store, folder, as_of=date_of(as_of, "--as-of"), accept=accept, watch=watch)
    if json_:
        taken = [
            {"file": name, "rows": t.rows, "added": t.added, "corrected": t.corrected, "same": t.same}
            for name, t in done.taken
        ]
        told_ = {
            "site": done.site, "as_of": done.as_of, "taken": taken, "runs": done.runs, "scored": done.scored,
            "against": done.against, "leads": LEADS, "known_until": done.known_until, "notes": done.notes,
        }  # fmt: skip
        sys.stdout.write(json.dumps(told_, indent=2, default=str) + "\n")
    elif not quiet:
        for note in done.notes[:MOST_NOTES]:
            remark(note)
        until = f"calls until {done.known_until}" if done.known_until else "no calls"
        Console(soft_wrap=True).print(f"busyhour record {done.site}: {done.told}; {until}", highlight=False)
    return DONE


@app.command()
@told
def accuracy(
    folder: Annotated[Path, typer.Argument(help="Folder with plan.toml.")],
    by: Annotated[str, typer.Option(help="Words parted by commas: lead, queue, site, week, weekday, model.")] = "lead",
    since: Annotated[str | None, typer.Option(help="First day that counts, YYYY-MM-DD.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="F.csv to write; the charts go beside it, into F.html.")
    ] = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Tell how good the forecasts were and whether overrides helped; --out adds charts, and plans against what came."""
    from ..accuracy import accuracy_of, page_of
    from ..files import write_atomic, write_csv
    from ..folders.targets import file_to_write

    page = None if out is None else out.with_suffix(".html")
    if out is not None and page is not None:
        if page == out:
            raise InputError("the charts have that name", column="--out", value=str(out), mend="Name a file like F.csv")
        for path in (out, page):
            file_to_write(path, [folder])
    words = [word.strip() for word in by.split(",") if word.strip()]
    found = accuracy_of(folder, words, date_of(since, "--since"), page=page is not None)
    if out is not None and page is not None:
        places.may_write(out, page)
        write_csv(out, found.table)
        write_atomic(page, page_of(found))
    show_frame(found.table if json_ else found.shown, as_json=json_, quiet=quiet)
    if not json_ and not quiet:
        for line in found.lines:
            remark(line)
    return DONE
