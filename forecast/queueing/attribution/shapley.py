"""The Shapley value: what each of several causes adds, averaged over all orders in which they may come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import factorial

Causes = frozenset[str]


def subsets(players: Sequence[str]) -> list[Causes]:
    """Return all subsets of the players, the empty one first, the whole last."""
    return [frozenset(some) for size in range(len(players) + 1) for some in combinations(players, size)]


def shapley(players: Sequence[str], value: Mapping[Causes, float]) -> dict[str, float]:
    r"""Return what each player adds; the sum is the value of all less the value of none.

    .. math:: φ_i = \sum_{S ∌ i} \frac{|S|! (n-|S|-1)!}{n!} (v(S ∪ \{i\}) - v(S))

    Parameters
    ----------
    players
        Names, each once.
    value
        The value v of each of `subsets`.

    References
    ----------
    Shapley 1953, "A value for n-person games".

    Examples
    --------
    Two causes that cost 1 and 2 points alone and 5 together share what they do together:

    >>> values = {frozenset(): 0.0, frozenset("a"): -1.0, frozenset("b"): -2.0, frozenset("ab"): -5.0}
    >>> shapley("ab", values)
    {'a': -2.0, 'b': -3.0}
    """
    n = len(players)
    out = {}
    for player in players:
        others = [p for p in players if p != player]
        out[player] = sum(
            factorial(len(s)) * factorial(n - len(s) - 1) / factorial(n) * (value[s | {player}] - value[s])
            for s in subsets(others)
        )
    return out
