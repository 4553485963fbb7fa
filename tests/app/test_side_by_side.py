"""Work beside each other, and weeks under several scenarios."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from busyhour.app.cli.beside import refuse_names
from busyhour.app.cli.main import app
from busyhour.app.comparison import beside
from busyhour.app.finished import verdict_of
from busyhour.app.side_by_side import each_alone
from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Watch
from busyhour.schedule.optimise.status import Infeasible, Refused

SCENARIOS = """
[scenario.more]
queue.calls.goal.level = 0.9
[scenario.less]
queue.calls.goal.level = 0.6
"""


def doubled(given: int, watch: Watch) -> int:
    """Return twice the number; three is wrong."""
    if given == 3:
        raise Infeasible(["three"], ["four"])
    assert watch.time_limit_s is None
    return 2 * given


def test_one_work_needs_no_process() -> None:
    assert each_alone(lambda given, _: given + 1, [1], Watch()) == [2]


@pytest.mark.parametrize(
    "error", [Infeasible(["three"], ["four"]), Refused(["five is odd"]), InputError("odd", value=7, mend="Take 8")]
)
def test_errors_pass_between_processes_as_they_were(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)


@pytest.mark.slow
def test_an_error_ends_all_once_the_others_have_ended() -> None:
    with pytest.raises(Infeasible, match=r"three\. Smallest change: four\."):
        each_alone(doubled, [1, 3], Watch())


@pytest.mark.slow
def test_a_week_is_planned_under_several_scenarios(centre: Path) -> None:
    plan = centre / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8") + SCENARIOS, encoding="utf-8")
    out = centre / "beside"
    result = CliRunner().invoke(
        app, ["plan", str(centre), "--scenario", "more", "--scenario", "less", "--out", str(out)]
    )
    assert result.exit_code == 0, result.output
    assert {p.name for p in out.iterdir()} == {"base", "more", "less", "compared"}
    cost = {n: json.loads((out / n / "summary.json").read_text(encoding="utf-8"))["cost"] for n in ("more", "less")}
    assert cost["more"] > cost["less"]
    assert len(pd.read_csv(out / "compared" / "compare.csv")) == 3
    assert (out / "compared" / "compare.png").read_bytes().startswith(b"\x89PNG")
    assert "forecast" in (out / "more" / "run.log").read_text(encoding="utf-8")
    assert verdict_of(out / "less", simulate=False).passed
    assert "less" in result.output


def test_a_scenario_that_is_not_there_ends_all(centre: Path) -> None:
    plan = centre / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8") + SCENARIOS, encoding="utf-8")
    result = CliRunner().invoke(app, ["plan", str(centre), "--scenario", "more", "--scenario", "les", "--quiet"])
    assert result.exit_code == 3
    assert "Did you mean 'less'" in result.output
    assert not (centre / "runs").exists()


@pytest.mark.parametrize("name", ["base", "Compared"])
def test_names_of_other_folders_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="unfit name"):
        refuse_names(["busy", name])


def test_a_picture_shows_what_is_known() -> None:
    runs = {
        "a": {"cost": 10.0, "paid_hours": 5.0, "goals_missed": [], "service_level_simulated": None},
        "b": {"cost": 20.0, "paid_hours": 7.5, "goals_missed": [{}], "service_level_simulated": None},
    }
    spec = beside(runs, "EUR", None)
    assert [p["title"]["text"] for p in spec["vconcat"][0]["hconcat"]] == ["cost, EUR", "paid hours", "goals missed"]
