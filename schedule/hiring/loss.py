"""Schedule loss: hours of presence for one hour of work, measured on sample weeks scheduled without names.

A shift covers breaks, and hours in which nobody is needed; how many depends on the shapes of shifts, thus on the
contracts. Some mixes are scheduled in whole shifts (`solve_cover`); others come from the linear relaxation of the same
week with the mix prescribed, raised by what whole shifts cost beyond the relaxation in the mixes that were scheduled.
A head is paid for the hours of a contract and works on so many days, so shifts shorter than such a day leave paid hours
that no shift fills: these count, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pulp

from ...forecast.progress import Watch
from ...forecast.ranges import check_ranges
from ..cover.frame import CoverFrame
from ..cover.model import CoverModel, build
from ..cover.params import CoverParams
from ..cover.part import whole_week
from ..cover.solve import solve_cover
from ..optimise.linear import add_row
from ..optimise.solver import solve
from ..optimise.status import NothingFound, Status
from ..problem.problem import ScheduleProblem
from ..problem.shifts import Shift
from .work import least_heads, work_hours

ANY = "any"
"""Name of the contract where plan.toml has none: every shift family may be worked."""
MOST_PRICES = 0.03
"""Share of the wages that the prices of what is missed may have in a schedule that counts as holding its goals."""


@dataclass(frozen=True)
class Mix:
    """A mix of contracts whose schedule is measured.

    Parameters
    ----------
    name
        For example ``full only``.
    contracts
        Who may be scheduled.
    share
        Contract → share of the hours of presence; None = as is cheapest.
    """

    name: str
    contracts: tuple[str, ...]
    share: Mapping[str, float] | None = None


@dataclass(frozen=True)
class Sample:
    """A sample week of one group.

    Parameters
    ----------
    kind
        For example ``normal``, ``peak``, ``holiday``.
    problem
        Its demands, families and costs; nobody named.
    absent
        Share of scheduled people who are absent, per slot, shape (S,).
    day_h
        Contract → paid hours of a week by the days on which a head on it may work: shorter shifts leave paid hours that
        none fills. Contracts that are left out are paid for their shifts.
    """

    kind: str
    problem: ScheduleProblem
    absent: np.ndarray
    day_h: Mapping[str, float] = field(default_factory=dict)

    @property
    def work_h(self) -> float:
        """Hours of work that the goals ask for."""
        hours = self.problem.grid.hours
        return float(sum(work_hours(d, self.absent, hours).sum() for d in self.problem.demands))

    @property
    def absent_share(self) -> float:
        """Share of the scheduled hours of work whose people are absent."""
        hours = self.problem.grid.hours
        return 1.0 - self.work_h / float(sum(least_heads(d, self.absent).sum() * hours for d in self.problem.demands))

    def presence_h(self, shift: Shift) -> float:
        """Return the hours that one scheduled head on `shift` is expected to be there, breaks included."""
        slots = self.absent[np.arange(shift.start, shift.end) % len(self.absent)]
        return shift.paid_min / 60.0 * (1.0 - float(slots.mean()))


@dataclass(frozen=True)
class LossPoint:
    """What one sample week takes with one mix.

    Parameters
    ----------
    kind, mix
        Names.
    share
        Contract → share of the hours of presence.
    work_h, presence_h
        Hours of work that the goals ask for, and hours of presence that the week takes.
    relaxed_h
        Hours of presence in the linear relaxation.
    unfilled
        Share of the hours of presence that are paid and that no shift fills.
    how
        ``scheduled`` (whole shifts, by the engine) or ``relaxed`` (see the file's head).
    missed
        Prices of what the schedule misses, as a share of its wages.
    """

    kind: str
    mix: str
    share: Mapping[str, float]
    work_h: float
    presence_h: float
    relaxed_h: float
    how: str
    missed: float
    unfilled: float = 0.0

    @property
    def ratio(self) -> float:
        """Hours of presence for one hour of work."""
        return self.presence_h / self.work_h

    @property
    def filled_ratio(self) -> float:
        """Hours of presence on shifts for one hour of work: what a schedule without names is paid for."""
        return self.ratio * (1.0 - self.unfilled)


@dataclass(frozen=True)
class Effort:
    """How hard sample weeks are scheduled.

    Parameters
    ----------
    gap
        Relative gap at which a schedule is good enough, 0 to 1: hours are then known as well as a forecast knows them.
    time_limit_s
        Seconds for all schedules of the samples, above 0; the relaxations of the first sample come on top.
    one_share
        Share of these seconds that one schedule may take, 0 to 1: hundreds of people by day need two seconds, forty
        people round the clock ten.
    seed
        Of the searches.
    """

    gap: float = 0.01
    time_limit_s: float = 30.0
    one_share: float = 0.4
    seed: int = 1

    def __post_init__(self) -> None:
        check_ranges(self, ("time_limit_s",), gap=(0.0, 1.0), one_share=(0.0, 1.0))


def families_of(problem: ScheduleProblem, contracts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the shift families of each contract; all of them for `ANY`."""
    return {c: tuple(problem.families) if c == ANY else problem.contracts[c].shifts for c in contracts}


def relaxed(sample: Sample, mix: Mix, watch: Watch) -> LossPoint | None:
    """Return the linear relaxation of a sample week with a mix; None where the mix cannot hold the goals.

    A watch with a time limit may end it before there is an answer; that raises.

    The hours of each family are dealt out to the contracts that may work it: ``Σ_c hours[c, f] = paid hours on f`` and
    ``Σ_f hours[c, f] + unfilled[c] = share[c] · all of them``. A shift takes a head's day, so
    ``unfilled[c] >= Σ_f hours[c, f] · (day_h[c] / paid hours of f − 1)``; these hours are paid like all others.
    """
    frame = _frame(sample, mix)
    model = build(frame, whole_week(frame), for_bound=True)
    dealt, unfilled = _deal(sample, mix, model)
    hour = sample.problem.costs.cost_h / (1.0 - sample.absent_share)
    model.program.setObjective(
        model.program.objective + pulp.LpAffineExpression([(x, hour) for x in unfilled.values()])
    )
    answer = solve(model.program, watch=watch.aside(), stage="loss", relax=True)
    watch.raise_if_stopped()
    if answer.objective is None:
        raise NothingFound
    heads = {c: answer.values[x.name] for c, x in model.variables.heads.items()}
    wages = sum(n * frame.wage(c) for c, n in heads.items())
    lost = {c: answer.values[x.name] for c, x in unfilled.items()}
    missed = (answer.objective - wages - hour * sum(lost.values())) / wages if wages > 0.0 else 1.0
    if missed > MOST_PRICES:
        return None
    presence = sum(n * sample.presence_h(frame.shifts[j]) for (_, j), n in heads.items()) + sum(lost.values())
    by_contract: dict[str, float] = {c: lost.get(c, 0.0) for c in mix.contracts}
    for (contract, _), x in dealt.items():
        by_contract[contract] += answer.values[x.name]
    share = _shares(by_contract)
    share_lost = sum(lost.values()) / presence if presence > 0.0 else 0.0
    return LossPoint(sample.kind, mix.name, share, sample.work_h, presence, presence, "relaxed", missed, share_lost)


def scheduled(sample: Sample, mix: Mix, point: LossPoint, effort: Effort, watch: Watch) -> LossPoint | None:
    """Return a sample week scheduled in whole shifts; None where no schedule that holds the goals was found in time.

    Parameters
    ----------
    point
        The relaxation of the same week and mix.
    watch
        Its time limit ends the search, too.
    """
    frame = _frame(sample, mix)
    limit = min(effort.one_share * effort.time_limit_s, max(watch.left_s, 0.1))
    cover = solve_cover(frame.problem, watch=watch.aside(), time_limit_s=limit, gap=effort.gap, seed=effort.seed)
    watch.raise_if_stopped()
    if cover.solved.status == Status.NONE or cover.cost_prices > MOST_PRICES * cover.cost_wages:
        return None
    own = families_of(sample.problem, mix.contracts)
    hours: dict[str, float] = {}
    for p in cover.planned:
        hours[p.shift.family] = hours.get(p.shift.family, 0.0) + sample.presence_h(p.shift)
    by_contract = dict.fromkeys(mix.contracts, 0.0)
    for family, h in hours.items():
        who = [c for c in mix.contracts if family in own[c]]
        weight = np.array([point.share.get(c, 0.0) for c in who])
        weight = weight / weight.sum() if weight.sum() > 0.0 else np.full(len(who), 1.0 / len(who))
        for c, w in zip(who, weight.tolist(), strict=True):
            by_contract[c] += w * h
    missed = cover.cost_prices / cover.cost_wages if cover.cost_wages else 0.0
    total = sum(hours.values())
    if point.unfilled > 0.0:  # of these the relaxation alone knows
        total = point.relaxed_h * max(1.0, total / (point.relaxed_h * (1.0 - point.unfilled)))
        return replace(point, presence_h=total, how="scheduled", missed=missed)
    return replace(point, share=_shares(by_contract), presence_h=total, how="scheduled", missed=missed)


def measured(
    samples: Sequence[Sample], mixes: Sequence[Mix], effort: Effort, watch: Watch, hurry: Watch | None = None
) -> list[LossPoint]:
    """Return the measured loss of each sample week and mix, in the order of both; mixes that hold no goal are left out.

    Scheduled in whole shifts are mixes without prescribed shares: all in the first sample, in the others that of
    everyone.
    Once the time of `effort` is up there are relaxations only, and of the other samples that of the first mix alone.

    Parameters
    ----------
    hurry
        Once its time is up no shifts are scheduled, and no sample but the first is measured. All mixes are: with one
        alone nobody could take anybody's place.

    Raises
    ------
    Stopped
        If the user stopped the run.
    """
    points: dict[tuple[int, int], LossPoint] = {}
    late = hurry or Watch()
    clock = watch.within(min(effort.time_limit_s, watch.left_s, late.left_s))
    everyone = {c for mix in mixes for c in mix.contracts}
    free = next((m for m, mix in enumerate(mixes) if mix.share is None and set(mix.contracts) == everyone), -1)
    for i, sample in enumerate(samples):
        for m, mix in enumerate(mixes):
            watch.raise_if_stopped()
            if i > 0 and (late.time_is_up or (m > 0 and clock.time_is_up)):
                break
            watch.tell("loss", f"{sample.kind} week, {mix.name}")
            point = relaxed(sample, mix, watch)
            if point is None:
                continue
            if mix.share is None and (i == 0 or m == free) and not clock.time_is_up:
                point = scheduled(sample, mix, point, effort, clock) or point
            points[i, m] = point
    rounding = _rounding(list(points.values()))
    free_h = {p.kind: p.presence_h for (_, m), p in points.items() if m == free and p.how == "scheduled"}

    def whole(point: LossPoint) -> LossPoint:
        """Raise a relaxation by what whole shifts cost: no prescribed mix takes less than the free choice."""
        raised = point.relaxed_h * rounding.get(point.kind, rounding[""])
        return replace(point, presence_h=max(raised, free_h.get(point.kind, 0.0)))

    return [p if p.how == "scheduled" else whole(p) for _, p in sorted(points.items())]


def _rounding(points: Sequence[LossPoint]) -> dict[str, float]:
    """Return by kind of week what whole shifts take beyond the relaxation; "" = of all kinds, 1 where none is known."""
    seen: dict[str, list[float]] = {}
    for p in points:
        if p.how == "scheduled":
            for kind in ("", p.kind):
                seen.setdefault(kind, []).append(p.presence_h / p.relaxed_h)
    return {"": 1.0} | {kind: float(np.mean(all_of)) for kind, all_of in seen.items()}


def _frame(sample: Sample, mix: Mix) -> CoverFrame:
    own = families_of(sample.problem, mix.contracts)
    names = {f for families in own.values() for f in families}
    families = {name: f for name, f in sample.problem.families.items() if name in names}
    return CoverFrame(replace(sample.problem, families=families), CoverParams())


def _deal(
    sample: Sample, mix: Mix, model: CoverModel
) -> tuple[dict[tuple[str, str], pulp.LpVariable], dict[str, pulp.LpVariable]]:
    """Ensures that contracts have their shares, and that a shift takes a day: see `relaxed`.

    Returns
    -------
    tuple
        Hours of presence by contract and family, and hours that no shift fills by contract.
    """
    program, frame = model.program, model.frame
    paid_h = {s.family: s.paid_min / 60.0 for s in frame.shifts}
    on: dict[str, list[tuple[pulp.LpVariable, float]]] = {}
    for (_, j), x in model.variables.heads.items():
        on.setdefault(frame.shifts[j].family, []).append((x, sample.presence_h(frame.shifts[j])))
    own = families_of(sample.problem, mix.contracts)
    hours = {
        (c, f): program.add_variable(f"hours_{i}_{k}", 0)
        for i, c in enumerate(mix.contracts)
        for k, f in enumerate(on)
        if f in own[c]
    }
    for k, (family, pairs) in enumerate(on.items()):
        dealt = [(x, -1.0) for (_, f), x in hours.items() if f == family]
        add_row(program, f"dealt_{k}", [*pairs, *dealt], "==", 0.0)
    unfilled = dict[str, pulp.LpVariable]()
    for i, c in enumerate(mix.contracts):
        short = [(x, sample.day_h[c] / paid_h[f] - 1.0) for (mine, f), x in hours.items()
                 if mine == c and c in sample.day_h]  # fmt: skip
        if any(lacks > 0.0 for _, lacks in short):
            unfilled[c] = program.add_variable(f"unfilled_{i}", 0)
            add_row(program, f"day_{i}", [(unfilled[c], 1.0), *((x, -lacks) for x, lacks in short)], ">=", 0.0)
    for i, c in enumerate(mix.contracts if mix.share is not None else ()):
        share = (mix.share or {}).get(c, 0.0)
        every = [*((mine, x) for (mine, _), x in hours.items()), *unfilled.items()]
        pairs = [(x, (1.0 if mine == c else 0.0) - share) for mine, x in every]
        add_row(program, f"share_{i}", pairs, "==", 0.0)
    return hours, unfilled


def _shares(hours: Mapping[str, float]) -> dict[str, float]:
    total = sum(hours.values())
    return {c: h / total for c, h in hours.items()} if total > 0.0 else dict(hours)
