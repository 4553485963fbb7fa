"""Random numbers by key: spread evenly, independent of each other, the same for ever."""

import numpy as np
import pytest

from busyhour.forecast.queueing.simulation import draws


def test_draws_stay_what_they_were():
    keys = draws.keys([(0, "calls", "desk", "2026-03-02")])
    assert keys.tolist() == [5816398965046737559]
    first = draws.uniforms(keys, np.arange(2))
    assert first == pytest.approx([0.942046387147254, 0.20766890714572023], abs=1e-15)


def test_names_are_told_apart_by_their_parts():
    keys = draws.keys([("a", "bc"), ("ab", "c"), ("abc",), (1, 2), (12,)])
    assert len(set(keys.tolist())) == 5


def test_every_row_visits_every_stratum_once():
    sample = draws.strata(draws.keys((k,) for k in range(50)), batch=3, runs=32)
    assert (np.sort(np.floor(sample * 32), axis=1) == np.arange(32)).all()


def test_a_run_holds_independent_uniform_numbers():
    keys = draws.keys((k,) for k in range(2))
    sample = np.stack([draws.strata(keys, batch, 32)[:, 5] for batch in range(4000)])
    assert sample.mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.02)
    assert sample.var(axis=0) == pytest.approx([1 / 12, 1 / 12], rel=0.05)
    assert abs(np.corrcoef(sample.T)[0, 1]) < 0.05
    assert abs(np.corrcoef(sample[:-1, 0], sample[1:, 0])[0, 1]) < 0.05


def test_paired_scores_fill_the_square_and_favour_no_sample():
    stream = draws.keys([("x",), ("ties",)])
    met = []
    for batch in range(2000):
        sample = draws.strata(stream[:1], batch, 32)[0]
        score = draws.uniforms(stream[:1], np.arange(32) + 1000 * (batch + 100))
        order = draws.paired(score, sample, draws.batch_uniforms(stream[1:], batch, 32)[0])
        assert sorted(order) == list(range(32))
        busiest = np.argsort(sample)[-8:]
        ranks = np.sort(np.argsort(np.argsort(score))[order[busiest]])
        assert np.diff(ranks).min() >= 3  # the busiest quarter meets thin and full days alike
        met.append(np.argsort(np.argsort(score))[order[np.argmax(sample)]])
    assert np.mean(met) == pytest.approx(15.5, abs=0.7)
    assert set(met) == set(range(32))


def test_multiples_take_any_two_runs_to_any_two_strata_equally_often():
    shifts = np.arange(32, dtype=np.uint64)
    maps = (draws.MULTIPLES[:, 1:, None] ^ shifts).reshape(32, -1).astype(int)  # run, map
    assert (np.sort(maps, axis=0) == np.arange(32)[:, None]).all()
    for one, other in ((0, 1), (3, 17), (30, 31)):
        pairs = np.zeros((32, 32), dtype=int)
        np.add.at(pairs, (maps[one], maps[other]), 1)
        assert (pairs == 1 - np.eye(32, dtype=int)).all()
