"""The calls of a batch: each run by itself is as chance has it, all together are spread evenly."""

import numpy as np
import pytest
from scipy import stats

from busyhour.forecast.queueing.formulas.time_laws import Exponential, Lognormal
from busyhour.forecast.queueing.simulation import desk, draws

BATCHES, RATE = 400, 40.0 / 1800.0


@pytest.fixture(scope="module")
def drawn():
    """Per batch and run the calls of half an hour: arrivals, patience, handle times."""
    half_hour = np.array([1800.0, np.inf])
    ones, edges = np.ones(2), np.array([0.0, np.inf])
    shapes = Exponential(1.0).shape, Lognormal(1.0, 1.2).shape
    d = desk.Desk(
        half_hour, half_hour, 180.0 * ones, ones, edges, np.zeros(1, dtype=int), shapes[1], shapes[0], 20.0, 5.0
    )
    seeds = draws.keys((batch,) for batch in range(BATCHES))

    def calls(seed, run):
        found, count = desk.draw(d, 0, 0.0, RATE, seed, draws.MULTIPLES[run], np.empty((3, 1)))
        return found[:, :count]

    return [[calls(seed, run) for run in range(32)] for seed in seeds]


@pytest.mark.parametrize("run", [0, 1, 13, 31])
def test_a_run_holds_poisson_calls_of_the_laws_asked_for(drawn, run):
    mine = [batch[run] for batch in drawn]
    counts = np.array([calls.shape[1] for calls in mine])
    assert counts.mean() == pytest.approx(40.0, abs=1.3)
    assert counts.var() == pytest.approx(40.0, rel=0.25)
    arrivals, patience, handle = np.concatenate(mine, axis=1)
    assert stats.kstest(arrivals, "uniform", args=(0.0, 1800.0)).pvalue > 0.001
    assert stats.kstest(patience, "expon").pvalue > 0.001
    law = Lognormal(180.0, 1.2)
    assert stats.kstest(handle, lambda t: 1.0 - law.survival(t)).pvalue > 0.001
    ranks = np.corrcoef(stats.rankdata(patience), stats.rankdata(handle))[0, 1]
    assert abs(ranks) < 0.03


def test_runs_of_a_batch_hardly_hang_together(drawn):
    counts = np.array([[calls.shape[1] for calls in batch] for batch in drawn])
    together = np.corrcoef(counts.T)[np.triu_indices(32, 1)]
    assert together.mean() == pytest.approx(-1 / 31, abs=0.01)
    assert abs(together).max() < 0.25


def test_a_batch_is_far_surer_than_as_many_runs_by_chance(drawn):
    counts = np.array([np.mean([calls.shape[1] for calls in batch]) for batch in drawn])
    work = np.array([np.mean([calls[desk.HANDLE].sum() for calls in batch]) for batch in drawn])
    assert counts.mean() == pytest.approx(40.0, abs=0.1)
    assert work.mean() == pytest.approx(40.0 * 180.0, rel=0.01)
    assert counts.var() < 0.25 * 40.0 / 32
    assert work.var() < 0.4 * 40.0 * 180.0**2 * (1 + 1.2**2) / 32
