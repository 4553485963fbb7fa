"""Which pauses, meetings and people may move: all that the windows allow, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from action_desk import NOW, SLOTS, desk, standard

from busyhour.schedule.today.actions import ActionParams
from busyhour.schedule.today.desk import BREAK, LUNCH, MEETING, PHONE, RunningDesk
from busyhour.schedule.today.moves import changes_within, soon_of
from busyhour.schedule.today.variation import State, Variation, heads_changed, rows_by_agent, take

OPEN = np.ones((2, SLOTS), dtype=bool)


def found(running: RunningDesk, *kinds: str, notice_min: int = 15) -> list[Variation]:
    """Return the variations of some kinds."""
    return changes_within(running, OPEN, ActionParams(kinds=kinds, notice_min=notice_min))


def test_pauses_move_to_every_slot_of_their_windows_and_to_no_other() -> None:
    """A break of one slot at 10, window 9 to 15, with a lunch at 15: 9 and 11 to 14."""
    running = desk([((BREAK, 10, 1, 9, 15), (LUNCH, 15, 2, 15, 15))])
    starts = sorted(v.edits[1].begin for v in found(running, "move"))
    assert starts == [9, 11, 12, 13, 14]


def test_nobody_is_told_too_late() -> None:
    """With notice of 30 minutes from slot 8 nothing begins, or would have begun, before slot 10."""
    running = desk([((BREAK, 9, 1, 8, 12),), ((BREAK, 11, 1, 8, 13),)])
    moves = found(running, "move", notice_min=30)
    assert soon_of(running, 30) == NOW + 2
    assert {v.people for v in moves} == {("p1",)}
    assert sorted(v.edits[1].begin for v in moves) == [10, 12, 13]


def test_work_before_and_after_a_pause_is_kept() -> None:
    """A lunch that needs two slots of work before does not come closer to the break; nor does the break to it."""
    running = desk([((BREAK, 10, 1, 9, 13), (LUNCH, 14, 2, 12, 18))])
    strict = replace(running, movables=tuple(
        replace(m, before=2) if m.activity == LUNCH else m for m in running.movables
    ))  # fmt: skip
    assert sorted(v.edits[1].begin for v in found(strict, "move") if v.edits[1].activity == LUNCH) == [
        13,
        15,
        16,
        17,
        18,
    ]
    assert sorted(v.edits[1].begin for v in found(strict, "move") if v.edits[1].activity == BREAK) == [9, 11]


def test_who_meets_moves_together() -> None:
    """A meeting of two is moved for both or for none: one has a break in the way of some slots."""
    running = desk([((MEETING, 12, 2, 10, 16),), ((MEETING, 12, 2, 10, 16), (BREAK, 15, 1, 15, 15))])
    moved = found(running, "meeting")
    assert all(v.people == ("p0", "p1") for v in moved)
    assert sorted({v.edits[1].begin for v in moved}) == [10, 11, 13, 16]
    (cancelled,) = found(running, "cancel")
    assert heads_changed(cancelled, State(running), 1)[0, 12:14].tolist() == [2, 2]
    assert cancelled.cost == 20.0  # two people, half an hour each


def test_people_are_pulled_to_queues_that_they_can_serve_and_that_are_open() -> None:
    """Only the one with both skills turns, and not into closed hours."""
    running = desk([(), ((BREAK, 12, 1, 12, 12),)], skills=[(0,), (0, 1)], queues=2)
    is_open = OPEN.copy()
    is_open[1, 20:] = False
    pulled = changes_within(running, is_open, ActionParams(kinds=("skill",)))
    assert {v.people for v in pulled} == {("p1",)}
    longest = max(pulled, key=lambda v: int(abs(heads_changed(v, State(running), 2)).sum()))
    change = heads_changed(longest, State(running), 2)
    assert change[1].tolist() == [int(9 <= s < 20 and s != 12) for s in range(SLOTS)]
    assert (change[0] == -change[1]).all()


def test_rows_out_and_in_cover_the_same_time() -> None:
    """What leaves the roster and what enters it are the same minutes of the same person; others stay."""
    running = standard(2)
    for v in found(running, "move"):
        rows = take(v, running, rows_by_agent(running))
        assert {r.agent for r in rows} == set(v.people)
        minutes = {way: sum((r.end - r.start).total_seconds() for r in rows if r.way == way) for way in ("out", "in")}
        assert minutes["out"] == minutes["in"] > 0
        assert {r.activity for r in rows if r.way == "in"} <= {"phone", "break", "lunch"}


def test_one_person_takes_one_action_but_for_pauses_that_lie_apart() -> None:
    """Moves of a break and of a lunch that do not overlap go together; a turn to another queue goes with neither."""
    running = desk([((BREAK, 9, 1, 9, 12), (LUNCH, 15, 2, 15, 18))], skills=[(0, 1)], queues=2)
    moves, pulled = found(running, "move"), found(running, "skill")
    of_break = [v for v in moves if v.edits[1].activity == BREAK]
    of_lunch = [v for v in moves if v.edits[1].activity == LUNCH]
    assert not any(a.excludes(b) for a in of_break for b in of_lunch)
    assert all(a.excludes(b) for a in of_break for b in of_break)
    assert all(a.excludes(b) for a in moves for b in pulled)
    assert (State(running).after("p0", of_break[0].edits)[0] == PHONE).sum() == (running.doing[0] == PHONE).sum()
