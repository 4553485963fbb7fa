"""Tables of all shapes: headers of two rows, columns for each queue, a row for each figure, no header, many sheets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter
from xlsxwriter import Workbook

from busyhour.app.intake.guess import Guess, guess
from busyhour.app.intake.mapping import Intake
from busyhour.app.intake.read import read_calls
from busyhour.app.intake.toml import to_toml
from busyhour.forecast.errors import InputError

QUEUES = ("Sales", "Support")
TIMES = [d + pd.Timedelta(minutes=m) for d in pd.bdate_range("2026-01-05", periods=20) for m in range(540, 780, 30)]
RNG = np.random.default_rng(5)
CALLS = {queue: RNG.poisson(25, len(TIMES)) for queue in QUEUES}
HANDLE = {queue: RNG.integers(200, 260, len(TIMES)) for queue in QUEUES}
SLOTS = list(enumerate(TIMES))


def read(path: Path) -> tuple[pd.DataFrame, Guess]:
    """Return the calls as the plan.toml of a guess tells them, and the guess."""
    import tomllib

    found = guess(path)
    intake = TypeAdapter(Intake).validate_python(tomllib.loads(to_toml(found.intake))["intake"])
    return read_calls(path.parent, intake, zone=None, interval_min=30, queues=())[0], found


def text(path: Path, rows: list[list[object]], separator: str = ",") -> Path:
    path.write_text("\n".join(separator.join(map(str, row)) for row in rows) + "\n", encoding="utf-8")
    return path


def book(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    with Workbook(path, {"default_date_format": "dd/mm/yyyy hh:mm"}) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(
                    at, 0, [cell.to_pydatetime() if isinstance(cell, pd.Timestamp) else cell for cell in row]
                )
    return path


def as_made(calls: pd.DataFrame, queues: tuple[str, ...] = QUEUES) -> None:
    for queue in queues:
        own = calls[calls["queue"] == queue]
        assert own["start"].tolist() == TIMES
        assert own["offered"].tolist() == CALLS[queue].tolist()
        if "handle_s" in own:
            assert own["handle_s"].tolist() == HANDLE[queue].tolist()
    assert set(calls["queue"]) == set(queues)


def figures(k: int, order: str = "ch") -> list[int]:
    """The figures of a slot: by queue calls and handle time, or all calls first."""
    if order == "ch":
        return [int(v) for q in QUEUES for v in (CALLS[q][k], HANDLE[q][k])]
    return [int(table[q][k]) for table in (CALLS, HANDLE) for q in QUEUES]


SHAPES: dict[str, Callable[[Path], Path]] = {
    "a group row": lambda folder: text(
        folder / "c.csv",
        [["", "Sales", "", "Support", ""], ["Start", "Offered", "AHT", "Offered", "AHT"]]
        + [[f"{t:%Y-%m-%d %H:%M}", *figures(k)] for k, t in SLOTS],
    ),
    "a group row of figures, German": lambda folder: text(
        folder / "c.csv",
        [["", "", "Anrufe", "", "AHT", ""], ["Datum", "Zeit", "Sales", "Support", "Sales", "Support"]]
        + [[f"{t:%d.%m.%Y}", f"{t:%H:%M}", *figures(k, "all")] for k, t in SLOTS],
        ";",
    ),
    "a title and groups in a workbook": lambda folder: book(
        folder / "c.xlsx",
        {"S": [["Weekly report"], [], ["", "Sales", "", "Support"], ["Interval", "Calls", "AHT", "Calls", "AHT"]]
         + [[t, *figures(k)] for k, t in SLOTS]},
    ),
    "names of queue and figure": lambda folder: text(
        folder / "c.tsv",
        [["Start", "Offered - Sales", "AHT - Sales", "Offered - Support", "AHT - Support"]]
        + [[f"{t:%m/%d/%Y %I:%M %p}", *figures(k)] for k, t in SLOTS],
        "\t",
    ),
    "a column per queue and a total": lambda folder: text(
        folder / "c.csv",
        [["Start", "Sales", "Support", "Total"]]
        + [[f"{t:%Y-%m-%d %H:%M}", CALLS["Sales"][k], CALLS["Support"][k], CALLS["Sales"][k] + CALLS["Support"][k]]
           for k, t in SLOTS],
    ),
    "a row per figure": lambda folder: text(
        folder / "c.csv",
        [["Datum", "Zeit", "Warteschlange", "Kennzahl", "Wert"]]
        + [[f"{t:%d.%m.%Y}", f"{t:%H:%M}", q, name, table[q][k]]
           for k, t in SLOTS for q in QUEUES for name, table in (("Anrufe", CALLS), ("AHT", HANDLE))],
        ";",
    ),
    "no header": lambda folder: text(
        folder / "c.csv", [[f"{t:%d.%m.%Y}", f"{t:%H:%M}", q, CALLS[q][k]] for k, t in SLOTS for q in QUEUES], ";"
    ),
    "a sheet per queue beside a cover": lambda folder: book(
        folder / "c.xlsx",
        {"Cover": [["Report of January"]]}
        | {q: [["Start", "Calls", "AHT"], *([t, CALLS[q][k], HANDLE[q][k]] for k, t in SLOTS)] for q in QUEUES},
    ),
    "a queue on the first row of its block": lambda folder: text(
        folder / "c.csv",
        [["Queue", "Start", "Calls"]]
        + [["" if k else q, f"{t:%Y-%m-%d %H:%M}", CALLS[q][k]] for q in QUEUES for k, t in SLOTS],
    ),
    "a queue that is the sum of the others": lambda folder: text(
        folder / "c.csv",
        [["Start", "Queue", "Calls"]]
        + [[f"{t:%Y-%m-%d %H:%M}", q, sum(CALLS[n][k] for n in QUEUES) if q == "All" else CALLS[q][k]]
           for k, t in SLOTS for q in (*QUEUES, "All")],
    ),
}  # fmt: skip


QUICK = ("a group row", "a column per queue and a total", "a row per figure", "a queue that is the sum of the others")
"""Shapes that the quick tests try."""


@pytest.mark.parametrize("shape", [pytest.param(s, marks=[] if s in QUICK else pytest.mark.slow) for s in SHAPES])
def test_a_table_of_any_shape_is_read(tmp_path: Path, shape: str) -> None:
    calls, found = read(SHAPES[shape](tmp_path))
    as_made(calls)
    if shape in ("a column per queue and a total", "no header"):
        assert any("columns" in doubt for doubt in found.doubts)


def test_columns_that_may_be_parts_of_each_other_are_asked(tmp_path: Path) -> None:
    """Offered and answered in a language that is not known are no two queues."""
    answered = [RNG.binomial(n, 0.9) for n in CALLS["Sales"]]
    rows = [[f"{t:%Y-%m-%d %H:%M}", CALLS["Sales"][k], answered[k]] for k, t in SLOTS]
    found = guess(text(tmp_path / "c.csv", [["Start", "Saapuneet", "Vastatut"], *rows]))
    assert not found.intake.queue_columns
    assert any("may be a part of" in doubt for doubt in found.doubts)


def test_columns_of_weekdays_are_no_queues(tmp_path: Path) -> None:
    rows = [[f"{t:%H:%M}", *(CALLS["Sales"][k + d] for d in range(5))] for k, t in SLOTS[:8]]
    found = guess(text(tmp_path / "c.csv", [["Week", "Mon", "Tue", "Wed", "Thu", "Fri"], *rows]))
    assert not found.intake.queue_columns
    assert any("weekdays" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(
    ("name", "titles"), [("calls 2026-01-05", ("S",)), ("c", ("2026-01-05", "2026-01-06"))], ids=["file", "sheets"]
)
def test_a_date_in_the_name_of_the_file_or_the_sheets(tmp_path: Path, name: str, titles: tuple[str, ...]) -> None:
    days = {
        title: [["Zeit", "Anrufe"], *([f"{9 + h:02d}:00", h + 3 + d] for h in range(6))]
        for d, title in enumerate(titles)
    }
    path = book(tmp_path / "2026-01-05.xlsx" if name.startswith("calls") else tmp_path / "c.xlsx", days)
    found = guess(path)
    calls, _ = read_calls(tmp_path, found.intake, zone=None, interval_min=60, queues=())
    assert calls["start"].dt.day.unique().tolist() == [5, 6][: len(titles)]
    assert calls["start"].iloc[0] == pd.Timestamp("2026-01-05 09:00")


def test_names_that_differ_by_capitals_alone_are_asked(tmp_path: Path) -> None:
    rows = [[f"{t:%Y-%m-%d %H:%M}", "Sales" if k % 2 else "SALES", CALLS["Sales"][k]] for k, t in SLOTS]
    path = text(tmp_path / "c.csv", [["Start", "Queue", "Calls"], *rows])
    with pytest.raises(InputError, match="names differ by capitals"):
        read(path)
    merged = {"SALES": "sales", "Sales": "sales"}
    columns = {"start": "Start", "queue": "Queue", "offered": "Calls"}
    calls, _ = read_calls(tmp_path, Intake(files=("c.csv",), columns=columns, queue_names=merged),
                          zone=None, interval_min=30, queues=())  # fmt: skip
    assert calls["offered"].tolist() == CALLS["Sales"].tolist()


def test_the_sum_of_the_others_stays_where_the_planner_names_it(tmp_path: Path) -> None:
    SHAPES["a queue that is the sum of the others"](tmp_path)
    columns = {"start": "Start", "queue": "Queue", "offered": "Calls"}
    intake = Intake(files=("c.csv",), columns=columns)
    calls, notes = read_calls(tmp_path, intake, zone=None, interval_min=30, queues=())
    assert set(calls["queue"]) == set(QUEUES)
    assert notes["what"].str.contains("is the sum of the others").any()
    kept, _ = read_calls(tmp_path, intake, zone=None, interval_min=30, queues=(*QUEUES, "All"))
    assert set(kept["queue"]) == {*QUEUES, "All"}


def test_day_totals_take_the_shape_of_a_queue_of_the_same_file(tmp_path: Path) -> None:
    rows = [[f"{t:%Y-%m-%d %H:%M}", "Sales", CALLS["Sales"][k]] for k, t in SLOTS]
    rows += [[f"{d:%Y-%m-%d %H:%M}", "Support", 80] for d in pd.bdate_range("2026-01-05", periods=20)]
    text(tmp_path / "c.csv", [["start", "queue", "offered"], *rows])
    intake = Intake(files=("c.csv",))
    with pytest.raises(InputError, match='day_shape = "=Sales"'):
        read_calls(tmp_path, intake, zone=None, interval_min=30, queues=())
    calls, _ = read_calls(tmp_path, Intake(files=("c.csv",), day_shape="=Sales"), zone=None, interval_min=30, queues=())
    spread = calls[calls["queue"] == "Support"]
    assert spread["offered"].sum() == 80 * 20
    assert spread.loc[spread["offered"] > 0, "start"].dt.hour.between(9, 12).all()


@pytest.mark.parametrize(("word", "loses"), [("Total", True), ("Daily", True)])
def test_sums_of_days_without_a_time_are_left_out(tmp_path: Path, word: str, loses: bool) -> None:
    rows: list[list[object]] = []
    for day in pd.bdate_range("2026-01-05", periods=20):
        own = [k for k, t in SLOTS if t.normalize() == day]
        rows += [[f"{day:%d/%m/%Y}", f"{TIMES[k]:%H:%M}", CALLS["Sales"][k]] for k in own]
        rows += [[f"{day:%d/%m/%Y}", "" if loses else word, sum(CALLS["Sales"][k] for k in own)]]
    calls, _ = read(text(tmp_path / "c.csv", [["Date", "Time", "Calls"], *rows]))
    assert calls["offered"].tolist() == CALLS["Sales"].tolist()


def test_rows_of_one_call_are_asked_or_counted_once(tmp_path: Path) -> None:
    # fmt: off
    legs = [["2026-01-05 09:00:17", 1, "a", 200, "ANSWERED"], ["2026-01-05 09:00:19", 1, "a", 200, "ANSWERED"],
            ["2026-01-05 09:12:40", 2, "a", 0, "NO ANSWER"], ["2026-01-05 09:14:01", 3, "a", 90, "ANSWERED"]]
    # fmt: on
    path = text(tmp_path / "cdr.csv", [["calldate", "uniqueid", "queue", "billsec", "disposition"], *legs])
    found = guess(path)
    assert found.intake.call_id == "uniqueid"
    assert any("call_id" in doubt for doubt in found.doubts)

    def count(**keys: object) -> float:
        intake = Intake(**{"files": ("cdr.csv",), "one_row": "call", "columns": found.intake.columns} | keys)  # type: ignore[arg-type]
        return float(read_calls(tmp_path, intake, zone=None, interval_min=30, queues=())[0]["offered"].sum())

    with pytest.raises(InputError, match='call_id = "uniqueid"'):
        count()
    assert count(call_id="uniqueid") == 3
    assert count(trust=("call_id",)) == 4
