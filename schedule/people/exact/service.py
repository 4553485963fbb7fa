"""What heads on the phone are worth: floors and needs, steps of the service curves, goals over days and weeks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from ...price.segments import Segments, segments
from ...price.worth import Service
from ..compile import CompiledStaff
from .heads import HeadColumns
from .program import Pairs, Program

RISE = 1e-9
"""Share of a curve's largest step by which a step must rise, or lie below 0, to count: less is rounding."""


@dataclass(frozen=True)
class Step:
    """Equal steps of one slot's worth: so many heads, and for each of them money for floors and calls for a goal."""

    width: int
    floor: float
    gain: float


def steps_of(floor: np.ndarray, gain: np.ndarray) -> tuple[list[Step], list[Step]]:
    """Return the steps of the first heads that must be filled in order, and the rest, which fill in order themselves.

    Up to the last step that is followed by a higher one, or is below 0, order is forced: the model would rather skip
    the low steps. After that neither floors nor gains rise: the best order is the true one.

    Parameters
    ----------
    floor, gain
        Worth of the (n + 1)-th head in money, never rising, and in calls, shape (N,) each.
    """
    tiny = RISE * float(np.abs(gain).max(initial=0.0))
    ahead = np.maximum.accumulate(np.append(gain[1:], 0.0)[::-1])[::-1]
    bent = np.flatnonzero((ahead > gain + tiny) | (gain < -tiny))
    forced = int(bent[-1]) + 1 if len(bent) else 0
    each = list(zip(floor.tolist(), gain.tolist(), strict=True))
    ordered = [Step(1, f, g) for f, g in each[:forced]]
    free = [Step(len(list(same)), *worth) for worth, same in groupby(each[forced:])]
    while free and free[-1].floor == 0.0 and free[-1].gain == 0.0:
        free.pop()
    return ordered, free


@dataclass(frozen=True)
class ServiceColumns:
    """Where the worth of heads stands in the model.

    Attributes
    ----------
    ordered
        Queue and slot → whole columns, the steps that are filled in order.
    gates
        Period → its runs of missing calls, and the whole columns that say which have begun; none where prices are
        convex.
    """

    service: Service
    ordered: Mapping[tuple[int, int], list[Any]]
    gates: Mapping[int, tuple[Segments, list[Any]]]

    def start(self, heads: np.ndarray) -> dict[str, float]:
        """Return a value for every whole column when so many are on each queue, shape (Q, S)."""
        out = {x.name: float(j < heads[key]) for key, steps in self.ordered.items() for j, x in enumerate(steps)}
        missing = self.service.margin - self.service.gained(heads)
        for p, (runs, columns) in self.gates.items():
            out |= {x.name: float(b) for x, b in zip(columns, runs.beyond(float(missing[p])), strict=True)}
        return out


def add_service(program: Program, staff: CompiledStaff, service: Service, heads: HeadColumns) -> ServiceColumns:
    """Add what heads are worth, slot by slot, and what each goal over a day or a week misses.

    ``Σ_j filled_j <= heads of the queue + heads of last week's shifts``; for each goal
    ``Σ gain_j · filled_j + Σ_k lost_k >= margin − calls gained by nobody``, where calls are lost in runs of one price;
    if the runs do not grow dearer, ``lost_k <= width_k · begun_k``, ``lost_(k−1) >= width_(k−1) · begun_k``, and the
    start of a run has a price, too
    """
    supply = _supply(program, staff, service, heads)
    work = staff.skills[[p.group for p in staff.people]].sum(axis=0) if staff.people else np.zeros(len(supply), int)
    program.constant += float(service.floor.sum())
    goals: dict[int, Pairs] = defaultdict(list)
    ordered: dict[tuple[int, int], list[Any]] = {}
    for q, t in zip(*np.nonzero((service.floor.any(axis=2)) | (service.period >= 0)), strict=True):
        before, period = int(service.before[q, t]), int(service.period[q, t])
        most = before + int(work[q])
        gain = service.gain[q, t, :most] if period >= 0 else np.zeros(min(most, service.floor.shape[2]))
        forced, free = steps_of(service.floor[q, t, :most], gain)
        filled: list[tuple[Any, Step]] = []
        for j, step in enumerate((*forced, *free)):
            x = program.column(f"filled_{q}_{t}_{j}", step.width, cost=-step.floor, whole=j < len(forced))
            if j > 0 and forced:
                last = filled[min(j, len(forced)) - 1][0]
                program.row(f"order_{q}_{t}_{j}", [(x, 1.0), (last, -float(step.width))], "<=", 0.0)
            filled.append((x, step))
        terms: Pairs = [(x, 1.0) for x, _ in filled]
        sense = "<="
        if any(step.gain < 0.0 for step in forced):  # no head may be left out of the sum
            over = program.column(f"over_{q}_{t}", most)
            program.row(f"over_{q}_{t}", [(over, 1.0), (filled[len(forced) - 1][0], -float(most))], "<=", 0.0)
            terms.append((over, 1.0))
            sense = "=="
        if terms:
            program.row(f"heads_{q}_{t}", [*terms, *((x, -1.0) for x in supply[q][t])], sense, float(before))
        if forced:
            ordered[q, t] = [x for x, _ in filled[: len(forced)]]
        if period >= 0:
            goals[period] += [(x, step.gain) for x, step in filled if step.gain]
    return ServiceColumns(service, ordered, _add_goals(program, service, goals))


def _add_goals(program: Program, service: Service, goals: Mapping[int, Pairs]) -> dict[int, tuple[Segments, list[Any]]]:
    """Add the calls missing to each goal; return runs and whole columns where prices are not convex."""
    gates: dict[int, tuple[Segments, list[Any]]] = {}
    nobody = np.bincount(
        service.period[service.period >= 0], service.at_none[service.period >= 0], minlength=len(service.margin)
    )
    for p, margin in enumerate((service.margin - nobody).tolist()):
        worst = margin - sum(min(0.0, c) * x.upBound for x, c in goals[p])
        runs = segments(service.price_of(p), max(0.0, worst))
        lost: list[Any] = []
        begun: list[Any] = []
        for k, run in enumerate(runs.runs):
            name = f"{p}_{k}" if k else f"{p}"
            lost.append(program.column(f"lost_{name}", run.width, cost=run.slope))
            if run.gated:
                begun.append(program.column(f"begun_{name}", 1.0, cost=run.jump, whole=True))
                program.row(f"gate_{name}", [(lost[k], 1.0), (begun[-1], -run.width)], "<=", 0.0)
                if k:
                    before = runs.runs[k - 1].width
                    program.row(f"full_{name}", [(lost[k - 1], 1.0), (begun[-1], -before)], ">=", 0.0)
        program.row(f"goal_{p}", [*((x, 1.0) for x in lost), *goals[p]], ">=", margin - runs.free)
        if begun:
            gates[p] = runs, begun
    return gates


def _supply(program: Program, staff: CompiledStaff, service: Service, heads: HeadColumns) -> list[list[list[Any]]]:
    """Return per queue and slot the columns of its heads; those of a group of several queues are split.

    ``Σ_q split[q] = phone`` of each group and slot; ``<=`` where heads may be on a queue that counts for nothing. With
    goals over days or weeks the split is whole: a broken head could serve two goals.
    """
    queues, slots = service.period.shape
    counts = service.floor.any(axis=2) | (service.period >= 0)
    out: list[list[list[Any]]] = [[[] for _ in range(slots)] for _ in range(queues)]
    for g, phone in enumerate(heads.phone):
        own = np.flatnonzero(staff.skills[g]).tolist()
        for t, x in enumerate(phone):
            if x is None:
                continue
            if len(own) == 1:
                out[own[0]][t].append(x)
                continue
            split = []
            for q in (q for q in own if counts[q, t]):
                whole = bool((service.period[own, t] >= 0).any())
                split.append(program.column(f"split_{g}_{q}_{t}", x.upBound, whole=whole))
                out[q][t].append(split[-1])
            if split:
                elsewhere = any(staff.problem.demands[q].open[t] and not counts[q, t] for q in own)
                sense = "<=" if elsewhere else "=="
                program.row(f"split_{g}_{t}", [*((y, 1.0) for y in split), (x, -1.0)], sense, 0.0)
    return out
