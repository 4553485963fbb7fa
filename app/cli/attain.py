"""The command `attain`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from .command import Json, Out, Quiet, Seed, date_of, err, places, told
from .console import Console
from .exit_codes import DONE, STOPPED

app = typer.Typer()


@app.command()
@told
def attain(
    contract: Annotated[Path, typer.Argument(help="contract.toml, or the folder that holds one.")],
    calls: Annotated[
        list[Path],
        typer.Argument(help="Files of calls, by interval or call by call; or one folder with a plan.toml."),
    ],
    plan: Annotated[
        list[Path] | None,
        typer.Option("--plan", help="Run folder of a week to come: the rest is simulated; repeatable."),
    ] = None,
    quality: Annotated[
        Path | None, typer.Option(help="Scores of sampled calls: vendor, date, item, score, weight, scorer.")
    ] = None,
    measured: Annotated[
        Path | None, typer.Option(help="Figures measured elsewhere: date, goal, numerator, denominator.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="First day that is not over, YYYY-MM-DD; else the day after the calls."),
    ] = None,
    forecast_rest: Annotated[
        bool,
        typer.Option("--forecast-rest", help="Project days without a plan, too: calls as forecast, served as before."),
    ] = False,
    out: Out = None,
    seed: Seed = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Hold calls against a contract: each goal counted as it says, money, and what the period will come to."""
    from .progress_board import Board

    day = date_of(as_of, "--as-of")
    with Board(err, quiet=quiet).watching() as watch:
        from ..config.contract_toml import ContractFile
        from ..contracts.attain import AttainOptions
        from ..contracts.attain import attain as counted
        from ..contracts.publish import place_of, publish, usual_place
        from ..folders.targets import folder_to_write

        file = ContractFile.read(contract)
        runs = tuple(plan or ())
        inputs = [file.path, *calls, *runs, *(path for path in (quality, measured) if path is not None)]
        if out is not None:
            folder_to_write(out, inputs)
        options = AttainOptions(runs, quality, measured, day, forecast_rest, seed)
        found = counted(file, calls, options, watch)
        place = folder_to_write(out or usual_place(file.path, found.now.until.isoformat()), inputs)
        places.may_write(place_of(found, place))
        where, summary = publish(found, place)
        watch.tell("publish", str(where))
    if json_:
        sys.stdout.write(json.dumps(summary, indent=2, allow_nan=False) + "\n")
    elif not quiet:
        from .attain_screen import attain_screen

        Console(highlight=False).print(attain_screen(summary, where))
    return STOPPED if found.stopped else DONE
