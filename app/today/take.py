"""Which actions somebody asks for: the first of the menu, or all of a menu by its name."""

from __future__ import annotations

from ...forecast.errors import InputError
from ...schedule.today.actions import Action, Menu

MOST_DIGITS = 5
"""Digits of a number of actions; a name of a menu has more."""


def asked_actions(asked: str, menu: Menu | None) -> tuple[Action, ...]:
    """Return the actions of a menu that somebody asks for.

    Parameters
    ----------
    asked
        A number: the first so many; or the name of the menu: all of them. The same look has the same menu, so that a
        menu that was shown is found again by its moment.

    Raises
    ------
    InputError
        If there is nothing to do, there are not so many actions, or the menu has another name.
    """
    if menu is None or not menu.actions:
        raise InputError("there is nothing to do", column="--apply", value=asked, mend="Leave --apply out")
    if asked.isdecimal() and len(asked) <= MOST_DIGITS:
        return menu.first(int(asked))
    if asked != menu.id:
        raise InputError(
            f"the menu is {menu.id} at this moment", column="--apply", value=asked,
            mend="Name a number of actions or this menu; --now HH:MM goes back to an earlier one",
        )  # fmt: skip
    return menu.actions
