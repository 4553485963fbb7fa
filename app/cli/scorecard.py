"""The command `scorecard`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from .command import Json, Out, Quiet, Seed, err, places, told
from .console import Console

app = typer.Typer()


@app.command()
@told
def scorecard(
    contract: Annotated[Path, typer.Argument(help="contract.toml, or a folder with one; it holds for every vendor.")],
    folder: Annotated[
        Path, typer.Argument(help="Folder with calls/VENDOR.csv, quality.csv and, where wanted, scorecard.toml.")
    ],
    out: Out = None,
    seed: Seed = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Score and rank vendors by counted and judged goals, and say how sure that is; writes a renewal sheet to print."""
    from .progress_board import Board

    with Board(err, quiet=quiet).watching() as watch:
        from ..contracts.score_vendors import score_vendors
        from ..contracts.scorecard_publish import publish, usual_place
        from ..folders.targets import folder_to_write

        place = folder_to_write(usual_place(folder) if out is None else out, (contract, folder))
        made = score_vendors(contract, folder, seed=seed or 0, watch=watch)
        places.may_write(place)
        watch.tell("publish", str(place))
        where, summary = publish(made, place)
    show(where, summary, as_json=json_, quiet=quiet)
    return 0


def show(where: Path, summary: dict[str, Any], *, as_json: bool, quiet: bool) -> None:
    """Print a scorecard for people, or its summary as JSON."""
    if as_json:
        sys.stdout.write(json.dumps(summary, indent=2, allow_nan=False) + "\n")
    elif not quiet:
        from .scorecard_screen import scorecard_screen

        Console(highlight=False).print(scorecard_screen(summary, where))
