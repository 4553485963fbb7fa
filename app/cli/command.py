"""What all commands share: options, exit codes, and one clear message for whatever went wrong."""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, ParamSpec

import typer

from ...forecast.errors import InputError
from ..faults import code_and_words
from .console import Console
from .exit_codes import DONE, STOPPED
from .places import Places

err = Console(stderr=True, soft_wrap=True)
places = Places()
"""What the command at hand may write."""
P = ParamSpec("P")

Json = Annotated[bool, typer.Option("--json", help="Print the summary as JSON on standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]
Seed = Annotated[int | None, typer.Option(help="Seed of everything random; else [solve] seed.", min=0, max=2**31 - 1)]
TimeLimit = Annotated[
    float | None,
    typer.Option("--time-limit", help="Seconds for the whole decision; else [solve] time_limit_s.", min=1, max=604_800),
]
Gap = Annotated[
    float | None,
    typer.Option(help="Gap to stop at, like 0.001; else [solve] gap.", min=0, max=0.999),
]
Out = Annotated[Path | None, typer.Option("--out", help="Folder or file to write; it is replaced whole or not at all.")]
Scenarios = Annotated[
    list[str] | None,
    typer.Option("--scenario", help="Apply [scenario.NAME]; several are planned side by side, and without any too."),
]
Week = Annotated[
    str | None,
    typer.Option(help="First day of the week, YYYY-MM-DD; else site.week, else the first whole one that there is."),
]
Previous = Annotated[
    Path | None, typer.Option(help="Run folder of the week before: rest, days in a row and shifts that run on count.")
]
Keep = Annotated[
    Path | None,
    typer.Option(help="Run folder of an earlier plan of the same week: each changed day of a person has a price."),
]
NoWages = Annotated[
    bool, typer.Option("--no-wages", help="Leave wages, prices and costs out of all that is written and shown.")
]


def told(command: Callable[P, int | None]) -> Callable[P, None]:
    """Turn what a command raises into one clear message and its exit code."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        places.forget()
        try:
            _refuse_nan(kwargs)
            code = command(*args, **kwargs) or DONE
        except typer.Exit:
            raise
        except (Exception, SystemExit, KeyboardInterrupt) as error:  # noqa: BLE001 - nothing lies behind but the user
            code = say(*code_and_words(error, places.said))
        raise typer.Exit(code)

    return wrapped


def _refuse_nan(options: Mapping[str, object]) -> None:
    """Raise `InputError` where an option is NaN, which lies outside no range."""
    for name, value in options.items():
        if isinstance(value, float) and math.isnan(value):
            raise InputError("not a number", column=f"--{name.replace('_', '-')}", value=value, mend="Write digits")


def say(code: int, text: str) -> int:
    """Print what went wrong and return the code."""
    err.print(f"busyhour: {text}", style="bold red" if code != STOPPED else "bold", highlight=False)
    return code


def remark(text: str) -> None:
    """Print a sentence, which ends without its point, beside the result."""
    err.print(f"busyhour: {text}.", highlight=False)


WALL_CLOCK = "times are taken as wall clock, clock changes unchecked; name their zone with --zone"


def say_wall_clock(path: Path, zone: str | None) -> None:
    """Say that the stamps of a file, which carry offsets, are taken as wall clock where no zone is named."""
    from ...forecast.tables import read_text_csv
    from ..inputs.plain_table import plainly

    if zone is not None:
        return
    with plainly("volume", path) as (place, _):
        rows = read_text_csv(place)
    if "start" in rows and rows["start"].str.contains(r"\d(?:[+-]\d\d:\d\d|Z)$").any():
        remark(f"{path.name}: {WALL_CLOCK}")


def say_zoneless(zone: str | None) -> None:
    """Say that without a zone times are wall clock."""
    if zone is None:
        remark(WALL_CLOCK)


def say_interval(volume: Any, *, quiet: bool) -> None:
    """Say which interval the rows of a bare volume are taken to have, and why."""
    if not quiet:
        remark(volume.said)


MANY, WIDE = 12, 160
"""Findings printed one by one, and width of a printed table in characters: both fit one screen."""


def say_findings(quality: Any) -> None:
    """Say what was odd about a history and what was done, a line each; the rest is counted."""
    import pandas as pd

    for row in quality.head(MANY).itertuples():
        span = "" if pd.isna(row.start) else f"{row.start:%Y-%m-%d %H:%M} to {row.end:%Y-%m-%d %H:%M}, "
        remark(f"{row.queue + ', ' if row.queue else ''}{span}{row.kind}: {row.what}; {row.action}")
    if len(quality) > MANY:
        remark(f"… and {len(quality) - MANY} more findings")


def date_of(text: str | None, option: str = "--week") -> Any:
    """Read a date of the command line."""
    import datetime as dt

    if text is None:
        return None
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        raise InputError("not a date", column=option, value=text, mend="Write it like 2026-11-30") from None
    from ...forecast.calendar.years import refuse_far_year

    refuse_far_year(date, column=option)
    return date


def show_frame(frame: Any, *, as_json: bool, quiet: bool) -> None:
    """Print a table for people, or as JSON records."""
    if as_json:
        sys.stdout.write(frame.to_json(orient="records", date_format="iso", indent=2) + "\n")
    elif not quiet:
        from .screen import grid_of

        Console(highlight=False, width=WIDE).print(grid_of(frame))
