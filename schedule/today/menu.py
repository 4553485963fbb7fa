"""What to do for the rest of the day: the menu of actions, each with what it brings by the transient model."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...forecast.progress import Watch
from .actions import COUNTS, Action, ActionParams, FrontierPoint, Menu
from .desk import Outlook, RunningDesk
from .moves import changes_within
from .rest_of_day import Measured, RestOfDay
from .search import Candidates, Chosen, Terms
from .variation import State, Variation, heads_changed, rows_by_agent, take
from .worth import SPAN, Worth

ALLOWED = 0.03
"""Share by which the transient model may find a slot below the floor that the curve found above it: where more people
have been on the phone just before, more of them finish a call into the slot."""
HALVINGS = 3
"""Most times that the number of actions is halved towards the last one that held, where the whole list does not."""
TRIES = 5
"""Most searches, each without the first action of the one before, where even that action does not hold."""
SLACK = 1e-6
"""Calls below which a difference is rounding."""

Offered = Callable[[np.ndarray], Sequence[Variation]]
"""Gives offers of other shifts, from what one person more is worth on each queue in each slot of the day (Q, S)."""


def menu(
    desk: RunningDesk,
    outlook: Outlook,
    params: ActionParams | None = None,
    offered: Offered | None = None,
    watch: Watch | None = None,
) -> Menu:
    """Return the actions for the rest of the day, best first, with the frontier of 1, 2, 5, 10, 20 and all of them.

    The actions are planned for a mixture of the lengths that the change of calls may still have. None pushes a slot
    below the floor, or below where the slot stands; taken together none of the frontier's numbers loses calls under any
    length. What they gain is measured by the transient model. Where every goal is held with something to spare, hours
    are given back instead.

    Parameters
    ----------
    desk, outlook
        The running day, and what its queues may expect.
    params
        How to search.
    offered
        Gives the other shifts that people may be offered (`offers.Offers.variations`).
    watch
        On a stop the actions found so far are measured no further.

    Raises
    ------
    Stopped
        If stopped before there was a menu.
    """
    began, p, eye = time.monotonic(), params or ActionParams(), watch or Watch()
    day = Day.of(desk, outlook, p, eye)
    if not day.slots:
        return day.menu(day.nothing, [], False, began)
    spare = day.spare
    found = [] if spare else changes_within(desk, day.is_open, p)
    if offered is not None:
        found += [v for v in offered(day.worth_of_one) if (v.kind == "time_off") == spare]
    terms = (
        Terms(p.call_price, -math.inf, 0.0, day.to_spare, p.most_actions)
        if spare
        else Terms(p.call_price, p.least_calls, 0.0, None, p.most_actions)
    )
    chosen, points = day.chosen(found, terms)
    return day.menu(chosen, points, spare, began)


@dataclass(frozen=True, eq=False)
class Day:
    """The rest of a day as its actions see it.

    Attributes
    ----------
    rests
        The rest of each queue that is open on the day.
    base
        Service of the roster as it stands, by queue.
    worth
        Curves fitted to that, by queue.
    hours, chances
        Lengths that the change of calls may still have.
    """

    desk: RunningDesk
    params: ActionParams
    watch: Watch
    rests: tuple[RestOfDay, ...]
    base: tuple[Measured, ...]
    worth: tuple[Worth, ...]
    hours: tuple[float, ...]
    chances: np.ndarray

    @classmethod
    def of(cls, desk: RunningDesk, outlook: Outlook, params: ActionParams, watch: Watch) -> Day:
        """Measure the roster as it stands and fit the curves; without a change of calls there is one length."""
        changed = any(not np.allclose(q.calls, q.without_step) for q in outlook.queues)
        hours = params.lengths_h if changed else (math.inf,)
        chances = np.array(params.chances if changed else (1.0,))
        rests = tuple(RestOfDay(desk, outlook, queue, hours) for queue in outlook.queues)
        nothing = np.zeros(len(rests[0].planned) if rests else 0, dtype=np.int64)
        base = tuple(r.measured(nothing, watch) for r in rests) if len(nothing) else ()
        worth = tuple(
            Worth.of(r, b, params.floor, params.abandon_weight) for r, b in zip(rests, base, strict=bool(base))
        )
        return cls(desk, params, watch, rests, base, worth, hours, chances / chances.sum())

    @property
    def open_queues(self) -> list[int]:
        """Numbers of the queues of `rests` among those of the desk."""
        return [self.desk.queues.index(r.queue.queue) for r in self.rests]

    @property
    def slots(self) -> int:
        """Slots of the rest."""
        return len(self.rests[0].planned) if self.rests else 0

    @property
    def nothing(self) -> Chosen:
        """No action."""
        return Chosen((), np.zeros((0, len(self.chances))), np.zeros((0, len(self.rests), self.slots), dtype=np.int64))

    @property
    def first(self) -> int:
        """Slot of the desk with which the rest begins."""
        return self.rests[0].first

    @property
    def is_open(self) -> np.ndarray:
        """Whether each queue of the desk is open in each slot of the day, shape (Q, S)."""
        out = np.zeros((len(self.desk.queues), len(self.desk.starts)), dtype=bool)
        for q, r in zip(self.open_queues, self.rests, strict=True):
            out[q, self.first :] = r.per_slot(r.queue.is_open)
        return out

    @property
    def worth_of_one(self) -> np.ndarray:
        """What one person more is worth on each queue in each slot of the day, the mean over the lengths: (Q, S)."""
        out = np.zeros((len(self.desk.queues), len(self.desk.starts)))
        for q, w in zip(self.open_queues, self.worth, strict=True):
            out[q, self.first :] = self.chances @ (w.value[:, :, SPAN + 1] - w.value[:, :, SPAN])
        return out

    def totals(self, found: Sequence[Measured]) -> tuple[np.ndarray, np.ndarray]:
        """Return the day's calls in time and counted under each length by queue, what came included: (L, Q) each."""
        above = np.array([f.in_time.sum(axis=1) + r.queue.in_time for f, r in zip(found, self.rests, strict=True)])
        below = np.array([f.counted.sum(axis=1) + r.queue.offered for f, r in zip(found, self.rests, strict=True)])
        return above.T, below.T

    def levels(self, found: Sequence[Measured]) -> np.ndarray:
        """Return the day's service level of each queue, the mean over the lengths, shape (Q,)."""
        above, below = self.totals(found)
        level = np.divide(above, below, out=np.ones(above.shape), where=below > 0.0)
        return np.asarray(self.chances @ level)

    @property
    def to_spare(self) -> np.ndarray:
        """Calls in time by which each queue lies above its goal with the margin, under each length, shape (L, Q)."""
        above, below = self.totals(self.base)
        goal = np.array([r.queue.goal.level for r in self.rests]) + self.params.spare_points / 100.0
        return np.asarray(above - goal * below)

    @property
    def spare(self) -> bool:
        """Whether every goal is held with the margin under every length."""
        return bool((self.to_spare > 0.0).all())

    def chosen(self, found: Sequence[Variation], terms: Terms) -> tuple[Chosen, list[tuple[int, list[Measured]]]]:
        """Return the best of some variations, and the measured numbers of them, as many as hold what is promised."""
        state = State(self.desk)
        variations, heads = [], []
        for v in found:
            change = heads_changed(v, state, len(self.desk.queues))[self.open_queues, self.first :]
            if change.any():
                variations.append(v)
                heads.append(change)
        shape = (len(variations), len(self.rests), self.slots)
        changes = np.array(heads, dtype=np.int16).reshape(shape)
        for _ in range(TRIES):
            best = Candidates(variations, changes).best(self.worth, self.chances, terms, self.watch)
            kept, points = self._measured(best, terms)
            if points or not best.variations:
                return kept, points
            at = variations.index(best.variations[0])
            variations, changes = variations[:at] + variations[at + 1 :], np.delete(changes, at, axis=0)
        return self.nothing, []

    def _measured(self, chosen: Chosen, terms: Terms) -> tuple[Chosen, list[tuple[int, list[Measured]]]]:
        """Measure the frontier; where the whole list does not hold, leave out the last actions until the rest does."""
        size = len(chosen.variations)
        points: list[tuple[int, list[Measured]]] = []
        failed: int | None = None
        for count in [*(c for c in COUNTS if c < size), *([size] if size else [])]:
            found = self._at(chosen, count)
            if not self._holds(found, terms, points[-1][1] if points else self.base):
                failed = count
                break
            points.append((count, found))
        good = points[-1][0] if points else 0
        for _ in range(HALVINGS if failed is not None else 0):
            count = (good + (failed or 0)) // 2
            if count <= good:
                break
            found = self._at(chosen, count)
            if self._holds(found, terms, points[-1][1] if points else self.base):
                good = count
                points.append((count, found))
            else:
                failed = count
        listed = {*COUNTS, good}
        cut = Chosen(chosen.variations[:good], chosen.gains[:good], chosen.heads[:good])
        return cut, [(count, found) for count, found in points if count in listed]

    def _at(self, chosen: Chosen, count: int) -> list[Measured]:
        heads = chosen.heads[count - 1]
        return [
            b if not heads[q].any() else r.measured(heads[q], self.watch)
            for q, (r, b) in enumerate(zip(self.rests, self.base, strict=True))
        ]

    def _holds(self, found: Sequence[Measured], terms: Terms, before: Sequence[Measured]) -> bool:
        """Whether the transient model finds what the search asked for, and no less than with fewer actions (`before`).

        Floors hold, and under no length more is lost than may be.
        """
        for b, f in zip(self.base, found, strict=True):
            if (f.level < np.minimum(b.level, self.params.floor) - ALLOWED).any():
                return False
        won = self._won(found, self.base)
        if terms.keeps is not None:
            return bool((won >= -terms.keeps - SLACK).all())
        more = self._won(found, before).sum(axis=1) @ self.chances
        return bool((won.sum(axis=1) >= -SLACK).all() and more >= -SLACK)

    def _won(self, found: Sequence[Measured], before: Sequence[Measured]) -> np.ndarray:
        """Return the calls in time gained by each queue under each length, shape (L, Q).

        Calls that the goal counts more or fewer are taken at the goal's level: a call answered late may count, one that
        was given up not.
        """
        (above, below), (above_before, below_before) = self.totals(found), self.totals(before)
        goal = np.array([r.queue.goal.level for r in self.rests])
        return np.asarray((above - above_before) - goal * (below - below_before))

    def menu(self, chosen: Chosen, points: Sequence[tuple[int, list[Measured]]], spare: bool, began: float) -> Menu:
        """Return the menu of measured actions."""
        standing = self.levels(self.base) if self.base else np.zeros(0)
        rows = rows_by_agent(self.desk)
        changes = [take(v, self.desk, rows) for v in chosen.variations]
        told_of = int(np.argmax(np.abs(self.levels(points[-1][1]) - standing))) if points else 0
        actions: list[Action] = []
        frontier: list[FrontierPoint] = []
        for count, found in points:
            before = frontier[-1] if frontier else None
            gained = self._gained(found)
            calls = float(self.chances @ gained)
            level = 100.0 * float((self.levels(found) - standing)[told_of])
            step = level - (before.gain_points if before else 0.0), calls - (before.gain_calls if before else 0.0)
            part = slice(before.actions if before else 0, count)
            for v, share, change in zip(
                chosen.variations[part], _shares(chosen.gains[part] @ self.chances), changes[part], strict=True
            ):
                gains = float(share * step[0]), float(share * step[1])
                actions.append(Action(v.kind, v.people, v.what, *gains, v.cost, change))
            people = {name for v in chosen.variations[:count] for name in v.people}
            cost = sum(v.cost for v in chosen.variations[:count])
            lowest = min(float(f.level.min()) for f in found)
            by_length = tuple(map(float, gained))
            frontier.append(FrontierPoint(count, len(people), level, calls, cost, by_length, lowest))
        told = repr([(a.kind, a.change) for a in actions]).encode()
        named = hashlib.sha256(told).hexdigest()[:8]
        service = {r.queue.queue: float(x) for r, x in zip(self.rests, standing, strict=bool(len(standing)))}
        return Menu(
            tuple(actions), tuple(frontier), self.hours, tuple(map(float, self.chances)), service, spare, named,
            time.monotonic() - began,
        )  # fmt: skip

    def _gained(self, found: Sequence[Measured]) -> np.ndarray:
        """Return the calls in time gained over all queues under each length, shape (L,)."""
        return np.asarray((self.totals(found)[0] - self.totals(self.base)[0]).sum(axis=1))


def _shares(gains: np.ndarray) -> np.ndarray:
    """Return each action's share of what several gain together: by the curve, or equal ones where the curve says 0."""
    total = float(gains.sum())
    if len(gains) and (abs(total) < 1e-9 or (np.sign(gains) != np.sign(total)).any()):
        return np.full(len(gains), 1.0 / len(gains))
    return np.asarray(gains / total) if len(gains) else gains
