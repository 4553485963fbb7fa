"""What a planner tells the forecast beside the calls: hours of a date, paydays, regions, own numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from busyhour.app.cli.main import app
from busyhour.app.inputs import Inputs
from busyhour.app.inputs.folder import Folder
from busyhour.app.run import predict
from busyhour.forecast.calendar.day_kinds import day_features
from busyhour.forecast.errors import InputError
from busyhour.forecast.predict import Forecast
from busyhour.forecast.progress import Watch


def forecast(path: Path) -> Forecast:
    """Forecast the planned week of a folder."""
    return predict(Inputs.from_folder(path), Watch())


@pytest.mark.slow
def test_a_half_day_and_an_override_go_through_the_whole_plan(centre: Path) -> None:
    """Nobody is planned on the closed afternoon, the judge reads the same hours, and the run keeps both files."""
    (centre / "special_days.csv").write_text("date,name,hours\n2026-10-21,Works outing,09:00-14:00\n", encoding="utf-8")
    (centre / "overrides.csv").write_text("start,factor,note\n2026-10-20,1.5,letter\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["plan", str(centre), "--quiet"])
    assert result.exit_code == 0, result.output
    run = centre / "runs" / "2026-10-19"
    volume, activity = pd.read_csv(run / "volume.csv"), pd.read_csv(run / "activity.csv")
    outing = volume["start"].str.startswith("2026-10-21")
    assert outing.sum() == 10
    phone = activity[(activity["activity"] == "phone") & activity["start"].str.startswith("2026-10-21")]
    assert len(phone)
    assert (phone["end"].str[11:16] <= "14:00").all()
    tuesday = volume["start"].str.startswith("2026-10-20")
    assert (volume.loc[tuesday, "calls"] / volume.loc[tuesday, "model_calls"]).round(3).eq(1.5).all()
    assert (volume.loc[~tuesday, "calls"] == volume.loc[~tuesday, "model_calls"]).all()
    quality = pd.read_csv(run / "quality.csv").set_index("kind")
    assert "letter" in quality.loc["override", "what"]
    assert {"special_days.csv", "overrides.csv"} <= {p.name for p in (run / "inputs").iterdir()}


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("2026-10-20,vip,50", "overrides.csv, row 2, column queue: unknown queue"),
        ("2026-10-24,,50", "overrides.csv, row 2, column start: closed all through"),
        ("2026-10-20,,many", "overrides.csv, row 2, column calls: not a number"),
    ],
)
def test_a_wrong_override_is_refused_with_its_place(centre: Path, row: str, word: str) -> None:
    (centre / "overrides.csv").write_text(f"start,queue,calls\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError, match=word):
        forecast(centre)


def test_region_and_paydays_come_from_the_config(centre: Path, edit: Callable[[str, str], None]) -> None:
    """All Saints is a holiday in Bavaria only; the 31st of October 2026 is a Saturday, so the 30th pays."""
    edit("[site]", '[site]\ncountry = "DE"\nsubdivision = "BY"\npaydays = [15, "last"]')
    calendar = Folder.read(centre).calendar()
    assert calendar.holiday(dt.date(2026, 11, 1)) is not None
    days = [dt.date(2026, 10, 15), dt.date(2026, 10, 29), dt.date(2026, 10, 30)]
    assert day_features(calendar, days)["kind:payday"].tolist() == [1, 0, 1]


@pytest.mark.parametrize("value", ['["first"]', "[0]", "[32]"])
def test_a_payday_that_is_none_is_refused(centre: Path, edit: Callable[[str, str], None], value: str) -> None:
    edit("[site]", f"[site]\npaydays = {value}")
    with pytest.raises(InputError, match="paydays"):
        Folder.read(centre).calendar()


def test_an_unknown_subdivision_is_refused_with_the_known_ones(centre: Path, edit: Callable[[str, str], None]) -> None:
    edit("[site]", '[site]\ncountry = "DE"\nsubdivision = "XX"')
    with pytest.raises(InputError, match=r"subdivision of DE.*BY"):
        forecast(centre)
