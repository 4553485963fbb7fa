"""What all commands share: options, exit codes, and one clear message for whatever went wrong."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, ParamSpec

import typer
from rich.console import Console

from ...forecast.errors import InputError
from ...forecast.progress import Stopped

DONE, INTERNAL, USAGE, BAD_INPUT, INFEASIBLE, LIMIT_WITH_PLAN, LIMIT_WITHOUT_PLAN, REFUSED, STOPPED = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    130,
)

err = Console(stderr=True, soft_wrap=True)
P = ParamSpec("P")

Json = Annotated[bool, typer.Option("--json", help="Print the summary as JSON on standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]
Seed = Annotated[int | None, typer.Option(help="Seed of everything random; else [solve] seed.", min=0)]
TimeLimit = Annotated[
    float | None,
    typer.Option("--time-limit", help="Seconds for shifts and people together; else [solve] time_limit_s.", min=1),
]
Gap = Annotated[
    float | None,
    typer.Option(help="Gap to stop at, like 0.001; else [solve] gap.", min=0, max=0.999),
]
Out = Annotated[Path | None, typer.Option("--out", help="Folder or file to write; it is replaced whole or not at all.")]
Scenario = Annotated[str | None, typer.Option(help="Apply [scenario.NAME] of plan.toml.")]
Week = Annotated[
    str | None,
    typer.Option(help="First day of the week, YYYY-MM-DD; else site.week, else the first whole one that there is."),
]
Previous = Annotated[
    Path | None, typer.Option(help="Run folder of the week before: rest, days in a row and shifts that run on count.")
]
NoWages = Annotated[bool, typer.Option("--no-wages", help="Leave wages and costs out of report and workbook.")]


def told(command: Callable[P, int | None]) -> Callable[P, None]:
    """Turn what a command raises into one clear message and its exit code."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        from ...schedule.optimise.status import Infeasible, NothingFound, Refused, SolverFault

        try:
            code = command(*args, **kwargs) or DONE
        except InputError as error:
            code = say(BAD_INPUT, str(error))
        except Infeasible as error:
            lines = [
                "These cannot hold together:",
                *(f"  - {c}" for c in error.conflict),
                "Smallest change that frees it:",
                *(f"  - {r}" for r in error.repair),
            ]
            code = say(INFEASIBLE, "\n".join(lines))
        except (Stopped, KeyboardInterrupt):
            code = say(STOPPED, "Stopped before there was a result; earlier results are untouched.")
        except NothingFound:
            text = "Time was up before there was a plan; earlier results are untouched. Give it more with --time-limit."
            code = say(LIMIT_WITHOUT_PLAN, text)
        except PermissionError as error:
            code = say(BAD_INPUT, f"no permission for {error.filename}. Earlier results are untouched.")
        except (OSError, MemoryError, SolverFault) as error:
            code = say(INTERNAL, f"Could not finish: {error}. Earlier results are untouched.")
        except Refused as error:
            code = say(REFUSED, str(error))
        raise typer.Exit(code)

    return wrapped


def say(code: int, text: str) -> int:
    """Print what went wrong and return the code."""
    err.print(f"busyhour: {text}", style="bold red" if code != STOPPED else "bold", highlight=False, markup=False)
    return code


def say_wall_clock(path: Path, zone: str | None) -> None:
    """Say that the stamps of a file, which carry offsets, are taken as wall clock where no zone is named."""
    from ...forecast.tables import read_text_csv

    if zone is not None:
        return
    rows = read_text_csv(path)
    if "start" in rows and rows["start"].str.contains(r"\d(?:[+-]\d\d:\d\d|Z)$").any():
        text = f"{path.name}: times are taken as wall clock, clock changes unchecked; name their zone with --zone"
        err.print(f"busyhour: {text}.", highlight=False, markup=False)


def say_zoneless(zone: str | None) -> None:
    """Say that without a zone times are wall clock."""
    if zone is None:
        text = "times are taken as wall clock, clock changes unchecked; name their zone with --zone"
        err.print(f"busyhour: {text}.", highlight=False, markup=False)


def say_interval(volume: Any, *, quiet: bool) -> None:
    """Say which interval the rows of a bare volume are taken to have, and why."""
    if not quiet:
        err.print(f"busyhour: {volume.said}.", highlight=False, markup=False)


MANY, WIDE = 12, 160
"""Findings printed one by one, and width of a printed table in characters: both fit one screen."""


def say_findings(quality: Any) -> None:
    """Say what was odd about a history and what was done, a line each; the rest is counted."""
    import pandas as pd

    for row in quality.head(MANY).itertuples():
        span = "" if pd.isna(row.start) else f"{row.start:%Y-%m-%d %H:%M} to {row.end:%Y-%m-%d %H:%M}, "
        text = f"{row.queue + ', ' if row.queue else ''}{span}{row.kind}: {row.what}; {row.action}"
        err.print(f"busyhour: {text}.", highlight=False, markup=False)
    if len(quality) > MANY:
        err.print(f"busyhour: … and {len(quality) - MANY} more findings.", highlight=False, markup=False)


def date_of(text: str | None) -> Any:
    """Read a date of the command line."""
    import datetime as dt

    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError("not a date", column="--week", value=text, mend="Write it like 2026-11-30") from None


def show_frame(frame: Any, *, as_json: bool, quiet: bool) -> None:
    """Print a table for people, or as JSON records."""
    if as_json:
        sys.stdout.write(frame.to_json(orient="records", date_format="iso", indent=2) + "\n")
    elif not quiet:
        from .screen import grid_of

        Console(highlight=False, width=WIDE).print(grid_of(frame))
