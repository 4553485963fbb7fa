"""The command `replay`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .command import Json, Out, Quiet, Seed, date_of, err, places, remark, told
from .console import Console
from .exit_codes import DONE

if TYPE_CHECKING:
    from ..today.replay import Replay

app = typer.Typer()

MOST_NOTES = 20
"""Notes that are printed; the summary has them all."""


@app.command()
@told
def replay(
    run: Annotated[Path, typer.Argument(help="Run folder of the week that was worked.")],
    actuals: Annotated[
        list[Path], typer.Option("--actuals", help="Calls that came, laid out like the plan's calls; or a folder.")
    ],
    states: Annotated[
        Path | None, typer.Option(help="Agent states: agent, start, end, state. Without, absence is not told apart.")
    ] = None,
    events: Annotated[
        Path | None, typer.Option(help="Known events: start, end, queue, kind, note; shown beside what they explain.")
    ] = None,
    state: Annotated[
        list[str] | None,
        typer.Option(
            "--state", help='What a state means, like "Not ready=break": phone, break, lunch, meeting, training, off.'
        ),
    ] = None,
    date: Annotated[str | None, typer.Option(help="The only day, YYYY-MM-DD; else every whole day there is.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Simulate the parts call by call too; takes many times as long.")
    ] = False,
    out: Out = None,
    seed: Seed = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Explain a day: service against its goal by volume, handle time, absence, schedule fit, and chance."""
    from .progress_board import Board

    board = Board(err, quiet=quiet, wages=False)
    with board.watching() as watch:
        watch.tell("start")
        from ..folders.targets import folder_to_write
        from ..today.replay import ReplayOptions
        from ..today.replay import replay as replayed
        from ..today.replay_folder import publish_replay
        from ..today.states import kinds_told

        options = ReplayOptions(states, events, kinds_told(state or []), date_of(date, "--date"), check, seed)
        given = [path for path in (run, *actuals, states, events) if path is not None]
        asked = None if out is None else folder_to_write(out, given)
        found = replayed(run, actuals, options, watch)
        place = asked or folder_to_write(usual_place(run, found), given)
        places.may_write(place)
        where, summary = publish_replay(found, place)
        watch.tell("publish", str(where))
    if json_:
        sys.stdout.write(json.dumps(summary, indent=2, allow_nan=False) + "\n")
    elif not quiet:
        console = Console(highlight=False, soft_wrap=True)
        for day in summary["days"]:
            console.print(f"{day['headline']}.", markup=False)
        for note in summary["notes"][:MOST_NOTES]:
            remark(note)
        console.print(f"Written: {where}", markup=False)
    return DONE


def usual_place(run: Path, found: Replay) -> Path:
    """Return where a replay goes: beside the run, as ``NAME-replay``, with the date behind where it is of one day."""
    dates = sorted({one.date for one in found.days})
    home = run.resolve()
    return home.with_name("-".join([home.name, "replay", *([dates[0].isoformat()] if len(dates) == 1 else [])]))
