"""Changes within the shifts of people: pauses and meetings moved, meetings cancelled, people on another queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from .actions import ActionParams
from .desk import ACTIVITIES, BREAK, LUNCH, MEETING, PHONE, TRAINING, Movable, RunningDesk
from .variation import Edit, State, Variation

PAUSES = (BREAK, LUNCH)
IS_WORK = np.isin(np.arange(len(ACTIVITIES)), (PHONE, MEETING, TRAINING))
"""Whether each activity counts as work between pauses."""
PULL_H = (1.0, 2.0, 4.0, np.inf)
"""Hours for which somebody may be pulled to another queue; infinite: to the end of the shift."""
NAMES = {BREAK: "break", LUNCH: "lunch", MEETING: "meeting", TRAINING: "training"}


def changes_within(desk: RunningDesk, is_open: np.ndarray, params: ActionParams) -> list[Variation]:
    """Return every change within the shifts, of the kinds that are asked for.

    Parameters
    ----------
    is_open
        Whether each queue is open in each slot, shape (Q, S).
    """
    state, soon = State(desk), soon_of(desk, params.notice_min)
    own: dict[int, list[Movable]] = {}
    groups: dict[tuple[str, int], list[Movable]] = {}
    for number, m in enumerate(desk.movables):
        own.setdefault(m.agent, []).append(m)
        if m.activity not in PAUSES and m.start >= soon:
            groups.setdefault((m.meeting, -1 if m.meeting else number), []).append(m)
    out: list[Variation] = []
    if "move" in params.kinds:
        pauses = (m for m in desk.movables if m.activity in PAUSES and m.start >= soon)
        out += [v for m in pauses for v in _moved(desk, state, own, [m], soon, "move")]
    for group in groups.values():
        if "meeting" in params.kinds:
            out += _moved(desk, state, own, group, soon, "meeting")
        if "cancel" in params.kinds:
            out += _cancelled(desk, state, group, params)
    if "skill" in params.kinds and len(desk.queues) > 1:
        out += _pulled(desk, state, is_open, soon)
    return out


def soon_of(desk: RunningDesk, notice_min: int) -> int:
    """Return the first slot that begins `notice_min` after the slot that runs now."""
    return desk.now + -(-notice_min // desk.slot_min)


def _moved(
    desk: RunningDesk,
    state: State,
    own: Mapping[int, Sequence[Movable]],
    group: Sequence[Movable],
    soon: int,
    kind: str,
) -> Iterator[Variation]:
    """Yield the moves of a pause, or of a meeting with all who meet: they move together by the same number of slots."""
    low = max(max(m.earliest, soon) - m.start for m in group)
    high = min(m.latest - m.start for m in group)
    for by in range(low, high + 1):
        if by == 0:
            continue
        edits: list[Edit] = []
        for m in group:
            back = _queue_around(state.of(desk.agents[m.agent])[1], m.start, m.start + m.slots)
            if back is None:
                return
            name = desk.agents[m.agent]
            edits += [Edit(name, m.start, m.start + m.slots, PHONE, back),
                      Edit(name, m.start + by, m.start + by + m.slots, m.activity)]  # fmt: skip
        if all(_fits(desk, state, own[m.agent], m, by, edits) for m in group):
            first = group[0]
            times = [state.clock(slot) for slot in (first.start, first.start + by)]
            who = _who([desk.agents[m.agent] for m in group])
            yield Variation(kind, tuple(edits), f"{who}: {NAMES[first.activity]} at {times[1]} instead of {times[0]}")


def _fits(
    desk: RunningDesk, state: State, own: Sequence[Movable], moved: Movable, by: int, edits: Sequence[Edit]
) -> bool:
    """Whether somebody may begin a pause or meeting `by` slots later: on the phone until then, with work around it."""
    name = desk.agents[moved.agent]
    doing, on = state.of(name)
    begin, end = moved.start + by, moved.start + by + moved.slots
    if begin < 0 or end > len(doing):
        return False
    free = (on[begin:end] >= 0) & (doing[begin:end] == PHONE)
    free |= (np.arange(begin, end) >= moved.start) & (np.arange(begin, end) < moved.start + moved.slots)
    if not free.all():
        return False
    works = IS_WORK[state.after(name, edits)[0]]
    for m in own:
        at = begin if m is moved else m.start
        if m.activity not in PAUSES:
            continue
        if not (_all(works, at - m.before, at) and _all(works, at + m.slots, at + m.slots + m.after)):
            return False
    return True


def _all(values: np.ndarray, begin: int, end: int) -> bool:
    """Whether all of [begin, end) are true; what lies outside the day is not known and counts as false."""
    return begin >= end or (begin >= 0 and end <= len(values) and bool(values[begin:end].all()))


def _queue_around(on: np.ndarray, begin: int, end: int) -> int | None:
    """Return the queue that somebody serves just before [begin, end), else just after; None where neither is known."""
    for slot in (begin - 1, end):
        if 0 <= slot < len(on) and on[slot] >= 0:
            return int(on[slot])
    return None


def _cancelled(desk: RunningDesk, state: State, group: Sequence[Movable], params: ActionParams) -> Iterator[Variation]:
    """Yield the cancelling of a meeting or training for all who take part."""
    edits = []
    for m in group:
        back = _queue_around(state.of(desk.agents[m.agent])[1], m.start, m.start + m.slots)
        if back is None:
            return
        edits.append(Edit(desk.agents[m.agent], m.start, m.start + m.slots, PHONE, back))
    hours = sum(m.slots for m in group) * desk.slot_min / 60.0
    first = group[0]
    what = f"{_who([e.agent for e in edits])}: {NAMES[first.activity]} at {state.clock(first.start)} cancelled"
    yield Variation("cancel", tuple(edits), f"{what}, to be held another day", params.cancel_price_h * hours)


def _pulled(desk: RunningDesk, state: State, is_open: np.ndarray, soon: int) -> Iterator[Variation]:
    """Yield the turns of people with several skills to another queue, for some hours or to the end of the shift."""
    size = len(desk.starts)
    for a, name in enumerate(desk.agents):
        named = not np.isnan(desk.cost_h[a])  # of a shift without a name nobody knows the skills
        mine = np.flatnonzero(desk.skills[a] & named)
        for queue in mine if len(mine) > 1 else ():
            may = (desk.on[a] >= 0) & (desk.on[a] != queue) & is_open[queue]
            may[:soon] = False
            reached = 0
            for hours in PULL_H:
                until = size if np.isinf(hours) else min(size, soon + round(hours * 60.0 / desk.slot_min))
                slots = np.flatnonzero(may[:until])
                if len(slots) == reached:
                    continue
                reached = len(slots)
                edits = tuple(Edit(name, begin, end, PHONE, int(queue)) for begin, end in _runs(slots))
                times = f"{state.clock(int(slots[0]))} to {state.clock(int(slots[-1]) + 1)}"
                yield Variation("skill", edits, f"{name}: on {desk.queues[queue]} from {times}")


def _runs(slots: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield the half-open runs of consecutive slots."""
    for run in np.split(slots, np.flatnonzero(np.diff(slots) > 1) + 1):
        if len(run):
            yield int(run[0]), int(run[-1]) + 1


def _who(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
