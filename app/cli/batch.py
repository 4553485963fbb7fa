"""The commands `batch …`: unattended runs over many sites."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...forecast.errors import InputError
from .command import Json, Quiet, date_of, err, remark, told
from .console import Console
from .exit_codes import DONE, SOME_FAILED

if TYPE_CHECKING:
    from ..batch.status import BatchStatus

app = typer.Typer(name="batch", help="Unattended runs over many sites.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="batch.toml, or the folder that holds it.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="The day of the run, YYYY-MM-DD; else today.")]
Only = Annotated[str | None, typer.Option("--only", help="Only sites whose name matches this glob.")]
Workers = Annotated[
    int | None, typer.Option("--workers", help="Processes on this machine; 0 = this one. Else [run].", min=0, max=1024)
]
Cluster = Annotated[str | None, typer.Option("--cluster", help="Address of a Dask scheduler; else [run] cluster.")]
Id = Annotated[int | None, typer.Argument(help="Number of the batch; else the last of this name.")]
Accept = Annotated[bool, typer.Option("--accept", help="Take exports that correct more than 20 % of known rows, too.")]


@app.command()
@told
def check(file: File, as_of: AsOf = None, only: Only = None, json_: Json = False, quiet: Quiet = False) -> int:
    """Read every site as a run would, plan nothing, and show all faults at once."""
    from ..batch.checks import check_batch
    from ..batch.config import BatchFile

    batch = BatchFile.read(file)
    show = Console(soft_wrap=True, highlight=False)
    found = check_batch(batch, run_day(as_of), only, lambda name: None if quiet else err.print(name, highlight=False))
    faults = [site for site in found if site.fault]
    for site in [] if json_ else faults:
        show.print(f"{site.site}: {site.fault}")
    line = f"busyhour batch {batch.config.batch.name}: {len(faults):,} of {len(found):,} sites have faults"
    rows = [{"site": s.site, "weeks": list(map(str, s.weeks)), "files": s.exports, "fault": s.fault} for s in found]
    last_line(line, {"line": line, "sites": rows}, as_json=json_)
    return SOME_FAILED if faults else DONE


@app.command()
@told
def run(
    file: File,
    as_of: AsOf = None,
    only: Only = None,
    new: Annotated[bool, typer.Option("--new", help="Begin a batch even if one of this name is not done.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    workers: Workers = None,
    cluster: Cluster = None,
    accept: Accept = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Take calls, score forecasts, plan and publish the weeks of all sites; continue a batch that is not done."""
    from ..batch.drive import Options

    if dry_run:
        return say_dry_run(file, as_of, only, as_json=json_)
    day = None if as_of is None else day_of(as_of)
    options = Options(day, only, new, workers=workers, cluster=cluster, accept=accept)
    return drive(file, options, as_json=json_, quiet=quiet)


@app.command()
@told
def resume(
    file: File,
    batch: Id = None,
    workers: Workers = None,
    cluster: Cluster = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Continue a batch that is not done, on whichever day it began."""
    from ..batch.drive import Options

    options = Options(batch=batch, resume=True, workers=workers, cluster=cluster)
    return drive(file, options, as_json=json_, quiet=quiet)


@app.command()
@told
def retry(
    file: File,
    batch: Id = None,
    workers: Workers = None,
    cluster: Cluster = None,
    accept: Accept = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Try the failed sites of the last batch again, once what they lacked is mended."""
    from ..batch.drive import Options

    options = Options(batch=batch, resume=True, retry=True, workers=workers, cluster=cluster, accept=accept)
    return drive(file, options, as_json=json_, quiet=quiet)


@app.command()
@told
def stop(file: File, json_: Json = False) -> int:
    """Ask the running batch to stop, from another terminal or machine; what is made so far stands."""
    from ..batch.config import BatchFile
    from ..batch.drive import opened
    from ..batch.driven import ask_to_stop, is_driven

    batch = BatchFile.read(file)
    name = batch.config.batch.name
    with opened(batch) as store:
        found = ask_to_stop(store, name) if is_driven(store, name) else None
    text = f"{found} is asked to stop" if found is not None else "none is running"
    line = f"busyhour batch {name}: {text}"
    last_line(line, {"line": line, "name": name, "batch": found}, as_json=json_)
    return DONE


@app.command()
@told
def status(
    file: File,
    batch: Id = None,
    json_: Json = False,
    watch: Annotated[bool, typer.Option("--watch", help="Look again every 2 seconds until the batch ends.")] = False,
) -> int:
    """Tell how the last batch stands."""
    from ..batch.config import BatchFile
    from ..batch.drive import opened, place_of
    from ..batch.driven import is_driven
    from ..batch.index import PAGE
    from ..batch.ledger import RUNNING, STOPPED, STOPPING, Ledger, known, last_seconds
    from ..batch.status import BatchStatus, given_back, seconds_left

    read = BatchFile.read(file)
    with opened(read) as store:
        while True:
            row = known(store, read.config.batch.name, batch)
            running = row.state in (RUNNING, STOPPING)
            if running and not is_driven(store, row.name):  # its driver ended just now, or was killed
                running, row = False, known(store, row.name, row.id)
                row = replace(row, state=STOPPED) if row.state in (RUNNING, STOPPING) else row
            units = Ledger(store, row.id).by_site()
            if not running:
                units = {name: [given_back(unit) for unit in own] for name, own in units.items()}
            left = seconds_left(units, last_seconds(store), max(1, read.config.run.workers))
            found = BatchStatus.of(row, units, left)
            page = shown(place_of(read, row.id) / PAGE)
            if not (watch and running):
                break
            err.print(found.line(), highlight=False)
            time.sleep(2)
    if not json_:
        say_troubles(found)
    last_line(
        found.line(page if page.exists() else None), found.summary(page if page.exists() else None), as_json=json_
    )
    return DONE if running else found.code


@app.command()
@told
def publish(
    file: File,
    site: Annotated[str, typer.Argument(help="Name of the site.")],
    week: Annotated[str, typer.Argument(help="First day of the week, YYYY-MM-DD.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept for ever.")],
    run: Annotated[
        str | None, typer.Option("--run", help="Number, folder or hash (8 characters or more); else the last run.")
    ] = None,
    json_: Json = False,
) -> int:
    """Publish a run by hand: one that was held, or an earlier one again."""
    from ..batch.config import BatchFile
    from ..batch.release import release

    if not reason.strip():
        raise InputError("no reason is given", column="--reason", mend="Say why, in a few words")
    where, broken = release(BatchFile.read(file), site, day_of(week, "WEEK"), run, reason.strip())
    for one in broken:
        remark(one)
    line = f"busyhour batch: published {site} {week}; {shown(where)}"
    summary = {"line": line, "site": site, "week": week, "folder": str(shown(where)), "notes": broken}
    last_line(line, summary, as_json=json_)
    return DONE


def drive(file: Path, options: Any, *, as_json: bool, quiet: bool) -> int:
    """Run a batch with its progress on the screen, and print how it ended."""
    from ..batch.config import BatchFile
    from ..batch.drive import place_of, run_batch
    from ..batch.index import PAGE
    from ..batch.task import EngineFault
    from ..faults import code_and_words
    from ..store.faults import Held, StoreFault
    from .batch_board import BatchBoard

    batch = BatchFile.read(file)
    board = BatchBoard(err, quiet=quiet)
    with board.watching() as watch:
        watch.keeps.set()  # a first signal gives back what is at work; a second ends the process at once
        try:
            ended = run_batch(batch, options, watch, board.stands, board.hear)
        except (EngineFault, Held, StoreFault) as fault:
            code, stands, name = code_and_words(fault, "")[0], board.last, batch.config.batch.name
            line = f"busyhour batch {name}: nothing is begun: {fault}"
            summary: dict[str, Any] = {"name": name, "line": line}
            if stands is not None:
                page = place_of(batch, stands.batch.id) / PAGE
                summary = stands.summary(shown(page) if page.exists() else None)
            last_line(summary["line"], {**summary, "code": code, "error": str(fault)}, as_json=as_json)
            raise
    if not as_json:
        say_troubles(ended.status)
    last_line(ended.status.line(shown(ended.page)), ended.status.summary(ended.page), as_json=as_json)
    return ended.status.code


def say_troubles(status: BatchStatus, most: int = 20) -> None:
    """Print the sites that failed or are held, and why, then what was left aside, and what is odd about any calls."""
    console = Console(soft_wrap=True, highlight=False)
    found = [site for site in status.sites if site.word in ("failed", "held")]
    for site in found[:most]:
        code = f" {site.code}" if site.word == "failed" else ""
        console.print(f"{site.name}: {site.word}{code}: {site.message}")
    if len(found) > most:
        console.print(f"… and {len(found) - most} more: see the page")
    for note in status.notes:
        console.print(f"note: {note}")
    remarks = [site for site in status.sites if site.remark]
    for site in remarks[:most]:
        console.print(f"{site.name}: note: {site.remark}")
    if len(remarks) > most:
        console.print(f"… and {len(remarks) - most} more notes: see the page")


def say_dry_run(file: Path, as_of: str | None, only: str | None, *, as_json: bool) -> int:
    """Print what a run would do."""
    from ..batch.checks import dry_run
    from ..batch.config import BatchFile

    batch = BatchFile.read(file)
    rows = dry_run(batch, run_day(as_of), only)
    for row in [] if as_json else rows:
        Console(soft_wrap=True, highlight=False).print(": ".join(part for part in (" ".join(row[:2]).strip(), row[2])))
    line = f"busyhour batch {batch.config.batch.name}: nothing is done, {len({row[0] for row in rows}):,} sites"
    last_line(line, {"line": line, "weeks": [dict(zip(("site", "week", "what"), r, strict=True)) for r in rows]},
              as_json=as_json)  # fmt: skip
    return DONE


def last_line(line: str, summary: dict[str, Any], *, as_json: bool) -> None:
    """Print the one-line result as the last line of standard output; as JSON it is one line too."""
    sys.stdout.write((json.dumps(summary, ensure_ascii=False, allow_nan=False) if as_json else line) + "\n")


def shown(path: Path) -> Path:
    """Return a path as short as people write it: from the current folder on, where it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def run_day(text: str | None) -> Any:
    """Return the day of a run that begins now."""
    from ..batch.ledger import now
    from ..batch.run_day import RunDay

    return RunDay(now(), None if text is None else day_of(text))


def day_of(text: str | None, column: str = "--as-of") -> Any:
    """Read a day of the command line; None = today."""
    return dt.datetime.now().date() if text is None else date_of(text, column)
