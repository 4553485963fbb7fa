"""Work beside each other, and weeks under several scenarios."""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from busyhour.app import side_by_side
from busyhour.app.cli import beside as cli
from busyhour.app.cli.beside import Beside, Week, refuse_names, tell_beside
from busyhour.app.cli.exit_codes import STOPPED
from busyhour.app.cli.main import app
from busyhour.app.comparison import beside
from busyhour.app.finished import verdict_of
from busyhour.app.side_by_side import each_alone
from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Stopped, Watch
from busyhour.schedule.optimise.status import Infeasible, Refused

SCENARIOS = """
[scenario.more]
queue.calls.goal.level = 0.9
[scenario.less]
queue.calls.goal.level = 0.6
"""


def doubled(given: int, watch: Watch) -> int:
    """Return twice the number; three is wrong, and five ends without a plan."""
    if given == 3:
        raise Infeasible(["three"], ["four"])
    if given == 5:
        raise Stopped
    assert watch.time_limit_s is None
    return 2 * given


def killed(given: int, watch: Watch) -> int:
    """End the process as a signal does."""
    os._exit(given)


def signalled(given: int, watch: Watch) -> int:
    """Send the own process what a terminal sends to all of its own."""
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGHUP)
    return given


def broken(given: int, watch: Watch) -> int:
    """Fail as work does whose process has died."""
    raise BrokenProcessPool(f"{given} died")


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
def test_an_error_of_one_costs_no_other() -> None:
    found, error = each_alone(doubled, [1, 3], Watch())
    assert found == 2
    assert isinstance(error, Infeasible)
    assert str(error).endswith("three. Smallest change: four.")


@pytest.mark.slow
def test_a_process_that_dies_is_no_fault_once_a_stop_is_asked() -> None:
    watch = Watch()
    watch.stop.set()
    assert [type(one) for one in each_alone(killed, [1, 2], watch)] == [Stopped, Stopped]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_what_a_terminal_sends_is_left_to_the_process_that_waits() -> None:
    assert each_alone(signalled, [1, 2], Watch()) == [1, 2]
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ())


@pytest.fixture
def _threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let threads stand for the processes."""
    monkeypatch.setattr(side_by_side, "ProcessPoolExecutor", lambda count, **_: ThreadPoolExecutor(count))


@pytest.mark.usefixtures("_threads")
def test_what_is_found_and_errors_come_in_order() -> None:
    watch = Watch()
    ended = each_alone(doubled, [1, 3, 4, 5], watch)
    assert [one if isinstance(one, int) else type(one) for one in ended] == [2, Infeasible, 8, Stopped]
    assert watch.keeps.is_set()


@pytest.mark.usefixtures("_threads")
def test_a_broken_pool_is_a_stop_where_one_was_asked() -> None:
    watch = Watch()
    assert [type(one) for one in each_alone(broken, [1, 2], watch)] == [BrokenProcessPool, BrokenProcessPool]
    watch.stop.set()
    assert [type(one) for one in each_alone(broken, [1, 2], watch)] == [Stopped, Stopped]


def test_a_scenario_knows_the_last_week_as_a_single_plan_does(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True)
    class Plan:
        notes: tuple[str, ...] = ("first",)

    known = pd.DataFrame({"day": ["Monday"]})
    monkeypatch.setattr(cli, "last_week_of", lambda _: (known, ["the store could not be read"]))
    monkeypatch.setattr(cli, "plan", lambda *_: Plan())
    monkeypatch.setattr(cli, "publish", lambda outcome, sink, _: (sink, outcome.notes))
    found: Any = cli.plan_week(Week(None, Path("run"), wages=True), Watch())  # type: ignore[arg-type]
    sink, notes = found
    assert sink.last_week is known
    assert notes == ("first", "the store could not be read")


def test_what_ended_scenarios_is_told_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    failed = [("less", Infeasible(["three"], ["four"])), ("more", Stopped())]
    assert tell_beside(Beside([], failed, None), [], as_json=True, quiet=False) == STOPPED
    told = capsys.readouterr()
    assert told.out == ""
    assert "busyhour: less: These cannot hold together:" in told.err
    assert "busyhour: more: Stopped before the end." in told.err


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


@pytest.mark.parametrize("name", ["base", "Compared", "Busy"])
def test_names_of_other_folders_are_refused(name: str) -> None:
    refuse_names(["busy", "busier"])
    with pytest.raises(InputError, match="unfit name"):
        refuse_names(["busy", name])


def test_a_picture_shows_what_is_known() -> None:
    runs = {
        "a": {"cost": 10.0, "paid_hours": 5.0, "goals_missed": [], "service_level_simulated": None},
        "b": {"cost": 20.0, "paid_hours": 7.5, "goals_missed": [{}], "service_level_simulated": None},
    }
    spec = beside(runs, "EUR", None)
    assert [p["title"]["text"] for p in spec["vconcat"][0]["hconcat"]] == ["cost, EUR", "paid hours", "goals missed"]
