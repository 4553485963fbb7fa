"""`report.html`: one file, opens offline, asks the network for nothing."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import vl_convert

from ..files import write_atomic
from ..gap import shortfall, stop_told
from .axis import TimeAxis
from .cards import cards
from .changed import changed_table
from .charts import charts
from .few import few_table
from .figures import day
from .first_screen import first_screen
from .gantt import gantt
from .headline import headline
from .in_words import described
from .look import DARK, PALETTE, Spec
from .rules import rule_tables
from .run import Run, read_run
from .short import explain_table
from .tables import (
    backtest_table,
    cost_table,
    last_week_table,
    missed_table,
    open_table,
    origin_tables,
    proof_table,
    quality_table,
    service_table,
)
from .template import embedded, environment, policy, text_of


def write_report(run: Path, *, wages: bool = True, read: Run | None = None) -> Path:
    """Write ``report.html`` into the run folder from what lies there.

    Parameters
    ----------
    run
        Run folder; only its files are read, and those that are missing are named on the page.
    wages
        Whether money is shown, where the run tells any; without it neither the page nor its data holds any.
    read
        The run, where it has been read already.

    Raises
    ------
    InputError
        If the folder has no ``summary.json`` or a file of it breaks its declaration.
    """
    read = read or read_run(run)
    return write_atomic(run / "report.html", page(read, wages=wages and read.wages_shown))


def page(run: Run, *, wages: bool) -> str:
    """Return the report as HTML text."""
    axis = TimeAxis.of(run)
    specs = charts(run, axis)
    first_cards, figures = headline(cards(run, wages=wages))
    data = {"views": axis.views(), "queues": list(run.queues), "gantt": gantt(run)}
    return rendered(
        "report.html.j2",
        specs,
        data,
        ("gantt.js", "report.js"),
        run=run,
        title=run.site,
        week=_week(run),
        first=first_screen(run, wages=wages),
        cards=first_cards,
        figures=figures,
        described=described(run, axis),
        gantt=data["gantt"],
        queues=run.queues,
        views=axis.views(),
        service=service_table(run),
        missed=missed_table(run),
        unmet=shortfall(run.summary),
        stopped=stop_told(run.summary),
        explain=explain_table(run, wages=wages),
        few=few_table(run),
        changed=changed_table(run),
        open=open_table(run),
        cost=cost_table(run) if wages else None,
        wages=wages,
        rules=rule_tables(run, wages=wages),
        backtest=backtest_table(run),
        notes=run.summary.get("notes") or (),
        quality=quality_table(run),
        last_week=last_week_table(run),
        proof=proof_table(run, wages=wages),
        origin=origin_tables(run),
    )


def rendered(
    template: str, specs: Mapping[str, Spec], data: Mapping[str, Any], scripts: Sequence[str], **told: Any
) -> str:
    """Return a page that holds its charts, scripts and style, and asks the network for nothing.

    Parameters
    ----------
    specs
        The charts, which the template finds as ``charts``.
    data
        What the scripts read beside the charts.
    scripts
        Names of the files of scripts.
    told
        What the template tells.
    """
    texts = [_bundle(), *(text_of(name) for name in scripts)]
    page = environment().get_template(template)
    return page.render(
        **told,
        charts=specs,
        data=embedded({"charts": _packed(specs), "palette": PALETTE, "dark": DARK, **data}),
        scripts=texts,
        policy=policy(texts),
        style=text_of("report.css"),
    )


@functools.cache
def _bundle() -> str:
    """Return Vega, Vega-Lite and their embedder as one script, from the installed package."""
    script = str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
    return script.replace("</script", "<\\/script").replace("\r\n", "\n")


def _packed(specs: Mapping[str, Spec]) -> dict[str, Any]:
    """Put each data set once, column-wise: many charts show the same rows."""
    stored: list[dict[str, Any]] = []
    found: dict[str, int] = {}
    out: dict[str, Any] = {}
    for name, spec in specs.items():
        places = {}
        for label, rows in spec["datasets"].items():
            key = json.dumps(rows)
            if key not in found:
                found[key] = len(stored)
                names = list(rows[0]) if rows else []
                stored.append({"columns": names, "rows": [[row[c] for c in names] for row in rows]})
            places[label] = found[key]
        out[name] = {k: v for k, v in spec.items() if k != "datasets"} | {"places": places}
    return {"specs": out, "data": stored}


def _week(run: Run) -> str:
    last = run.dates[-1]
    return f"{day(run.week)} – {day(last)} {last.year}"
