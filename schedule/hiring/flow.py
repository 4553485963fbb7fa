"""Cohorts of people as chance treats them: month by month some leave, and newcomers are faster or slower."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

import numpy as np

from .cohort import PerHead, of_class, of_today, plain
from .days import Days
from .problem import HiringProblem, Kind


@dataclass(frozen=True)
class Flow:
    """What chance does to the heads of one cohort, by month; shapes (T,).

    Parameters
    ----------
    kind
        Number of the kind.
    starts
        Month in which the cohort starts; 0 for today's people.
    reach
        Probability that a head of today, or of the cohort's start, is there when that month begins: less than 1 where
        the day of planning, or a class on its way, lies before the first month.
    stay
        Probability that a head of the month's beginning, or of the cohort's start, is there at its end.
    work_h, noisy_h
        Hours of presence per mean head of beginning and end, and the part whose speed is uncertain.
    wages
        Money per mean head of beginning and end.
    """

    kind: int
    starts: int
    reach: float
    stay: np.ndarray
    work_h: np.ndarray
    noisy_h: np.ndarray
    wages: np.ndarray

    @classmethod
    def of(cls, number: int, kind: Kind, one: PerHead) -> Flow:
        """Return the flow of a cohort of which `one` head is expected to do this; means are kept exactly."""
        begin = one.opening + one.hires
        end = begin - one.leavers
        mean = (begin + end) / 2.0
        full = kind.paid_h * kind.present * kind.learning.speed[-1] * one.experienced

        def each(values: np.ndarray, by: np.ndarray) -> np.ndarray:
            return np.asarray(np.divide(values, by, out=np.zeros_like(by), where=by > 0))

        starts = int(np.argmax(begin > 0))
        return cls(
            kind=number,
            starts=starts,
            reach=float(np.clip(begin[starts], 0.0, 1.0)),
            stay=np.clip(each(end, begin), 0.0, 1.0),
            work_h=each(one.work_h, mean),
            noisy_h=each(one.work_h - full, mean),
            wages=each(one.wages + one.training_wages, mean),
        )


def class_flow(problem: HiringProblem, days: Days, number: int, start: dt.date) -> Flow:
    """Return the flow of a class."""
    kind = problem.kinds[number]
    return Flow.of(number, kind, of_class(kind, days, start))


def today(problem: HiringProblem, days: Days) -> list[tuple[Flow, int]]:
    """Return the flows of today's people and their heads; people whom nothing tells apart share one."""
    out: dict[tuple[int, bytes], tuple[Flow, int]] = {}
    for number, kind in enumerate(problem.kinds):
        counted = Counter(plain(kind, problem.as_of, h) for h in kind.staff).items()
        for head, heads in sorted(counted, key=lambda item: (str(item[0].since), str(item[0].until))):
            flow = Flow.of(number, kind, of_today(kind, days, problem.as_of, head))
            parts = [np.array([flow.reach]), flow.stay, flow.work_h, flow.noisy_h, flow.wages]
            key = number, np.round(np.concatenate(parts), 8).tobytes()
            known = out.get(key)
            out[key] = (flow, heads + (known[1] if known else 0))
    return list(out.values())
