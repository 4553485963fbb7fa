r"""Patience from interval tables: answered, abandoned and the mean wait of the answered.

Whoever waits hangs up with the chance 1/patience in each second. So abandons are Poisson around (time waited by all) /
patience, whatever made them wait, and the estimate of greatest likelihood is

.. math:: patience = (answered · wait + abandoned · w) / abandoned,

w being the mean wait of those who hung up, which tables do not have. This wait is a small part of the sum, and Erlang
A gives it: at the load, handle time and patience in hand, take the staff at which the answered would wait as they
did, and w is the wait there of those who hang up. Patience and w are improved in turns until they agree. Where the
table counts who hung up within a threshold, that count gives the mean of w, and Erlang A only how w varies; this
matters where the agents serve other queues too, whose calls Erlang A does not see.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..calls.waits import Waits
from ..queueing.formulas.performance import performance
from ..ranges import check_ranges


@dataclass(frozen=True)
class PatienceParams:
    """When and how a mean patience is estimated.

    Parameters
    ----------
    least_abandons
        Callers who hung up, at least, from 2: thirty give a standard error of about a fifth of the patience.
    least_seen
        Share of the time waited by all that the table itself must hold, 0 to 1: the rest is inferred by Erlang A.
    least_mean_s
        Least mean patience, seconds, at least 0: with less the callers who are counted as abandons did not wait.
    unsure
        Standard error of the mean wait of those who hung up, as a share of that wait, at least 0: no table holds that
        wait.
    block_calls
        Calls of a stretch of intervals whose mean wait is used, at least 1: in fewer calls the mean wait is chance.
    groups
        Groups of stretches with like waits, at most, at least 1: Erlang A is computed once for each.
    turns
        Rounds in which patience and waits are improved, at most, at least 1: they end once two rounds agree to a
        thousandth.
    steps
        Halvings of the search for the staff, at least 1: 24 leave less than a millionth.
    """

    least_abandons: int = 30
    least_seen: float = 0.25
    least_mean_s: float = 10.0
    unsure: float = 0.1
    block_calls: float = 20.0
    groups: int = 40
    turns: int = 20
    steps: int = 24

    def __post_init__(self) -> None:
        check_ranges(
            self,
            least_abandons=(2, np.inf),
            least_seen=(0.0, 1.0),
            least_mean_s=(0.0, np.inf),
            unsure=(0.0, np.inf),
            block_calls=(1.0, np.inf),
            groups=(1, np.inf),
            turns=(1, np.inf),
            steps=(1, np.inf),
        )


PARAMS = PatienceParams()
CHECK = ["wait_from_s", "wait_to_s", "calls", "abandon_rate", "expected_rate"]


@dataclass(frozen=True)
class PatienceFound:
    """Mean patience of a queue, estimated from its history.

    Attributes
    ----------
    mean_s, se_s
        Mean patience and its standard error; None where the history cannot tell.
    calls, abandons
        Calls whose waits are known, and how many of their callers hung up, short abandons apart.
    hung_up_s
        Mean wait of those who hung up, as estimated.
    check
        ``wait_from_s, wait_to_s, calls, abandon_rate, expected_rate``: quarters of all abandons by how long callers
        waited in their stretch of time, the share who hung up, and the share expected at the one patience.
    why
        Why there is no estimate; empty where there is.
    """

    mean_s: float | None
    se_s: float | None
    calls: int
    abandons: int
    hung_up_s: float | None
    check: pd.DataFrame
    why: str = ""


def patience_of(waits: Waits, handle_s: np.ndarray, minutes: int, params: PatienceParams = PARAMS) -> PatienceFound:
    """Return the mean patience of greatest likelihood, exponential patience assumed.

    Its standard error is that of a Poisson count of abandons. It is widened by the spread of the days' abandons beyond
    Poisson and by a share `unsure` of the mean wait before hanging up, because tables do not hold that wait.

    Parameters
    ----------
    waits
        Sums per interval, shape (D, P).
    handle_s
        Mean handle time per interval in seconds, shape (D, P); NaN = unknown, then the mean of the others, and
        where none is known the mean wait of those who hang up is taken to be that of those who do not.
    minutes
        Length of an interval.
    params
        When and how the mean is estimated.
    """
    if waits.missing:
        return _unknown(waits, f"the calls have no {' and no '.join(waits.missing)}")
    blocks = _blocks(waits, handle_s, 60.0 * minutes, params.block_calls)
    left = float(blocks["abandoned"].sum())
    if left < params.least_abandons:
        return _unknown(
            waits, f"{left:.0f} callers hung up while waiting, {params.least_abandons} are the least to tell from"
        )
    if not blocks["waited_s"].sum() > 0:
        return _unknown(waits, "nobody who was answered had waited")
    groups = _grouped(blocks, params.groups)
    mean = _mean_from_threshold(waits, params.least_abandons)
    patience = float((groups["waited_s"] + groups["abandoned"] * groups["wait_s"]).sum() / left)
    for _ in range(params.turns):
        hung_up_s = _waits_abandoned(groups, patience, params.steps)
        usual = float(np.average(hung_up_s, weights=groups["abandoned"]))
        if mean is not None and usual > 0:
            hung_up_s = hung_up_s * mean / usual
        before, patience = patience, float((groups["waited_s"] + groups["abandoned"] * hung_up_s).sum() / left)
        if abs(patience - before) < 1e-3 * patience:
            break
    waited = blocks["waited_s"] + blocks["abandoned"] * hung_up_s[blocks["group"]]
    seen = float(blocks["waited_s"].sum() / waited.sum())
    if patience < params.least_mean_s or seen < params.least_seen:
        return _unknown(waits, "those who were answered waited too little for so many to hang up")
    blocks["expected"] = waited / patience
    mean_hung_up = float(np.average(hung_up_s, weights=groups["abandoned"]))
    return PatienceFound(
        patience,
        float(np.hypot(patience * np.sqrt(_spread(blocks) / left), params.unsure * mean_hung_up)),
        int((blocks["answered"] + blocks["abandoned"]).sum()),
        int(left),
        mean_hung_up,
        _check(blocks),
    )


def _unknown(waits: Waits, why: str) -> PatienceFound:
    calls, left = float((waits.answered + waits.abandoned).sum()), float(waits.abandoned.sum())
    return PatienceFound(None, None, int(calls), int(left), None, pd.DataFrame(columns=CHECK), why)


def _mean_from_threshold(waits: Waits, least_abandons: int) -> float | None:
    """Return the mean wait of those who hung up, taken as exponential, from the share of them within a threshold.

    None where fewer than `least_abandons` hung up on either side of it.
    """
    early, left = float(waits.abandoned_in.sum()), float(waits.abandoned.sum())
    if waits.within_s is None or min(early, left - early) < least_abandons:
        return None
    return -waits.within_s / float(np.log1p(-early / left))


def _spread(blocks: pd.DataFrame) -> float:
    """Return the variance of the days' abandons over that of Poisson counts, 1 at least."""
    days = blocks.groupby("day")[["abandoned", "expected"]].sum()
    days = days[days["expected"] > 0]
    terms = (days["abandoned"] - days["expected"]) ** 2 / days["expected"]
    return max(float(terms.sum()) / max(len(days) - 1, 1), 1.0)


def _blocks(waits: Waits, handle_s: np.ndarray, seconds: float, block_calls: float) -> pd.DataFrame:
    """Return stretches of successive intervals of a day, of `block_calls` calls or one interval, sorted by mean wait.

    In single intervals of few calls the mean wait would be chance, and those in which nobody was answered have none.
    """
    calls = waits.answered + waits.abandoned
    here = calls > 0
    known = np.isfinite(handle_s) & (handle_s > 0) & here
    usual = float(np.average(handle_s[known], weights=calls[known])) if known.any() else np.nan
    part = (np.cumsum(calls, axis=1) - calls) // block_calls
    frame = pd.DataFrame(
        {
            "day": np.nonzero(here)[0],
            "part": part[here],
            "answered": waits.answered[here],
            "waited_s": waits.waited_s[here],
            "abandoned": waits.abandoned[here],
            "work_s": (calls * np.where(known, handle_s, usual))[here],
            "span_s": seconds,
        }
    )
    out = frame.groupby(["day", "part"], as_index=False).sum()
    out = out[out["answered"] > 0]
    return _measured(out).sort_values("wait_s", ignore_index=True)


def _measured(sums: pd.DataFrame) -> pd.DataFrame:
    """Add the mean wait of the answered, the load in erlang and the mean handle time."""
    return sums.assign(
        wait_s=sums["waited_s"] / sums["answered"],
        load_erl=sums["work_s"] / sums["span_s"],
        handle_s=sums["work_s"] / (sums["answered"] + sums["abandoned"]),
    )


def _reached(blocks: pd.DataFrame) -> pd.Series:
    """Return the share of all abandons that lie before the middle of each block."""
    return pd.Series((blocks["abandoned"].cumsum() - 0.5 * blocks["abandoned"]) / blocks["abandoned"].sum())


def _grouped(blocks: pd.DataFrame, groups: int) -> pd.DataFrame:
    """Return the blocks in at most `groups` groups of like waits and equally many abandons; names each block's."""
    blocks["group"] = pd.factorize(np.minimum(np.floor(_reached(blocks) * groups), groups - 1))[0]
    return _measured(blocks.groupby("group")[["answered", "waited_s", "abandoned", "work_s", "span_s"]].sum())


def _waits_abandoned(groups: pd.DataFrame, patience_s: float, steps: int) -> np.ndarray:
    """Return the mean wait of those who hang up, where the answered wait as they did; shape (groups,)."""
    wait, load, handle = (groups[c].to_numpy() for c in ("wait_s", "load_erl", "handle_s"))
    known = np.isfinite(load) & (wait > 0)
    if not known.any():
        return np.asarray(wait)
    wait, load, handle = wait[known], load[known], handle[known]
    low, high = np.log(1e-3 * load), np.log(2.0 * load + 10.0)
    for _ in range(steps):
        middle = 0.5 * (low + high)
        found = performance("erlang_a", np.exp(middle), load_erl=load, aht_s=handle, patience_s=patience_s)
        slow = ~(np.asarray(found.asa_s) <= wait)
        low, high = np.where(slow, middle, low), np.where(slow, high, middle)
    found = performance("erlang_a", np.exp(high), load_erl=load, aht_s=handle, patience_s=patience_s)
    p = np.asarray(found.p_abandon)
    out = groups["wait_s"].to_numpy(copy=True)
    out[known] = (np.asarray(found.asa_all_s) - (1.0 - p) * np.asarray(found.asa_s)) / p
    return out


def _check(blocks: pd.DataFrame) -> pd.DataFrame:
    """Return the quarters of all abandons by mean wait: the share who hung up, and the share expected."""
    rows = []
    for _, part in blocks.groupby(np.minimum(np.floor(4.0 * _reached(blocks)), 3.0)):
        calls = float(part["answered"].sum() + part["abandoned"].sum())
        waits, shares = part["wait_s"], (part[c].sum() / calls for c in ("abandoned", "expected"))
        rows.append((float(waits.min()), float(waits.max()), int(calls), *shares))
    return pd.DataFrame(rows, columns=CHECK)
