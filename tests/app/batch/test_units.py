"""States of units: what may follow what, whatever happens in whichever order."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from busyhour.app.batch.units import BAD, ENDED, GOOD, MOVES, Event, State, Step, after_loss, moved, site_state

ATTEMPTS = 3


class OneUnit(RuleBasedStateMachine):
    """A unit in the hands of drivers that are killed, workers that are lost, and people who retry."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.attempt, self.begun, self.finished = State.WAITING, 0, 0, 0

    def move(self, event: Event) -> None:
        before = self.state
        self.state = moved(before, event)
        if self.state in {State.DONE, State.HELD, State.UNCHANGED}:
            self.finished += 1

    @precondition(lambda self: self.state is State.WAITING)
    @rule()
    def begin(self) -> None:
        self.begun += 1
        self.move(Event.BEGIN)

    @precondition(lambda self: self.state is State.WAITING)
    @rule(event=st.sampled_from([Event.UNCHANGED, Event.BLOCK, Event.FAIL, Event.HOLD]))
    def settle_without_a_worker(self, event: Event) -> None:
        self.move(event)

    @precondition(lambda self: self.state is State.RUNNING)
    @rule(event=st.sampled_from([Event.DONE, Event.FAIL, Event.HOLD, Event.UNCHANGED]))
    def answer(self, event: Event) -> None:
        self.move(event)

    @precondition(lambda self: self.state is State.RUNNING)
    @rule()
    def lose(self) -> None:
        self.attempt += 1
        self.move(after_loss(self.attempt, ATTEMPTS))

    @precondition(lambda self: self.state is State.RUNNING)
    @rule()
    def new_driver(self) -> None:
        self.move(Event.RELEASE)

    @precondition(lambda self: self.state in GOOD)
    @rule()
    def look(self) -> None:
        """Nothing more can happen."""

    @precondition(lambda self: self.state in BAD)
    @rule()
    def retry(self) -> None:
        self.attempt = 0
        self.move(Event.RETRY)

    @invariant()
    def never_lost_more_often_than_allowed(self) -> None:
        assert self.attempt <= ATTEMPTS
        assert (self.state is State.DEAD) <= (self.attempt == ATTEMPTS)

    @invariant()
    def finished_at_most_once(self) -> None:
        assert self.finished == (self.state in GOOD)


TestOneUnit = OneUnit.TestCase
TestOneUnit.settings = settings(
    max_examples=30, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@given(st.sampled_from(State), st.sampled_from(Event))
def test_what_is_not_listed_cannot_happen(state: State, event: Event) -> None:
    """A move is one of the table, or an error."""
    if (state, event) in MOVES:
        assert moved(state, event) is MOVES[state, event]
    else:
        with pytest.raises(ValueError, match="cannot"):
            moved(state, event)


def test_what_is_good_stays() -> None:
    """Nothing happens to a unit that is done, unchanged or held."""
    assert not [key for key in MOVES if key[0] in GOOD]
    assert ENDED == GOOD | BAD


@given(st.lists(st.tuples(st.sampled_from(Step), st.sampled_from(State)), max_size=6))
def test_trouble_of_a_site_is_never_hidden(units: list[tuple[Step, State]]) -> None:
    """A site is in trouble exactly when one of its units is, and at work exactly when one is left otherwise."""
    states = {state for _, state in units}
    found = site_state(units)
    assert (found in BAD) == bool(states & BAD)
    if found in (State.DONE, State.UNCHANGED):
        assert not states & {State.WAITING, State.RUNNING, State.HELD}
