"""The command line: `busyhour`. Libraries that are slow to import are imported inside the commands."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer
from rich.console import Console

from ..forecast.errors import InputError
from ..forecast.progress import Stopped

if TYPE_CHECKING:
    from ..forecast.queueing.targets import ServiceGoal

DONE, INTERNAL, USAGE, BAD_INPUT, INFEASIBLE, LIMIT_WITH_PLAN, LIMIT_WITHOUT_PLAN, REFUSED, STOPPED = 0, 1, 2, 3, 4, 5, 6, 7, 130

app = typer.Typer(
    name="busyhour",
    help="Plan the people of a call centre: from calls to a judged roster.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
)
err = Console(stderr=True, soft_wrap=True)
P = ParamSpec("P")

Json = Annotated[bool, typer.Option("--json", help="Print the summary as JSON on standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
Seed = Annotated[int | None, typer.Option(help="Seed of everything random; else [solve] seed.", min=0)]
TimeLimit = Annotated[float | None, typer.Option("--time-limit", help="Seconds for cover and roster together; else [solve] time_limit_s.", min=1)]
Gap = Annotated[float | None, typer.Option(help="Gap to stop at, as a share (0.001); else [solve] gap.", min=0, max=1)]
Out = Annotated[Path | None, typer.Option("--out", help="Folder or file to write; it is replaced whole or not at all.")]
Scenario = Annotated[str | None, typer.Option(help="Apply [scenario.NAME] of plan.toml.")]
Week = Annotated[str | None, typer.Option(help="First day of the week, YYYY-MM-DD; else site.week, else the week after the history.")]
Previous = Annotated[Path | None, typer.Option(help="Run folder of the week before: its last shifts count for rest and days in a row.")]
NoWages = Annotated[bool, typer.Option("--no-wages", help="Leave wages and costs out of report and workbook.")]


def told(command: Callable[P, int | None]) -> Callable[P, None]:
    """Turn what a command raises into one clear message and its exit code."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        from ..schedule.status import Infeasible

        try:
            code = command(*args, **kwargs) or DONE
        except InputError as error:
            code = _say(BAD_INPUT, str(error))
        except Infeasible as error:
            lines = ["These cannot hold together:", *(f"  - {c}" for c in error.conflict), "Smallest change that frees it:", *(f"  - {r}" for r in error.repair)]
            code = _say(INFEASIBLE, "\n".join(lines))
        except (Stopped, KeyboardInterrupt):
            code = _say(STOPPED, "Stopped before there was a plan; earlier results are untouched.")
        except (OSError, MemoryError) as error:
            code = _say(BAD_INPUT, f"Could not finish: {error}. Earlier results are untouched.")
        except RuntimeError as error:
            if type(error).__name__ != "Refused":
                raise
            code = _say(REFUSED, str(error))
        raise typer.Exit(code)

    return wrapped


def _say(code: int, text: str) -> int:
    err.print(f"busyhour: {text}", style="bold red" if code != STOPPED else "bold", highlight=False, markup=False)
    return code


def _date(text: str | None) -> Any:
    import datetime as dt

    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError("not a date", column="--week", value=text, mend="Write it like 2026-11-30") from None


def _code(summary: dict[str, Any], gap: float) -> int:
    if summary["stopped"] == "user":
        return STOPPED
    if summary["stopped"] == "time" and (summary["gap"] is None or summary["gap"] > gap):
        return LIMIT_WITH_PLAN
    return DONE


def _finish(out: Path, summary: dict[str, Any], *, as_json: bool, quiet: bool, gap: float) -> int:
    from .screen import screen

    if as_json:
        sys.stdout.write(json.dumps(summary, indent=2, allow_nan=False) + "\n")
    elif not quiet:
        Console(highlight=False).print(screen(summary, out))
    return _code(summary, gap)


@app.command()
@told
def init(folder: Annotated[Path, typer.Argument(help="Folder to make; it must not exist or be empty.")]) -> None:
    """Write a commented starter folder: plan.toml and small example files to replace."""
    from .starter import write_starter

    write_starter(folder)
    Console().print(f"Made {folder}. Next: put your calls into {folder / 'calls.csv'}, then: busyhour plan {folder}", highlight=False, markup=False)


@app.command()
@told
def plan(
    folder: Annotated[Path, typer.Argument(help="Folder with plan.toml and the files beside it.")],
    week: Week = None,
    scenario: Scenario = None,
    out: Out = None,
    previous: Previous = None,
    seed: Seed = None,
    time_limit: TimeLimit = None,
    gap: Gap = None,
    no_wages: NoWages = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Plan a week: forecast, requirement, shifts and breaks, named roster, simulation, judge, report."""
    from .show import Board

    board = Board(err, quiet=quiet)
    with board.watching() as watch:
        watch.tell("start")
        from .plan import Ask, plan as run

        ask = Ask(out, _date(week), scenario, seed, time_limit, gap, previous, not no_wages, {"seed": seed, "time_limit_s": time_limit, "gap": gap})
        where, summary = run(folder, ask, watch, lambda: board.log)
    return _finish(where, summary, as_json=json_, quiet=quiet, gap=_asked_gap(folder, scenario, gap))


def _asked_gap(folder: Path, scenario: str | None, gap: float | None) -> float:
    from .config import read_plan

    return gap if gap is not None else read_plan(folder, scenario)[0].solve.gap


@app.command()
@told
def forecast(
    calls: Annotated[Path, typer.Argument(help="History: queue?, start, offered (or time, calls); may be gzipped, may be finer than the interval.")],
    out: Annotated[Path, typer.Option("--out", help="volume.csv to write.")],
    days: Annotated[int, typer.Option(help="Days to forecast after the history's last.", min=1, max=600)] = 14,
    interval: Annotated[int, typer.Option(help="Minutes of an interval.", min=5, max=60)] = 30,
    opening: Annotated[str | None, typer.Option("--open", help="Opening hours of every day, 07:00-21:00; else as in the history.")] = None,
    closed: Annotated[Path | None, typer.Option(help="CSV with a column date: closed days.")] = None,
    country: Annotated[str | None, typer.Option(help="Country of public holidays, like FR.")] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of the stamps; else they are wall clock and clock changes are not checked.")] = None,
    queue: Annotated[str | None, typer.Option(help="Only this queue.")] = None,
    model: Annotated[str, typer.Option(help="Model name or auto.")] = "auto",
    handle_s: Annotated[float | None, typer.Option(help="Mean handle time where the history has none.", min=1)] = None,
    patience_s: Annotated[float | None, typer.Option(help="Mean patience of callers; else they wait for ever.", min=1)] = None,
    seed: Seed = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Forecast calls and handle time from a bare file of calls."""
    from .show import Board
    from .single import forecast_file
    from .store import write_csv

    board = Board(err, quiet=quiet)
    with board.watching() as watch:
        result = forecast_file(
            calls, days=days, interval_min=interval, opening=opening, closed=closed, country=country, zone=zone, queue=queue, model=model,
            handle_s=handle_s, patience_s=patience_s, seed=seed or 0, watch=watch,
        )  # fmt: skip
    write_csv(out, result.volume)
    _frame(result.backtest, as_json=json_, quiet=quiet)


@app.command()
@told
def backtest(
    calls: Annotated[Path, typer.Argument(help="History, as for forecast.")],
    origins: Annotated[Path, typer.Option(help="CSV origin,horizon_days: an origin is the last day whose actuals may be used.")],
    out: Annotated[Path, typer.Option("--out", help="F.csv to write: origin, timestamp, mean, quantiles.")],
    model: Annotated[str, typer.Option(help="Model name, auto or all.")] = "auto",
    daytype: Annotated[str, typer.Option(help="business (weekdays) or calendar days.")] = "business",
    interval: Annotated[int, typer.Option(help="Minutes of an interval.", min=5, max=60)] = 30,
    opening: Annotated[str | None, typer.Option("--open", help="Opening hours of every day, 07:00-21:00; else as in the history.")] = None,
    closed: Annotated[Path | None, typer.Option(help="CSV with a column date: closed days.")] = None,
    country: Annotated[str | None, typer.Option(help="Country of public holidays, like FR.")] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of the stamps.")] = None,
    queue: Annotated[str | None, typer.Option(help="Only this queue.")] = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Forecast from past origins and print how far off it was."""
    from .show import Board
    from .single import backtest_file
    from .store import write_csv

    board = Board(err, quiet=quiet)
    with board.watching() as watch:
        predictions, scores = backtest_file(
            calls, origins, interval_min=interval, opening=opening, closed=closed, country=country, zone=zone, queue=queue, model=model,
            daytype=daytype, watch=watch,
        )  # fmt: skip
    write_csv(out, predictions)
    _frame(scores, as_json=json_, quiet=quiet)


def _goal(text: str, definition: str, basis: str) -> ServiceGoal:
    from ..forecast.queueing.targets import ServiceGoal

    return ServiceGoal.parse(text, definition=definition, basis=basis)


@app.command()
@told
def require(
    volume: Annotated[Path, typer.Argument(help="volume.csv: queue, start, calls, handle_s, patience_s, quantiles.")],
    goal: Annotated[str, typer.Option(help="80/20 = 80 % answered within 20 s.")],
    out: Annotated[Path, typer.Option("--out", help="requirement.csv to write; curve.csv goes beside it.")],
    definition: Annotated[str, typer.Option(help="offered, answered, total or excl_short.")] = "offered",
    model: Annotated[str | None, typer.Option(help="erlang_a or erlang_c; else by whether the volume has a patience.")] = None,
    unplanned: Annotated[float, typer.Option(help="Unplanned shrinkage, a share.", min=0, max=0.89)] = 0.0,
    planned: Annotated[float, typer.Option(help="Planned shrinkage, a share; information only.", min=0, max=0.89)] = 0.0,
    zone: Annotated[str | None, typer.Option(help="Time zone of the stamps.")] = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Turn a volume table into agents required and service curves."""
    from .single import require_file
    from .store import write_csv

    result = require_file(volume, _goal(goal, definition, "interval"), model=model, unplanned=unplanned, planned=planned, zone=zone)
    write_csv(out, result.requirement)
    write_csv(out.with_name("curve.csv"), result.curve)
    rows = result.requirement
    totals = rows[rows["open"] == 1].groupby("queue")[["load_erl", "agents_phone"]].agg(["mean", "max"]).round(1).reset_index()
    totals.columns = ["queue", "load_erl mean", "load_erl max", "agents_phone mean", "agents_phone max"]
    _frame(totals, as_json=json_, quiet=quiet)


@app.command()
@told
def schedule(
    requirement: Annotated[Path, typer.Option(help="requirement.csv; start and agents_phone are enough.")],
    rules: Annotated[Path, typer.Option(help="plan.toml with shifts, contracts and rules; people files lie beside it.")],
    out: Annotated[Path, typer.Option("--out", help="Run folder to write.")],
    curve: Annotated[Path | None, typer.Option(help="curve.csv: with it the goal may be per day or week.")] = None,
    staff: Annotated[Path | None, typer.Option(help="staff.csv; else the one beside the rules; none = anonymous shifts.")] = None,
    previous: Previous = None,
    seed: Seed = None,
    time_limit: TimeLimit = None,
    gap: Gap = None,
    no_wages: NoWages = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Schedule a requirement made elsewhere."""
    from .show import Board
    from .single import schedule_file

    board = Board(err, quiet=quiet)
    with board.watching() as watch:
        from .plan import Ask

        ask = Ask(out, None, None, seed, time_limit, gap, previous, not no_wages)
        where, summary, asked = schedule_file(requirement, curve, rules, staff, ask, watch, lambda: board.log)
    return _finish(where, summary, as_json=json_, quiet=quiet, gap=asked)


@app.command()
@told
def simulate(
    staffing: Annotated[Path, typer.Argument(help="Steps queue?, start, end, agents on any grid; or a run's activity.csv.")],
    volume: Annotated[Path, typer.Argument(help="volume.csv.")],
    goal: Annotated[str, typer.Option(help="80/20 = 80 % answered within 20 s.")] = "80/20",
    definition: Annotated[str, typer.Option(help="offered, answered, total or excl_short.")] = "offered",
    unplanned: Annotated[float, typer.Option(help="Share of staff absent on the day.", min=0, max=0.89)] = 0.0,
    handle_cv: Annotated[float, typer.Option(help="Coefficient of variation of handle times.", min=0, max=10)] = 1.0,
    out: Out = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of the stamps.")] = None,
    seed: Seed = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Simulate a staffing call by call: service level per interval, day and week with a 95 % interval."""
    from .show import Board
    from .single import simulate_file
    from .store import write_csv

    board = Board(err, quiet=quiet)
    with board.watching() as watch:
        service = simulate_file(staffing, volume, _goal(goal, definition, "day"), unplanned=unplanned, handle_cv=handle_cv, zone=zone, seed=seed or 0, watch=watch)
    if out is not None:
        write_csv(out, service)
    _frame(service[service["period"] != "interval"], as_json=json_, quiet=quiet)


@app.command()
@told
def check(run: Annotated[Path, typer.Argument(help="Run folder.")], json_: Json = False) -> int:
    """Judge a run again, from activity.csv and inputs/ alone."""
    from .runs import verdict_of

    verdict = verdict_of(run)
    if json_:
        rows = [{"rule": v.rule, "agent": v.agent, "start": str(v.start), "text": v.text} for v in verdict.violations]
        sys.stdout.write(json.dumps({"violations": rows, "notes": list(verdict.notes), "paid_hours": verdict.paid_hours, "shifts": verdict.shifts}, indent=2) + "\n")
    else:
        console = Console(highlight=False, soft_wrap=True)
        for v in verdict.violations:
            console.print(f"{v.rule}: {v.text}", markup=False)
        console.print(f"{verdict.shifts} shifts, {verdict.paid_hours:,.1f} paid hours, {len(verdict.violations)} violations", markup=False)
    return REFUSED if verdict.violations else DONE


@app.command()
@told
def explain(run: Annotated[Path, typer.Argument(help="Run folder.")], most: Annotated[int, typer.Option(help="Rows to show.", min=1)] = 20, json_: Json = False) -> None:
    """Say, for each short stretch, which rule binds and what one more agent there costs."""
    from .runs import table_of

    _frame(table_of(run, "explain").head(most), as_json=json_, quiet=False)


@app.command()
@told
def report(run: Annotated[Path, typer.Argument(help="Run folder.")], no_wages: NoWages = False) -> None:
    """Write report.html, schedule.xlsx, calendars and agent sheets of a run again."""
    from .runs import write_papers

    Console().print(f"Wrote {write_papers(run, wages=not no_wages)}", highlight=False, markup=False)


@app.command()
@told
def diff(a: Annotated[Path, typer.Argument(help="Run folder.")], b: Annotated[Path, typer.Argument(help="Run folder.")], json_: Json = False) -> None:
    """Show what differs between two plans, person by person."""
    from .runs import difference

    _frame(difference(a, b), as_json=json_, quiet=False)


@app.command()
@told
def compare(runs: Annotated[list[Path], typer.Argument(help="Run folders.")], json_: Json = False) -> None:
    """Put the figures of several runs side by side."""
    from .runs import side_by_side

    _frame(side_by_side(runs), as_json=json_, quiet=False)


def _frame(frame: Any, *, as_json: bool, quiet: bool) -> None:
    """Print a table for people, or as JSON records."""
    if as_json:
        sys.stdout.write(frame.to_json(orient="records", date_format="iso", indent=2) + "\n")
    elif not quiet:
        from .screen import grid_of

        Console(highlight=False).print(grid_of(frame))


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("NUMBA_DISABLE_PERFORMANCE_WARNINGS", "1")
    app()


if __name__ == "__main__":
    main()
