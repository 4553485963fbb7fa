"""The command `today`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...forecast.errors import InputError
from .command import Json, NoWages, Out, Quiet, Seed, err, places, remark, told
from .console import Console
from .exit_codes import DONE

if TYPE_CHECKING:
    from ...forecast.progress import Watch
    from ..today.message import Message
    from ..today.watch import Channel, Told

app = typer.Typer()

MOST_ACTIONS = 5
"""Actions that are printed; the page and actions.csv have them all."""


@app.command()
@told
def today(
    run: Annotated[Path, typer.Argument(help="Run folder of the week that the day belongs to.")],
    actuals: Annotated[
        list[Path],
        typer.Option(
            "--actuals", help="Calls so far: a file like calls.csv, a folder of them, or a .sql file; may be repeated."
        ),
    ],
    database: Annotated[
        str | None,
        typer.Option(help="Database that .sql files ask, like sqlite:///calls.db or postgresql://host/name."),
    ] = None,
    now: Annotated[
        str | None,
        typer.Option(help="Look at the day as of HH:MM or a date and time; else now, or the end of what came."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Look again each minute until the day is over.")] = False,
    every: Annotated[float, typer.Option(help="Seconds between two looks of --watch.", min=1, max=3600)] = 60.0,
    board: Annotated[
        Path | None, typer.Option(help="Who waits at this moment: a file with queue, waiting, longest_wait_s.")
    ] = None,
    events: Annotated[Path | None, typer.Option(help="Log of known events; their days calibrate no alarm.")] = None,
    contract: Annotated[Path | None, typer.Option(help="contract.toml whose period the day belongs to.")] = None,
    alarms: Annotated[
        float, typer.Option("--alarms-per-week", help="False alarms a week that you accept.", min=0.05, max=20)
    ] = 1.0,
    overtime: Annotated[
        int,
        typer.Option(
            help="Most minutes that somebody may be asked to stay longer or come earlier; 0 = none.", min=0, max=240
        ),
    ] = 60,
    apply_: Annotated[
        str | None,
        typer.Option("--apply", help="Take the first N actions, or a menu by its name: a new run folder, judged."),
    ] = None,
    notify: Annotated[
        str | None, typer.Option(help="Program that gets new messages as a JSON list on standard input.")
    ] = None,
    log: Annotated[Path | None, typer.Option(help="File to which new messages are added as JSON lines.")] = None,
    out: Out = None,
    seed: Seed = None,
    no_wages: NoWages = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Watch a running day: on track or not, alarms, queues that back up, and what may be done."""
    from .progress_board import Board

    if apply_ is not None and watch:
        raise InputError("--apply goes with a single look", column="--apply", value=apply_, mend="Leave --watch out")
    with Board(err, quiet=quiet or watch).watching() as eye:
        eye.tell("start")
        from ..config.contract_toml import contract_of
        from ..folders.targets import file_to_write, folder_to_write
        from ..today.kept_calibration import user_folder
        from ..today.look import DayLooker, TodayOptions
        from ..today.overtime import offered_minutes
        from ..today.planned_day import PlannedWeek
        from ..today.watch import DayTeller

        inputs = [run, *actuals, *(p for p in (board, events, contract) if p is not None)]
        if out is not None:
            folder_to_write(out, inputs)
        if log is not None:
            file_to_write(log, [p for p in inputs if p.is_file()])
            places.may_write(log)
        screen = _Screen(as_json=json_, quiet=quiet, watched=watch)
        channels = [screen.messages, *_others(log, notify)]
        asked = TodayOptions(tuple(actuals), now, board, events, alarms, seed, database, watch, user_folder())
        looker = DayLooker(PlannedWeek.read(run, offers=True, overtime=offered_minutes(overtime)), asked)
        terms = None if contract is None else contract_of(contract)
        teller = DayTeller(looker, channels, out, inputs, terms, not no_wages, places.may_write)
        if watch:
            teller.until_over(eye, every, screen.look)
        else:
            told_ = teller.once(eye)
            roster = None if apply_ is None else _applied(run, told_, apply_, eye)
    if not watch:
        screen.whole(told_, roster)
    return DONE


def _applied(run: Path, told_: Told, asked: str, eye: Watch) -> Path:
    """Write the roster with some actions taken, and return its folder."""
    from ..today.apply import apply
    from ..today.take import asked_actions

    actions = asked_actions(asked, told_.look.menu)
    return apply(run, actions, told_.look.actuals.now, watch=eye)[0]


def _others(log: Path | None, notify: str | None) -> list[Channel]:
    """Return who hears new messages beside the screen: a file, and a program."""
    from ..today.notify import append_lines, command_of
    from ..today.notify import notify as notified

    out: list[Channel] = []
    if log is not None:
        out.append(lambda messages: append_lines(log, messages))
    if notify is not None:
        command = command_of(notify)

        def tell(messages: Sequence[Message]) -> None:
            if wrong := notified(command, messages):
                remark(wrong)

        out.append(tell)
    return out


class _Screen:
    """What the terminal shows of looks.

    Parameters
    ----------
    as_json
        Whether messages and summaries are shown as JSON, one message a line.
    watched
        Whether looks follow each other: then only what is new is shown.
    """

    def __init__(self, *, as_json: bool, quiet: bool, watched: bool) -> None:
        self.as_json, self.quiet, self.watched = as_json, quiet, watched
        self._verdict = ""

    def messages(self, new: Sequence[Message]) -> None:
        """Show new messages while looks follow each other."""
        if self.quiet or not self.watched:
            return
        if self.as_json:
            from ..today.notify import lines_of

            sys.stdout.write(lines_of(new))
            sys.stdout.flush()
            return
        for message in new:
            Console(highlight=False, soft_wrap=True).print(message.text)

    def look(self, told_: Told) -> None:
        """Show the verdict of one of many looks where it has changed."""
        sentence = str(told_.summary["verdict"])
        if self.quiet or self.as_json or sentence == self._verdict:
            return
        self._verdict = sentence
        Console(highlight=False, soft_wrap=True).print(f"{told_.look.actuals.now:%H:%M}  {sentence}")

    def whole(self, told_: Told, roster: Path | None) -> None:
        """Show all of the only look, and where the new `roster` is."""
        if self.as_json:
            summary = {**told_.summary, "roster": None if roster is None else str(roster)}
            sys.stdout.write(json.dumps(summary, indent=2, allow_nan=False) + "\n")
            return
        if self.quiet:
            return
        console, look = Console(highlight=False, soft_wrap=True), told_.look
        lines = [f"{look.actuals.now:%H:%M}  {told_.summary['verdict']}", *(m.text for m in look.messages)]
        lines += [f"contract: {line}" for line in (told_.summary["contract"] or {}).get("lines", ())]
        actions = () if look.menu is None else look.menu.actions
        lines += [f"may be done: {a.what} ({a.gain_calls:+.1f} calls in time)" for a in actions[:MOST_ACTIONS]]
        if look.menu is not None and len(actions) > MOST_ACTIONS:
            lines.append(f"… and {len(actions) - MOST_ACTIONS} more; all of them: --apply {look.menu.id}")
        lines += [f"note: {note}" for note in told_.summary["notes"]]
        lines += [f"new roster: {roster}"] * (roster is not None)
        for line in (*lines, f"All of it: {told_.where / 'report.html'}"):
            console.print(line)
