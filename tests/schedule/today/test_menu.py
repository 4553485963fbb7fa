"""The menu promises what the transient model gives, floors hold, and no length of the change loses calls."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from action_desk import NOW, SLOT_MIN, SLOTS, STARTS, desk, outlook, standard

from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Stopped, Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.forecast.queueing.moving.transient import transient
from busyhour.schedule.today.actions import Action, ActionParams, Menu
from busyhour.schedule.today.desk import ACTIVITIES, LUNCH, MEETING, OFF, Outlook, RunningDesk
from busyhour.schedule.today.menu import menu
from busyhour.schedule.today.rest_of_day import RestOfDay, calls_by_length
from busyhour.schedule.today.undo import undo
from busyhour.schedule.today.variation import Edit, Variation

COLUMNS = ("agent", "start", "end", "activity", "queue")
MOVES = ActionParams(kinds=("move",), lengths_h=(1.0, math.inf), chances=(0.5, 0.5))


def taken_by(running: RunningDesk, actions: Sequence[Action]) -> RunningDesk:
    """Return the desk with some actions taken, made from the rows alone."""
    rows = [tuple(r) for r in running.rows[list(COLUMNS)].itertuples(index=False)]
    for action in actions:
        for row in action.change:
            if row.way == "out":
                rows.remove(row[1:])
        rows += [row[1:] for row in action.change if row.way == "in"]
    names = tuple(dict.fromkeys([*running.agents, *(row[0] for row in rows)]))
    doing, on = np.full((len(names), SLOTS), OFF), np.full((len(names), SLOTS), -1)
    for agent, start, end, what, queue in rows:
        part = slice(*(round((t - STARTS[0]).total_seconds() / 60 / SLOT_MIN) for t in (start, end)))
        doing[names.index(agent), part] = ACTIVITIES.index(what)
        on[names.index(agent), part] = running.queues.index(queue) if what == "phone" else -1
    more = len(names) - len(running.agents)
    return replace(
        running, agents=names, doing=doing, on=on, rows=pd.DataFrame(rows, columns=list(COLUMNS)),
        skills=np.pad(running.skills, ((0, more), (0, 0)), constant_values=True),
        cost_h=np.pad(running.cost_h, (0, more), constant_values=20.0),
    )  # fmt: skip


def heads_after(running: RunningDesk, actions: Sequence[Action]) -> np.ndarray:
    """Return the people on the phone of the first queue in each slot when some actions are taken."""
    return taken_by(running, actions).heads("q0")


def in_time(running: RunningDesk, day: Outlook, heads: np.ndarray, hours: float) -> np.ndarray:
    """Return the calls in time of the rest of the day, slot by slot, by the transient model alone."""
    (queue,) = day.queues
    calls = calls_by_length(queue, day, (hours,))[0][day.now :]
    return transient(
        calls / 900.0, heads[NOW:], interval_s=900.0, aht_s=180.0, patience_s=120.0, law=queue.law
    ).answered_in


def case(size: float = 0.25, load: float = 3.7) -> tuple[RunningDesk, Outlook]:
    """Return a desk with pauses in the busy time, and more calls than forecast."""
    running = standard()
    return running, outlook(running, [load], size=size)


def test_what_the_menu_promises_is_what_the_transient_model_gives() -> None:
    """Every point of the frontier, length by length, is a difference of two runs on the rosters that the rows make."""
    running, day = case()
    found = menu(running, day, MOVES)
    assert len(found.actions) >= 2
    for point in found.frontier:
        heads = heads_after(running, found.first(point.actions))
        gains = [
            (in_time(running, day, heads, h) - in_time(running, day, running.heads("q0"), h)).sum()
            for h in found.lengths_h
        ]
        assert point.gain_by_length == pytest.approx(gains, abs=1e-4)
        assert point.gain_calls == pytest.approx(np.dot(found.chances, gains), abs=1e-4)
        assert min(gains) >= -1e-4
    assert [p.actions for p in found.frontier] == sorted({p.actions for p in found.frontier})


def test_gains_of_the_actions_add_up_to_the_frontier() -> None:
    """Points, calls and money of the first actions sum to the point that stands after them."""
    running, day = case()
    found = menu(running, day, MOVES)
    for point in found.frontier:
        first = found.first(point.actions)
        assert sum(a.gain_calls for a in first) == pytest.approx(point.gain_calls)
        assert sum(a.gain_points for a in first) == pytest.approx(point.gain_points)
        assert sum(a.cost for a in first) == pytest.approx(point.cost)
        assert point.people == len({name for a in first for name in a.people})


def test_the_first_action_is_nearly_the_best_single_move() -> None:
    """All single moves measured by the transient model: the first action comes to nine tenths of the best or more."""
    running, day = case()
    params = replace(MOVES, abandon_weight=0.0, floor=0.0)
    found = menu(running, day, params)
    rest = RestOfDay(running, day, day.queues[0], found.lengths_h)
    none = np.zeros(SLOTS - NOW, dtype=np.int64)
    base = rest.measured(none, Watch()).in_time.sum(axis=1)
    best = 0.0
    moves = {(m.start, m.slots, m.earliest, m.latest) for m in running.movables}  # the same for whoever makes them
    for start, slots, earliest, latest in moves:
        for to in range(max(earliest, NOW + 1), latest + 1):
            change = none.copy()
            change[start - NOW : start - NOW + slots] += 1
            change[to - NOW : to - NOW + slots] -= 1
            gains = rest.measured(change, Watch()).in_time.sum(axis=1) - base
            if gains.min() >= 0.0:
                best = max(best, float(np.dot(found.chances, gains)))
    assert found.frontier[0].actions == 1
    assert found.frontier[0].gain_calls >= 0.9 * best > 0.0


@pytest.mark.parametrize("size", [0.1, 0.5, 1.5])
def test_no_slot_is_pushed_below_its_floor(size: float) -> None:
    """Without the floor pauses would be piled into lost slots; with it none falls below 60 %, or below where it was."""
    running, day = case(size)
    found = menu(running, day, MOVES)
    (queue,) = day.queues
    for point in found.frontier:
        heads = heads_after(running, found.first(point.actions))
        for hours in found.lengths_h:
            calls = calls_by_length(queue, day, (hours,))[0][day.now :]
            before, after = (in_time(running, day, h, hours) / calls for h in (running.heads("q0"), heads))
            assert (after >= np.minimum(before, 0.6) - 0.0301).all()


def test_the_same_day_gives_the_same_menu() -> None:
    """Nothing is drawn by chance; the id names the actions."""
    running, day = case()
    first, again = menu(running, day, MOVES), menu(running, day, MOVES)
    assert first.actions == again.actions
    assert first.id == again.id


def test_without_a_change_of_calls_there_is_one_length() -> None:
    """A busy day without a step has nothing whose length could be unknown."""
    running, day = case(0.0, 6.2)
    found = menu(running, day, MOVES)
    assert found.lengths_h == (math.inf,)
    assert set(found.service) == {"q0"}
    assert 0.0 < found.service["q0"] < 1.0


def test_a_meeting_is_moved_or_cancelled_where_that_gains_more() -> None:
    """A meeting of three in the busiest time is the first thing to change."""
    running = desk([((MEETING, 10, 2, 9, 22),) if a < 3 else () for a in range(8)])
    day = outlook(running, [4.4], size=0.3)
    found = menu(running, day, replace(MOVES, kinds=("move", "meeting", "cancel"), cancel_price_h=1.0))
    assert found.actions[0].kind in ("meeting", "cancel")
    assert found.actions[0].people == ("p0", "p1", "p2")
    dear = menu(running, day, replace(MOVES, kinds=("cancel",), cancel_price_h=1e5))
    assert dear.actions == ()


def test_somebody_is_pulled_from_a_queue_that_can_spare_the_person() -> None:
    """Of two queues the short one gains; points are those of the queue that gains most."""
    running = desk([()] * 12, skills=[(0,)] * 4 + [(1, 0)] * 8, queues=2)
    running = replace(running, on=np.where(np.arange(12)[:, None] < 4, 0, 1) * np.ones((12, SLOTS), dtype=np.int64),
                      rows=running.rows.assign(queue=["q0"] * 4 + ["q1"] * 8))  # fmt: skip
    day = outlook(running, [4.0, 2.5])
    found = menu(running, day, ActionParams(kinds=("skill",)))
    assert found.actions
    assert all(a.kind == "skill" and a.what.startswith(a.people[0]) for a in found.actions)
    assert found.frontier[-1].gain_points > 0.0


def test_hours_are_given_back_where_every_goal_is_held_with_something_to_spare() -> None:
    """With far too many people only time off is offered, and the goal is held in the end under every length."""
    running = desk([()] * 14)
    day = outlook(running, [5.0])

    def offered(worth: np.ndarray) -> list[Variation]:
        assert worth.shape == (1, SLOTS)
        home = [Variation("time_off", (Edit(f"p{a}", 12, SLOTS, OFF),), f"p{a} home", -60.0) for a in range(14)]
        return [*home, Variation("overtime", (Edit("p0", SLOTS, SLOTS + 4, 1, 0),), "longer", 30.0)]

    found = menu(running, day, ActionParams(), offered)
    assert found.spare
    assert 1 <= len(found.actions) < 14
    assert {a.kind for a in found.actions} == {"time_off"}
    assert found.frontier[-1].cost == pytest.approx(-60.0 * len(found.actions))
    (queue,) = day.queues
    answered = in_time(running, day, heads_after(running, found.actions), math.inf).sum()
    assert (answered + queue.in_time) / (queue.calls.sum()) >= 0.82 - 1e-6


def test_nobody_is_sent_home_while_a_goal_is_at_risk() -> None:
    """Time off is not in the menu of a short day, whoever offers it."""
    running, day = case(0.4)
    home = Variation("time_off", (Edit("p0", 12, SLOTS, OFF),), "p0 home", -600.0)
    found = menu(running, day, ActionParams(), lambda worth: [home])
    assert not found.spare
    assert all(a.kind != "time_off" for a in found.actions)


def test_costly_actions_are_taken_only_where_the_calls_are_worth_them() -> None:
    """A call-in that gains ten calls is taken at 15 a call for 50, not for 5,000."""
    running, day = case(0.5, 6.0)

    def called(cost: float) -> Menu:
        more = Variation("call_in", (Edit("new", 12, SLOTS, 1, 0),), "new: called in", cost)
        return menu(running, day, replace(MOVES, kinds=("call_in",)), lambda worth: [more])

    (action,) = called(50.0).actions
    assert action.people == ("new",)
    assert action.cost == 50.0
    assert action.gain_calls > 50.0 / 15.0
    assert called(5000.0).actions == ()


def test_a_day_that_is_over_has_no_menu() -> None:
    """At the end nothing is left to change."""
    running = standard()
    day = outlook(running, [5.0])
    over = replace(day, now=len(day.starts))
    found = menu(replace(running, now=SLOTS), over)
    assert found.actions == ()
    assert found.frontier == ()


def test_a_stop_ends_the_search() -> None:
    """Ctrl-C before the roster is measured leaves nothing to show."""
    running, day = case()
    watch = Watch()
    watch.stop.set()
    with pytest.raises(Stopped):
        menu(running, day, watch=watch)


def test_actions_are_undone_when_the_change_is_over() -> None:
    """The roster with the actions taken, and the calls back to usual: what is undone restores rows of the plan."""
    running, day = case(0.3)
    found = menu(running, day, MOVES)
    taken, calm = taken_by(running, found.actions), outlook(running, [4.0])
    back = undo(taken, calm, found.actions, replace(MOVES, least_calls=0.5))
    assert back.actions
    assert all(a.kind == "undo" and a.what.startswith("undone: ") for a in back.actions)
    restored = taken_by(taken, back.actions)
    assert (restored.doing != running.doing).sum() < (taken.doing != running.doing).sum()
    kept = undo(taken, day, found.actions, replace(MOVES, least_calls=0.0))
    assert len(kept.actions) < len(found.actions)


def test_what_has_begun_is_not_undone() -> None:
    """An action whose old or new time is past, or too near to tell anybody, stays."""
    running, day = case(0.3)
    found = menu(running, day, MOVES)
    late = replace(running, now=SLOTS - 1)
    assert undo(late, day, found.actions, MOVES).actions == ()


def test_params_are_checked() -> None:
    """Each out of its range is refused in one sentence."""
    for wrong in ({"floor": 1.5}, {"kinds": ("dance",)}, {"chances": (1.0,)}, {"lengths_h": (0.0, 1.0, 2.0)}):
        with pytest.raises(InputError):
            ActionParams(**wrong)  # type: ignore[arg-type]


def test_a_menu_gives_its_first_actions_only_where_there_are_so_many() -> None:
    """Asking for more than there are is an error that tells the number."""
    running, day = case()
    found = menu(running, day, MOVES)
    with pytest.raises(InputError, match=f"from 1 to {len(found.actions)}"):
        found.first(len(found.actions) + 1)


def test_other_definitions_of_the_goal_are_gained_by() -> None:
    """Points are of the goal's own definition: answered in time / answered here."""
    running = standard()
    goal = ServiceGoal(0.8, 20, "answered")
    day = outlook(running, [4.4], size=0.25, goal=goal)
    found = menu(running, day, MOVES)
    assert found.frontier[-1].gain_points > 0.0
    assert LUNCH in {m.activity for m in running.movables}
