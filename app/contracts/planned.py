"""The plan of a week as a run folder tells it, ready to be simulated."""

from __future__ import annotations

from pathlib import Path

from ...forecast.errors import InputError
from ...forecast.queueing.formulas.time_laws import law_of_cv
from ...forecast.queueing.simulation.assumptions import Assumptions
from ...forecast.tables import TABLES, check, read_csv
from ...schedule.contracts.rest import PlannedWeek
from ...schedule.plan.activity import staffing
from ...schedule.tables import TABLES as SCHEDULE
from ..finished import is_hiring, summary_of
from ..folders.one_run import of_one_run
from ..inputs.arguments import ARGUMENTS, read_arguments
from ..inputs.folder import Folder
from ..inputs.week_before import known_rows


@of_one_run
def planned_week(run: Path, seed: int | None = None) -> PlannedWeek:
    """Return the week that a run of ``busyhour plan`` has planned.

    Parameters
    ----------
    seed
        Of the simulation; None = that of the run.

    Raises
    ------
    InputError
        If the folder is no run of a week, or has no forecast.
    """
    summary = summary_of(run)
    if is_hiring(summary) or "week" not in summary:
        raise InputError("not the run of a week", file=run, mend="Name a folder that busyhour plan has written")
    if not (run / "volume.csv").is_file():
        mend = "Plan from calls with: busyhour plan"
        raise InputError("the run has no volume.csv: nothing tells which calls will come", file=run, mend=mend)
    asked = read_arguments(run / "inputs" / ARGUMENTS)
    config = Folder.read(run / "inputs", asked.scenario, asked.overrides).config
    zone = config.site.zone
    volume = read_csv(run / "volume.csv", TABLES["volume"], zone=zone)
    rows = check(known_rows(run), SCHEDULE["activity"], zone=zone, file=run / "activity.csv")
    steps = staffing(rows)
    steps = steps[steps["queue"].isin(config.queue) & (steps["end"] > volume["start"].min())]
    assumptions = Assumptions(
        interval_min=config.site.interval_min,
        report_min=None,
        week_start=config.site.week_start,
        absent=config.shrinkage.unplanned,
        handle={name: law_of_cv(queue.handle_cv) for name, queue in config.queue.items()},
        patience=None,
        seed=config.solve.seed if seed is None else seed,
    )
    return PlannedWeek(run.name, asked.week, steps.reset_index(drop=True), volume, assumptions)
