"""The units of a batch and their states: what may follow what."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    """State of a unit; a unit in one of `ENDED` is not touched again in its batch, but by ``retry``."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    UNCHANGED = "unchanged"
    HELD = "held"
    FAILED = "failed"
    DEAD = "dead"
    BLOCKED = "blocked"


class Step(StrEnum):
    """What a unit does; the units of a site are done in this order, a plan for each week."""

    TAKE = "take"
    """New exports become rows; forecasts and plans are held against what came."""
    FORECAST = "forecast"
    PLAN = "plan"


class Event(StrEnum):
    """What happens to a unit."""

    BEGIN = "begin"
    DONE = "done"
    UNCHANGED = "unchanged"
    HOLD = "hold"
    FAIL = "fail"
    LOSE = "lose"
    GIVE_UP = "give up"
    BLOCK = "block"
    RELEASE = "release"
    """A new driver, or a stop, gives back what was running."""
    RETRY = "retry"


MOVES: dict[tuple[State, Event], State] = {
    (State.WAITING, Event.BEGIN): State.RUNNING,
    (State.WAITING, Event.BLOCK): State.BLOCKED,
    (State.RUNNING, Event.DONE): State.DONE,
    (State.RUNNING, Event.UNCHANGED): State.UNCHANGED,
    (State.RUNNING, Event.HOLD): State.HELD,
    (State.RUNNING, Event.FAIL): State.FAILED,
    (State.RUNNING, Event.LOSE): State.WAITING,
    (State.RUNNING, Event.GIVE_UP): State.DEAD,
    (State.RUNNING, Event.RELEASE): State.WAITING,
    (State.WAITING, Event.UNCHANGED): State.UNCHANGED,  # found before anything is begun
    (State.WAITING, Event.DONE): State.DONE,
    (State.WAITING, Event.HOLD): State.HELD,
    (State.WAITING, Event.FAIL): State.FAILED,
    (State.FAILED, Event.RETRY): State.WAITING,
    (State.DEAD, Event.RETRY): State.WAITING,
    (State.BLOCKED, Event.RETRY): State.WAITING,
}
"""Every move that there is."""

ENDED = frozenset({State.DONE, State.UNCHANGED, State.HELD, State.FAILED, State.DEAD, State.BLOCKED})
GOOD = frozenset({State.DONE, State.UNCHANGED, State.HELD})
"""States after which the next unit of the site can begin."""
BAD = frozenset({State.FAILED, State.DEAD, State.BLOCKED})


def moved(state: State, event: Event) -> State:
    """Return the state after an event.

    Raises
    ------
    ValueError
        If nothing of the kind can happen to a unit in that state.
    """
    try:
        return MOVES[state, event]
    except KeyError:
        raise ValueError(f"a unit that is {state} cannot {event}") from None


def after_loss(attempt: int, attempts: int) -> Event:
    """Return what happens to a unit whose worker was lost in its `attempt`, the first being 1."""
    return Event.GIVE_UP if attempt >= attempts else Event.LOSE


def site_state(units: Iterable[tuple[Step, State]]) -> State:
    """Return the state of a site from those of its units: its gravest trouble, else what became of its plans."""
    pairs = list(units)
    found = {state for _, state in pairs}
    for state in (State.DEAD, State.FAILED, State.BLOCKED, State.RUNNING, State.WAITING, State.HELD):
        if state in found:
            return state
    return State.DONE if (Step.PLAN, State.DONE) in pairs else State.UNCHANGED
