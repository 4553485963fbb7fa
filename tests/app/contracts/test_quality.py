"""Files of scores: what is read however it is written, and what is refused in one clear line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from busyhour.app.contracts.quality import Scores, read_quality
from busyhour.forecast.errors import InputError
from busyhour.schedule.contracts.contract import Contract
from busyhour.schedule.contracts.goal import Goal

LEVEL = Goal("service level", "service_level", 0.7, definition="offered", within_s=20)
CONTRACT = Contract(
    "Cards",
    ("cards",),
    (LEVEL, Goal("call quality", "quality", 0.7, scores=(1.0, 5.0)), Goal("resolution", "fcr", 0.75)),
)
HEAD = "vendor,date,item,score,weight,scorer\n"
GOOD = HEAD + "north,2026-09-07,quality,4,0.6,Ann\nnorth,2026-09-07,fcr,1,0.4,Ann\nsouth,2026-09-08,fcr,0,0.4,Bob\n"


def read(tmp_path: Path, text: str | bytes, contract: Contract = CONTRACT, form: str | None = None) -> Scores:
    path = tmp_path / "quality.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_quality(path, contract, ("north", "south"), form)


def test_scores_become_shares_of_their_rubric(tmp_path: Path) -> None:
    """A 4 of 1 to 5 is three quarters; items carry their weights."""
    found = read(tmp_path, GOOD)
    assert found.rows["share"].tolist() == [0.75, 1.0, 0.0]
    assert found.rows["goal"].tolist() == ["call quality", "resolution", "resolution"]
    assert found.weights == {"call quality": 0.6, "resolution": 0.4}


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace(",", ";").replace("0.6", "0,6").replace("0.4", "0,4"),
        GOOD.replace(",", "\t"),
        GOOD.replace("2026-09-07", "07.09.2026").replace("2026-09-08", "28.09.2026"),
        GOOD.replace("2026-09-07", "2026-09-07 14:30").replace("2026-09-08", "2026-09-08 09:00"),
        GOOD.replace("0.6", "60").replace("0.4", "40"),
        GOOD.replace("vendor,date,item,score,weight,scorer", "Site,Day,Criterion,Points,Weight,Reviewer"),
        GOOD.replace("north", "North").replace("fcr", "Resolution"),
        GOOD.replace(",1,0.4", ",100 %,0.4").replace(",0,0.4", ",0%,0.4"),
        "Quality of calls\n\n" + GOOD,
        GOOD.replace("Ann", "Zoë").encode("cp1252"),
    ],
    ids=["semicolons", "tabs", "dates", "times", "percent", "names", "case", "percent_sign", "title", "cp1252"],
)  # fmt: skip
def test_exports_are_read_however_they_are_written(tmp_path: Path, text: str | bytes) -> None:
    """Separators, decimal commas, dates, weights in per cent, other names, encodings."""
    found = read(tmp_path, text)
    assert found.rows["share"].tolist() == [0.75, 1.0, 0.0]
    assert found.rows["vendor"].tolist() == ["north", "north", "south"]
    assert found.weights == pytest.approx({"call quality": 0.6, "resolution": 0.4})


def test_a_workbook_is_read(tmp_path: Path) -> None:
    """Scores kept in a spreadsheet need no export."""
    path = tmp_path / "quality.xlsx"
    rows = [line.split(",") for line in GOOD.splitlines()]
    pd.DataFrame(rows[1:], columns=rows[0]).to_excel(path, index=False, engine="xlsxwriter")
    assert read_quality(path, CONTRACT, ()).rows["share"].tolist() == [0.75, 1.0, 0.0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("south", "suoth", ["row 4", "unknown vendor", "Did you mean 'south'"]),
        ("north,2026-09-07,fcr", "north,2026-09-07,politeness", ["row 3", "unknown item", "politeness"]),
        ("quality,4", "quality,6", ["row 2", "outside its rubric, 1 to 5", "6"]),
        ("fcr,1", "fcr,1.5", ["row 3", "outside its rubric, 0 to 1"]),
        ("quality,4,0.6", "quality,4,0.5", ["weights do not add up", "0.9", "0.5 (call quality) + 0.4 (resolution)"]),
        ("south,2026-09-08,fcr,0,0.4", "south,2026-09-08,fcr,0,0.3", ["row 4", "two weights of resolution"]),
        ("quality,4,0.6", "quality,4,", ["no weight of call quality"]),
        ("quality,4,0.6", "quality,4,-0.6", ["row 2", "negative weight"]),
        ("Bob", "", ["row 4", "column scorer", "blank"]),
        ("quality,4", "quality,good", ["row 2", "not a number", "good"]),
        ("2026-09-08", "soon", ["column date"]),
        ("scorer", "who", ["'scorer' is missing"]),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_line(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    """What is wrong, where, and how to mend it."""
    with pytest.raises(InputError) as error:
        read(tmp_path, GOOD.replace(old, new, 1))
    for word in ["quality.csv", *words]:
        assert word in str(error.value)


def test_dates_in_two_orders_are_asked_for(tmp_path: Path) -> None:
    """07/09 may be July or September; scorecard.toml says it."""
    text = GOOD.replace("2026-09-07", "07/09/2026").replace("2026-09-08", "08/09/2026")
    with pytest.raises(InputError, match="cannot be told"):
        read(tmp_path, text)
    found = read(tmp_path, text, form="%d/%m/%Y")
    assert found.rows["date"].iloc[0] == pd.Timestamp("2026-09-07")


def test_two_scores_of_the_same_call_by_one_person_are_refused(tmp_path: Path) -> None:
    """With a column call the second score of one item by one person is told, with the row of the first."""
    text = "vendor,date,item,score,scorer,call\n" + "north,2026-09-07,fcr,1,Ann,c1\n" * 2
    with pytest.raises(InputError, match=r"row 3.*two scores.*row 2"):
        read(tmp_path, text)


def test_two_people_on_one_call_count_once(tmp_path: Path) -> None:
    """A call that two people scored is one call with the mean of both."""
    text = "vendor,date,item,score,scorer,call\nnorth,2026-09-07,fcr,1,Ann,c1\nnorth,2026-09-07,fcr,0,Bob,c1\n"
    found = read(tmp_path, text + "north,2026-09-07,fcr,1,Ann,c2\n")
    assert sorted(found.rows["share"]) == [0.5, 1.0]
    assert any("one call counts once" in note for note in found.notes)


def test_without_calls_alike_rows_are_different_calls_and_that_is_said(tmp_path: Path) -> None:
    """Twenty calls of a day look alike: they count, and a note tells how they are taken."""
    found = read(tmp_path, HEAD + "north,2026-09-07,fcr,1,1,Ann\n" * 5)
    assert len(found.rows) == 5
    assert any("another call" in note for note in found.notes)


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    """Blank scores, days before the contract, columns that nobody reads, items without a score."""
    import datetime as dt
    from dataclasses import replace

    text = (
        GOOD.replace("fcr,0", "fcr,n/a")
        .replace("scorer", "scorer,colour", 1)
        .replace("Ann", "Ann,red")
        .replace("Bob", "Bob,blue")
    )
    found = read(tmp_path, text, replace(CONTRACT, begins=dt.date(2026, 9, 8)))
    assert found.rows.empty
    told = " ".join(found.notes)
    assert "colour" in told
    assert "blank" in told
    assert "before the contract begins" in told
    assert "no score of call quality, resolution" in told


def test_without_weights_items_weigh_alike(tmp_path: Path) -> None:
    """No weight is a stated treatment: by the contract's money, else alike."""
    text = "vendor,date,item,score,scorer\nnorth,2026-09-07,quality,4,Ann\nnorth,2026-09-07,fcr,1,Ann\n"
    found = read(tmp_path, text)
    assert found.weights == {"call quality": 0.5, "resolution": 0.5}
    assert any("weigh alike" in note for note in found.notes)


def test_two_goals_of_one_item_are_refused(tmp_path: Path) -> None:
    """An item belongs to one goal."""
    twice = Contract("Cards", ("cards",), (Goal("a", "fcr", 0.7), Goal("b", "fcr", 0.8)))
    with pytest.raises(InputError, match="same item"):
        read(tmp_path, GOOD, twice)
