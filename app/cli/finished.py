"""Commands on finished runs."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from .command import Json, places, show_frame, told
from .console import Console
from .exit_codes import DONE, REFUSED

app = typer.Typer()

MOST_TOLD = 100
"""Violations of one rule that `check` prints, the rest is counted; ``--json`` has them all."""
MOST_NOTES = 20
"""Notes of `check` on the terminal: a desk of a thousand may have one for each person."""


@app.command()
@told
def check(run: Annotated[Path, typer.Argument(help="Run folder.")], json_: Json = False) -> int:
    """Give a second opinion on a run: rules, files, tables, figures and papers, from activity and inputs."""
    from ..finished import is_hiring, summary_of, verdict_of

    verdict = verdict_of(run)
    if json_:
        rows = [{"rule": v.rule, "agent": v.agent, "start": str(v.start), "text": v.text} for v in verdict.violations]
        sys.stdout.write(
            json.dumps(
                {
                    "violations": rows,
                    "notes": list(verdict.notes),
                    "paid_hours": verdict.paid_hours,
                    "shifts": verdict.shifts,
                },
                indent=2,
            )
            + "\n"
        )
    else:
        console = Console(highlight=False, soft_wrap=True)
        numbers = Counter(v.rule for v in verdict.violations)
        for rule, number in numbers.items():
            for v in [v for v in verdict.violations if v.rule == rule][:MOST_TOLD]:
                console.print(str(v))
            if number > MOST_TOLD:
                console.print(f"{rule}: {number - MOST_TOLD:,} more")
        for note in verdict.notes[:MOST_NOTES]:
            console.print(f"note: {note}")
        if len(verdict.notes) > MOST_NOTES:
            console.print(f"note: {len(verdict.notes) - MOST_NOTES} more notes, all with --json")
        what = "classes" if is_hiring(summary_of(run, odd_figures=True)) else "shifts"
        console.print(
            f"{verdict.shifts} {what}, {verdict.paid_hours:,.1f} paid hours, {len(verdict.violations)} violations"
        )
    return REFUSED if verdict.violations else DONE


@app.command()
@told
def explain(
    run: Annotated[Path, typer.Argument(help="Run folder.")],
    most: Annotated[int, typer.Option(help="Rows to show.", min=1)] = 20,
    json_: Json = False,
) -> None:
    """Say, for each short stretch, which rule binds and what one more agent there costs."""
    from ..finished import summary_of, table_of
    from ..missed import missed_lines

    rows = table_of(run, "explain").head(most)
    if json_:
        show_frame(rows, as_json=True, quiet=False)
        return
    console = Console(highlight=False, soft_wrap=True)
    for line in missed_lines(summary_of(run)):
        console.print(line)
    if rows.empty:
        console.print("No slot has fewer agents than its requirement.")
    for r in rows.to_dict("records"):
        when = f"{r['start'][:10]} {r['start'][11:16]}-{r['end'][11:16]}"
        console.print(f"{when}  {r['queue']}  {float(r['under']):g} short at worst  [{r['binding_rule']}]")
        console.print(f"    {r['detail']}")


@app.command()
@told
def report(
    run: Annotated[Path, typer.Argument(help="Run folder.")],
    no_wages: Annotated[
        bool, typer.Option("--no-wages", help="Leave wages and costs out of report and workbook.")
    ] = False,
) -> None:
    """Write report.html, schedule.xlsx, calendars and agent sheets of a run again."""
    from ..finished import write_papers

    places.may_write(*(run / name for name in ("schedule.xlsx", "calendars", "sheets.html", "report.html")))
    Console().print(f"Wrote {write_papers(run, wages=not no_wages)}", highlight=False)


@app.command()
@told
def diff(
    a: Annotated[Path, typer.Argument(help="Run folder.")],
    b: Annotated[Path, typer.Argument(help="Run folder.")],
    json_: Json = False,
) -> None:
    """Show what differs between two plans, person by person."""
    from ..finished import difference

    changed = difference(a, b)
    show_frame(changed, as_json=json_, quiet=False)
    if not json_:
        moved = (changed["before"].str[:11] != changed["after"].str[:11]).sum()
        people = changed["agent"].nunique()
        line = f"{len(changed)} days of {people} people differ, {moved} of them in their hours"
        Console(highlight=False).print(line if len(changed) else "The two plans are the same.")


@app.command()
@told
def compare(
    runs: Annotated[
        list[Path], typer.Argument(help="Run folders, of weeks or of hiring plans; the first is the base.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder to write: compare.csv, and compare.png, what the difference is made of."),
    ] = None,
    json_: Json = False,
) -> None:
    """Put the figures of several runs side by side."""
    from ..finished import figures_of, side_by_side, summary_of
    from ..missed import missed_lines

    if out is not None:
        from ..comparison import write_comparison
        from ..folders.targets import folder_to_write

        place = folder_to_write(out, runs)
        places.may_write(place)
        write_comparison(runs, place)
    show_frame(figures_of(runs) if json_ else side_by_side(runs), as_json=json_, quiet=False)
    for run in () if json_ else runs:
        for line in missed_lines(summary_of(run)):
            Console(highlight=False, soft_wrap=True).print(f"{run}: {line}")
    if out is not None and not json_:
        Console(highlight=False, soft_wrap=True).print(f"Wrote {out}")
