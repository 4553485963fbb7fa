"""The command `hire`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ..faults import code_of
from .command import Gap, Json, NoWages, Out, Quiet, Scenarios, Seed, TimeLimit, err, places, remark, told
from .console import Console
from .exit_codes import LIMIT_WITH_PLAN

app = typer.Typer()

Months = Annotated[int | None, typer.Option(help="Months to plan, 3 to 36; else months of hiring.toml.", min=3, max=36)]
AsOf = Annotated[
    Path | None,
    typer.Option("--as-of", help="State file: people by kind and tenure, classes on their way; else staff.csv."),
]


@app.command()
@told
def hire(
    folder: Annotated[
        Path, typer.Argument(help="Folder with plan.toml, calls and staff.csv; hiring.toml where known.")
    ],
    months: Months = None,
    as_of: AsOf = None,
    scenario: Scenarios = None,
    out: Out = None,
    seed: Seed = None,
    time_limit: TimeLimit = None,
    gap: Gap = None,
    no_wages: NoWages = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Plan hires: how many people, of which kind, when; at least expected cost over the coming months."""
    from .progress_board import Board

    names = list(dict.fromkeys(scenario or ()))
    board = Board(err, quiet=quiet, wages=not no_wages)
    with board.watching() as watch:
        watch.tell("start")
        from ..folders.targets import folder_to_write
        from ..hiring.config import BASE
        from ..hiring.publish import HiringFolder, publish, usual_place
        from ..hiring.run import HiringInputs, HiringOptions
        from ..hiring.run import hire as planned
        from ..side_by_side import each_alone

        asked: list[str | None] = [None, *names] if len(names) > 1 else [*names] or [None]
        options = [HiringOptions(months, name, as_of, seed, time_limit, gap) for name in asked]
        given = [HiringInputs.read(folder, o, watch) for o in options]
        sinks = []
        for one in given:
            usual = usual_place(folder, one.state.as_of.isoformat(), one.file.scenario)
            place = usual if out is None else out if len(given) == 1 else out / (one.file.scenario or BASE)
            sinks.append(folder_to_write(place, (folder, *(f.path for f in one.files.values()))))
        outcomes = each_alone(planned, given, watch)
        costs = {o.file.scenario or BASE: dict(o.plan.cost) for o in outcomes}
        found = []
        for outcome, place in zip(outcomes, sinks, strict=True):
            sink = HiringFolder(place, costs if len(costs) > 1 else {}, lambda: board.log, not no_wages)
            places.may_write(sink.place(outcome))
            where, summary = publish(outcome, sink)
            best, bound, gap = (summary[f"{key}_decidable"] for key in ("cost", "bound", "gap"))
            watch.tell("publish", str(where), best=best, bound=bound, gap=gap)
            found.append((where, summary))
        beside = None
        if len(found) > 1:
            from .beside import COMPARED, compared

            usual = usual_place(folder, given[0].state.as_of.isoformat(), COMPARED)
            beside = folder_to_write(usual if out is None else out / COMPARED, (folder,))
            places.may_write(beside)
            compared(found, beside)
    return finish(found, beside, as_json=json_, quiet=quiet)


def finish(found: list[tuple[Path, dict[str, Any]]], beside: Path | None, *, as_json: bool, quiet: bool) -> int:
    """Print the summaries of hiring runs and return the exit code: the gravest of them.

    Parameters
    ----------
    beside
        Where several runs are laid side by side; None of a single one.
    """
    from ..gap import shortfall
    from ..hiring.summary import decidable
    from .hire_screen import hiring_screen

    told_ = [decidable(summary) for _, summary in found]
    codes = [code_of(summary) for summary in told_]
    if beside is not None:
        from .beside import tell_beside

        tell_beside(found, beside, told_, as_json=as_json, quiet=quiet)
        return max(codes)
    where, summary = found[0]
    if as_json:
        sys.stdout.write(json.dumps(summary, indent=2, allow_nan=False) + "\n")
    elif not quiet:
        Console(highlight=False).print(hiring_screen(summary, where))
    if codes[0] == LIMIT_WITH_PLAN and (as_json or quiet):
        remark(shortfall(told_[0]))
    return codes[0]
