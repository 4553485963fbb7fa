"""The report's section on the days known last."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from busyhour.app.files import write_csv
from busyhour.app.report.run import read_run
from busyhour.app.report.tables import last_week_table
from busyhour.app.store.outcomes import LAST_WEEK

NAN = float("nan")


def test_the_days_known_last_are_told_and_what_is_unknown_is_blank(small_run: Path) -> None:
    assert last_week_table(read_run(small_run)) is None
    rows = [
        ("calls", "2026-10-26", 0, 500.0, 450.0, 480.0, 0.82, 0.74, -0.05, -0.04, 0.01),
        ("calls", "2026-10-27", 7, 500.0, 500.0, NAN, NAN, NAN, NAN, NAN, NAN),
    ]
    write_csv(small_run / "last_week.csv", pd.DataFrame(rows, columns=list(LAST_WEEK)))
    told = last_week_table(read_run(small_run))
    assert told is not None
    first, second = ([cell.replace("\u00a0", " ") for cell in row] for row in told.rows)
    assert first == ["calls", "Mon 26 Oct", "500", "450", "480", "82.0 %", "74.0 %", "−5.0", "−4.0", "+1.0"]
    assert second[2:] == ["500", "500", "–", "–", "–", "–", "–", "–"]
