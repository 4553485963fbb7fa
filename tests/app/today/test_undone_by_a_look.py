"""A change comes, people stay longer, the change is over: from the look to the judged rosters, and back."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from busyhour.app.finished import verdict_of
from busyhour.app.today.apply import apply
from busyhour.app.today.kept_actions import taken
from busyhour.app.today.look import DayLooker, TodayLook, TodayOptions
from busyhour.app.today.planned_day import PlannedWeek
from busyhour.app.today.watched import Watches
from busyhour.forecast.intraday.seen import Alarm, Over, Seen
from busyhour.forecast.progress import Watch

DAY = "2026-10-20"
UP = Alarm("volume", "up", 19, 19, 1.0, 0.8, 1.2, 5.0, 3.5)


def look(run: Path, until: str, factor: float, overs: tuple[Over, ...] = ()) -> TodayLook:
    """Look at the Tuesday whose calls are as forecast until a time of day, and so many times as many after it."""
    week = PlannedWeek.read(run, offers=True, overtime=(30, 60))
    rows = week.volume[week.volume["start"].dt.strftime("%Y-%m-%dT%H:%M").between(DAY, f"{DAY}T{until}", "left")]
    told = pd.DataFrame({"start": rows["start"].dt.strftime("%Y-%m-%dT%H:%M"), "offered": rows["calls"].round()})
    told.to_csv(run.parent / "live.csv", index=False)

    def seen(self: Watches, actuals: object, watch: Watch) -> tuple[dict[str, Seen | None], list[str]]:
        day = week.day(pd.Timestamp(DAY).date(), 30)
        usual = np.zeros(48)
        usual[day.wall] = day.column("calls", "calls", shared=True)
        mean = usual * factor
        return {"calls": Seen(mean, mean, mean, usual if not overs else mean, (UP,), overs)}, []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Watches, "seen", seen)
        options = TodayOptions((run.parent / "live.csv",), now=f"{DAY}T{until}")
        return DayLooker(week, options).look(Watch())


@pytest.mark.slow
def test_overtime_is_taken_and_undone_when_the_change_is_over(planned: Path, tmp_path: Path) -> None:
    """Both rosters pass the judge; who need not stay works as planned again; what has begun by then stays."""
    run = Path(shutil.copytree(planned / "runs" / "2026-10-19", tmp_path / "run"))
    busy = look(run, "10:30", 2.0)
    assert busy.menu is not None
    stay = [a for a in busy.menu.actions if a.kind == "overtime"]
    assert stay
    assert all(a.cost > 0.0 for a in stay)
    longer, summary = apply(run, stay, busy.actuals.now)
    assert (verdict_of(longer).passed, summary["violations"]) == (True, 0)
    worked = pd.read_csv(longer / "roster.csv")["pattern"].str.contains("+", regex=False)
    assert int(worked.sum()) == sum(a.what.endswith((" 0.5 h longer", " 1 h longer")) for a in stay) > 0

    over = look(longer, "12:00", 0.02, (Over(UP, 22, 23, 6.0),))
    assert over.menu is not None
    assert {a.kind for a in over.menu.actions} == {"undo"}
    assert {m.kind for m in over.messages} >= {"over"}
    back, _ = apply(longer, over.menu.actions, over.actuals.now)
    assert verdict_of(back).passed
    left = {a.people[0] for a, _ in taken(back, "Europe/Berlin")}
    assert len(left) + len(over.menu.actions) == len(stay)
    rows = [pd.read_csv(place / "activity.csv", keep_default_na=False) for place in (run, back)]
    one, other = (r[~r["agent"].isin(left)].reset_index(drop=True) for r in rows)
    pd.testing.assert_frame_equal(one, other)
