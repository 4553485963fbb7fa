"""The mixed-integer programme of a hiring plan: classes, transfers, hours bought ahead, tangents of the expected cost.

Rows are named as docs/background/hiring.md names them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pulp

from ...forecast.progress import Watch
from ..optimise.linear import add_row
from ..optimise.solver import Answer, solve
from .case import Case
from .limits import recruits_left, rooms_left
from .supply import Decisions

STAGE = "hiring"


@dataclass(frozen=True)
class Grid:
    """Where the first tangents touch."""

    points: int = 16
    """Tangents between the work at which hours begin to be missing and the work at which all time off is given."""
    rounds: int = 6
    """Rounds of the relaxation, each with a tangent at its answer; few are needed, since tangents are many already."""
    near: float = 1e-4
    """Share of the cost by which tangents may lie below it before another round is made."""


@dataclass
class HiringModel:
    """The programme; tangents are added while it is solved.

    Parameters
    ----------
    case
        What is planned.
    whole_until
        Starts and transfers before this month are whole; later ones may be parts of heads, for a plan of which only the
        first month is carried out.
    """

    case: Case
    whole_until: int = 10**6
    grid: Grid = field(default_factory=Grid)

    def __post_init__(self) -> None:
        """Build variables and rows."""
        case, supply = self.case, self.case.supply
        self.program = pulp.LpProblem("hiring", pulp.LpMinimize)
        most, count = supply.problem.rules.most, supply.days.months
        self.heads, self.classes = [], []
        for j, option in enumerate(supply.options):
            kind = pulp.LpInteger if option.month < self.whole_until else pulp.LpContinuous
            rooms = rooms_left(supply, option.start)
            self.heads.append(self._add(f"heads_{j}", 0, most * rooms, kind))
            self.classes.append(self._add(f"classes_{j}", 0, rooms, kind))
        self.moved = [
            self._add(
                f"moved_{m}", 0, supply.problem.transfers[move.way].most,
                pulp.LpInteger if move.month < self.whole_until else pulp.LpContinuous,
            )
            for m, move in enumerate(supply.moves)
        ]  # fmt: skip
        every = range(len(case.groups))
        self.work = [[self._add(f"work_{g}_{t}", 0, None) for t in range(count)] for g in every]
        self.cost = [[self._add(f"cost_{g}_{t}", None, None) for t in range(count)] for g in every]
        self.bought = [self._bought(g) for g in every]
        self._objective()
        self._size_of_classes()
        self._rooms()
        self._recruits()
        self._stay()
        self._work()
        self._present()
        self.tangents = 0
        for work in self._first_points():
            self.touch(work, np.zeros_like(work))

    def _add(self, name: str, low: float | None, high: float | None, kind: str = pulp.LpContinuous) -> pulp.LpVariable:
        return self.program.add_variable(name, low, high, kind)

    def _bought(self, g: int) -> list[pulp.LpVariable] | None:
        """Ensures that hours bought ahead are none, or lie between the least and the most of the contract."""
        group, count = self.case.groups[g], self.case.supply.days.months
        if np.isnan(group.contract_cost):
            return None
        enough = float(np.max(group.demand)) * 1.5 + 1.0
        most = min(group.contract_most, max(enough, group.contract_least))
        out = [self._add(f"bought_{g}_{t}", 0, most) for t in range(count)]
        if group.contract_least > 0:
            for t, hours in enumerate(out):
                any_ = self._add(f"buys_{g}_{t}", 0, 1, pulp.LpInteger)
                self._row(f"contract_least_{g}_{t}", [(hours, 1.0), (any_, -group.contract_least)], ">=", 0.0)
                self._row(f"contract_most_{g}_{t}", [(hours, 1.0), (any_, -most)], "<=", 0.0)
        return out

    def _row(self, name: str, pairs: list[tuple[pulp.LpVariable, float]], sense: str, rhs: float) -> None:
        add_row(self.program, name, pairs, sense, float(rhs))

    def _objective(self) -> None:
        money, prices = self.case.money, self.case.contract_price()
        terms = list(zip(self.heads, money.per_head.tolist(), strict=True))
        terms += zip(self.moved, money.per_move.tolist(), strict=True)
        terms += [(v, 1.0) for months in self.cost for v in months]
        terms += [(v, float(prices[g])) for g, hours in enumerate(self.bought) for v in hours or []]
        self.program.setObjective(pulp.LpAffineExpression(terms))

    def _size_of_classes(self) -> None:
        """Ensures that classes have their least and most people: least · classes <= heads <= most · classes."""
        rules = self.case.problem.rules
        for j, (heads, classes) in enumerate(zip(self.heads, self.classes, strict=True)):
            self._row(f"class_least_{j}", [(heads, 1.0), (classes, -float(rules.least))], ">=", 0.0)
            self._row(f"class_most_{j}", [(heads, 1.0), (classes, -float(rules.most))], "<=", 0.0)

    def _rooms(self) -> None:
        """Ensures that classes in training fit the rooms: Σ classes in training on the day <= rooms."""
        supply = self.case.supply
        trains = supply.in_training
        for day in sorted(supply.crowded):
            own = np.flatnonzero(trains[:, day])
            if len(own):
                room = rooms_left(supply, day)
                self._row(f"rooms_{day}", [(self.classes[j], 1.0) for j in own], "<=", room)

    def _recruits(self) -> None:
        """Ensures that no more people start in a month than can be found: Σ heads <= recruits."""
        supply = self.case.supply
        left = recruits_left(supply)
        for t in range(supply.days.months):
            own = [(self.heads[j], 1.0) for j, o in enumerate(supply.options) if o.month == t]
            if own:
                self._row(f"recruits_{t}", own, "<=", left[t])

    def _stay(self) -> None:
        """Ensures that only experienced people are transferred: in each kind and month as many remain, at least 0."""
        supply = self.case.supply
        for k in {supply.ends(m)[0] for m in supply.moves}:
            fixed = supply.today[k].experienced + supply.given[k].experienced
            for t in range(supply.days.months):
                row = [(self.heads[j], o.head.experienced[t]) for j, o in enumerate(supply.options) if o.kind == k]
                for m, move in enumerate(supply.moves):
                    source, target = supply.ends(move)
                    if k in (source, target):
                        row.append((self.moved[m], (move.loss if k == source else move.gain).experienced[t]))
                row = [(v, float(c)) for v, c in row if c]
                if row:
                    self._row(f"stay_{k}_{t}", row, ">=", -fixed[t])

    def _work(self) -> None:
        """Ensures that a group works no more than its presence gives: work <= price · presence, for each corner."""
        case, supply = self.case, self.case.supply
        for g, months in enumerate(case.mixing):
            own = list(case.pools[g])
            for t, mixing in enumerate(months):
                for i, price in enumerate(mixing.price):
                    row = [(self.work[g][t], 1.0)]
                    row += [(v, -gives) for v, gives in self._presence(own, t, price)]
                    self._row(f"work_{g}_{t}_{i}", row, "<=", price @ supply.fixed[own, t])

    def _present(self) -> None:
        """Ensures that no more people train, accompany or move than a pool has: presence >= 0.

        Where a group is one pool, work >= 0 says so already.
        """
        for own in self.case.pools:
            for p in own if len(own) > 1 else ():
                for t in range(self.case.supply.days.months):
                    row = self._presence([p], t, np.ones(1))
                    if any(gives < 0 for _, gives in row):
                        self._row(f"present_{p}_{t}", row, ">=", -self.case.supply.fixed[p, t])

    def _presence(self, pools: list[int], t: int, price: np.ndarray) -> list[tuple[pulp.LpVariable, float]]:
        """Return what one of each variable adds to ``price · presence`` of `pools` in month `t`."""
        supply, out = self.case.supply, list[tuple[pulp.LpVariable, float]]()
        for variables, hours in (
            (self.heads, supply.by_head), (self.classes, supply.by_class), (self.moved, supply.by_move),
        ):  # fmt: skip
            gives = hours[:, pools, t] @ price
            out += [(variables[j], float(gives[j])) for j in np.flatnonzero(np.abs(gives) > 1e-9)]
        return out

    def _first_points(self) -> np.ndarray:
        """Return work at which the first tangents touch, shape (points, G, T)."""
        out = []
        for g, group in enumerate(self.case.groups):
            rules, contract = group.recourse, self.case.contract[g]
            low = group.demand.min(axis=0) * max(0.0, 1.0 - rules.vendor_share - rules.short_share)
            low = (low - contract) / (1.0 + rules.overtime_share)
            high = (group.demand.max(axis=0) - contract) / (1.0 - min(rules.off_share, 0.5))
            inner = np.linspace(low, high, self.grid.points)
            out.append(np.vstack([0.3 * low[None], inner, 1.3 * high[None]]))
        return np.asarray(np.maximum(np.stack(out, axis=1), 0.0))

    def touch(self, work: np.ndarray, bought: np.ndarray) -> None:
        """Ensures that cost lies above its tangents at `work` and `bought`, (G, T).

        cost >= value + slope · (work − point), and the same for hours bought.
        """
        for g, found in enumerate(self.case.expected(work, bought)):
            for t in range(work.shape[1]):
                row = [(self.cost[g][t], 1.0), (self.work[g][t], -float(found.by_work[t]))]
                rhs = found.cost[t] - found.by_work[t] * work[g, t]
                hours = self.bought[g]
                if hours is not None:
                    row.append((hours[t], -float(found.by_contract[t])))
                    rhs -= found.by_contract[t] * bought[g, t]
                self._row(f"cost_{g}_{t}_{self.tangents}", row, ">=", rhs)
        self.tangents += 1

    def solve(
        self, watch: Watch, *, relax: bool = False, text: str = "", gap: float = 0.0, seed: int = 1, threads: int = 1,
        start: Mapping[str, float] | None = None, time_limit_s: float = float("inf"),
    ) -> Answer:  # fmt: skip
        """Solve the programme with the tangents that it has; the settings are those of the solver."""
        return solve(
            self.program, watch=watch, stage=STAGE, text=text, relax=relax, gap=gap, seed=seed, threads=threads,
            start=start, time_limit_s=time_limit_s,
        )  # fmt: skip

    def read(self, values: Mapping[str, float]) -> tuple[Decisions, np.ndarray]:
        """Return the decisions and the hours bought, (G, T), of an answer."""
        made = Decisions(*(np.array([values[v.name] for v in part]) for part in (self.heads, self.classes, self.moved)))
        bought = np.zeros(self.case.contract.shape)
        for g, hours in enumerate(self.bought):
            if hours is not None:
                bought[g] = [values[v.name] for v in hours]
        return made, bought

    def start(self, made: Decisions, bought: np.ndarray) -> dict[str, float]:
        """Return `made` as a start of the solver."""
        parts = ((self.heads, made.heads), (self.classes, made.classes), (self.moved, made.moved))
        out = {v.name: float(x) for variables, values in parts for v, x in zip(variables, values, strict=True)}
        for g, hours in enumerate(self.bought):
            out |= {v.name: float(x) for v, x in zip(hours or [], bought[g], strict=False)}
        return out

    def sharpen(self, ask: Callable[[], Answer]) -> Answer:
        """Add tangents at the relaxation's answers until they lie near the expected cost; return the last answer."""
        answer = ask()
        for _ in range(self.grid.rounds):
            if not answer.found:
                break
            made, bought = self.read(answer.values)
            exact = self.case.cost(made, bought)
            if exact - (answer.objective or 0.0) <= self.grid.near * abs(exact):
                break
            self.touch(self.case.work(self.case.supply.presence(made)), bought)
            better = ask()
            if not better.found:
                break
            answer = better
        return answer
