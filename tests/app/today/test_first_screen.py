"""The first screen of a running day: how the day stands, why, and what to do first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fixed_watch import FixedWatch, look, up

from busyhour.app.today.first_screen import FirstScreen, first_screen
from busyhour.app.today.words import silence
from busyhour.schedule.today.actions import Action, FrontierPoint, Menu


def test_the_first_screen(tmp_path: Path) -> None:
    """How the day stands, why, and what to do first; over, whether the goal was met."""
    busy = first_screen(look(tmp_path, "10:00", people=5, fixed=FixedWatch(1.6, (up(),))))
    assert busy.tone == "warn"
    assert busy.sentences[0].startswith("Off track: ")
    assert " more calls than this day's forecast, since 09:" in busy.why[0]
    assert busy.next == ""
    met = first_screen(look(tmp_path, "16:00"))
    assert met == FirstScreen(
        "good", ("Goal met: 90.0\N{NO-BREAK SPACE}% in time, the goal is 80\N{NO-BREAK SPACE}%",), (), ""
    )


def test_silence_of_the_files_is_told(tmp_path: Path) -> None:
    """An hour without a row is a warning on the first screen: no change of it can be seen."""
    found = look(tmp_path, "10:00", now="2026-10-20T11:00")
    (silent,) = (m for m in found.messages if m.kind == "input")
    assert (silent.level, silent.since) == ("warning", "2026-10-20T10:00+02:00")
    assert first_screen(found).why == ("no calls have been told, since 10:00",)
    assert silence(replace(found.actuals, silent=1)) == []


def test_what_to_do_first(tmp_path: Path) -> None:
    """The best action, and how far the first five reach; what is no longer needed; hours to give back."""
    found = look(tmp_path, "10:00")
    reach = [FrontierPoint(n, n, 0.5 * n, 4.0 * n, 0.0, (4.0 * n,), 0.6) for n in (1, 2, 5, 7)]

    def first(kind: str, what: str, *, spare: bool = False) -> str:
        menu = Menu((Action(kind, ("a1",), what, 0.5, 4.0, 0.0, ()),), tuple(reach), (1.0,), (1.0,), {}, spare, "m")
        return first_screen(replace(found, menu=menu)).next

    assert first("move", "a1: lunch later") == "a1: lunch later; the first 5 bring 20 more calls in time, +2.5 points"
    assert first("undo", "undone: a1: lunch later") == "no longer needed: a1: lunch later"
    assert first("time_off", "a1: off", spare=True) == "hours may be given back, first a1: off"
