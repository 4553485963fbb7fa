"""plan.toml: every key checked, unknown ones named with the nearest known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from busyhour.app.config.plan_toml import read_plan
from busyhour.app.run import decisive
from busyhour.forecast.errors import InputError

Edit = Callable[[str, str], None]


def test_reads_the_samples(centre: Path) -> None:
    """A good plan becomes typed parameters."""
    config, plain = read_plan(centre)
    assert config.queue["calls"].goal.level == 0.8
    assert config.queue["calls"].erlang(hang_up=True) == "erlang_a"
    assert config.shift["full"].length_min == 450
    assert config.shift["full"].breaks[0].kind == "lunch"
    assert plain["site"]["name"] == "Small"


def test_the_moving_queue_decides_interval_goals_only(centre: Path, edit: Edit) -> None:
    """A goal per day goes on choosing on its curve."""
    edit("[queue.calls]", '[queue.calls]\nrequirement = "moving"')
    config, _ = read_plan(centre)
    assert config.queue["calls"].erlang(hang_up=True) == "erlang_a"
    curves: dict[str, Any] = {"calls": object()}
    by_interval = replace(config.queue["calls"].goal, basis="interval")
    queue = config.queue["calls"].model_copy(update={"goal": by_interval})
    assert decisive(config.model_copy(update={"queue": {"calls": queue}}), curves) == {}
    queue = queue.model_copy(update={"requirement": None})
    assert decisive(config.model_copy(update={"queue": {"calls": queue}}), curves) == curves
    queue = queue.model_copy(update={"requirement": "moving", "goal": replace(by_interval, basis="day")})
    assert decisive(config.model_copy(update={"queue": {"calls": queue}}), curves) == curves


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("level = 0.8", "levle = 0.8", "Did you mean 'level'"),
        ("interval_min = 30", "interval_mins = 30", "Did you mean 'interval_min'"),
        ("paid_min = 420", "paid_minutes = 420\npaid_min = 420", "Did you mean 'paid_min'"),
        ("duration_min = 30", "duration = 30\nduration_min = 30", "Did you mean 'duration_min'"),
        ("[rules]", "[rule]", "Did you mean 'rules'"),
        ("level = 0.8", "level = 80", "80 % is 0.8"),
        ("within_s = 20", 'within_s = "soon"', "queue.calls.goal.within_s"),
        ("paid = false\nduration_min = 30", "duration_min = 500", "break is longer than its shift"),
        ("latest_min = 240", "latest_min = 100", "window ends before it begins"),
        ('zone = "Europe/Berlin"', 'zone = "Europe/Berlim"', "unknown time zone"),
        ('shifts = ["full", "part"]', 'shifts = ["fulll"]', "Did you mean 'full'"),
        ("max_h_week = 40", "max_h_week = 400", "max_h_week <= 168"),
        ("handle_s = 300", "handle_s = -3", "queue.calls.handle_s"),
        ("unplanned = 0.05", "unplanned = 8", "8 % is 0.08"),
        ("[costs]", "[costs", "not TOML"),
        ("gap = 0.05", "gap = 0.05\nseed = -1", "solve.seed"),
    ],
)
def test_says_what_is_wrong(centre: Path, edit: Edit, old: str, new: str, says: str) -> None:
    """One sentence with the key and how to mend it."""
    edit(old, new)
    with pytest.raises(InputError, match=r"plan\.toml") as error:
        read_plan(centre)
    assert says in str(error.value)


def test_overlapping_break_windows_are_refused(centre: Path, edit: Edit) -> None:
    """A second break may not begin inside the window of the first."""
    edit(
        "latest_min = 240",
        "latest_min = 240\n[[shift.full.break]]\nduration_min = 15\nearliest_min = 240\nlatest_min = 300",
    )
    with pytest.raises(InputError, match="break windows overlap"):
        read_plan(centre)


def test_scenario_overrides_single_keys(centre: Path, edit: Edit) -> None:
    """A scenario changes what it names and nothing else."""
    edit("[solve]", "[scenario.strict]\nqueue.calls.goal.level = 0.9\n[solve]")
    base, strict = read_plan(centre)[0], read_plan(centre, "strict")[0]
    assert strict.queue["calls"].goal.level == 0.9
    assert strict.queue["calls"].goal.within_s == base.queue["calls"].goal.within_s
    with pytest.raises(InputError, match="Did you mean 'strict'"):
        read_plan(centre, "strikt")


def test_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    """The mend names the command."""
    with pytest.raises(InputError, match="busyhour init"):
        read_plan(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('not_next_day = { ful = ["full"] }', r"rules.not_next_day.*unknown shift family.*'ful'.*Did you mean 'full'"),
        ('not_next_day = { full = ["ful"] }', r"rules.not_next_day.full.*unknown shift family"),
        ("max_shifts = { ful = 2 }", r"rules.max_shifts.*unknown shift family"),
        ("min_run_days = 7", r"rules.min_run_days: the least days in a row are more than the most.*max_run_days is \d"),
        ("max_weekend = 1", r"unknown key.*Did you mean 'max_weekends'"),
    ],
)
def test_rules_that_cannot_be_are_told_with_their_key(centre: Path, edit: Edit, text: str, message: str) -> None:
    """Families are known, least runs fit into the longest, keys are spelled right."""
    edit("[rules]", f"[rules]\n{text}")
    with pytest.raises(InputError, match=message):
        read_plan(centre)
