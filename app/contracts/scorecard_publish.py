"""The run folder of a scorecard: tables, summary, page, renewal sheet and inputs, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ...schedule.contracts.ranking import Ranking
from ..files import write_atomic, write_csv
from ..folders.swap import put, work_folder
from ..folders.targets import followed
from ..publish.folder import write_inputs
from ..versions import versions
from .card import MadeCard
from .renewal import renewal_sheet
from .scorecard_page import page_of, thin_lines
from .scorecard_tables import tables_of
from .scorecard_words import headline, not_told

KIND = "scorecard"
"""What `kind` says in the summary."""
REPORT, RENEWAL = "report.html", "renewal.html"


def summarise(made: MadeCard, tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return summary.json as a dict; what is unknown is null."""
    card = made.card
    return {
        "kind": KIND,
        "contract": card.contract.name,
        "client": card.contract.client,
        "vendors": list(card.vendors),
        "first": made.first,
        "last": made.last,
        "headline": headline(card),
        "quality_share": card.settings.quality,
        "weights": {name: dict(own) for name, own in card.weights.items()},
        "rankings": {name: _ranking(ranking) for name, ranking in card.rankings.items()},
        "unranked": {name: dict(why) for name, why in card.unranked.items()},
        "goals": _records(tables["scorecard"]),
        "gates": _records(tables["gates"]),
        "trends": _records(tables["trends"]),
        "calls": {vendor: list(names) for vendor, names in made.calls.items()},
        "draws": card.settings.draws,
        "assumed_scorers": {"share": card.settings.assumed.share, "worth": card.settings.assumed.worth},
        "notes": [*made.notes, *thin_lines(card)],
        "seconds": made.seconds,
        "seed": made.seed,
        "versions": versions(),
        "input_hashes": {name: file.sha256 for name, file in made.files.items()},
    }


def _ranking(ranking: Ranking) -> list[dict[str, Any]]:
    return [
        {
            "vendor": vendor,
            "points": round(100 * float(ranking.scores[k]), 6),
            "low": round(100 * float(ranking.low[k]), 6),
            "high": round(100 * float(ranking.high[k]), 6),
            "rank_probabilities": [round(float(p), 6) for p in ranking.ranks[k]],
            "not_told_from": list(ranking.not_told_from(vendor)),
            "told": not_told(ranking, vendor),
        }
        for k, vendor in enumerate(ranking.vendors)
    ]


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dicts, null where a figure is unknown."""
    plain = table.astype(object).where(table.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]


def publish(made: MadeCard, place: Path) -> tuple[Path, dict[str, Any]]:
    """Write the run folder in its place; returns the folder and the summary.

    Where the place holds what busyhour did not write, the run goes beside it; a note of the summary tells so.

    Raises
    ------
    InputError
        If nothing can have the name of the folder.
    OSError
        If a file cannot be written; nothing is published then.
    """
    out, tables = followed(place), tables_of(made)
    summary = summarise(made, tables)
    notes = summary["notes"]
    with work_folder(out) as run:
        write_inputs(made.files, {"contract": made.card.contract.name, "seed": made.seed}, run / "inputs")
        for name, table in tables.items():
            write_csv(run / f"{name}.csv", table)
        write_atomic(run / REPORT, page_of(made, tables, summary))
        write_atomic(run / RENEWAL, renewal_sheet(made))

        def last(where: Path, why: str) -> None:
            """Tell in the run what has become of it."""
            summary["notes"] = [*notes, *[f"{why}; this run is in {where}"] * bool(why)]
            write_atomic(run / "summary.json", json.dumps(summary, indent=2, allow_nan=False) + "\n")

        where = put(run, out, last=last)
    return where, summary


def usual_place(folder: Path) -> Path:
    """Return where the scorecard of a folder goes: ``runs/scorecard`` in it."""
    return folder / "runs" / KIND
