"""The only door to the solver HiGHS: progress, stop, start, and answers that our own arithmetic has checked."""

from __future__ import annotations

import ctypes
import functools
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pulp

from ...forecast.progress import Watch
from .linear import TOLERANCE, Linear
from .listener import Listener, finite
from .status import SolverFault, Status, Stop, sound_bound

MANY_COLUMNS = 8000
"""Columns beyond which an LP is solved by interior point with crossover: half the time of the simplex there."""

_FEASIBLE = 2  # HiGHS: kSolutionStatusFeasible


@dataclass(frozen=True)
class Answer:
    """What is known after a solve; our own arithmetic has checked the answer.

    Attributes
    ----------
    status
        What is known of the answer.
    objective, bound
        Recomputed value of `values`, and the proven bound; None when there is none.
    values
        Variable name → value; integer variables hold whole numbers. Empty without an answer.
    duals
        Row name → change of the objective per unit of the right-hand side; only of a solved LP.
    reduced
        Variable name → the least that each of its units adds to the bound, by the duals; only of a solved LP.
    stopped
        Why the solve ended early; None when it ran to its end, or spent its looks.
    """

    status: Status
    objective: float | None = None
    bound: float | None = None
    values: Mapping[str, float] = field(default_factory=dict, repr=False)
    duals: Mapping[str, float] = field(default_factory=dict, repr=False)
    reduced: Mapping[str, float] = field(default_factory=dict, repr=False)
    seconds: float = 0.0
    stopped: Stop | None = None

    @property
    def found(self) -> bool:
        """Whether there are values to use."""
        return self.objective is not None

    @property
    def gap(self) -> float | None:
        """Distance of objective and bound as a share of the bound; None when either is unknown."""
        return relative_gap(self.objective, self.bound)


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """Return |objective − bound| / |bound|; 0 when equal, None when either is unknown or only the bound is 0."""
    if objective is None or bound is None:
        return None
    if abs(objective - bound) <= 1e-9 * max(1.0, abs(objective)):
        return 0.0
    return abs(objective - bound) / abs(bound) if bound else None


def solve(
    model: pulp.LpProblem,
    *,
    watch: Watch,
    stage: str,
    time_limit_s: float = float("inf"),
    gap: float = 0.0,
    seed: int = 1,
    threads: int = 1,
    start: Mapping[str, float] | None = None,
    relax: bool = False,
    target: float | None = None,
    most_looks: int | None = None,
    text: str = "",
) -> Answer:
    """Solve `model` and return the best answer that passes our own check of every row, bound and integrality.

    The parameters are the settings of one solve, more than elsewhere, because every search of the product calls here.

    Parameters
    ----------
    watch
        Told of progress; when the watch is stopped or its time is up the solve ends within a second, with its best.
    stage, text
        Names under which progress is told.
    gap
        Relative gap at which the solve may end.
    start
        Variable name → value of a known answer (integer variables suffice).
    relax
        Solve the LP relaxation; then `Answer.duals` are filled.
    target
        Objective that is good enough: the solve may end as soon as an answer reaches it.
    most_looks
        The solve of a model with whole columns ends when HiGHS has asked so often whether to end; None = no limit.
        HiGHS asks at the same points of every equal solve: an end by looks is the same on a busy machine, an end by
        time is not.
    """
    return solve_linear(
        Linear.of(model, relax=relax), watch=watch, stage=stage, time_limit_s=time_limit_s, gap=gap, seed=seed,
        threads=threads, start=start, target=target, most_looks=most_looks, text=text,
    )  # fmt: skip


def solve_linear(
    linear: Linear,
    *,
    watch: Watch,
    stage: str,
    time_limit_s: float = float("inf"),
    gap: float = 0.0,
    seed: int = 1,
    threads: int = 1,
    start: Mapping[str, float] | None = None,
    target: float | None = None,
    most_looks: int | None = None,
    text: str = "",
    crossover: bool = True,
    presolve: bool = True,
    on_better: Callable[[Mapping[str, float]], None] | None = None,
    on_bound: Callable[[float], None] | None = None,
) -> Answer:
    """Solve a model given as arrays, with the parameters of `solve`; an LP when no column is whole.

    Parameters
    ----------
    crossover
        Whether an LP ends in a corner. Without, an interior point is found sooner; its duals prove their bound by weak
        duality like any others.
    presolve
        Whether HiGHS reduces the model first. Where a solve fails after that, it is tried once more without.
    on_better, on_bound
        While a model with whole columns is solved: told of each better answer that passes our own check, by variable
        name, and of each higher bound.
    """
    began = time.monotonic()
    if not len(linear.columns):  # nothing to decide: the empty answer obeys the rows or none does
        nothing = np.zeros(0)
        if linear.violation(nothing) > TOLERANCE:
            return Answer(Status.INFEASIBLE)
        return Answer(Status.OPTIMAL, linear.objective(nothing), linear.objective(nothing))
    limit = min(time_limit_s, watch.left_s)
    if watch.stopped or limit <= 0:
        return Answer(Status.NONE, stopped=Stop.USER if watch.stopped else Stop.TIME)
    highs = hand_over(linear)
    options: dict[str, Any] = {"random_seed": seed, "threads": threads, "mip_rel_gap": gap}
    if not presolve:
        options["presolve"] = "off"
    if target is not None:
        options["objective_target"] = linear.sign * target
    if not linear.whole.any() and (len(linear.columns) > MANY_COLUMNS or not crossover):
        options |= {"solver": "ipm"} | ({} if crossover else {"run_crossover": "off"})
    for key, value in options.items():
        if highs.setOptionValue(key, value) == highspy.HighsStatus.kError:
            raise SolverFault(f"HiGHS refused {key} = {value}")
    if np.isfinite(limit):
        highs.setOptionValue("time_limit", float(limit))
    if start is not None:
        known = [(i, float(start[name])) for i, name in enumerate(linear.columns) if name in start]
        if known:
            highs.setSolution(len(known), np.array([i for i, _ in known], np.int32), np.array([v for _, v in known]))
    listener = Listener(highs, watch, stage, text, linear.sign, most_looks)
    if on_better is not None:
        listener.hear_answers(linear, on_better)
    if on_bound is not None:
        listener.hear_bounds(on_bound)
    with scheduler(threads):
        run_highs(highs, listener)
    if presolve and highs.getModelStatus() == highspy.HighsModelStatus.kSolveError:
        return solve_linear(
            linear, watch=watch, stage=stage, time_limit_s=time_limit_s - (time.monotonic() - began), gap=gap,
            seed=seed, threads=threads, start=start, target=target, most_looks=most_looks, text=text,
            crossover=crossover, presolve=False, on_better=on_better, on_bound=on_bound,
        )  # fmt: skip
    return _answer(highs, linear, listener, time.monotonic() - began)


@functools.cache
def swallow_banner() -> None:
    """Keep the lines that a process's first HiGHS prints, whatever its options say, off standard output."""
    libc = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
    libc.fflush(None)
    kept = os.dup(1)
    try:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            highspy.Highs()  # type: ignore[no-untyped-call]
            libc.fflush(None)
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def hand_over(linear: Linear) -> Any:
    """Return a silent HiGHS that holds `linear`, names included."""
    swallow_banner()
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(linear.columns), len(linear.names)
    lp.col_cost_, lp.offset_ = linear.cost, linear.constant
    lp.col_lower_, lp.col_upper_ = linear.low, linear.high
    lp.row_lower_, lp.row_upper_ = linear.row_low, linear.row_high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = linear.rows.indptr.astype(np.int32)
    lp.a_matrix_.index_ = linear.rows.indices.astype(np.int32)
    lp.a_matrix_.value_ = linear.rows.data
    lp.col_names_, lp.row_names_ = list(linear.columns), list(linear.names)
    if linear.whole.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[w] for w in linear.whole.astype(int)]
    if highs.passModel(lp) == highspy.HighsStatus.kError:
        raise SolverFault("HiGHS refused the model")
    return highs


_free = threading.Condition()
_running = 0
_threads = 0


@contextmanager
def scheduler(threads: int) -> Iterator[None]:
    """Hold HiGHS's process-wide scheduler at `threads`; a change waits until no other solve runs."""
    global _running, _threads
    with _free:
        _free.wait_for(lambda: threads == _threads or not _running)
        if threads != _threads:
            if _threads:
                highspy.Highs.resetGlobalScheduler(True)
            _threads = threads
        _running += 1
    try:
        yield
    finally:
        with _free:
            _running -= 1
            _free.notify_all()


def run_highs(highs: Any, listener: Listener) -> None:
    """Run HiGHS in a thread of its own, so that Ctrl-C reaches us at once and never unwinds through the solver."""
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(highs.run)
        try:
            ended = False
            while not ended:
                ended = bool(wait([run], timeout=0.1).done)
                if (news := listener.news()) is not None:  # also after the end, for what came since the last look
                    watch, (best, bound) = listener.watch, news
                    watch.tell(listener.stage, listener.text, best=best, bound=bound, gap=relative_gap(best, bound))
        finally:
            listener.cancelled = True  # whatever goes wrong here, HiGHS ends before we go on
        run.result()


def _answer(highs: Any, linear: Linear, listener: Listener, seconds: float) -> Answer:
    """Check the result that HiGHS holds and return an `Answer`."""
    state, info, kinds = highs.getModelStatus(), highs.getInfo(), highspy.HighsModelStatus
    stopped = {kinds.kTimeLimit: Stop.TIME, kinds.kInterrupt: listener.reason}.get(state)
    if state == kinds.kNotset and listener.interrupted:  # HiGHS was interrupted before it knew anything
        return Answer(Status.NONE, stopped=listener.reason, seconds=seconds)
    if state in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible) and info.primal_solution_status != _FEASIBLE:
        return Answer(Status.INFEASIBLE, seconds=seconds)
    if state in (kinds.kUnbounded, kinds.kUnboundedOrInfeasible):
        raise SolverFault("the model's cost has no lower bound")
    is_mip = bool(linear.whole.any())
    rough = not is_mip and state == kinds.kUnknown  # an interior point short of HiGHS's precision; its duals prove
    if state not in (kinds.kOptimal, kinds.kTimeLimit, kinds.kInterrupt, kinds.kObjectiveTarget) and not rough:
        raise SolverFault(f"HiGHS ended with: {highs.modelStatusToString(state)}")
    duals: dict[str, float] = {}
    reduced: dict[str, float] = {}
    bound = finite(info.mip_dual_bound) if is_mip else None
    if not is_mip and (rough or state == kinds.kOptimal):
        prices = np.array(highs.getSolution().row_dual)
        bound = linear.dual_bound(prices)
        duals = dict(zip(linear.names, (linear.sign * prices).tolist(), strict=True))
        reduced = dict(zip(linear.columns, (linear.sign * linear.reduced(prices)).tolist(), strict=True))
    bound = None if bound is None else linear.sign * bound
    x = linear.accepted(np.array(highs.getSolution().col_value)) if info.primal_solution_status == _FEASIBLE else None
    if x is None:
        return Answer(Status.NONE, None, bound, {}, duals, reduced, seconds, stopped)
    objective = linear.objective(x)
    if bound is not None:
        sound = sound_bound(linear.sign * bound, linear.sign * objective)
        bound = None if sound is None else linear.sign * sound
    near = relative_gap(objective, bound)
    optimal = near is not None and near <= 1e-6
    stopped = None if state == kinds.kInterrupt and stopped is None else stopped or Stop.GAP
    values = dict(zip(linear.columns, x.tolist(), strict=True))
    if optimal:
        return Answer(Status.OPTIMAL, objective, bound, values, duals, reduced, seconds)
    return Answer(Status.FEASIBLE, objective, bound, values, duals, reduced, seconds, stopped)
