"""Which actions somebody asks for: the first of the menu, or all of a menu by its name."""

from __future__ import annotations

from pathlib import Path

from ...forecast.errors import InputError
from ...forecast.reading import json_of
from ...schedule.today.actions import Action
from .kept_actions import read_menu
from .look import TodayLook


def kept_menu(folder: Path, zone: str | None) -> tuple[str | None, tuple[Action, ...]]:
    """Return name and actions of the menu that the look before has written; (None, ()) where there is none.

    Read before another look takes its place.
    """
    if not (folder / "summary.json").is_file():
        return None, ()
    name = json_of(folder / "summary.json").get("menu")
    return (str(name), read_menu(folder, zone)) if name else (None, ())


def asked_actions(asked: str, look: TodayLook, before: tuple[str | None, tuple[Action, ...]]) -> tuple[Action, ...]:
    """Return the actions that somebody asks for.

    Parameters
    ----------
    asked
        A number: the first so many of the menu as it is now; else the name of the menu now, or of the one before.
    before
        Name and actions of the menu that the look before has written.

    Raises
    ------
    InputError
        If there are not so many, or no menu has that name.
    """
    now = look.menu
    if asked.isdecimal() and len(asked) < 6:
        if now is None or not now.actions:
            raise InputError("there is nothing to do", column="--apply", value=asked, mend="Leave --apply out")
        return now.first(int(asked))
    if now is not None and now.actions and now.id == asked:
        return now.actions
    if before[0] == asked and before[1]:
        return before[1]
    mend = f"The menu is {now.id} now" if now is not None and now.actions else "There is nothing to do now"
    raise InputError("neither a number of actions nor the name of a menu", column="--apply", value=asked, mend=mend)
