"""The rows of the cover, one function per rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pulp

from ..optimise.linear import add_row
from .frame import Frame
from .musts import must_rows
from .part import Part
from .steps import Steps
from .variables import Pairs, Variables


def groups_add_up(model: pulp.LpProblem, v: Variables) -> None:
    """Ensures that the heads on a shift are those of all groups.

    ``worked[q, j] = Σ_g heads[g, q, j]``
    """
    shared: dict[tuple[int, int], Pairs] = defaultdict(list)
    for (_, q, j), x in v.heads.items():
        if x is not v.worked[q, j]:
            shared[q, j].append((x, -1.0))
    for (q, j), pairs in shared.items():
        add_row(model, f"worked_{q}_{j}", [(v.worked[q, j], 1.0), *pairs], "==", 0.0)


def everyone_pauses(model: pulp.LpProblem, frame: Frame, v: Variables) -> None:
    """Ensures that every head takes each break once inside its window (Bechtold and Jacobs 1990, as a waiting line).

    ``owed[t] = owed[t−1] + heads whose window opens at t − started[t]``,
    ``owed[t] <= heads whose window is open at t and at t + 1``
    """
    for pool, opening in v.opening.items():
        q, _, width = pool
        key = "_".join(map(str, pool))
        for t, owed in v.owed[pool].items():
            pairs: Pairs = [(owed, 1.0), (v.started[pool][t], 1.0)]
            before = v.owed[pool].get(frame.wrapped(t - 1))
            if before is not None:
                pairs.append((before, -1.0))
            arriving = Counter(j for j, _ in opening.get(t, ()))
            pairs += [(v.worked[q, j], -float(n)) for j, n in arriving.items()]
            add_row(model, f"owed_{key}_{t}", pairs, "==", 0.0)
            waiting = Counter(j for i in range(width) for j, _ in opening.get(frame.wrapped(t - i), ()))
            pairs = [(v.worked[q, j], -float(n)) for j, n in waiting.items()]
            add_row(model, f"open_{key}_{t}", [(owed, 1.0), *pairs], "<=", 0.0)


def enough_on_the_phone(
    model: pulp.LpProblem, frame: Frame, part: Part, phone: dict[tuple[int, int], Pairs], v: Variables
) -> None:
    """Ensures the floor (or need) of each slot and fills the service curve's steps with what lies above it.

    ``heads on the phone + short − Σ filled >= level``
    """
    given = part.rest.phone(frame)
    for q, s in zip(*part.slots.nonzero(), strict=True):
        pairs = phone.get((q, s), []) + [(x, 1.0) for x, _ in v.short.get((q, s), [])]
        pairs = pairs + [(x, -1.0) for x, _ in v.filled.get((q, s), [])]
        if pairs and (frame.levels[q, s] or (q, s) in v.filled):
            add_row(model, f"phone_{q}_{s}", pairs, ">=", float(frame.levels[q, s] - given[q, s]))


def goals_hold(
    model: pulp.LpProblem, frame: Frame, part: Part, curves: dict[tuple[int, int], Steps], v: Variables
) -> None:
    """Ensures each period's goal, pooled over its slots, or counts the calls lost.

    ``Σ_s (base + Σ slope · filled − below · short) + lost >= margin``
    """
    for (q, p), margin in part.margin.items():
        slots = [s for s in frame.problem.demands[q].periods[p].tolist() if (q, s) in curves]
        pairs: Pairs = [(x, slope) for s in slots for x, slope in v.filled[q, s]]
        pairs += [(x, -curves[q, s].below) for s in slots if curves[q, s].below for x, _ in v.short.get((q, s), [])]
        base = sum(curves[q, s].base for s in slots)
        add_row(model, f"goal_{q}_{p}", [*pairs, (v.lost[q, p], 1.0)], ">=", margin - base)


def people_are_there(model: pulp.LpProblem, frame: Frame, part: Part, v: Variables) -> None:
    """Ensures that no more heads of a group start in a run of start bands than it has people free for that.

    ``Σ heads starting in the run <= people free − heads fixed elsewhere``
    """
    mine: dict[tuple[int, int], list[tuple[int, Any]]] = defaultdict(list)
    for (g, _, j), x in v.heads.items():
        mine[g, frame.shifts[j].day].append((frame.shifts[j].start, x))
    taken: dict[tuple[int, int], list[tuple[int, float]]] = defaultdict(list)
    for (g, _, j), n in part.rest.heads.items():
        taken[g, frame.shifts[j].day].append((frame.shifts[j].start, n))
    for limit in frame.day_limits:
        pairs: Pairs = [(x, 1.0) for start, x in mine[limit.group, limit.day] if limit.first <= start <= limit.last]
        gone = sum(n for start, n in taken[limit.group, limit.day] if limit.first <= start <= limit.last)
        if pairs:
            name = f"free_{limit.group}_{limit.day}_{limit.first}_{limit.last}"
            add_row(model, name, pairs, "<=", float(limit.heads - gone))


def musts_are_there(model: pulp.LpProblem, frame: Frame, part: Part, v: Variables) -> None:
    """Ensures for each group as many heads on some shifts of a day as people of it must work one of these.

    ``Σ heads on them >= people who must − heads fixed elsewhere``
    """
    for number, (g, day, shifts, people) in enumerate(must_rows(frame)):
        pairs: Pairs = [(x, 1.0) for (h, _, j), x in v.heads.items() if h == g and j in shifts]
        gone = sum(n for (h, _, j), n in part.rest.heads.items() if h == g and j in shifts)
        if pairs and people > gone:
            add_row(model, f"must_{g}_{day}_{number}", pairs, ">=", float(people - gone))


def weeks_hold(model: pulp.LpProblem, frame: Frame, part: Part, v: Variables) -> None:
    """Ensures each group's shifts and paid hours of the week, and counts the hours below contract.

    ``Σ heads <= shifts``, ``Σ paid hours · heads <= hours_max``, ``Σ paid hours · heads + below >= hours_min``
    """
    by_group: dict[int, list[tuple[Any, float]]] = defaultdict(list)
    for (g, _, j), x in v.heads.items():
        by_group[g].append((x, frame.shifts[j].paid_min / 60.0))
    for g, budget in part.budgets.items():
        pairs = by_group[g]
        if pairs:
            add_row(model, f"shifts_{g}", [(x, 1.0) for x, _ in pairs], "<=", budget.shifts)
            add_row(model, f"hours_{g}", pairs, "<=", budget.hours_max)
        if g in v.below:
            add_row(model, f"contract_{g}", [*pairs, (v.below[g], 1.0)], ">=", budget.hours_min)
