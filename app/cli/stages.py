"""Commands that run one stage on bare files.

A command has one parameter for each of its options, since typer reads them so. The command puts them into one frozen
dataclass at once, which everything behind the command takes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...forecast.errors import InputError
from .command import (
    Json,
    Out,
    Quiet,
    Seed,
    err,
    places,
    remark,
    say,
    say_findings,
    say_interval,
    say_wall_clock,
    say_zoneless,
    show_frame,
    told,
)
from .exit_codes import BAD_INPUT, DONE, STOPPED

app = typer.Typer()

Trust = Annotated[
    list[str] | None,
    typer.Option(help="A column whose odd figures are right: offered, handle_s, start or queue; repeatable."),
]
IntervalMin = Annotated[
    int | None,
    typer.Option(
        "--interval",
        help="Minutes of the volume's intervals; else as its columns say or its rows prove.",
        min=1,
        max=1440,
    ),
]


@app.command()
@told
def forecast(
    calls: Annotated[
        Path,
        typer.Argument(
            help="History: queue?, start, offered (or time, calls); may be gzipped, may be finer than the interval."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="volume.csv to write.")],
    days: Annotated[int, typer.Option(help="Days to forecast after the history's last.", min=1, max=550)] = 14,
    interval: Annotated[str, typer.Option(help="Interval of the forecast, 30min or 30.")] = "30min",
    opening: Annotated[
        str | None,
        typer.Option(
            "--open", help="Opening hours of every weekday that has calls, 07:00-21:00; else as in the history."
        ),
    ] = None,
    closed: Annotated[Path | None, typer.Option(help="CSV with a column date: closed days.")] = None,
    country: Annotated[str | None, typer.Option(help="Country of public holidays and weekends, like FR.")] = None,
    min_intervals: Annotated[
        int, typer.Option(help="A day with fewer intervals than this counts as missing.", min=0)
    ] = 0,
    zone: Annotated[
        str | None,
        typer.Option(help="Time zone of the stamps; else they are wall clock and clock changes are not checked."),
    ] = None,
    queue: Annotated[str | None, typer.Option(help="Only this queue.")] = None,
    model: Annotated[str, typer.Option(help="Model name, or auto: all of them run against your own past.")] = "factor",
    handle_s: Annotated[
        float | None, typer.Option(help="Mean handle time where the history has none.", min=1, max=86_400)
    ] = None,
    patience_s: Annotated[
        float | None, typer.Option(help="Mean patience of callers; else as the history tells, or for ever.", min=1)
    ] = None,
    trust: Trust = None,
    overrides: Annotated[
        Path | None, typer.Option(help="CSV start, calls or factor (queue, end, note, made): your own numbers.")
    ] = None,
    now: Annotated[
        str | None,
        typer.Option(help="A moment of a running day: later calls are not used, and the rest of the day is forecast."),
    ] = None,
    details: Annotated[
        Path | None, typer.Option(help="Folder for what the forecast rests on: quality, parts, past weeks, errors.")
    ] = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Forecast calls and handle time from a bare file of calls."""
    from ...forecast.calls.history_options import HistoryOptions, minutes_of
    from ...forecast.options import ForecastOptions
    from ..files import write_csv
    from ..folders.targets import file_to_write
    from ..stages import bare_calls, closed_days, details_of, forecast_file
    from .progress_board import Board
    from .screen import errors_of

    given = (calls, closed, overrides)
    file_to_write(out, given)
    if details is not None:
        file_to_write(details / "quality.csv", given)
    board = Board(err, quiet=quiet)
    with board.watching() as watch:
        history = HistoryOptions(
            interval_min=minutes_of(interval), open_hours=opening, closed=closed_days(closed), country=country,
            min_intervals=min_intervals, queue=queue, zone=zone,
        )  # fmt: skip
        options = ForecastOptions(history, days, model, handle_s, patience_s, now)
        result = forecast_file(bare_calls(calls, history, tuple(trust or ())), options, overrides, watch)
    places.may_write(out, *((details,) if details is not None else ()))
    write_csv(out, result.volume)
    if details is not None:
        for name, frame in details_of(result).items():
            write_csv(file_to_write(details / f"{name}.csv", (*given, out)), frame)
    if not quiet:
        say_zoneless(zone)
        if result.volume.empty:
            remark("every queue is closed on all of these days")
        say_findings(result.quality[result.quality["kind"] != "failed"])
    show_frame(result.backtest if json_ else errors_of(result.backtest), as_json=json_, quiet=quiet)
    for name, error in result.failed.items():
        say(BAD_INPUT, f"queue {name} is left out: {error}")
    return BAD_INPUT if result.failed else DONE


@app.command()
@told
def backtest(
    calls: Annotated[Path, typer.Argument(help="History, as for forecast.")],
    origins: Annotated[
        Path, typer.Option(help="CSV origin,horizon_days: an origin is the last day whose actuals may be used.")
    ],
    out: Annotated[Path, typer.Option("--out", help="F.csv to write: origin, timestamp, mean, quantiles.")],
    model: Annotated[str, typer.Option(help="Model name, auto or all.")] = "factor",
    daytype: Annotated[
        str, typer.Option(help="business (the days worked, all but the country's weekend) or calendar days.")
    ] = "business",
    interval: Annotated[str, typer.Option(help="Interval of the forecast, 30min or 30.")] = "30min",
    opening: Annotated[
        str | None,
        typer.Option(
            "--open", help="Opening hours of every weekday that has calls, 07:00-21:00; else as in the history."
        ),
    ] = None,
    closed: Annotated[Path | None, typer.Option(help="CSV with a column date: closed days.")] = None,
    country: Annotated[str | None, typer.Option(help="Country of public holidays and weekends, like FR.")] = None,
    min_intervals: Annotated[
        int, typer.Option(help="A day with fewer intervals than this counts as missing.", min=0)
    ] = 0,
    zone: Annotated[str | None, typer.Option(help="Time zone of the stamps.")] = None,
    queue: Annotated[str | None, typer.Option(help="Only this queue.")] = None,
    trust: Trust = None,
    overrides: Annotated[
        Path | None,
        typer.Option(help="CSV start, end?, calls or factor, queue?, made?: whether your own numbers came nearer."),
    ] = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Forecast from past origins and print how far off it was."""
    from ...forecast.backtesting.rolling import scores
    from ...forecast.calls.history_options import HistoryOptions, minutes_of
    from ..files import write_csv
    from ..folders.targets import file_to_write
    from ..stages import backtest_file, bare_calls, closed_days, overrides_file
    from .progress_board import Board
    from .screen import errors_of, remarks

    file_to_write(out, (calls, origins, closed, overrides))
    board = Board(err, quiet=quiet)
    with board.watching() as watch:
        options = HistoryOptions(
            interval_min=minutes_of(interval), open_hours=opening, closed=closed_days(closed), country=country,
            min_intervals=min_intervals, queue=queue, zone=zone,
        )  # fmt: skip
        history = bare_calls(calls, options, tuple(trust or ()))
        predictions = backtest_file(history, origins, options, model=model, daytype=daytype, watch=watch)
        value = None
        if overrides is not None:
            judged = "factor" if model == "all" else model
            value = overrides_file(history, overrides, options, model=judged, watch=watch)
    table = scores(predictions)
    places.may_write(out)
    write_csv(out, predictions.drop(columns=["position", "asked", "seconds"]))
    show_frame(table if json_ else errors_of(table), as_json=json_, quiet=quiet)
    if quiet:
        return
    say_zoneless(zone)
    for text in remarks(predictions, table):
        remark(text)
    if value is not None:
        show_frame(value, as_json=False, quiet=False)


@app.command()
@told
def require(
    volume: Annotated[Path, typer.Argument(help="volume.csv: queue, start, calls, handle_s, patience_s, quantiles.")],
    goal: Annotated[
        list[str], typer.Option(help="80/20 = 80 % answered within 20 s; NAME=80/20 for one queue; repeatable.")
    ],
    out: Annotated[Path, typer.Option("--out", help="requirement.csv to write; curve.csv goes beside it.")],
    definition: Annotated[str, typer.Option(help="offered, answered, total or excl_short.")] = "offered",
    max_abandon: Annotated[float | None, typer.Option(help="Cap on the share that hangs up.", min=0, max=1)] = None,
    max_occupancy: Annotated[float | None, typer.Option(help="Cap on the occupancy, a share.", min=0, max=1)] = None,
    max_asa_s: Annotated[
        float | None, typer.Option(help="Cap on the mean wait of answered calls.", min=0, max=86_400)
    ] = None,
    min_agents: Annotated[int, typer.Option(help="Least agents while open.", min=0, max=100_000)] = 0,
    model: Annotated[
        str | None, typer.Option(help="erlang_a or erlang_c; else by whether the volume has a patience.")
    ] = None,
    moving: Annotated[
        bool, typer.Option("--moving", help="Follow the queue from interval to interval, not each one by itself.")
    ] = False,
    unplanned: Annotated[float, typer.Option(help="Unplanned shrinkage, a share.", min=0, max=0.89)] = 0.0,
    planned: Annotated[
        float, typer.Option(help="Planned shrinkage, a share; information only.", min=0, max=0.89)
    ] = 0.0,
    interval: IntervalMin = None,
    trust: Trust = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of the stamps.")] = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Turn a volume table into agents required and service curves."""
    from ..files import write_csv
    from ..folders.targets import file_to_write
    from ..inputs.bare_volume import bare_volume
    from ..stages import RequireOptions, require_volume
    from .progress_board import Board

    curve = out.with_name("curve.csv")
    if curve == out:
        raise InputError("the curve is written to curve.csv beside it", column="--out", value=str(out),
                         mend="Give the requirement another name")  # fmt: skip
    for path in (out, curve):
        file_to_write(path, [volume])
    say_wall_clock(volume, zone)
    options = RequireOptions(
        definition, max_abandon, max_occupancy, max_asa_s, min_agents, model, unplanned, planned, moving
    )
    rows = bare_volume(volume, zone=zone, interval_min=interval, trust=trust or ())
    say_interval(rows, quiet=quiet)
    with Board(err, quiet=quiet).watching() as watch:
        result = require_volume(rows, goal, options, watch)
    places.may_write(out, curve)
    write_csv(out, result.requirement)
    write_csv(curve, result.curve)
    required = result.requirement
    totals = (
        required[required["open"] == 1]
        .groupby("queue")[["load_erl", "agents_phone"]]
        .agg(["mean", "max"])
        .round(1)
        .reset_index()
    )
    totals.columns = ["queue", "load_erl mean", "load_erl max", "agents_phone mean", "agents_phone max"]
    show_frame(totals, as_json=json_, quiet=quiet)


@app.command()
@told
def simulate(
    staffing: Annotated[
        Path,
        typer.Argument(help="Steps queue?, start, end, agents on any grid; or a run's coverage.csv or activity.csv."),
    ],
    volume: Annotated[Path, typer.Argument(help="volume.csv.")],
    goal: Annotated[
        list[str] | None,
        typer.Option(help="80/20 = 80 % answered within 20 s, also the default; NAME=80/20 for one queue; repeatable."),
    ] = None,
    definition: Annotated[str, typer.Option(help="offered, answered, total or excl_short.")] = "offered",
    unplanned: Annotated[
        float | None,
        typer.Option(help="Share of staff absent on the day; else that of the staffing's run, or 0.", min=0, max=0.89),
    ] = None,
    handle_cv: Annotated[float, typer.Option(help="Coefficient of variation of handle times.", min=0, max=10)] = 1.0,
    handle: Annotated[
        Path | None, typer.Option(help="CSV of handle times, seconds (queue?, quantile?); else by --handle-cv.")
    ] = None,
    patience: Annotated[
        Path | None, typer.Option(help="CSV of patience, seconds (queue?, quantile?); else exponential.")
    ] = None,
    report: Annotated[
        int | None, typer.Option(help="Minutes of the intervals in --out; else as in the volume.", min=1, max=1440)
    ] = None,
    out: Out = None,
    interval: IntervalMin = None,
    trust: Trust = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of the stamps.")] = None,
    seed: Seed = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Simulate a staffing call by call: service level per interval, day and week with a 95 % interval."""
    from ...forecast.queueing.simulation.precision import SimulationEnd
    from ..files import write_csv
    from ..folders.targets import file_to_write
    from ..inputs.bare_volume import bare_volume
    from ..stages import SimulateOptions, absence_of_run, absent_told, simulate_volume
    from .console import Console
    from .progress_board import Board
    from .screen import simulation

    if out is not None:
        file_to_write(out, (staffing, volume, handle, patience))
    say_wall_clock(volume, zone)
    rows = bare_volume(volume, zone=zone, interval_min=interval, trust=trust or ())
    say_interval(rows, quiet=quiet)
    if unplanned is None and (absent := absence_of_run(staffing)) and not quiet:
        remark(f"absence {absent_told(absent)}, as in the plan of the run; --unplanned says otherwise")
    board = Board(err, quiet=quiet)
    with board.watching() as watch:
        options = SimulateOptions(definition, unplanned, handle_cv, handle, patience, report, seed or 0)
        found = simulate_volume(staffing, rows, goal or ["80/20"], options, watch)
    if out is not None:
        places.may_write(out)
        write_csv(out, found.service)
    if json_:
        show_frame(found.service[found.service["period"] != "interval"], as_json=True, quiet=quiet)
    elif not quiet:
        Console(highlight=False).print(simulation(found))
    return STOPPED if found.stopped == SimulationEnd.USER else DONE
