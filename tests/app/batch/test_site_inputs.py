"""What a site is planned from is taken whole: the file that tells the shape of a day, too."""

from __future__ import annotations

import datetime as dt
from importlib import resources
from pathlib import Path

import pytest

from busyhour.app.batch.site_inputs import SiteInputs
from busyhour.app.config.plan_toml import read_plan

WEEK = dt.date(2026, 12, 7)
SHAPE = "time,share\n08:00,1\n"


def site(folder: Path, shape: str) -> SiteInputs:
    """Write a site whose calls are totals of days."""
    folder.mkdir()
    text = (resources.files("busyhour.app") / "starter_site.toml").read_text(encoding="utf-8")
    text += f'\n[intake]\noutside = true\nday_shape = "{shape}"\n'
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    (folder / "calls.csv").write_text("start,offered\n2026-11-27,40\n", encoding="utf-8")
    (folder / shape).write_text(SHAPE, encoding="utf-8")
    return SiteInputs.read(folder).with_files()


@pytest.mark.parametrize("shape", ["shape.csv", "../shape.csv"])
def test_the_shape_of_a_day_is_taken_hashed_and_laid_out(tmp_path: Path, shape: str) -> None:
    """It travels with the calls, wherever it lies; another shape is another plan."""
    taken = site(tmp_path / "north", shape)
    before = taken.hash_of(WEEK, None, wages=False)
    (tmp_path / "north" / shape).write_text(SHAPE + "09:00,3\n", encoding="utf-8")
    again = SiteInputs.read(tmp_path / "north").with_files()
    assert again.hash_of(WEEK, None, wages=False) != before
    place = tmp_path / "work" / "inputs"
    taken.lay_out(place, None)
    named = read_plan(place)[0].intake.day_shape
    assert named is not None
    found = (place / named).resolve()
    assert found.is_relative_to(place.resolve())
    assert found.read_text(encoding="utf-8") == SHAPE
