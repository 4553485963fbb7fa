"""Random numbers by key: the same seed, name, day and run draw the same number on every machine, in any order.

Every quantity that the simulation draws (the busyness of a day, the presence of a person, the calls of an interval) has
a key of its own, so that changing one thing (a shift, a queue, a day) leaves all other draws as they were.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

LATTICE_STEP = 7
"""Step of the lattice that pairs busy days with thin staff, in ranks, at least 1: it must have no common divisor with
the runs of a batch, so that every rank is met once; 7 of 32 spreads them evenly."""

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""Increment of SplitMix64 (2⁶⁴ divided by the golden ratio, made odd); the two factors below belong to it."""

_M1, _M2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def _products() -> np.ndarray:
    """Return the products of the field of 32 elements, polynomials over two elements modulo x⁵ + x² + 1, (32, 32)."""
    a, b = np.meshgrid(np.arange(32), np.arange(32), indexing="ij")
    out = np.zeros_like(a)
    for bit in range(5):
        out ^= np.where(b >> bit & 1, a, 0)
        a = (a << 1) ^ np.where(a & 16, 0b100101, 0)
    return out.astype(np.uint64)


MULTIPLES = _products()
"""Row r: the multiples of r in the field of 32 elements. For a = 1…31 and b = 0…31 the maps r → a · r + b, where + is
the exclusive or, are permutations of the strata of a batch that take any two runs to any two strata equally often: what
a Latin hypercube asks of its permutations, in two steps of the processor."""


def keys(names: Iterable[tuple[object, ...]]) -> np.ndarray:
    """Return one 64-bit key per name; a name is a tuple whose parts count by their text."""
    texts = ("\x1f".join(str(part) for part in name).encode() for name in names)
    words = [int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little") for text in texts]
    return np.array(words, dtype=np.uint64)


def mixed(streams: np.ndarray, counters: np.ndarray) -> np.ndarray:
    """Return the 64-bit words at positions `counters` of the `streams` (broadcast against each other).

    The output function is that of SplitMix64 (Steele, Lea and Flood 2014), which passes BigCrush.
    """
    word = streams ^ (counters.astype(np.uint64) + np.uint64(1)) * GOLDEN
    for _ in range(2):
        word = (word ^ (word >> np.uint64(30))) * _M1
        word = (word ^ (word >> np.uint64(27))) * _M2
        word = (word ^ (word >> np.uint64(31))) + GOLDEN
    return np.asarray(word)


def uniforms(streams: np.ndarray, counters: np.ndarray) -> np.ndarray:
    """Return numbers strictly between 0 and 1, shape of `streams` and `counters` broadcast."""
    return (mixed(streams, counters) >> np.uint64(12)) * 2.0**-52 + 2.0**-53


def batch_uniforms(streams: np.ndarray, batch: int, runs: int) -> np.ndarray:
    """Return one number per stream and per run of a batch and one more, shape (len(streams), runs + 1)."""
    counters = np.uint64(batch) * np.uint64(runs + 1) + np.arange(runs + 1, dtype=np.uint64)
    return uniforms(streams[:, None], counters[None, :])


def strata(streams: np.ndarray, batch: int, runs: int) -> np.ndarray:
    """Return randomised systematic samples of the unit interval, shape (len(streams), runs).

    Each row visits every stratum [i/runs, (i+1)/runs) once, in an order of its own, at the place U of the even strata
    and 1 − U of the odd ones, with one uniform U per row: every entry is uniform, entries of different rows in one
    run are independent, and sums that are smooth in the rows have next to no variance over the batch (Latin
    hypercube sampling, McKay, Beckman and Conover 1979, with antithetic neighbours).
    """
    u = batch_uniforms(streams, batch, runs)
    rank = np.argsort(np.argsort(u[:, 1:], axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray((rank + np.where(rank % 2 == 0, u[:, :1], 1.0 - u[:, :1])) / runs)


def paired(score: np.ndarray, sample: np.ndarray, ties: np.ndarray) -> np.ndarray:
    """Return for each run of a batch the run whose `score` shall meet its stratified `sample`, a permutation.

    Strata of the sample and ranks of the score form a lattice that fills their square evenly, shifted at random:
    quantities that depend on both vary less over the batch. A sample still meets any score of the batch with equal
    chance, so where the runs behind the scores are exchangeable nothing is biased.

    Parameters
    ----------
    score, sample
        Shape (runs,); `sample` is a row of `strata`.
    ties
        Uniform numbers, shape (runs + 1,): one per run to order equal scores, and one for the shift.
    """
    runs = len(score)
    rank = LATTICE_STEP * np.floor(sample * runs).astype(np.int64) + int(ties[-1] * runs)
    return np.asarray(np.lexsort((ties[:-1], score))[rank % runs])
