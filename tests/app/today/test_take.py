"""Actions are asked for by number, or by the name of the menu that the day has."""

from __future__ import annotations

import math

import pytest

from busyhour.app.today.take import asked_actions
from busyhour.forecast.errors import InputError
from busyhour.schedule.today.actions import Action, Menu

ACTIONS = tuple(Action("move", (name,), f"{name}: break", 0.1, 1.0, 0.0, ()) for name in ("ann", "bob"))
MENU = Menu(ACTIONS, (), (math.inf,), (1.0,), {"calls": 0.7}, False, "12ab34cd")


def test_a_number_takes_the_first_and_a_name_takes_all() -> None:
    """1 is the first action, the menu's name both."""
    assert asked_actions("1", MENU) == ACTIONS[:1]
    assert asked_actions("12ab34cd", MENU) == ACTIONS


@pytest.mark.parametrize(
    ("asked", "told"),
    [("3", "from 1 to 2"), ("0", "from 1 to 2"), ("99999999", "the menu is 12ab34cd"), ("x", "the menu is")],
)
def test_what_there_is_not_is_refused(asked: str, told: str) -> None:
    """Too many, none, and the menu of another moment."""
    with pytest.raises(InputError, match=told):
        asked_actions(asked, MENU)


def test_where_nothing_is_to_do_nothing_is_taken() -> None:
    """At the end of the day there is no menu."""
    with pytest.raises(InputError, match="nothing to do"):
        asked_actions("1", None)
