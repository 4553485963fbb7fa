"""The second opinion on a run folder: files, rules of the plan, tables and figures, papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from ...forecast.tables import read_csv
from ...schedule.judge.check import Verdict
from ...schedule.judge.published.banked import CountedFrom, banked
from ...schedule.judge.published.opinion import RULES_OF_PLAN, Question, second_opinion
from ...schedule.tables import TABLES
from ..inputs.arguments import Arguments
from ..inputs.folder import Folder
from ..judging import judged
from .counted_from import counted_from
from .files import check_files, check_inputs
from .papers import missing_papers, papers
from .read import published


def opinion_of(
    run: Path,
    planned: Folder,
    arguments: Arguments,
    texts: Mapping[str, pd.DataFrame],
    summary: Mapping[str, Any],
    *,
    simulate: bool = True,
) -> Verdict:
    """Return the verdict on a run folder.

    Parameters
    ----------
    planned
        The plan that its inputs/ hold.
    arguments
        What the run was asked for beside its files.
    texts
        The tables of inputs/ as plain text: those that the judge reads, and the wishes.
    simulate
        Whether the calls are simulated again, which takes most of the time.

    Raises
    ------
    InputError
        If activity.csv or an input cannot be read.
    """
    activity = read_csv(run / "activity.csv", TABLES["activity"], zone=planned.config.site.zone)
    verdict = judged(activity, planned.plan, texts, arguments.week)
    wrong, notes = check_files(run)
    sla = planned.config.sla
    wrong += check_inputs(run, summary, arguments, None if sla is None else sla.contract)
    asked = {"plan": planned.plan, "week": arguments.week, **texts}
    found = published(run, planned, arguments, asked, summary)
    wrong += found.wrong
    if found.run is not None:
        source, unread = counted_from(planned)
        more, notes = list(papers(run)), [*notes, *unread]
        if source is not None:
            more.append(_of_banked(source))
        violations, told = second_opinion(
            found.run, {RULES_OF_PLAN: verdict.passed}, more, () if simulate else ("simulation",)
        )
        wrong, notes = wrong + violations, [*notes, *told, *missing_papers(run, found.run)]
    return replace(verdict, violations=(*verdict.violations, *wrong), notes=(*verdict.notes, *notes))


def _of_banked(source: CountedFrom) -> Question:
    """Return the question whether banked calls follow from their files."""
    return Question("banked", "summary", lambda o: banked(o.run, source), ("identity",))
