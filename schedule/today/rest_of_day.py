"""The rest of a queue's day, slot by slot: its service under any staffing and any length that a change may have.

The transient model is led slot by slot. Rosters that are measured one after another differ in few slots: what comes
before the first of them is kept, and once the law is that of the roster before, so is what comes after the last.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from ...forecast.progress import Watch
from ...forecast.queueing.formulas.service_level import counted
from ...forecast.queueing.formulas.uncertain_rate import CERTAIN
from ...forecast.queueing.moving.day_course import DayCourse
from ...forecast.queueing.moving.passage import MEASURES, passage
from ...forecast.queueing.moving.transient import Transient
from ...forecast.queueing.moving.transient_law import TransientLaw
from .desk import Outlook, QueueOutlook, RunningDesk
from .expected import NODES
from .presence import present

SAME_LAW = 1e-6
"""Sum of differences of chances below which two laws count as one: a thousandth of a call in what follows at most."""


def calls_by_length(queue: QueueOutlook, outlook: Outlook, hours: tuple[float, ...]) -> np.ndarray:
    """Return the expected calls if the change that was found lasts so many more `hours`, shape (L, I).

    An interval in which the change ends has calls of both kinds. Without a change all rows are equal.
    """
    begin = (np.arange(len(queue.calls)) - outlook.now) * (outlook.interval_min / 60.0)
    lasting = (np.array(hours)[:, None] - begin) / (outlook.interval_min / 60.0)
    share = np.clip(lasting, 0.0, 1.0)
    return np.asarray(share * queue.calls + (1.0 - share) * queue.without_step)


@dataclass(frozen=True, eq=False)
class Measured:
    """Service of R slots under each of L lengths.

    Attributes
    ----------
    calls, counted, in_time, abandoned
        Expected calls offered, counted by the goal's definition, in time, and abandoned, shape (L, R).
    """

    calls: np.ndarray
    counted: np.ndarray
    in_time: np.ndarray
    abandoned: np.ndarray

    @property
    def level(self) -> np.ndarray:
        """Service level, shape (L, R); 1 where nothing is counted."""
        nothing = np.ones(self.counted.shape)
        return np.asarray(np.divide(self.in_time, self.counted, out=nothing, where=self.counted > 1e-9))


@dataclass
class _Led:
    """One roster led through the rest of the day under one length: calls, heads, the law before each slot and after the
    last, sums.
    """

    calls: np.ndarray
    heads: np.ndarray
    laws: list[TransientLaw]
    sums: np.ndarray

    def differ(self, calls: np.ndarray, heads: np.ndarray) -> np.ndarray:
        """Return the slots with other calls or heads."""
        return np.flatnonzero((self.heads != heads) | (self.calls != calls))

    def shared(self, calls: np.ndarray, heads: np.ndarray) -> int:
        """Return the slots before the first and after the last with other calls or heads."""
        slots = self.differ(calls, heads)
        return len(heads) - (int(slots[-1]) - int(slots[0]) + 1 if len(slots) else 0)


@dataclass
class RestOfDay:
    """The slots of one queue from the interval that runs now to the end of the day (R slots, L lengths).

    Attributes
    ----------
    first
        Slot of the desk with which they begin.
    planned
        People whom the roster has on the phone, shape (R,).
    missing
        Those of them who will not be there, shape (R,): a change of the roster is made by people who are.
    calls
        Calls of each slot under each length, shape (L, R).
    """

    desk: RunningDesk
    outlook: Outlook
    queue: QueueOutlook
    hours: tuple[float, ...]
    first: int = field(init=False)
    planned: np.ndarray = field(init=False)
    missing: np.ndarray = field(init=False)
    calls: np.ndarray = field(init=False)
    _courses: list[DayCourse] = field(init=False, repr=False)
    _known: list[_Led | None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        slots = self.outlook.interval_min // self.desk.slot_min
        self.first = self.outlook.now * slots
        heads = self.desk.heads(self.queue.queue)
        self.planned = heads[self.first :]
        self.missing = (heads - present(heads, self.queue.absent))[self.first :]
        by_length = np.where(self.queue.is_open, calls_by_length(self.queue, self.outlook, self.hours), 0.0)
        self.calls = np.repeat(by_length / slots, slots, axis=1)[:, self.first :]
        self._courses = [self._course(row) for row in self.calls] if self.calls.shape[1] else []
        self._known = [None] * len(self.hours)

    def per_slot(self, values: np.ndarray) -> np.ndarray:
        """Return values by interval of the day, shape (I,), as values by slot of the rest, shape (R,)."""
        return np.repeat(values, self.outlook.interval_min // self.desk.slot_min)[self.first :]

    @property
    def _ahead(self) -> int:
        """Slots before a change of staff whose callers may meet the change while they wait."""
        longest_s = max(self.queue.goal.within_s, self.queue.goal.short_s)
        return max(1, math.ceil(longest_s / (self.desk.slot_min * 60.0)))

    def _course(self, calls: np.ndarray) -> DayCourse:
        q, slot_s = self.queue, self.desk.slot_min * 60.0
        cv = q.cv if q.cv >= CERTAIN and (calls > 0.0).any() else 0.0
        short_s = q.goal.short_s if q.goal.definition == "excl_short" else q.goal.within_s  # one threshold is quicker
        return DayCourse.read(
            calls / slot_s, interval_s=slot_s, aht_s=self.per_slot(q.handle_s), patience_s=self.per_slot(q.patience_s),
            within_s=q.goal.within_s, short_s=short_s, cv=cv, nodes=NODES, is_open=self.per_slot(q.is_open),
        )  # fmt: skip

    def there(self, change: np.ndarray) -> np.ndarray:
        """Return the people there when the roster has so many more on the phone, shape (R,)."""
        return np.asarray(np.maximum(self.planned - self.missing + change, 0))

    def measured(self, change: np.ndarray, watch: Watch) -> Measured:
        """Return the service when so many more people are on the phone in each slot, shape (R,).

        Raises
        ------
        Stopped
            If the user stopped.
        """
        heads = self.there(change)
        found: list[Transient] = []
        for number in range(len(self.hours)):
            same = [k for k in range(number) if np.array_equal(self.calls[k], self.calls[number])]
            found.append(found[same[0]] if same else self._by(number, heads, watch))
        q = self.queue
        parts = [counted(q.goal.definition, f.calls, f.answered_in, f.abandoned, f.abandoned_in, f.abandoned_short)
                 for f in found]  # fmt: skip
        return Measured(
            np.array([f.calls for f in found]),
            np.array([below for _, below in parts]),
            np.array([above for above, _ in parts]),
            np.array([f.abandoned for f in found]),
        )

    def _by(self, number: int, heads: np.ndarray, watch: Watch) -> Transient:
        course = self._courses[number]
        led = self._led(number, heads, watch)
        self._known[number] = led  # rosters are measured one after another with more and more changes
        return Transient.of(led.sums, course.weights, self.desk.slot_min * 60.0, led.laws[-1])

    def _led(self, number: int, heads: np.ndarray, watch: Watch) -> _Led:
        """Lead the law through all slots, or through those in which it is not that of what was led before.

        That is the roster before under the same length, or this roster under another length: whichever leaves less.
        """
        course, calls, size = self._courses[number], self.calls[number], len(heads)
        known = max((k for k in self._known if k is not None), key=lambda k: k.shared(calls, heads), default=None)
        if known is None or len(known.laws[0].p) != len(course.weights):
            law = self.queue.law_of(len(course.weights))
            laws, sums, begin, last = [law], np.zeros((size, MEASURES, len(course.weights))), 0, size
        else:
            differ = known.differ(calls, heads)
            begin = max(int(differ[0]) - self._ahead, 0) if len(differ) else size
            last = int(differ[-1]) if len(differ) else -1
            laws, sums = known.laws[: begin + 1], known.sums.copy()
        for i in range(begin, size):
            watch.raise_if_stopped()
            if known is not None and i > last and _near(laws[i], known.laws[i]):
                laws += known.laws[i + 1 :]  # `sums` holds the rest of `known` already
                break
            law, sums[i] = passage(course, laws[i], i, heads[:, None])
            laws.append(law)
        return _Led(calls, heads, laws, sums)


def _near(a: TransientLaw, b: TransientLaw) -> bool:
    """Whether two laws are one."""
    if a.agents != b.agents or len(a.p) != len(b.p):
        return False
    shape = tuple(np.maximum(a.p.shape, b.p.shape))
    wide = [np.zeros(shape) for _ in range(2)]
    for out, law in zip(wide, (a, b), strict=True):
        out[:, : law.p.shape[1], : law.p.shape[2]] = law.p
    return bool(np.abs(wide[0] - wide[1]).sum() < SAME_LAW * len(a.p))
