"""The command `hire`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...forecast.errors import InputError
from ...forecast.progress import Watch
from ..faults import code_of
from .command import Gap, Json, NoWages, Out, Quiet, Scenarios, Seed, TimeLimit, err, places, remark, told
from .console import Console
from .exit_codes import LIMIT_WITH_PLAN

if TYPE_CHECKING:
    from ..hiring.outcome import HiringOutcome
    from .beside import Beside
    from .progress_board import Board

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
        from ..hiring.publish import usual_place
        from ..hiring.run import HiringInputs, HiringOptions
        from ..hiring.run import hire as planned
        from ..side_by_side import each_alone
        from .beside import COMPARED, refuse_names

        refuse_names(names)
        asked: list[str | None] = [None, *names] if len(names) > 1 else [*names] or [None]
        options = [HiringOptions(months, name, as_of, seed, time_limit, gap) for name in asked]
        given = [HiringInputs.read(folder, o, watch) for o in options]
        inputs = (folder, *(f.path for one in given for f in one.files.values()))
        sinks: dict[str, Path] = {}
        for one in given:
            name = one.file.scenario or BASE
            usual = usual_place(folder, one.state.as_of.isoformat(), one.file.scenario)
            sinks[name] = folder_to_write(usual if out is None else out if len(given) == 1 else out / name, inputs)
        beside = None
        if len(given) > 1:
            usual = usual_place(folder, given[0].state.as_of.isoformat(), COMPARED)
            beside = folder_to_write(usual if out is None else out / COMPARED, inputs)
        ended = dict(zip(sinks, each_alone(planned, given, watch), strict=True))
        runs = published(ended, sinks, beside, board, watch)
    return finish(runs, as_json=json_, quiet=quiet)


def published(
    ended: Mapping[str, HiringOutcome | Exception],
    sinks: Mapping[str, Path],
    beside: Path | None,
    board: Board,
    watch: Watch,
) -> Beside:
    """Publish the hiring plans that there are, and compare them where there are several scenarios.

    Parameters
    ----------
    ended
        Scenario → its plan, or the error that ended it.
    sinks, beside
        Where each run goes, and where they are laid side by side; None of a single one.

    Raises
    ------
    InputError, OSError
        If the run of a single scenario, or the comparison, cannot be written.
    """
    from ..hiring.publish import HiringFolder, publish
    from .beside import Beside, compared

    plans = {name: one for name, one in ended.items() if not isinstance(one, Exception)}
    failed = {name: one for name, one in ended.items() if isinstance(one, Exception)}
    costs = {name: dict(one.plan.cost) for name, one in plans.items()} if len(plans) > 1 else {}
    found = []
    for name, outcome in plans.items():
        sink = HiringFolder(sinks[name], costs, lambda: board.log, board.wages)
        places.may_write(sink.place(outcome))
        try:
            where, summary = publish(outcome, sink)
        except (InputError, OSError) as error:
            if beside is None:
                raise
            failed[name] = error
            continue
        best, bound, gap = (summary[f"{key}_decidable"] for key in ("cost", "bound", "gap"))
        watch.tell("publish", str(where), best=best, bound=bound, gap=gap)
        found.append((where, summary))
    if beside is None:
        return Beside(found, [], None)
    places.may_write(beside)
    return Beside(found, list(failed.items()), compared(found, beside))


def finish(runs: Beside, *, as_json: bool, quiet: bool) -> int:
    """Print the summaries of hiring runs and return the exit code: the gravest of them."""
    from ..gap import shortfall
    from ..hiring.summary import decidable
    from .hire_screen import hiring_screen

    told_ = [decidable(summary) for _, summary in runs.found]
    if len(runs.found) + len(runs.failed) > 1:
        from .beside import tell_beside

        return tell_beside(runs, told_, as_json=as_json, quiet=quiet)
    where, summary = runs.found[0]
    code = code_of(told_[0])
    if as_json:
        sys.stdout.write(json.dumps(summary, indent=2, allow_nan=False) + "\n")
    elif not quiet:
        Console(highlight=False).print(hiring_screen(summary, where))
    if code == LIMIT_WITH_PLAN and (as_json or quiet):
        remark(shortfall(told_[0]))
    return code
