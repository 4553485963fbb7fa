"""hiring.toml: every key checked, scenarios laid over, one clear error."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest

from busyhour.app.hiring.config import HiringFile, parse
from busyhour.app.hiring.values import by_month
from busyhour.forecast.errors import InputError

PLAN = "[queue.calls.goal]\nlevel = 0.8\nwithin_s = 20\n[scenario.stricter]\nqueue.calls.goal.level = 0.9\n"


def read(tmp_path: Path, hiring: str, plan: str = PLAN, scenario: str | None = None) -> HiringFile:
    (tmp_path / "plan.toml").write_text(plan, encoding="utf-8")
    if hiring:
        (tmp_path / "hiring.toml").write_text(hiring, encoding="utf-8")
    return HiringFile.read(tmp_path, scenario)


def test_without_a_file_all_is_default(tmp_path: Path) -> None:
    found = read(tmp_path, "")
    assert found.config.months == 12
    assert found.given == frozenset()
    assert found.config.people.attrition[0] == 0.06


def test_what_is_given_is_known(tmp_path: Path) -> None:
    found = read(tmp_path, "months = 6\n[people]\nfails = 0.2\n")
    assert found.given == {"months", "people.fails"}
    assert (found.config.months, found.config.people.fails) == (6, 0.2)


def test_a_table_of_plan_toml_does_as_well(tmp_path: Path) -> None:
    assert read(tmp_path, "", PLAN + "[hiring.people]\nfails = 0.3\n").config.people.fails == 0.3
    with pytest.raises(InputError, match="described twice"):
        read(tmp_path, "months = 6\n", PLAN + "[hiring.people]\nfails = 0.3\n")


def test_scenarios_come_from_both_files(tmp_path: Path) -> None:
    hiring = "[scenario.busy]\nfactors.volume = 1.1\n[scenario.stricter]\ngrowth = 0.1\n"
    assert read(tmp_path, hiring, scenario="busy").config.factors.volume == 1.1
    both = read(tmp_path, hiring, scenario="stricter")
    assert both.config.growth == 0.1
    assert both.plan_scenario
    assert both.scenarios == ("busy", "stricter")
    assert both.base.growth == 0.0
    with pytest.raises(InputError, match="Did you mean 'busy'"):
        read(tmp_path, hiring, scenario="bussy")
    with pytest.raises(InputError, match="base is the run without a scenario"):
        read(tmp_path, hiring + "[scenario.base]\ngrowth = 0.2\n", scenario="base")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[people]\nattrition = [0.05, 1.2]", "people.attrition: Expected 0 to 1"),
        ("[people]\nattrition = 'guess'", "people.attrition"),
        ("[people]\nspeed = [0]", "people.speed: Expected 0.05 to 2"),
        ("[people]\nfail = 0.1", "Did you mean 'fails'"),
        ("[hours]\nvacation = [0.1, 0.2]", "Expected one value or 12"),
        ("[hours]\nvacation = 8", "8 % is 0.08"),
        ("[classes]\nleast = 9\nmost = 8", "most is 8"),
        ("[classes]\nmost = 20\nseats = 12", "a class is larger than its room"),
        ("[classes]\nfrozen = ['May']", 'Write it like "2026-12"'),
        ("[classes]\nrooms = true", "classes.rooms: not a number"),
        ("[classes]\nstart_days = [31]", "Expected 1 to 28"),
        ("[factors]\nvolume = 0", "factors.volume"),
        ("months = 2", "months"),
        ("months = 'six'", "not a whole number"),
        ("[prices]\nhire = nan", "prices.hire"),
        ("[vendor]\nleast_h = -1", "vendor.least_h"),
        ("[vendor]\nbought_least_h = 50\nbought_most_h = 20", "bought_least_h is 50"),
        ("[prices]\nshort_h = 40\nvendor_h = 50", "vendor_h is 50"),
        ("[prices]\nlost_h = 40\nshort_h = 50", "short_h is 50"),
        ("[prices]\nvendor_h = 20\ntime_off_h = 30", "time_off_h is 30"),
        ("[[transfer]]\nsource = 'a/b'", "transfer.0.target"),
        ("wages = 3", "unknown key"),
    ],
)
def test_bad_values_are_named(text: str, says: str) -> None:
    with pytest.raises(InputError) as error:
        parse(tomllib.loads(text), Path("hiring.toml"))
    assert says in str(error.value)
    assert "hiring.toml" in str(error.value)


def test_values_by_month_begin_in_january() -> None:
    assert by_month(0.5, dt.date(2026, 3, 1), 2) == [0.5, 0.5]
    assert by_month(tuple(range(12)), dt.date(2026, 12, 1), 3) == [11.0, 0.0, 1.0]
