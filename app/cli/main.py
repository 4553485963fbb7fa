"""The command line: `busyhour`. Libraries that are slow to import are imported inside the commands.

A command has one parameter per option, however many: Typer reads the options from the signature.
"""

from __future__ import annotations

import json
import shlex
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from ...forecast.errors import InputError
from ...forecast.progress import Watch
from ..faults import code_of
from . import attain, batch, finished, goals, hire, record, replay, scorecard, stages, store, today
from .command import (
    Gap,
    Json,
    Keep,
    NoWages,
    Out,
    Previous,
    Quiet,
    Scenarios,
    Seed,
    TimeLimit,
    Week,
    date_of,
    err,
    places,
    remark,
    told,
)
from .console import Console
from .exit_codes import LIMIT_WITH_PLAN

app = typer.Typer(
    name="busyhour",
    help="Plan the people of a call centre: from calls to a judged roster.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
)


def finish(out: Path, summary: dict[str, Any], *, as_json: bool, quiet: bool) -> int:
    """Print a run's summary and return its exit code; where the screen is not shown, code 5 is one line beside it."""
    from ..gap import shortfall
    from .screen import screen

    code = code_of(summary)
    if as_json:
        sys.stdout.write(json.dumps(summary, indent=2, allow_nan=False) + "\n")
    elif not quiet:
        Console(highlight=False).print(screen(summary, out))
    if code == LIMIT_WITH_PLAN and (as_json or quiet):
        remark(shortfall(summary))
    return code


def tell_late_stop(watch: Watch, summary: dict[str, Any]) -> None:
    """Say that a stop which came after the plan was done changed nothing."""
    if watch.stopped and summary["stopped"] != "user":
        watch.tell("stopping", "came when the plan was done: it is published whole")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        sys.stdout.write(f"busyhour {version('busyhour')}\n")
        raise typer.Exit


@app.callback()
def busyhour(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Plan the people of a call centre: from calls to a judged roster."""


@app.command()
@told
def init(
    folder: Annotated[Path, typer.Argument(help="Folder to make; it must not exist or be empty.")],
    calls: Annotated[
        Path | None, typer.Option(help="An export of your ACD: its layout is guessed and written to [intake].")
    ] = None,
    batch_: Annotated[
        bool, typer.Option("--batch", help="Many sites: batch.toml and two small example sites that run at once.")
    ] = False,
) -> None:
    """Write a commented starter folder: plan.toml and small example files to replace."""
    from ..starter import write_starter

    if batch_:
        init_batch(folder, calls)
        return

    places.may_write(folder)
    guesses, first = write_starter(folder, calls)
    lines = [f"Made {folder}."]
    if guesses:
        lines += ["Guessed, and written to its plan.toml; correct what is wrong, and write what is asked (?):", guesses]
    else:
        lines.append(
            f"Its calls and people are examples: put your own in place of {folder / 'calls.csv'} and staff.csv."
        )
    lines.append(f"Next: {f'{first}; then ' if first else ''}busyhour plan {shlex.quote(str(folder))}")
    Console(soft_wrap=True).print("\n".join(lines), highlight=False)


def init_batch(folder: Path, calls: Path | None) -> None:
    """Write a starter folder of a batch."""
    from ..starter_batch import write_batch_starter

    if calls is not None:
        mend = "Make the folder of a site with: busyhour init FOLDER --calls EXPORT"
        raise InputError("--batch comes with calls of its own", column="--calls", value=str(calls), mend=mend)
    places.may_write(folder)
    write_batch_starter(folder)
    lines = [f"Made {folder}.", f"Its two sites are examples: put your own folders in place of {folder / 'sites'}."]
    lines.append(f"Next: busyhour batch run {shlex.quote(str(folder / 'batch.toml'))}")
    Console(soft_wrap=True).print("\n".join(lines), highlight=False)


@app.command()
@told
def plan(
    folder: Annotated[Path, typer.Argument(help="Folder with plan.toml and the files beside it.")],
    week: Week = None,
    scenario: Scenarios = None,
    out: Out = None,
    previous: Previous = None,
    keep: Keep = None,
    seed: Seed = None,
    time_limit: TimeLimit = None,
    gap: Gap = None,
    no_wages: NoWages = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Plan a week: forecast, requirement, shifts and breaks, named roster, simulation, judge, report."""
    from .progress_board import Board

    names = list(dict.fromkeys(scenario or ()))
    if len(names) > 1:
        from ..inputs import RunOptions
        from .beside import plan_beside, tell_beside

        each = [RunOptions(date_of(week), name, seed, time_limit, gap, previous, keep=keep) for name in (None, *names)]
        runs = plan_beside(folder, each, out, wages=not no_wages, quiet=quiet)
        return tell_beside(runs, [one for _, one in runs.found], as_json=json_, quiet=quiet)

    board = Board(err, quiet=quiet, wages=not no_wages)
    with board.watching() as watch:
        watch.tell("start")
        from ..folders.targets import folder_to_write
        from ..inputs import Inputs, RunOptions
        from ..last_week import last_week_of
        from ..publish.folder import RunFolder, publish, usual_place
        from ..run import plan as planned

        began = time.monotonic()
        options = RunOptions(date_of(week), names[0] if names else None, seed, time_limit, gap, previous, keep=keep)
        inputs = Inputs.from_folder(folder, options, watch)
        asked = out or usual_place(folder, inputs)
        place = folder_to_write(asked, (folder, *inputs.paths))
        before, unknown = last_week_of(inputs)
        sink = RunFolder(place, not no_wages, lambda: board.log, last_week=before)
        outcome = planned(inputs, watch)
        outcome = replace(outcome, notes=(*outcome.notes, *unknown))
        watch.tell("publish", str(sink.place(outcome)))
        places.may_write(sink.place(outcome))
        where, summary = publish(outcome, sink, watch)
        text = f"{where}  {time.monotonic() - began:.0f} s in all"
        watch.tell("publish", text, best=summary["cost"], bound=summary["bound"], gap=summary["gap"])
        tell_late_stop(watch, summary)
    return finish(where, summary, as_json=json_, quiet=quiet)


@app.command()
@told
def schedule(
    requirement: Annotated[Path, typer.Option(help="requirement.csv; start and agents_phone are enough.")],
    rules: Annotated[
        Path, typer.Option(help="plan.toml with shifts, contracts and rules; people files lie beside it.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Run folder to write.")],
    curve: Annotated[Path | None, typer.Option(help="curve.csv: with it the goal may be per day or week.")] = None,
    staff: Annotated[
        Path | None, typer.Option(help="staff.csv; else the one beside the rules; none = anonymous shifts.")
    ] = None,
    week: Week = None,
    previous: Previous = None,
    keep: Keep = None,
    seed: Seed = None,
    time_limit: TimeLimit = None,
    gap: Gap = None,
    no_wages: NoWages = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Schedule a requirement made elsewhere."""
    from .progress_board import Board

    board = Board(err, quiet=quiet, wages=not no_wages)
    with board.watching() as watch:
        from ..folders.targets import folder_to_write
        from ..inputs import Inputs, RunOptions
        from ..publish.folder import RunFolder, publish
        from ..run import plan as planned

        options = RunOptions(date_of(week), None, seed, time_limit, gap, previous, keep=keep)
        inputs = Inputs.from_requirement(requirement, rules, curve=curve, staff=staff, options=options)
        place = folder_to_write(out, (rules, *inputs.paths))
        outcome = planned(inputs, watch)
        sink = RunFolder(place, not no_wages, lambda: board.log)
        places.may_write(sink.place(outcome))
        where, summary = publish(outcome, sink, watch)
        tell_late_stop(watch, summary)
    return finish(where, summary, as_json=json_, quiet=quiet)


app.add_typer(hire.app)
app.add_typer(goals.app)
app.add_typer(attain.app)
app.add_typer(batch.app)
app.add_typer(stages.app)
app.add_typer(finished.app)
app.add_typer(record.app)
app.add_typer(replay.app)
app.add_typer(today.app)
app.add_typer(scorecard.app)
app.add_typer(store.app, name="store")


def main() -> None:
    """Run the command line."""
    app()
