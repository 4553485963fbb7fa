"""Actions applied to a finished run: a new run that the second opinion finds right, the old one as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from busyhour.app.finished import verdict_of
from busyhour.app.folders.manifest import Manifest
from busyhour.app.today.apply import apply
from busyhour.app.today.kept_actions import taken
from busyhour.app.today.week_again import WeekAgain
from busyhour.forecast.errors import InputError
from busyhour.schedule.optimise.status import Refused
from busyhour.schedule.plan.activity import activity
from busyhour.schedule.today.actions import Action, ActivityRow

RUN = Path("runs") / "2026-10-19"
STEP = pd.Timedelta(minutes=30)


@pytest.fixture
def run(planned: Path, tmp_path: Path) -> Path:
    """A copy of the finished run of the small centre."""
    return Path(shutil.copytree(planned / RUN, tmp_path / "run"))


def move(run: Path, by: pd.Timedelta | None = None) -> tuple[Action, pd.Timestamp]:
    """Return the move of the first lunch of the week that can lie half an hour elsewhere, and a moment before it."""
    week = WeekAgain.read(run)
    for agent, shifts in week.assigned(week.activity).items():
        for p in (p for p in shifts if p.shift.breaks):
            at, (low, high, slots, _) = p.breaks[0], p.shift.breaks[0]
            step = 1 if at < high else -1
            assert low <= at + step <= high
            grid = week.problem.grid
            begin, lunch = p.shift.start, p.shift.start + at
            old = [(begin, lunch, "phone"), (lunch, lunch + slots, "lunch"), (lunch + slots, p.shift.end, "phone")]
            gone = lunch + step
            new = [(begin, gone, "phone"), (gone, gone + slots, "lunch"), (gone + slots, p.shift.end, "phone")]
            shift = by or pd.Timedelta(0)
            rows = [
                ActivityRow(way, agent, grid.time(a) + (shift if way == "in" and what == "lunch" else 0 * STEP),
                            grid.time(b) + (shift if way == "in" and what == "lunch" else 0 * STEP), what,
                            p.queue if what == "phone" else "")
                for way, part in (("out", old), ("in", new)) for a, b, what in part
            ]  # fmt: skip
            return Action("move", (agent,), f"{agent}: lunch moved", 0.1, 2.0, 0.0, tuple(rows)), grid.time(begin)
    raise AssertionError("nobody has a lunch")


def test_everybodys_shifts_are_read_back_as_they_were(run: Path) -> None:
    """The activity that the read shifts make is the published one."""
    week = WeekAgain.read(run)
    again = activity(week.assigned(week.activity), week.problem.grid, week.problem.staff)
    told = week.activity.assign(queue=week.activity["queue"].fillna(""))
    pd.testing.assert_frame_equal(again, told[list(again)], check_dtype=False)


@pytest.mark.slow
def test_the_new_run_is_right_and_the_old_one_stays(run: Path) -> None:
    """One lunch moves, nothing else; the second opinion counts all again; a second version does not take its place."""
    action, when = move(run)
    before = Manifest.of(run).files
    place, summary = apply(run, [action], when)
    assert place != run
    assert Manifest.of(run).files == before
    verdict = verdict_of(place)
    assert verdict.passed, [str(v) for v in verdict.violations]
    old, new = (pd.read_csv(folder / "activity.csv", keep_default_na=False) for folder in (run, place))
    differ = pd.concat([old, new]).drop_duplicates(keep=False)
    assert set(differ["agent"]) == set(action.people)
    assert len(differ) == len(action.change)
    assert summary["bound"] is None
    assert any("actions, see taken.csv" in note for note in summary["notes"])
    ((kept, moment),) = taken(place, "Europe/Berlin")
    assert (kept, moment) == (action, when)
    again, _ = apply(run, [action], when)
    assert again not in (run, place)
    assert place.is_dir()


@pytest.mark.slow
def test_an_action_is_undone_in_a_further_version(run: Path) -> None:
    """Undone, the roster is the plan's again, and nothing counts as taken."""
    action, when = move(run)
    place, _ = apply(run, [action], when)
    turned = tuple(r._replace(way={"out": "in", "in": "out"}[r.way]) for r in action.change)
    back = Action("undo", action.people, f"undone: {action.what}", 0.0, 0.0, 0.0, turned)
    last, _ = apply(place, [back], when)
    assert (last / "activity.csv").read_bytes() == (run / "activity.csv").read_bytes()
    assert taken(last, "Europe/Berlin") == ()


def test_the_judge_refuses_a_lunch_outside_its_window(run: Path) -> None:
    """A lunch two hours late is no shift of the plan: nothing is written."""
    action, when = move(run, pd.Timedelta(hours=2))
    with pytest.raises((InputError, Refused)):
        apply(run, [action], when)
    assert [p.name for p in run.parent.iterdir()] == ["run"]


def test_actions_of_another_version_are_refused(run: Path) -> None:
    """A row that is not there cannot leave: the menu is of another roster."""
    action, when = move(run)
    shifted = tuple(r._replace(end=r.end + STEP) if r.way == "out" else r for r in action.change)
    wrong = Action("move", action.people, action.what, 0.0, 0.0, 0.0, shifted)
    with pytest.raises(InputError, match="another version"):
        apply(run, [wrong], when)


def test_what_has_begun_is_not_changed(run: Path) -> None:
    """At the end of the shift its lunch is past."""
    action, _ = move(run)
    with pytest.raises(InputError, match="has begun"):
        apply(run, [action], max(r.end for r in action.change))


@pytest.mark.slow
def test_a_run_changed_by_hand_is_refused(run: Path) -> None:
    """The new version would take the change for the plan's."""
    action, when = move(run)
    with (run / "roster.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    with pytest.raises(InputError, match="changed by hand"):
        apply(run, [action], when)


def test_no_action_is_no_new_version(run: Path) -> None:
    """There must be something to do."""
    with pytest.raises(InputError, match="no action"):
        apply(run, [], pd.Timestamp("2026-10-19 10:00", tz="Europe/Berlin"))
